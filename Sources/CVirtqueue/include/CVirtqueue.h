/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* All of the virtqueue core, for a host program. What is emitted includes only what it uses. */

#pragma once

#include <topoc/link.h>
#include <topoc/vq_libvirtqueue_chains.h>
#include <topoc/vq_libvirtqueue_device.h>
#include <topoc/vq_libvirtqueue_driver.h>
#include <topoc/vq_packed_chains.h>
#include <topoc/vq_packed_device.h>
#include <topoc/vq_packed_driver.h>
#include <topoc/vq_split_chains.h>
#include <topoc/vq_split_device.h>
#include <topoc/vq_split_driver.h>
