/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device side of a virtqueue of three parts: it receives from a link, or from a guest's driver.
 *
 * A template: included once for each layout, with TOPOC_VQ(name) for the layout's names, and with TOPOC_VQ_UNSETTLED:
 * how many chains must follow a chain for it to be known as complete. That is none in virtio, where a driver publishes
 * a chain when it is complete (2.7.13.3).
 */

/* Of a link, so many frames are given back at once: the driver fetches a line of the used ring for them together. */
#ifndef TOPOC_VQ_HELD_MAX
#define TOPOC_VQ_HELD_MAX 32u
#endif

struct TOPOC_VQ(device)
{
    struct topoc_vq_rings rings;
    struct topoc_vq_memory memory; /* that descriptors may point into */
    struct topoc_vq_region pool;   /* of a link: the one region of `memory` */
    struct topoc_vq_features features;
    uint32_t bytes_max;      /* in a chain */
    uint32_t held_bytes;     /* in frames that were committed and not given back */
    uint32_t held_bytes_max;
    uint32_t taken_bytes;    /* of the frame that was looked at */
    uint32_t written;        /* bytes that were written into it, where it is writable */
    uint32_t next;           /* the available ring's next entry */
    uint32_t available;      /* where the driver was when its index was last read */
    uint32_t returned;       /* the used ring's next entry that is not given back */
    uint32_t held;           /* frames that were committed and not given back */
    uint16_t held_max;
    uint32_t batch;          /* how many of the last held have no used entry yet: one will stand for all */
    uint32_t batch_id;       /* the head of their last */
    uint16_t asked;          /* `returned` when the driver was last asked whether it wants a signal */
    uint32_t id;             /* the head of the frame that was looked at */
    bool taken;              /* a frame was looked at, and may be committed */
    bool writable;           /* it has writable parts: how much was written is said in an entry of its own */
#if TOPOC_VQ_UNSETTLED
    uint16_t looks;          /* at a frame of which it cannot be known whether its driver is still at it */
#endif
    enum topoc_vq_fault fault;
};

/*
 * Makes the device side of a link over `size` bytes of shared memory, and writes nothing there. False where the driver
 * side's init is.
 */
static inline bool TOPOC_VQ(device_init)(struct TOPOC_VQ(device) *device, unsigned char *memory, uint32_t size,
                                         uint16_t length)
{
    if (!topoc_vq_length_valid(length) || size < TOPOC_VQ(overhead)(length) + TOPOC_VQ_LINE) {
        return false;
    }
    uint32_t origin = TOPOC_VQ(origin)(length);
    uint32_t start = TOPOC_VQ(buffers)(length);
    memset(device, 0, sizeof(*device));
    device->rings = TOPOC_VQ(rings_at)(memory, length);
    device->pool.base = memory + start;
    device->pool.address = start - origin;
    device->pool.size = size - start;
    device->memory.regions = &device->pool;
    device->memory.count = 1;
    device->features.event_index = true;
    device->features.in_order = true;
    device->bytes_max = size - start;
    device->held_max = length / 2u < TOPOC_VQ_HELD_MAX ? (uint16_t)(length / 2u) : (uint16_t)TOPOC_VQ_HELD_MAX;
    device->held_bytes_max = (size - start) / 8u;
    return true;
}

/*
 * Makes the device side of a queue whose parts lie where `rings` says, each aligned as virtio 1.2, 2.7 wants, and whose
 * descriptors point into `memory`. `next` and `returned` are the positions to go on from: 0 for a new queue.
 * `bytes_max` bounds a chain. False where the length is no power of two. Every frame committed is given back by the
 * next flush.
 */
static inline bool TOPOC_VQ(device_init_rings)(struct TOPOC_VQ(device) *device, const struct topoc_vq_rings *rings,
                                               const struct topoc_vq_memory *memory,
                                               struct topoc_vq_features features, uint32_t bytes_max, uint16_t next,
                                               uint16_t returned)
{
    if (!topoc_vq_length_valid(rings->length)) {
        return false;
    }
    memset(device, 0, sizeof(*device));
    device->rings = *rings;
    device->memory = *memory;
    device->features = features;
    device->bytes_max = bytes_max;
    device->next = next;
    device->available = next;
    device->returned = returned;
    device->asked = returned;
    device->held_max = rings->length;
    device->held_bytes_max = UINT32_MAX;
    return true;
}

/* The first fault stays; what was held stays where it is, so that nothing is left to give back or signal. */
static inline enum topoc_vq_status TOPOC_VQ(device_break)(struct TOPOC_VQ(device) *device, enum topoc_vq_fault fault)
{
    if (device->fault == TOPOC_VQ_SOUND) {
        device->fault = fault;
    }
    device->taken = false;
    device->held = 0;
    device->batch = 0;
    device->asked = (uint16_t)device->returned;
    return TOPOC_VQ_BROKEN;
}

