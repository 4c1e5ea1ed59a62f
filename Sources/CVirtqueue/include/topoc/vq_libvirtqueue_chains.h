/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The driver side of a queue of chains in libvirtqueue's layout, which has no indirect tables. */

#pragma once

#include <topoc/vq_chains.h>
#include <topoc/vq_libvirtqueue.h>

#define TOPOC_VQ(name) topoc_libvirtqueue_##name
#include <topoc/vq_rings_chains.h>
#include <topoc/vq_chain_driver.h>
#undef TOPOC_VQ
