/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Counts what this thread allocates, whoever asks: it stands before the C library's malloc. */

#pragma once

#include <stdint.h>

uint64_t topoc_allocation_count(void);
