/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "queue_pieces.h"

#include <vhost_user/queue.h>

/* Of a packed ring: its first slot, in its first lap. */
#define FIRST_POSITION 0x8000u

/* A device side that looks ahead of another: it holds nothing, so it gives nothing back. */
static inline struct topoc_split_device topoc_split_device_ahead(const struct topoc_split_device *device)
{
    struct topoc_split_device ahead = *device;
    ahead.held = 0;
    ahead.batch = 0;
    return ahead;
}

static inline void topoc_split_device_pass(struct topoc_split_device *ahead)
{
    ahead->next = (uint16_t)(ahead->next + 1u);
}

static inline struct topoc_packed_device topoc_packed_device_ahead(const struct topoc_packed_device *device)
{
    struct topoc_packed_device ahead = *device;
    ahead.returned = ahead.next;
    ahead.batch = (uint16_t)ahead.next;
    return ahead;
}

static inline void topoc_packed_device_pass(struct topoc_packed_device *ahead)
{
    ahead->next = (uint16_t)(ahead->next + (uint16_t)ahead->taken);
    ahead->returned = ahead->next;
    ahead->batch = (uint16_t)ahead->next;
}

#define TOPOC_VQ(name) topoc_split_##name
#define TOPOC_QUEUE(name) queue_split_##name
#include "queue_calls.h"
#undef TOPOC_VQ
#undef TOPOC_QUEUE

#define TOPOC_VQ(name) topoc_packed_##name
#define TOPOC_QUEUE(name) queue_packed_##name
#include "queue_calls.h"
#undef TOPOC_VQ
#undef TOPOC_QUEUE

/* Whether a ring may have so many descriptors. */
static bool length_is_valid(uint16_t length)
{
    return topoc_vq_length_valid(length) && length <= VHOST_USER_LENGTH_MAX;
}

struct vhost_user_part_sizes vhost_user_queue_sizes(uint16_t length, bool packed)
{
    struct vhost_user_part_sizes sizes = { .descriptors = 0 };
    if (length_is_valid(length)) {
        sizes.descriptors = (uint32_t)length * TOPOC_VQ_DESCRIPTOR_SIZE;
        sizes.available = packed ? (uint32_t)sizeof(struct topoc_packed_event) : topoc_split_available_size(length);
        sizes.used = packed ? (uint32_t)sizeof(struct topoc_packed_event) : topoc_split_used_size(length);
    }
    return sizes;
}

static bool start_split(struct vhost_user_queue *queue, const struct vhost_user_parts *parts,
                        const struct topoc_vq_memory *memory, struct topoc_vq_features features, uint32_t base,
                        uint32_t *taken)
{
    struct topoc_vq_rings rings = {
        .descriptors = (struct topoc_vq_descriptor *)parts->descriptors,
        .available = (struct topoc_vq_available *)parts->available,
        .used = (struct topoc_vq_used *)parts->used,
        .length = parts->length,
    };
    uint16_t used = topoc_load_u16(&rings.used->index);
    *taken = (uint16_t)(base - used);
    return base <= UINT16_MAX && *taken <= parts->length
           && topoc_split_device_init_rings(&queue->device.split, &rings, memory, features, VHOST_USER_CHAIN_BYTES_MAX,
                                            used, used);
}

static bool start_packed(struct vhost_user_queue *queue, const struct vhost_user_parts *parts,
                         const struct topoc_vq_memory *memory, struct topoc_vq_features features, uint32_t base,
                         uint32_t *taken)
{
    struct topoc_packed_rings rings = {
        .descriptors = (struct topoc_packed_descriptor *)parts->descriptors,
        .driver_event = (struct topoc_packed_event *)parts->available,
        .device_event = (struct topoc_packed_event *)parts->used,
        .length = parts->length,
    };
    uint16_t next = topoc_packed_position((uint16_t)base, parts->length);
    *taken = 0;
    return (base & 0x7fffu) < parts->length
           && topoc_packed_device_init_rings(&queue->device.packed, &rings, memory, features,
                                             VHOST_USER_CHAIN_BYTES_MAX, next, next);
}

