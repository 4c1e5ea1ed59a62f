/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The roles that this VM plays in one scenario, each in a process of its own, as separate programs would be. None of
 * them outlives the scenario: when one fails, or time is up, the others are ended.
 */

#pragma once

#include "roles.h"

struct part {
    const char *name;
    role role;
    struct orders orders;
};

#define MOST_PARTS 4

/*
 * Plays all parts, for at most `limit` seconds, and adds what they measured to `figures`. False, with a message: one of
 * them failed, or was not done in time.
 */
bool play(const struct part *parts, size_t count, int limit, struct figures *figures);
