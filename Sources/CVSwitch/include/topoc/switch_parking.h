/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Putting frames into rings, and what becomes of those that find no room. */

#pragma once

#include <topoc/switch_frame.h>

/* Where an address that was learned is, or would be. */
static inline uint64_t *topoc_switch_learned_slot(const struct topoc_switch *sw, uint64_t address)
{
    uint64_t hash = topoc_mac_hash(address, sw->config.table->multiplier);
    return &sw->config.learned[(uint32_t)(hash >> 40) & (sw->config.learned_count - 1u)];
}

static inline bool topoc_switch_waits(const struct topoc_switch_parked *record, uint16_t index)
{
    return ((record->waiting[index / 32u] >> (index % 32u)) & 1u) != 0;
}

/* Publishes what is staged for a link, and signals its peer if that asks for it. */
static inline void topoc_switch_signal(struct topoc_switch_link *link)
{
    topoc_link_flush(&link->driver);
    if (topoc_link_driver_must_signal(&link->driver)) {
        link->signal(link->context);
    }
}

/*
 * Publishes what was sent, and signals nobody yet: peers that are awake see it now. To be used within a batch; each
 * batch ends with topoc_switch_flush.
 */
static inline void topoc_switch_publish(struct topoc_switch *sw)
{
    for (struct topoc_switch_link *link = sw->staged; link != NULL; link = link->next_staged) {
        if (link->state != TOPOC_LINK_BROKEN) {
            topoc_link_flush(&link->driver);
        }
    }
}

/*
 * Publishes what was sent since the last call, and signals each peer once, if it asks for it. All links are published
 * before any peer is asked, so that one fence does for all.
 */
static inline void topoc_switch_flush(struct topoc_switch *sw)
{
    struct topoc_switch_link *next = sw->staged;
    if (next == NULL) {
        return;
    }
    topoc_switch_publish(sw);
    topoc_link_fence();
    sw->staged = NULL;
    while (next != NULL) {
        struct topoc_switch_link *link = next;
        next = link->next_staged;
        link->staged = false;
        if (link->state != TOPOC_LINK_BROKEN && topoc_link_driver_ask(&link->driver)) {
            link->signal(link->context);
        }
    }
}

/* Takes a parked frame off a link. The last one puts it on the list of those that are through. */
static inline void topoc_switch_release(struct topoc_switch *sw, uint16_t number, uint16_t index)
{
    struct topoc_switch_parked *record = &sw->config.parked[number];
    record->waiting[index / 32u] &= ~(1u << (index % 32u));
    record->links--;
    sw->config.links[index].parked--;
    if (record->links > 0) {
        return;
    }
    if (record->before == TOPOC_SWITCH_NONE) {
        sw->oldest = record->next;
    } else {
        sw->config.parked[record->before].next = record->next;
    }
    if (record->next == TOPOC_SWITCH_NONE) {
        sw->newest = record->before;
    } else {
        sw->config.parked[record->next].before = record->before;
    }
    record->next = TOPOC_SWITCH_NONE;
    if (sw->through == TOPOC_SWITCH_NONE) {
        sw->through = number;
    } else {
        sw->config.parked[sw->through_last].next = number;
    }
    sw->through_last = number;
}

/*
 * Tells the caller of the frames that are through. It may send from within `done`: a record is free again, and the lists
 * are whole, before it is called.
 */
static inline void topoc_switch_finish(struct topoc_switch *sw)
{
    while (sw->through != TOPOC_SWITCH_NONE) {
        uint16_t number = sw->through;
        struct topoc_switch_parked *record = &sw->config.parked[number];
        void *cookie = record->cookie;
        sw->through = record->next;
        record->next = sw->free;
        sw->free = number;
        sw->free_count++;
        sw->config.done(sw->config.context, cookie);
    }
}

/* Drops all that is parked for a link, for one reason. */
static inline void topoc_switch_abandon(struct topoc_switch *sw, uint16_t index, enum topoc_switch_drop reason)
{
    struct topoc_switch_link *link = &sw->config.links[index];
    uint16_t next;
    for (uint16_t number = sw->oldest; link->parked > 0 && number != TOPOC_SWITCH_NONE; number = next) {
        next = sw->config.parked[number].next;
        if (topoc_switch_waits(&sw->config.parked[number], index)) {
            link->counters.send_drops[reason]++;
            topoc_switch_release(sw, number, index);
        }
    }
}

