/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The filter is inline in its headers; this compiles them once on their own. */

#include <CFilter.h>
