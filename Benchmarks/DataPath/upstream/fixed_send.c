/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * libvirtqueue with its sending repaired: the chain is complete before its head is published. This file stands for the
 * checkout's virtqueue.c, which it includes after `fences.sed` has put a fence beside each index that is published or
 * looked at; its structures and its free list are used as they are.
 */

#include "libvirtqueue.c"

#include <stdint.h>
#include <string.h>
#include <camkes/virtqueue.h>

#include "libvirtqueue.h"

int fixed_scatter_send(virtqueue_driver_t *vq, const void *frame, size_t bytes, uintptr_t base)
{
    const unsigned none = vq->queue_len;
    unsigned head = none;
    unsigned last = none;

    for (size_t sent = 0; sent < bytes;) {
        const size_t left = bytes - sent;
        const size_t part = left < UPSTREAM_BLOCK ? left : UPSTREAM_BLOCK;
        void *block;
        if (camkes_virtqueue_buffer_alloc(vq, &block, part) != 0) {
            return -1;
        }
        memcpy(block, (const uint8_t *)frame + sent, part);
        last = vq_add_desc(vq, (void *)((uintptr_t)block - base), (unsigned)part, VQ_RW, (int)last);
        if (last == none) {
            return -1;
        }
        head = head == none ? last : head;
        sent += part;
    }
    const unsigned at = vq->avail_ring->idx;
    vq->avail_ring->ring[at] = (uint16_t)head;
    /* Release: with the acquire fence that fences.sed puts into virtqueue_get_available_buf. */
    __atomic_store_n(&vq->avail_ring->idx, (uint16_t)((at + 1) & (vq->queue_len - 1)), __ATOMIC_RELEASE);
    return 0;
}