/* The peer broke the protocol, in either direction: the link is gone. */
static inline void topoc_switch_break(struct topoc_switch *sw, uint16_t index)
{
    sw->config.links[index].state = TOPOC_LINK_BROKEN;
    topoc_switch_abandon(sw, index, TOPOC_DROP_BROKEN);
}

/* Copies a frame into the buffer that was reserved for it. */
TOPOC_VQ_OFTEN void topoc_switch_stage(struct topoc_switch *sw, struct topoc_switch_link *link,
                                       const struct topoc_switch_frame *frame, unsigned char *buffer)
{
    topoc_switch_frame_copy(frame, buffer);
    topoc_link_stage(&link->driver, frame->length);
    link->counters.sent_frames++;
    link->counters.sent_bytes += frame->length;
    if (!link->staged) {
        link->staged = true;
        link->next_staged = sw->staged;
        sw->staged = link;
    }
}

/*
 * Reserves room at a link that had none, or asks the peer for a signal when there is some. READY with `buffer`, FULL,
 * REFUSED or BROKEN. Each turn of the loop takes back at least one of the buffers that the peer holds.
 */
static inline enum topoc_vq_status topoc_switch_reserve_or_listen(struct topoc_switch_link *link, uint32_t length,
                                                                  unsigned char **buffer)
{
    enum topoc_vq_status status;
    topoc_switch_signal(link); /* the peer cannot give back what it has not seen */
    do {
        status = topoc_link_reserve(&link->driver, length, buffer);
    } while (status == TOPOC_VQ_FULL && topoc_link_driver_listen(&link->driver) == TOPOC_VQ_READY);
    return status;
}

/* The common case: the frame goes into the link's ring. False: topoc_switch_wait decides what becomes of it. */
TOPOC_VQ_OFTEN bool topoc_switch_put(struct topoc_switch *sw, struct topoc_switch_link *link,
                                     const struct topoc_switch_frame *frame)
{
    unsigned char *buffer;
    if (((uint32_t)link->state | link->parked) != 0
        || topoc_link_reserve(&link->driver, frame->length, &buffer) != TOPOC_VQ_READY) {
        return false;
    }
    topoc_switch_stage(sw, link, frame, buffer);
    return true;
}

/* Writes a frame down as the newest of those that wait, for no link yet. There is a free record. */
static inline uint16_t topoc_switch_park(struct topoc_switch *sw, const struct topoc_switch_frame *frame, void *cookie)
{
    uint16_t number = sw->free;
    struct topoc_switch_parked *record = &sw->config.parked[number];
    sw->free = record->next;
    sw->free_count--;
    memset(record, 0, sizeof(*record));
    record->frame = *frame;
    record->cookie = cookie;
    record->next = TOPOC_SWITCH_NONE;
    record->before = sw->newest;
    if (sw->newest == TOPOC_SWITCH_NONE) {
        sw->oldest = number;
    } else {
        sw->config.parked[sw->newest].next = number;
    }
    sw->newest = number;
    return number;
}

/*
 * A frame that could not be put at once: behind those that wait for the link, if its share of the records allows; else
 * it is dropped for this link. `record` is the frame's, once it has one.
 */
