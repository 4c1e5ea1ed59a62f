/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What the supervisor of a lab and the device process of a VM say to each other: messages over one connected
 * SOCK_SEQPACKET socket, one datagram each, file descriptors beside them (SCM_RIGHTS). Numbers are the machine's own.
 *
 *     supervisor                              device
 *     LAB_VM         the page of counters
 *     LAB_INTERFACE  each, by number          the guest's TAP or the listening socket of vhost-user
 *     LAB_LINK       each, any order          memories and bells
 *     LAB_START                               confines itself and runs
 *     LAB_LINK again, LAB_IMPAIR, LAB_CUT, LAB_CAPTURE, LAB_STOP: after that
 *
 * Each is answered, in order, by LAB_DONE or LAB_REFUSED with the serial number of the message. A message that is
 * refused has changed nothing. On its own the device sends LAB_BROKEN, LAB_GUEST and LAB_CAPTURE_ENDED (serial number
 * 0). When the socket is closed the device ends.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#define LAB_VERSION 2u
#define LAB_INTERFACES_MAX 8u /* of one VM */
#define LAB_LINKS_MAX 256u    /* of one VM; TOPOC_SWITCH_LINKS_MAX */
#define LAB_CAPTURES_MAX 4u   /* of one VM, at a time */
#define LAB_TABLE_MAX 1024u   /* entries, and displacements, of an interface's MAC table */
#define LAB_BATCH_MAX 256u    /* frames that an interface moves in a direction before others have their turn */
#define LAB_TEXT_MAX 112u     /* bytes of a text, with the zero behind it */
#define LAB_DESCRIPTORS_MAX 4u
#define LAB_MESSAGE_MAX 16384u /* bytes of any message */
#define LAB_ALL_LINKS 0xffffffffu
/* Memory of a link, one direction, in bytes. */
#define LAB_MEMORY_MAX (64u << 20)

enum lab_type {
    LAB_VM = 1,
    LAB_INTERFACE,
    LAB_LINK,
    LAB_START,
    LAB_IMPAIR,
    LAB_CUT,
    LAB_CAPTURE,
    LAB_STOP,
    LAB_FILTER,
    LAB_DONE = 101,
    LAB_REFUSED,
    LAB_BROKEN,
    LAB_GUEST,
    LAB_CAPTURE_ENDED
};

/* Every message begins with it. */
struct lab_head {
    uint32_t type;   /* enum lab_type */
    uint32_t size;   /* of the whole datagram, in bytes */
    uint32_t serial; /* the supervisor's, not 0; the answer bears it */
    uint32_t zero;
};

static inline struct lab_head lab_head_make(enum lab_type type, uint32_t size, uint32_t serial)
{
    struct lab_head head = { (uint32_t)type, size, serial, 0 };
    return head;
}

/* -- To the device. -- */

enum lab_guest_kind {
    LAB_GUEST_TAP = 1, /* an interface of a network namespace */
    LAB_GUEST_VHOST_USER = 2
};

/*
 * The VM. The first message, once. Descriptor: the page of counters (lab/stats.h), sealed, lab_stats_bytes(link_count).
 */
struct lab_vm {
    struct lab_head head;
    uint32_t version;         /* LAB_VERSION */
    uint32_t number;          /* Wiring's */
    uint32_t guest;           /* enum lab_guest_kind, of all its interfaces */
    uint32_t interface_count; /* 1 … LAB_INTERFACES_MAX */
    uint32_t link_count;      /* 0 … LAB_LINKS_MAX; the VM's peers of Wiring */
    uint32_t frame_max;       /* Ethernet bytes without the trailer: 1514, or LAB_FRAME_MAX with offload */
    uint32_t offload;         /* 1: checksums and segmentation may be left to the receiver (lab/frame.h); or 0 */
    uint32_t busy_poll;       /* microseconds that it looks for work before it sleeps; 0 … 1000000 */
    uint32_t restarted;       /* 1: one before it died; what the guest made available is completed and not sent; or 0 */
    uint32_t batch;           /* frames that are published, and given to the guest, at once; 1 … LAB_BATCH_MAX, or 0: all */
    uint32_t layout;          /* TOPOC_LAYOUT_… of its links (topoc/link.h): what this program was compiled for */
};

