/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The split virtqueue (virtio 1.2, 2.7), which guests and QEMU speak: indices run freely through 16 bits, and each side
 * can say at which index it wants to hear of the other.
 */

#pragma once

#include <topoc/vq_pool.h>
#include <topoc/vq_rings.h>

/* Flags of the rings, where the event index was not negotiated (2.7.7 and 2.7.10): no signal, please. */
#define TOPOC_SPLIT_NO_SIGNAL 1

static inline uint32_t topoc_split_lines(uint32_t bytes)
{
    return (bytes + TOPOC_VQ_LINE - 1u) & ~(TOPOC_VQ_LINE - 1u);
}

/* Bytes of each part, with its event index. */
static inline uint32_t topoc_split_descriptors_size(uint16_t length)
{
    return (uint32_t)sizeof(struct topoc_vq_descriptor) * length;
}

static inline uint32_t topoc_split_available_size(uint16_t length)
{
    return (uint32_t)(sizeof(struct topoc_vq_available) + sizeof(uint16_t) * (length + 1u));
}

static inline uint32_t topoc_split_used_size(uint16_t length)
{
    return (uint32_t)(sizeof(struct topoc_vq_used) + sizeof(struct topoc_vq_used_entry) * length + sizeof(uint16_t));
}

/* Bytes of a link's shared memory before its pool: no line is written by both sides. */
static inline uint32_t topoc_split_overhead(uint16_t length)
{
    return topoc_split_descriptors_size(length) + topoc_split_lines(topoc_split_available_size(length))
           + topoc_split_lines(topoc_split_used_size(length));
}

/* Where a link's buffers may begin. */
static inline uint32_t topoc_split_buffers(uint16_t length)
{
    return topoc_split_overhead(length);
}

/* What a descriptor's address 0 is: the begin of a link's shared memory. */
static inline uint32_t topoc_split_origin(uint16_t length)
{
    (void)length;
    return 0;
}

/* The parts of a link whose shared memory begins at `memory`, which lies on a page. */
static inline struct topoc_vq_rings topoc_split_rings_at(unsigned char *memory, uint16_t length)
{
    unsigned char *available = memory + topoc_split_descriptors_size(length);
    unsigned char *used = available + topoc_split_lines(topoc_split_available_size(length));
    struct topoc_vq_rings rings = {
        .descriptors = (struct topoc_vq_descriptor *)(void *)memory,
        .available = (struct topoc_vq_available *)(void *)available,
        .used = (struct topoc_vq_used *)(void *)used,
        .length = length,
    };
    return rings;
}

/* -- Indices. -- */

/* How many chains can be outstanding. */
static inline uint16_t topoc_split_capacity(uint16_t length)
{
    return length;
}

/* What stands in a ring's index field at a position. */
static inline uint16_t topoc_split_index(uint16_t position, uint16_t length)
{
    (void)length;
    return position;
}

/* How far the peer's index is ahead of `position`; more than the length where it cannot be. */
static inline uint32_t topoc_split_ahead(uint16_t index, uint16_t position, uint16_t length)
{
    (void)length;
    return (uint16_t)(index - position);
}

/*
 * How many entries of the used ring stand for `chains` that one entry gave back: the device writes only the first of a
 * batch (VIRTIO_F_IN_ORDER, 2.7.9), and counts all.
 */
static inline uint32_t topoc_split_used_step(uint32_t chains)
{
    return chains;
}

/* Whether one used entry may give back a batch. */
#define topoc_split_batches true

/* -- Descriptors. -- */

/* Whether an indirect table may stand behind other descriptors of a chain (2.7.5.3.2). */
#define topoc_split_mixes true

/* Flags and `next` of a descriptor that is a frame by itself. */
#define topoc_split_single_flags 0u

static inline uint16_t topoc_split_single_next(uint16_t length)
{
    (void)length;
    return 0;
}

/* The flags of a descriptor that was read from a table of `entries`, as virtio's. */
static inline uint16_t topoc_split_flags(uint16_t flags, uint16_t next, uint32_t entries)
{
    (void)next;
    (void)entries;
    return flags;
}

/* -- Signals. Where the event index was not negotiated, by the flags. -- */

static inline uint16_t *topoc_split_used_event(const struct topoc_vq_rings *rings)
{
    return &rings->available->ring[rings->length];
}

static inline uint16_t *topoc_split_available_event(const struct topoc_vq_rings *rings)
{
    return (uint16_t *)(void *)&rings->used->ring[rings->length];
}

/* Whether the device wants to hear that the chains from `before` to `now` are available. */
static inline bool topoc_split_device_wants(const struct topoc_vq_rings *rings, bool event_index, uint16_t now,
                                            uint16_t before)
{
    if (!event_index) {
        return (topoc_load_u16(&rings->used->flags) & TOPOC_SPLIT_NO_SIGNAL) == 0;
    }
    return topoc_vq_event_passed(topoc_load_u16(topoc_split_available_event(rings)), now, before);
}

/* Whether the driver wants to hear that the chains from `before` to `now` are used. */
static inline bool topoc_split_driver_wants(const struct topoc_vq_rings *rings, bool event_index, uint16_t now,
                                            uint16_t before)
{
    if (!event_index) {
        return (topoc_load_u16(&rings->available->flags) & TOPOC_SPLIT_NO_SIGNAL) == 0;
    }
    return topoc_vq_event_passed(topoc_load_u16(topoc_split_used_event(rings)), now, before);
}

/* An event that is not passed for as long as can be: whoever wants no signal gets one in 65536 chains. */
static inline uint16_t topoc_split_never(uint16_t position)
{
    return (uint16_t)(position ^ 0x8000u);
}

/* The device says whether it wants to hear of the chain at `position`. */
static inline void topoc_split_device_wish(const struct topoc_vq_rings *rings, bool event_index, uint16_t position,
                                           bool wanted)
{
    if (event_index) {
        topoc_store_u16(topoc_split_available_event(rings), wanted ? position : topoc_split_never(position));
    } else {
        topoc_store_u16(&rings->used->flags, wanted ? 0 : TOPOC_SPLIT_NO_SIGNAL);
    }
}

/* The driver says whether it wants to hear of the used chain at `position`. */
static inline void topoc_split_driver_wish(const struct topoc_vq_rings *rings, bool event_index, uint16_t position,
                                           bool wanted)
{
    if (event_index) {
        topoc_store_u16(topoc_split_used_event(rings), wanted ? position : topoc_split_never(position));
    } else {
        topoc_store_u16(&rings->available->flags, wanted ? 0 : TOPOC_SPLIT_NO_SIGNAL);
    }
}
