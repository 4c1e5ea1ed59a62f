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

/* Where a frame goes: to the links from `first` to the one before `end`. */
struct topoc_switch_route {
    struct topoc_switch_link *links; /* the switch's, read once for all */
    uint16_t first;
    uint16_t end;
    uint16_t share;  /* of the records of parked frames, for each link */
    uint16_t record; /* in which it is parked, once it is */
};

/* Finds the links that the destination stands for. False: the frame goes nowhere, and has been counted. */
TOPOC_VQ_OFTEN bool topoc_switch_route(struct topoc_switch *sw, const struct topoc_switch_header *header,
                                       struct topoc_switch_route *route)
{
    uint64_t destination = topoc_switch_destination(header);
    if (sw->config.sources == TOPOC_SOURCES_PINNED && topoc_switch_source(header) != sw->config.address) {
        sw->drops[TOPOC_DROP_SOURCE]++;
        return false;
    }
    route->links = sw->config.links;
    route->first = 0;
    route->end = sw->config.link_count;
    route->share = sw->free_count;
    route->record = TOPOC_SWITCH_NONE;
    if (!topoc_mac_is_group(destination)) {
        route->first = topoc_switch_find(sw, destination);
        if (route->first >= sw->config.link_count) { /* none: what else is found names a link */
            sw->drops[TOPOC_DROP_DESTINATION]++;
            return false;
        }
        route->end = (uint16_t)(route->first + 1u);
    }
    return true;
}

/* Sends to one of the links of a frame's route. */
TOPOC_VQ_OFTEN void topoc_switch_send_to(struct topoc_switch *sw, uint16_t index,
                                         const struct topoc_switch_frame *frame, void *cookie,
                                         struct topoc_switch_route *route)
{
    struct topoc_switch_link *link = &route->links[index];
    if (!topoc_switch_put(sw, link, frame)) {
        struct topoc_switch_frame waiting = *frame; /* so that compilers keep `frame` in registers */
        uint16_t record = route->record;            /* and `route` */
        topoc_switch_wait(sw, link, index, &waiting, cookie, route->share, &record);
        route->record = record;
    }
}

TOPOC_VQ_OFTEN enum topoc_switch_send_result topoc_switch_route_result(const struct topoc_switch_route *route)
{
    return route->record == TOPOC_SWITCH_NONE ? TOPOC_SWITCH_DONE : TOPOC_SWITCH_WAITS;
}

/* Sends to all links that the destination stands for; each is tried, whatever becomes of the others. */
static inline enum topoc_switch_send_result topoc_switch_send_frame(struct topoc_switch *sw,
                                                                    const struct topoc_switch_frame *frame,
                                                                    void *cookie)
{
    struct topoc_switch_route route;
    if (!topoc_switch_route(sw, &frame->header, &route)) {
        return TOPOC_SWITCH_DONE;
    }
    for (uint16_t i = route.first; i < route.end; i++) {
        topoc_switch_send_to(sw, i, frame, cookie, &route);
    }
    return topoc_switch_route_result(&route);
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
