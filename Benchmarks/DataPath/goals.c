/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "report.h"

#define OURS_LIBVIRTQUEUE "peer_ours_libvirtqueue_clang"
#define OURS_PACKED "peer_ours_packed_clang"
#define UPSTREAM "peer_upstream_gcc"
#define UPSTREAM_FIXED "peer_upstream_gcc_fixed"
#define IDEAL "peer_ideal_clang"

/*
 * Ours and the ideal ring are taken as clang makes them, for it builds the host runtime; upstream's as gcc does, which
 * builds seL4 trees. What the data path is to reach near, where a line takes about 60 ns. A frame that upstream's code sends in several
 * blocks arrives shortened as often as not, so there the repaired one is the measure; it sends no batches, so a batch of
 * ours is measured against its single frames.
 */
const struct goal goals[] = {
    { "one-64", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 12 },
    { "one-1514", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 30 },
    { "one-64", OURS_PACKED, IDEAL, NULL, AT_MOST, 1.9 },
    { "one-1514", OURS_PACKED, IDEAL, NULL, AT_MOST, 1.1 },
    { "two-64", OURS_LIBVIRTQUEUE, UPSTREAM, NULL, AT_LEAST, 2.2 },
    { "two-64", OURS_PACKED, IDEAL, NULL, AT_LEAST, 2.0 },
    { "two-64-batch", OURS_LIBVIRTQUEUE, UPSTREAM, "two-64", AT_LEAST, 3.5 },
    { "two-64-batch", OURS_PACKED, IDEAL, NULL, AT_LEAST, 0.9 },
    { "two-1514", OURS_LIBVIRTQUEUE, UPSTREAM_FIXED, NULL, AT_LEAST, 3.2 },
    { "two-1514", OURS_PACKED, IDEAL, NULL, AT_LEAST, 1.1 },
    { "two-1514-batch", OURS_LIBVIRTQUEUE, UPSTREAM_FIXED, "two-1514", AT_LEAST, 3.8 },
    { "two-1514-batch", OURS_PACKED, IDEAL, NULL, AT_LEAST, 0.95 },
    { "two-1514-batch-large", OURS_PACKED, IDEAL, NULL, AT_LEAST, 0.95 },
    { "trip", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 260 },
    { "trip", OURS_PACKED, IDEAL, NULL, AT_MOST, 1.25 },
    { "lookup-4", OURS_PACKED, NULL, NULL, AT_MOST, 2 },
    { "lookup-256", OURS_PACKED, NULL, NULL, AT_MOST, 2 },
    { "cast-3-64", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 31 },
    { "cast-3-1514", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 91 },
    { "cast-3-64", OURS_PACKED, NULL, NULL, AT_MOST, 20 },
    { "cast-3-1514", OURS_PACKED, NULL, NULL, AT_MOST, 70 },
    { "cast-3-64-burst", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 31 },
    { "cast-3-1514-burst", OURS_LIBVIRTQUEUE, NULL, NULL, AT_MOST, 91 },
    { "cast-3-64-burst", OURS_PACKED, NULL, NULL, AT_MOST, 20 },
    { "cast-3-1514-burst", OURS_PACKED, NULL, NULL, AT_MOST, 70 },
};
const unsigned goal_count = sizeof(goals) / sizeof(goals[0]);
