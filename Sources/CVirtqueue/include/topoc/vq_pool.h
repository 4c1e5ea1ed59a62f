/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The buffers of a link: a ring of bytes. Frames leave in the order in which they came, so a buffer is a run of bytes of
 * the frame's own length, and small and large frames share the memory without waste. All of this is private to the
 * driver side; the peer sees only the bytes.
 */

#pragma once

#include <topoc/vq_types.h>

/* Buffers start on lines of their own, so that writing one frame does not take the line of another from the reader. */
#define TOPOC_VQ_LINE 64u

struct topoc_vq_pool {
    unsigned char *base; /* of the memory of the queue; addresses that the peer is told count from here */
    uint32_t start;      /* where the pool lies in it, in bytes */
    uint32_t size;       /* a multiple of TOPOC_VQ_LINE */
    uint32_t head;       /* where the next buffer may begin, from `start` */
    uint32_t tail;       /* where the oldest buffer that is in use begins */
};

static inline void topoc_vq_pool_init(struct topoc_vq_pool *pool, unsigned char *base, uint32_t start, uint32_t end)
{
    pool->base = base;
    pool->start = start;
    pool->size = end > start ? (end - start) & ~(TOPOC_VQ_LINE - 1u) : 0;
    pool->head = 0;
    pool->tail = 0;
}

/*
 * Finds `length` bytes in one piece; `used` says whether any buffer is in use. Sets `at` and `end` (from `start`), and
 * changes nothing: topoc_vq_pool_take does. False: the oldest buffers must be given back first.
 */
static inline bool topoc_vq_pool_find(const struct topoc_vq_pool *pool, bool used, uint32_t length, uint32_t *at,
                                      uint32_t *end)
{
    if (length > pool->size) {
        return false;
    }
    uint32_t need = (length + TOPOC_VQ_LINE - 1u) & ~(TOPOC_VQ_LINE - 1u);
    if (!used) {
        /* Nothing is in use: begin again where the lines are warm. */
        *at = 0;
    } else if (pool->head > pool->tail) {
        if (need <= pool->size - pool->head) {
            *at = pool->head;
        } else if (need <= pool->tail) {
            *at = 0;
        } else {
            return false;
        }
    } else if (need <= pool->tail - pool->head) {
        *at = pool->head;
    } else {
        return false;
    }
    *end = *at + need;
    return true;
}
