/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The device side of a packed virtqueue: it receives, from a link or from a guest's driver. */

#pragma once

#include <topoc/vq_packed.h>

/* So many frames are given back at once, if the driver returns buffers in order: a line of the ring is then written by
 * the device once for thirty-two frames, not for each. */
#define TOPOC_PACKED_HELD_MAX 32u

struct topoc_packed_device {
    struct topoc_packed_rings rings;
    struct topoc_vq_memory memory; /* that descriptors may point into */
    struct topoc_vq_region pool;   /* of a link: the one region of `memory` */
    uint32_t held_bytes;           /* in frames that were committed and not given back */
    uint32_t held_bytes_max;
    uint16_t next;                 /* the next descriptor to take */
    uint16_t returned;             /* the first that was not given back */
    uint16_t asked;                /* `returned` when the driver was last asked whether it wants a signal */
    uint16_t held;                 /* frames that were committed and not given back */
    uint16_t held_max;
    uint16_t taken;                /* descriptors of the frame that was peeked at */
    uint16_t id;                   /* of the frame that was peeked at; after its commit, of the last held */
    uint32_t taken_bytes;
    enum topoc_vq_fault fault;
};

/*
 * Makes the device side of a link over `size` bytes of shared memory, and writes nothing there. False where
 * topoc_packed_driver_init is.
 */
static inline bool topoc_packed_device_init(struct topoc_packed_device *device, unsigned char *memory, uint32_t size,
                                            uint16_t length)
{
    uint32_t overhead = topoc_packed_overhead(length);
    if (!topoc_vq_length_valid(length) || size < overhead + TOPOC_VQ_LINE) {
        return false;
    }
    memset(device, 0, sizeof(*device));
    device->rings = topoc_packed_rings_at(memory, length);
    device->pool.base = memory + overhead;
    device->pool.address = overhead;
    device->pool.size = size - overhead;
    device->memory.regions = &device->pool;
    device->memory.count = 1;
    device->held_max = length / 2u < TOPOC_PACKED_HELD_MAX ? (uint16_t)(length / 2u) : TOPOC_PACKED_HELD_MAX;
    device->held_bytes_max = (size - overhead) / 2u;
    return true;
}

static inline enum topoc_vq_status topoc_packed_device_break(struct topoc_packed_device *device,
                                                             enum topoc_vq_fault fault)
{
    if (device->fault == TOPOC_VQ_SOUND) {
        device->fault = fault;
    }
    return TOPOC_VQ_BROKEN;
}

/* Gives back what is held: one descriptor, where the first stood, naming the last. */
static inline void topoc_packed_device_flush(struct topoc_packed_device *device)
{
    if (device->held == 0) {
        return;
    }
    uint16_t length = device->rings.length;
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[device->returned & (length - 1u)];
    topoc_store_u16(&slot->id, device->id);
    topoc_store_u32(&slot->length, 0);
    /* Releases the buffers, whose bytes have been read, to topoc_packed_driver_reclaim. */
    topoc_store_release_u16(&slot->flags, topoc_packed_used(device->returned, length));
    device->returned = device->next;
    device->held = 0;
    device->held_bytes = 0;
}

/*
 * Looks at the next frame, if it lies in one piece, as every frame of a link does. READY: `frame` is borrowed until
 * topoc_packed_device_commit; EMPTY: what was held has been given back; CHAIN: use topoc_packed_device_copy; BROKEN.
 */
static inline enum topoc_vq_status topoc_packed_device_peek(struct topoc_packed_device *device,
                                                            struct topoc_vq_frame *frame)
{
    uint16_t length = device->rings.length;
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[device->next & (length - 1u)];
    if (device->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    /* Acquires what topoc_packed_driver_flush releases: the descriptor's other fields, and the frame. */
    uint16_t flags = topoc_load_acquire_u16(&slot->flags);
    if ((flags & TOPOC_PACKED_STATE) != topoc_packed_available(device->next, length)) {
        topoc_packed_device_flush(device);
        return TOPOC_VQ_EMPTY;
    }
    if ((flags & (TOPOC_VQ_NEXT | TOPOC_VQ_INDIRECT)) != 0) {
        return TOPOC_VQ_CHAIN;
    }
    if ((flags & TOPOC_VQ_WRITE) != 0) {
        return topoc_packed_device_break(device, TOPOC_VQ_FAULT_FLAGS);
    }
    uint64_t address = topoc_load_u64(&slot->address);
    uint32_t bytes = topoc_load_u32(&slot->length);
    unsigned char *base = topoc_vq_translate(&device->memory, address, bytes);
    if (bytes == 0) {
        return topoc_packed_device_break(device, TOPOC_VQ_FAULT_LENGTH);
    }
    if (base == NULL) {
        return topoc_packed_device_break(device, TOPOC_VQ_FAULT_ADDRESS);
    }
    device->id = topoc_load_u16(&slot->id);
    device->taken = 1;
    device->taken_bytes = bytes;
    frame->base = base;
    frame->length = bytes;
    return TOPOC_VQ_READY;
}

/* Has done with the frame that was peeked at: takes it off the ring, and gives it back with the others that are held. */
static inline void topoc_packed_device_commit(struct topoc_packed_device *device)
{
    device->next = (uint16_t)(device->next + device->taken);
    device->held++;
    device->held_bytes += device->taken_bytes;
    device->taken = 0;
    if (device->held >= device->held_max || device->held_bytes >= device->held_bytes_max) {
        topoc_packed_device_flush(device);
    }
}

/*
 * Whether the driver wants a signal for what was given back since the last call (2.8.14). To be asked after a
 * topoc_packed_device_flush, once for a batch.
 */
static inline bool topoc_packed_device_must_signal(struct topoc_packed_device *device)
{
    uint16_t length = device->rings.length;
    uint16_t before = device->asked;
    device->asked = device->returned;
    if (before == device->returned) {
        return false;
    }
    /* Partner: the fence in topoc_packed_driver_listen. Either we see that it listens, or it sees the buffers. */
    topoc_fence();
    uint16_t flags = topoc_load_u16(&device->rings.driver_event->flags);
    if (flags != TOPOC_PACKED_EVENT_POSITION) {
        return flags != TOPOC_PACKED_EVENT_DISABLE;
    }
    uint16_t position = topoc_load_u16(&device->rings.driver_event->position);
    return topoc_vq_event_passed(topoc_packed_event_position(position, device->returned, length), device->returned,
                                 before);
}

/*
 * Asks the driver for a signal at the next frame, as one who is about to sleep does. READY: there is one by now, peek
 * again; EMPTY: sleep; BROKEN. What was held is given back.
 */
static inline enum topoc_vq_status topoc_packed_device_listen(struct topoc_packed_device *device)
{
    uint16_t length = device->rings.length;
    topoc_packed_device_flush(device);
    topoc_store_u16(&device->rings.device_event->flags, TOPOC_PACKED_EVENT_ENABLE);
    /* Partner: the fence in topoc_packed_driver_must_signal. */
    topoc_fence();
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[device->next & (length - 1u)];
    uint16_t flags = topoc_load_acquire_u16(&slot->flags); /* partner: topoc_packed_driver_flush */
    bool available = (flags & TOPOC_PACKED_STATE) == topoc_packed_available(device->next, length);
    if (device->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    return available ? TOPOC_VQ_READY : TOPOC_VQ_EMPTY;
}

/* Asks for no signals, as one who is awake does. */
static inline void topoc_packed_device_mute(struct topoc_packed_device *device)
{
    topoc_store_u16(&device->rings.device_event->flags, TOPOC_PACKED_EVENT_DISABLE);
}
