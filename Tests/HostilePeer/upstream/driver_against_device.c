/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A hostile driver: what it writes into the rings, and what the receiving VMM makes of it. */

#include "hostile.h"

#include <stdbool.h>
#include <string.h>

static struct bench bench;
static uint8_t frame[65536];
static virtqueue_ring_object_t chain;

static void descriptor(uint16_t at, uint64_t address, uint32_t length, uint16_t next)
{
    bench.descriptors[at] = (struct vq_vring_desc) {
        .addr = address, .len = length, .next = next
    };
}

static bool found_secret(const uint8_t *bytes, size_t count)
{
    return memmem(bytes, count, SECRET, strlen(SECRET)) != NULL;
}

static void ring_entry(void)
{
    bench_open(&bench, 32768);
    bench_offer(&bench, 9999);
    const long bytes = bench_receive(&bench, frame, &chain);
    say("frame of %ld bytes delivered, id %u returned", bytes, bench.used->ring[0].id);
}

static void self_cycle(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 0, 64, 0);
    bench_offer(&bench, 0);
    say("%ld", bench_receive(&bench, frame, &chain));
}

static void two_cycle(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 0, 64, 1);
    descriptor(1, 0, 64, 0);
    bench_offer(&bench, 0);
    say("%ld", bench_receive(&bench, frame, &chain));
}

/* The lengths are good when the size is taken; then, before the copy, one is 0 and the chain a cycle. */
static void zero_length_cycle(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 0, 64, QUEUE_LEN);
    bench_offer(&bench, 0);
    virtqueue_get_available_buf(&bench.device, &chain);
    const uint32_t bytes = virtqueue_scattered_available_size(&bench.device, &chain);
    descriptor(0, 0, 0, 0);
    camkes_virtqueue_device_gather_copy_buffer(&bench.device, &chain, frame, bytes);
}

static void index_beyond(void)
{
    bench_open(&bench, 32768);
    bench.available->idx = 1000;
    while (bench_receive(&bench, frame, &chain) != -1) {
    }
}

static void huge_length(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 0, UINT32_MAX, QUEUE_LEN);
    bench_offer(&bench, 0);
    const long answer = bench_receive(&bench, frame, &chain);
    say("%s, %s", answer == -2 ? "dropped" : "taken", bench.used->idx == 0 ? "the descriptor is never returned" :
        "the descriptor is returned");
}

static void past_the_end(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 32768 - (uint64_t)(bench.blocks - bench.region) - 64, 1024, QUEUE_LEN);
    bench_offer(&bench, 0);
    const long bytes = bench_receive(&bench, frame, &chain);
    say("frame of %ld bytes delivered, %s", bytes, found_secret(frame, 1024) ? "with memory of the VMM in it" : "");
}

static void address_outside(void)
{
    bench_open(&bench, 32768);
    descriptor(0, (uint64_t)(bench.region - bench.blocks) - 1024, 64, QUEUE_LEN);
    descriptor(1, 32768, 64, QUEUE_LEN);
    bench_offer(&bench, 0);
    bench_offer(&bench, 1);
    bench_receive(&bench, frame, &chain);
    const bool before = found_secret(frame, 64);
    bench_receive(&bench, frame, &chain);
    const bool after = found_secret(frame, 64);
    say("memory of the VMM delivered as a frame: %s%s", before ? "before the region" : "", after ? ", after it" : "");
}

static void wild_address(void)
{
    bench_open(&bench, 32768);
    descriptor(0, UINT64_C(0x700000000000), 64, QUEUE_LEN);
    bench_offer(&bench, 0);
    bench_receive(&bench, frame, &chain);
}

static void address_changed(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 0, 64, QUEUE_LEN);
    bench_offer(&bench, 0);
    virtqueue_get_available_buf(&bench.device, &chain);
    const uint32_t bytes = virtqueue_scattered_available_size(&bench.device, &chain);
    bench.descriptors[0].addr = 32768;
    camkes_virtqueue_device_gather_copy_buffer(&bench.device, &chain, frame, bytes);
    say("%s", found_secret(frame, 64) ? "read out of bounds: memory of the VMM delivered" : "nothing seen");
}

static void lengths_wrap(void)
{
    bench_open(&bench, 32768);
    descriptor(0, 0, UINT32_MAX - 63, 1);
    descriptor(1, 0, 128, QUEUE_LEN);
    bench_offer(&bench, 0);
    say("accepted as %ld bytes", bench_receive(&bench, frame, &chain));
}

const struct hostile_case driver_against_device[] = {
    { "available-entry", "ring entry beyond the queue", ring_entry, true },
    { "cycle-self", "self-referential chain", self_cycle },
    { "cycle-two", "cycle of two descriptors", two_cycle },
    { "length-zero-cycle", "length 0 at the second read, with a cycle", zero_length_cycle },
    { "available-index", "available index beyond the ring", index_beyond },
    { "length-huge", "length of 4 GiB", huge_length },
    { "length-past-end", "length past the end of the region", past_the_end, true },
    { "address-outside", "address before or after the region", address_outside, true },
    { "address-wild", "wild address", wild_address, true },
    { "address-changed", "address changed between size and copy", address_changed, true },
    { "lengths-wrap", "lengths that wrap 2^32", lengths_wrap, true },
    { 0 }
};
