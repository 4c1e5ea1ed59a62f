/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A hostile device against our driver side, which has four frames outstanding. */

#include "ours.h"

#include <stddef.h>

#define FRAMES 4u

static struct bench *with_frames(void)
{
    struct bench *bench = bench_open(REGION);
    for (unsigned int i = 0; i < FRAMES; i++) {
        if (bench_send(bench, 64, 'A') != TOPOC_VQ_READY) {
            say("a frame is not sent; ");
        }
    }
    return bench;
}

/* Gives `id` back, as number `at` of all that were given back. */
static void use(struct bench *bench, uint16_t at, uint16_t id)
{
#if PACKED
    bench->descriptors[at].id = id;
    bench->descriptors[at].flags = topoc_packed_used(at, QUEUE_LENGTH);
#else
    bench->device.rings.used->ring[at].id = id;
    bench->device.rings.used->index = (uint16_t)(at + 1u);
#endif
}

static void used_id_range(void)
{
    struct bench *bench = with_frames();
    use(bench, 0, 9999);
    say_reclaimed(bench);
}

static void used_id_twice(void)
{
    struct bench *bench = with_frames();
    use(bench, 0, 0);
    use(bench, 1, 0);
    say_reclaimed(bench);
}

static void used_id_not_outstanding(void)
{
    struct bench *bench = with_frames();
    use(bench, 0, 200);
    say_reclaimed(bench);
}

static void used_index(void)
{
#if PACKED
    say_nothing_to_attack("index");
#else
    struct bench *bench = with_frames();
    bench->device.rings.used->index = 9999;
    say_reclaimed(bench);
#endif
}

/* The descriptors are the driver's own: what a peer writes there must not lead it anywhere. */
static void spoil(uint16_t next)
{
    struct bench *bench = with_frames();
    unsigned int sent = 0;
    for (unsigned int i = 0; i < FRAMES; i++) {
        bench->descriptors[i].address = UINT64_MAX;
        bench->descriptors[i].length = UINT32_MAX;
#if !PACKED
        bench->descriptors[i].next = next;
#endif
    }
    (void)next;
    for (uint16_t i = 0; i < FRAMES; i++) {
        use(bench, i, i);
    }
    if (topoc_link_driver_listen(&bench->driver) != TOPOC_VQ_READY) {
        say("nothing is taken back; ");
    }
    while (bench_send(bench, 64, 'B') == TOPOC_VQ_READY) {
        sent++;
    }
    say("not read: all buffers are taken back, and %u more frames go out", sent);
}

static void free_list_next(void)
{
    spoil(5000);
}

static void reclaim_cycle(void)
{
    spoil(0);
}

const struct attack driver_side[] = {
    {"used-id-range", used_id_range},
    {"used-id-twice", used_id_twice},
    {"used-id-not-outstanding", used_id_not_outstanding},
    {"used-index", used_index},
    {"free-list-next", free_list_next},
    {"reclaim-cycle", reclaim_cycle},
    {NULL, NULL},
};