bool vhost_user_queue_start(struct vhost_user_queue *queue, const struct vhost_user_parts *parts, bool packed,
                            const struct topoc_vq_memory *memory, struct topoc_vq_features features, uint32_t base,
                            uint32_t *taken)
{
    queue->packed = packed;
    queue->asked = false;
    return length_is_valid(parts->length)
           && (packed ? start_packed : start_split)(queue, parts, memory, features, base, taken);
}

bool vhost_user_queue_is_stale(const struct vhost_user_parts *parts, bool packed, uint32_t base)
{
    const struct topoc_packed_descriptor *descriptors = (const struct topoc_packed_descriptor *)parts->descriptors;
    bool used = false;
    if (!packed || (uint16_t)base != FIRST_POSITION) {
        return false;
    }
    for (uint32_t i = 0; i < parts->length; i++) {
        used = used || (topoc_load_u16(&descriptors[i].flags) & TOPOC_PACKED_USED) != 0;
    }
    return used;
}

uint32_t vhost_user_queue_stop(struct vhost_user_queue *queue)
{
    if (!queue->packed) {
        topoc_split_device_flush(&queue->device.split);
        return (uint16_t)queue->device.split.next;
    }
    struct topoc_packed_device *device = &queue->device.packed;
    uint32_t length = device->rings.length;
    topoc_packed_device_flush(device);
    uint32_t position = (device->next & (length - 1u)) | ((device->next & length) == 0 ? 0x8000u : 0u);
    return position << 16 | position;
}

enum topoc_vq_fault vhost_user_queue_fault(const struct vhost_user_queue *queue)
{
    return queue->packed ? queue->device.packed.fault : queue->device.split.fault;
}

enum topoc_vq_status vhost_user_queue_take(struct vhost_user_queue *queue, unsigned char *destination,
                                           uint32_t capacity, uint32_t *length)
{
    return queue->packed ? topoc_packed_device_copy(&queue->device.packed, destination, capacity, length)
           : topoc_split_device_copy(&queue->device.split, destination, capacity, length);
}

bool vhost_user_queue_has(const struct vhost_user_queue *queue)
{
    return queue->packed ? queue_packed_has(&queue->device.packed) : queue_split_has(&queue->device.split);
}

void vhost_user_queue_commit(struct vhost_user_queue *queue)
{
    if (queue->packed) {
        topoc_packed_device_commit(&queue->device.packed);
    } else {
        topoc_split_device_commit(&queue->device.split);
    }
}

enum topoc_vq_status vhost_user_queue_listen(struct vhost_user_queue *queue)
{
    queue->asked = true;
    return queue->packed ? topoc_packed_device_listen(&queue->device.packed)
           : topoc_split_device_listen(&queue->device.split);
}

uint32_t vhost_user_queue_discard(struct vhost_user_queue *queue, uint32_t most)
{
    return queue->packed ? queue_packed_discard(&queue->device.packed, most)
           : queue_split_discard(&queue->device.split, most);
}

enum topoc_vq_status vhost_user_queue_give(struct vhost_user_queue *queue, const struct topoc_vq_frame *pieces,
                                           uint32_t count, unsigned char *header, bool merge)
{
    struct vhost_user_pieces frame = { .pieces = pieces, .count = count };
    for (uint32_t i = 0; i < count; i++) {
        frame.bytes += pieces[i].length;
    }
    return queue->packed ? queue_packed_give(&queue->device.packed, &frame, header, merge, &queue->asked)
           : queue_split_give(&queue->device.split, &frame, header, merge, &queue->asked);
}

void vhost_user_queue_mute(struct vhost_user_queue *queue)
{
    if (!queue->asked) {
        return;
    }
    queue->asked = false;
    if (queue->packed) {
        topoc_packed_device_mute(&queue->device.packed);
    } else {
        topoc_split_device_mute(&queue->device.split);
    }
}

bool vhost_user_queue_flush(struct vhost_user_queue *queue)
{
    if (queue->packed) {
        topoc_packed_device_flush(&queue->device.packed);
        return topoc_packed_device_must_signal(&queue->device.packed);
    }
    topoc_split_device_flush(&queue->device.split);
    return topoc_split_device_must_signal(&queue->device.split);
}
