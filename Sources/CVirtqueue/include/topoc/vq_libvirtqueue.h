/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * libvirtqueue's layout, as it lies in the seL4 tree (projects_libs/libvirtqueue,
 * libsel4camkes/src/virtqueue_common.c), so that one end of a link can be an unmodified VM. It differs from virtio's
 * split layout:
 *
 *   - Indices are masked, so that an empty ring and a full one look the same: at most `length` - 1 are outstanding.
 *   - A chain ends at a descriptor whose `next` is no descriptor's number. The flags (VQ_READ 0, VQ_WRITE 1, VQ_RW 2)
 *     say how the other side may use the buffer, and no one reads them.
 *   - The order is available ring, used ring, descriptors, buffers, without gaps; an address counts from the buffers.
 *   - Nobody asks for or declines signals: each batch is followed by one.
 *   - Each used entry is one frame; but the receiver forgets a frame that its guest has no room for.
 *
 * The sender cuts a frame into blocks of 128 bytes, and publishes it when the first block is filled; it adds the others
 * while we may already look. What was published before another frame is complete, and so is what ends with a shorter
 * block. Of a last frame that ends with a full block, the frame's own header says whether more is to come; what comes
 * is followed by a signal. Where the header does not say, the frame is looked at so often that a sender that runs has
 * finished long before. That leaves what a receiver cannot heal:
 *
 *   - A sender that is interrupted in the midst of such a frame, of a protocol without a length: it arrives cut short.
 *   - A frame that the sender cut short itself, for it found no more blocks: it arrives as short as it is, when another
 *     follows it, and guests drop it by its length, as they do today.
 *   - The sender has no barriers. Machines that keep stores in order (x86) hide that; on others, block and length can
 *     arrive after the index.
 */

#pragma once

#include <topoc/vq_pool.h>
#include <topoc/vq_rings.h>

/* The sender's blocks (BLOCK_SIZE in libsel4camkes/src/virtqueue.c). */
#define TOPOC_LIBVIRTQUEUE_BLOCK 128u

/* VQ_RW, which the sender says of every buffer. */
#define topoc_libvirtqueue_single_flags 2u

/* Bytes before the buffers. */
static inline uint32_t topoc_libvirtqueue_origin(uint16_t length)
{
    return (uint32_t)(sizeof(struct topoc_vq_available) + sizeof(uint16_t) * length + sizeof(struct topoc_vq_used)
                      + sizeof(struct topoc_vq_used_entry) * length + sizeof(struct topoc_vq_descriptor) * length);
}

/* The sender's buffers begin there too. */
static inline uint32_t topoc_libvirtqueue_buffers(uint16_t length)
{
    return topoc_libvirtqueue_origin(length);
}

/* Bytes before our pool, which begins on a line. */
static inline uint32_t topoc_libvirtqueue_overhead(uint16_t length)
{
    return (topoc_libvirtqueue_origin(length) + TOPOC_VQ_LINE - 1u) & ~(TOPOC_VQ_LINE - 1u);
}

/* The parts of a link whose shared memory begins at `memory`, which lies on a page. */
static inline struct topoc_vq_rings topoc_libvirtqueue_rings_at(unsigned char *memory, uint16_t length)
{
    unsigned char *used = memory + sizeof(struct topoc_vq_available) + sizeof(uint16_t) * length;
    unsigned char *descriptors = used + sizeof(struct topoc_vq_used) + sizeof(struct topoc_vq_used_entry) * length;
    struct topoc_vq_rings rings = {
        .descriptors = (struct topoc_vq_descriptor *)(void *)descriptors,
        .available = (struct topoc_vq_available *)(void *)memory,
        .used = (struct topoc_vq_used *)(void *)used,
        .length = length,
    };
    return rings;
}

/* -- Indices. -- */

/* How many chains can be outstanding. */
static inline uint16_t topoc_libvirtqueue_capacity(uint16_t length)
{
    return (uint16_t)(length - 1u);
}

/* What stands in a ring's index field at a position. */
static inline uint16_t topoc_libvirtqueue_index(uint16_t position, uint16_t length)
{
    return (uint16_t)(position & (length - 1u));
}

