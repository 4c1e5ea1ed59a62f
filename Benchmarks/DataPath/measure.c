/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE
#include "measure.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAMPLES_MAX 20000u

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

bool measure_open(void)
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

bool measure(const struct peer *peer, const struct workload *w, uint64_t count, struct measured *measured)
{
    static harness_loop *const here[] = { run_alternate, run_receive, run_ask, run_ask, run_broadcast, run_look_up };
    static harness_loop *const there[] = { NULL, run_send, run_answer, run_answer, NULL, NULL };
    now.peer = peer;
    memset(&now.job, 0, sizeof(now.job));
    memset(&now.tally, 0, sizeof(now.tally));
    memset(measured, 0, sizeof(*measured));
    if (!prepare(peer, w)) {
        return false;
    }
    name_frames(w->bytes);
    now.job.frames = &frames;
    now.job.count = w->kind == ROUND_TRIP && count > SAMPLES_MAX ? SAMPLES_MAX : count;
    now.job.bytes = w->bytes;
    now.job.batch = w->batch;
    now.job.links = w->count;
    now.job.samples = stamps;
    now.job.macs = (const uint8_t (*)[6])destinations;
    measured->run = harness_run(here[w->kind], there[w->kind], NULL, &now.job.stop);
    measured->tally = now.tally;
    measured->expected = now.job.count * (w->kind == BROADCAST ? w->count : 1);
    for (unsigned m = 0; m < MACS_MAX; m++) {
        measured->expected_sum += mac_index(destinations[m]);
    }
    if (measured->run.stopped) {
        return false;
    }
    if (w->kind == ROUND_TRIP) {
        percentiles(now.job.count, &measured->value, &measured->p99);
    } else if (w->kind == TWO_THREADS) {
        measured->value = (double)(now.tally.whole + now.tally.damaged) * 1e3 / measured->run.ns;
    } else {
        measured->value = measured->run.ns / (double)now.job.count;
    }
    return true;
}
