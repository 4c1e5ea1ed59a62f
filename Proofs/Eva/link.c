/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Every entry of both sides of a link, in the layout TOPOC_LINK_LAYOUT, from any valid state, against any peer. A run
 * is one harness, PROOF_HARNESS.
 */

#include "harness.h"
#include <topoc/link.h>

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#define OVERHEAD (16u * PROOF_LENGTH + 128u)
#define ORIGIN 0u
#define BUFFERS OVERHEAD
#define CAPACITY PROOF_LENGTH
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#define LINES(bytes) (((bytes) + 63u) / 64u * 64u)
#define OVERHEAD (16u * PROOF_LENGTH + LINES(6u + 2u * PROOF_LENGTH) + LINES(6u + 8u * PROOF_LENGTH))
#define ORIGIN 0u
#define BUFFERS OVERHEAD
#define CAPACITY PROOF_LENGTH
#else
#define ORIGIN (8u + 26u * PROOF_LENGTH)
#define BUFFERS ORIGIN
#define OVERHEAD ((ORIGIN + 63u) / 64u * 64u)
#define CAPACITY (PROOF_LENGTH - 1u)
#endif

#define POOL (64u * PROOF_LINES)
#define SIZE (OVERHEAD + POOL)

static uint32_t ends[PROOF_LENGTH];
static topoc_link_driver driver;
static topoc_link_device device;
static unsigned char *shared;

/*
 * -- Driver side. Valid: oldest <= published <= next <= oldest + capacity, and no more are free than that leaves; the
 * room at the pool's head is within the pool; every place is a line of the pool or its end. --
 */

static void any_driver(void)
{
    bool made = topoc_link_driver_init(&driver, shared, SIZE, PROOF_LENGTH, ends);
    /*@ assert made: made; */
    for (int i = 0; i < PROOF_LENGTH; i++) {
        ends[i] = proof_any_line(POOL);
    }
    uint32_t staged = proof_any(0, CAPACITY);
    uint32_t published = proof_any(0, CAPACITY);
#ifdef PROOF_POSITIONS
    uint32_t head = 64; /* where in the pool does not bear on positions; whether there is room does, and that is open */
#else
    uint32_t head = proof_any_line(POOL);
    /*@ split head; */
#endif
#ifdef PROOF_POSITIONS
    /*@ split staged; */
    published = published < staged ? published : staged;
    /*@ split published; */
#endif
    driver.oldest = proof_any_position();
    driver.next = (uint16_t)(driver.oldest + staged);
    driver.stop = (uint16_t)(driver.next + proof_any(0, CAPACITY - staged));
    driver.asked = proof_any_u16;
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    driver.staged = (uint16_t)(staged - published);
    driver.head_flags = proof_any_u16;
#else
    driver.published = (uint16_t)(driver.oldest + published);
    driver.seen = proof_any_u16;
#endif
    driver.pool.head = head;
    driver.pool.limit = head + proof_any_line(POOL - head);
    driver.pool.tail = proof_any_line(POOL);
    driver.fault = proof_any_fault();
}

/* Frames that the device may give back. */
static uint16_t published_now(void)
{
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    return (uint16_t)(driver.next - driver.staged - driver.oldest);
#else
    return (uint16_t)(driver.published - driver.oldest);
#endif
}

static void check_driver(void)
{
    /*@ assert region: driver.pool.size == POOL && driver.pool.base == shared + ORIGIN; */
    /*@ assert length: driver.rings.length == PROOF_LENGTH && driver.ends == &ends[0]; */
#ifdef PROOF_POSITIONS
    uint16_t outstanding = (uint16_t)(driver.next - driver.oldest);
    uint16_t published = published_now();
    uint32_t claimed = (uint16_t)(driver.stop - driver.next) + outstanding;
    /*@ assert order: published <= outstanding && outstanding <= CAPACITY; */
    /*@ assert free: claimed <= CAPACITY; */
#endif
}

/* Powers of two: that topoc_vq_length_valid lets no other pass, intervals cannot say. */
static uint16_t any_power(void)
{
    uint32_t shift = proof_any(0, 8);
    /*@ split shift; */
    return (uint16_t)(1u << shift);
}

static void driver_init(void)
{
    topoc_link_driver_init(&driver, shared, proof_any(0, SIZE), any_power(), ends);
}

static void driver_reclaim(void)
{
    any_driver();
    uint16_t oldest = (uint16_t)driver.oldest;
    uint16_t published = published_now();
    TOPOC_LINK(driver_reclaim)(&driver);
    uint16_t returned = (uint16_t)(driver.oldest - oldest);
    (void)published;
    (void)returned;
#ifdef PROOF_POSITIONS
    /*@ assert outstanding: returned <= published; */
#endif
    check_driver();
}

