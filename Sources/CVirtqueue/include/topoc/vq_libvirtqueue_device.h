/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The device side of a link in libvirtqueue's layout. */

#pragma once

#include <topoc/vq_libvirtqueue.h>

#define TOPOC_VQ_UNSETTLED 1u
#define TOPOC_VQ(name) topoc_libvirtqueue_##name
#include <topoc/vq_rings_device.h>
#undef TOPOC_VQ
#undef TOPOC_VQ_UNSETTLED
