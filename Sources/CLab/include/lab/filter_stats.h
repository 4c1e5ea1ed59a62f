/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The page of counters of a filter: memory of the supervisor's, which the filter's process writes, and which one that
 * is started anew goes on with. The supervisor reads it by number and trusts none of it.
 */

#pragma once

#include <stdint.h>

#define LAB_FILTER_RULES_MAX 256u
#define LAB_FILTER_STATS_MAGIC 0x746f706f63663131ull

/* As struct topoc_filter_counters. */
struct lab_filter_rule_stats {
    uint64_t frames; /* that the rule decided about */
    uint64_t bytes;
    uint64_t dropped; /* of a rule that allows: beyond its rate */
};

struct lab_filter_stats {
    uint64_t magic;
    uint64_t starts;     /* processes that have run on it */
    uint64_t unruled[3]; /* frames that fulfilled no rule: whole ones, fragments, malformed ones */
    uint64_t lengths[2]; /* by end: shorter or longer than a frame can be */
    uint64_t lost[2];    /* by end: to a VM whose link is broken */
    struct lab_filter_rule_stats rules[LAB_FILTER_RULES_MAX];
};
