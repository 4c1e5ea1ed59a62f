/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The driver side of a packed link: it sends frames. */

#pragma once

#include <topoc/vq_packed.h>

/* Descriptors in a line, and how far ahead of the one that is filled a line of them is asked for. */
#define TOPOC_PACKED_IN_LINE 4u
#define TOPOC_PACKED_AHEAD 8u

/*
 * Positions are 16-bit numbers in 32 bits: clang reads a 16-bit field that changes with every frame as 32 bits, and that
 * waits until the last frame's 16 have left the store buffer.
 */
struct topoc_packed_driver {
    struct topoc_packed_rings rings;
    struct topoc_vq_pool pool;
    uint32_t *ends;      /* per slot: where its buffer ends in the pool. `length` entries, private */
    uint32_t next;       /* the next descriptor to fill */
    uint32_t staged;     /* descriptors before it that are filled and not yet published */
    uint32_t oldest;     /* the first that the device has not given back */
    uint32_t asked;      /* the end of what was published when the device was last asked whether it wants a signal */
    uint32_t stop;       /* the first position that is not known to be free */
    uint32_t head_flags; /* the flags of the first staged descriptor, written last */
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
    driver->stop = length;
    topoc_vq_pool_init(&driver->pool, memory, topoc_packed_overhead(length), size);
    for (uint16_t i = 0; i < length; i++) {
        topoc_store_u16(&driver->rings.descriptors[i].flags, 0);
    }
    topoc_store_u16(&driver->rings.device_event->flags, TOPOC_PACKED_EVENT_ENABLE);
    topoc_store_u16(&driver->rings.driver_event->flags, TOPOC_PACKED_EVENT_DISABLE);
    return true;
}

/* The first fault stays; what was staged stays where it is, so that nothing is left to publish or signal. */
static inline enum topoc_vq_status topoc_packed_driver_break(struct topoc_packed_driver *driver,
                                                             enum topoc_vq_fault fault)
{
    if (driver->fault == TOPOC_VQ_SOUND) {
        driver->fault = fault;
        topoc_vq_pool_close(&driver->pool); /* no frame gets past reserve from here on */
    }
    driver->staged = 0;
    driver->asked = driver->next;
    return TOPOC_VQ_BROKEN;
}

