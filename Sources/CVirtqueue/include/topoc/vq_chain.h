/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Chains and indirect tables, on the device side of every layout.
 *
 * A template: included once for each layout, with TOPOC_VQ(name) for the layout's names. Of the layout it wants
 *   device_begin (there is a chain, and it begins here), device_read (a descriptor, each field read once),
 *   device_step (to the chain's next), device_take (remember what commit takes).
 * Where a driver publishes chains that are not complete (TOPOC_VQ_UNSETTLED), also partial and whole (what is known of
 * a frame's end) and looks.
 *
 * A chain has at most as many descriptors as the queue is long, an indirect table's included, and at most `bytes_max`
 * bytes. Readable parts stand before writable ones (virtio 1.2, 2.7.4.2).
 */

/* Goes into the indirect table that `piece`, the last of the queue's own descriptors, names (2.7.5.3, 2.8.7). */
static inline enum topoc_vq_status TOPOC_VQ(device_enter)(struct TOPOC_VQ(device) *device, struct topoc_vq_walk *walk,
                                                          const struct topoc_vq_piece *piece)
{
    if (!device->features.indirect || walk->cursor.indirect || (piece->flags & TOPOC_VQ_NEXT) != 0
        || (walk->own > 1 && !TOPOC_VQ(mixes))) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_FLAGS);
    }
    uint32_t entries = piece->length / TOPOC_VQ_DESCRIPTOR_SIZE;
    if (entries == 0 || entries > device->rings.length || piece->length % TOPOC_VQ_DESCRIPTOR_SIZE != 0) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_LENGTH);
    }
    const unsigned char *table = topoc_vq_translate(&device->memory, piece->address, piece->length);
    /* Regions begin on pages, so the address says how the table is aligned. */
    if (table == NULL || piece->address % sizeof(uint64_t) != 0) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_ADDRESS);
    }
    walk->cursor.table = table;
    walk->cursor.entries = entries;
    walk->cursor.index = 0;
    walk->cursor.indirect = true;
    return TOPOC_VQ_READY;
}

/* Begins a walk. READY, EMPTY (what was held has been given back), BROKEN. */
static inline enum topoc_vq_status TOPOC_VQ(device_walk)(struct TOPOC_VQ(device) *device, struct topoc_vq_walk *walk)
{
    memset(walk, 0, sizeof(*walk));
    enum topoc_vq_status status = TOPOC_VQ(device_begin)(device, &walk->cursor, &walk->settled);
    walk->more = status == TOPOC_VQ_READY;
    if (status == TOPOC_VQ_EMPTY) {
        TOPOC_VQ(device_flush)(device);
    }
    return status;
}

/* The walk's next segment. READY; EMPTY: the chain has ended; BROKEN. */
static inline enum topoc_vq_status TOPOC_VQ(device_segment)(struct TOPOC_VQ(device) *device,
                                                            struct topoc_vq_walk *walk,
                                                            struct topoc_vq_segment *segment)
{
    struct topoc_vq_chain *chain = &walk->chain;
    if (!walk->more) {
        return TOPOC_VQ_EMPTY;
    }
    if ((uint32_t)chain->readable + chain->writable >= device->rings.length) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_CHAIN);
    }
    struct topoc_vq_piece piece = TOPOC_VQ(device_read)(device, &walk->cursor);
    walk->own = (uint16_t)(walk->own + (walk->cursor.indirect ? 0u : 1u));
    if ((piece.flags & TOPOC_VQ_INDIRECT) != 0) {
        if (TOPOC_VQ(device_enter)(device, walk, &piece) == TOPOC_VQ_BROKEN) {
            return TOPOC_VQ_BROKEN;
        }
        piece = TOPOC_VQ(device_read)(device, &walk->cursor);
    }
    bool writable = (piece.flags & TOPOC_VQ_WRITE) != 0;
    if ((piece.flags & TOPOC_VQ_INDIRECT) != 0 || (chain->writable > 0 && !writable)) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_FLAGS);
    }
    if (piece.length == 0 || piece.length > device->bytes_max - chain->readable_bytes - chain->writable_bytes) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_LENGTH);
    }
    segment->base = topoc_vq_translate(&device->memory, piece.address, piece.length);
    segment->length = piece.length;
    if (segment->base == NULL) {
        return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_ADDRESS);
    }
    if (writable) {
        chain->writable++;
        chain->writable_bytes += piece.length;
    } else {
        chain->readable++;
        chain->readable_bytes += piece.length;
    }
    if (walk->first.base == NULL) {
        walk->first = *segment;
    }
    walk->last_length = piece.length;
    enum topoc_vq_status status = TOPOC_VQ(device_step)(device, &walk->cursor, &piece);
    walk->more = status == TOPOC_VQ_READY;
    return status == TOPOC_VQ_BROKEN ? TOPOC_VQ_BROKEN : TOPOC_VQ_READY;
}

