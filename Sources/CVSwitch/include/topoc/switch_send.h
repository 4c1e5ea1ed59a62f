/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* From the guest to the links. */

#pragma once

#include <topoc/switch_parking.h>

enum topoc_switch_send_result {
    TOPOC_SWITCH_DONE, /* the frame's bytes are the caller's again: it was sent, or dropped and counted */
    TOPOC_SWITCH_WAITS /* they stay untouched until config.done(config.context, cookie) */
};

/* The link that leads to `address`, or TOPOC_SWITCH_NONE. What the compiler decided goes before what was learned. */
static inline uint16_t topoc_switch_find(const struct topoc_switch *sw, uint64_t address)
{
    uint16_t found = topoc_mac_find(sw->config.table, address);
    if (found == TOPOC_MAC_NO_LINK && sw->config.learned_count != 0) {
        uint64_t entry = *topoc_switch_learned_slot(sw, address);
        found = (entry >> 16) == address ? (uint16_t)entry : (uint16_t)TOPOC_SWITCH_NONE;
    }
    return found;
}

/* Sends to all links that the destination stands for; each is tried, whatever becomes of the others. */
static inline enum topoc_switch_send_result topoc_switch_send_frame(struct topoc_switch *sw,
                                                                    const struct topoc_switch_frame *frame,
                                                                    void *cookie)
{
    uint64_t destination = topoc_switch_destination(&frame->header);
    uint16_t record = TOPOC_SWITCH_NONE;
    if (sw->config.sources == TOPOC_SOURCES_PINNED && topoc_switch_source(&frame->header) != sw->config.address) {
        sw->drops[TOPOC_DROP_SOURCE]++;
        return TOPOC_SWITCH_DONE;
    }
    uint16_t first = 0;
    uint16_t end = sw->config.link_count;
    if (!topoc_mac_is_group(destination)) {
        first = topoc_switch_find(sw, destination);
        end = (uint16_t)(first + 1u);
        if (first == TOPOC_SWITCH_NONE) {
            sw->drops[TOPOC_DROP_DESTINATION]++;
            return TOPOC_SWITCH_DONE;
        }
    }
    struct topoc_switch_link *links = sw->config.links;
    uint16_t share = sw->free_count;
    for (uint16_t i = first; i < end; i++) {
        if (!topoc_switch_put(sw, &links[i], i, frame)) {
            struct topoc_switch_frame waiting = *frame; /* so that compilers keep `frame` in registers */
            topoc_switch_wait(sw, &links[i], i, &waiting, cookie, share, &record);
        }
    }
    return record == TOPOC_SWITCH_NONE ? TOPOC_SWITCH_DONE : TOPOC_SWITCH_WAITS;
}

/*
 * Takes a frame of the guest that lies in one piece, and copies it once into the ring of each link that its destination
 * stands for. Call topoc_switch_flush after the last of a batch.
 */
static inline enum topoc_switch_send_result topoc_switch_send(struct topoc_switch *sw, const unsigned char *bytes,
                                                              uint32_t length, void *cookie)
{
    struct topoc_switch_frame frame;
    if (!topoc_switch_frame_whole(&frame, bytes, length, sw->config.frame_max)) {
        sw->drops[TOPOC_DROP_LENGTH]++;
        return TOPOC_SWITCH_DONE;
    }
    return topoc_switch_send_frame(sw, &frame, cookie);
}

/* The same of a frame in `count` pieces. After TOPOC_SWITCH_WAITS the array stays the switch's, as the bytes do. */
static inline enum topoc_switch_send_result topoc_switch_send_chain(struct topoc_switch *sw,
                                                                    const struct topoc_vq_segment *segments,
                                                                    uint32_t count, void *cookie)
{
    struct topoc_switch_frame frame;
    if (!topoc_switch_frame_of(&frame, segments, count, sw->config.frame_max)) {
        sw->drops[TOPOC_DROP_LENGTH]++;
        return TOPOC_SWITCH_DONE;
    }
    return topoc_switch_send_frame(sw, &frame, cookie);
}
