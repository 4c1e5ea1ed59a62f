/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A driver and a device side that take turns at random on one thread. Each frame carries its number and bytes that
 * follow from it, so that a frame lost, doubled, out of order or changed is found. Both sides sleep only when listen
 * lets them, and wake only when must_signal says so: a wake-up that is lost ends the exchange early, and is found too.
 */

#pragma once

#include <stdlib.h>
#include <string.h>

#include <topoc/link.h>

struct harness_exchange {
    topoc_link_driver driver;
    topoc_link_device device;
    unsigned char *memory;
    uint32_t *ends;
    uint64_t random;
    uint32_t longest;
    uint32_t frames;
    uint32_t sent;     /* frames staged */
    uint32_t received; /* frames committed */
    bool driver_sleeps;
    bool device_sleeps;
};

static uint32_t harness_random(struct harness_exchange *x, uint32_t bound)
{
    x->random ^= x->random << 13;
    x->random ^= x->random >> 7;
    x->random ^= x->random << 17;
    return (uint32_t)(x->random >> 33) % bound;
}

/* The length of a frame, at least its number's, and its bytes. */
static uint32_t harness_frame_length(const struct harness_exchange *x, uint32_t number)
{
    uint32_t mixed = number * 2654435761u;
    return (mixed >> 30) == 0 ? x->longest : 4u + (mixed >> 8) % (x->longest - 3u);
}

static unsigned char harness_frame_byte(uint32_t number, uint32_t at)
{
    return (unsigned char)(number * 31u + at * 7u);
}

/* Stages some frames, publishes them, and signals if the device must hear. */
static const char *harness_send(struct harness_exchange *x)
{
    uint32_t batch = 1 + harness_random(x, 8);
    for (uint32_t i = 0; i < batch && x->sent < x->frames; i++) {
        unsigned char *buffer = NULL;
        uint32_t length = harness_frame_length(x, x->sent);
        enum topoc_vq_status status = topoc_link_reserve(&x->driver, length, &buffer);
        if (status == TOPOC_VQ_FULL) {
            topoc_link_flush(&x->driver);
            if (topoc_link_driver_listen(&x->driver) == TOPOC_VQ_EMPTY) {
                x->driver_sleeps = true;
            } else {
                topoc_link_driver_mute(&x->driver);
            }
            break;
        }
        if (status != TOPOC_VQ_READY) {
            return "reserve found neither room nor its lack";
        }
        memcpy(buffer, &x->sent, 4);
        for (uint32_t at = 4; at < length; at++) {
            buffer[at] = harness_frame_byte(x->sent, at);
        }
        topoc_link_stage(&x->driver, length);
        x->sent++;
    }
    topoc_link_flush(&x->driver);
    /* What was published twice can be asked about once, as long as this side goes on. */
    bool asks = x->driver_sleeps || x->sent == x->frames || harness_random(x, 2) == 0;
    if (asks && topoc_link_driver_must_signal(&x->driver)) {
        x->device_sleeps = false;
        topoc_link_device_mute(&x->device);
    }
    return NULL;
}

static const char *harness_check(const struct harness_exchange *x, const unsigned char *bytes, uint32_t length)
{
    uint32_t number;
    memcpy(&number, bytes, 4);
    if (number != x->received || length != harness_frame_length(x, number)) {
        return "a frame is not the next one";
    }
    for (uint32_t at = 4; at < length; at++) {
        if (bytes[at] != harness_frame_byte(number, at)) {
            return "a frame's bytes are not those that were sent";
        }
    }
    return NULL;
}

/* Takes some frames, by each of the three calls, and signals if the driver must hear. */
static const char *harness_receive(struct harness_exchange *x)
{
    unsigned char gathered[2048];
    uint32_t batch = 1 + harness_random(x, 8);
    for (uint32_t i = 0; i < batch; i++) {
        struct topoc_vq_frame frame = {NULL, 0};
        enum topoc_vq_status status = topoc_link_peek(&x->device, &frame);
        if (status == TOPOC_VQ_CHAIN || (status == TOPOC_VQ_READY && harness_random(x, 2) == 0)) {
            status = topoc_link_copy(&x->device, gathered, sizeof(gathered), &frame.length);
            frame.base = gathered;
        } else if (status == TOPOC_VQ_READY && harness_random(x, 2) == 0) {
            struct topoc_vq_segment segment;
            struct topoc_vq_chain chain;
            status = topoc_link_chain(&x->device, &segment, 1, &chain);
            frame.base = segment.base;
            frame.length = segment.length;
        }
        if (status == TOPOC_VQ_EMPTY) {
            if (topoc_link_device_listen(&x->device) == TOPOC_VQ_EMPTY) {
                x->device_sleeps = true;
            } else {
                topoc_link_device_mute(&x->device);
            }
            break;
        }
        if (status != TOPOC_VQ_READY) {
            return "a frame could not be taken";
        }
        const char *fault = harness_check(x, frame.base, frame.length);
        if (fault != NULL) {
            return fault;
        }
        topoc_link_commit(&x->device);
        x->received++;
    }
    if (harness_random(x, 2) == 0) {
        topoc_link_device_flush(&x->device);
    }
    bool asks = x->device_sleeps || harness_random(x, 2) == 0;
    if (asks && topoc_link_device_must_signal(&x->device)) {
        x->driver_sleeps = false;
        topoc_link_driver_mute(&x->driver);
    }
    return NULL;
}

/* NULL where all `frames`, of at most `longest` bytes, arrived once and in order; else what went wrong. */
static const char *harness_exchange(uint16_t length, uint32_t size, uint32_t longest, uint32_t frames, uint64_t seed)
{
    struct harness_exchange *x = calloc(1, sizeof(*x));
    const char *fault = NULL;
    if (x == NULL) {
        return "no memory";
    }
    x->memory = aligned_alloc(4096, (size + 4095u) & ~4095u);
    x->ends = calloc(length, sizeof(uint32_t));
    x->random = seed * 0x9e3779b97f4a7c15u + 1;
    x->longest = longest;
    x->frames = frames;
    if (x->memory == NULL || x->ends == NULL
        || !topoc_link_driver_init(&x->driver, x->memory, size, length, x->ends)
        || !topoc_link_device_init(&x->device, x->memory, size, length)) {
        fault = "the link could not be made";
    }
    while (fault == NULL && x->received < frames) {
        bool send = harness_random(x, 2) == 0;
        if (x->driver_sleeps && x->device_sleeps) {
            fault = "both sides sleep while there is work";
        } else if (send ? x->driver_sleeps || x->sent == frames : x->device_sleeps) {
            if (x->sent == frames && x->device_sleeps) {
                fault = "the device sleeps over the last frames";
            }
        } else {
            fault = send ? harness_send(x) : harness_receive(x);
        }
    }
    free(x->ends);
    free(x->memory);
    free(x);
    return fault;
}
