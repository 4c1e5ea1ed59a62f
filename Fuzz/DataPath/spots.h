/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What differs between the layouts, for the one that this program is compiled for. */

#pragma once

#include "peer.h"

#include <topoc/link.h>

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED

/* Bytes before those that a frame can lie in. */
static inline uint32_t rings_size(uint16_t length)
{
    return topoc_packed_overhead(length);
}

/* The position behind the last frame that the device was shown. */
static inline uint32_t end_of_published(const topoc_link_driver *driver)
{
    return driver->next - driver->staged;
}

/* Whether what the device side knows for itself can be. */
static inline bool private_state_is_valid(const topoc_link_device *device)
{
    return (uint16_t)(device->next - device->returned) <= 2u * device->rings.length
           && (uint16_t)device->taken <= device->rings.length;
}

/* The fields that an end will read next. */
static inline void spots_of_driver(const topoc_link_driver *driver)
{
    struct topoc_packed_descriptor *slot = &driver->rings.descriptors[driver->oldest & (driver->rings.length - 1u)];
    void *const spots[] = {&slot->flags, &slot->id, &slot->length, &driver->rings.device_event->flags,
                           &driver->rings.device_event->position
                          };
    fuzz_peer_spots(spots, sizeof(spots) / sizeof(spots[0]));
}

static inline void spots_of_device(const topoc_link_device *device)
{
    uint16_t mask = (uint16_t)(device->rings.length - 1u);
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[device->next & mask];
    struct topoc_packed_descriptor *second = &device->rings.descriptors[(device->next + 1u) & mask];
    void *const spots[] = {&slot->flags, &slot->address, &slot->length, &slot->id, &second->flags, &second->address,
                           &second->length, &device->rings.driver_event->flags, &device->rings.driver_event->position
                          };
    fuzz_peer_spots(spots, sizeof(spots) / sizeof(spots[0]));
}

/* A guest makes a descriptor available, `ahead` behind the next. `flags` are virtio's. */
__attribute__((no_sanitize("address"))) static inline void
publish(const topoc_link_device *device, uint16_t ahead, uint64_t address, uint32_t bytes, uint16_t flags)
{
    uint16_t position = (uint16_t)(device->next + ahead);
    uint16_t length = device->rings.length;
    struct topoc_packed_descriptor *slot = &device->rings.descriptors[position & (length - 1u)];
    slot->address = address;
    slot->length = bytes;
    slot->id = position & (length - 1u);
    slot->flags = (uint16_t)(topoc_packed_available(position, length) | flags);
}

#else

static inline uint32_t rings_size(uint16_t length)
{
    return TOPOC_LINK(buffers)(length);
}

static inline uint32_t end_of_published(const topoc_link_driver *driver)
{
    return driver->published;
}

static inline bool private_state_is_valid(const topoc_link_device *device)
{
    return (uint16_t)(device->available - device->next) <= device->rings.length
           && (uint16_t)(device->next - device->returned) <= 2u * device->rings.length
           && device->held <= device->rings.length && device->batch <= device->held;
}

static inline void spots_of_driver(const topoc_link_driver *driver)
{
    struct topoc_vq_used_entry *entry = &driver->rings.used->ring[driver->seen & (driver->rings.length - 1u)];
    void *const spots[] = {&driver->rings.used->index, &entry->id, &entry->length, &driver->rings.used->flags,
                           &driver->rings.used->ring[driver->rings.length]
                          };
    fuzz_peer_spots(spots, sizeof(spots) / sizeof(spots[0]));
}

__attribute__((no_sanitize("address"))) static inline void spots_of_device(const topoc_link_device *device)
{
    uint16_t mask = (uint16_t)(device->rings.length - 1u);
    uint16_t *entry = &device->rings.available->ring[device->next & mask];
    struct topoc_vq_descriptor *slot = &device->rings.descriptors[*entry & mask];
    struct topoc_vq_descriptor *second = &device->rings.descriptors[*entry + 1u & mask];
    void *const spots[] = {&device->rings.available->index, entry, &slot->address, &slot->length, &slot->flags,
                           &slot->next, &second->address, &second->length, &second->flags, &second->next,
                           &device->rings.available->ring[device->rings.length]
                          };
    fuzz_peer_spots(spots, sizeof(spots) / sizeof(spots[0]));
}

__attribute__((no_sanitize("address"))) static inline void
publish(const topoc_link_device *device, uint16_t ahead, uint64_t address, uint32_t bytes, uint16_t flags)
{
    uint16_t position = (uint16_t)(device->next + ahead);
    uint16_t length = device->rings.length;
    uint16_t number = position & (length - 1u);
    struct topoc_vq_descriptor *slot = &device->rings.descriptors[number];
    slot->address = address;
    slot->length = bytes;
    slot->flags = flags;
    slot->next = (flags & TOPOC_VQ_NEXT) != 0 ? (number + 1u) & (length - 1u) : TOPOC_LINK(single_next)(length);
    device->rings.available->ring[number] = number;
    device->rings.available->index = TOPOC_LINK(index)((uint16_t)(position + 1u), length);
}

#endif
