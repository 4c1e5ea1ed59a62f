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
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "report.h"

#define REGION_MAX (128u * 1024u)
#define SAMPLES_MAX 20000u

#define PEER(p) extern const struct peer p;
#define ABSENT(why)
#include <peers.h>
#undef PEER
#undef ABSENT

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

static struct results results = {
    .peers = {
#define PEER(p) { #p, &p },
#define ABSENT(why)
#include <peers.h>
#undef PEER
#undef ABSENT
    },
};

static const char *const absent[] = {
#define PEER(p)
#define ABSENT(why) why,
#include <peers.h>
#undef PEER
#undef ABSENT
    NULL,
};

static struct frames frames;
static struct link links[LINKS_MAX + 1];
static uint8_t macs[MACS_MAX][6];
static uint8_t destinations[MACS_MAX][6];
static uint64_t stamps[SAMPLES_MAX + 1];

static struct {
    const struct peer *peer;
    struct job job;
    struct tally tally;
} now;

static bool set_up(void)
{
    const size_t region_bytes = (size_t)REGION_MAX * (LINKS_MAX + 1);
    const int shared = memfd_create("datapath", 0);
    if (shared < 0 || ftruncate(shared, (off_t)region_bytes) != 0) {
        perror("datapath: memfd_create");
        return false;
    }
    uint8_t *region = mmap(NULL, region_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, shared, 0);
    uint8_t *states = aligned_alloc(2 * LINE, (LINKS_MAX + 1) * 2 * LINK_STATE);
    if (region == MAP_FAILED || states == NULL) {
        perror("datapath: mmap");
        return false;
    }
    for (unsigned l = 0; l <= LINKS_MAX; l++) {
        links[l].region = region + (size_t)l * REGION_MAX;
        links[l].sender = states + (size_t)(2 * l) * LINK_STATE;
        links[l].receiver = states + (size_t)(2 * l + 1) * LINK_STATE;
    }
    for (unsigned k = 0; k < FRAME_KINDS; k++) {
        memset(frames.octets[k], (int)(0x40 + k), FRAME_STRIDE);
        memset(frames.octets[k], 0xff, 6);
        memcpy(frames.octets[k] + 6, frame_source, 6);
        frames.octets[k][12] = 0x88; /* a type for experiments (IEEE 802, 9.2.4) */
        frames.octets[k][13] = 0xb5;
    }
    for (unsigned m = 0; m < MACS_MAX; m++) {
        const uint8_t mac[6] = { 2, 0, 0, 0, 0xaa, (uint8_t)m };
        memcpy(macs[m], mac, 6);
    }
    return true;
}

/* The words by which frames of this size are told. */
static void name_frames(uint32_t bytes)
{
    for (unsigned k = 0; k < FRAME_KINDS && bytes >= FRAME_HEAD + 8; k++) {
        memcpy(&frames.head[k], frames.octets[k] + FRAME_HEAD, 8);
        memcpy(&frames.tail[k], frames.octets[k] + bytes - 8, 8);
    }
}

static void run_alternate(void *unused)
{
    (void)unused;
    now.peer->alternate(&links[0], &now.job, &now.tally);
}

static void run_send(void *unused)
{
    (void)unused;
    now.peer->send(&links[0], &now.job);
}

static void run_receive(void *unused)
{
    (void)unused;
    now.peer->receive(&links[0], &now.job, &now.tally);
}

static void run_ask(void *unused)
{
    (void)unused;
    now.peer->ask(&links[0], &links[1], &now.job, &now.tally);
}

static void run_answer(void *unused)
{
    (void)unused;
    now.peer->answer(&links[0], &links[1], &now.job);
}

static void run_broadcast(void *unused)
{
    (void)unused;
    now.peer->broadcast(links, &now.job, &now.tally);
}

static void run_look_up(void *unused)
{
    (void)unused;
    now.peer->look_up(&now.job, &now.tally);
}

