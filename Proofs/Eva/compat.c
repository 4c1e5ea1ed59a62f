/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The compatibility layer: libvirtqueue's calls, and libsel4camkes', from any valid state, against any peer. The
 * caller's ring object can have any value, too. A run is one harness, PROOF_HARNESS.
 */

#include "harness.h"

#define _Thread_local /* one thread is analysed */

#include <camkes_virtqueue.c>
#include <virtqueue.c>

#define POOL (128u * PROOF_LINES)

static virtqueue_driver_t driver;
static virtqueue_device_t device;
static virtqueue_ring_object_t object;
static unsigned char *pool;
static unsigned char *rings[3];

static void nobody(void)
{
}

void (*topoc_compat_notify(void (*notify)(void)))(void)
{
    return notify;
}

/* The number of a descriptor, or queue_len for none. */
static uint16_t any_number(void)
{
    return (uint16_t)proof_any(0, PROOF_LENGTH);
}

static int grows; /* a chain grows: it has a head and a tail, or neither */

static void any_driver(void)
{
    grows = proof_any_int != 0;
    virtqueue_init_driver(&driver, PROOF_LENGTH, (vq_vring_avail_t *)(void *)rings[0],
                          (vq_vring_used_t *)(void *)rings[1], (vq_vring_desc_t *)(void *)rings[2], nobody, pool);
    driver.topoc_pool = pool;
    driver.topoc_pool_size = POOL;
    driver.free_desc_head = any_number();
    driver.u_ring_last_seen = proof_any(0, PROOF_LENGTH - 1u);
    driver.topoc_available = proof_any(0, PROOF_LENGTH - 1u);
    driver.topoc_outstanding = proof_any_u32;
    /*@ split grows; */
    driver.topoc_head = grows ? proof_any(0, PROOF_LENGTH - 1u) : PROOF_LENGTH;
    driver.topoc_tail = grows ? proof_any(0, PROOF_LENGTH - 1u) : PROOF_LENGTH;
    driver.topoc_early = any_number();
    driver.topoc_early_length = proof_any_u32;
    driver.topoc_broken = proof_any_bool();
    for (int i = 0; i < PROOF_LENGTH; i++) {
        driver.topoc_records[i].buffer = (void *)(uintptr_t)proof_any_u32;
        driver.topoc_records[i].length = proof_any_u32;
        driver.topoc_records[i].next = any_number();
        driver.topoc_records[i].flags = (uint8_t)proof_any(0, 2);
        driver.topoc_records[i].state = (uint8_t)proof_any(RECORD_FREE, RECORD_USED);
    }
    for (unsigned i = 0; i < TOPOC_COMPAT_BLOCKS_MAX / 32u; i++) {
        driver.topoc_blocks[i] = proof_any_u32;
    }
    growing = proof_any_int ? &driver : NULL;
    object.cur = proof_any_u32;
    object.first = proof_any_u32;
}

static void check_driver(void)
{
    /*@ assert sizes: driver.queue_len == PROOF_LENGTH; */
    /*@ assert pool: driver.topoc_pool == pool && driver.topoc_pool_size == POOL; */
    /*@ assert numbers: driver.free_desc_head <= PROOF_LENGTH && driver.topoc_early <= PROOF_LENGTH; */
    /*@ assert growing: driver.topoc_head <= PROOF_LENGTH && driver.topoc_tail <= PROOF_LENGTH; */
    /*@ assert rings: driver.u_ring_last_seen < PROOF_LENGTH && driver.topoc_available < PROOF_LENGTH; */
    for (int i = 0; i < PROOF_LENGTH; i++) {
        /*@ assert records: driver.topoc_records[i].next <= PROOF_LENGTH; */
    }
}

static void compat_driver_publish(void)
{
    any_driver();
    topoc_compat_publish();
    check_driver();
}

static void compat_driver_add(void)
{
    any_driver();
    virtqueue_add_available_buf(&driver, &object, pool, proof_any_u32, VQ_RW);
    check_driver();
}

static void compat_driver_abandon(void)
{
    any_driver();
    topoc_compat_abandon(&driver);
    check_driver();
}

static void compat_driver_used(void)
{
    any_driver();
    uint32_t length;
    void *buffer;
    vq_flags_t flag;
    if (proof_any_int) {
        virtqueue_driver_poll(&driver);
    } else if (proof_any_int) {
        virtqueue_get_used_buf(&driver, &object, &length);
    } else {
        virtqueue_gather_used(&driver, &object, &buffer, &length, &flag);
    }
    check_driver();
}

