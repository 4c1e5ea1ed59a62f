/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Defines harness_LAYOUT() for the layout that TOPOC_LINK_LAYOUT chooses. */

#include <CVirtqueueHarness.h>
#include <topoc/link.h>

#include "harness_exchange.h"
#include "harness_guest.h"

static bool driver_init(void *driver, unsigned char *memory, uint32_t size, uint16_t length, uint32_t *ends)
{
    return topoc_link_driver_init(driver, memory, size, length, ends);
}

static enum topoc_vq_status reserve(void *driver, uint32_t length, unsigned char **buffer)
{
    return topoc_link_reserve(driver, length, buffer);
}

static void stage(void *driver, uint32_t length)
{
    topoc_link_stage(driver, length);
}

static void flush(void *driver)
{
    topoc_link_flush(driver);
}

static void publish(void *driver, uint32_t length)
{
    topoc_link_publish(driver, length);
}

static bool driver_must_signal(void *driver)
{
    return topoc_link_driver_must_signal(driver);
}

static enum topoc_vq_status driver_listen(void *driver)
{
    return topoc_link_driver_listen(driver);
}

static void driver_mute(void *driver)
{
    topoc_link_driver_mute(driver);
}

static enum topoc_vq_fault driver_fault(const void *driver)
{
    return ((const topoc_link_driver *)driver)->fault;
}

static bool device_init(void *device, unsigned char *memory, uint32_t size, uint16_t length)
{
    return topoc_link_device_init(device, memory, size, length);
}

static enum topoc_vq_status peek(void *device, struct topoc_vq_frame *frame)
{
    return topoc_link_peek(device, frame);
}

static enum topoc_vq_status copy(void *device, unsigned char *destination, uint32_t capacity, uint32_t *length)
{
    return topoc_link_copy(device, destination, capacity, length);
}

static enum topoc_vq_status chain(void *device, struct topoc_vq_segment *segments, uint16_t capacity,
                                  struct topoc_vq_chain *found)
{
    return topoc_link_chain(device, segments, capacity, found);
}

static void commit(void *device)
{
    topoc_link_commit(device);
}

static void device_flush(void *device)
{
    topoc_link_device_flush(device);
}

static bool device_must_signal(void *device)
{
    return topoc_link_device_must_signal(device);
}

static enum topoc_vq_status device_listen(void *device)
{
    return topoc_link_device_listen(device);
}

static void device_mute(void *device)
{
    topoc_link_device_mute(device);
}

static enum topoc_vq_fault device_fault(const void *device)
{
    return ((const topoc_link_device *)device)->fault;
}

static bool guest_init(void *device, unsigned char *rings, uint16_t length, struct topoc_vq_features features,
                       const struct topoc_vq_memory *memory, uint32_t bytes_max, uint16_t position)
{
    TOPOC_LINK(chains_rings) parts = TOPOC_LINK(rings_at)(rings, length);
    return TOPOC_LINK(device_init_rings)(device, &parts, memory, features, bytes_max, position, position);
}

static enum topoc_vq_status scatter(void *device, const struct topoc_vq_frame *parts, uint32_t count,
                                    uint32_t *written)
{
    return TOPOC_LINK(device_scatter)(device, parts, count, written);
}

static uint16_t capacity(uint16_t length)
{
    return TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE ? (uint16_t)(length - 1u) : length;
}

static uint32_t buffers(uint16_t length)
{
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE
    return topoc_libvirtqueue_overhead(length) - topoc_libvirtqueue_origin(length);
#else
    return TOPOC_LINK(overhead)(length);
#endif
}

const struct harness_layout *HARNESS_LAYOUT(void)
{
    static const struct harness_layout layout = {
        .name = HARNESS_NAME,
        .driver_size = sizeof(topoc_link_driver),
        .device_size = sizeof(topoc_link_device),
        .overhead = TOPOC_LINK(overhead),
        .capacity = capacity,
        .buffers = buffers,
        .driver_init = driver_init,
        .reserve = reserve,
        .stage = stage,
        .flush = flush,
        .publish = publish,
        .driver_must_signal = driver_must_signal,
        .driver_listen = driver_listen,
        .driver_mute = driver_mute,
        .driver_fault = driver_fault,
        .device_init = device_init,
        .peek = peek,
        .copy = copy,
        .chain = chain,
        .commit = commit,
        .device_flush = device_flush,
        .device_must_signal = device_must_signal,
        .device_listen = device_listen,
        .device_mute = device_mute,
        .device_fault = device_fault,
        .guest_init = guest_init,
        .scatter = scatter,
        .exchange = harness_exchange,
        .guest = harness_guest,
    };
    return &layout;
}
