/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device of one VM. A *port* is an interface of the guest: its backend, its switch. A *wire* is a link as the
 * device has it: two memories, two bells, impairments.
 */

#pragma once

#include "capture.h"
#include "impair.h"
#include "loop.h"

#include <topoc/copy.h>

#define TOPOC_SWITCH_COPY topoc_copy
#include <topoc/switch.h>

/* Frames of a guest that may wait for peers. */
#define LAB_PARKED_MAX 32u
/* Addresses behind peers that are remembered, where some peer's sources are not pinned. */
#define LAB_LEARNED_MAX 1024u

/* Memory that is shared with the other end of a link. */
struct lab_memory {
    unsigned char *base; /* NULL: none */
    uint32_t size;
    uint16_t queue_length;
    uint64_t file[2]; /* which memfd it is of: the numbers of its file system and its file */
};

struct lab_wire {
    struct lab_port *port;           /* NULL: LAB_LINK has not come yet */
    struct topoc_switch_link *state; /* the switch's, at its place */
    uint32_t number;
    uint32_t place;
    uint32_t generation;
    uint32_t peer;
    uint32_t *ends; /* of the driver side */
    struct lab_memory send;
    struct lab_memory receive;
    struct lab_memory renewed; /* to receive from when `receive` has been emptied */
    uint64_t renewed_until;    /* or when so many frames have been taken of the link */
    struct lab_watch bell;     /* its own */
    int peer_bell;
    struct lab_wire *neighbour; /* the other end, where this process has that, too: no bell is needed; or NULL */
    bool cut;
    bool told;      /* the supervisor knows that this generation is broken */
    bool waits;     /* its impairments' queue waits for room in the ring */
    struct lab_impairment impairment;
    struct lab_link_stats *page;
    struct lab_link_stats before; /* the page as it was when this process began: what the switch counts is added */
};

struct lab_port {
    struct lab_device *device;
    uint32_t number;
    bool given; /* LAB_INTERFACE has come */
    int descriptor; /* the guest's, until it is opened */
    const struct lab_guest_side *side;
    void *guest; /* NULL: not open */

    struct topoc_switch sw;
    struct topoc_mac_table table;
    uint64_t entries[LAB_TABLE_MAX];
    uint16_t displacements[LAB_TABLE_MAX];
    uint64_t address;
    bool pinned;
    uint32_t link_count;
    struct topoc_switch_link *states; /* by place */
    struct lab_wire **wires;          /* by place */
    struct topoc_switch_parked parked[LAB_PARKED_MAX];
    uint64_t learned[LAB_LEARNED_MAX];

    bool queued; /* for the loop */
    struct lab_port *next;
    bool from_guest; /* the guest may have frames */
    bool from_links; /* links may have frames, or room */
    bool blocked;    /* the guest had no room */
    bool held_up;    /* frames were left with the guest, for want of room on links */
    bool awake;      /* peers were not asked for signals since something was received */
    bool asked;      /* the guest has been asked for notifications since it was last served */
    bool watched;    /* some link is cut, impaired or captured: frames take the longer way */
    uint64_t expires; /* when the peers that hold up parked frames are looked at */
    struct lab_delivery delivery;

    enum lab_guest_state state;
    bool state_told;
    char state_text[LAB_TEXT_MAX];
    struct lab_interface_stats *page;
    struct lab_interface_stats before;
};

enum lab_phase { LAB_PHASE_NEW, LAB_PHASE_TOLD, LAB_PHASE_RUNNING, LAB_PHASE_STOPPED, LAB_PHASE_ENDED };

struct lab_device {
    struct lab_loop *loop;
    enum lab_phase phase;
    struct lab_watch control;
    struct lab_vm vm;
    struct lab_port *ports;
    struct lab_wire *wires;
    struct lab_stats *page;
    uint64_t deadline; /* when lab_device_tick is to be called */
    uint64_t counted;  /* when the page is to be brought up to date; LAB_NEVER: nothing has moved since */
    uint32_t renewing; /* wires with memory to receive from next */
    uint32_t delaying; /* wires with frames in the impairments' queue */
    struct lab_capturing captures[LAB_CAPTURES_MAX];
    bool capturing; /* one of them is on */
    bool ready; /* all has been said: only others hold up the confinement of the process */
    uint64_t wakeups_before; /* of the page, when this process began */
    unsigned char unsent[sizeof(struct lab_refused)]; /* an answer that found no room in the socket */
    uint32_t unsent_size;
};

/* -- What a message did: a refusal with its reason, or nothing. -- */

struct lab_verdict {
    enum lab_refusal reason; /* 0: done */
    uint32_t where;
    char text[LAB_TEXT_MAX];
};