/* Takes back what the device has used. READY if there was something, EMPTY if not, BROKEN. */
static inline enum topoc_vq_status topoc_packed_driver_reclaim(struct topoc_packed_driver *driver)
{
    uint16_t length = topoc_packed_length(&driver->rings);
    uint16_t mask = (uint16_t)(length - 1u);
    uint16_t outstanding = (uint16_t)(driver->next - driver->staged - driver->oldest);
    enum topoc_vq_status status = TOPOC_VQ_EMPTY;
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    while (outstanding > 0) {
        struct topoc_packed_descriptor *slot = &driver->rings.descriptors[driver->oldest & mask];
        /* Acquires what topoc_packed_device_flush releases: the device has done with the bytes. */
        uint16_t flags = topoc_load_acquire_u16(&slot->flags);
        if ((flags & TOPOC_PACKED_STATE) != topoc_packed_used((uint16_t)driver->oldest, length)) {
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

/* Looks for room that was given back since reserve last looked. Answers as reserve does. */
TOPOC_VQ_SELDOM enum topoc_vq_status topoc_packed_driver_find(struct topoc_packed_driver *driver, uint32_t length)
{
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if (length == 0 || length > driver->pool.size) {
        return TOPOC_VQ_REFUSED;
    }
    for (int attempt = 0; attempt < 2; attempt++) {
        uint16_t outstanding = (uint16_t)(driver->next - driver->oldest);
        driver->stop = (uint16_t)(driver->oldest + topoc_packed_length(&driver->rings));
        if (topoc_vq_pool_find(&driver->pool, outstanding > 0, length) && driver->next != driver->stop) {
            return TOPOC_VQ_READY;
        }
        if (attempt == 0 && topoc_packed_driver_reclaim(driver) == TOPOC_VQ_BROKEN) {
            return TOPOC_VQ_BROKEN;
        }
    }
    return TOPOC_VQ_FULL;
}

/*
 * Reserves a buffer of `length` bytes for the next frame and sets `buffer` to it. READY; FULL until the device gives
 * buffers back (flush what is staged: the device cannot give back what it has not seen); REFUSED where the link can
 * never hold so long a frame; BROKEN. A buffer that is reserved and not staged is reserved anew by the next call.
 */
TOPOC_VQ_OFTEN enum topoc_vq_status topoc_packed_driver_reserve(struct topoc_packed_driver *driver, uint32_t length,
                                                                unsigned char **buffer)
{
    if (TOPOC_SELDOM(!topoc_vq_pool_fits(&driver->pool, length) || driver->next == driver->stop)) {
        enum topoc_vq_status status = topoc_packed_driver_find(driver, length);
        if (status != TOPOC_VQ_READY) {
            return status;
        }
    }
    *buffer = topoc_vq_pool_buffer(&driver->pool);
    return TOPOC_VQ_READY;
}

/* Takes the reserved buffer for the frame that is put into the next descriptor, which follows. */
TOPOC_VQ_OFTEN void topoc_packed_driver_take(struct topoc_packed_driver *driver, uint16_t slot, uint32_t length)
{
    uint16_t ring = topoc_packed_length(&driver->rings);
    driver->ends[slot] = topoc_vq_pool_take(&driver->pool, length);
    driver->next = (uint16_t)(driver->next + 1u);
    if (slot % TOPOC_PACKED_IN_LINE == 0
        && (uint16_t)(driver->stop - driver->next) >= TOPOC_PACKED_AHEAD + TOPOC_PACKED_IN_LINE) {
        /* The device has done with these descriptors. */
        topoc_prefetch_write(&driver->rings.descriptors[(slot + TOPOC_PACKED_AHEAD) & (ring - 1u)]);
    }
}

/* Publishes what is staged, all at once. */
TOPOC_VQ_OFTEN void topoc_packed_driver_flush(struct topoc_packed_driver *driver)
{
    if (driver->staged != 0) {
        uint16_t slot = (uint16_t)((driver->next - driver->staged) & (topoc_packed_length(&driver->rings) - 1u));
        /* Releases frames and descriptors to topoc_packed_device_peek. */
        topoc_store_release_u16(&driver->rings.descriptors[slot].flags, (uint16_t)driver->head_flags);
        driver->staged = 0;
    }
}

/*
 * Puts the reserved buffer, `length` bytes of which hold the frame, behind those that wait to be published. Frames that
 * fill half of the pool wait no longer: the device reads them while others are written, or the two would take turns.
 */
TOPOC_VQ_OFTEN void topoc_packed_driver_stage(struct topoc_packed_driver *driver, uint32_t length)
{
    uint16_t ring = topoc_packed_length(&driver->rings);
    uint16_t next = (uint16_t)driver->next;
    uint16_t slot = (uint16_t)(next & (ring - 1u));
    struct topoc_packed_descriptor *descriptor = &driver->rings.descriptors[slot];
    uint16_t flags = topoc_packed_available(next, ring);
    topoc_store_u64(&descriptor->address, topoc_vq_pool_offset(&driver->pool));
    topoc_store_u32(&descriptor->length, length);
    topoc_store_u16(&descriptor->id, slot);
    if (driver->staged == 0) {
        driver->head_flags = flags;
    } else {
        /* The device comes here only after the first of the batch, whose flags topoc_packed_driver_flush releases. */
        topoc_store_u16(&descriptor->flags, flags);
    }
    driver->staged++;
    topoc_packed_driver_take(driver, slot, length);
    if (TOPOC_SELDOM(topoc_vq_pool_is_half(&driver->pool, driver->staged, length))) {
        topoc_packed_driver_flush(driver);
    }
}

/* Stages the reserved buffer and publishes all that is staged. */
TOPOC_VQ_OFTEN void topoc_packed_driver_publish(struct topoc_packed_driver *driver, uint32_t length)
{
    if (TOPOC_SELDOM(driver->staged != 0)) {
        topoc_packed_driver_stage(driver, length);
        topoc_packed_driver_flush(driver);
        return;
    }
    uint16_t ring = topoc_packed_length(&driver->rings);
    uint16_t next = (uint16_t)driver->next;
    uint16_t slot = (uint16_t)(next & (ring - 1u));
    struct topoc_packed_descriptor *descriptor = &driver->rings.descriptors[slot];
    topoc_store_u64(&descriptor->address, topoc_vq_pool_offset(&driver->pool));
    /* Releases the frame and its descriptor to topoc_packed_device_peek. */
    topoc_store_release_u64(&descriptor->length, topoc_packed_rest(length, slot, topoc_packed_available(next, ring)));
    topoc_packed_driver_take(driver, slot, length);
}

/* Whether something was published since the device was last asked whether it wants a signal. */
TOPOC_VQ_OFTEN bool topoc_packed_driver_unasked(const struct topoc_packed_driver *driver)
{
    return (uint16_t)driver->asked != (uint16_t)(driver->next - driver->staged);
}

/* Asks it: topoc_packed_driver_must_signal without its fence, for a caller who has fenced since the flush. */
TOPOC_VQ_OFTEN bool topoc_packed_driver_ask(struct topoc_packed_driver *driver)
{
    uint16_t before = (uint16_t)driver->asked;
    uint16_t now = (uint16_t)(driver->next - driver->staged);
    driver->asked = now;
    return before != now && topoc_packed_device_wants(&driver->rings, true, now, before);
}

/*
 * Whether the device wants a signal for what was published since the last call (2.8.14). To be asked after
 * topoc_packed_driver_flush, once for a batch, and at least once in 32768 frames.
 */
static inline bool topoc_packed_driver_must_signal(struct topoc_packed_driver *driver)
{
    if (!topoc_packed_driver_unasked(driver)) {
        return false;
    }
    /* Partner: the fence in topoc_packed_device_listen. Either we see that it listens, or it sees the frame. */
    topoc_fence();
    return topoc_packed_driver_ask(driver);
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
