/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "report.h"

#include <stdlib.h>
#include <string.h>

/* The columns of figures. A workload that the first peer cannot do is done by the second. */
static const struct column {
    const char *head[2];
    const char *peer[2];
} columns[] = {
    { { "", "memcpy" }, { "peer_copy_memcpy", NULL } },
    { { "exact", "copy" }, { "peer_copy_exact", NULL } },
    { { "libvq", "gcc" }, { "peer_upstream_gcc", "peer_upstream_gcc_large" } },
    { { "libvq", "g. fixed" }, { "peer_upstream_gcc_fixed", NULL } },
    { { "libvq", "clang" }, { "peer_upstream_clang", NULL } },
    { { "libvq", "c. fixed" }, { "peer_upstream_clang_fixed", NULL } },
    { { "rte_ring", "pointers" }, { "peer_rte_ring_pointers", NULL } },
    { { "rte_ring", "by value" }, { "peer_rte_ring_values", NULL } },
    { { "ideal", "gcc" }, { "peer_ideal_gcc", NULL } },
    { { "ideal", "clang" }, { "peer_ideal_clang", NULL } },
    { { "lvq ours", "gcc" }, { "peer_ours_libvirtqueue_gcc", NULL } },
    { { "lvq ours", "clang" }, { "peer_ours_libvirtqueue_clang", NULL } },
    { { "lvq ours", "portable" }, { "peer_ours_libvirtqueue_portable", NULL } },
    { { "split", "clang" }, { "peer_ours_split_clang", NULL } },
    { { "packed", "gcc" }, { "peer_ours_packed_gcc", NULL } },
    { { "packed", "clang" }, { "peer_ours_packed_clang", NULL } },
    { { "packed", "portable" }, { "peer_ours_packed_portable", NULL } },
    { { "packed", "native" }, { "peer_ours_packed_native", NULL } },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values, unsigned count)
{
    if (count == 0) {
        return 0;
    }
    qsort(values, count, sizeof(values[0]), compare);
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

static int peer_at(const struct results *results, const char *key)
{
    for (unsigned p = 0; key != NULL && p < results->peer_count; p++) {
        if (strcmp(results->peers[p].key, key) == 0) {
            return (int)p;
        }
    }
    return -1;
}

static int workload_at(const char *key)
{
    for (unsigned w = 0; w < workload_count; w++) {
        if (strcmp(workloads[w].key, key) == 0) {
            return (int)w;
        }
    }
    return -1;
}

static bool kept(const struct sample *sample, enum placement placement)
{
    return sample->value > 0 && sample->placement == placement;
}

static double figure(const struct results *results, int w, int p, enum placement placement)
{
    double values[ROUNDS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; p >= 0 && i < results->rounds; i++) {
        const struct sample *sample = &results->samples[w][p][i];
        if (kept(sample, placement)) {
            values[count++] = sample->value;
        }
    }
    return median(values, count);
}

/* The median of the ratios of the pairs that ran one after the other. */
static double paired(const struct results *results, int w, int p, int base_w, int base, enum placement placement)
{
    double values[ROUNDS_MAX];
    unsigned count = 0;
    for (unsigned i = 0; p >= 0 && base >= 0 && i < results->rounds; i++) {
        const struct sample *sample = &results->samples[w][p][i];
        const struct sample *other = &results->samples[base_w][base][i];
        if (kept(sample, placement) && kept(other, placement)) {
            values[count++] = (double)sample->value / (double)other->value;
        }
    }
    return median(values, count);
}

static double measured(const struct results *results, const struct goal *goal, enum placement placement)
{
    const int w = workload_at(goal->workload);
    const int p = peer_at(results, goal->subject);
    if (goal->base == NULL) {
        return figure(results, w, p, placement);
    }
    const int base_w = goal->base_workload == NULL ? w : workload_at(goal->base_workload);
    return paired(results, w, p, base_w, peer_at(results, goal->base), placement);
}

static bool reached(const struct goal *goal, double value)
{
    return goal->way == AT_MOST ? value <= goal->limit : value >= goal->limit;
}

static void print_goals(FILE *to, const struct results *results, const char *workload, enum placement placement,
                        unsigned *met, unsigned *judged)
{
    for (unsigned g = 0; g < goal_count; g++) {
        const struct goal *goal = &goals[g];
        if (strcmp(goal->workload, workload) != 0) {
            continue;
        }
        const double value = measured(results, goal, placement);
        if (value == 0) {
            continue;
        }
        const char *against = goal->base == NULL ? "" : strncmp(goal->base, "peer_ideal", 10) == 0 ? " x ideal" : " x libvq";
        const bool yes = reached(goal, value);
        *judged += 1;
        *met += yes;
        fprintf(to, "  | %s %.2f%s, %s %g: %s", strncmp(goal->subject, "peer_ours_packed", 16) == 0 ? "packed" : "libvq layout",
                value, against, goal->way == AT_MOST ? "at most" : "at least", goal->limit, yes ? "yes" : "NO");
    }
}

static void print_damaged(FILE *to, const struct results *results, enum placement placement)
{
    for (unsigned w = 0; w < workload_count; w++) {
        for (unsigned p = 0; p < results->peer_count; p++) {
            double values[ROUNDS_MAX];
            unsigned count = 0;
            for (unsigned i = 0; i < results->rounds; i++) {
                const struct sample *sample = &results->samples[w][p][i];
                if (kept(sample, placement)) {
                    values[count++] = sample->damaged_permille;
                }
            }
            const double permille = median(values, count);
            if (permille > 0) {
                fprintf(to, "  %s: %.0f %% of its frames arrived shortened (%s)\n", results->peers[p].peer->name,
                        permille / 10, workloads[w].name);
            }
        }
    }
}

static void print_table(FILE *to, const struct results *results, enum placement placement, unsigned *met,
                        unsigned *judged)
{
    for (int line = 0; line < 2; line++) {
        fprintf(to, "%-50s", "");
        for (unsigned c = 0; c < COLUMNS; c++) {
            fprintf(to, " %8s", columns[c].head[line]);
        }
        fprintf(to, "%s\n", line == 1 ? "  | goals" : "");
    }
    for (unsigned w = 0; w < workload_count; w++) {
        double figures[COLUMNS];
        bool any = false;
        for (unsigned c = 0; c < COLUMNS; c++) {
            figures[c] = figure(results, (int)w, peer_at(results, columns[c].peer[0]), placement);
            if (figures[c] == 0) {
                figures[c] = figure(results, (int)w, peer_at(results, columns[c].peer[1]), placement);
            }
            any = any || figures[c] > 0;
        }
        if (!any) {
            continue;
        }
        fprintf(to, "%-50s", workloads[w].name);
        for (unsigned c = 0; c < COLUMNS; c++) {
            if (figures[c] > 0) {
                fprintf(to, " %8.*f", figures[c] < 10 ? 2 : figures[c] < 100 ? 1 : 0, figures[c]);
            } else {
                fprintf(to, " %8s", "-");
            }
        }
        print_goals(to, results, workloads[w].key, placement, met, judged);
        fprintf(to, "\n");
    }
}

void report_costs(FILE *to, const struct results *results, const char *base)
{
    const int base_peer = peer_at(results, base);
    for (int at = 0; at < PLACEMENTS; at++) {
        for (unsigned w = 0; w < workload_count && base_peer >= 0 && results->runs[at] > 0; w++) {
            if (figure(results, (int)w, base_peer, (enum placement)at) == 0) {
                continue;
            }
            fprintf(to, "%s, %s, %.2f %s: without it, a frame is faster by\n", placement_names[at], workloads[w].key,
                    figure(results, (int)w, base_peer, (enum placement)at),
                    workloads[w].kind == TWO_THREADS ? "Mframe/s" : "ns");
            for (unsigned p = 0; p < results->peer_count; p++) {
                double values[ROUNDS_MAX];
                unsigned count = 0;
                for (unsigned i = 0; (int)p != base_peer && i < results->rounds; i++) {
                    const struct sample *sample = &results->samples[w][p][i];
                    const struct sample *other = &results->samples[w][base_peer][i];
                    if (kept(sample, (enum placement)at) && kept(other, (enum placement)at)) {
                        const bool rate = workloads[w].kind == TWO_THREADS;
                        values[count++] = rate ? 1e3 / (double)other->value - 1e3 / (double)sample->value
                                          : (double)other->value - (double)sample->value;
                    }
                }
                if (count > 0) {
                    fprintf(to, "  %-32s %+6.2f ns\n", results->peers[p].peer->name, median(values, count));
                }
            }
        }
    }
}

void report(FILE *to, const struct results *results)
{
    char summary[256] = "";
    fprintf(to, "Peers, all copying in and copying out, queues of 256 entries in 32768 bytes unless said:\n");
    for (unsigned p = 0; p < results->peer_count; p++) {
        const struct peer *peer = results->peers[p].peer;
        fprintf(to, "  %-32s %s; copies: %s\n", peer->name, peer->build, peer->copy);
    }
    for (int at = 0; at < PLACEMENTS; at++) {
        unsigned met = 0, judged = 0;
        if (results->runs[at] == 0) {
            continue;
        }
        fprintf(to, "\n%s: a cache line takes %.0f ns between the processors; medians of %u runs\n", placement_names[at],
                results->handover_sum[at] / results->runs[at], results->runs[at]);
        print_table(to, results, (enum placement)at, &met, &judged);
        print_damaged(to, results, (enum placement)at);
        const size_t used = strlen(summary);
        snprintf(summary + used, sizeof(summary) - used, " %s: %u of %u goals that were measured are reached;",
                 placement_names[at], met, judged);
    }
    fprintf(to, "\ndata path:%s %u runs dropped for want of processor time, %u for a change of place, %u stopped\n",
            summary, results->dropped_time, results->dropped_placement, results->stopped);
}