/* False, having written it down. */
bool lab_refuse(struct lab_verdict *verdict, enum lab_refusal reason, uint32_t where, const char *text);

/* -- control.c: messages. -- */

/* Begins with a connected socket. False, with errno. */
bool lab_device_init(struct lab_device *device, struct lab_loop *loop, int socket);

/* Sends what the supervisor has not been told yet: broken links, guests that come and go. */
void lab_device_tell(struct lab_device *device);

/* -- device.c -- */

/* Confines the process, when all its devices are ready. 0, or an errno. */
int lab_device_confine(struct lab_device *device);

/* Begins: the switch over the links that were given, then the guest. */
bool lab_port_begin(struct lab_port *port, struct lab_verdict *verdict);

/* Gives everything back; the guest's side and the peers see it as a process that ended. */
void lab_device_end(struct lab_device *device);

/* What is due by now: the page of counters, frames that were delayed, peers that hold frames up. Sets the deadline. */
void lab_device_tick(struct lab_device *device, uint64_t now);

/* No later than `time`. */
static inline void lab_device_by(struct lab_device *device, uint64_t time)
{
    if (time < device->deadline) {
        device->deadline = time;
    }
}

/* Something has been counted: the page will show it in time. */
void lab_device_moved(struct lab_device *device);

/*
 * -- setup.c, wire.c, trouble.c: what messages say. Each has been checked in size; descriptors that are kept become -1.
 * --
 */

bool lab_setup_vm(struct lab_device *device, const void *message, struct lab_received *with,
                  struct lab_verdict *verdict);
bool lab_setup_interface(struct lab_device *device, const void *message, struct lab_received *with,
                         struct lab_verdict *verdict);
bool lab_setup_start(struct lab_device *device, const void *message, struct lab_received *with,
                     struct lab_verdict *verdict);
bool lab_wire_give(struct lab_device *device, const void *message, struct lab_received *with,
                   struct lab_verdict *verdict);
bool lab_trouble_impair(struct lab_device *device, const void *message, struct lab_received *with,
                        struct lab_verdict *verdict);
bool lab_trouble_cut(struct lab_device *device, const void *message, struct lab_received *with,
                     struct lab_verdict *verdict);
bool lab_trouble_capture(struct lab_device *device, const void *message, struct lab_received *with,
                         struct lab_verdict *verdict);
void lab_trouble_capture_end(struct lab_device *device, struct lab_capturing *capture);

/* -- memory.c -- */

/* Maps `size` bytes of a memfd that no one can shorten. Keeps no descriptor. */
bool lab_memory_map(struct lab_memory *memory, int descriptor, uint32_t size, struct lab_verdict *verdict);
void lab_memory_unmap(struct lab_memory *memory);

/* Whether it is an eventfd, or something like it, that never blocks. */
bool lab_is_bell(int descriptor);

/* -- bell.c -- */

/* Signals the peer of a wire: `context`. */
void lab_wire_signal(void *context);
/* A watch's: the peer has signalled. */
void lab_wire_rung(struct lab_watch *watch, uint32_t events);
/* Finds the other end of a wire among the devices of this process, when it has other memory. */
void lab_wire_meet(struct lab_wire *wire);
/* Leaves it. */
void lab_wire_part(struct lab_wire *wire);

/* -- wire.c -- */

/* Takes the next memories of the links of a port that have been emptied. True: there may be frames in them. */
bool lab_wires_renew(struct lab_port *port);
void lab_wire_end(struct lab_wire *wire);

/* -- send.c: the longer way. -- */

/* As topoc_switch_send_frame. */
enum topoc_switch_send_result lab_send_watched(struct lab_port *port, const struct topoc_switch_frame *frame,
                                               void *cookie);
/* Frames whose delay is over. Lowers the device's deadline to the next one's time. */
void lab_send_delayed(struct lab_device *device, uint64_t now);

/* -- port.c -- */

/* One turn. True: there is more to do, so queue it again. */
bool lab_port_serve(struct lab_port *port);
/* Asks peers and guest for signals. False: there is work by now. */
bool lab_port_sleep(struct lab_port *port);
/* Whether a link has a frame, without asking for signals. */
bool lab_port_sees(struct lab_port *port);
/* A peer that takes nothing holds nobody up for longer than a period. Lowers the device's deadline. */
void lab_port_expire(struct lab_port *port, uint64_t now);

/* -- counters.c -- */

/* Brings the page up to date. */
void lab_counters_show(struct lab_device *device, uint64_t now);

static inline void lab_count(uint64_t *counter, uint64_t by)
{
    __atomic_store_n(counter, *counter + by, __ATOMIC_RELAXED);
}

/* -- Backends. -- */

extern const struct lab_guest_side lab_tap_side;
