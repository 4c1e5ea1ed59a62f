/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <virtqueue.h>
#include <camkes/virtqueue.h>
#include <virtqueue_common.h>

/*
 * One act of a peer, and what upstream's code makes of it. A case runs in a process of its own, which may crash, or be
 * ended by an alarm; what it says before that is its outcome.
 */
struct hostile_case {
    const char *key;
    const char *title;
    void (*run)(void);
    bool memory; /* the address sanitizer has more to say */
};

extern const struct hostile_case driver_against_device[];
extern const struct hostile_case device_against_driver[];
extern const struct hostile_case honest[];
extern const struct hostile_case switch_cases[];

/* Says the outcome, or goes on with it. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define QUEUE_LEN 256
#define BLOCK 128
#define FRAME_BYTES 1514

/* Shared memory with private memory of the VMM on either side of it, and both ends of a queue in it. */
struct bench {
    uint8_t *region;
    uint32_t bytes;
    virtqueue_driver_t driver;
    virtqueue_device_t device;
    struct vq_vring_avail *available;
    struct vq_vring_used *used;
    struct vq_vring_desc *descriptors;
    uint8_t *blocks; /* where the driver's blocks begin */
};

/* What stands in the VMM's memory beside the region. */
#define SECRET "SECRET"

void notify_nobody(void);
/* `bytes` of shared memory with both ends; false where the driver's init refuses. */
bool bench_open(struct bench *bench, uint32_t bytes);
/* Publishes descriptor `head` as a driver does, whatever it is. */
void bench_offer(struct bench *bench, uint16_t head);
/* Uses descriptor `id` as a device does. */
void bench_use(struct bench *bench, uint32_t id);
/* Receives one frame as upstream's VMM does; its length, or -1: none, -2: dropped for its length. */
long bench_receive(struct bench *bench, uint8_t *frame, virtqueue_ring_object_t *chain);
/* Takes back what the device has used, as upstream's VMM does; how many blocks. */
unsigned bench_reclaim(struct bench *bench);
unsigned bench_free_blocks(const struct bench *bench);
