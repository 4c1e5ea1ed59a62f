/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the contracts of the rings share: slots of positions, and what is called to take a buffer. */

#pragma once

struct topoc_vq_walk;
void proof_clear(struct topoc_vq_walk *walk);

#include <topoc/link.h>

#define DESCRIPTORS(side) side->rings.descriptors[0 .. side->rings.length - 1]
#define LENGTH(side) side->rings.length
#define SLOT(side, position) ((uint16_t)((position) & (uint32_t)(side->rings.length - 1)))

/* What a mask leaves, and that words have sixteen bits; the provers know little of bits. */
/*@ axiomatic bits {
        axiom mask: \forall integer x, m; 0 <= x && 0 <= m ==> 0 <= (x & m) && (x & m) <= x && (x & m) <= m;
        axiom word: \forall integer x; 0 <= x <= 0xffff ==> (0xffff & x) == x;
    } */

/*@ requires \valid_read(pool) && pool->start + pool->head <= 0xffffffff;
    assigns \nothing;
    ensures \result == pool->start + pool->head;
*/
static inline uint32_t topoc_vq_pool_offset(const struct topoc_vq_pool *pool);

/*@ assigns pool->head; */
static inline uint32_t topoc_vq_pool_take(struct topoc_vq_pool *pool, uint32_t length);

/*@ assigns \nothing; */
TOPOC_VQ_OFTEN bool topoc_vq_pool_is_half(const struct topoc_vq_pool *pool, uint32_t count, uint32_t length);
