/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <lab/stats.h>

/* A page and its parts are nothing but numbers of eight bytes. */
static void lab_read_numbers(const void *from, void *to, size_t bytes)
{
    const uint64_t *source = from;
    uint64_t *target = to;
    for (size_t i = 0; i < bytes / sizeof(uint64_t); i++) {
        target[i] = __atomic_load_n(&source[i], __ATOMIC_RELAXED);
    }
}

void lab_stats_read(const struct lab_stats *page, struct lab_stats *to)
{
    lab_read_numbers(page, to, sizeof(*to));
}

void lab_stats_read_link(const struct lab_stats *page, uint32_t link, struct lab_link_stats *to)
{
    lab_read_numbers((const struct lab_link_stats *)(page + 1) + link, to, sizeof(*to));
}

uint64_t lab_histogram_count(const struct lab_histogram *histogram, uint32_t bucket)
{
    return bucket < LAB_HISTOGRAM_BUCKETS ? histogram->count[bucket] : 0;
}

uint64_t lab_flow_drops(const struct lab_flow_stats *flow, enum lab_drop drop)
{
    return (uint32_t)drop < LAB_DROP_COUNT ? flow->drops[drop] : 0;
}

uint64_t lab_histogram_quantile(const struct lab_histogram *histogram, double share)
{
    uint64_t total = 0;
    uint64_t below = 0;
    for (uint32_t i = 0; i < LAB_HISTOGRAM_BUCKETS; i++) {
        total += histogram->count[i];
    }
    for (uint32_t i = 0; i + 1u < LAB_HISTOGRAM_BUCKETS; i++) {
        below += histogram->count[i];
        if (below > 0 && (double)below >= share * (double)total) {
            uint64_t end = lab_histogram_least(i + 1u);
            return end < histogram->max ? end : histogram->max;
        }
    }
    return histogram->max;
}
