/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What a switch is made of. All storage is the caller's; one thread owns it all and may read every counter. */

#pragma once

#include <topoc/link.h>
#include <topoc/mac_table.h>

#ifndef TOPOC_SWITCH_LINKS_MAX
#define TOPOC_SWITCH_LINKS_MAX 256u /* of one switch; a parked frame has a bit for each */
#endif

#define TOPOC_SWITCH_HEADER 14u    /* of an Ethernet frame, in bytes: destination, source, type */
#define TOPOC_SWITCH_NONE 0xffffu  /* no link, no parked frame */
#define TOPOC_SWITCH_QUANTUM 32u   /* frames that are taken of one link before it is the next one's turn */
#define TOPOC_SWITCH_SEGMENTS 64u  /* pieces of a frame that is received, at most; upstream sends 128 bytes in each */

/* What happens rarely stays out of the way of what happens with every frame. */
#define TOPOC_SWITCH_RARE __attribute__((noinline, cold, unused))

#define TOPOC_SWITCH_SET_WORDS ((TOPOC_SWITCH_LINKS_MAX + 31u) / 32u)

/* Why a frame was dropped. */
enum topoc_switch_drop {
    TOPOC_DROP_LENGTH,      /* shorter than its header, or longer than the longest frame */
    TOPOC_DROP_SOURCE,      /* its source address is not the sender's own, and addresses are pinned */
    TOPOC_DROP_DESTINATION, /* no link leads to its destination; or, received, it is for another station */
    TOPOC_DROP_NO_ROOM,     /* the ring is full, and so is the link's share of the parked frames */
    TOPOC_DROP_STALLED,     /* the peer takes nothing (topoc_switch_expire) */
    TOPOC_DROP_BROKEN,      /* the link is broken: its peer does not keep to the protocol */
    TOPOC_DROP_REFUSED,     /* the link's memory can never hold so long a frame */
    TOPOC_DROP_COUNT
};

/* Which source addresses are let through, from a switch's own guest and from the guest behind a link. */
enum topoc_switch_sources {
    TOPOC_SOURCES_PINNED, /* the guest's own alone */
    TOPOC_SOURCES_ANY     /* others too: the guest is a bridge, or runs guests of its own */
};

enum topoc_switch_state {
    TOPOC_LINK_LIVE,
    TOPOC_LINK_STALLED, /* its peer takes nothing: nothing is parked for it until it does */
    TOPOC_LINK_BROKEN   /* gone for ever */
};

struct topoc_switch_counters {
    uint64_t sent_frames; /* into the link's ring */
    uint64_t sent_bytes;
    uint64_t received_frames; /* delivered to the guest */
    uint64_t received_bytes;
    uint64_t parked_frames; /* that had to wait for room, once each */
    uint64_t send_drops[TOPOC_DROP_COUNT];
    uint64_t receive_drops[TOPOC_DROP_COUNT];
};

/*
 * A link to one peer. The caller sets peer, sources, signal and context, and initialises both ends
 * (topoc_link_driver_init and topoc_link_device_init) before topoc_switch_init; the rest is the switch's.
 */
struct topoc_switch_link {
    topoc_link_driver driver; /* to the peer */
    topoc_link_device device; /* from the peer */
    uint64_t peer;            /* the peer's address (topoc_mac_number) */
    enum topoc_switch_sources sources; /* of frames from the peer */
    void (*signal)(void *context);
    void *context;
    enum topoc_switch_state state;
    bool staged;     /* something waits for topoc_switch_flush */
    bool progressed; /* took a parked frame since the last topoc_switch_expire */
    uint16_t parked; /* frames that wait for room here */
    struct topoc_switch_link *next_staged; /* the list of those for which something waits */
    struct topoc_switch_counters counters;
};

/* The header of a frame, read once. What was checked is what is delivered, whatever the sender writes meanwhile. */
struct topoc_switch_header {
    uint64_t start; /* the destination, and two octets that do not count */
    uint64_t rest;  /* the source, and the type */
};

/*
 * A frame whose header has been read: its bytes lie in `first` and in `rest`, the header's included, but for which
 * `header` counts. Use topoc_switch_frame_copy.
 */
struct topoc_switch_frame {
    struct topoc_switch_header header;
    struct topoc_vq_segment first;
    const struct topoc_vq_segment *rest;
    uint32_t rest_count;
    uint32_t length; /* in bytes, with the header */
};

/* A frame of the guest that waits for room in the rings of some links. Its bytes stay where the caller has them. */
struct topoc_switch_parked {
    struct topoc_switch_frame frame;
    void *cookie;
    uint32_t waiting[TOPOC_SWITCH_SET_WORDS]; /* the links */
    uint16_t links;                           /* how many they are */
    uint16_t next;                            /* in arrival order; or in the list of those that are free, or through */
    uint16_t before;
};

/* What topoc_switch_init is given. Everything that is pointed to stays the switch's until the switch is no more. */
struct topoc_switch_config {
    uint64_t address; /* the guest's own (topoc_mac_number) */
    enum topoc_switch_sources sources; /* of frames from the guest; with any, it also gets frames for any station */
    uint32_t frame_max; /* the longest frame, in bytes with the header: 1514 */
    const struct topoc_mac_table *table;
    struct topoc_switch_link *links;
    uint16_t link_count;
    uint16_t parked_count; /* fewer than the frames that the guest can have under way; 0: no frame waits */
    struct topoc_switch_parked *parked;
    uint64_t *learned;      /* addresses seen on links whose peers send from any; or NULL */
    uint32_t learned_count; /* a power of two, or 0 */
    void (*done)(void *context, void *cookie); /* a frame that was parked is through: its bytes are the caller's again */
    void *context;
};

/*
 * The switch of one interface of one VM. It carries frames from the guest to links and from links to the guest, never
 * from link to link: it cannot join partitions.
 */
struct topoc_switch {
    struct topoc_switch_config config;
    struct topoc_switch_link *staged; /* the list of links that have something staged */
    uint16_t oldest;       /* the parked frames, in arrival order */
    uint16_t newest;
    uint16_t free;         /* the list of records that hold no frame */
    uint16_t free_count;
    uint16_t through;      /* the list of frames that `done` must hear of, in the order in which they came through */
    uint16_t through_last;
    uint16_t turn;         /* the link that is received from next */
    bool listening;        /* peers were asked for signals of frames */
    uint64_t drops[TOPOC_DROP_COUNT]; /* of frames from the guest that concern no link */
};