static inline void TOPOC_VQ(device_use)(struct TOPOC_VQ(device) *device, uint16_t position, uint16_t id,
                                        uint32_t written)
{
    struct topoc_vq_used_entry *entry = &device->rings.used->ring[position & (device->rings.length - 1u)];
    topoc_store_u32(&entry->id, id);
    topoc_store_u32(&entry->length, written);
}

/* Writes the one used entry of the batch: where its first frame's would be, naming its last. */
static inline void TOPOC_VQ(device_end_batch)(struct TOPOC_VQ(device) *device)
{
    if (device->batch > 0) {
        TOPOC_VQ(device_use)(device, (uint16_t)(device->returned + device->held - device->batch),
                             (uint16_t)device->batch_id, 0);
        device->batch = 0;
    }
}

/* Gives back what is held. */
static inline void TOPOC_VQ(device_flush)(struct TOPOC_VQ(device) *device)
{
    if (device->held == 0) {
        return;
    }
    TOPOC_VQ(device_end_batch)(device);
    device->returned = (uint16_t)(device->returned + device->held);
    device->held = 0;
    device->held_bytes = 0;
    /* Releases the entries, and the buffers, whose bytes have been read or written, to the driver's reclaim. */
    topoc_store_release_u16(&device->rings.used->index, TOPOC_VQ(index)((uint16_t)device->returned, device->rings.length));
}

/*
 * Looks whether there is a chain. READY: it begins where `cursor` says, and `settled` says that it is complete in any
 * case; EMPTY; BROKEN.
 */
TOPOC_VQ_OFTEN enum topoc_vq_status TOPOC_VQ(device_begin)(struct TOPOC_VQ(device) *device,
                                                           struct topoc_vq_cursor *cursor, bool *settled)
{
    uint16_t length = device->rings.length;
    device->taken = false;
    if (device->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    if ((uint16_t)(device->available - device->next) <= TOPOC_VQ_UNSETTLED) {
        /* Acquires what the driver's flush releases: the ring's entries, descriptors and frames. */
        uint16_t index = topoc_load_acquire_u16(&device->rings.available->index);
        uint32_t ahead = TOPOC_VQ(ahead)(index, (uint16_t)device->next, length);
        if (ahead > TOPOC_VQ(capacity)(length)) {
            return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_INDEX);
        }
        device->available = (uint16_t)(device->next + ahead);
    }
    if (device->available == device->next) {
        return TOPOC_VQ_EMPTY;
    }
    uint16_t head = topoc_load_u16(&device->rings.available->ring[device->next & (length - 1u)]);
    if (head >= length) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_DESCRIPTOR);
    }
    device->id = head;
    cursor->table = (const unsigned char *)device->rings.descriptors;
    cursor->entries = length;
    cursor->index = head;
    cursor->indirect = false;
    *settled = (uint16_t)(device->available - device->next) > TOPOC_VQ_UNSETTLED;
    return TOPOC_VQ_READY;
}

/* Reads the descriptor at the cursor, once. */
TOPOC_VQ_OFTEN struct topoc_vq_piece TOPOC_VQ(device_read)(struct TOPOC_VQ(device) *device,
                                                           struct topoc_vq_cursor *cursor)
{
    const struct topoc_vq_descriptor *table = (const struct topoc_vq_descriptor *)(const void *)cursor->table;
    const struct topoc_vq_descriptor *descriptor = &table[cursor->index];
    struct topoc_vq_piece piece;
    (void)device;
    piece.address = topoc_load_u64(&descriptor->address);
    piece.length = topoc_load_u32(&descriptor->length);
    piece.next = topoc_load_u16(&descriptor->next);
    piece.flags = TOPOC_VQ(flags)(topoc_load_u16(&descriptor->flags), piece.next, cursor->entries);
    return piece;
}

/* Moves the cursor behind a descriptor that was read. READY: there is more of the chain; EMPTY: it ends; BROKEN. */
static inline enum topoc_vq_status TOPOC_VQ(device_step)(struct TOPOC_VQ(device) *device,
                                                         struct topoc_vq_cursor *cursor,
                                                         const struct topoc_vq_piece *piece)
{
    if ((piece->flags & TOPOC_VQ_NEXT) == 0) {
        return TOPOC_VQ_EMPTY;
    }
    if (piece->next >= cursor->entries) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_DESCRIPTOR);
    }
    cursor->index = piece->next;
    return TOPOC_VQ_READY;
}

/*
 * Remembers what commit has to take: a chain of `descriptors` of the queue's own table. What is given back without an
 * entry of its own counts as read, or written, completely (2.7.9), so a writable chain has one.
 */
TOPOC_VQ_OFTEN void TOPOC_VQ(device_take)(struct TOPOC_VQ(device) *device, uint32_t bytes, uint16_t descriptors,
                                          bool writable)
{
    (void)descriptors;
    device->taken_bytes = bytes;
    device->taken = true;
    device->writable = writable;
}