/*
 * Ends a walk that found `status` at last. READY: commit takes the chain; EMPTY: its driver is still at it, or may be;
 * BROKEN.
 */
static inline enum topoc_vq_status TOPOC_VQ(device_walked)(struct TOPOC_VQ(device) *device, struct topoc_vq_walk *walk,
                                                           enum topoc_vq_status status)
{
    if (status == TOPOC_VQ_BROKEN) {
        return TOPOC_VQ_BROKEN;
    }
#if TOPOC_VQ_UNSETTLED
    if (!walk->settled && TOPOC_VQ(partial)(walk->last_length)) {
        walk->whole = TOPOC_VQ(whole)(walk);
        bool again = walk->whole == TOPOC_VQ_CHAIN && device->looks < TOPOC_VQ(looks);
        if (again) {
            device->looks++;
        }
        if (again || walk->whole == TOPOC_VQ_EMPTY) {
            TOPOC_VQ(device_flush)(device);
            return TOPOC_VQ_EMPTY;
        }
    }
#endif
    device->written = 0;
    TOPOC_VQ(device_take)(device, walk->chain.readable_bytes + walk->chain.writable_bytes, walk->own,
                          walk->chain.writable > 0);
    return TOPOC_VQ_READY;
}

/* Whether there is a frame to take, or one to look at again: READY, EMPTY, BROKEN. */
static inline enum topoc_vq_status TOPOC_VQ(device_look)(struct TOPOC_VQ(device) *device)
{
    struct topoc_vq_walk walk;
    enum topoc_vq_status status = TOPOC_VQ(device_walk)(device, &walk);
#if TOPOC_VQ_UNSETTLED
    if (status == TOPOC_VQ_READY && !walk.settled) {
        struct topoc_vq_segment segment;
        while ((status = TOPOC_VQ(device_segment)(device, &walk, &segment)) == TOPOC_VQ_READY) {
        }
        status = TOPOC_VQ(device_walked)(device, &walk, status);
        return walk.whole == TOPOC_VQ_CHAIN ? TOPOC_VQ_READY : status;
    }
#endif
    return status;
}

/*
 * The next chain as checked segments, at most `capacity` of them, the readable ones before the writable ones. READY:
 * they are borrowed until commit; EMPTY; REFUSED: it has more, which `chain` counts, and commit would drop it; BROKEN.
 */
static inline enum topoc_vq_status TOPOC_VQ(device_chain)(struct TOPOC_VQ(device) *device,
                                                          struct topoc_vq_segment *segments, uint16_t capacity,
                                                          struct topoc_vq_chain *chain)
{
    struct topoc_vq_walk walk;
    struct topoc_vq_segment segment;
    uint32_t count = 0;
    enum topoc_vq_status status = TOPOC_VQ(device_walk)(device, &walk);
    if (status != TOPOC_VQ_READY) {
        return status;
    }
    while ((status = TOPOC_VQ(device_segment)(device, &walk, &segment)) == TOPOC_VQ_READY) {
        if (count < capacity) {
            segments[count] = segment;
        }
        count++;
    }
    status = TOPOC_VQ(device_walked)(device, &walk, status);
    *chain = walk.chain;
    return status == TOPOC_VQ_READY && count > capacity ? TOPOC_VQ_REFUSED : status;
}

