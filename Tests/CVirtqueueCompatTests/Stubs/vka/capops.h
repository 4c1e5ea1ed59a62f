/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Included by a user of virtqueues that wants nothing of it that these tests compile. */

#pragma once
