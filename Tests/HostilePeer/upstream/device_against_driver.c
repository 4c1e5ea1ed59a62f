/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A hostile device: what it gives back, and what the sending VMM makes of it. */

#include "hostile.h"

static struct bench bench;
static uint8_t frame[FRAME_BYTES];

static void used_id_range(void)
{
    bench_open(&bench, 32768);
    const unsigned before = bench_free_blocks(&bench);
    camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64);
    bench_use(&bench, 9999);
    const unsigned taken = bench_reclaim(&bench);
    say("%u blocks taken back; %u of %u blocks leaked, with their descriptor", taken,
        before - bench_free_blocks(&bench), before);
}

static void same_block_twice(void)
{
    void *first = NULL, *second = NULL;
    camkes_virtqueue_buffer_alloc(&bench.driver, &first, 64);
    camkes_virtqueue_buffer_alloc(&bench.driver, &second, 64);
    const unsigned descriptor = bench.driver.free_desc_head;
    say("%s; %s", first == second ? "the same block is handed out twice" : "the blocks differ",
        bench.descriptors[descriptor].next == descriptor ? "the free list of descriptors is a cycle" :
        "the free list of descriptors is no cycle");
}

static void used_id_twice(void)
{
    bench_open(&bench, 32768);
    camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64);
    bench_use(&bench, 0);
    bench_use(&bench, 0);
    bench.descriptors[0].next = QUEUE_LEN;
    virtqueue_ring_object_t chain;
    uint32_t written;
    void *block;
    unsigned bytes;
    vq_flags_t flags;
    for (int i = 0; i < 2; i++) {
        virtqueue_get_used_buf(&bench.driver, &chain, &written);
        camkes_virtqueue_driver_gather_buffer(&bench.driver, &chain, &block, &bytes, &flags);
        camkes_virtqueue_buffer_free(&bench.driver, block);
    }
    same_block_twice();
}

static void used_not_outstanding(void)
{
    bench_open(&bench, 32768);
    const unsigned before = bench_free_blocks(&bench);
    bench_use(&bench, 5);
    const unsigned taken = bench_reclaim(&bench);
    say("%u blocks taken back, none of which was sent%s", taken,
        bench_free_blocks(&bench) > before ? "; the free list of blocks is a cycle" : "");
}

static void used_index(void)
{
    bench_open(&bench, 32768);
    bench.used->idx = 1000;
    bench_reclaim(&bench);
}

static void free_list_next(void)
{
    bench_open(&bench, 32768);
    /* The free list stands in shared memory. */
    bench.descriptors[0].next = 5000;
    camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64);
    camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, 64);
    say("written out of bounds, silently: descriptor 5000 of %d has length %u", QUEUE_LEN,
        bench.descriptors[5000].len);
}

static void reclaim_cycle(void)
{
    bench_open(&bench, 32768);
    camkes_virtqueue_driver_scatter_send_buffer(&bench.driver, frame, FRAME_BYTES);
    /* Two descriptors that are not the head refer to each other. */
    bench.descriptors[1].next = 2;
    bench.descriptors[2].next = 1;
    bench.driver.free_desc_head = 1;
    bench_use(&bench, 0);
    say("%u blocks taken back of 12", bench_reclaim(&bench));
}

const struct hostile_case device_against_driver[] = {
    { "used-id-range", "used id out of range", used_id_range },
    { "used-id-twice", "used id twice", used_id_twice, true },
    { "used-id-not-outstanding", "used id that is not outstanding", used_not_outstanding },
    { "used-index", "used index jumps", used_index },
    { "free-list-next", "free list's next out of range", free_list_next, true },
    { "reclaim-cycle", "cycle on reclaim", reclaim_cycle },
    { 0 }
};
