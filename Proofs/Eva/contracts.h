/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A link as its contracts let it be, in place of the core's: its entries answer whatever ../WP lets them, and nothing else
 * of them is relied on. That their own state stays valid, and that they touch nothing but it and shared memory, is
 * link.c's part.
 */

#pragma once

#include "harness.h"
#include <topoc/link.h>

#define LONGEST 4096u /* bytes of a frame in a link: more than anyone takes */

static unsigned char lent[LONGEST]; /* a frame in a link that a VM writes */
static unsigned char room[LONGEST]; /* a buffer in a link that a VM reads */

static enum topoc_vq_status proof_peek(topoc_link_device *device, struct topoc_vq_frame *frame)
{
    (void)device;
    switch (proof_any_u32) {
    case 0:
        frame->base = lent;
        frame->length = proof_any(1, LONGEST);
        return TOPOC_VQ_READY;
    case 1:
        return TOPOC_VQ_CHAIN;
    case 2:
        return TOPOC_VQ_EMPTY;
    default:
        return TOPOC_VQ_BROKEN;
    }
}

/* Why there is no chain. */
static enum topoc_vq_status proof_no_chain(void)
{
    switch (proof_any_u32) {
    case 0:
        return TOPOC_VQ_REFUSED;
    case 1:
        return TOPOC_VQ_EMPTY;
    default:
        return TOPOC_VQ_BROKEN;
    }
}

static enum topoc_vq_status proof_gather(topoc_link_device *device, unsigned char *to, uint32_t max, uint32_t *length)
{
    (void)device;
    /*@ assert into: \valid(to + (0 .. max - 1)); */
    *length = proof_any_u32;
    if (proof_any_int) {
        return proof_no_chain();
    }
    *length = proof_any(0, max);
    return TOPOC_VQ_READY;
}

static enum topoc_vq_status proof_chain(topoc_link_device *device, struct topoc_vq_segment *segments,
                                        uint16_t capacity, struct topoc_vq_chain *chain)
{
    (void)device;
    /*@ assert into: \valid(segments + (0 .. capacity - 1)); */
    if (proof_any_int) {
        return proof_no_chain();
    }
    for (uint16_t i = 0; i < capacity; i++) {
        segments[i].base = lent;
        segments[i].length = proof_any(1, LONGEST);
    }
    chain->readable = (uint16_t)proof_any(0, capacity);
    chain->writable = (uint16_t)proof_any(0, capacity);
    chain->readable_bytes = proof_any_u32;
    chain->writable_bytes = proof_any_u32;
    return TOPOC_VQ_READY;
}

static enum topoc_vq_status proof_reserve(topoc_link_driver *driver, uint32_t length, unsigned char **buffer)
{
    (void)driver;
    switch (proof_any_u32) {
    case 0:
        /*@ assert some: 0 < length <= LONGEST; */
        *buffer = room;
        return TOPOC_VQ_READY;
    case 1:
        return TOPOC_VQ_FULL;
    case 2:
        return TOPOC_VQ_REFUSED;
    default:
        return TOPOC_VQ_BROKEN;
    }
}

static void proof_stage(topoc_link_driver *driver, uint32_t length)
{
    (void)driver;
    /*@ assert some: 0 < length <= LONGEST; */
    (void)length;
}

static void proof_commit(topoc_link_device *device)
{
    (void)device;
}

static void proof_flush(void *end)
{
    (void)end;
}

static bool proof_ask(void *end)
{
    (void)end;
    return proof_any_bool();
}

static enum topoc_vq_status proof_listen(void *end)
{
    (void)end;
    return proof_any_int ? TOPOC_VQ_READY : proof_any_int ? TOPOC_VQ_EMPTY : TOPOC_VQ_BROKEN;
}

#define topoc_link_peek proof_peek
#define topoc_link_copy proof_gather
#define topoc_link_chain proof_chain
#define topoc_link_commit proof_commit
#define topoc_link_reserve proof_reserve
#define topoc_link_stage proof_stage
#define topoc_link_flush proof_flush
#define topoc_link_device_flush proof_flush
#define topoc_link_driver_mute proof_flush
#define topoc_link_device_mute proof_flush
#define topoc_link_driver_ask proof_ask
#define topoc_link_device_ask proof_ask
#define topoc_link_device_unasked proof_ask
#define topoc_link_driver_listen proof_listen
#define topoc_link_device_listen proof_listen
