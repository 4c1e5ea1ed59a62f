/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The device side of a packed virtqueue: it receives, from a link or from a guest's driver. */

#pragma once

#include <topoc/vq_packed.h>

/* So many frames are given back at once, if the driver returns buffers in order: a line of the ring is then written by
 * the device once for thirty-two frames, not for each. */
#define TOPOC_PACKED_HELD_MAX 32u

struct topoc_packed_device {
    struct topoc_packed_rings rings;
    struct topoc_vq_memory memory; /* that descriptors may point into */
    struct topoc_vq_region pool;   /* the first region of `memory`; of a link, the one */
    struct topoc_vq_features features;
    /* Positions are 16-bit numbers in 32 bits, as in the driver. */
    uint32_t bytes_max;      /* in a chain */
    uint32_t held_bytes;     /* in frames that were committed and not given back */
    uint32_t held_bytes_max;
    uint32_t written;        /* bytes that were written into it, where it is writable */
    uint32_t next;           /* the next descriptor to take */
    uint32_t returned;       /* the first that was not given back */
    uint16_t asked;          /* `returned` when the driver was last asked whether it wants a signal */
    uint32_t held_max;       /* descriptors that are committed and not given back, at most */
    uint16_t batch;          /* the first held descriptor that has no used one yet: one will stand for all up to `next` */
    uint32_t batch_id;       /* of the last frame of the batch */
    uint16_t head_flags;     /* the flags of the used descriptor at `returned`, written last */
    uint64_t taken;          /* of the frame that was looked at (topoc_packed_device_take); 0: there is none to commit */
    uint32_t id;             /* of the frame that was looked at */
    enum topoc_vq_fault fault;
};

/*
 * Makes the device side of a link over `size` bytes of shared memory, and writes nothing there. False where
 * topoc_packed_driver_init is.
 */
static inline bool topoc_packed_device_init(struct topoc_packed_device *device, unsigned char *memory, uint32_t size,
                                            uint16_t length)
{
    uint32_t overhead = topoc_packed_overhead(length);
    if (!topoc_vq_length_valid(length) || size < overhead + TOPOC_VQ_LINE) {
        return false;
    }
    memset(device, 0, sizeof(*device));
    device->rings = topoc_packed_rings_at(memory, length);
    device->pool.base = memory + overhead;
    device->pool.address = overhead;
    device->pool.size = size - overhead;
    device->memory.regions = &device->pool;
    device->memory.count = 1;
    device->features.event_index = true;
    device->features.in_order = true;
    device->bytes_max = size - overhead;
    device->held_max = length / 2u < TOPOC_PACKED_HELD_MAX ? (uint16_t)(length / 2u) : TOPOC_PACKED_HELD_MAX;
    device->held_bytes_max = (size - overhead) / 8u;
    return true;
}

/*
 * Makes the device side of a queue whose parts lie where `rings` says, each aligned as virtio 1.2, 2.8.10.1 wants, and
 * whose descriptors point into `memory`. `next` and `returned` are the positions to go on from: 0 for a new queue, else of
 * topoc_packed_position. `bytes_max` bounds a chain. False where the length is no power of two.
 */
static inline bool topoc_packed_device_init_rings(struct topoc_packed_device *device,
                                                  const struct topoc_packed_rings *rings,
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
    if (memory->count > 0) {
        device->pool = memory->regions[0];
    }
    device->features = features;
    device->bytes_max = bytes_max;
    device->next = next;
    device->batch = next;
    device->returned = returned;
    device->asked = returned;
    device->held_max = rings->length;
    device->held_bytes_max = UINT32_MAX;
    return true;
}

/* The first fault stays; what was held stays where it is, so that nothing is left to give back or signal. */
static inline enum topoc_vq_status topoc_packed_device_break(struct topoc_packed_device *device,
                                                             enum topoc_vq_fault fault)
{
    if (device->fault == TOPOC_VQ_SOUND) {
        device->fault = fault;
    }
    device->taken = 0;
    device->batch = (uint16_t)device->next;
    device->returned = device->next;
    device->asked = (uint16_t)device->next;
    return TOPOC_VQ_BROKEN;
}

