/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The link calls of each layout behind one table of functions, so that one test serves all. */

#pragma once

#include <CVirtqueue.h>

/* A guest's queue, and how much goes through it: see harness_guest.h. */
struct harness_guest_setup {
    struct topoc_vq_features features;
    uint16_t length;   /* at most 64 */
    uint16_t position; /* the first chain's */
    uint32_t chains;
    uint64_t seed;
};

struct harness_layout {
    const char *name;
    size_t driver_size;
    size_t device_size;
    uint32_t (*overhead)(uint16_t length);
    uint16_t (*capacity)(uint16_t length);
    uint32_t (*buffers)(uint16_t length); /* what the first byte of the pool is called in a descriptor */

    bool (*driver_init)(void *driver, unsigned char *memory, uint32_t size, uint16_t length, uint32_t *ends);
    enum topoc_vq_status(*reserve)(void *driver, uint32_t length, unsigned char **buffer);
    void (*stage)(void *driver, uint32_t length);
    void (*flush)(void *driver);
    void (*publish)(void *driver, uint32_t length);
    bool (*driver_must_signal)(void *driver);
    enum topoc_vq_status(*driver_listen)(void *driver);
    void (*driver_mute)(void *driver);
    enum topoc_vq_fault(*driver_fault)(const void *driver);

    bool (*device_init)(void *device, unsigned char *memory, uint32_t size, uint16_t length);
    enum topoc_vq_status(*peek)(void *device, struct topoc_vq_frame *frame);
    enum topoc_vq_status(*copy)(void *device, unsigned char *destination, uint32_t capacity, uint32_t *length);
    enum topoc_vq_status(*chain)(void *device, struct topoc_vq_segment *segments, uint16_t capacity,
                                 struct topoc_vq_chain *chain);
    void (*commit)(void *device);
    void (*device_flush)(void *device);
    bool (*device_must_signal)(void *device);
    enum topoc_vq_status(*device_listen)(void *device);
    void (*device_mute)(void *device);
    enum topoc_vq_fault(*device_fault)(const void *device);

    /* The device side of a guest's queue whose parts lie in `rings` as a link's do, over memory of the guest's. */
    bool (*guest_init)(void *device, unsigned char *rings, uint16_t length, struct topoc_vq_features features,
                       const struct topoc_vq_memory *memory, uint32_t bytes_max, uint16_t position);
    enum topoc_vq_status(*scatter)(void *device, const struct topoc_vq_frame *parts, uint32_t count,
                                   uint32_t *written);

    /* A link of many frames on one thread; see harness_exchange.h. */
    const char *(*exchange)(uint16_t length, uint32_t size, uint32_t longest, uint32_t frames, uint64_t seed);
    const char *(*guest)(const struct harness_guest_setup *setup);
};

const struct harness_layout *harness_packed(void);
const struct harness_layout *harness_split(void);
const struct harness_layout *harness_libvirtqueue(void);
