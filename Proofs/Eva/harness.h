/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What the harnesses share. PROOF_LENGTH is the queue's length, PROOF_LINES the lines of 64
 * bytes of its pool.
 *
 * A harness puts the private state of one side to any value that its validity predicate allows, calls one function,
 * and checks that the state is valid again and that what was handed out lies in shared memory. Valid at the start and
 * after every call: valid always, in whatever order the calls come.
 *
 * Eva's values are intervals, without relations between them. So that a buffer also ends where it must, and the bounds
 * of copies, are shown elsewhere (../WP). Where a run takes values one by one (PROOF_POSITIONS: positions and
 * descriptor numbers; `split`), it is in a queue of 4.
 */

#pragma once

#include <__fc_builtin.h>
#include <stdbool.h>
#include <stdint.h>

#include <topoc/vq_types.h>

extern volatile int proof_any_int;
extern volatile uint16_t proof_any_u16;
extern volatile uint32_t proof_any_u32;

/* A choice that need not be a path of its own. */
static inline bool proof_any_bool(void)
{
    return (bool)(proof_any_u16 & 1u);
}

static inline uint64_t proof_any_u64(void)
{
    return (uint64_t)proof_any_u32 << 32 | proof_any_u32;
}

static inline enum topoc_vq_fault proof_any_fault(void)
{
    return proof_any_int ? TOPOC_VQ_SOUND : TOPOC_VQ_FAULT_INDEX;
}

/* Any value of `first` … `last`. */
static inline uint32_t proof_any(uint32_t first, uint32_t last)
{
    uint32_t value = proof_any_u32;
    return value >= first && value <= last ? value : first;
}

/* Any multiple of 64 up to `last`. */
static inline uint32_t proof_any_line(uint32_t last)
{
    uint32_t line = proof_any(0, last / 64u) * 64u;
    return line;
}

#if defined(PROOF_POSITIONS)

/* Positions at both ends of their range: the code uses their low bits and their differences only. */
static inline uint16_t proof_any_position(void)
{
    uint32_t value = proof_any(0, 2u * PROOF_LENGTH - 1u);
    /*@ split value; */
    return (uint16_t)(value - PROOF_LENGTH);
}

#else

static inline uint16_t proof_any_position(void)
{
    return proof_any_u16;
}

#endif
