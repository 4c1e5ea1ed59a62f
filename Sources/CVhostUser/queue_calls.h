/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What a queue does in one layout. A template: included once for each, with TOPOC_VQ(name) for the layout's names and
 * TOPOC_QUEUE(name) for those of the calls, after the layout's device side, and with
 *   device_ahead (a copy that looks at what follows, and gives nothing back), device_pass (it goes on behind the chain
 *   that was looked at).
 */

static inline uint32_t TOPOC_QUEUE(discard)(struct TOPOC_VQ(device) *device, uint32_t most)
{
    struct topoc_vq_chain chain;
    struct topoc_vq_segment none;
    uint32_t count = 0;
    while (count < most) {
        /* No segment is asked for, so every chain has too many. */
        if (TOPOC_VQ(device_chain)(device, &none, 0, &chain) != TOPOC_VQ_REFUSED) {
            break;
        }
        TOPOC_VQ(device_commit)(device);
        count++;
    }
    TOPOC_VQ(device_flush)(device);
    return count;
}

/* Which chains a frame goes into, and how many bytes into each: those of the first `count`. */
struct TOPOC_QUEUE(plan)
{
    uint32_t bytes[VHOST_USER_PIECES_MAX];
    uint16_t count;
};

/* Looks whether the guest has room for `bytes` bytes, and writes nothing. As vhost_user_queue_give. */
static inline enum topoc_vq_status TOPOC_QUEUE(measure)(struct TOPOC_VQ(device) *device, uint32_t bytes, bool merge,
                                                        bool *asked, struct TOPOC_QUEUE(plan) *plan)
{
    struct TOPOC_VQ(device) ahead = TOPOC_VQ(device_ahead)(device);
    struct topoc_vq_chain chain = { .readable = 0 }; /* a queue that breaks says nothing of it */
    struct topoc_vq_segment none;
    plan->count = 0;
    /* A guest that takes back what it has made available is not looked at for ever. */
    for (uint32_t looks = 0; looks < 2u * VHOST_USER_PIECES_MAX; looks++) {
        enum topoc_vq_status status = TOPOC_VQ(device_chain)(&ahead, &none, 0, &chain);
        if (status == TOPOC_VQ_EMPTY) {
            *asked = true;
            status = TOPOC_VQ(device_listen)(&ahead);
            if (status == TOPOC_VQ_READY) {
                continue;
            }
        }
        if (status == TOPOC_VQ_BROKEN) {
            return TOPOC_VQ(device_break)(device, ahead.fault);
        }
        if (status == TOPOC_VQ_EMPTY) {
            break;
        }
        if (chain.readable > 0) {
            return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_FLAGS);
        }
        uint32_t part = chain.writable_bytes < bytes ? chain.writable_bytes : bytes;
        plan->bytes[plan->count++] = part;
        bytes -= part;
        if (bytes == 0) {
            return TOPOC_VQ_READY;
        }
        if (!merge || plan->count == VHOST_USER_PIECES_MAX) {
            return TOPOC_VQ_REFUSED;
        }
        TOPOC_VQ(device_pass)(&ahead);
    }
    return TOPOC_VQ_EMPTY;
}

static inline enum topoc_vq_status TOPOC_QUEUE(give)(struct TOPOC_VQ(device) *device,
                                                     struct vhost_user_pieces *pieces, unsigned char *header,
                                                     bool merge, bool *asked)
{
    struct TOPOC_QUEUE(plan) plan;
    enum topoc_vq_status status = TOPOC_QUEUE(measure)(device, pieces->bytes, merge, asked, &plan);
    if (status != TOPOC_VQ_READY) {
        return status;
    }
    vhost_user_header_set_buffers(header, plan.count);
    for (uint16_t i = 0; i < plan.count; i++) {
        struct topoc_vq_frame part[VHOST_USER_PIECES_MAX];
        uint32_t written;
        uint32_t count = vhost_user_pieces_cut(pieces, plan.bytes[i], part);
        /* The guest can have changed its descriptors since they were measured. */
        if (TOPOC_VQ(device_scatter)(device, part, count, &written) != TOPOC_VQ_READY) {
            return TOPOC_VQ(device_break)(device, TOPOC_VQ_FAULT_LENGTH);
        }
        TOPOC_VQ(device_commit)(device);
    }
    return TOPOC_VQ_READY;
}

/* Whether there is a chain to take. */
static inline bool TOPOC_QUEUE(has)(const struct TOPOC_VQ(device) *device)
{
    struct TOPOC_VQ(device) ahead = TOPOC_VQ(device_ahead)(device);
    struct topoc_vq_cursor cursor;
    bool settled;
    return TOPOC_VQ(device_begin)(&ahead, &cursor, &settled) == TOPOC_VQ_READY;
}
