/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the wire layouts have in common: results, faults, memory, segments. */

#pragma once

#include <topoc/vq_access.h>

/* What happens to every frame. gcc thinks some of it too long to inline at -O2; clang inlines it, and better unforced. */
#if defined(__clang__)
#define TOPOC_VQ_OFTEN static inline
#else
#define TOPOC_VQ_OFTEN static inline __attribute__((always_inline))
#endif

/* Code that few frames come to: kept out of the way of those that do not. */
#define TOPOC_SELDOM(condition) __builtin_expect(!!(condition), 0)
#define TOPOC_VQ_SELDOM static __attribute__((noinline, unused))

/* The most descriptors a queue may have (virtio 1.2, 2.7 and 2.8), and the least that a link is built with. */
#define TOPOC_VQ_LENGTH_MAX 32768u
#define TOPOC_VQ_LENGTH_MIN 4u

/* Bytes of a descriptor, in every layout. */
#define TOPOC_VQ_DESCRIPTOR_SIZE 16u

/* Descriptor flags (virtio 1.2, 2.7.5 and 2.8.3 to 2.8.7). */
#define TOPOC_VQ_NEXT 1u
#define TOPOC_VQ_WRITE 2u
#define TOPOC_VQ_INDIRECT 4u

/* What a call found. */
enum topoc_vq_status {
    TOPOC_VQ_READY,  /* there is what was asked for */
    TOPOC_VQ_EMPTY,  /* nothing to take: the peer has published nothing more */
    TOPOC_VQ_FULL,   /* no room: the peer has to give buffers back first */
    TOPOC_VQ_CHAIN,  /* the next frame lies in more than one descriptor: take it by copy, or as a chain */
    TOPOC_VQ_REFUSED, /* the caller asked for what this queue can never hold: nothing was changed */
    TOPOC_VQ_BROKEN  /* the peer broke the protocol: the queue takes no further part */
};

/* How the peer broke it. The first fault stays. */
enum topoc_vq_fault {
    TOPOC_VQ_SOUND,
    TOPOC_VQ_FAULT_INDEX,      /* an index further ahead than the ring is long */
    TOPOC_VQ_FAULT_DESCRIPTOR, /* a descriptor number beyond the table */
    TOPOC_VQ_FAULT_ID,         /* a buffer id that is not outstanding */
    TOPOC_VQ_FAULT_ADDRESS,    /* a buffer that does not lie whole in the memory of the queue */
    TOPOC_VQ_FAULT_LENGTH,     /* a length of nothing, or more bytes in a chain, or given back, than there can be */
    TOPOC_VQ_FAULT_CHAIN,      /* a chain longer than the queue: a cycle */
    TOPOC_VQ_FAULT_FLAGS,      /* a readable part after a writable one, an indirect table in a table, and the like */
    TOPOC_VQ_FAULT_COUNT
};

/*
 * Memory that descriptors may point into: `size` bytes at `base`, called `address` by the peer (a guest's physical
 * address; for the buffers of a link, 0).
 */
struct topoc_vq_region {
    unsigned char *base;
    uint64_t address;
    uint64_t size;
};

struct topoc_vq_memory {
    const struct topoc_vq_region *regions;
    unsigned int count;
};

/* A run of bytes in shared memory. It has been checked; its content can change at any moment. */
struct topoc_vq_segment {
    unsigned char *base;
    uint32_t length;
};

/* A descriptor as it was read, once. `next` is the split layouts' link. */
struct topoc_vq_piece {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};

/* Where a chain is being read: a table of descriptors of sixteen bytes, and the next to read in it. */
struct topoc_vq_cursor {
    const unsigned char *table;
    uint32_t entries;
    uint32_t index;
    bool indirect; /* the table is an indirect one */
    bool begun;    /* packed: the flags have been read already, to see that there is a chain */
    uint16_t flags;
};

/* A chain: its readable segments stand first, the writable ones behind them. */
struct topoc_vq_chain {
    uint32_t readable_bytes;
    uint32_t writable_bytes;
    uint16_t readable; /* segments */
    uint16_t writable;
};

/* A walk along a chain, and what was found so far. */
struct topoc_vq_walk {
    struct topoc_vq_cursor cursor;
    struct topoc_vq_chain chain;
    struct topoc_vq_segment first;
    uint32_t last_length;
    uint16_t own;  /* descriptors of the queue's own table; the others are of an indirect one */
    bool more;
    bool settled;  /* the chain is complete, for others follow it */
    enum topoc_vq_status whole; /* if not: READY, it is complete; EMPTY, more will come; CHAIN, that cannot be known */
};

/* What driver and device agreed upon (virtio 1.2, 6). */
struct topoc_vq_features {
    bool event_index; /* VIRTIO_F_EVENT_IDX: each side says at which position it wants a signal */
    bool in_order;    /* VIRTIO_F_IN_ORDER: buffers come back in the order in which they were made available */
    bool indirect;    /* VIRTIO_F_INDIRECT_DESC: a descriptor may name a table of descriptors */
};

/* A frame that lies in one piece, borrowed until it is committed. */
struct topoc_vq_frame {
    const unsigned char *base;
    uint32_t length;
};

/*
 * Whether to signal the peer (virtio 1.2, 2.7.7, 2.7.10 and 2.8.10): the peer wants to hear of position `event`, and
 * the positions from `before` to `now` have been added since it was last asked.
 */
static inline bool topoc_vq_event_passed(uint16_t event, uint16_t now, uint16_t before)
{
    return (uint16_t)(now - event - 1u) < (uint16_t)(now - before);
}

/* Whether `length` bytes at `offset` lie in `size` bytes. */
static inline bool topoc_vq_within(uint64_t offset, uint64_t length, uint64_t size)
{
    return length <= size && offset <= size - length;
}

static inline bool topoc_vq_length_valid(uint32_t length)
{
    return length >= TOPOC_VQ_LENGTH_MIN && length <= TOPOC_VQ_LENGTH_MAX && (length & (length - 1u)) == 0;
}

/* Where the peer's `address` is in this process, or NULL where `length` bytes of it do not lie in one region. */
static inline unsigned char *topoc_vq_translate(const struct topoc_vq_memory *memory, uint64_t address, uint32_t length)
{
    for (unsigned int i = 0; i < memory->count; i++) {
        const struct topoc_vq_region *region = &memory->regions[i];
        uint64_t offset = address - region->address;
        if (address >= region->address && topoc_vq_within(offset, length, region->size)) {
            return region->base + (size_t)offset;
        }
    }
    return NULL;
}
