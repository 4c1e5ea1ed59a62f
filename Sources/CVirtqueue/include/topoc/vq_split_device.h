/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The device side of a split virtqueue: it receives, from a link or from a guest's driver. */

#pragma once

#include <topoc/vq_split.h>

#define TOPOC_VQ_UNSETTLED 0u
#define TOPOC_VQ(name) topoc_split_##name
#include <topoc/vq_rings_device.h>
#undef TOPOC_VQ
#undef TOPOC_VQ_UNSETTLED
