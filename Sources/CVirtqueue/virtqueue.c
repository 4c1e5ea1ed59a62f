/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The core is inline in its headers; this compiles them once on their own. */

#include <CVirtqueue.h>
