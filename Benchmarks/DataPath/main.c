/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Benchmark of the data path: every workload with every peer in turn, round after round, and one table.
 *
 *   datapath [--rounds N] [--ms MILLISECONDS] [--only TEXT,…] [--peers TEXT,…] [--costs PEER] [--smoke]
 *
 * --costs says, in place of the table, by how much each peer is faster than PEER.
 */

#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "smoke.h"

static struct results results;

struct options {
    unsigned rounds;
    double ms;
    const char *only;
    const char *peers;
    const char *base; /* of the costs */
    bool smoke;
};

/* False, with a line on stderr, where the command line is wrong. */
static bool read_options(int argc, char **argv, struct options *options)
{
    *options = (struct options) {
        .rounds = 25, .ms = 2
    };
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--smoke") == 0) {
            options->smoke = true;
            continue;
        }
        if (value != NULL && strcmp(argv[i], "--rounds") == 0) {
            options->rounds = (unsigned)atoi(value);
        } else if (value != NULL && strcmp(argv[i], "--ms") == 0) {
            options->ms = atof(value);
        } else if (value != NULL && strcmp(argv[i], "--costs") == 0) {
            options->base = value;
        } else if (value != NULL && strcmp(argv[i], "--only") == 0) {
            options->only = value;
        } else if (value != NULL && strcmp(argv[i], "--peers") == 0) {
            options->peers = value;
        } else {
            fprintf(stderr, "usage: datapath [--rounds N] [--ms MILLISECONDS] [--only WORKLOAD,…] [--peers PEER,…] "
                    "[--costs PEER] [--smoke]\n");
            return false;
        }
        i++;
    }
    if (options->rounds < 1 || options->rounds > ROUNDS_MAX || !(options->ms > 0)) {
        fprintf(stderr, "datapath: between 1 and %d rounds, of more than no time\n", ROUNDS_MAX);
        return false;
    }
    return true;
}

static bool chosen(const char *key, const char *list)
{
    if (list == NULL) {
        return true;
    }
    char *copy = strdup(list);
    bool found = false;
    char *rest = copy;
    for (char *part; (part = strsep(&rest, ",")) != NULL;) {
        found = found || strstr(key, part) != NULL;
    }
    free(copy);
    return found;
}

static void keep(unsigned w, unsigned p, unsigned round, const struct measured *measured)
{
    const enum placement placement = harness_placement(&measured->run);
    const uint64_t all = measured->tally.whole + measured->tally.damaged;
    struct sample *sample = &results.samples[w][p][round];
    sample->placement = placement;
    sample->value = placement == PLACEMENT_NONE ? 0 : (float)measured->value;
    sample->damaged_permille = all == 0 ? 0 : (uint32_t)(measured->tally.damaged * 1000 / all);
    if (placement != PLACEMENT_NONE) {
        results.runs[placement]++;
        results.handover_sum[placement] += (measured->run.handover[0] + measured->run.handover[1]) / 2;
    } else if (measured->run.stopped) {
        results.stopped++;
    } else if (!measured->run.processor_time) {
        results.dropped_time++;
    } else {
        results.dropped_placement++;
    }
    if (workloads[w].kind == ROUND_TRIP) {
        struct sample *p99 = &results.samples[w + 1][p][round];
        *p99 = *sample;
        p99->value = sample->value == 0 ? 0 : (float)measured->p99;
    }
}

/* All rounds of one workload. */
static void run_workload(unsigned w, double ms)
{
    uint64_t counts[PEERS_MAX] = {0};
    struct measured measured;
    /* How much each can do in the time of a run; this is also its warming up. */
    for (unsigned p = 0; p < results.peer_count; p++) {
        const uint64_t some = 3000;
        if (measure(results.peers[p].peer, &workloads[w], some, &measured)) {
            counts[p] = (uint64_t)(ms * 1e6 / (measured.run.ns / (double)some)) + 1;
        }
    }
    for (unsigned round = 0; round < results.rounds; round++) {
        for (unsigned p = 0; p < results.peer_count; p++) {
            if (counts[p] != 0) {
                measure(results.peers[p].peer, &workloads[w], counts[p], &measured);
                keep(w, p, round, &measured);
            }
        }
        usleep(500);
    }
}

int main(int argc, char **argv)
{
    struct options options;
    if (!read_options(argc, argv, &options)) {
        return 64;
    }
    for (const struct entry *entry = registry; entry->key != NULL && results.peer_count < PEERS_MAX; entry++) {
        if (chosen(entry->key, options.peers)) {
            results.peers[results.peer_count++] = *entry;
        }
    }
    if (options.smoke && sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        printf("skipped the data path's peers: two processors are needed, one for each thread\n");
        return 0;
    }
    if (!measure_open() || !harness_open()) {
        return 1;
    }
    for (const char *const *why = absent; *why != NULL; why++) {
        printf("%s: %s\n", options.smoke ? "skipped" : "absent", *why);
    }
    if (options.smoke) {
        return smoke(&results, options.only);
    }
    results.rounds = options.rounds;
    for (unsigned w = 0; w < workload_count; w++) {
        if (workloads[w].kind != ROUND_TRIP_P99 && chosen(workloads[w].key, options.only)) {
            run_workload(w, options.ms);
        }
    }
    if (options.base != NULL) {
        report_costs(stdout, &results, options.base);
    } else {
        report(stdout, &results);
    }
    return 0;
}
