/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include <stddef.h>
#include <stdint.h>
#include <virtqueue.h>

/* BLOCK_SIZE of libsel4camkes' virtqueue.c, which no header of it says. */
#define UPSTREAM_BLOCK 128u

/* Sends a frame as one chain, published last; `base` is what offsets count from. 0, or -1: no descriptor or block. */
int fixed_scatter_send(virtqueue_driver_t *vq, const void *frame, size_t bytes, uintptr_t base);