static void driver_reserve(void)
{
    any_driver();
#ifndef PROOF_POSITIONS
    /*@ split driver.pool.limit; */
    /*@ split driver.pool.tail; */
#endif
    unsigned char *buffer = NULL;
    uint32_t length = 64; /* one line: that a longer frame fits is a relation between values */
    if (topoc_link_reserve(&driver, length, &buffer) == TOPOC_VQ_READY) {
        topoc_link_stage(&driver, length);
    }
    check_driver();
}

static void driver_flush(void)
{
    any_driver();
    topoc_link_flush(&driver);
    check_driver();
}

static void driver_signals(void)
{
    any_driver();
    if (proof_any_int) {
        topoc_link_driver_must_signal(&driver);
    } else if (proof_any_int) {
        topoc_link_driver_listen(&driver);
    } else {
        topoc_link_driver_mute(&driver);
    }
    check_driver();
}

/* -- Device side. Valid: what is held is less than its bounds; the rest can have any value. -- */

static void any_device(void)
{
    bool made = topoc_link_device_init(&device, shared, SIZE, PROOF_LENGTH);
    /*@ assert made: made; */
    device.next = proof_any_position();
    device.returned = proof_any_u16;
    device.asked = proof_any_u16;
    device.held_bytes = proof_any(0, device.held_bytes_max - 1u);
    device.written = proof_any_u32;
    device.id = proof_any_u16;
    device.batch = proof_any_u16;
    device.batch_id = proof_any_u16;
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    device.head_flags = proof_any_u16;
    topoc_packed_device_take(&device, proof_any(0, device.bytes_max), (uint16_t)proof_any(0, PROOF_LENGTH),
                             proof_any_int != 0);
#else
    device.taken_bytes = proof_any(0, device.bytes_max);
    device.writable = proof_any_int != 0;
    device.available = proof_any_u16;
    device.held = (uint16_t)proof_any(0, device.held_max - 1u);
    device.taken = proof_any_int != 0;
#endif
    device.features.in_order = proof_any_int != 0;
    device.features.event_index = proof_any_int != 0;
    device.fault = proof_any_fault();
}

static void check_device(void)
{
    /*@ assert region: device.pool.size == SIZE - BUFFERS && device.pool.base == shared + BUFFERS; */
    /*@ assert length: device.rings.length == PROOF_LENGTH && device.memory.count == 1; */
    /*@ assert memory: device.memory.regions == &device.pool && device.pool.address == BUFFERS - ORIGIN; */
}

static void device_init(void)
{
    topoc_link_device_init(&device, shared, proof_any(0, SIZE), any_power());
}

static void device_peek(void)
{
    any_device();
    struct topoc_vq_frame frame;
    if (topoc_link_peek(&device, &frame) == TOPOC_VQ_READY) {
        /*@ assert pool: frame.base >= shared + BUFFERS && frame.base <= shared + SIZE && frame.length > 0; */
    }
    check_device();
}

static void device_chain(void)
{
    any_device();
    struct topoc_vq_segment segments[2];
    struct topoc_vq_chain chain;
    topoc_link_chain(&device, segments, 2, &chain);
    check_device();
}

static void device_segment(void)
{
    any_device();
    struct topoc_vq_walk walk;
    struct topoc_vq_segment segment;
    if (TOPOC_LINK(device_walk)(&device, &walk) == TOPOC_VQ_READY
        && TOPOC_LINK(device_segment)(&device, &walk, &segment) == TOPOC_VQ_READY) {
        /*@ assert pool: segment.base >= shared + BUFFERS && segment.base <= shared + SIZE && segment.length > 0; */
    }
    check_device();
}

static void device_copy(void)
{
    any_device();
    unsigned char destination[8];
    uint32_t length;
    topoc_link_copy(&device, destination, sizeof(destination), &length);
    check_device();
}

static void device_commit(void)
{
    any_device();
    topoc_link_commit(&device);
    check_device();
}

static void device_flush(void)
{
    any_device();
    topoc_link_device_flush(&device);
    check_device();
}

static void device_signals(void)
{
    any_device();
    if (proof_any_int) {
        topoc_link_device_must_signal(&device);
    } else if (proof_any_int) {
        topoc_link_device_listen(&device);
    } else {
        topoc_link_device_mute(&device);
    }
    check_device();
}

int main(void)
{
    unsigned char memory[SIZE];
    shared = memory;
    PROOF_HARNESS();
    return 0;
}
