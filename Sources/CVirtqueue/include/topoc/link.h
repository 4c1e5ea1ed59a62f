/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * One direction of a link between two VMs, whatever its wire layout: the VM that sends has the driver side, the VM that
 * receives the device side. TOPOC_LINK_LAYOUT chooses the layout when the program is compiled; both ends must agree.
 */

#pragma once

#define TOPOC_LAYOUT_PACKED 1       /* virtio 1.2 packed: where both ends are ours */
#define TOPOC_LAYOUT_SPLIT 2        /* virtio 1.2 split */
#define TOPOC_LAYOUT_LIBVIRTQUEUE 3 /* libvirtqueue's: where one end is an unmodified VM of the tree */

#ifndef TOPOC_LINK_LAYOUT
#define TOPOC_LINK_LAYOUT TOPOC_LAYOUT_PACKED
#endif

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#include <topoc/vq_packed_device.h>
#include <topoc/vq_packed_driver.h>
#define TOPOC_LINK(name) topoc_packed_##name
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#include <topoc/vq_split_device.h>
#include <topoc/vq_split_driver.h>
#define TOPOC_LINK(name) topoc_split_##name
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE
#include <topoc/vq_libvirtqueue_device.h>
#include <topoc/vq_libvirtqueue_driver.h>
#define TOPOC_LINK(name) topoc_libvirtqueue_##name
#else
#error "TOPOC_LINK_LAYOUT is TOPOC_LAYOUT_PACKED, TOPOC_LAYOUT_SPLIT or TOPOC_LAYOUT_LIBVIRTQUEUE"
#endif

typedef struct TOPOC_LINK(driver) topoc_link_driver;
typedef struct TOPOC_LINK(device) topoc_link_device;

/*
 * Stands between the flushes of any number of links and the looks of topoc_link_driver_ask and topoc_link_device_ask at
 * them: one fence, where must_signal has one for each link.
 */
static inline void topoc_link_fence(void)
{
    /* Partners: the fences in the peers' listen. Either we see that one listens, or it sees what was flushed. */
    topoc_fence();
}

/* -- Driver side: reserve, write the frame, stage or publish; signal if the device must hear of it. -- */

static inline bool topoc_link_driver_init(topoc_link_driver *driver, unsigned char *memory, uint32_t size,
                                          uint16_t length, uint32_t *ends)
{
    return TOPOC_LINK(driver_init)(driver, memory, size, length, ends);
}

TOPOC_VQ_OFTEN enum topoc_vq_status topoc_link_reserve(topoc_link_driver *driver, uint32_t length,
                                                       unsigned char **buffer)
{
    return TOPOC_LINK(driver_reserve)(driver, length, buffer);
}

TOPOC_VQ_OFTEN void topoc_link_stage(topoc_link_driver *driver, uint32_t length)
{
    TOPOC_LINK(driver_stage)(driver, length);
}

TOPOC_VQ_OFTEN void topoc_link_flush(topoc_link_driver *driver)
{
    TOPOC_LINK(driver_flush)(driver);
}

TOPOC_VQ_OFTEN void topoc_link_publish(topoc_link_driver *driver, uint32_t length)
{
    TOPOC_LINK(driver_publish)(driver, length);
}

TOPOC_VQ_OFTEN bool topoc_link_driver_ask(topoc_link_driver *driver)
{
    return TOPOC_LINK(driver_ask)(driver);
}

static inline bool topoc_link_driver_must_signal(topoc_link_driver *driver)
{
    return TOPOC_LINK(driver_must_signal)(driver);
}

static inline enum topoc_vq_status topoc_link_driver_listen(topoc_link_driver *driver)
{
    return TOPOC_LINK(driver_listen)(driver);
}

static inline void topoc_link_driver_mute(topoc_link_driver *driver)
{
    TOPOC_LINK(driver_mute)(driver);
}

/* -- Device side: peek, read the frame, commit; flush and signal at the end of a batch; listen before sleeping. -- */

static inline bool topoc_link_device_init(topoc_link_device *device, unsigned char *memory, uint32_t size,
                                          uint16_t length)
{
    return TOPOC_LINK(device_init)(device, memory, size, length);
}

TOPOC_VQ_OFTEN enum topoc_vq_status topoc_link_peek(topoc_link_device *device, struct topoc_vq_frame *frame)
{
    return TOPOC_LINK(device_peek)(device, frame);
}

static inline enum topoc_vq_status topoc_link_copy(topoc_link_device *device, unsigned char *destination,
                                                   uint32_t capacity, uint32_t *length)
{
    return TOPOC_LINK(device_copy)(device, destination, capacity, length);
}

static inline enum topoc_vq_status topoc_link_chain(topoc_link_device *device, struct topoc_vq_segment *segments,
                                                    uint16_t capacity, struct topoc_vq_chain *chain)
{
    return TOPOC_LINK(device_chain)(device, segments, capacity, chain);
}

TOPOC_VQ_OFTEN void topoc_link_commit(topoc_link_device *device)
{
    TOPOC_LINK(device_commit)(device);
}

static inline void topoc_link_device_flush(topoc_link_device *device)
{
    TOPOC_LINK(device_flush)(device);
}

TOPOC_VQ_OFTEN bool topoc_link_device_unasked(const topoc_link_device *device)
{
    return TOPOC_LINK(device_unasked)(device);
}

TOPOC_VQ_OFTEN bool topoc_link_device_ask(topoc_link_device *device)
{
    return TOPOC_LINK(device_ask)(device);
}

static inline bool topoc_link_device_must_signal(topoc_link_device *device)
{
    return TOPOC_LINK(device_must_signal)(device);
}

static inline enum topoc_vq_status topoc_link_device_listen(topoc_link_device *device)
{
    return TOPOC_LINK(device_listen)(device);
}

static inline void topoc_link_device_mute(topoc_link_device *device)
{
    TOPOC_LINK(device_mute)(device);
}
