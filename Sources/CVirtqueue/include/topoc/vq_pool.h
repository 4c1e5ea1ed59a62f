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

/* So far ahead of the buffer that is filled, lines are asked for. */
#define TOPOC_VQ_AHEAD 512u

struct topoc_vq_pool {
    unsigned char *base; /* of the memory of the queue; addresses that the peer is told count from here */
    uint32_t start;      /* where the pool lies in it, in bytes */
    uint32_t size;       /* a multiple of TOPOC_VQ_LINE */
    uint32_t head;       /* where the next buffer begins, from `start` */
    uint32_t tail;       /* where the oldest buffer that is in use begins */
    uint32_t limit;      /* up to where it is known to be free: whole lines from `head`, within `size` */
};

static inline void topoc_vq_pool_init(struct topoc_vq_pool *pool, unsigned char *base, uint32_t start, uint32_t end)
{
    pool->base = base;
    pool->start = start;
    pool->size = end > start ? (end - start) & ~(TOPOC_VQ_LINE - 1u) : 0;
    pool->head = 0;
    pool->tail = 0;
    pool->limit = pool->size;
}

/* Whether the next buffer can have `length` bytes, by what is known. No for 0. */
TOPOC_VQ_OFTEN bool topoc_vq_pool_fits(const struct topoc_vq_pool *pool, uint32_t length)
{
    return length - 1u < pool->limit - pool->head;
}

/*
 * Looks anew, after buffers were given back: `used` says whether any is in use. Where it helps, the next buffer is moved
 * to the beginning. False: the oldest buffers must be given back first.
 */
static inline bool topoc_vq_pool_find(struct topoc_vq_pool *pool, bool used, uint32_t length)
{
    if (!used) {
        /* Nothing is in use: begin again where the lines are warm. */
        pool->head = 0;
        pool->tail = 0;
        pool->limit = pool->size;
    } else if (pool->head > pool->tail) {
        pool->limit = pool->size;
        if (pool->size - pool->head < length && pool->tail >= length) {
            pool->head = 0;
            pool->limit = pool->tail;
        }
    } else {
        pool->limit = pool->tail;
    }
    return topoc_vq_pool_fits(pool, length);
}

/* Where the next buffer lies, as the peer is told, and here. */
TOPOC_VQ_OFTEN uint32_t topoc_vq_pool_offset(const struct topoc_vq_pool *pool)
{
    return pool->start + pool->head;
}

TOPOC_VQ_OFTEN unsigned char *topoc_vq_pool_buffer(const struct topoc_vq_pool *pool)
{
    return pool->base + topoc_vq_pool_offset(pool);
}

/* Asks for `bytes` bytes of whole lines, to write them. */
static inline void topoc_vq_pool_prefetch(const unsigned char *line, uint32_t bytes)
{
    for (; bytes >= 4u * TOPOC_VQ_LINE; bytes -= 4u * TOPOC_VQ_LINE) {
        topoc_prefetch_write(line);
        topoc_prefetch_write(line + TOPOC_VQ_LINE);
        topoc_prefetch_write(line + 2u * TOPOC_VQ_LINE);
        topoc_prefetch_write(line + 3u * TOPOC_VQ_LINE);
        line += 4u * TOPOC_VQ_LINE;
    }
    for (; bytes > 0; bytes -= TOPOC_VQ_LINE) {
        topoc_prefetch_write(line);
        line += TOPOC_VQ_LINE;
    }
}

/* Takes a buffer of `length` bytes, which fit. The answer is where it ends, to be made the tail when it is given back. */
TOPOC_VQ_OFTEN uint32_t topoc_vq_pool_take(struct topoc_vq_pool *pool, uint32_t length)
{
    uint32_t bytes = (length + TOPOC_VQ_LINE - 1u) & ~(TOPOC_VQ_LINE - 1u);
    uint32_t end = pool->head + bytes;
    pool->head = end;
    if (pool->limit - end >= TOPOC_VQ_AHEAD + bytes) {
        /* The peer has done with these lines; as many as this buffer had are asked for. */
        const unsigned char *line = pool->base + pool->start + end + TOPOC_VQ_AHEAD;
        topoc_prefetch_write(line);
        if (bytes > TOPOC_VQ_LINE) {
            topoc_vq_pool_prefetch(line + TOPOC_VQ_LINE, bytes - TOPOC_VQ_LINE);
        }
    }
    return end;
}

/* Whether `count` buffers as long as this one fill half of the pool: about, where they are of several lengths. */
TOPOC_VQ_OFTEN bool topoc_vq_pool_is_half(const struct topoc_vq_pool *pool, uint32_t count, uint32_t length)
{
    return count * length >= pool->size / 2u;
}

/* Lets no buffer fit any more. */
static inline void topoc_vq_pool_close(struct topoc_vq_pool *pool)
{
    pool->limit = pool->head;
}
