/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The driver side of a link over three parts: it sends frames, each in one descriptor.
 *
 * A template: included once for each layout, with TOPOC_VQ(name) for the layout's names. Frame number n always lies in
 * descriptor n modulo the length, and its head in that entry of the available ring, so that only addresses and lengths
 * are written per frame.
 */

struct TOPOC_VQ(driver)
{
    struct topoc_vq_rings rings;
    struct topoc_vq_pool pool;
    uint32_t *ends;     /* per descriptor: where its buffer ends in the pool. `length` entries, private */
    /* Positions are 16-bit numbers in 32 bits, as in vq_packed_driver.h. */
    uint32_t next;      /* the next frame */
    uint32_t published; /* the first that is staged and not yet published */
    uint32_t oldest;    /* the first that the device has not given back */
    uint32_t stop;      /* the first position that is not known to be free */
    uint32_t seen;      /* the used ring's next entry */
    uint32_t asked;     /* `published` when the device was last asked whether it wants a signal */
    enum topoc_vq_fault fault;
};

/*
 * Makes the driver side of a link over `size` bytes of shared memory, and clears its rings. `ends` are `length` numbers
 * of private memory. False where `length` is no power of two or the memory holds no buffer: nothing is changed then.
 */
static inline bool TOPOC_VQ(driver_init)(struct TOPOC_VQ(driver) *driver, unsigned char *memory, uint32_t size,
                                         uint16_t length, uint32_t *ends)
{
    if (!topoc_vq_length_valid(length) || size < TOPOC_VQ(overhead)(length) + TOPOC_VQ_LINE) {
        return false;
    }
    uint32_t origin = TOPOC_VQ(origin)(length);
    memset(driver, 0, sizeof(*driver));
    driver->rings = TOPOC_VQ(rings_at)(memory, length);
    driver->ends = ends;
    driver->stop = TOPOC_VQ(capacity)(length);
    topoc_vq_pool_init(&driver->pool, memory + origin, TOPOC_VQ(overhead)(length) - origin, size - origin);
    for (uint16_t i = 0; i < length; i++) {
        struct topoc_vq_descriptor *descriptor = &driver->rings.descriptors[i];
        topoc_store_u64(&descriptor->address, 0);
        topoc_store_u32(&descriptor->length, 0);
        topoc_store_u16(&descriptor->flags, TOPOC_VQ(single_flags));
        topoc_store_u16(&descriptor->next, TOPOC_VQ(single_next)(length));
        topoc_store_u16(&driver->rings.available->ring[i], i);
    }
    topoc_store_u16(&driver->rings.available->flags, 0);
    topoc_store_u16(&driver->rings.used->flags, 0);
    topoc_store_u16(&driver->rings.used->index, 0);
    TOPOC_VQ(device_wish)(&driver->rings, true, 0, true);
    TOPOC_VQ(driver_wish)(&driver->rings, true, 0, false);
    /* Releases the rest to a device that waits for the memory to be made. */
    topoc_store_release_u16(&driver->rings.available->index, 0);
    return true;
}

/* The first fault stays; what was staged stays where it is, so that nothing is left to publish or signal. */
static inline enum topoc_vq_status TOPOC_VQ(driver_break)(struct TOPOC_VQ(driver) *driver, enum topoc_vq_fault fault)
{
    if (driver->fault == TOPOC_VQ_SOUND) {
        driver->fault = fault;
        topoc_vq_pool_close(&driver->pool); /* no frame gets past reserve from here on */
    }
    driver->published = driver->next;
    driver->asked = driver->next;
    return TOPOC_VQ_BROKEN;
}

/*
 * Takes back what the device has used. READY if there was something, EMPTY if not, BROKEN. A used entry gives back the
 * frame that it names and all before it: a batch (VIRTIO_F_IN_ORDER, 2.7.9), or frames that the device forgot.
 */
static inline enum topoc_vq_status TOPOC_VQ(driver_reclaim)(struct TOPOC_VQ(driver) *driver)
{
    uint16_t length = driver->rings.length;
    uint16_t mask = (uint16_t)(length - 1u);
    uint16_t outstanding = (uint16_t)(driver->published - driver->oldest);
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    /* Acquires what the device's flush releases: the entries, and that it has done with the bytes. */
    uint16_t index = topoc_load_acquire_u16(&driver->rings.used->index);
    uint32_t pending = TOPOC_VQ(ahead)(index, (uint16_t)driver->seen, length);
    if (pending == 0) {
        return TOPOC_VQ_EMPTY;
    }
    if (pending > outstanding) {
        return TOPOC_VQ(driver_break)(driver, TOPOC_VQ_FAULT_INDEX);
    }
    while (pending > 0) {
        uint32_t id = topoc_load_u32(&driver->rings.used->ring[driver->seen & mask].id);
        uint16_t distance = (uint16_t)((id - driver->oldest) & mask);
        uint32_t step = TOPOC_VQ(used_step)((uint32_t)distance + 1u);
        if (id >= length || distance >= outstanding || step > pending) {
            return TOPOC_VQ(driver_break)(driver, TOPOC_VQ_FAULT_ID);
        }
        driver->pool.tail = driver->ends[id];
        driver->oldest = (uint16_t)(driver->oldest + distance + 1u);
        driver->seen = (uint16_t)(driver->seen + step);
        outstanding = (uint16_t)(outstanding - distance - 1u);
        pending -= step;
    }
    return TOPOC_VQ_READY;
}

