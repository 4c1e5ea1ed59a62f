/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What is measured: a way to move Ethernet frames between two threads through shared memory, behind the loops that the
 * driver calls. A loop moves many frames, so no frame pays for a call through a pointer.
 */

/* What a peer does with a frame goes into the loops, whatever a compiler thinks of its size. */
#define PER_FRAME static inline __attribute__((always_inline))

#define LINE 64
#define LINKS_MAX 31
#define BATCH 32
/* Frames that are sent in turn: few enough to stay in the first-level cache, built before the clock starts. */
#define FRAME_KINDS 8
#define FRAME_STRIDE 1536
#define MACS_MAX 256

/*
 * Frames: broadcasts from one station, of so many octets as are asked for. The eight octets at FRAME_HEAD (the end of the
 * source address, the type, two of the payload) and the last eight say which kind a frame is.
 */
#define FRAME_HEAD 8
static const uint8_t frame_source[6] = { 2, 0, 0, 0, 0xbb, 1 };

struct frames {
    _Alignas(LINE) uint8_t octets[FRAME_KINDS][FRAME_STRIDE];
    uint64_t head[FRAME_KINDS];
    uint64_t tail[FRAME_KINDS];
};

/* One loop's order. Written before the threads start, but for `sender_done` and `stop`. */
struct job {
    const struct frames *frames;
    uint64_t count;          /* frames (or round trips, or look-ups) to move */
    uint32_t bytes;          /* octets a frame */
    uint32_t batch;          /* frames handed over at once: 1, or up to BATCH */
    uint32_t links;          /* destinations of a broadcast */
    uint64_t *samples;       /* time stamps of round trips, count + 1 of them, or NULL */
    const uint8_t (*macs)[6]; /* destinations to look up, MACS_MAX of them, in an order without a pattern */
    _Alignas(LINE) atomic_bool sender_done;
    atomic_bool stop;        /* the watchdog's: give up */
};

/* What a receiver found. Only whole frames count. */
struct tally {
    uint64_t whole;   /* frames that arrived with their length, first and last octets, in order */
    uint64_t damaged; /* frames that did not: truncated, mostly */
    uint64_t sum;     /* of look-ups, so that none is optimised away */
};

/* One direction between two parties: shared memory, and a private state of each end. */
struct link {
    void *region;
    uint32_t region_bytes;
    void *sender;   /* LINK_STATE zeroed octets, aligned to 128, that the sender alone touches */
    void *receiver; /* the receiver's */
};
/* No power of two: the states of many links are to lie in different sets of the cache. */
#define LINK_STATE 1664

struct peer {
    const char *name;
    const char *build; /* compiler and flags */
    const char *copy;  /* how octets are copied */
    bool batches;      /* frames can be handed over many at once */
    bool truncates;    /* a known fault: publishes a frame before it is whole, so that some arrive shortened */
    /* Prepares a link for frames of `bytes`; false where they do not fit. */
    bool (*open)(struct link *link, uint32_t bytes);
    /* Each may be NULL: not measured. */
    void (*alternate)(struct link *link, struct job *job, struct tally *tally); /* one thread, both ends */
    void (*send)(struct link *link, struct job *job);
    void (*receive)(struct link *link, struct job *job, struct tally *tally);
    void (*ask)(struct link *out, struct link *back, struct job *job, struct tally *tally);
    void (*answer)(struct link *in, struct link *back, struct job *job);
    /* A switch over `links`, with a MAC address each. */
    bool (*open_switch)(struct link *links, uint32_t count, const uint8_t (*macs)[6]);
    void (*broadcast)(struct link *links, struct job *job, struct tally *tally);
    bool (*open_table)(const uint8_t (*macs)[6], uint32_t count);
    void (*look_up)(struct job *job, struct tally *tally);
};

/* The index of a MAC address in the lists of the driver: its last octet says it, so that a checker can tell. */
static inline uint32_t mac_index(const uint8_t mac[6])
{
    return mac[5];
}
