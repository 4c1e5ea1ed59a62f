/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Time, and numbers that are made up. */

#pragma once

#include <stdint.h>
#include <time.h>

/* Nanoseconds of a clock that nobody sets. */
static inline int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Marsaglia's xorshift: the next of a series that the state, which is never 0, determines. */
static inline uint32_t next_number(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static inline uint32_t first_state(uint32_t seed)
{
    return seed * 2654435769u | 1u;
}

/* A number from `low` to `high`, both of them included. */
static inline int32_t number_between(uint32_t *state, int32_t low, int32_t high)
{
    return low + (int32_t)(next_number(state) % (uint32_t)(high - low + 1));
}
