/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * libvswitch's calls: which queues lead to which MAC address, for C that was written against libvswitch. Addresses are
 * found by hash; a zero, group or duplicate address and an index out of range are refused. For more than a look-up
 * (back-pressure, counters, pinned addresses) there is topoc/switch.h.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <net/ethernet.h>

#include <virtqueue.h>

#ifndef VSWITCH_NUM_NODES
#define VSWITCH_NUM_NODES 128
#endif

#define PR_MAC802_ADDR "%x:%x:%x:%x:%x:%x"
#define PR_MAC802_ADDR_ARGS(a) \
    (a)->ether_addr_octet[0], (a)->ether_addr_octet[1], (a)->ether_addr_octet[2], (a)->ether_addr_octet[3], \
    (a)->ether_addr_octet[4], (a)->ether_addr_octet[5]

/* The queues of one peer: the driver side sends to it, the device side receives from it. */
typedef struct vswitch_virtqueues_ {
    virtqueue_driver_t *send_queue;
    virtqueue_device_t *recv_queue;
} vswitch_virtqueues_t;

typedef struct vswitch_node_ {
    struct ether_addr addr;
    vswitch_virtqueues_t virtqueues;
} vswitch_node_t;

typedef struct vswitch_ {
    int n_connected;
    vswitch_node_t nodes[VSWITCH_NUM_NODES];     /* the first n_connected; the others are all zero */
    uint16_t topoc_slots[2 * VSWITCH_NUM_NODES]; /* by hash: the number of a node plus one, or 0 */
} vswitch_t;

extern struct ether_addr null_macaddr, bcast_macaddr, ipv6_multicast_macaddr;

/* Whether the first `num` octets are the same, at most six. */
static inline bool mac802_addr_eq_num(struct ether_addr *addr0, struct ether_addr *addr1, unsigned int num)
{
    return memcmp(addr0->ether_addr_octet, addr1->ether_addr_octet, num < ETH_ALEN ? num : ETH_ALEN) == 0;
}

static inline bool mac802_addr_eq(struct ether_addr *addr0, struct ether_addr *addr1)
{
    return mac802_addr_eq_num(addr0, addr1, ETH_ALEN);
}

static inline bool mac802_addr_eq_bcast(struct ether_addr *addr)
{
    return mac802_addr_eq(addr, &bcast_macaddr);
}

static inline bool mac802_addr_eq_ipv6_mcast(struct ether_addr *addr)
{
    return mac802_addr_eq_num(addr, &ipv6_multicast_macaddr, 2);
}

/* 0. */
int vswitch_init(vswitch_t *lib);

/* Joins a peer. 0; or -1: no room, or an address that no station has or that is joined already. */
int vswitch_connect(vswitch_t *lib, struct ether_addr *guest_macaddr, virtqueue_driver_t *send_virtqueue,
                    virtqueue_device_t *recv_virtqueue);

/* The index of the peer with that address, or -1. */
int vswitch_get_destnode_index_by_macaddr(vswitch_t *lib, struct ether_addr *mac);

/* The peer of an index below n_connected, or NULL. */
vswitch_node_t *vswitch_get_destnode_by_index(vswitch_t *lib, size_t index);

static inline vswitch_node_t *vswitch_get_destnode_by_macaddr(vswitch_t *lib, struct ether_addr *mac)
{
    int index = vswitch_get_destnode_index_by_macaddr(lib, mac);
    return index < 0 ? NULL : vswitch_get_destnode_by_index(lib, (size_t)index);
}
