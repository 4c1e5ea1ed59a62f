/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Peers that mean well, in a link that is full, too small, or used by two threads. */

#include "ours.h"

#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define FRAMES 20000u

/* Sends frames of `length` bytes until the link is full, receives them all, and says how many came whole. */
static void fill(struct bench *bench, uint32_t length)
{
    unsigned char bytes[FRAME_MAX];
    uint32_t found;
    unsigned int sent = 0;
    unsigned int whole = 0;
    unsigned int after = 0;
    enum topoc_vq_status status;
    while ((status = bench_send(bench, length, 'A')) == TOPOC_VQ_READY) {
        sent++;
    }
    if (status == TOPOC_VQ_REFUSED) {
        say("refused before it is sent");
        return;
    }
    while (bench_receive(bench, bytes, &found) == TOPOC_VQ_READY) {
        whole += found == length;
    }
    topoc_link_device_flush(&bench->device);
    while (bench_send(bench, length, 'A') == TOPOC_VQ_READY) {
        after++;
    }
    say("%u frames fit and arrive whole, the next one waits; then %u more fit", whole, after);
    if (whole != sent) {
        say("; %u were sent", sent);
    }
}

static void outstanding_256(void)
{
    fill(bench_open(REGION), 60);
}

static void frame_17(void)
{
    fill(bench_open(REGION), FRAME_MAX);
}

static void memory_8192(void)
{
    fill(bench_open(8192), FRAME_MAX);
}

static void memory_4096(void)
{
    bench_open(4096);
    say("made");
}

static void length_100(void)
{
    static uint32_t ends[QUEUE_LENGTH];
    topoc_link_driver driver;
    topoc_link_device device;
    unsigned char *memory = aligned_alloc(4096, REGION);
    bool made = topoc_link_driver_init(&driver, memory, REGION, 100, ends)
                || topoc_link_device_init(&device, memory, REGION, 100);
    say(made ? "made" : "refused when it is made");
}

static void *send_frames(void *context)
{
    struct bench *bench = context;
    for (unsigned int i = 0; i < FRAMES; i++) {
        while (bench_send(bench, FRAME_MAX, (unsigned char)i) == TOPOC_VQ_FULL) {
            sched_yield();
        }
    }
    return NULL;
}

static void two_threads(void)
{
    struct bench *bench = bench_open(REGION);
    unsigned char bytes[FRAME_MAX];
    unsigned int bad = 0;
    uint32_t length;
    pthread_t sender;
    if (pthread_create(&sender, NULL, send_frames, bench) != 0) {
        exit(1);
    }
    for (unsigned int i = 0; i < FRAMES; i++) {
        while (bench_receive(bench, bytes, &length) != TOPOC_VQ_READY) {
            sched_yield();
        }
        bad += length != FRAME_MAX || bytes[0] != (unsigned char)i || bytes[FRAME_MAX - 1u] != (unsigned char)i;
    }
    pthread_join(sender, NULL);
    say("%u of %u frames arrive shortened or out of order", bad, FRAMES);
}

static void *send_late(void *context)
{
    usleep(50000);
    bench_send(context, 64, 'A');
    return NULL;
}

static void poll_spin(void)
{
    struct bench *bench = bench_open(REGION);
    struct topoc_vq_frame frame;
    pthread_t sender;
    if (pthread_create(&sender, NULL, send_late, bench) != 0) {
        exit(1);
    }
    while (topoc_link_peek(&bench->device, &frame) == TOPOC_VQ_EMPTY) {
    }
    pthread_join(sender, NULL);
    say("ends when the frame is there");
}

const struct attack honest[] = {
    {"outstanding-256", outstanding_256},
    {"frame-17", frame_17},
    {"memory-8192", memory_8192},
    {"memory-4096", memory_4096},
    {"length-100", length_100},
    {"two-threads", two_threads},
    {"poll-spin", poll_spin},
    {NULL, NULL},
};
