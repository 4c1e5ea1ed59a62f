/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The virtqueue of three parts (virtio 1.2, 2.7): a table of descriptors and the available ring, which the driver
 * writes, and the used ring, which the device writes. The split layout and libvirtqueue's both have them; what differs
 * between the two stands in vq_split.h and vq_libvirtqueue.h, and vq_rings_driver.h and vq_rings_device.h are written
 * over that.
 */

#pragma once

#include <topoc/vq_types.h>

struct topoc_vq_descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags;
    uint16_t next;
};

struct topoc_vq_available {
    uint16_t flags;
    uint16_t index; /* where the driver puts the next entry */
    uint16_t ring[]; /* heads of chains; behind the last one, in the split layout, `used_event` */
};

struct topoc_vq_used_entry {
    uint32_t id; /* the head of the chain */
    uint32_t length; /* bytes that the device wrote */
};

struct topoc_vq_used {
    uint16_t flags;
    uint16_t index; /* where the device puts the next entry */
    struct topoc_vq_used_entry ring[]; /* behind the last one, in the split layout, `available_event` */
};

/* Where the parts are. */
struct topoc_vq_rings {
    struct topoc_vq_descriptor *descriptors;
    struct topoc_vq_available *available;
    struct topoc_vq_used *used;
    uint16_t length;
};