/* Writes a used descriptor; the flags of the first that is held are left to flush. */
static inline void topoc_packed_device_use(struct topoc_packed_device *device, uint16_t position, uint16_t id,
                                           uint32_t written)
{
    uint16_t length = topoc_packed_length(&device->rings);
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[position & (length - 1u)];
    uint16_t flags = topoc_packed_used(position, length);
    if (written > 0) {
        flags |= TOPOC_VQ_WRITE; /* there is a length (2.8.4) */
    }
    topoc_store_u16(&slot->id, id);
    topoc_store_u32(&slot->length, written);
    if (position == device->returned) {
        device->head_flags = flags;
    } else {
        /* The driver comes here only after the first, whose flags topoc_packed_device_flush releases. */
        topoc_store_u16(&slot->flags, flags);
    }
}

/* Writes the one used descriptor of the batch: where its first stood, naming its last (2.8.8). */
static inline void topoc_packed_device_end_batch(struct topoc_packed_device *device)
{
    if (device->batch != device->next) {
        topoc_packed_device_use(device, device->batch, (uint16_t)device->batch_id, 0);
        device->batch = (uint16_t)device->next;
    }
}

/* Gives back what is held. */
TOPOC_VQ_SELDOM void topoc_packed_device_flush(struct topoc_packed_device *device)
{
    uint16_t length = topoc_packed_length(&device->rings);
    if (device->returned == device->next) {
        return;
    }
    topoc_packed_device_end_batch(device);
    /* Releases the buffers, whose bytes have been read or written, to topoc_packed_driver_reclaim. */
    topoc_store_release_u16(&device->rings.descriptors[device->returned & (length - 1u)].flags, device->head_flags);
    device->returned = device->next;
    device->held_bytes = 0;
}

