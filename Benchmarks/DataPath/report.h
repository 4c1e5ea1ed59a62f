/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include <stdio.h>

#include "harness.h"

#define PEERS_MAX 24
#define WORKLOADS_MAX 32
#define ROUNDS_MAX 200

/* What is moved, and how. */
enum kind { ONE_THREAD, TWO_THREADS, ROUND_TRIP, ROUND_TRIP_P99, BROADCAST, LOOK_UP };

struct workload {
    const char *key;
    const char *name;
    enum kind kind;
    uint32_t bytes;
    uint32_t batch;
    uint32_t region_bytes;
    uint32_t count; /* of MAC addresses or destinations */
};

#define REGION_MAX (128u * 1024u)

extern const struct workload workloads[];
extern const unsigned workload_count;

struct entry {
    const char *key;
    const struct peer *peer;
};

/* What this program is linked with; the last has no key. Why others are absent; the last is NULL. */
extern const struct entry registry[];
extern const char *const absent[];

/* A run's figure: nanoseconds, or million frames a second for TWO_THREADS; 0: dropped or not measured. */
struct sample {
    float value;
    enum placement placement;
    uint32_t damaged_permille;
};

struct results {
    struct entry peers[PEERS_MAX];
    unsigned peer_count;
    unsigned rounds;
    struct sample samples[WORKLOADS_MAX][PEERS_MAX][ROUNDS_MAX];
    double handover_sum[PLACEMENTS];
    unsigned runs[PLACEMENTS];
    unsigned dropped_time, dropped_placement, stopped;
};

/* What one of ours is to reach: a figure, or its ratio to a peer's (with the same workload, unless another is named). */
struct goal {
    const char *workload;
    const char *subject;
    const char *base;          /* NULL: the figure itself */
    const char *base_workload; /* NULL: the same */
    enum { AT_MOST, AT_LEAST } way;
    double limit;
};

extern const struct goal goals[];
extern const unsigned goal_count;

/* Prints by how many nanoseconds a frame each peer is faster than `base`, in the runs of the same round. */
void report_costs(FILE *to, const struct results *results, const char *base);
/* Prints what was measured beside the goals. */
void report(FILE *to, const struct results *results);
