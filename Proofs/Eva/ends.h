/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The two ends of a link in any private state at all, for what lies over them. */

#pragma once

#include "harness.h"
#include <topoc/link.h>

static void any_pool(struct topoc_vq_pool *pool)
{
    pool->head = proof_any_u32;
    pool->limit = proof_any_u32;
    pool->tail = proof_any_u32;
}

static void any_driver(topoc_link_driver *driver)
{
    any_pool(&driver->pool);
    driver->oldest = proof_any_u16;
    driver->next = proof_any_u16;
    driver->stop = proof_any_u16;
    driver->asked = proof_any_u16;
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    driver->staged = proof_any_u16;
    driver->head_flags = proof_any_u16;
#else
    driver->published = proof_any_u16;
    driver->seen = proof_any_u16;
#endif
    driver->fault = proof_any_fault();
}

static void any_device(topoc_link_device *device)
{
    device->next = proof_any_u16;
    device->returned = proof_any_u16;
    device->asked = proof_any_u16;
    device->held_bytes = proof_any_u32;
    device->written = proof_any_u32;
    device->id = proof_any_u16;
    device->batch = proof_any_u16;
    device->batch_id = proof_any_u16;
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    device->head_flags = proof_any_u16;
    topoc_packed_device_take(device, proof_any_u32, proof_any_u16, proof_any_bool());
#else
    device->taken_bytes = proof_any_u32;
    device->writable = proof_any_bool();
    device->available = proof_any_u16;
    device->held = proof_any_u16;
    device->taken = proof_any_bool();
#endif
    device->fault = proof_any_fault();
}
