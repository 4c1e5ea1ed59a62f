/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define TOPOC_LINK_LAYOUT 1
#define HARNESS_LAYOUT harness_packed
#define HARNESS_NAME "packed"

#include "harness_layout.h"
