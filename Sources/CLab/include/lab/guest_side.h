/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Between the device's loop and a guest's backend: TAP or vhost-user. A port is one interface of the guest with its
 * switch. All is called from one thread; nothing blocks.
 *
 *     guest → links:  the loop calls `transmit`; it takes frames while lab_port_ready, calls lab_port_send for each, gives
 *                     back to the guest what is done, and the loop then publishes on the links, once
 *     links → guest:  the loop calls `deliver` for each frame, then `flush` once
 *     sleep:          `listen` asks the guest for notifications, and says whether there is work by now
 */

#pragma once

#include <lab/control.h>
#include <lab/frame.h>
#include <lab/stats.h>
#include <topoc/switch_types.h>

/* Pieces of a guest's frame, at most, and one more for the trailer. */
#define LAB_SEGMENTS_MAX 64u

struct lab_port;

/*
 * A frame of the guest on its way, in memory of the backend's. It sets offload, segments and count; the rest is the
 * loop's. After TOPOC_SWITCH_WAITS nothing of it, nor of the bytes, may change until `done`.
 */
struct lab_packet {
    struct lab_offload offload;
    uint32_t count;  /* segments of the Ethernet frame, 1 … LAB_SEGMENTS_MAX; the bytes may be the guest's */
    uint32_t length; /* the loop's */
    struct lab_trailer trailer;
    struct topoc_vq_segment segments[LAB_SEGMENTS_MAX + 1u];
};

/* A frame for the guest: the Ethernet frame lies in up to LAB_SEGMENTS_MAX pieces, whose trailer is cut off. */
struct lab_delivery {
    struct lab_offload offload; /* sound; num_buffers is the backend's to set */
    uint32_t length;            /* of the Ethernet frame */
    uint32_t count;
    unsigned char header[LAB_ETHERNET_HEADER];
    /* The first piece is the header of 14 bytes, as it was checked; the others are memory of the link. */
    struct topoc_vq_segment segments[TOPOC_SWITCH_SEGMENTS + 2u];
};

enum lab_delivered {
    LAB_DELIVERED, /* the guest has it, or will with `flush` */
    LAB_NO_ROOM,   /* nothing was changed: it stays in its ring until lab_port_room */
    LAB_DISCARDED  /* the guest never will have it: the interface is down, or has not agreed to what it needs */
};

/* What a backend does. `guest` is what `open` gave. */
struct lab_guest_side {
    /*
     * Takes over `descriptor` (closes it in any case) and registers what it waits for (lab_watch_add). NULL, with a
     * text of at most LAB_TEXT_MAX bytes in `text`, where it cannot. Before confinement; `vm` says offload, frame_max
     * and restarted.
     */
    void *(*open)(struct lab_port *port, const struct lab_vm *vm, int descriptor, char *text);
    void (*close)(void *guest);
    /*
     * Up to `budget` frames of the guest; how many it took. Fewer than budget: there are no more, or the port is not
     * ready.
     */
    uint32_t (*transmit)(void *guest, uint32_t budget);
    /* A frame that waited is through: its memory is the backend's again. It may not call lab_port_send from within. */
    void (*done)(void *guest, struct lab_packet *packet);
    enum lab_delivered(*deliver)(void *guest, const struct lab_delivery *delivery);
    /*
     * The end of a batch: gives back to the guest what is done, makes visible what was delivered, interrupts it once.
     */
    void (*flush)(void *guest);
    /* Before sleeping. True: the guest has frames, or, where `for_room`, buffers by now, so do not sleep. */
    bool (*listen)(void *guest, bool for_room);
    /* Whether there are frames to transmit, seen without a system call: for busy polling. May be NULL. */
    bool (*poll)(void *guest);
};

/* -- The loop offers this to a backend. -- */

/*
 * A descriptor that the loop waits for. The backend's memory; `ready` may call everything here but lab_watch_remove of
 * others.
 */
struct lab_watch {
    int descriptor;
    void (*ready)(struct lab_watch *watch, uint32_t events); /* EPOLLIN, … */
    void *context;
};

/* events: EPOLLIN, EPOLLOUT, EPOLLET …; false with errno. Changing events again is lab_watch_change. */
bool lab_watch_add(struct lab_port *port, struct lab_watch *watch, uint32_t events);
bool lab_watch_change(struct lab_port *port, struct lab_watch *watch, uint32_t events);
/* To be called before the descriptor is closed. */
void lab_watch_remove(struct lab_port *port, struct lab_watch *watch);

/*
 * Whether a further frame of the guest finds room: if not, leave it with the guest; `transmit` is called when it does.
 */
bool lab_port_ready(const struct lab_port *port);

/*
 * Sends a frame of the guest. True: it is done with (sent, or dropped and counted), its memory is the backend's. False:
 * it waits, until `done`.
 */
bool lab_port_send(struct lab_port *port, struct lab_packet *packet);

/* The guest may have frames: `transmit` is called soon. As from a kick. */
void lab_port_kick(struct lab_port *port);

/* The guest may have room again after LAB_NO_ROOM, or has become ready. */
void lab_port_room(struct lab_port *port);

/*
 * The guest's memory goes away: all frames that wait are dropped and counted, `done` is called for each before this
 * returns. No byte of a packet is looked at afterwards.
 */
void lab_port_forget(struct lab_port *port);

/* The guest has come, gone, or broken the protocol: told to the supervisor, and in the page of counters. */
void lab_port_state(struct lab_port *port, enum lab_guest_state state, const char *text);

/* Frames that were available at a restart and are completed without being sent: counted. */
void lab_port_lost(struct lab_port *port, uint64_t frames);

/* Where a backend counts what it drops of its own (from_guest, to_guest) and its interrupts. */
struct lab_interface_stats *lab_port_stats(struct lab_port *port);
