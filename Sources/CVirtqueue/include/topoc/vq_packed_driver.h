/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The driver side of a packed link: it sends frames. */

#pragma once

#include <topoc/vq_packed.h>

struct topoc_packed_driver {
    struct topoc_packed_rings rings;
    struct topoc_vq_pool pool;
    uint32_t *ends;      /* per slot: where its buffer ends in the pool. `length` entries, private */
    uint16_t next;       /* the next descriptor to fill */
    uint16_t published;  /* the first that is filled and not yet published */
    uint16_t oldest;     /* the first that the device has not given back */
    uint16_t asked;      /* `next` when the device was last asked whether it wants a signal */
    uint16_t head_flags; /* the flags of the descriptor at `published`, written last */
    uint32_t at;         /* the reserved buffer */
    uint32_t end;
    enum topoc_vq_fault fault;
};

/*
 * Makes the driver side of a link over `size` bytes of shared memory, and clears its ring. `ends` are `length` numbers
 * of private memory. False where `length` is no power of two or the memory holds no buffer: nothing is changed then.
 */
static inline bool topoc_packed_driver_init(struct topoc_packed_driver *driver, unsigned char *memory, uint32_t size,
                                            uint16_t length, uint32_t *ends)
{
    if (!topoc_vq_length_valid(length) || size < topoc_packed_overhead(length) + TOPOC_VQ_LINE) {
        return false;
    }
    memset(driver, 0, sizeof(*driver));
    driver->rings = topoc_packed_rings_at(memory, length);
    driver->ends = ends;
    topoc_vq_pool_init(&driver->pool, memory, topoc_packed_overhead(length), size);
    for (uint16_t i = 0; i < length; i++) {
        topoc_store_u16(&driver->rings.descriptors[i].flags, 0);
    }
    topoc_store_u16(&driver->rings.driver_event->flags, TOPOC_PACKED_EVENT_DISABLE);
    return true;
}

static inline enum topoc_vq_status topoc_packed_driver_break(struct topoc_packed_driver *driver,
                                                             enum topoc_vq_fault fault)
{
    if (driver->fault == TOPOC_VQ_SOUND) {
        driver->fault = fault;
    }
    return TOPOC_VQ_BROKEN;
}

/* Takes back what the device has used. READY if there was something, EMPTY if not, BROKEN. */
static inline enum topoc_vq_status topoc_packed_driver_reclaim(struct topoc_packed_driver *driver)
{
    uint16_t length = driver->rings.length;
    uint16_t mask = (uint16_t)(length - 1u);
    uint16_t outstanding = (uint16_t)(driver->published - driver->oldest);
    enum topoc_vq_status status = TOPOC_VQ_EMPTY;
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    while (outstanding > 0) {
        struct topoc_packed_descriptor *slot = &driver->rings.descriptors[driver->oldest & mask];
        /* Acquires what topoc_packed_device_flush releases: the device has done with the bytes. */
        uint16_t flags = topoc_load_acquire_u16(&slot->flags);
        if ((flags & TOPOC_PACKED_STATE) != topoc_packed_used(driver->oldest, length)) {
            break;
        }
        uint16_t id = topoc_load_u16(&slot->id);
        uint16_t distance = (uint16_t)((id - driver->oldest) & mask);
        if (id >= length || distance >= outstanding) {
            return topoc_packed_driver_break(driver, TOPOC_VQ_FAULT_ID);
        }
        driver->pool.tail = driver->ends[id];
        driver->oldest = (uint16_t)(driver->oldest + distance + 1u);
        outstanding = (uint16_t)(outstanding - distance - 1u);
        status = TOPOC_VQ_READY;
    }
    return status;
}

/*
 * Reserves a buffer of `length` bytes for the next frame and sets `buffer` to it. READY; FULL until the device gives
 * buffers back (flush what is staged: the device cannot give back what it has not seen); REFUSED where the link can
 * never hold so long a frame; BROKEN. A buffer that is reserved and not staged is reserved anew by the next call.
 */