static TOPOC_SWITCH_RARE void topoc_switch_wait(struct topoc_switch *sw, struct topoc_switch_link *link,
                                                uint16_t index, const struct topoc_switch_frame *frame,
                                                void *cookie, uint16_t share, uint16_t *record)
{
    enum topoc_vq_status status = TOPOC_VQ_FULL;
    unsigned char *buffer;
    if (link->state != TOPOC_LINK_BROKEN && link->parked == 0) {
        status = topoc_switch_reserve_or_listen(link, frame->length, &buffer);
        if (status == TOPOC_VQ_READY) {
            link->state = TOPOC_LINK_LIVE;
            topoc_link_driver_mute(&link->driver);
            topoc_switch_stage(sw, link, frame, buffer);
            return;
        }
        if (status == TOPOC_VQ_BROKEN) {
            topoc_switch_break(sw, index);
        }
    }
    if (link->state == TOPOC_LINK_BROKEN) {
        link->counters.send_drops[TOPOC_DROP_BROKEN]++;
    } else if (status == TOPOC_VQ_REFUSED) {
        link->counters.send_drops[TOPOC_DROP_REFUSED]++;
    } else if (link->state == TOPOC_LINK_STALLED) {
        link->counters.send_drops[TOPOC_DROP_STALLED]++;
    } else if (link->parked >= share || (*record == TOPOC_SWITCH_NONE && sw->free == TOPOC_SWITCH_NONE)) {
        link->counters.send_drops[TOPOC_DROP_NO_ROOM]++;
    } else {
        if (*record == TOPOC_SWITCH_NONE) {
            *record = topoc_switch_park(sw, frame, cookie);
        }
        struct topoc_switch_parked *parked = &sw->config.parked[*record];
        parked->waiting[index / 32u] |= 1u << (index % 32u);
        parked->links++;
        if (link->parked == 0) {
            link->progressed = true; /* its period begins now */
        }
        link->parked++;
        link->counters.parked_frames++;
    }
}

/* Sends what is parked for one link, in order, as far as there is room. */
static inline void topoc_switch_resume_link(struct topoc_switch *sw, uint16_t index)
{
    struct topoc_switch_link *link = &sw->config.links[index];
    uint16_t next;
    for (uint16_t number = sw->oldest; link->parked > 0 && number != TOPOC_SWITCH_NONE; number = next) {
        struct topoc_switch_parked *record = &sw->config.parked[number];
        unsigned char *buffer;
        next = record->next;
        if (!topoc_switch_waits(record, index)) {
            continue;
        }
        enum topoc_vq_status status = topoc_link_reserve(&link->driver, record->frame.length, &buffer);
        if (status == TOPOC_VQ_FULL) {
            status = topoc_switch_reserve_or_listen(link, record->frame.length, &buffer);
        }
        if (status == TOPOC_VQ_FULL) {
            return;
        }
        if (status == TOPOC_VQ_BROKEN) {
            topoc_switch_break(sw, index);
            return;
        }
        if (status == TOPOC_VQ_READY) {
            topoc_switch_stage(sw, link, &record->frame, buffer);
        } else {
            link->counters.send_drops[TOPOC_DROP_REFUSED]++;
        }
        link->progressed = true;
        topoc_switch_release(sw, number, index);
    }
    topoc_link_driver_mute(&link->driver);
}

/* Sends what is parked, as far as there is room now. To be called when a peer has signalled. */
static inline void topoc_switch_resume(struct topoc_switch *sw)
{
    for (uint16_t i = 0; sw->oldest != TOPOC_SWITCH_NONE && i < sw->config.link_count; i++) {
        if (sw->config.links[i].parked > 0) {
            topoc_switch_resume_link(sw, i);
        }
    }
    topoc_switch_flush(sw);
    topoc_switch_finish(sw);
}

/*
 * Whether a further frame of the guest finds room or waits, so that none is lost to a peer that is only slow. For a
 * caller that can leave frames with the guest.
 */
static inline bool topoc_switch_ready(const struct topoc_switch *sw)
{
    if (sw->oldest == TOPOC_SWITCH_NONE) {
        return true;
    }
    for (uint16_t i = 0; i < sw->config.link_count; i++) {
        const struct topoc_switch_link *link = &sw->config.links[i];
        if (link->state == TOPOC_LINK_LIVE && link->parked >= sw->free_count) {
            return false;
        }
    }
    return true;
}

/*
 * Ends a period of a caller's timer: a peer that has taken nothing of what was parked for it since the last call is
 * stalled, and what is parked for it is dropped. True while frames are parked: let the timer run on.
 */
static inline bool topoc_switch_expire(struct topoc_switch *sw)
{
    for (uint16_t i = 0; i < sw->config.link_count; i++) {
        struct topoc_switch_link *link = &sw->config.links[i];
        if (link->parked > 0 && !link->progressed) {
            link->state = TOPOC_LINK_STALLED;
            topoc_switch_abandon(sw, i, TOPOC_DROP_STALLED);
        }
        link->progressed = false;
    }
    topoc_switch_finish(sw);
    return sw->oldest != TOPOC_SWITCH_NONE;
}
