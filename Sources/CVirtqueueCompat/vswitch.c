/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* libvswitch's calls (vswitch.h). */

#include <topoc/mac_table.h>
#include <vswitch.h>

#define SLOTS (2 * VSWITCH_NUM_NODES)

struct ether_addr null_macaddr = { .ether_addr_octet = { 0 } };
struct ether_addr bcast_macaddr = { .ether_addr_octet = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
struct ether_addr ipv6_multicast_macaddr = { .ether_addr_octet = { 0x33, 0x33 } };

/* The slot in which an address is, or would be: half of them are free, so there is one. */
static uint16_t *slot_of(vswitch_t *lib, struct ether_addr *mac)
{
    uint64_t hash = topoc_mac_hash(topoc_mac_number(mac->ether_addr_octet), 0x9e3779b97f4a7c15ull);
    unsigned int at = (unsigned int)((hash >> 40) % SLOTS);
    while (lib->topoc_slots[at] != 0 && !mac802_addr_eq(&lib->nodes[lib->topoc_slots[at] - 1].addr, mac)) {
        at = (at + 1u) % SLOTS;
    }
    return &lib->topoc_slots[at];
}

int vswitch_init(vswitch_t *lib)
{
    memset(lib, 0, sizeof(*lib));
    return 0;
}

int vswitch_connect(vswitch_t *lib, struct ether_addr *guest_macaddr, virtqueue_driver_t *send_virtqueue,
                    virtqueue_device_t *recv_virtqueue)
{
    uint16_t *slot = slot_of(lib, guest_macaddr);
    if (lib->n_connected >= VSWITCH_NUM_NODES || *slot != 0
        || !topoc_mac_is_station(topoc_mac_number(guest_macaddr->ether_addr_octet))) {
        return -1;
    }
    vswitch_node_t *node = &lib->nodes[lib->n_connected++];
    node->addr = *guest_macaddr;
    node->virtqueues.send_queue = send_virtqueue;
    node->virtqueues.recv_queue = recv_virtqueue;
    *slot = (uint16_t)lib->n_connected;
    return 0;
}

int vswitch_get_destnode_index_by_macaddr(vswitch_t *lib, struct ether_addr *mac)
{
    uint16_t found = *slot_of(lib, mac);
    return found - 1;
}

vswitch_node_t *vswitch_get_destnode_by_index(vswitch_t *lib, size_t index)
{
    return index < (size_t)lib->n_connected ? &lib->nodes[index] : NULL;
}
