/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define TOPOC_LINK_LAYOUT 3
#define HARNESS_LAYOUT harness_libvirtqueue
#define HARNESS_NAME "libvirtqueue"

#include "harness_layout.h"
