/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * DPDK's rte_ring as applications use it: one ring of pointers to filled buffers, one of pointers to empty ones, single
 * producer and consumer. The length stands before the octets in the buffer. Rings and pool are in the shared memory.
 */

#include <rte_ring.h>

#include "../peer.h"
#include "../copy.h"

#define PEER_SYMBOL peer_rte_ring_pointers
#define PEER_NAME "rte_ring, pointers"
#define PEER_COPY EXACT_COPY
#define PEER_BATCHES

struct buffer {
    uint32_t length;
    uint8_t data[];
};

struct tx {
    struct rte_ring *filled, *empty;
};

struct rx {
    struct rte_ring *filled, *empty;
};

static struct rte_ring *ring_at(uint8_t **at)
{
    struct rte_ring *ring = (struct rte_ring *)*at;
    *at += rte_ring_get_memsize(256);
    return rte_ring_init(ring, "bench", 256, RING_F_SP_ENQ | RING_F_SC_DEQ) == 0 ? ring : NULL;
}

static bool link_open(struct link *link, uint32_t bytes)
{
    uint8_t *at = link->region;
    uint8_t *const end = at + link->region_bytes;
    struct rte_ring *const filled = ring_at(&at);
    struct rte_ring *const empty = ring_at(&at);
    if (filled == NULL || empty == NULL) {
        return false;
    }
    const size_t stride = (sizeof(struct buffer) + bytes + LINE - 1) / LINE * LINE;
    uint32_t buffers = 0;
    for (; at + stride <= end && rte_ring_sp_enqueue(empty, at) == 0; at += stride) {
        buffers++;
    }
    *(struct tx *)link->sender = (struct tx) {
        filled, empty
    };
    *(struct rx *)link->receiver = (struct rx) {
        filled, empty
    };
    return buffers > 0;
}

PER_FRAME void fill(struct buffer *buffer, const void *frame, uint32_t bytes)
{
    buffer->length = bytes;
    exact_copy(buffer->data, frame, bytes);
}

PER_FRAME bool tx_send(struct tx *tx, const void *frame, uint32_t bytes)
{
    void *buffer;
    if (rte_ring_sc_dequeue(tx->empty, &buffer) != 0) {
        return false;
    }
    fill(buffer, frame, bytes);
    return rte_ring_sp_enqueue(tx->filled, buffer) == 0;
}

PER_FRAME uint32_t tx_send_batch(struct tx *tx, const struct frames *frames, uint64_t first, uint32_t bytes,
                                 uint32_t count)
{
    void *buffers[BATCH];
    const uint32_t some = rte_ring_sc_dequeue_burst(tx->empty, buffers, count, NULL);
    for (uint32_t i = 0; i < some; i++) {
        fill(buffers[i], frames->octets[(first + i) % FRAME_KINDS], bytes);
    }
    return some == 0 ? 0 : rte_ring_sp_enqueue_bulk(tx->filled, buffers, some, NULL);
}

PER_FRAME uint32_t rx_receive(struct rx *rx, void *frame)
{
    void *at;
    if (rte_ring_sc_dequeue(rx->filled, &at) != 0) {
        return 0;
    }
    struct buffer *buffer = at;
    const uint32_t bytes = buffer->length;
    exact_copy(frame, buffer->data, bytes);
    rte_ring_sp_enqueue(rx->empty, buffer);
    return bytes;
}

PER_FRAME uint32_t rx_receive_batch(struct rx *rx, uint8_t (*frames)[FRAME_STRIDE], uint32_t *lengths,
                                    uint32_t count)
{
    void *buffers[BATCH];
    const uint32_t some = rte_ring_sc_dequeue_burst(rx->filled, buffers, count, NULL);
    for (uint32_t i = 0; i < some; i++) {
        struct buffer *buffer = buffers[i];
        lengths[i] = buffer->length;
        exact_copy(frames[i], buffer->data, lengths[i]);
    }
    if (some != 0) {
        rte_ring_sp_enqueue_bulk(rx->empty, buffers, some, NULL);
    }
    return some;
}

PER_FRAME void tx_idle(struct tx *tx)
{
    (void)tx;
}

PER_FRAME void rx_idle(struct rx *rx)
{
    (void)rx;
}

#include "../loops.h"
