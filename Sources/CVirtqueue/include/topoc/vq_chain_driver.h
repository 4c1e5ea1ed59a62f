/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The driver side of a queue of chains, as a guest's driver is: parts that the device reads, then parts that it writes,
 * perhaps in an indirect table. The device returns chains in order, as ours does in any case.
 *
 * A template: included once for each layout, with TOPOC_VQ(name) for the layout's names. Of the layout it wants
 *   the type chains_rings, chains_clear (make the parts of an empty queue), chains_put (write a descriptor, of the
 *   queue or of a table), chains_head and chains_release (publish chains), chains_used (what the device gives back
 *   next), chains_id (what the device calls a chain), chains_position (what events count), and device_wants and
 *   driver_wish.
 */

struct TOPOC_VQ(chains)
{
    TOPOC_VQ(chains_rings) rings;
    struct topoc_vq_chains chains;
};

/*
 * Makes the driver side of a queue, and clears its parts, whose first position is `position`: 0 for a new queue.
 * `records` are as many as the queue is long, in private memory. False where the length is no power of two.
 */
static inline bool TOPOC_VQ(chains_init)(struct TOPOC_VQ(chains) *driver, const TOPOC_VQ(chains_rings) *rings,
                                         struct topoc_vq_features features, const struct topoc_vq_tables *tables,
                                         struct topoc_vq_record *records, uint16_t position)
{
    if (!topoc_vq_length_valid(rings->length)) {
        return false;
    }
    memset(driver, 0, sizeof(*driver));
    memset(records, 0, rings->length * sizeof(*records));
    driver->rings = *rings;
    driver->chains.features = features;
    if (tables != NULL && features.indirect) {
        driver->chains.tables = *tables;
    }
    driver->chains.records = records;
    driver->chains.next = position;
    driver->chains.published = position;
    driver->chains.oldest = position;
    driver->chains.added = position;
    driver->chains.offered = position;
    driver->chains.used = position;
    driver->chains.taken = position;
    driver->chains.asked = position;
    TOPOC_VQ(chains_clear)(&driver->rings, features, position);
    return true;
}

/* The first fault stays; what was added stays where it is, so that nothing is left to publish or signal. */
static inline enum topoc_vq_status TOPOC_VQ(chains_break)(struct TOPOC_VQ(chains) *driver, enum topoc_vq_fault fault)
{
    if (driver->chains.fault == TOPOC_VQ_SOUND) {
        driver->chains.fault = fault;
    }
    driver->chains.offered = driver->chains.added;
    driver->chains.granted = 0;
    return TOPOC_VQ_BROKEN;
}

/*
 * Adds a chain of `readable` parts and, behind them, `writable` ones; chains_take_used returns `token` with it. READY:
 * it will be published by chains_flush; FULL: take used chains first; REFUSED: it has no part, an empty one, or too
 * many.
 */
static inline enum topoc_vq_status TOPOC_VQ(chains_add)(struct TOPOC_VQ(chains) *driver,
                                                        const struct topoc_vq_part *parts, uint16_t readable,
                                                        uint16_t writable, uint64_t token)
{
    struct topoc_vq_chains *chains = &driver->chains;
    uint16_t length = driver->rings.length;
    uint32_t count = (uint32_t)readable + writable;
    uint32_t writable_bytes = 0;
    if (chains->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if (count == 0 || count > length) {
        return TOPOC_VQ_REFUSED;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (parts[i].length == 0) {
            return TOPOC_VQ_REFUSED;
        }
        writable_bytes += i < readable ? 0 : parts[i].length;
    }
    bool indirect = chains->tables.base != NULL && count > 1 && count <= chains->tables.entries;
    uint32_t free = (uint32_t)length - (uint16_t)(chains->next - chains->oldest);
    if ((indirect ? 1 : count) > free
        || (uint16_t)(chains->added - chains->taken) >= TOPOC_VQ(capacity)(length)) {
        return TOPOC_VQ_FULL;
    }
    uint16_t slot = (uint16_t)(chains->next & (length - 1u));
    uint32_t offset = (uint32_t)slot * chains->tables.entries * TOPOC_VQ_DESCRIPTOR_SIZE;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t flags = (uint16_t)((i < readable ? 0u : TOPOC_VQ_WRITE) | (i + 1 < count ? TOPOC_VQ_NEXT : 0u));
        if (indirect) {
            TOPOC_VQ(chains_put_indirect)(chains->tables.base + offset, i, &parts[i], flags);
        } else {
            TOPOC_VQ(chains_put)(&driver->rings, chains, (uint16_t)(chains->next + i), &parts[i], flags);
        }
    }
    if (indirect) {
        struct topoc_vq_part table = {
            .address = chains->tables.address + offset, .length = count * TOPOC_VQ_DESCRIPTOR_SIZE
        };
        TOPOC_VQ(chains_put)(&driver->rings, chains, chains->next, &table, TOPOC_VQ_INDIRECT);
    }
    chains->records[slot].token = token;
    chains->records[slot].writable_bytes = writable_bytes;
    chains->records[slot].descriptors = indirect ? 1 : (uint16_t)count;
    TOPOC_VQ(chains_head)(&driver->rings, chains, slot);
    chains->next = (uint16_t)(chains->next + chains->records[slot].descriptors);
    chains->added++;
    return TOPOC_VQ_READY;
}

