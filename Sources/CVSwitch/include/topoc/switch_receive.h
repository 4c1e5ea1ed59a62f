/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* From the links to the guest. */

#pragma once

#include <topoc/switch_parking.h>

enum topoc_switch_receive_result {
    TOPOC_SWITCH_IDLE,   /* no link has a frame: topoc_switch_listen, then sleep */
    TOPOC_SWITCH_MORE,   /* the budget is used up: call again, when others have had their turn */
    TOPOC_SWITCH_BLOCKED /* the guest has no room: call again when it has; the frames stay in their rings */
};

/*
 * Gives one frame to the guest (topoc_switch_frame_copy). True: it took it, or never will; false: it has no room now,
 * and nothing was changed. It may not call the switch.
 */
typedef bool topoc_switch_deliver(void *context, const struct topoc_switch_frame *frame);

/* Remembers where an admitted address that is not the peer's was last seen: no address that the compiler has placed. */
static inline void topoc_switch_learn(struct topoc_switch *sw, const struct topoc_switch_link *link, uint16_t index,
                                      uint64_t source)
{
    if (source != link->peer && sw->config.learned_count != 0) {
        *topoc_switch_learned_slot(sw, source) = (source << 16) | index;
    }
}

/* Whether a link's peer may send from an address that is not its own: never from the guest's, nor from another peer's. */
static inline bool topoc_switch_admits_foreign(const struct topoc_switch *sw, const struct topoc_switch_link *link,
                                               uint64_t source)
{
    return link->sources == TOPOC_SOURCES_ANY && topoc_mac_is_station(source) && source != sw->config.address
           && topoc_mac_find(sw->config.table, source) == TOPOC_MAC_NO_LINK;
}

/* Whether a frame of a link may reach the guest. If not, it is counted. */
static inline bool topoc_switch_admit(const struct topoc_switch *sw, struct topoc_switch_link *link,
                                      const struct topoc_switch_header *header)
{
    uint64_t destination = topoc_switch_destination(header);
    uint64_t source = topoc_switch_source(header);
    if (source != link->peer && !topoc_switch_admits_foreign(sw, link, source)) {
        link->counters.receive_drops[TOPOC_DROP_SOURCE]++;
        return false;
    }
    if (sw->config.sources == TOPOC_SOURCES_PINNED && destination != sw->config.address
        && !topoc_mac_is_group(destination)) {
        link->counters.receive_drops[TOPOC_DROP_DESTINATION]++;
        return false;
    }
    return true;
}

/*
 * A frame that lies in several pieces, as upstream's sender and guests make them. READY: `frame` is its, over `segments`;
 * REFUSED: it has more pieces than we take, or a wrong length, and commit drops it; EMPTY: its sender is still at it;
 * BROKEN.
 */
static TOPOC_SWITCH_RARE enum topoc_vq_status topoc_switch_gather(struct topoc_switch_link *link,
                                                                  struct topoc_switch_frame *frame,
                                                                  struct topoc_vq_segment *segments,
                                                                  uint32_t max)
{
    struct topoc_vq_chain chain = { .readable = 0 }; /* a link that breaks says nothing of it */
    enum topoc_vq_status status = topoc_link_chain(&link->device, segments, TOPOC_SWITCH_SEGMENTS, &chain);
    /* What is writable is no part of a frame. */
    if (status == TOPOC_VQ_READY && !topoc_switch_frame_of(frame, segments, chain.readable, max)) {
        status = TOPOC_VQ_REFUSED;
    }
    return status;
}

/* Looks at a link's next frame. As topoc_switch_gather. */
static inline enum topoc_vq_status topoc_switch_next(struct topoc_switch_link *link, struct topoc_switch_frame *frame,
                                                     struct topoc_vq_segment *segments, uint32_t max)
{
    struct topoc_vq_frame found;
    enum topoc_vq_status status = topoc_link_peek(&link->device, &found);
    if (status == TOPOC_VQ_READY) {
        return topoc_switch_frame_whole(frame, found.base, found.length, max) ? TOPOC_VQ_READY : TOPOC_VQ_REFUSED;
    }
    return status == TOPOC_VQ_CHAIN ? topoc_switch_gather(link, frame, segments, max) : status;
}

