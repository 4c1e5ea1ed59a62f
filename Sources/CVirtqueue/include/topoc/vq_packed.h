/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The packed virtqueue (virtio 1.2, 2.8): one ring of descriptors that both sides write. Whether a descriptor is
 * available or used stands in its own flags, so that a frame costs one line to fetch.
 *
 * Positions are free-running 16-bit numbers: the slot is the low part, and the bit above it the wrap counter inverted
 * (virtio 1.2, 2.8.1: the counters start at 1).
 *
 * Both sides return buffers in order (VIRTIO_F_IN_ORDER, 2.8.8): one used descriptor, written where the
 * first of a batch stood and naming the last, gives the whole batch back.
 */

#pragma once

#include <topoc/vq_pool.h>

#define TOPOC_PACKED_AVAILABLE (1u << 7)
#define TOPOC_PACKED_USED (1u << 15)

struct topoc_packed_descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t id;
    uint16_t flags;
};

/* An event suppression structure (2.8.14): offset and wrap counter, then what is wanted. */
#define TOPOC_PACKED_EVENT_ENABLE 0u
#define TOPOC_PACKED_EVENT_DISABLE 1u
#define TOPOC_PACKED_EVENT_POSITION 2u

struct topoc_packed_event {
    uint16_t position;
    uint16_t flags;
};

/* Where the three parts are. Each lies on lines of its own: no line is written by both sides but the ring's. */
struct topoc_packed_rings {
    struct topoc_packed_descriptor *descriptors;
    struct topoc_packed_event *driver_event; /* the driver says whether it wants to hear of used buffers */
    struct topoc_packed_event *device_event; /* the device says whether it wants to hear of available ones */
    uint16_t length;
};

/* The queue's length: a constant, where TOPOC_LINK_LENGTH says that every queue of the program is as long. */
static inline uint16_t topoc_packed_length(const struct topoc_packed_rings *rings)
{
#ifdef TOPOC_LINK_LENGTH
    (void)rings;
    return TOPOC_LINK_LENGTH;
#else
    return rings->length;
#endif
}

/* Bytes of a link's shared memory before its pool. */
static inline uint32_t topoc_packed_overhead(uint16_t length)
{
    return (uint32_t)sizeof(struct topoc_packed_descriptor) * length + 2u * TOPOC_VQ_LINE;
}

/* The parts of a link whose shared memory begins at `memory`, which lies on a page. */
static inline struct topoc_packed_rings topoc_packed_rings_at(unsigned char *memory, uint16_t length)
{
    unsigned char *events = memory + sizeof(struct topoc_packed_descriptor) * length;
    struct topoc_packed_rings rings = {
        .descriptors = (struct topoc_packed_descriptor *)(void *)memory,
        .driver_event = (struct topoc_packed_event *)(void *)events,
        .device_event = (struct topoc_packed_event *)(void *)(events + TOPOC_VQ_LINE),
        .length = length,
    };
    return rings;
}

/* The flags of a descriptor that is available, and of one that is used, at a position. */
static inline uint16_t topoc_packed_available(uint16_t position, uint16_t length)
{
    return (position & length) == 0 ? TOPOC_PACKED_AVAILABLE : TOPOC_PACKED_USED;
}

static inline uint16_t topoc_packed_used(uint16_t position, uint16_t length)
{
    return (position & length) == 0 ? (TOPOC_PACKED_AVAILABLE | TOPOC_PACKED_USED) : 0;
}

/* The position that a slot and a wrap counter stand for (bit 15: the counter), as vhost-user gives them. */
static inline uint16_t topoc_packed_position(uint16_t encoded, uint16_t length)
{
    return (uint16_t)((encoded & 0x7fffu) + ((encoded & 0x8000u) != 0 ? 0u : length));
}

/* A descriptor's length, id and flags, as they stand beside each other. */
static inline uint64_t topoc_packed_rest(uint32_t length, uint16_t id, uint16_t flags)
{
    return (uint64_t)flags << 48 | (uint64_t)id << 32 | length;
}

#define TOPOC_PACKED_STATE (TOPOC_PACKED_AVAILABLE | TOPOC_PACKED_USED)

/*
 * The free-running position that an event structure's offset and wrap counter stand for: the last one with that slot
 * and that wrap, as seen from `now`. Offsets beyond the ring only lead to a signal too many or too few for their
 * author.
 */
static inline uint16_t topoc_packed_event_position(uint16_t encoded, uint16_t now, uint16_t length)
{
    uint16_t slot = (uint16_t)(encoded & 0x7fffu);
    bool wrap = (encoded & 0x8000u) != 0;
    uint16_t lap = (uint16_t)(now & (uint16_t)~(length - 1u));
    uint16_t position = (uint16_t)(lap + slot);
    bool now_wrap = (now & length) == 0;
    return wrap == now_wrap ? position : (uint16_t)(position - length);
}

/* Whether an indirect table may stand behind other descriptors of a chain: not so here (2.8.19). */
#define topoc_packed_mixes false

/* How many chains can be outstanding. */
static inline uint16_t topoc_packed_capacity(uint16_t length)
{
    return length;
}

/* One used descriptor gives back a batch, however long (2.8.8). */
static inline uint32_t topoc_packed_used_step(uint32_t chains)
{
    (void)chains;
    return 1;
}

/* Whether one who wrote `event` wants to hear that the positions from `before` to `now` were added (2.8.10, 2.8.14). */
static inline bool topoc_packed_wants(const struct topoc_packed_event *event, bool event_index, uint16_t now,
                                      uint16_t before, uint16_t length)
{
    uint16_t flags = topoc_load_u16(&event->flags) & 3u;
    if (flags != TOPOC_PACKED_EVENT_POSITION || !event_index) {
        return flags != TOPOC_PACKED_EVENT_DISABLE;
    }
    uint16_t position = topoc_packed_event_position(topoc_load_u16(&event->position), now, length);
    return topoc_vq_event_passed(position, now, before);
}

static inline bool topoc_packed_device_wants(const struct topoc_packed_rings *rings, bool event_index, uint16_t now,
                                             uint16_t before)
{
    return topoc_packed_wants(rings->device_event, event_index, now, before, topoc_packed_length(rings));
}

static inline bool topoc_packed_driver_wants(const struct topoc_packed_rings *rings, bool event_index, uint16_t now,
                                             uint16_t before)
{
    return topoc_packed_wants(rings->driver_event, event_index, now, before, topoc_packed_length(rings));
}

/* The driver says whether it wants to hear of the next used descriptor. */
static inline void topoc_packed_driver_wish(const struct topoc_packed_rings *rings, bool event_index,
                                            uint16_t position, bool wanted)
{
    (void)event_index;
    (void)position;
    topoc_store_u16(&rings->driver_event->flags,
                    (uint16_t)(wanted ? TOPOC_PACKED_EVENT_ENABLE : TOPOC_PACKED_EVENT_DISABLE));
}