/* Whether the peer can do this, with its links made anew. */
static bool prepare(const struct peer *peer, const struct workload *w)
{
    const unsigned wanted = w->kind == BROADCAST ? w->count : w->kind == LOOK_UP ? 0 : 2;
    for (unsigned l = 0; l < wanted; l++) {
        memset(links[l].region, 0, w->region_bytes);
        memset(links[l].sender, 0, LINK_STATE);
        memset(links[l].receiver, 0, LINK_STATE);
        links[l].region_bytes = w->region_bytes;
        if (!peer->open(&links[l], w->bytes)) {
            return false;
        }
    }
    switch (w->kind) {
    case ONE_THREAD:
        return peer->alternate != NULL;
    case TWO_THREADS:
        return peer->send != NULL && (w->batch == 1 || peer->batches);
    case ROUND_TRIP:
    case ROUND_TRIP_P99:
        return peer->ask != NULL;
    case BROADCAST:
        return peer->open_switch != NULL && peer->open_switch(links, w->count, (const uint8_t (*)[6])macs);
    case LOOK_UP:
        for (unsigned i = 0; i < MACS_MAX; i++) {
            memcpy(destinations[i], macs[(i * 167u + 13u) % MACS_MAX % w->count], 6);
        }
        return peer->open_table != NULL && peer->open_table((const uint8_t (*)[6])macs, w->count);
    }
    return false;
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* The median and the 99th percentile of the round trips. */
static void percentiles(uint64_t count, double *p50, double *p99)
{
    static double trips[SAMPLES_MAX];
    for (uint64_t i = 0; i < count; i++) {
        trips[i] = (double)(stamps[i + 1] - stamps[i]) / harness_ticks_per_ns();
    }
    qsort(trips, count, sizeof(trips[0]), compare_doubles);
    *p50 = trips[count / 2];
    *p99 = trips[count * 99 / 100];
}

/* One run of `count`; its figure, or 0 where the peer cannot do this. The wall time of it is in `run`. */
static double measure(const struct peer *peer, const struct workload *w, uint64_t count, struct run *run, double *p99)
{
    now.peer = peer;
    memset(&now.job, 0, sizeof(now.job));
    memset(&now.tally, 0, sizeof(now.tally));
    memset(run, 0, sizeof(*run));
    if (!prepare(peer, w)) {
        return 0;
    }
    name_frames(w->bytes);
    const bool trip = w->kind == ROUND_TRIP;
    now.job.frames = &frames;
    now.job.count = trip && count > SAMPLES_MAX ? SAMPLES_MAX : count;
    now.job.bytes = w->bytes;
    now.job.batch = w->batch;
    now.job.links = w->count;
    now.job.samples = stamps;
    now.job.macs = (const uint8_t (*)[6])destinations;
    harness_loop *const here[] = { run_alternate, run_receive, run_ask, run_ask, run_broadcast, run_look_up };
    harness_loop *const there[] = { NULL, run_send, run_answer, run_answer, NULL, NULL };
    *run = harness_run(here[w->kind], there[w->kind], NULL, &now.job.stop);
    if (run->stopped) {
        return 0;
    }
    if (trip) {
        double p50;
        percentiles(now.job.count, &p50, p99);
        return p50;
    }
    return w->kind == TWO_THREADS ? (double)(now.tally.whole + now.tally.damaged) * 1e3 / run->ns
           : run->ns / (double)now.job.count;
}

static uint32_t damaged_permille(void)
{
    const uint64_t all = now.tally.whole + now.tally.damaged;
    return all == 0 ? 0 : (uint32_t)(now.tally.damaged * 1000 / all);
}

static void keep(unsigned w, unsigned p, unsigned round, double value, const struct run *run)
{
    const enum placement placement = harness_placement(run);
    struct sample *sample = &results.samples[w][p][round];
    sample->placement = placement;
    sample->value = placement == PLACEMENT_NONE ? 0 : (float)value;
    sample->damaged_permille = damaged_permille();
    if (placement != PLACEMENT_NONE) {
        results.runs[placement]++;
        results.handover_sum[placement] += (run->handover[0] + run->handover[1]) / 2;
    } else if (run->stopped) {
        results.stopped++;
    } else if (!run->processor_time) {
        results.dropped_time++;
    } else {
        results.dropped_placement++;
    }
}

/* Every peer moves a few thousand frames each way, and each frame must arrive whole and in order. */
static int smoke(const char *only)
{
    int failures = 0, passed = 0;
    for (const char *const *why = absent; *why != NULL; why++) {
        printf("skipped %s\n", *why);
    }
    for (unsigned p = 0; p < results.peer_count; p++) {
        const struct peer *peer = results.peers[p].peer;
        for (unsigned i = 0; i < workload_count; i++) {
            const struct workload *w = &workloads[i];
            struct run run;
            double p99;
            if (w->kind == ROUND_TRIP_P99 || (only != NULL && strstr(w->key, only) == NULL)) {
                continue;
            }
            const uint64_t count = w->kind == LOOK_UP ? MACS_MAX : 4000;
            const double value = measure(peer, w, count, &run, &p99);
            if (value == 0 && !run.stopped) {
                continue;
            }
            const uint64_t expected = count * (w->kind == BROADCAST ? w->count : 1);
            uint64_t sum = 0;
            for (unsigned m = 0; m < MACS_MAX; m++) {
                sum += mac_index(destinations[m]);
            }
            const bool right = !run.stopped && now.tally.whole == expected
                               && (now.tally.damaged == 0) && (w->kind != LOOK_UP || now.tally.sum == sum);
            const bool excused = peer->truncates && w->kind == TWO_THREADS && !run.stopped
                                 && now.tally.whole + now.tally.damaged == expected;
            if (!right) {
                printf("%s %s: %s: %llu whole, %llu damaged%s\n", excused ? "known " : "FAILED", results.peers[p].key,
                       w->key, (unsigned long long)now.tally.whole, (unsigned long long)now.tally.damaged,
                       run.stopped ? ", stopped by the watchdog" : "");
            }
            passed += right;
            failures += !right && !excused;
        }
    }
    printf("data path: %d of the peers' workloads delivered every frame whole, %d failed\n", passed, failures);
    return failures == 0 ? 0 : 1;
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

int main(int argc, char **argv)
{
    unsigned rounds = 25;
    double ms = 2;
    const char *only = NULL;
    const char *peers = NULL;
    const char *base = NULL;
    bool smoke_only = false;
    for (int i = 1; i < argc; i++) {
        const bool more = i + 1 < argc;
        if (strcmp(argv[i], "--smoke") == 0) {
            smoke_only = true;
        } else if (more && strcmp(argv[i], "--rounds") == 0) {
            rounds = (unsigned)atoi(argv[++i]);
        } else if (more && strcmp(argv[i], "--ms") == 0) {
            ms = atof(argv[++i]);
        } else if (more && strcmp(argv[i], "--costs") == 0) {
            base = argv[++i];
        } else if (more && strcmp(argv[i], "--only") == 0) {
            only = argv[++i];
        } else if (more && strcmp(argv[i], "--peers") == 0) {
            peers = argv[++i];
        } else {
            fprintf(stderr,
                    "usage: datapath [--rounds N] [--ms MILLISECONDS] [--only WORKLOAD,…] [--peers PEER,…] [--smoke]\n");
            return 64;
        }
    }
    if (rounds < 1 || rounds > ROUNDS_MAX || !(ms > 0)) {
        fprintf(stderr, "datapath: between 1 and %d rounds, of more than no time\n", ROUNDS_MAX);
        return 64;
    }
    for (unsigned p = 0; p < PEERS_MAX && results.peers[p].peer != NULL; p++) {
        if (chosen(results.peers[p].key, peers)) {
            results.peers[results.peer_count++] = results.peers[p];
        }
    }
    if (smoke_only && sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        printf("skipped the data path's peers: two processors are needed, one for each thread\n");
        return 0;
    }
    if (!set_up() || !harness_open()) {
        return 1;
    }
    if (smoke_only) {
        return smoke(only);
    }
    for (const char *const *why = absent; *why != NULL; why++) {
        printf("absent: %s\n", *why);
    }
    results.rounds = rounds;
    for (unsigned i = 0; i < workload_count; i++) {
        const struct workload *w = &workloads[i];
        uint64_t counts[PEERS_MAX] = {0};
        struct run run;
        double p99;
        if (w->kind == ROUND_TRIP_P99 || !chosen(w->key, only)) {
            continue;
        }
        /* How much each can do in the time of a run; this is also its warming up. */
        for (unsigned p = 0; p < results.peer_count; p++) {
            const uint64_t some = 3000;
            if (measure(results.peers[p].peer, w, some, &run, &p99) > 0 || run.stopped) {
                counts[p] = run.stopped ? 0 : (uint64_t)(ms * 1e6 / (run.ns / (double)some)) + 1;
            }
        }
        for (unsigned round = 0; round < rounds; round++) {
            for (unsigned p = 0; p < results.peer_count; p++) {
                if (counts[p] == 0) {
                    continue;
                }
                const double value = measure(results.peers[p].peer, w, counts[p], &run, &p99);
                keep(i, p, round, value, &run);
                if (w->kind == ROUND_TRIP) {
                    struct sample *sample = &results.samples[i + 1][p][round];
                    *sample = results.samples[i][p][round];
                    sample->value = sample->value == 0 ? 0 : (float)p99;
                }
            }
            usleep(500);
        }
    }
    if (base != NULL) {
        report_costs(stdout, &results, base);
    } else {
        report(stdout, &results);
    }
    return 0;
}