/* Looks whether there is a chain. READY: it begins where `cursor` says, and is complete; EMPTY; BROKEN. */
static inline enum topoc_vq_status topoc_packed_device_begin(struct topoc_packed_device *device,
                                                             struct topoc_vq_cursor *cursor, bool *settled)
{
    uint16_t length = topoc_packed_length(&device->rings);
    device->taken = 0;
    if (device->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    cursor->table = (const unsigned char *)device->rings.descriptors;
    cursor->entries = length;
    cursor->index = device->next & (length - 1u);
    cursor->indirect = false;
    /* Acquires what topoc_packed_driver_flush releases: the chain's other fields, and its bytes. */
    cursor->flags = topoc_load_acquire_u16(&device->rings.descriptors[cursor->index].flags);
    cursor->begun = true;
    *settled = true;
    bool available = (cursor->flags & TOPOC_PACKED_STATE) == topoc_packed_available((uint16_t)device->next, length);
    return available ? TOPOC_VQ_READY : TOPOC_VQ_EMPTY;
}

/* Reads the descriptor at the cursor, once. The id of a chain stands in its last descriptor in the ring (2.8.6). */
static inline struct topoc_vq_piece topoc_packed_device_read(struct topoc_packed_device *device,
                                                             struct topoc_vq_cursor *cursor)
{
    const struct topoc_packed_descriptor *table = (const struct topoc_packed_descriptor *)(const void *)cursor->table;
    const struct topoc_packed_descriptor *descriptor = &table[cursor->index];
    struct topoc_vq_piece piece;
    piece.address = topoc_load_u64(&descriptor->address);
    piece.length = topoc_load_u32(&descriptor->length);
    piece.flags = cursor->begun ? cursor->flags : topoc_load_u16(&descriptor->flags);
    piece.next = 0;
    cursor->begun = false;
    if (!cursor->indirect) {
        device->id = topoc_load_u16(&descriptor->id);
    }
    return piece;
}

/* Moves the cursor behind a descriptor that was read. READY: there is more of the chain; EMPTY: it ends. */
static inline enum topoc_vq_status topoc_packed_device_step(struct topoc_packed_device *device,
                                                            struct topoc_vq_cursor *cursor,
                                                            const struct topoc_vq_piece *piece)
{
    (void)device;
    /* An indirect table is a chain as a whole, and has no ids or links (2.8.7). */
    bool more = cursor->indirect ? cursor->index + 1u < cursor->entries : (piece->flags & TOPOC_VQ_NEXT) != 0;
    cursor->index = (cursor->index + 1u) & (cursor->indirect ? UINT32_MAX : cursor->entries - 1u);
    return more ? TOPOC_VQ_READY : TOPOC_VQ_EMPTY;
}

/* In `taken`, between the number of descriptors in the low sixteen bits and the bytes above: one store a frame. */
#define TOPOC_PACKED_TAKEN_WRITABLE (UINT64_C(1) << 16)
#define TOPOC_PACKED_TAKEN_BYTES 17u

/*
 * Remembers what commit has to take: a chain of `descriptors` of the ring. What is given back without a descriptor of
 * its own counts as read, or written, completely (2.8.8), so a writable chain has one.
 */
TOPOC_VQ_OFTEN void topoc_packed_device_take(struct topoc_packed_device *device, uint32_t bytes, uint16_t descriptors,
                                             bool writable)
{
    device->taken = (uint64_t)bytes << TOPOC_PACKED_TAKEN_BYTES | (writable ? TOPOC_PACKED_TAKEN_WRITABLE : 0u) |
                    descriptors;
}

#define TOPOC_VQ(name) topoc_packed_##name
#include <topoc/vq_chain.h>
#undef TOPOC_VQ

/* Where a piece of the peer's lies: first as on a link, whose memory is one region. False: nowhere. */
TOPOC_VQ_OFTEN bool topoc_packed_device_at(const struct topoc_packed_device *device, uint64_t address, uint32_t bytes,
                                           const unsigned char **base)
{
    uint64_t offset = address - device->pool.address;
    if (TOPOC_SELDOM(!topoc_vq_within(offset, bytes, device->pool.size))) {
        *base = topoc_vq_translate(&device->memory, address, bytes);
        return *base != NULL;
    }
    *base = device->pool.base + (size_t)offset;
    return true;
}

/* Has no frame to commit. */
TOPOC_VQ_OFTEN enum topoc_vq_status topoc_packed_device_nothing(struct topoc_packed_device *device,
                                                                enum topoc_vq_status status)
{
    device->taken = 0;
    return status;
}

/*
 * Looks at the next frame, if it lies in one piece, as every frame of a link does. READY: `frame` is borrowed until
 * topoc_packed_device_commit; EMPTY: what was held has been given back; CHAIN: take it by copy, or as a chain; BROKEN.
 */
TOPOC_VQ_OFTEN enum topoc_vq_status topoc_packed_device_peek(struct topoc_packed_device *device,
                                                             struct topoc_vq_frame *frame)
{
    uint16_t length = topoc_packed_length(&device->rings);
    uint16_t next = (uint16_t)device->next;
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[next & (length - 1u)];
    if (TOPOC_SELDOM(device->fault != TOPOC_VQ_SOUND)) {
        return TOPOC_VQ_BROKEN;
    }
    /* Acquires what topoc_packed_driver_flush releases: the descriptor's other fields, and the frame. */
    uint16_t flags = topoc_load_acquire_u16(&slot->flags);
    if ((flags & TOPOC_PACKED_STATE) != topoc_packed_available(next, length)) {
        topoc_packed_device_flush(device);
        return topoc_packed_device_nothing(device, TOPOC_VQ_EMPTY);
    }
    if (TOPOC_SELDOM((flags & (TOPOC_VQ_NEXT | TOPOC_VQ_INDIRECT)) != 0)) {
        return topoc_packed_device_nothing(device, TOPOC_VQ_CHAIN);
    }
    if (TOPOC_SELDOM((flags & TOPOC_VQ_WRITE) != 0)) {
        return topoc_packed_device_break(device, TOPOC_VQ_FAULT_FLAGS);
    }
    uint64_t address = topoc_load_u64(&slot->address);
    uint32_t bytes = topoc_load_u32(&slot->length);
    if (TOPOC_SELDOM(bytes - 1u >= device->bytes_max)) { /* none, or too many */
        return topoc_packed_device_break(device, TOPOC_VQ_FAULT_LENGTH);
    }
    if (TOPOC_SELDOM(!topoc_packed_device_at(device, address, bytes, &frame->base))) {
        return topoc_packed_device_break(device, TOPOC_VQ_FAULT_ADDRESS);
    }
    device->id = topoc_load_u16(&slot->id);
    topoc_packed_device_take(device, bytes, 1, false);
    frame->length = bytes;
    return TOPOC_VQ_READY;
}

/* Takes a frame off a ring whose driver wants a used descriptor for each. */
TOPOC_VQ_SELDOM void topoc_packed_device_use_one(struct topoc_packed_device *device)
{
    topoc_packed_device_end_batch(device);
    topoc_packed_device_use(device, (uint16_t)device->next, (uint16_t)device->id,
                            (device->taken & TOPOC_PACKED_TAKEN_WRITABLE) != 0 ? device->written : 0);
    device->batch = (uint16_t)(device->next + (uint16_t)device->taken);
}

/* Has done with the frame that was looked at: takes it off the ring, and gives it back with the others that are held. */
TOPOC_VQ_OFTEN void topoc_packed_device_commit(struct topoc_packed_device *device)
{
    uint64_t taken = device->taken;
    if (TOPOC_SELDOM(taken == 0)) {
        return;
    }
    if (TOPOC_SELDOM(!device->features.in_order) || TOPOC_SELDOM((taken & TOPOC_PACKED_TAKEN_WRITABLE) != 0)) {
        topoc_packed_device_use_one(device);
    }
    device->batch_id = device->id;
    device->next = (uint16_t)(device->next + (uint16_t)taken);
    device->held_bytes += (uint32_t)(taken >> TOPOC_PACKED_TAKEN_BYTES);
    device->taken = 0;
    if (TOPOC_SELDOM((uint16_t)(device->next - device->returned) >= device->held_max
                     || device->held_bytes >= device->held_bytes_max)) {
        topoc_packed_device_flush(device);
    }
}

/* Whether something was given back since the driver was last asked whether it wants a signal. */
TOPOC_VQ_OFTEN bool topoc_packed_device_unasked(const struct topoc_packed_device *device)
{
    return device->asked != (uint16_t)device->returned;
}

/* Asks it: topoc_packed_device_must_signal without its fence, for a caller who has fenced since the flush. */
TOPOC_VQ_OFTEN bool topoc_packed_device_ask(struct topoc_packed_device *device)
{
    uint16_t before = device->asked;
    uint16_t now = (uint16_t)device->returned;
    device->asked = now;
    return before != now && topoc_packed_driver_wants(&device->rings, device->features.event_index, now, before);
}

/*
 * Whether the driver wants a signal for what was given back since the last call (2.8.14). To be asked after a
 * topoc_packed_device_flush, once for a batch, and at least once in 32768 frames.
 */
static inline bool topoc_packed_device_must_signal(struct topoc_packed_device *device)
{
    if (!topoc_packed_device_unasked(device)) {
        return false;
    }
    /* Partner: the fence in topoc_packed_driver_listen. Either we see that it listens, or it sees the buffers. */
    topoc_fence();
    return topoc_packed_device_ask(device);
}

/*
 * Asks the driver for a signal at the next frame, as one who is about to sleep does. READY: there is one by now, peek
 * again; EMPTY: sleep; BROKEN. What was held is given back.
 */
static inline enum topoc_vq_status topoc_packed_device_listen(struct topoc_packed_device *device)
{
    if (device->fault != TOPOC_VQ_SOUND) {
        return TOPOC_VQ_BROKEN;
    }
    topoc_packed_device_flush(device);
    topoc_store_u16(&device->rings.device_event->flags, TOPOC_PACKED_EVENT_ENABLE);
    /* Partner: the fence in topoc_packed_driver_must_signal. */
    topoc_fence();
    return topoc_packed_device_look(device);
}

/* Asks for no signals, as one who is awake does. */
static inline void topoc_packed_device_mute(struct topoc_packed_device *device)
{
    if (device->fault == TOPOC_VQ_SOUND) {
        topoc_store_u16(&device->rings.device_event->flags, TOPOC_PACKED_EVENT_DISABLE);
    }
}
