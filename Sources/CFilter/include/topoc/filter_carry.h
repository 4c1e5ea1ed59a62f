/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Carries frames between the two links of a filter. A frame is copied once into memory of the filter's own, judged
 * there, and copied from there into the other link, so that a VM which writes to a frame that it has sent changes
 * nothing. One frame an end is held where the other link is full; then nothing more is taken from that end, its ring
 * fills, and its VM waits.
 */

#pragma once

#include <string.h>

#include <topoc/filter.h>
#include <topoc/link.h>

struct topoc_filter_end {
    topoc_link_driver driver; /* to the VM */
    topoc_link_device device; /* from it */
    void (*signal)(void *context);
    void *context;
    unsigned char *frame;  /* memory of frame_max bytes, for a frame from the VM */
    uint32_t held;         /* length of the frame there that passed and has found no room yet; 0: none */
    bool listening;        /* the VM is asked for signals of frames, or of room */
    bool broken;           /* one of the two queues is; nothing goes in or out any more */
    uint64_t lengths;      /* frames from the VM that were shorter or longer than a frame can be, and dropped */
    uint64_t lost;         /* frames that passed and could not go to the VM, because its link is broken */
};

struct topoc_filter_bridge {
    struct topoc_filter filter;
    struct topoc_filter_end ends[2];
    uint32_t frame_max; /* with what stands behind it */
    uint32_t trailer;   /* bytes behind each frame that are carried and not judged */
};

/* Takes the next frame of an end into its memory. READY: `length` is its; REFUSED: it is none, and is dropped. */
static inline enum topoc_vq_status topoc_filter_take(struct topoc_filter_end *end, uint32_t max, uint32_t trailer,
                                                     uint32_t *length)
{
    struct topoc_vq_frame found;
    enum topoc_vq_status status = topoc_link_peek(&end->device, &found);
    if (status == TOPOC_VQ_CHAIN) {
        status = topoc_link_copy(&end->device, end->frame, max, length);
    } else if (status == TOPOC_VQ_READY) {
        *length = found.length;
        if (*length > max) {
            status = TOPOC_VQ_REFUSED;
        } else {
            memcpy(end->frame, found.base, *length);
        }
    }
    if (status == TOPOC_VQ_READY && *length < TOPOC_FILTER_ETHERNET + trailer) {
        status = TOPOC_VQ_REFUSED;
    }
    return status;
}

/* Gives the frame that an end holds to the other end. False: there is no room, and it stays. */
static inline bool topoc_filter_give(struct topoc_filter_end *from, struct topoc_filter_end *to)
{
    unsigned char *buffer;
    if (to->broken) {
        to->lost++;
        from->held = 0;
        return true;
    }
    enum topoc_vq_status status = topoc_link_reserve(&to->driver, from->held, &buffer);
    if (status == TOPOC_VQ_FULL) {
        return false;
    }
    if (status == TOPOC_VQ_READY) {
        memcpy(buffer, from->frame, from->held);
        topoc_link_stage(&to->driver, from->held);
    } else {
        to->broken = to->broken || status == TOPOC_VQ_BROKEN;
        to->lost++;
    }
    from->held = 0;
    return true;
}

/* One who is awake asks for no signals. */
static inline void topoc_filter_mute(struct topoc_filter_end *end)
{
    if (end->listening) {
        topoc_link_driver_mute(&end->driver);
        topoc_link_device_mute(&end->device);
        end->listening = false;
    }
}

/*
 * Carries up to `budget` frames from one end (0 or 1) to the other. True: there may be more, and the budget is used up.
 * Call topoc_filter_flush after both directions.
 */
static inline bool topoc_filter_carry(struct topoc_filter_bridge *bridge, uint32_t index, uint32_t budget,
                                      uint64_t now)
{
    struct topoc_filter_end *from = &bridge->ends[index];
    struct topoc_filter_end *to = &bridge->ends[1 - index];
    if (from->held != 0 && !topoc_filter_give(from, to)) {
        return false;
    }
    topoc_filter_mute(from);
    topoc_filter_mute(to);
    for (uint32_t taken = 0; !from->broken; taken++) {
        uint32_t length = 0;
        if (taken == budget) {
            return true;
        }
        enum topoc_vq_status status = topoc_filter_take(from, bridge->frame_max, bridge->trailer, &length);
        if (status == TOPOC_VQ_EMPTY) {
            return false;
        }
        if (status == TOPOC_VQ_BROKEN) {
            from->broken = true;
            return false;
        }
        topoc_link_commit(&from->device);
        if (status == TOPOC_VQ_REFUSED) {
            from->lengths++;
        } else if (topoc_filter_passes(&bridge->filter, index, from->frame, length - bridge->trailer, now)) {
            from->held = length;
            if (!topoc_filter_give(from, to)) {
                return false;
            }
        }
    }
    return false;
}

/* Publishes what was carried, gives buffers back, and signals each VM that asks for it: one fence for all. */
static inline void topoc_filter_flush(struct topoc_filter_bridge *bridge)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct topoc_filter_end *end = &bridge->ends[i];
        if (!end->broken) {
            topoc_link_flush(&end->driver);
            topoc_link_device_flush(&end->device);
        }
    }
    topoc_link_fence();
    for (uint32_t i = 0; i < 2; i++) {
        struct topoc_filter_end *end = &bridge->ends[i];
        if (!end->broken) {
            bool sent = topoc_link_driver_ask(&end->driver);
            bool returned = topoc_link_device_unasked(&end->device) && topoc_link_device_ask(&end->device);
            if (sent || returned) {
                end->signal(end->context);
            }
        }
    }
}

/*
 * Before sleeping: asks the VMs for a signal where there is something to wait for. True: there is something to do
 * already. An end that holds a frame waits for room at the other; else it waits for frames.
 */
static inline bool topoc_filter_listen(struct topoc_filter_bridge *bridge)
{
    bool ready = false;
    for (uint32_t i = 0; i < 2; i++) {
        struct topoc_filter_end *from = &bridge->ends[i];
        struct topoc_filter_end *to = &bridge->ends[1 - i];
        if (from->held != 0) {
            to->listening = true;
            ready = to->broken || topoc_link_driver_listen(&to->driver) != TOPOC_VQ_EMPTY || ready;
        } else if (!from->broken) {
            from->listening = true;
            ready = topoc_link_device_listen(&from->device) == TOPOC_VQ_READY || ready;
        }
    }
    return ready;
}