/* Takes up to `quantum` frames of one link. Sets `taken`; false: the guest has no room. */
static inline bool topoc_switch_receive_link(struct topoc_switch *sw, uint16_t index, uint32_t quantum,
                                             topoc_switch_deliver *deliver, void *context, uint32_t *taken)
{
    struct topoc_switch_link *link = &sw->config.links[index];
    struct topoc_vq_segment segments[TOPOC_SWITCH_SEGMENTS];
    bool room = true;
    *taken = 0;
    while (*taken < quantum) {
        struct topoc_switch_frame frame;
        enum topoc_vq_status status = topoc_switch_next(link, &frame, segments, sw->config.frame_max);
        if (status == TOPOC_VQ_BROKEN) {
            topoc_switch_break(sw, index);
        }
        if (status == TOPOC_VQ_BROKEN || status == TOPOC_VQ_EMPTY) {
            break;
        }
        if (status == TOPOC_VQ_REFUSED) {
            link->counters.receive_drops[TOPOC_DROP_LENGTH]++;
        } else if (topoc_switch_admit(sw, link, &frame.header)) {
            if (!deliver(context, &frame)) {
                room = false;
                break;
            }
            topoc_switch_learn(sw, link, index, topoc_switch_source(&frame.header));
            link->counters.received_frames++;
            link->counters.received_bytes += frame.length;
        }
        topoc_link_commit(&link->device);
        (*taken)++;
    }
    if (link->state != TOPOC_LINK_BROKEN) {
        topoc_link_device_flush(&link->device);
    }
    return room;
}

/* Signals each peer to which something was given back since the last call, if it asks for it: one fence for all. */
static inline void topoc_switch_signal_room(struct topoc_switch *sw)
{
    bool fenced = false;
    for (uint16_t i = 0; i < sw->config.link_count; i++) {
        struct topoc_switch_link *link = &sw->config.links[i];
        if (link->state == TOPOC_LINK_BROKEN || !topoc_link_device_unasked(&link->device)) {
            continue;
        }
        if (!fenced) {
            topoc_link_fence();
            fenced = true;
        }
        if (topoc_link_device_ask(&link->device)) {
            link->signal(link->context);
        }
    }
}

/*
 * Takes up to `budget` frames of all links, some of each in turn, and gives them to the guest; those that may not reach
 * it are dropped and counted.
 */
static inline enum topoc_switch_receive_result topoc_switch_receive(struct topoc_switch *sw, uint32_t budget,
                                                                    topoc_switch_deliver *deliver, void *context)
{
    enum topoc_switch_receive_result result = TOPOC_SWITCH_IDLE;
    uint16_t silent = 0; /* links in a row that had nothing */
    if (sw->listening) {
        sw->listening = false;
        for (uint16_t i = 0; i < sw->config.link_count; i++) {
            if (sw->config.links[i].state != TOPOC_LINK_BROKEN) {
                topoc_link_device_mute(&sw->config.links[i].device);
            }
        }
    }
    while (silent < sw->config.link_count) {
        uint32_t taken = 0;
        if (budget == 0) {
            result = TOPOC_SWITCH_MORE;
            break;
        }
        if (sw->config.links[sw->turn].state != TOPOC_LINK_BROKEN
            && !topoc_switch_receive_link(sw, sw->turn, budget < TOPOC_SWITCH_QUANTUM ? budget : TOPOC_SWITCH_QUANTUM,
                                          deliver, context, &taken)) {
            result = TOPOC_SWITCH_BLOCKED;
            break;
        }
        budget -= taken;
        silent = taken == 0 ? (uint16_t)(silent + 1u) : 0;
        sw->turn = (uint16_t)(sw->turn + 1u);
        if (sw->turn == sw->config.link_count) {
            sw->turn = 0;
            topoc_switch_signal_room(sw);
        }
    }
    topoc_switch_signal_room(sw);
    topoc_switch_finish(sw); /* frames that were parked for a link that broke */
    return result;
}

/*
 * Asks all peers for signals: of frames, and, where frames are parked, of room. True: there is something to do by now,
 * so do not sleep; call topoc_switch_resume and topoc_switch_receive.
 */
static inline bool topoc_switch_listen(struct topoc_switch *sw)
{
    bool work = false;
    sw->listening = true;
    for (uint16_t i = 0; i < sw->config.link_count; i++) {
        struct topoc_switch_link *link = &sw->config.links[i];
        if (link->state == TOPOC_LINK_BROKEN) {
            continue;
        }
        if (topoc_link_device_listen(&link->device) != TOPOC_VQ_EMPTY) {
            work = true;
        }
        if (link->parked > 0 && topoc_link_driver_listen(&link->driver) != TOPOC_VQ_EMPTY) {
            work = true;
        }
    }
    return work;
}
