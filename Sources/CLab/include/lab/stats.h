/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The page of counters of one VM: memory of the supervisor's, which the device process writes. While frames move, it is
 * at most 100 ms old. A device process that is started anew goes on from the values that it finds. The supervisor
 * trusts none of it: it reads by number, never by an address or a count out of the page.
 */

#pragma once

#include <lab/control.h>
#include <stddef.h>

#define LAB_STATS_MAGIC 0x746f706f63736131ull

/* Why a frame was dropped. The first are enum topoc_switch_drop, in its order. */
enum lab_drop {
    LAB_DROP_LENGTH,
    LAB_DROP_SOURCE,
    LAB_DROP_DESTINATION,
    LAB_DROP_NO_ROOM,
    LAB_DROP_STALLED,
    LAB_DROP_BROKEN,
    LAB_DROP_REFUSED,
    LAB_DROP_CUT,     /* the cable is pulled */
    LAB_DROP_LOSS,    /* impairment: lost on purpose */
    LAB_DROP_QUEUE,   /* impairment: more waits than may */
    LAB_DROP_TRAILER, /* received: no sound trailer, or one that asks for what the guest cannot do */
    LAB_DROP_GUEST,   /* received: the guest's side refused it, as an interface does that is down */
    LAB_DROP_RESTART, /* lost when a device process died: its guest's, or what the dead peer had not read */
    LAB_DROP_COUNT
};

/*
 * Times on a scale of octaves, each in four equal parts: bucket 0 is less than 64 ns, bucket 1 + 4 k + i begins at
 * 64 · 2^k · (1 + i / 4) ns; the last has all from 17 s on.
 */
#define LAB_HISTOGRAM_BUCKETS 114u

struct lab_histogram {
    uint64_t count[LAB_HISTOGRAM_BUCKETS];
    uint64_t sum; /* nanoseconds */
    uint64_t max;
};

struct lab_flow_stats {
    uint64_t frames;
    uint64_t bytes; /* Ethernet, without trailer */
    uint64_t drops[LAB_DROP_COUNT];
};

struct lab_link_stats {
    uint64_t generation;
    uint64_t state; /* enum lab_link_state */
    struct lab_flow_stats sent;
    struct lab_flow_stats received;
    uint64_t parked_frames; /* that had to wait for room, once each */
    uint64_t parked_now;
    uint64_t delayed_now;         /* frames in the impairments' queue */
    uint64_t signals;             /* that were sent to the peer */
    struct lab_histogram latency; /* from the sending guest's side to this guest's side, of received frames */
};

enum lab_link_state {
    LAB_LINK_LIVE = 1,
    LAB_LINK_STALLED, /* its peer takes nothing */
    LAB_LINK_BROKEN,  /* its peer broke the protocol */
    LAB_LINK_CUT
};

/* Frames that concern no one link, at the guest's side. */
struct lab_interface_stats {
    uint64_t state; /* enum lab_guest_state */
    struct lab_flow_stats from_guest;
    struct lab_flow_stats to_guest;
    uint64_t interrupts; /* of the guest */
};

/* The links stand behind it, by number. */
struct lab_stats {
    uint64_t magic;
    uint64_t version;
    uint64_t updated; /* CLOCK_MONOTONIC, nanoseconds */
    uint64_t starts;  /* device processes that have run on it */
    uint64_t wakeups; /* returns from sleep, all interfaces */
    struct lab_interface_stats interfaces[LAB_INTERFACES_MAX];
};

/* Bytes of the memory of a page. */
static inline uint64_t lab_stats_bytes(uint32_t link_count)
{
    return sizeof(struct lab_stats) + (uint64_t)link_count * sizeof(struct lab_link_stats);
}

static inline struct lab_link_stats *lab_stats_link(struct lab_stats *page, uint32_t link)
{
    return (struct lab_link_stats *)(page + 1) + link;
}

/*
 * Copies what a device process may be writing: each number is whole, though not all are of one moment. For the
 * supervisor, which gives its own copy to whoever asks.
 */
void lab_stats_read(const struct lab_stats *page, struct lab_stats *to);
void lab_stats_read_link(const struct lab_stats *page, uint32_t link, struct lab_link_stats *to);

/* The bucket of a time, and the least time of a bucket, in nanoseconds. */
static inline uint32_t lab_histogram_bucket(uint64_t time)
{
    uint32_t octave;
    uint32_t bucket;
    if (time < 64u) {
        return 0;
    }
    octave = 63u - (uint32_t)__builtin_clzll(time);
    bucket = 1u + 4u * (octave - 6u) + ((uint32_t)(time >> (octave - 2u)) & 3u);
    return bucket < LAB_HISTOGRAM_BUCKETS ? bucket : LAB_HISTOGRAM_BUCKETS - 1u;
}

static inline uint64_t lab_histogram_least(uint32_t bucket)
{
    return bucket == 0 ? 0 : (uint64_t)(4u + (bucket - 1u) % 4u) << (4u + (bucket - 1u) / 4u);
}

/* Numbers of arrays by index, for Swift. */
uint64_t lab_histogram_count(const struct lab_histogram *histogram, uint32_t bucket);
uint64_t lab_flow_drops(const struct lab_flow_stats *flow, enum lab_drop drop);

/*
 * The least time below which `share` of the measurements lie (0: the shortest, 0.5: the median), in nanoseconds: the
 * upper end of a bucket, so at most a quarter too long, and no more than the longest. 0 where there are none.
 */
uint64_t lab_histogram_quantile(const struct lab_histogram *histogram, double share);