/* How far the peer's index is ahead of `position`; more than the length where it cannot be. */
static inline uint32_t topoc_libvirtqueue_ahead(uint16_t index, uint16_t position, uint16_t length)
{
    return index < length ? (uint32_t)(index - position) & (length - 1u) : UINT32_MAX;
}

/* How many entries of the used ring stand for `chains` that one entry gave back. */
static inline uint32_t topoc_libvirtqueue_used_step(uint32_t chains)
{
    (void)chains;
    return 1;
}

/* Whether one used entry may give back a batch. */
#define topoc_libvirtqueue_batches false

/* -- Chains. -- */

/* There are no indirect tables. */
#define topoc_libvirtqueue_mixes false

/* What a chain's last descriptor has as its `next`. */
static inline uint16_t topoc_libvirtqueue_single_next(uint16_t length)
{
    return length;
}

/* The flags of a descriptor that was read from a table of `entries`, as virtio's. */
static inline uint16_t topoc_libvirtqueue_flags(uint16_t flags, uint16_t next, uint32_t entries)
{
    (void)flags;
    return next < entries ? TOPOC_VQ_NEXT : 0;
}

/* How often such a frame is looked at: longer than a sender that runs needs to copy the rest. */
#define topoc_libvirtqueue_looks 1000u

/* Whether a frame that ends with a descriptor of this length may go on later. */
static inline bool topoc_libvirtqueue_partial(uint32_t length)
{
    return length == TOPOC_LIBVIRTQUEUE_BLOCK;
}

static inline uint32_t topoc_libvirtqueue_u16(const unsigned char *bytes)
{
    return ((uint32_t)bytes[0] << 8) | bytes[1];
}

/*
 * Whether a frame has the bytes that its Ethernet and IP headers promise: READY; EMPTY, more will come; CHAIN, they do
 * not say.
 */
static inline enum topoc_vq_status topoc_libvirtqueue_whole(const struct topoc_vq_walk *walk)
{
    unsigned char header[24]; /* up to the length field of IPv6 behind a tag */
    uint32_t at = 12; /* of the EtherType, behind the two addresses */
    uint32_t total;
    if (walk->first.length < sizeof(header)) {
        return TOPOC_VQ_CHAIN;
    }
    memcpy(header, walk->first.base, sizeof(header));
    uint32_t type = topoc_libvirtqueue_u16(header + at);
    if (type == 0x8100) { /* 802.1Q: a tag stands before the EtherType */
        at += 4;
        type = topoc_libvirtqueue_u16(header + at);
    }
    at += 2;
    if (type <= 1500) { /* 802.3: the length itself */
        total = at + type;
    } else if (type == 0x0800) { /* IPv4: its total length */
        total = at + topoc_libvirtqueue_u16(header + at + 2);
    } else if (type == 0x86dd) { /* IPv6: the length of what follows its header */
        total = at + 40 + topoc_libvirtqueue_u16(header + at + 4);
    } else {
        return TOPOC_VQ_CHAIN;
    }
    return walk->chain.readable_bytes >= total ? TOPOC_VQ_READY : TOPOC_VQ_EMPTY;
}

/* -- Signals: nobody asks, everybody signals. -- */

static inline bool topoc_libvirtqueue_device_wants(const struct topoc_vq_rings *rings, bool event_index, uint16_t now,
                                                   uint16_t before)
{
    (void)rings;
    (void)event_index;
    return now != before;
}

static inline bool topoc_libvirtqueue_driver_wants(const struct topoc_vq_rings *rings, bool event_index, uint16_t now,
                                                   uint16_t before)
{
    (void)rings;
    (void)event_index;
    return now != before;
}

static inline void topoc_libvirtqueue_device_wish(const struct topoc_vq_rings *rings, bool event_index,
                                                  uint16_t position, bool wanted)
{
    (void)rings;
    (void)event_index;
    (void)position;
    (void)wanted;
}

static inline void topoc_libvirtqueue_driver_wish(const struct topoc_vq_rings *rings, bool event_index,
                                                  uint16_t position, bool wanted)
{
    (void)rings;
    (void)event_index;
    (void)position;
    (void)wanted;
}
