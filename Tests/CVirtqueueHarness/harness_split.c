/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define TOPOC_LINK_LAYOUT 2
#define HARNESS_LAYOUT harness_split
#define HARNESS_NAME "split"

#include "harness_layout.h"
