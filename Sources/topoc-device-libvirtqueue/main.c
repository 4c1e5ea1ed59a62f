/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device process of a VM whose links have libvirtqueue's layout, since a VM that they lead to has the tree's device:
 * topoc-device, compiled for that layout.
 */

#define _GNU_SOURCE
#define TOPOC_LINK_LAYOUT TOPOC_LAYOUT_LIBVIRTQUEUE

#include "../topoc-device/bell.c"
#include "../topoc-device/capture.c"
#include "../topoc-device/control.c"
#include "../topoc-device/counters.c"
#include "../topoc-device/device.c"
#include "../topoc-device/filter.c"
#include "../topoc-device/impair.c"
#include "../topoc-device/loop.c"
#include "../topoc-device/main.c"
#include "../topoc-device/memory.c"
#include "../topoc-device/port.c"
#include "../topoc-device/send.c"
#include "../topoc-device/setup.c"
#include "../topoc-device/tap.c"
#include "../topoc-device/trouble.c"
#include "../topoc-device/wire.c"