/* Publishes what was added, all at once. */
static inline void TOPOC_VQ(chains_flush)(struct TOPOC_VQ(chains) *driver)
{
    struct topoc_vq_chains *chains = &driver->chains;
    if (chains->added != chains->offered) {
        TOPOC_VQ(chains_release)(&driver->rings, chains);
        chains->offered = chains->added;
        chains->published = chains->next;
    }
}

/*
 * Takes the oldest chain back, when the device has used it. READY: it is `token`'s, and `written` bytes of its writable
 * parts were written; EMPTY; BROKEN. A chain that the device gave back in a batch with a later one counts as written
 * completely (virtio 1.2, 2.7.9 and 2.8.8).
 */
static inline enum topoc_vq_status TOPOC_VQ(chains_take_used)(struct TOPOC_VQ(chains) *driver, uint64_t *token,
                                                              uint32_t *written)
{
    struct topoc_vq_chains *chains = &driver->chains;
    uint16_t mask = (uint16_t)(driver->rings.length - 1u);
    uint16_t outstanding = (uint16_t)(chains->offered - chains->taken);
    if (chains->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if (outstanding == 0) {
        return TOPOC_VQ_EMPTY;
    }
    if (chains->granted == 0) {
        uint32_t id = 0;
        uint32_t bytes = 0;
        uint32_t pending = TOPOC_VQ(chains_used)(&driver->rings, chains, &id, &bytes);
        if (pending == 0) {
            return TOPOC_VQ_EMPTY;
        }
        if (pending > outstanding) {
            return TOPOC_VQ(chains_break)(driver, TOPOC_VQ_FAULT_INDEX);
        }
        const struct topoc_vq_record *record = NULL;
        uint32_t count = 0;
        for (uint16_t slot = (uint16_t)(chains->oldest & mask); record == NULL && count < outstanding; count++) {
            if (TOPOC_VQ(chains_id)(slot, chains->records[slot].descriptors, mask) == id) {
                record = &chains->records[slot];
            }
            slot = (uint16_t)((slot + chains->records[slot].descriptors) & mask);
        }
        if (record == NULL || TOPOC_VQ(used_step)(count) > pending) {
            return TOPOC_VQ(chains_break)(driver, TOPOC_VQ_FAULT_ID);
        }
        if (bytes > record->writable_bytes) {
            return TOPOC_VQ(chains_break)(driver, TOPOC_VQ_FAULT_LENGTH);
        }
        chains->used = (uint16_t)(chains->used + TOPOC_VQ(used_step)(count));
        chains->granted = (uint16_t)count;
        chains->written = bytes;
    }
    const struct topoc_vq_record *oldest = &chains->records[chains->oldest & mask];
    chains->granted--;
    chains->taken++;
    chains->oldest = (uint16_t)(chains->oldest + oldest->descriptors);
    *token = oldest->token;
    *written = chains->granted == 0 ? chains->written : oldest->writable_bytes;
    return TOPOC_VQ_READY;
}

/* Whether the device wants a signal for what was published since the last call. To be asked once for a batch. */
static inline bool TOPOC_VQ(chains_must_signal)(struct TOPOC_VQ(chains) *driver)
{
    struct topoc_vq_chains *chains = &driver->chains;
    uint16_t before = chains->asked;
    uint16_t now = TOPOC_VQ(chains_position)(chains->published, chains->offered);
    chains->asked = now;
    if (before == now || chains->fault != TOPOC_VQ_SOUND) {
        return false;
    }
    /* Partner: the fence in the device's listen. Either we see that it listens, or it sees the chain. */
    topoc_fence();
    return TOPOC_VQ(device_wants)(&driver->rings, chains->features.event_index, now, before);
}

/* Asks the device for a signal at the next chain that it gives back. READY: there is one; EMPTY: sleep; BROKEN. */
static inline enum topoc_vq_status TOPOC_VQ(chains_listen)(struct TOPOC_VQ(chains) *driver)
{
    struct topoc_vq_chains *chains = &driver->chains;
    uint32_t id;
    uint32_t bytes;
    if (chains->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if (chains->granted > 0) {
        return TOPOC_VQ_READY;
    }
    TOPOC_VQ(driver_wish)(&driver->rings, chains->features.event_index,
                          TOPOC_VQ(chains_position)(chains->oldest, chains->used), true);
    /* Partner: the fence in the device's must_signal. */
    topoc_fence();
    bool empty = chains->offered == chains->taken || TOPOC_VQ(chains_used)(&driver->rings, chains, &id, &bytes) == 0;
    return empty ? TOPOC_VQ_EMPTY : TOPOC_VQ_READY;
}

/* Asks for no signals, as one who is awake does. */
static inline void TOPOC_VQ(chains_mute)(struct TOPOC_VQ(chains) *driver)
{
    if (driver->chains.fault == TOPOC_VQ_SOUND) {
        TOPOC_VQ(driver_wish)(&driver->rings, driver->chains.features.event_index,
                              TOPOC_VQ(chains_position)(driver->chains.oldest, driver->chains.used), false);
    }
}
