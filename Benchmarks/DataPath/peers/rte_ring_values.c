/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * DPDK's rte_ring with the frames in the ring itself: elements of the frame's size, filled and emptied in place
 * (rte_ring_peek_zc.h), so that each frame is copied once in and once out, as with the other peers.
 */

#include <rte_ring.h>
#include <rte_ring_peek_zc.h>

#include "../peer.h"
#include "../copy.h"

#define PEER_SYMBOL peer_rte_ring_values
#define PEER_NAME "rte_ring, by value"
#define PEER_COPY EXACT_COPY
#define PEER_BATCHES

struct element {
    uint32_t length;
    uint8_t data[];
};

struct tx {
    struct rte_ring *ring;
    uint32_t element_bytes;
};

struct rx {
    struct rte_ring *ring;
    uint32_t element_bytes;
};

static bool link_open(struct link *link, uint32_t bytes)
{
    struct rte_ring *ring = link->region;
    const uint32_t element_bytes = (uint32_t)(sizeof(struct element) + bytes + 3) / 4 * 4;
    uint32_t entries = 256;
    ssize_t needed;
    while ((needed = rte_ring_get_memsize_elem(element_bytes, entries)) > (ssize_t)link->region_bytes) {
        entries /= 2;
    }
    if (needed < 0 || entries < 2
        || rte_ring_init(ring, "bench", entries, RING_F_SP_ENQ | RING_F_SC_DEQ) != 0) {
        return false;
    }
    *(struct tx *)link->sender = (struct tx) {
        ring, element_bytes
    };
    *(struct rx *)link->receiver = (struct rx) {
        ring, element_bytes
    };
    return true;
}

PER_FRAME struct element *element_at(const struct rte_ring_zc_data *data, uint32_t i, uint32_t element_bytes)
{
    uint8_t *at = i < data->n1 ? (uint8_t *)data->ptr1 + (size_t)i * element_bytes
                  : (uint8_t *)data->ptr2 + (size_t)(i - data->n1) * element_bytes;
    return (struct element *)at;
}

PER_FRAME uint32_t tx_send_batch(struct tx *tx, const struct frames *frames, uint64_t first, uint32_t bytes,
                                 uint32_t count)
{
    struct rte_ring_zc_data data;
    const uint32_t some = rte_ring_enqueue_zc_burst_elem_start(tx->ring, tx->element_bytes, count, &data, NULL);
    for (uint32_t i = 0; i < some; i++) {
        struct element *element = element_at(&data, i, tx->element_bytes);
        element->length = bytes;
        exact_copy(element->data, frames->octets[(first + i) % FRAME_KINDS], bytes);
    }
    if (some != 0) {
        rte_ring_enqueue_zc_elem_finish(tx->ring, some);
    }
    return some;
}

PER_FRAME bool tx_send(struct tx *tx, const void *frame, uint32_t bytes)
{
    struct rte_ring_zc_data data;
    if (rte_ring_enqueue_zc_bulk_elem_start(tx->ring, tx->element_bytes, 1, &data, NULL) == 0) {
        return false;
    }
    struct element *element = data.ptr1;
    element->length = bytes;
    exact_copy(element->data, frame, bytes);
    rte_ring_enqueue_zc_elem_finish(tx->ring, 1);
    return true;
}

PER_FRAME uint32_t rx_receive(struct rx *rx, void *frame)
{
    struct rte_ring_zc_data data;
    if (rte_ring_dequeue_zc_bulk_elem_start(rx->ring, rx->element_bytes, 1, &data, NULL) == 0) {
        return 0;
    }
    const struct element *element = data.ptr1;
    const uint32_t bytes = element->length;
    exact_copy(frame, element->data, bytes);
    rte_ring_dequeue_zc_elem_finish(rx->ring, 1);
    return bytes;
}

PER_FRAME uint32_t rx_receive_batch(struct rx *rx, uint8_t (*frames)[FRAME_STRIDE], uint32_t *lengths,
                                    uint32_t count)
{
    struct rte_ring_zc_data data;
    const uint32_t some = rte_ring_dequeue_zc_burst_elem_start(rx->ring, rx->element_bytes, count, &data, NULL);
    for (uint32_t i = 0; i < some; i++) {
        const struct element *element = element_at(&data, i, rx->element_bytes);
        lengths[i] = element->length;
        exact_copy(frames[i], element->data, lengths[i]);
    }
    if (some != 0) {
        rte_ring_dequeue_zc_elem_finish(rx->ring, some);
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
