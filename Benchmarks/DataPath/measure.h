/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include "harness.h"
#include "report.h"

/* One run of one peer with one workload. */
struct measured {
    double value;           /* nanoseconds, the median of round trips, or million frames a second for TWO_THREADS */
    double p99;             /* of round trips */
    struct run run;
    struct tally tally;
    uint64_t expected;      /* frames that are to arrive */
    uint64_t expected_sum;  /* of look-ups */
};

/* Makes the shared memory, the links' private states and the frames; false, with a line on stderr, where it cannot. */
bool measure_open(void);
/* Runs it with `count` frames, round trips or look-ups. False where the peer cannot do this, or was stopped. */
bool measure(const struct peer *peer, const struct workload *workload, uint64_t count, struct measured *measured);
