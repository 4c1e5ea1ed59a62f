/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include "peer.h"

/*
 * Two threads, each on a processor of its own, and what says whether a run of theirs is worth anything: the time that a
 * cache line takes between the processors, before and after, and the processor time that each got.
 */

/* Where the host has put the two processors. A run that begins in one place and ends in another belongs to neither. */
enum placement {
    PLACEMENT_NEAR, /* a line takes less than NEAR_MAX_NS: the processors share a cache */
    PLACEMENT_FAR,  /* more than FAR_MIN_NS */
    PLACEMENT_NONE, /* between the two, or it changed */
    PLACEMENTS = PLACEMENT_NONE
};
#define NEAR_MAX_NS 110.0
#define FAR_MIN_NS 130.0

struct run {
    double ns;           /* from both having started to both having ended */
    double handover[2];  /* of a cache line, one way, before and after */
    bool processor_time; /* each thread had at least 97 of 100 parts of its processor */
    bool stopped;        /* by the watchdog */
};

extern const char *const placement_names[PLACEMENTS];

/* Starts the second thread and pins both; false, with a line on stderr, where there are no two processors. */
bool harness_open(void);
/* Whether the threads run before all others (SCHED_FIFO), so that they lose their processors less often. */
bool harness_first(void);
double harness_ticks_per_ns(void);

typedef void harness_loop(void *context);
/* Runs one loop on each thread (the second may be NULL), bracketed by ping-pongs. `stop` is set after two seconds. */
struct run harness_run(harness_loop *here, harness_loop *there, void *context, atomic_bool *stop);
/* Where a run belongs; PLACEMENT_NONE where it is to be dropped. */
enum placement harness_placement(const struct run *run);
