/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A hostile driver against our device side: it has published one frame of 64 bytes, and then writes elsewhere. */

#include "ours.h"

#include <stddef.h>
#include <string.h>

static struct bench *with_a_frame(void)
{
    struct bench *bench = bench_open(REGION);
    if (bench_send(bench, 64, 'A') != TOPOC_VQ_READY) {
        say("the frame is not sent; ");
    }
    return bench;
}

/* Lets descriptor `from` go on at `to`. In the packed layout a chain goes on at the next. */
static void link_to(struct bench *bench, uint16_t from, uint16_t to)
{
#if PACKED
    (void)to;
    bench->descriptors[from].flags = TOPOC_PACKED_AVAILABLE | TOPOC_VQ_NEXT;
#else
    bench->descriptors[from].flags |= TOPOC_VQ_NEXT;
    bench->descriptors[from].next = to;
#endif
}

static void available_entry(void)
{
    struct bench *bench = with_a_frame();
#if PACKED
    bench->descriptors[0].id = 9999;
    say_received(bench);
    say(", and the id goes back as it came");
#else
    bench->driver.rings.available->ring[0] = 9999;
    say_received(bench);
#endif
}

static void cycle_self(void)
{
    struct bench *bench = with_a_frame();
    for (uint16_t i = 0; i < (PACKED ? QUEUE_LENGTH : 1u); i++) {
        bench->descriptors[i] = bench->descriptors[0];
        link_to(bench, i, i);
    }
    say_received(bench);
}

static void cycle_two(void)
{
#if PACKED
    say_nothing_to_attack("links between descriptors");
#else
    struct bench *bench = with_a_frame();
    bench->descriptors[1] = bench->descriptors[0];
    link_to(bench, 0, 1);
    link_to(bench, 1, 0);
    say_received(bench);
#endif
}

static void length_zero_cycle(void)
{
    struct bench *bench = with_a_frame();
    link_to(bench, 0, 0);
    bench->descriptors[0].length = 0;
    say_received(bench);
}

static void available_index(void)
{
#if PACKED
    say_nothing_to_attack("index");
#else
    struct bench *bench = with_a_frame();
    bench->driver.rings.available->index = 9999;
    say_received(bench);
#endif
}

static void partial_chain(void)
{
    struct bench *bench = with_a_frame();
    link_to(bench, 0, 1); /* which nobody has filled */
    say_received(bench);
}

static void length_huge(void)
{
    struct bench *bench = with_a_frame();
    bench->descriptors[0].length = UINT32_MAX;
    say_received(bench);
}

static void length_past_end(void)
{
    struct bench *bench = with_a_frame();
    bench->descriptors[0].address += bench->device.pool.size - 128u;
    bench->descriptors[0].length = 1024;
    say_received(bench);
}

static void address_outside(void)
{
    const uint64_t places[] = {UINT64_MAX - 1023u, REGION};
    for (unsigned int i = 0; i < 2; i++) {
        struct bench *bench = with_a_frame();
        bench->descriptors[0].address = places[i];
        say(i == 0 ? "before: " : "; after: ");
        say_received(bench);
    }
}

static void address_wild(void)
{
    struct bench *bench = with_a_frame();
    bench->descriptors[0].address = 0xdeadbeef00000000;
    say_received(bench);
}

/* Between the look at a frame and the copy of it. */
static void address_changed(void)
{
    struct bench *bench = with_a_frame();
    struct topoc_vq_frame frame;
    unsigned char bytes[64] = {0};
    bool same = topoc_link_peek(&bench->device, &frame) == TOPOC_VQ_READY && frame.length == sizeof(bytes);
    bench->descriptors[0].address = REGION;
    bench->descriptors[0].length = UINT32_MAX;
    if (same) {
        memcpy(bytes, frame.base, frame.length);
        topoc_link_commit(&bench->device);
    }
    for (unsigned int i = 0; i < sizeof(bytes); i++) {
        same = same && bytes[i] == 'A';
    }
    say(same ? "what was checked is what is read: the frame is delivered as it was sent" : "another frame is delivered");
}

static void lengths_wrap(void)
{
    struct bench *bench = with_a_frame();
    bench->descriptors[1] = bench->descriptors[0];
    link_to(bench, 0, 1);
    bench->descriptors[0].length = UINT32_MAX - 63u;
    bench->descriptors[1].length = 128;
    say_received(bench);
}

const struct attack device_side[] = {
    {"available-entry", available_entry},
    {"cycle-self", cycle_self},
    {"cycle-two", cycle_two},
    {"length-zero-cycle", length_zero_cycle},
    {"available-index", available_index},
    {"partial-chain", partial_chain},
    {"length-huge", length_huge},
    {"length-past-end", length_past_end},
    {"address-outside", address_outside},
    {"address-wild", address_wild},
    {"address-changed", address_changed},
    {"lengths-wrap", lengths_wrap},
    {NULL, NULL},
};
