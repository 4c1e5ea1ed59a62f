/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The switch: libvswitch, and the VMM's device over it, which is included whole for its static functions. */

#include "hostile.h"

#include <assert.h>
#include <string.h>
#include <vmm.h>

/* From the checkout. */
#include "virtio_net_vswitch.c"

const char vswitch_mac_address[] = "02:00:00:00:00:09";
struct vswitch_mapping vswitch_layout[1];

virtio_net_t *common_make_virtio_net(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *ports, ioport_range_t range,
                                     int port, int irq, int pin, struct raw_iface_funcs backend)
{
    (void)vm, (void)pci, (void)ports, (void)range, (void)port, (void)irq, (void)pin, (void)backend;
    return NULL;
}

#define PEERS 3
static struct bench peers[PEERS];
static uint8_t frames[2][64];

static void open_switch(void)
{
    vswitch_init(&g_vswitch);
    for (int i = 0; i < PEERS; i++) {
        struct ether_addr mac = { { 2, 0, 0, 0, 0, (uint8_t)(i + 1) } };
        bench_open(&peers[i], 32768);
        vswitch_connect(&g_vswitch, &mac, &peers[i].driver, &peers[i].device);
    }
}

static void guest_sends(unsigned count)
{
    uintptr_t at[2] = { (uintptr_t)frames[0], (uintptr_t)frames[1] };
    unsigned bytes[2] = { sizeof(frames[0]), sizeof(frames[1]) };
    emul_raw_tx(NULL, count, at, bytes, NULL);
}

static unsigned arrived(struct bench *bench)
{
    static uint8_t frame[65536];
    virtqueue_ring_object_t chain;
    unsigned count = 0;
    while (bench_receive(bench, frame, &chain) >= 0) {
        count++;
    }
    return count;
}

static void stalled_peer(void)
{
    open_switch();
    memset(frames[0], 0xff, 6);
    while (camkes_virtqueue_driver_scatter_send_buffer(&peers[1].driver, frames[0], 64) == 0) {
    }
    guest_sends(1);
    say("the peer before the stalled one gets %u frame, the one after it %u", arrived(&peers[0]), arrived(&peers[2]));
}

static void unknown_first(void)
{
    open_switch();
    memcpy(frames[0], "\x02\x00\x00\x00\x00\x77", 6);
    memcpy(frames[1], "\x02\x00\x00\x00\x00\x01", 6);
    guest_sends(2);
    say("of the known destination behind it, %u of 1 frames is delivered", arrived(&peers[0]));
}

static void ipv4_multicast(void)
{
    open_switch();
    memcpy(frames[0], "\x01\x00\x5e\x00\x00\x01", 6);
    guest_sends(1);
    say("delivered to %u of %d peers", arrived(&peers[0]) + arrived(&peers[1]) + arrived(&peers[2]), PEERS);
}

static void index_beyond(void)
{
    vswitch_t *heap = malloc(sizeof(*heap));
    vswitch_init(heap);
    const vswitch_node_t *node = vswitch_get_destnode_by_index(heap, VSWITCH_NUM_NODES);
    say("read out of bounds: %s", node == NULL ? "no node" : "a node is answered");
}

static void bad_macs(void)
{
    static const uint8_t macs[][6] = { { 0 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, { 2, 0, 0, 0, 0, 1 } };
    static const char *const names[] = { "zero", "broadcast", "duplicate" };
    for (int i = 0; i < 3; i++) {
        struct ether_addr mac, known = { { 2, 0, 0, 0, 0, 1 } };
        vswitch_init(&g_vswitch);
        vswitch_connect(&g_vswitch, &known, NULL, NULL);
        memcpy(&mac, macs[i], 6);
        say("%s%s %s", i > 0 ? ", " : "", names[i], vswitch_connect(&g_vswitch, &mac, NULL, NULL) == 0 ? "accepted" :
            "refused");
    }
}

const struct hostile_case switch_cases[] = {
    { "switch-stalled", "one stalled peer, a broadcast", stalled_peer },
    { "switch-unknown-first", "unknown MAC first in a batch", unknown_first },
    { "switch-ipv4-multicast", "IPv4 multicast", ipv4_multicast },
    { "switch-index", "node index beyond the table", index_beyond, true },
    { "switch-bad-mac", "zero, broadcast or duplicate MAC", bad_macs },
    { 0 }
};