static inline enum topoc_vq_status topoc_packed_driver_reserve(struct topoc_packed_driver *driver, uint32_t length,
                                                               unsigned char **buffer)
{
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if (length == 0 || length > driver->pool.size) {
        return TOPOC_VQ_REFUSED;
    }
    for (int attempt = 0; attempt < 2; attempt++) {
        uint16_t outstanding = (uint16_t)(driver->next - driver->oldest);
        if (outstanding < driver->rings.length
            && topoc_vq_pool_find(&driver->pool, outstanding > 0, length, &driver->at, &driver->end)) {
            *buffer = driver->pool.base + driver->pool.start + driver->at;
            return TOPOC_VQ_READY;
        }
        if (attempt == 0 && topoc_packed_driver_reclaim(driver) == TOPOC_VQ_BROKEN) {
            return TOPOC_VQ_BROKEN;
        }
    }
    return TOPOC_VQ_FULL;
}

/* Puts the reserved buffer, `length` bytes of which hold the frame, behind those that wait to be published. */
static inline void topoc_packed_driver_stage(struct topoc_packed_driver *driver, uint32_t length)
{
    uint16_t slot = (uint16_t)(driver->next & (driver->rings.length - 1u));
    struct topoc_packed_descriptor *descriptor = &driver->rings.descriptors[slot];
    uint16_t flags = topoc_packed_available(driver->next, driver->rings.length);
    topoc_store_u64(&descriptor->address, (uint64_t)driver->pool.start + driver->at);
    topoc_store_u32(&descriptor->length, length);
    topoc_store_u16(&descriptor->id, slot);
    if (driver->next == driver->published) {
        driver->head_flags = flags;
    } else {
        /* The device comes here only after the first of the batch, whose flags topoc_packed_driver_flush releases. */
        topoc_store_u16(&descriptor->flags, flags);
    }
    if (driver->next == driver->oldest) {
        driver->pool.tail = driver->at;
    }
    driver->ends[slot] = driver->end;
    driver->pool.head = driver->end;
    driver->next++;
}

/* Publishes what is staged, all at once. */
static inline void topoc_packed_driver_flush(struct topoc_packed_driver *driver)
{
    if (driver->next != driver->published) {
        uint16_t slot = (uint16_t)(driver->published & (driver->rings.length - 1u));
        /* Releases frames and descriptors to topoc_packed_device_peek. */
        topoc_store_release_u16(&driver->rings.descriptors[slot].flags, driver->head_flags);
        driver->published = driver->next;
    }
}

/* Stages the reserved buffer and publishes it. */
static inline void topoc_packed_driver_publish(struct topoc_packed_driver *driver, uint32_t length)
{
    topoc_packed_driver_stage(driver, length);
    topoc_packed_driver_flush(driver);
}

/*
 * Whether the device wants a signal for what was published since the last call (2.8.14). To be asked after
 * topoc_packed_driver_flush, once for a batch.
 */
static inline bool topoc_packed_driver_must_signal(struct topoc_packed_driver *driver)
{
    uint16_t length = driver->rings.length;
    uint16_t before = driver->asked;
    driver->asked = driver->published;
    if (before == driver->published) {
        return false;
    }
    /* Partner: the fence in topoc_packed_device_listen. Either we see that it listens, or it sees the frame. */
    topoc_fence();
    uint16_t flags = topoc_load_u16(&driver->rings.device_event->flags);
    if (flags != TOPOC_PACKED_EVENT_POSITION) {
        return flags != TOPOC_PACKED_EVENT_DISABLE;
    }
    uint16_t position = topoc_load_u16(&driver->rings.device_event->position);
    return topoc_vq_event_passed(topoc_packed_event_position(position, driver->published, length), driver->published,
                                 before);
}

/*
 * Asks the device for a signal when it gives buffers back, as one who waits for room does. READY: there is some by now,
 * reserve again; EMPTY: sleep; BROKEN.
 */
static inline enum topoc_vq_status topoc_packed_driver_listen(struct topoc_packed_driver *driver)
{
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    topoc_store_u16(&driver->rings.driver_event->flags, TOPOC_PACKED_EVENT_ENABLE);
    /* Partner: the fence in topoc_packed_device_must_signal. */
    topoc_fence();
    return topoc_packed_driver_reclaim(driver);
}

/* Asks for no signals, as one who is awake does. */
static inline void topoc_packed_driver_mute(struct topoc_packed_driver *driver)
{
    if (driver->fault == TOPOC_VQ_SOUND) {
        topoc_store_u16(&driver->rings.driver_event->flags, TOPOC_PACKED_EVENT_DISABLE);
    }
}
