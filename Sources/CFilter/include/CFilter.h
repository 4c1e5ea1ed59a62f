/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* All of the filter, for a host program. What is emitted includes only what it uses. */

#pragma once

#include <topoc/filter_carry.h>