/*
 * An interface of the guest, by number from 0. Behind the struct stand `entry_count` entries (uint64_t) and then
 * `displacement_count` displacements (uint16_t) of its MAC table (topoc/mac_table.h; Wiring's MACTable):
 * lab_send_interface puts them there. The table leads to places, see LAB_LINK. Descriptor: LAB_GUEST_TAP: a TAP that
 * was made with IFF_TAP | IFF_NO_PI | IFF_VNET_HDR; the device does the rest. LAB_GUEST_VHOST_USER: a listening Unix
 * stream socket.
 */
struct lab_interface {
    struct lab_head head;
    uint32_t number;
    uint32_t link_count; /* of this interface */
    uint64_t address;    /* its MAC address as a number: the first octet is the lowest */
    uint64_t multiplier;
    uint32_t entry_count;        /* powers of two, 1 … LAB_TABLE_MAX */
    uint32_t displacement_count;
    uint32_t pinned; /* 1: the guest sends from its own address and takes what is for it; 0: there is a bridge in it */
    uint32_t zero;
};

/*
 * A link to a peer. Descriptors: memory to send into, memory to receive from (memfds of `memory` bytes, sealed with
 * F_SEAL_SHRINK and F_SEAL_GROW), its own bell (an eventfd with EFD_NONBLOCK, which the peer writes), and the peer's
 * bell. Again with a higher generation: the link is renewed; what the old memory still holds is received before.
 */
struct lab_link {
    struct lab_head head;
    uint32_t number;     /* index into Wiring's peers of the VM; what the other messages name */
    uint32_t interface;
    uint32_t place;      /* among the links of the interface, as its MAC table says */
    uint32_t peer;       /* the peer's VM number */
    uint64_t address;    /* the peer's MAC address on this link */
    uint32_t generation; /* 1 and up */
    uint32_t queue_length; /* descriptors, a power of two from 4 to 32768 */
    uint32_t memory;     /* bytes of each memory, at most LAB_MEMORY_MAX */
    uint32_t pinned;     /* 1: the peer's frames bear its own source address; 0: stations behind it may send, too */
};

/*
 * A filter, in place of LAB_VM and LAB_INTERFACE, to `topoc-device --filter`. It has the links 0 and 1, whose
 * `interface`, `place`, `address` and `pinned` say nothing. Descriptors: the page of counters (lab/filter_stats.h),
 * sealed; a library with the rules, `topoc_filter_rules` (topoc/filter_types.h).
 */
struct lab_filter {
    struct lab_head head;
    uint32_t version;
    uint32_t frame_max;
    uint32_t rule_count;
    uint32_t zero;
};

/* All is said: check it, confine the process, run. LAB_DONE comes from the confined process. */
struct lab_start {
    struct lab_head head;
};

/* Of what this end sends on a link. All 0: none. Frames keep their order. */
struct lab_impair {
    struct lab_head head;
    uint32_t link; /* or LAB_ALL_LINKS */
    uint32_t loss;        /* frames lost in a million */
    uint64_t delay;       /* nanoseconds, at most 10^10 */
    uint64_t jitter;      /* nanoseconds: the delay varies evenly by as much in both directions; at most the delay */
    uint64_t rate;        /* bits of frames in a second; 0: any */
    uint64_t queue_bytes; /* that may wait, from 128 KiB to LAB_MEMORY_MAX; 0: a mebibyte */
    uint64_t seed;        /* of the random numbers; the same seed and frames lose the same frames */
};

/* A cable that is pulled, or put in again. Frames of both directions are dropped and counted. */
struct lab_cut {
    struct lab_head head;
    uint32_t link; /* or LAB_ALL_LINKS */
    uint32_t cut;  /* 1 or 0 */
};

/*
 * Frames are written to a pipe as records (struct lab_record). Descriptor: its write end with O_NONBLOCK, to begin;
 * none, to end. The device never waits for the reader: what finds no room is counted.
 */
struct lab_capture {
    struct lab_head head;
    uint32_t number; /* 0 … LAB_CAPTURES_MAX - 1: the supervisor's name for it */
    uint32_t link;   /* or LAB_ALL_LINKS */
    uint32_t length; /* bytes of a frame that are written at most; 0: all */
    uint32_t zero;
};

