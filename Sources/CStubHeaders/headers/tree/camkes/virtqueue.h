/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <inttypes.h>
#include <sel4/sel4.h>
#include <stddef.h>
#include <virtqueue.h>

#define MAX_CAMKES_VIRTQUEUE_ID 100

typedef enum virtqueue_role {
    VIRTQUEUE_UNASSIGNED,
    VIRTQUEUE_DRIVER,
    VIRTQUEUE_DEVICE
} virtqueue_role_t;

/** One end of a virtqueue: its shared memory, and how the other end is told. */
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

/** By id. */
extern camkes_virtqueue_channel_t camkes_virtqueue_channels[MAX_CAMKES_VIRTQUEUE_ID + 1];
extern int num_registered_virtqueue_channels;

#if TOPOC_RELEASE >= 311
camkes_virtqueue_channel_t *get_virtqueue_channel(virtqueue_role_t role, unsigned int camkes_virtqueue_id);
#endif
int camkes_virtqueue_get_id_from_name(const char *interface_name);
int camkes_virtqueue_channel_num(void);
