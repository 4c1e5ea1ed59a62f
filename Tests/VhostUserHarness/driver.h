/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* One queue of a driver, split or packed, in a front end's memory. */

#pragma once

#include <harness_front.h>
#include <topoc/vq_packed_chains.h>
#include <topoc/vq_split_chains.h>
#include <vhost_user/session.h>

struct driver_queue {
    bool packed;
    bool sleeps; /* waits for a call */
    union {
        struct topoc_split_chains split;
        struct topoc_packed_chains packed;
    } chains;
    struct topoc_vq_record records[VHOST_USER_LENGTH_MAX];
};

/* Makes an empty queue, whose first position is `start`, in the parts of a ring. */
static inline bool driver_queue_init(struct driver_queue *queue, struct front *front, uint32_t ring, uint64_t features,
                                     uint16_t length, uint16_t start)
{
    struct front_parts at = front_parts(ring);
    struct topoc_vq_features chosen = {
        .event_index = (features & VIRTIO_EVENT_IDX) != 0,
        .in_order = (features & VIRTIO_IN_ORDER) != 0,
        .indirect = (features & VIRTIO_INDIRECT_DESC) != 0,
    };
    struct topoc_vq_tables tables = {
        .base = front->base + at.tables, .address = FRONT_GUEST_ADDRESS(0) + at.tables, .entries = 8
    };
    queue->sleeps = false;
    queue->packed = (features & VIRTIO_RING_PACKED) != 0;
    if (queue->packed) {
        struct topoc_packed_rings rings = {
            .descriptors = (struct topoc_packed_descriptor *)(void *)(front->base + at.descriptors),
            .driver_event = (struct topoc_packed_event *)(void *)(front->base + at.available + 2),
            .device_event = (struct topoc_packed_event *)(void *)(front->base + at.used),
            .length = length,
        };
        return topoc_packed_chains_init(&queue->chains.packed, &rings, chosen, &tables, queue->records, start);
    }
    struct topoc_vq_rings rings = {
        .descriptors = (struct topoc_vq_descriptor *)(void *)(front->base + at.descriptors),
        .available = (struct topoc_vq_available *)(void *)(front->base + at.available),
        .used = (struct topoc_vq_used *)(void *)(front->base + at.used),
        .length = length,
    };
    return topoc_split_chains_init(&queue->chains.split, &rings, chosen, &tables, queue->records, start);
}

#define DRIVER_CALL(queue, call) \
    ((queue)->packed ? topoc_packed_chains_##call(&(queue)->chains.packed) \
     : topoc_split_chains_##call(&(queue)->chains.split))

static inline enum topoc_vq_status driver_queue_add(struct driver_queue *queue, const struct topoc_vq_part *parts,
                                                    uint16_t readable, uint16_t writable, uint64_t token)
{
    return queue->packed ? topoc_packed_chains_add(&queue->chains.packed, parts, readable, writable, token)
           : topoc_split_chains_add(&queue->chains.split, parts, readable, writable, token);
}

static inline enum topoc_vq_status driver_queue_take(struct driver_queue *queue, uint64_t *token, uint32_t *written)
{
    return queue->packed ? topoc_packed_chains_take_used(&queue->chains.packed, token, written)
           : topoc_split_chains_take_used(&queue->chains.split, token, written);
}

/* Publishes what was added. Whether the device is to be kicked. */
static inline bool driver_queue_publish(struct driver_queue *queue)
{
    DRIVER_CALL(queue, flush);
    return DRIVER_CALL(queue, must_signal);
}

/* Where a device that comes anew goes on, as SET_VRING_BASE says it, when all that is used was taken. */
static inline uint32_t driver_queue_base(const struct driver_queue *queue)
{
    if (!queue->packed) {
        return queue->chains.split.chains.taken;
    }
    uint16_t position = queue->chains.packed.chains.oldest;
    uint16_t length = queue->chains.packed.rings.length;
    return (position & (length - 1u)) | ((position & length) == 0 ? 0x8000u : 0u);
}