/* Looks for room that was given back since reserve last looked. Answers as reserve does. */
TOPOC_VQ_SELDOM enum topoc_vq_status TOPOC_VQ(driver_find)(struct TOPOC_VQ(driver) *driver, uint32_t length)
{
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if (length == 0 || length > driver->pool.size) {
        return TOPOC_VQ_REFUSED;
    }
    for (int attempt = 0; attempt < 2; attempt++) {
        uint16_t outstanding = (uint16_t)(driver->next - driver->oldest);
        driver->stop = (uint16_t)(driver->oldest + TOPOC_VQ(capacity)(driver->rings.length));
        if (topoc_vq_pool_find(&driver->pool, outstanding > 0, length) && driver->next != driver->stop) {
            return TOPOC_VQ_READY;
        }
        if (attempt == 0 && TOPOC_VQ(driver_reclaim)(driver) == TOPOC_VQ_BROKEN) {
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
TOPOC_VQ_OFTEN enum topoc_vq_status TOPOC_VQ(driver_reserve)(struct TOPOC_VQ(driver) *driver, uint32_t length,
                                                             unsigned char **buffer)
{
    if (TOPOC_SELDOM(!topoc_vq_pool_fits(&driver->pool, length) || driver->next == driver->stop)) {
        enum topoc_vq_status status = TOPOC_VQ(driver_find)(driver, length);
        if (status != TOPOC_VQ_READY) {
            return status;
        }
    }
    *buffer = topoc_vq_pool_buffer(&driver->pool);
    return TOPOC_VQ_READY;
}

/* Publishes what is staged, all at once. */
TOPOC_VQ_OFTEN void TOPOC_VQ(driver_flush)(struct TOPOC_VQ(driver) *driver)
{
    if (driver->next != driver->published) {
        driver->published = driver->next;
        /* Releases frames and descriptors to the device's look at the available index. */
        topoc_store_release_u16(&driver->rings.available->index,
                                TOPOC_VQ(index)((uint16_t)driver->published, driver->rings.length));
    }
}

/*
 * Puts the reserved buffer, `length` bytes of which hold the frame, behind those that wait to be published. Frames that
 * fill half of the pool wait no longer: the device reads them while others are written, or the two would take turns.
 */
TOPOC_VQ_OFTEN void TOPOC_VQ(driver_stage)(struct TOPOC_VQ(driver) *driver, uint32_t length)
{
    uint16_t next = (uint16_t)driver->next;
    uint16_t slot = (uint16_t)(next & (driver->rings.length - 1u));
    struct topoc_vq_descriptor *descriptor = &driver->rings.descriptors[slot];
    topoc_store_u64(&descriptor->address, topoc_vq_pool_offset(&driver->pool));
    topoc_store_u32(&descriptor->length, length);
    driver->ends[slot] = topoc_vq_pool_take(&driver->pool, length);
    driver->next = (uint16_t)(next + 1u);
    if (TOPOC_SELDOM(topoc_vq_pool_is_half(&driver->pool, (uint16_t)(driver->next - driver->published), length))) {
        TOPOC_VQ(driver_flush)(driver);
    }
}

/* Stages the reserved buffer and publishes it. */
TOPOC_VQ_OFTEN void TOPOC_VQ(driver_publish)(struct TOPOC_VQ(driver) *driver, uint32_t length)
{
    TOPOC_VQ(driver_stage)(driver, length);
    TOPOC_VQ(driver_flush)(driver);
}

/* Whether something was published since the device was last asked whether it wants a signal. */
TOPOC_VQ_OFTEN bool TOPOC_VQ(driver_unasked)(const struct TOPOC_VQ(driver) *driver)
{
    return (uint16_t)driver->asked != (uint16_t)driver->published;
}

/* Asks it: must_signal without its fence, for a caller who has fenced since the flush. */
TOPOC_VQ_OFTEN bool TOPOC_VQ(driver_ask)(struct TOPOC_VQ(driver) *driver)
{
    uint16_t before = (uint16_t)driver->asked;
    uint16_t now = (uint16_t)driver->published;
    driver->asked = now;
    return before != now && TOPOC_VQ(device_wants)(&driver->rings, true, now, before);
}

/*
 * Whether the device wants a signal for what was published since the last call. To be asked after a flush, once for a
 * batch, and at least once in 32768 frames.
 */
static inline bool TOPOC_VQ(driver_must_signal)(struct TOPOC_VQ(driver) *driver)
{
    if (!TOPOC_VQ(driver_unasked)(driver)) {
        return false;
    }
    /* Partner: the fence in the device's listen. Either we see that it listens, or it sees the frame. */
    topoc_fence();
    return TOPOC_VQ(driver_ask)(driver);
}

/*
 * Asks the device for a signal when it gives buffers back, as one who waits for room does. READY: there is some by now,
 * reserve again; EMPTY: sleep; BROKEN.
 */
static inline enum topoc_vq_status TOPOC_VQ(driver_listen)(struct TOPOC_VQ(driver) *driver)
{
    if (driver->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    TOPOC_VQ(driver_wish)(&driver->rings, true, (uint16_t)driver->seen, true);
    /* Partner: the fence in the device's must_signal. */
    topoc_fence();
    return TOPOC_VQ(driver_reclaim)(driver);
}

/* Asks for no signals, as one who is awake does. */
static inline void TOPOC_VQ(driver_mute)(struct TOPOC_VQ(driver) *driver)
{
    if (driver->fault == TOPOC_VQ_SOUND) {
        TOPOC_VQ(driver_wish)(&driver->rings, true, (uint16_t)driver->seen, false);
    }
}
