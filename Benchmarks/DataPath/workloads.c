/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "report.h"

#define SMALL 32768u
#define LARGE REGION_MAX

const struct workload workloads[] = {
    { "one-64", "one thread, 64 bytes, ns a frame", ONE_THREAD, 64, 1, SMALL, 0 },
    { "one-1514", "one thread, 1514 bytes, ns a frame", ONE_THREAD, 1514, 1, SMALL, 0 },
    { "two-64", "two threads, 64 bytes, one at a time, Mframe/s", TWO_THREADS, 64, 1, SMALL, 0 },
    { "two-64-batch", "two threads, 64 bytes, batches of 32, Mframe/s", TWO_THREADS, 64, BATCH, SMALL, 0 },
    { "two-1514", "two threads, 1514 bytes, one at a time, Mframe/s", TWO_THREADS, 1514, 1, SMALL, 0 },
    { "two-1514-batch", "two threads, 1514 bytes, batches of 32, Mframe/s", TWO_THREADS, 1514, BATCH, SMALL, 0 },
    { "two-1514-large", "the same, one at a time, 128 KiB", TWO_THREADS, 1514, 1, LARGE, 0 },
    { "two-1514-batch-large", "the same, batches of 32, 128 KiB", TWO_THREADS, 1514, BATCH, LARGE, 0 },
    { "trip", "round trip, 1 byte, p50, ns", ROUND_TRIP, 1, 1, SMALL, 0 },
    { "trip-p99", "round trip, 1 byte, p99, ns", ROUND_TRIP_P99, 1, 1, SMALL, 0 },
    { "lookup-4", "look-up among 4 MACs, ns", LOOK_UP, 0, 1, 0, 4 },
    { "lookup-16", "look-up among 16 MACs, ns", LOOK_UP, 0, 1, 0, 16 },
    { "lookup-64", "look-up among 64 MACs, ns", LOOK_UP, 0, 1, 0, 64 },
    { "lookup-256", "look-up among 256 MACs, ns", LOOK_UP, 0, 1, 0, 256 },
    { "cast-3-64", "broadcast to 3, one thread, 64 bytes, ns", BROADCAST, 64, 1, SMALL, 3 },
    { "cast-3-1514", "broadcast to 3, one thread, 1514 bytes, ns", BROADCAST, 1514, 1, SMALL, 3 },
    { "cast-3-64-burst", "the same, 64 bytes, bursts of 8, ns", BROADCAST, 64, 8, SMALL, 3 },
    { "cast-3-1514-burst", "the same, 1514 bytes, bursts of 8, ns", BROADCAST, 1514, 8, SMALL, 3 },
    { "cast-31-64", "broadcast to 31, one thread, 64 bytes, ns", BROADCAST, 64, 1, SMALL, 31 },
    { "cast-31-1514", "broadcast to 31, one thread, 1514 bytes, ns", BROADCAST, 1514, 1, SMALL, 31 },
};
const unsigned workload_count = sizeof(workloads) / sizeof(workloads[0]);
