/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The driver side of a link in libvirtqueue's layout. */

#pragma once

#include <topoc/vq_libvirtqueue.h>

#define TOPOC_VQ(name) topoc_libvirtqueue_##name
#include <topoc/vq_rings_driver.h>
#undef TOPOC_VQ
