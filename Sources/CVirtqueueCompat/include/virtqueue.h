/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * libvirtqueue's calls over our core, for C that was written against libvirtqueue: the same names, arguments and wire
 * layout, so that the other end may be libvirtqueue itself. What differs is what a caller could not rely upon:
 *
 *   - A chain is published when it is complete: when its owner notifies, polls, adds the head of another chain to any
 *     queue of this thread, or makes any other call on a queue. libvirtqueue publishes it at the first call, and the
 *     peer may take it while it grows. One chain a thread can grow at a time; adding to an earlier one fails.
 *   - The free list, the chains and the addresses of a driver stand in private memory. What the peer writes is checked:
 *     an index or id that cannot be makes the queue empty for ever (topoc_broken).
 *   - At most queue_len - 1 chains are outstanding: one more looks like none in this layout.
 *   - A walk along a chain ends after queue_len steps, whatever the chain says. virtqueue_ring_object's `cur` counts them
 *     in its upper half.
 *   - queue_len is a power of two from 4 to TOPOC_COMPAT_QUEUE_MAX; a queue of any other length is always full and empty.
 *
 * A queue belongs to one thread at a time, as in libvirtqueue.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef TOPOC_COMPAT_QUEUE_MAX
#define TOPOC_COMPAT_QUEUE_MAX 256u /* descriptors of a driver: their private records lie in virtqueue_driver_t */
#endif

/* Blocks of libsel4camkes' allocator, at most: 128 KiB. */
#define TOPOC_COMPAT_BLOCKS_MAX 1024u

/* Whether there is something to take. Both can be spun upon. */
#define VQ_DEV_POLL(vq) virtqueue_device_poll(vq)
#define VQ_DRV_POLL(vq) virtqueue_driver_poll(vq)

/* How the device may use a buffer. Nobody checks it. */
typedef enum vq_flags {
    VQ_READ = 0,
    VQ_WRITE,
    VQ_RW
} vq_flags_t;

/* The wire layout: indices are masked, and a chain ends where `next` is no number of a descriptor. */
typedef struct vq_vring_avail {
    uint16_t flags;
    uint16_t idx;
    uint16_t ring[];
} vq_vring_avail_t;

typedef struct vq_vring_used_elem {
    uint32_t id;
    uint32_t len;
} vq_vring_used_elem_t;

typedef struct vq_vring_used {
    uint16_t flags;
    uint16_t idx;
    struct vq_vring_used_elem ring[];
} vq_vring_used_t;

typedef struct vq_vring_desc {
    uint64_t addr;
    uint32_t len;
    uint16_t flags;
    uint16_t next;
} vq_vring_desc_t;

/* A chain, and how far one has come along it. A fresh one (virtqueue_init_ring_object) is no chain yet. */
typedef struct virtqueue_ring_object {
    uint32_t cur;
    uint32_t first;
} virtqueue_ring_object_t;

typedef struct virtqueue_device {
    void (*notify)(void);
    void *cookie;
    unsigned queue_len;
    unsigned a_ring_last_seen; /* the available ring's entry that was taken last */
    struct vq_vring_avail *avail_ring;
    struct vq_vring_used *used_ring;
    struct vq_vring_desc *desc_table;
    unsigned char *topoc_pool; /* what offsets count from, if camkes_virtqueue_device_init made the queue */
    size_t topoc_pool_size;
    unsigned topoc_used; /* the used ring's next entry */
    bool topoc_broken;
} virtqueue_device_t;

/* What a driver remembers of a descriptor. */
struct topoc_compat_record {
    void *buffer; /* as the caller gave it */
    uint32_t length;
    uint16_t next; /* of the chain, or of the free list */
    uint8_t flags;
    uint8_t state;
};

