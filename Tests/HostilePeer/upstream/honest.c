/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Nobody is hostile here: the ring is full, or the configuration is one that upstream accepts. */

#define _GNU_SOURCE
#include "hostile.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct bench bench;
static uint8_t frame[FRAME_BYTES];
static uint8_t received[65536];
static virtqueue_ring_object_t chain;

static void outstanding_256(void)
{
    bench_open(&bench, 131072);
    int sent = 0;
    while (sent < QUEUE_LEN && camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64) == 0) {
        sent++;
    }
    int seen = 0;
    while (bench_receive(&bench, received, &chain) >= 0) {
        seen++;
    }
    const int more = camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64);
    say("%d frames sent, %d seen by the receiver; a further send %s, and nobody will ever give a buffer back", sent,
        seen, more == 0 ? "succeeds" : "fails");
}

static void seventeenth_frame(void)
{
    bench_open(&bench, 32768);
    int sent = 0;
    while (camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, FRAME_BYTES) == 0) {
        sent++;
    }
    long bytes, last = 0;
    int seen = 0;
    while ((bytes = bench_receive(&bench, received, &chain)) >= 0) {
        last = bytes;
        seen++;
    }
    say("frame %d fails, %d are delivered, the last of %ld bytes", sent + 1, seen, last);
}

static void memory_8192(void)
{
    bench_open(&bench, 8192);
    int failed = 0;
    for (int i = 0; i < 3; i++) {
        failed += camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, FRAME_BYTES) != 0;
        while (bench_receive(&bench, received, &chain) >= 0) {
        }
        bench_reclaim(&bench);
    }
    say("%d of 3 full frames fail", failed);
}

static void memory_4096(void)
{
    const bool opened = bench_open(&bench, 4096);
    say("initialisation %s, the memory behind the region is %s", opened ? "succeeds" : "fails",
        memcmp(bench.region + 4096, SECRET, 6) == 0 ? "as it was" : "overwritten");
}

static void length_100(void)
{
    static uint8_t region[32768];
    virtqueue_driver_t driver;
    say("a queue length of 100 is %s", camkes_virtqueue_driver_init_common(&driver, region, 100, sizeof(region),
                                                                           notify_nobody, BLOCK) == 0
        ? "logged, and accepted" : "refused");
}

static volatile bool stop;

static void *sender(void *unused)
{
    struct vq_buf_alloc *blocks = bench.driver.cookie;
    while (!stop) {
        bench_reclaim(&bench);
        unsigned free = 0;
        for (unsigned at = blocks->head; at < blocks->free_list_size && free < 12; free++) {
            at = blocks->free_list[at];
        }
        if (free >= 12) {
            camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, FRAME_BYTES);
        }
    }
    return unused;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void two_threads(void)
{
    pthread_t thread;
    bench_open(&bench, 32768);
    pthread_create(&thread, NULL, sender, NULL);
    unsigned whole = 0, shortened = 0;
    for (const double end = seconds() + 0.5; seconds() < end;) {
        const long bytes = bench_receive(&bench, received, &chain);
        whole += bytes == FRAME_BYTES;
        shortened += bytes >= 0 && bytes < FRAME_BYTES;
    }
    stop = true;
    say("%u %% of %u frames arrive shortened", whole + shortened == 0 ? 0 : 100 * shortened / (whole + shortened),
        whole + shortened);
}

static void *publish_later(void *unused)
{
    struct timespec soon = { .tv_nsec = 50000000 };
    nanosleep(&soon, NULL);
    camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64);
    return unused;
}

static void poll_spin(void)
{
    pthread_t thread;
    bench_open(&bench, 32768);
    virtqueue_device_t *device = &bench.device;
    pthread_create(&thread, NULL, publish_later, NULL);
    while (!VQ_DEV_POLL(device)) {
    }
    say("the frame is seen");
}

const struct hostile_case honest[] = {
    { "outstanding-256", "256 outstanding", outstanding_256 },
    { "frame-17", "17th full frame at 32 KiB", seventeenth_frame },
    { "memory-8192", "shared memory of 8192 bytes", memory_8192 },
    { "memory-4096", "shared memory of 4096 bytes", memory_4096, true },
    { "length-100", "queue length no power of two", length_100 },
    { "two-threads", "two honest threads, chains of twelve", two_threads },
    { "poll-spin", "a spin on VQ_DEV_POLL", poll_spin },
    { 0 }
};
