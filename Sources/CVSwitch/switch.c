/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The switch is inline in its headers; this compiles them once on their own. */

#include <CVSwitch.h>