typedef struct virtqueue_driver {
    void (*notify)(void);
    void *cookie;
    unsigned queue_len;
    unsigned free_desc_head;
    unsigned u_ring_last_seen; /* the used ring's entry that was taken last */
    struct vq_vring_avail *avail_ring;
    struct vq_vring_used *used_ring;
    struct vq_vring_desc *desc_table;
    unsigned char *topoc_pool; /* what offsets count from, if camkes_virtqueue_driver_init made the queue */
    size_t topoc_pool_size;
    unsigned topoc_available;   /* the available ring's next entry */
    unsigned topoc_outstanding; /* chains that the device has */
    unsigned topoc_head;        /* of the chain that grows, or queue_len */
    unsigned topoc_tail;
    unsigned topoc_early; /* a used chain that was gathered before virtqueue_get_used_buf, or queue_len */
    uint32_t topoc_early_length;
    bool topoc_broken;
    struct topoc_compat_record topoc_records[TOPOC_COMPAT_QUEUE_MAX];
    uint32_t topoc_blocks[TOPOC_COMPAT_BLOCKS_MAX / 32u]; /* a bit a block: it is allocated */
} virtqueue_driver_t;

/* Makes a driver side, and clears the rings. `queue_len` entries of each; `notify` may be NULL. */
void virtqueue_init_driver(virtqueue_driver_t *vq, unsigned queue_len, vq_vring_avail_t *avail_ring,
                           vq_vring_used_t *used_ring, vq_vring_desc_t *desc, void (*notify)(void), void *cookie);

/* Makes a device side, and writes nothing shared. */
void virtqueue_init_device(virtqueue_device_t *vq, unsigned queue_len, vq_vring_avail_t *avail_ring,
                           vq_vring_used_t *used_ring, vq_vring_desc_t *desc, void (*notify)(void), void *cookie);

void virtqueue_init_desc_table(vq_vring_desc_t *table, unsigned queue_len);
void virtqueue_init_avail_ring(vq_vring_avail_t *ring);
void virtqueue_init_used_ring(vq_vring_used_t *ring);
void virtqueue_init_ring_object(virtqueue_ring_object_t *obj);

int virtqueue_device_poll(virtqueue_device_t *vq);
int virtqueue_driver_poll(virtqueue_driver_t *vq);

/* -- Driver side. Each returns 1, or 0 if it could not. -- */

/* Adds a buffer: a fresh object begins a chain, the same object again lengthens it. 0: the queue is full. */
int virtqueue_add_available_buf(virtqueue_driver_t *vq, virtqueue_ring_object_t *obj, void *buf, unsigned len,
                                vq_flags_t flag);

/* Takes the next chain that the device gave back; `len` is what it says it wrote. 0: there is none. */
int virtqueue_get_used_buf(virtqueue_driver_t *vq, virtqueue_ring_object_t *robj, uint32_t *len);

/* Takes the next buffer off such a chain; its descriptor is free then. 0: the chain has ended. */
int virtqueue_gather_used(virtqueue_driver_t *vq, virtqueue_ring_object_t *robj, void **buf, unsigned *len,
                          vq_flags_t *flag);

/* -- Device side. -- */

/* Takes the next chain that the driver made available. 0: there is none. */
int virtqueue_get_available_buf(virtqueue_device_t *vq, virtqueue_ring_object_t *robj);

/* The bytes of a chain, by its first descriptor; at most those of the pool, where it is known. */
uint32_t virtqueue_scattered_available_size(virtqueue_device_t *vq, virtqueue_ring_object_t *robj);

/* The next buffer of a chain: what the driver wrote, unchecked. 0: the chain has ended. */
int virtqueue_gather_available(virtqueue_device_t *vq, virtqueue_ring_object_t *robj, void **buf, unsigned *len,
                               vq_flags_t *flag);

/* Gives a chain back, with `len` bytes written. 0: there is no such chain. */
int virtqueue_add_used_buf(virtqueue_device_t *vq, virtqueue_ring_object_t *robj, uint32_t len);

/* -- Ours. -- */

/* Publishes the chain that this thread has been adding to, if there is one. Every other call does so first. */
void topoc_compat_publish(void);

/* Gives the buffers of the chain that grows back to the free list, unpublished. */
void topoc_compat_abandon(virtqueue_driver_t *vq);