/*
 * Copies the next frame, however many descriptors it lies in, to `capacity` bytes of private memory. READY: it has
 * `length` bytes, and commit gives it back; EMPTY, also where peek said CHAIN: its driver is still at it; REFUSED: it
 * has `length` bytes, too many, and commit would drop it; BROKEN. `destination` may have been written whatever is
 * returned.
 */
static inline enum topoc_vq_status TOPOC_VQ(device_copy)(struct TOPOC_VQ(device) *device, unsigned char *destination,
                                                         uint32_t capacity, uint32_t *length)
{
    struct topoc_vq_walk walk;
    struct topoc_vq_segment segment;
    enum topoc_vq_status status = TOPOC_VQ(device_walk)(device, &walk);
    if (status != TOPOC_VQ_READY) {
        return status;
    }
    while ((status = TOPOC_VQ(device_segment)(device, &walk, &segment)) == TOPOC_VQ_READY) {
        uint32_t at = walk.chain.readable_bytes - segment.length;
        if (walk.chain.writable > 0) {
            return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_FLAGS);
        }
        if (at < capacity) {
            memcpy(destination + at, segment.base, segment.length < capacity - at ? segment.length : capacity - at);
        }
    }
    status = TOPOC_VQ(device_walked)(device, &walk, status);
    *length = walk.chain.readable_bytes;
    return status == TOPOC_VQ_READY && *length > capacity ? TOPOC_VQ_REFUSED : status;
}

/*
 * Copies `count` parts, one behind the other, into the next chain, all of which must be writable, as the buffers of a
 * guest's receive queue are. READY: commit gives it to the guest, with `written` bytes; EMPTY: there is no chain;
 * REFUSED: the parts are longer than the chain, and commit would give it back empty; BROKEN.
 */
static inline enum topoc_vq_status TOPOC_VQ(device_scatter)(struct TOPOC_VQ(device) *device,
                                                            const struct topoc_vq_frame *parts, uint32_t count,
                                                            uint32_t *written)
{
    struct topoc_vq_walk walk;
    struct topoc_vq_segment segment;
    uint32_t part = 0; /* the part to go on with, and what was copied of it */
    uint32_t done = 0;
    uint32_t total = 0;
    enum topoc_vq_status status = TOPOC_VQ(device_walk)(device, &walk);
    *written = 0;
    if (status != TOPOC_VQ_READY) {
        return status;
    }
    while ((status = TOPOC_VQ(device_segment)(device, &walk, &segment)) == TOPOC_VQ_READY) {
        if (walk.chain.readable > 0) {
            return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_FLAGS);
        }
        uint32_t filled = 0;
        while (part < count && filled < segment.length) {
            uint32_t left = parts[part].length - done;
            uint32_t bytes = left < segment.length - filled ? left : segment.length - filled;
            memcpy(segment.base + filled, parts[part].base + done, bytes);
            filled += bytes;
            done += bytes;
            if (done == parts[part].length) {
                part++;
                done = 0;
            }
        }
        total += filled;
    }
    status = TOPOC_VQ(device_walked)(device, &walk, status);
    if (status == TOPOC_VQ_READY && part < count) {
        return TOPOC_VQ_REFUSED;
    }
    if (status == TOPOC_VQ_READY) {
        device->written = total;
        *written = total;
    }
    return status;
}

/* Says how many bytes the caller wrote into the writable segments of the chain that it has; commit passes it on. */
static inline void TOPOC_VQ(device_wrote)(struct TOPOC_VQ(device) *device, uint32_t bytes)
{
    device->written = bytes;
}
