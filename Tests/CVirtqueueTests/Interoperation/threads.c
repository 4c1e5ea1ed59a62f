/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The ends in two threads, as two VMMs have them. */

#include <pthread.h>
#include <sched.h>

#include "interoperation.h"

/* Waits for the other thread, which may want this processor. */
static void wait_a_little(void)
{
    static _Thread_local uint32_t waits;
    if (++waits % 64 == 0) {
        sched_yield();
    }
}

static void *upstream_sender(void *argument)
{
    virtqueue_driver_t *driver = argument;
    unsigned char frame[LONGEST];
    uint32_t blocks = upstream_blocks(driver);
    for (uint32_t sent = 0; sent < FRAMES && fault == NULL; sent++) {
        uint32_t length = frame_make(frame, sent);
        while ((blocks += upstream_reclaim(driver)) < blocks_of(length) && fault == NULL) {
            wait_a_little();
        }
        expect(camkes_virtqueue_driver_scatter_send_buffer(driver, frame, length) == 0, "upstream cannot send");
        blocks -= blocks_of(length);
    }
    return NULL;
}

/* Upstream sends while ours looks: each frame comes whole. */
void upstream_to_ours_threads(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char frame[LONGEST];
    pthread_t sender;
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    if (fault != NULL || pthread_create(&sender, NULL, upstream_sender, &driver) != 0) {
        expect(false, "no thread");
        return;
    }
    for (uint32_t received = 0; received < FRAMES && fault == NULL;) {
        struct topoc_vq_frame piece;
        uint32_t length = 0;
        enum topoc_vq_status status = topoc_link_peek(&device, &piece);
        if (status == TOPOC_VQ_CHAIN) {
            status = topoc_link_copy(&device, frame, sizeof(frame), &length);
        } else if (status == TOPOC_VQ_READY) {
            length = piece.length;
            memcpy(frame, piece.base, length);
        }
        if (status == TOPOC_VQ_EMPTY) {
            wait_a_little();
            continue;
        }
        expect(status == TOPOC_VQ_READY, "our device side cannot take a frame");
        expect(frame_is(frame, length, received), "a frame from upstream's thread is not the one that was sent");
        topoc_link_commit(&device);
        received++;
    }
    pthread_join(sender, NULL);
}

static void *our_sender(void *argument)
{
    topoc_link_driver *driver = argument;
    for (uint32_t sent = 0; sent < FRAMES && fault == NULL; sent++) {
        unsigned char *buffer;
        enum topoc_vq_status status;
        while ((status = topoc_link_reserve(driver, frame_length(sent), &buffer)) == TOPOC_VQ_FULL && fault == NULL) {
            wait_a_little();
        }
        expect(status == TOPOC_VQ_READY, "our driver side cannot send");
        if (status == TOPOC_VQ_READY) {
            topoc_link_publish(driver, frame_make(buffer, sent));
        }
    }
    return NULL;
}

/* Ours sends while upstream looks. */
void ours_to_upstream_threads(void)
{
    static uint32_t ends[LENGTH];
    topoc_link_driver driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    pthread_t sender;
    expect(topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends), "our driver side could not be made");
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not");
    if (fault != NULL || pthread_create(&sender, NULL, our_sender, &driver) != 0) {
        expect(false, "no thread");
        return;
    }
    for (uint32_t received = 0; received < FRAMES && fault == NULL;) {
        uint32_t length = upstream_receive(&device, frame, false);
        if (length > 0) {
            expect(frame_is(frame, length, received), "a frame of our thread is not the one that was sent");
            received++;
        } else {
            wait_a_little();
        }
    }
    pthread_join(sender, NULL);
}

/* Upstream to upstream, for comparison: says how many frames came cut short, and expects nothing. */
void upstream_alone_threads(void)
{
    virtqueue_driver_t driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    pthread_t sender;
    uint32_t cut = 0;
    upstream_driver_init(&driver);
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not be made");
    if (fault != NULL || pthread_create(&sender, NULL, upstream_sender, &driver) != 0) {
        expect(false, "no thread");
        return;
    }
    for (uint32_t received = 0; received < FRAMES && fault == NULL;) {
        uint32_t length = upstream_receive(&device, frame, false);
        if (length > 0) {
            cut += length < frame_length(received) ? 1 : 0;
            received++;
        } else {
            wait_a_little();
        }
    }
    pthread_join(sender, NULL);
    printf("%u of %u frames came cut short\n", cut, FRAMES);
}