struct lab_stop {
    struct lab_head head;
};

/* -- From the device. -- */

struct lab_done {
    struct lab_head head;
};

enum lab_refusal {
    LAB_REFUSED_MESSAGE = 1, /* an unknown type, a wrong size, something where zero should be */
    LAB_REFUSED_VERSION,
    LAB_REFUSED_ORDER,       /* not now: LAB_VM twice, LAB_START without all that it needs */
    LAB_REFUSED_NUMBER,      /* a number out of its range; `where` is the value */
    LAB_REFUSED_DESCRIPTORS, /* too few, too many, or not of the kind; `where` is the first */
    LAB_REFUSED_MEMORY,      /* memory that is not sealed, too short for its ring, or cannot be mapped */
    LAB_REFUSED_SWITCH,      /* the addresses or the table, see the text; `where` as topoc_switch_init has it */
    LAB_REFUSED_GUEST,       /* the guest's side cannot be set up */
    LAB_REFUSED_SYSTEM       /* Linux refused; `where` is the errno */
};

struct lab_refused {
    struct lab_head head;
    uint32_t reason; /* enum lab_refusal */
    uint32_t where;
    char text[LAB_TEXT_MAX]; /* what is wrong and what to do, in English */
};

/* A link's peer broke the protocol: the link is out of use until it is renewed; the others go on. */
struct lab_broken {
    struct lab_head head;
    uint32_t link;
    uint32_t generation;
    uint32_t send_fault;    /* enum topoc_vq_fault of the memory to send into, or 0 */
    uint32_t receive_fault;
    char text[LAB_TEXT_MAX];
};

enum lab_guest_state {
    LAB_GUEST_GONE = 0,  /* no one is connected */
    LAB_GUEST_READY = 1, /* its driver runs */
    LAB_GUEST_FAULTY = 2 /* it broke the protocol, see the text; its interface waits for it to begin anew */
};

struct lab_guest {
    struct lab_head head;
    uint32_t interface;
    uint32_t state; /* enum lab_guest_state */
    char text[LAB_TEXT_MAX];
};

/* Nobody reads the pipe any more. */
struct lab_capture_ended {
    struct lab_head head;
    uint32_t number;
    uint32_t zero;
    uint64_t dropped; /* frames, since it began */
};

/* -- The stream of a capture. -- */

enum lab_direction {
    LAB_SENT = 0,    /* into the link, after impairments */
    LAB_RECEIVED = 1
};

/* `length` bytes of the frame, without its trailer, follow. */
struct lab_record {
    uint64_t time;      /* CLOCK_MONOTONIC, nanoseconds */
    uint32_t link;      /* its number */
    uint32_t direction; /* enum lab_direction */
    uint32_t length;    /* bytes that follow */
    uint32_t original;  /* bytes of the frame */
    uint64_t dropped;   /* records before this one that found no room, since the capture began */
};

/* -- Sending and receiving. -- */

/*
 * Sends one message with up to LAB_DESCRIPTORS_MAX descriptors. 0, or -1 with errno: EAGAIN where the other side reads
 * nothing and the socket is non-blocking, EPIPE where it is gone.
 */
int lab_send(int socket, const void *message, uint32_t size, const int *descriptors, uint32_t count);

/* The same of LAB_INTERFACE: sets head.size, and sends the table's entries and displacements behind it. */
int lab_send_interface(int socket, const struct lab_interface *message, const uint64_t *entries,
                       const uint16_t *displacements, int descriptor);

/* What was received. The descriptors are the caller's to close; they are closed on exec. */
struct lab_received {
    uint32_t size; /* bytes that were put into the buffer */
    uint32_t descriptor_count;
    int descriptors[LAB_DESCRIPTORS_MAX];
};

/*
 * Receives one message into `buffer`, of LAB_MESSAGE_MAX bytes. 1; 0 where the other side has closed; -1 with errno:
 * EAGAIN where there is none and the socket is non-blocking, EMSGSIZE where a datagram or its descriptors were cut
 * short, and EBADMSG where it does not begin with a sound struct lab_head. Both of these have been taken out of the
 * socket, and their descriptors are closed.
 */
int lab_receive(int socket, void *buffer, struct lab_received *received);
