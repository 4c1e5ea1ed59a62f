/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A filter between two links: reads the headers of each frame, asks the rules, counts. The rules are a function that
 * topoc's compiler wrote; the same C is in the component on seL4 and in the lab. One thread, no allocation, no clock
 * of its own.
 */

#pragma once

#include <topoc/filter_parse.h>

/* Frames that a rule decided about. */
struct topoc_filter_counters {
    uint64_t frames; /* all of them */
    uint64_t bytes;
    uint64_t dropped; /* of a rule that allows: those beyond its rate */
};

/* Frames that fulfilled no rule, by what they are. */
enum topoc_filter_unruled {
    TOPOC_FILTER_UNRULED, /* well-formed and whole */
    TOPOC_FILTER_UNRULED_FRAGMENT,
    TOPOC_FILTER_UNRULED_MALFORMED,
    TOPOC_FILTER_UNRULED_CAUSES
};

struct topoc_filter {
    const struct topoc_filter_rules *rules;
    struct topoc_filter_counters *counters; /* as many as there are rules; the caller's memory */
    uint64_t *due;                          /* of each rule with a rate, the nanosecond of its next frame */
    uint64_t unruled[TOPOC_FILTER_UNRULED_CAUSES];
};

/* `counters` and `due` have an entry for each rule, all of 0. */
static inline void topoc_filter_init(struct topoc_filter *filter, const struct topoc_filter_rules *rules,
                                     struct topoc_filter_counters *counters, uint64_t *due)
{
    filter->rules = rules;
    filter->counters = counters;
    filter->due = due;
    for (uint32_t i = 0; i < TOPOC_FILTER_UNRULED_CAUSES; i++) {
        filter->unruled[i] = 0;
    }
}

/*
 * A token bucket, said by the time at which the next frame is due (GCRA): a frame may come `tolerance` before it.
 * `now` is in nanoseconds and does not go back by more than it is called for; where it does, frames are dropped.
 */
static inline bool topoc_filter_due(uint64_t *due, const struct topoc_filter_rule *rule, uint64_t now)
{
    if (*due > now && *due - now > rule->tolerance) {
        return false;
    }
    *due = (*due > now ? *due : now) + rule->interval;
    return true;
}

static inline enum topoc_filter_unruled topoc_filter_cause(const struct topoc_filter_header *header)
{
    if (header->kind == TOPOC_FILTER_MALFORMED) {
        return TOPOC_FILTER_UNRULED_MALFORMED;
    }
    bool piece = header->kind == TOPOC_FILTER_FRAGMENT4 || header->kind == TOPOC_FILTER_FRAGMENT6;
    return piece ? TOPOC_FILTER_UNRULED_FRAGMENT : TOPOC_FILTER_UNRULED;
}

/* Whether a frame that came from end `from` (0 or 1) may pass to the other. Counts it. */
static inline bool topoc_filter_passes(struct topoc_filter *filter, uint32_t from, const unsigned char *frame,
                                       uint32_t length, uint64_t now)
{
    struct topoc_filter_header header;
    topoc_filter_parse(&header, from, frame, length);
    uint32_t number = filter->rules->judge(&header);
    if (number == 0 || number > filter->rules->count) {
        filter->unruled[topoc_filter_cause(&header)]++;
        return false;
    }
    const struct topoc_filter_rule *rule = &filter->rules->rules[number - 1];
    struct topoc_filter_counters *counters = &filter->counters[number - 1];
    counters->frames++;
    counters->bytes += length;
    if (!rule->allow) {
        return false;
    }
    if (rule->interval != 0 && !topoc_filter_due(&filter->due[number - 1], rule, now)) {
        counters->dropped++;
        return false;
    }
    return true;
}