static void compat_driver_blocks(void)
{
    any_driver();
    void *block;
    if (camkes_virtqueue_buffer_alloc(&driver, &block, proof_any_u32) == 0) {
        /*@ assert block: \valid((unsigned char *)block + (0 .. 127)); */
        camkes_virtqueue_buffer_free(&driver, block);
    }
    check_driver();
}

/* A buffer of the caller's that lies in the pool, or does not. */
static void compat_driver_send(void)
{
    any_driver();
    camkes_virtqueue_driver_send_buffer(&driver, proof_any_int ? pool + proof_any(0, POOL) : (void *)&object,
                                        proof_any_u32);
    check_driver();
}

/* A frame of any length goes into blocks, each of which lies in the pool; or there are too few, and they are freed. */
static void compat_driver_scatter(void)
{
    any_driver();
    unsigned char bytes[8];
    camkes_virtqueue_driver_scatter_send_buffer(&driver, proof_any_int ? bytes : NULL, proof_any_u32);
    check_driver();
}

/* The buffers of a chain that came back, as pointers into the pool; what the records say of them may be anything. */
static void compat_driver_gather(void)
{
    any_driver();
    unsigned char bytes[8];
    void *buffer;
    unsigned length;
    vq_flags_t flag;
    if (proof_any_int) {
        if (camkes_virtqueue_driver_gather_buffer(&driver, &object, &buffer, &length, &flag) == 0) {
            /*@ assert pool: (unsigned char *)buffer >= pool && (unsigned char *)buffer <= pool + POOL; */
        }
    } else {
        camkes_virtqueue_driver_gather_copy_buffer(&driver, &object, bytes, sizeof(bytes));
    }
    check_driver();
}

static void any_device(void)
{
    virtqueue_init_device(&device, PROOF_LENGTH, (vq_vring_avail_t *)(void *)rings[0],
                          (vq_vring_used_t *)(void *)rings[1], (vq_vring_desc_t *)(void *)rings[2], nobody, pool);
    device.topoc_pool = pool;
    device.topoc_pool_size = POOL;
    device.a_ring_last_seen = proof_any(0, PROOF_LENGTH - 1u);
    device.topoc_used = proof_any(0, PROOF_LENGTH - 1u);
    device.topoc_broken = proof_any_bool();
    object.cur = proof_any_u32;
    object.first = proof_any_u32;
}

static void check_device(void)
{
    /*@ assert sizes: device.queue_len == PROOF_LENGTH; */
    /*@ assert pool: device.topoc_pool == pool && device.topoc_pool_size == POOL; */
    /*@ assert rings: device.a_ring_last_seen < PROOF_LENGTH && device.topoc_used < PROOF_LENGTH; */
}

static void compat_device_available(void)
{
    any_device();
    if (proof_any_int) {
        virtqueue_get_available_buf(&device, &object);
    } else {
        virtqueue_scattered_available_size(&device, &object);
    }
    check_device();
}

static void compat_device_used(void)
{
    any_device();
    virtqueue_add_used_buf(&device, &object, proof_any_u32);
    check_device();
}

/* The buffers of a chain, as pointers into the pool; the bounds of what is copied are relations. */
static void compat_device_copy(void)
{
    any_device();
    unsigned char bytes[8];
    void *buffer;
    unsigned length;
    vq_flags_t flag;
    if (proof_any_int) {
        if (camkes_virtqueue_device_gather_buffer(&device, &object, &buffer, &length, &flag) == 0) {
            /*@ assert pool: (unsigned char *)buffer >= pool && (unsigned char *)buffer <= pool + POOL; */
        }
    } else if (proof_any_int) {
        camkes_virtqueue_device_gather_copy_buffer(&device, &object, bytes, sizeof(bytes));
    } else {
        camkes_virtqueue_device_scatter_copy_buffer(&device, &object, bytes, sizeof(bytes));
    }
    check_device();
}

int main(void)
{
    unsigned char memory[POOL];
    unsigned char first[4u + 2u * PROOF_LENGTH];
    unsigned char second[4u + 8u * PROOF_LENGTH];
    unsigned char third[16u * PROOF_LENGTH];
    pool = memory;
    rings[0] = first;
    rings[1] = second;
    rings[2] = third;
    PROOF_HARNESS();
    return 0;
}
