/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What vq_chain_driver.h wants of a layout of three parts.
 *
 * A template: included once for each layout, with TOPOC_VQ(name) for the layout's names.
 */

typedef struct topoc_vq_rings TOPOC_VQ(chains_rings);

static inline void TOPOC_VQ(chains_clear)(const struct topoc_vq_rings *rings, struct topoc_vq_features features,
                                          uint16_t position)
{
    uint16_t index = TOPOC_VQ(index)(position, rings->length);
    topoc_store_u16(&rings->available->flags, 0);
    topoc_store_u16(&rings->used->flags, 0);
    topoc_store_u16(&rings->used->index, index);
    TOPOC_VQ(device_wish)(rings, features.event_index, position, true);
    TOPOC_VQ(driver_wish)(rings, features.event_index, position, false);
    /* Releases the rest to a device that waits for the queue to be made. */
    topoc_store_release_u16(&rings->available->index, index);
}

static inline void TOPOC_VQ(chains_write)(struct topoc_vq_descriptor *descriptor, const struct topoc_vq_part *part,
                                          uint16_t flags, uint32_t next)
{
    topoc_store_u64(&descriptor->address, part->address);
    topoc_store_u32(&descriptor->length, part->length);
    topoc_store_u16(&descriptor->flags, flags);
    topoc_store_u16(&descriptor->next, (uint16_t)next);
}

static inline void TOPOC_VQ(chains_put)(const struct topoc_vq_rings *rings, struct topoc_vq_chains *chains,
                                        uint16_t position, const struct topoc_vq_part *part, uint16_t flags)
{
    uint32_t mask = rings->length - 1u;
    uint32_t next = (flags & TOPOC_VQ_NEXT) != 0 ? (position + 1u) & mask : TOPOC_VQ(single_next)(rings->length);
    (void)chains;
    TOPOC_VQ(chains_write)(&rings->descriptors[position & mask], part, (uint16_t)(flags | TOPOC_VQ(single_flags)),
                           next);
}

static inline void TOPOC_VQ(chains_put_indirect)(unsigned char *table, uint32_t index,
                                                 const struct topoc_vq_part *part, uint16_t flags)
{
    struct topoc_vq_descriptor *descriptors = (struct topoc_vq_descriptor *)(void *)table;
    TOPOC_VQ(chains_write)(&descriptors[index], part, flags, (flags & TOPOC_VQ_NEXT) != 0 ? index + 1 : 0);
}

static inline void TOPOC_VQ(chains_head)(const struct topoc_vq_rings *rings, const struct topoc_vq_chains *chains,
                                         uint16_t slot)
{
    topoc_store_u16(&rings->available->ring[chains->added & (rings->length - 1u)], slot);
}

static inline void TOPOC_VQ(chains_release)(const struct topoc_vq_rings *rings, const struct topoc_vq_chains *chains)
{
    /* Releases chains and their bytes to the device's look at the available index. */
    topoc_store_release_u16(&rings->available->index, TOPOC_VQ(index)(chains->added, rings->length));
}

/* How many entries the used ring has that were not seen, and the first of them. */
static inline uint32_t TOPOC_VQ(chains_used)(const struct topoc_vq_rings *rings, const struct topoc_vq_chains *chains,
                                             uint32_t *id, uint32_t *written)
{
    const struct topoc_vq_used_entry *entry = &rings->used->ring[chains->used & (rings->length - 1u)];
    /* Acquires what the device's flush releases: the entries, and that it has done with the bytes. */
    uint16_t index = topoc_load_acquire_u16(&rings->used->index);
    *id = topoc_load_u32(&entry->id);
    *written = topoc_load_u32(&entry->length);
    return TOPOC_VQ(ahead)(index, chains->used, rings->length);
}

/* The device calls a chain by its head. */
static inline uint32_t TOPOC_VQ(chains_id)(uint16_t slot, uint16_t descriptors, uint16_t mask)
{
    (void)descriptors;
    (void)mask;
    return slot;
}

/* Events count chains. */
static inline uint16_t TOPOC_VQ(chains_position)(uint16_t descriptors, uint16_t chains)
{
    (void)descriptors;
    return chains;
}
