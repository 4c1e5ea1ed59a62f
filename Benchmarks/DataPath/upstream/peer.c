/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Upstream's data path: libvirtqueue, libsel4camkes' calls over it, libvswitch, called as its VMM calls them: a frame in
 * a chain of blocks of 128 octets, a notification (here an empty function) a frame, used chains reclaimed block by block.
 *
 * Two things are kept from happening to it, for it would not survive the run: a send that fails half-way (blocks are
 * counted before), and 256 descriptors under way, where its full ring looks empty.
 */

#include <assert.h>
#include <string.h>

#include <virtqueue.h>
#include <camkes/virtqueue.h>
#include <virtqueue_common.h>
#include <vswitch.h>

#include "libvirtqueue.h"
#include "../peer.h"

#define QUEUE_LEN 256
#define PEER_COPY "memcpy"
#define PEER_SWITCH
#ifndef UPSTREAM_FIXED
#define PEER_TRUNCATES
#endif

struct tx {
    virtqueue_driver_t vq;
    uintptr_t base;
    uint32_t blocks_free;
};

struct rx {
    virtqueue_device_t vq;
};

static void notify_nobody(void)
{
    __asm__ volatile("");
}

static bool link_open(struct link *link, uint32_t bytes)
{
    struct tx *tx = link->sender;
    struct rx *rx = link->receiver;
    if (camkes_virtqueue_driver_init_common(&tx->vq, link->region, QUEUE_LEN, link->region_bytes, notify_nobody,
                                            UPSTREAM_BLOCK) != 0
        || camkes_virtqueue_device_init_common(&rx->vq, link->region, QUEUE_LEN, notify_nobody) != 0) {
        return false;
    }
    const struct vq_buf_alloc *blocks = tx->vq.cookie;
    tx->base = (uintptr_t)blocks->buffer;
    tx->blocks_free = blocks->free_list_size < QUEUE_LEN ? blocks->free_list_size : QUEUE_LEN - 1;
    return tx->blocks_free * UPSTREAM_BLOCK >= bytes;
}

static void reclaim(struct tx *tx)
{
    virtqueue_ring_object_t chain;
    uint32_t written;
    while (virtqueue_get_used_buf(&tx->vq, &chain, &written)) {
        void *block;
        unsigned bytes;
        vq_flags_t flags;
        while (camkes_virtqueue_driver_gather_buffer(&tx->vq, &chain, &block, &bytes, &flags) == 0) {
            camkes_virtqueue_buffer_free(&tx->vq, block);
            tx->blocks_free++;
        }
    }
}

PER_FRAME bool tx_send(struct tx *tx, const void *frame, uint32_t bytes)
{
    const uint32_t blocks = (bytes + UPSTREAM_BLOCK - 1) / UPSTREAM_BLOCK;
    if (tx->blocks_free < blocks) {
        reclaim(tx);
        if (tx->blocks_free < blocks) {
            return false;
        }
    }
    tx->blocks_free -= blocks;
#ifdef UPSTREAM_FIXED
    const int failed = fixed_scatter_send(&tx->vq, frame, bytes, tx->base);
#else
    const int failed = camkes_virtqueue_driver_scatter_send_buffer(&tx->vq, (void *)(uintptr_t)frame, bytes);
#endif
    tx->vq.notify();
    return failed == 0;
}

PER_FRAME uint32_t rx_receive(struct rx *rx, void *frame)
{
    virtqueue_ring_object_t chain;
    if (!virtqueue_get_available_buf(&rx->vq, &chain)) {
        return 0;
    }
    uint32_t bytes = virtqueue_scattered_available_size(&rx->vq, &chain);
    bytes = bytes < FRAME_STRIDE ? bytes : FRAME_STRIDE;
    camkes_virtqueue_device_gather_copy_buffer(&rx->vq, &chain, frame, bytes);
    return bytes;
}

PER_FRAME void tx_idle(struct tx *tx)
{
    (void)tx;
}

PER_FRAME void rx_idle(struct rx *rx)
{
    rx->vq.notify();
}

static vswitch_t vswitch;

static bool open_table(const uint8_t (*macs)[6], uint32_t count)
{
    if (count > VSWITCH_NUM_NODES || vswitch_init(&vswitch) != 0) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct ether_addr address;
        memcpy(&address, macs[i], sizeof(address));
        if (vswitch_connect(&vswitch, &address, NULL, NULL) != 0) {
            return false;
        }
    }
    return true;
}

PER_FRAME int look_up_one(const uint8_t mac[6])
{
    return vswitch_get_destnode_index_by_macaddr(&vswitch, (struct ether_addr *)(uintptr_t)mac);
}

static bool open_switch(struct link *links, uint32_t count, const uint8_t (*macs)[6])
{
    if (!open_table(macs, count)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        vswitch.nodes[i].virtqueues.send_queue = links[i].sender; /* struct tx starts with its queue */
    }
    return true;
}

PER_FRAME uint32_t flood(struct link *links, uint32_t count, const void *frame, uint32_t bytes)
{
    struct ether_addr *to = (struct ether_addr *)(uintptr_t)frame;
    (void)links;
    (void)count;
    if (!mac802_addr_eq_bcast(to)) {
        return 0;
    }
    uint32_t taken = 0;
    for (int i = 0; i < vswitch.n_connected; i++) {
        vswitch_node_t *node = vswitch_get_destnode_by_index(&vswitch, (size_t)i);
        if (node != NULL && tx_send((struct tx *)node->virtqueues.send_queue, frame, bytes)) {
            taken++;
        }
    }
    return taken;
}

PER_FRAME void flood_end(void)
{
}

#include "../loops.h"
