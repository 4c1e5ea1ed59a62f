/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * libsel4camkes' calls over our core: queues that a connector registers under numbers, buffers in their shared memory.
 *
 * An offset is a peer's: it is checked against the memory of the queue before it becomes a pointer. A frame that does
 * not fit is not sent at all. More queues can be registered than upstream's 101.
 */

#pragma once

#if defined(__has_include)
#if __has_include(<sel4/sel4.h>)
#include <sel4/sel4.h>
#define TOPOC_COMPAT_HAS_SEL4
#endif
#endif
#ifndef TOPOC_COMPAT_HAS_SEL4
typedef unsigned long seL4_Word;
typedef seL4_Word seL4_CPtr;
#endif

#include <inttypes.h>
#include <stddef.h>

#include <virtqueue.h>

#ifndef MAX_CAMKES_VIRTQUEUE_ID
#define MAX_CAMKES_VIRTQUEUE_ID 255
#endif

/* What a component is on a channel. */
typedef enum virtqueue_role {
    VIRTQUEUE_UNASSIGNED,
    VIRTQUEUE_DRIVER,
    VIRTQUEUE_DEVICE
} virtqueue_role_t;

/* The shared memory of one virtqueue, as a connector's template registers it. */
typedef struct virtqueue_channel {
    volatile void *channel_buffer;
    size_t channel_buffer_size;
    unsigned queue_len;
    void (*notify)(void);
    seL4_CPtr recv_notification;
    seL4_Word recv_badge;
    virtqueue_role_t role;
    uint8_t buffer_allocated;
    const char *interface_name;
} camkes_virtqueue_channel_t;

extern camkes_virtqueue_channel_t camkes_virtqueue_channels[MAX_CAMKES_VIRTQUEUE_ID + 1];
extern int num_registered_virtqueue_channels;

/* The channel of a number, if it is registered in that role; or NULL. */
camkes_virtqueue_channel_t *get_virtqueue_channel(virtqueue_role_t role, unsigned int camkes_virtqueue_id);

/* The number of a channel, by the name of its interface; or -1. */
int camkes_virtqueue_get_id_from_name(const char *interface_name);

/* How many channels are registered. */
int camkes_virtqueue_channel_num(void);

/*
 * Make the ends of a registered channel. 0, or -1: no such channel, a queue length that virtqueue.h does not hold, or
 * memory in which the rings and a block do not fit. `recv_notification` and `recv_badge` may be NULL.
 */
int camkes_virtqueue_driver_init_with_recv(virtqueue_driver_t *driver, unsigned int camkes_virtqueue_id,
                                           seL4_CPtr *recv_notification, seL4_CPtr *recv_badge);
int camkes_virtqueue_device_init_with_recv(virtqueue_device_t *device, unsigned int camkes_virtqueue_id,
                                           seL4_CPtr *recv_notification, seL4_CPtr *recv_badge);

static inline int camkes_virtqueue_driver_init(virtqueue_driver_t *driver, unsigned int camkes_virtqueue_id)
{
    return camkes_virtqueue_driver_init_with_recv(driver, camkes_virtqueue_id, NULL, NULL);
}

static inline int camkes_virtqueue_device_init(virtqueue_device_t *device, unsigned int camkes_virtqueue_id)
{
    return camkes_virtqueue_device_init_with_recv(device, camkes_virtqueue_id, NULL, NULL);
}

/* Allocates a block of at most 128 bytes. 0, or -1. */
int camkes_virtqueue_buffer_alloc(virtqueue_driver_t *virtqueue, void **buf, size_t alloc_size);

/* Frees the block that `buffer` lies in. What is no allocated block is left alone. */
void camkes_virtqueue_buffer_free(virtqueue_driver_t *virtqueue, void *buffer);

/* The pointer of an offset, or NULL where it does not lie in the queue's memory. */
void *camkes_virtqueue_device_offset_to_buffer(virtqueue_device_t *virtqueue, uintptr_t offset);
void *camkes_virtqueue_driver_offset_to_buffer(virtqueue_driver_t *virtqueue, uintptr_t offset);

/* Sends `size` bytes that lie in the queue's memory, as they are. 0, or -1. Does not notify. */
int camkes_virtqueue_driver_send_buffer(virtqueue_driver_t *vq, void *buffer, size_t size);

/*
 * Copies `size` bytes into blocks and sends them as one chain; without a `buffer`, blocks for the device to write into.
 * 0; or -1, and nothing was sent. Does not notify.
 */
int camkes_virtqueue_driver_scatter_send_buffer(virtqueue_driver_t *vq, void *buffer, size_t size);

/* Copies a chain that came back (virtqueue_get_used_buf), at most `size` bytes of it, and frees its blocks. 0. */
int camkes_virtqueue_driver_gather_copy_buffer(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                               size_t size);

/*
 * Copy `size` bytes to or from a chain (virtqueue_get_available_buf), and give it back. 0; or -1: the chain is shorter,
 * or not in the queue's memory; it has been given back all the same.
 */
int camkes_virtqueue_device_scatter_copy_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                                size_t size);
int camkes_virtqueue_device_gather_copy_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                               size_t size);

/* The next buffer of a chain, as a pointer. 0; or -1: the chain has ended, or the buffer is not in the queue's memory. */
int camkes_virtqueue_driver_gather_buffer(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void **buffer,
                                          unsigned *size, vq_flags_t *flag);
int camkes_virtqueue_device_gather_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void **buffer,
                                          unsigned *size, vq_flags_t *flag);
