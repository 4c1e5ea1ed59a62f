/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The driver side of a queue of chains in the packed layout. */

#pragma once

#include <topoc/vq_chains.h>
#include <topoc/vq_packed.h>

typedef struct topoc_packed_rings topoc_packed_chains_rings;

static inline void topoc_packed_chains_clear(const struct topoc_packed_rings *rings, struct topoc_vq_features features,
                                             uint16_t position)
{
    (void)features;
    for (uint32_t i = 0; i < rings->length; i++) {
        /* Neither available nor used in the lap that begins, or goes on, at `position`: used in the lap before. */
        uint16_t at = (uint16_t)(position + i);
        topoc_store_u16(&rings->descriptors[at & (rings->length - 1u)].flags,
                        topoc_packed_used((uint16_t)(at - rings->length), rings->length));
    }
    topoc_store_u16(&rings->driver_event->flags, TOPOC_PACKED_EVENT_DISABLE);
}

static inline void topoc_packed_chains_put(const struct topoc_packed_rings *rings, struct topoc_vq_chains *chains,
                                           uint16_t position, const struct topoc_vq_part *part, uint16_t flags)
{
    uint16_t slot = (uint16_t)(position & (rings->length - 1u));
    struct topoc_packed_descriptor *descriptor = &rings->descriptors[slot];
    flags = (uint16_t)(flags | topoc_packed_available(position, rings->length));
    topoc_store_u64(&descriptor->address, part->address);
    topoc_store_u32(&descriptor->length, part->length);
    topoc_store_u16(&descriptor->id, slot);
    if (position == chains->published) {
        chains->head_flags = flags;
    } else {
        /* The device comes here only after the first, whose flags topoc_packed_chains_release releases. */
        topoc_store_u16(&descriptor->flags, flags);
    }
}

static inline void topoc_packed_chains_put_indirect(unsigned char *table, uint32_t index,
                                                    const struct topoc_vq_part *part, uint16_t flags)
{
    struct topoc_packed_descriptor *descriptor = &((struct topoc_packed_descriptor *)(void *)table)[index];
    topoc_store_u64(&descriptor->address, part->address);
    topoc_store_u32(&descriptor->length, part->length);
    topoc_store_u16(&descriptor->id, 0);
    topoc_store_u16(&descriptor->flags, flags & TOPOC_VQ_WRITE); /* there are no links (2.8.7) */
}

/* The flags of the first descriptor are a chain's head. */
static inline void topoc_packed_chains_head(const struct topoc_packed_rings *rings,
                                            const struct topoc_vq_chains *chains, uint16_t slot)
{
    (void)rings;
    (void)chains;
    (void)slot;
}

static inline void topoc_packed_chains_release(const struct topoc_packed_rings *rings,
                                               const struct topoc_vq_chains *chains)
{
    /* Releases chains and their bytes to topoc_packed_device_begin. */
    topoc_store_release_u16(&rings->descriptors[chains->published & (rings->length - 1u)].flags, chains->head_flags);
}

/* Whether the oldest chain, or a batch that begins with it, is used, and what its used descriptor says. */
static inline uint32_t topoc_packed_chains_used(const struct topoc_packed_rings *rings,
                                                const struct topoc_vq_chains *chains, uint32_t *id, uint32_t *written)
{
    const struct topoc_packed_descriptor *slot = &rings->descriptors[chains->oldest & (rings->length - 1u)];
    /* Acquires what topoc_packed_device_flush releases: the device has done with the bytes. */
    uint16_t flags = topoc_load_acquire_u16(&slot->flags);
    *id = topoc_load_u16(&slot->id);
    uint32_t length = topoc_load_u32(&slot->length);
    *written = (flags & TOPOC_VQ_WRITE) != 0 ? length : 0;
    return (flags & TOPOC_PACKED_STATE) == topoc_packed_used(chains->oldest, rings->length) ? 1 : 0;
}

/* The id of a chain stands in its last descriptor, and is that descriptor's slot. */
static inline uint32_t topoc_packed_chains_id(uint16_t slot, uint16_t descriptors, uint16_t mask)
{
    return (slot + descriptors - 1u) & mask;
}

/* Events count descriptors. */
static inline uint16_t topoc_packed_chains_position(uint16_t descriptors, uint16_t chains)
{
    (void)chains;
    return descriptors;
}

#define TOPOC_VQ(name) topoc_packed_##name
#include <topoc/vq_chain_driver.h>
#undef TOPOC_VQ