/* Has done with the frame that was looked at: takes it off the ring, and gives it back with others that are held. */
TOPOC_VQ_OFTEN void TOPOC_VQ(device_commit)(struct TOPOC_VQ(device) *device)
{
    if (!device->taken) {
        return;
    }
    device->taken = false;
    if (TOPOC_VQ(batches) && device->features.in_order && !device->writable) {
        device->batch++;
        device->batch_id = device->id;
    } else {
        TOPOC_VQ(device_end_batch)(device);
        TOPOC_VQ(device_use)(device, (uint16_t)(device->returned + device->held), (uint16_t)device->id,
                             device->writable ? device->written : 0);
    }
#if TOPOC_VQ_UNSETTLED
    device->looks = 0;
#endif
    device->next = (uint16_t)(device->next + 1u);
    device->held++;
    device->held_bytes += device->taken_bytes;
    if (device->held >= device->held_max || device->held_bytes >= device->held_bytes_max) {
        TOPOC_VQ(device_flush)(device);
    }
}

#include <topoc/vq_chain.h>

/*
 * Looks at the next frame, if it lies in one piece, as every frame of ours does. READY: `frame` is borrowed until
 * commit; EMPTY: what was held has been given back; CHAIN: take it by copy, or as a chain; BROKEN.
 */
TOPOC_VQ_OFTEN enum topoc_vq_status TOPOC_VQ(device_peek)(struct TOPOC_VQ(device) *device,
                                                          struct topoc_vq_frame *frame)
{
    struct topoc_vq_cursor cursor;
    bool settled;
    enum topoc_vq_status status = TOPOC_VQ(device_begin)(device, &cursor, &settled);
    if (status != TOPOC_VQ_READY) {
        if (status == TOPOC_VQ_EMPTY) {
            TOPOC_VQ(device_flush)(device);
        }
        return status;
    }
    struct topoc_vq_piece piece = TOPOC_VQ(device_read)(device, &cursor);
    if ((piece.flags & (TOPOC_VQ_NEXT | TOPOC_VQ_INDIRECT)) != 0) {
        return TOPOC_VQ_CHAIN;
    }
#if TOPOC_VQ_UNSETTLED
    if (!settled && TOPOC_VQ(partial)(piece.length)) {
        return TOPOC_VQ_CHAIN;
    }
#endif
    if ((piece.flags & TOPOC_VQ_WRITE) != 0) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_FLAGS);
    }
    if (piece.length == 0 || piece.length > device->bytes_max) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_LENGTH);
    }
    frame->base = topoc_vq_translate(&device->memory, piece.address, piece.length);
    frame->length = piece.length;
    if (frame->base == NULL) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_ADDRESS);
    }
    TOPOC_VQ(device_take)(device, piece.length, 1, false);
    return TOPOC_VQ_READY;
}

/* Whether something was given back since the driver was last asked whether it wants a signal. */
TOPOC_VQ_OFTEN bool TOPOC_VQ(device_unasked)(const struct TOPOC_VQ(device) *device)
{
    return device->asked != (uint16_t)device->returned;
}

/* Asks it: must_signal without its fence, for a caller who has fenced since the flush. */
TOPOC_VQ_OFTEN bool TOPOC_VQ(device_ask)(struct TOPOC_VQ(device) *device)
{
    uint16_t before = device->asked;
    uint16_t now = (uint16_t)device->returned;
    device->asked = now;
    return before != now && TOPOC_VQ(driver_wants)(&device->rings, device->features.event_index, now, before);
}

/*
 * Whether the driver wants a signal for what was given back since the last call. To be asked after a flush, once for a
 * batch, and at least once in 32768 frames.
 */
static inline bool TOPOC_VQ(device_must_signal)(struct TOPOC_VQ(device) *device)
{
    if (!TOPOC_VQ(device_unasked)(device)) {
        return false;
    }
    /* Partner: the fence in the driver's listen. Either we see that it listens, or it sees the buffers. */
    topoc_fence();
    return TOPOC_VQ(device_ask)(device);
}

/*
 * Asks the driver for a signal at the next frame, as one who is about to sleep does. READY: there is one by now, look
 * again; EMPTY: sleep; BROKEN. What was held is given back.
 */
static inline enum topoc_vq_status TOPOC_VQ(device_listen)(struct TOPOC_VQ(device) *device)
{
    if (device->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    TOPOC_VQ(device_flush)(device);
    TOPOC_VQ(device_wish)(&device->rings, device->features.event_index, (uint16_t)device->next, true);
    /* Partner: the fence in the driver's must_signal. */
    topoc_fence();
    return TOPOC_VQ(device_look)(device);
}

/* Asks for no signals, as one who is awake does. */
static inline void TOPOC_VQ(device_mute)(struct TOPOC_VQ(device) *device)
{
    if (device->fault == TOPOC_VQ_SOUND) {
        TOPOC_VQ(device_wish)(&device->rings, device->features.event_index, (uint16_t)device->next, false);
    }
}
