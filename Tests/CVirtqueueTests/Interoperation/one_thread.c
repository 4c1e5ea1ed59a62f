/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Frames of all lengths between the ends, in turns. */

#include "interoperation.h"

/* Upstream sends; frames of many blocks come whole and in order, by copy and as segments. */
void upstream_to_ours(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char frame[LONGEST];
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    uint32_t blocks = upstream_blocks(&driver);
    uint32_t sent = 0;
    uint32_t received = 0;
    uint32_t turn = 0;
    while (received < FRAMES && fault == NULL) {
        for (uint32_t batch = mix(turn++) % 20; batch > 0 && sent < FRAMES; batch--) {
            blocks += upstream_reclaim(&driver);
            uint32_t length = frame_make(frame, sent);
            if (blocks_of(length) > blocks) {
                break;
            }
            expect(camkes_virtqueue_driver_scatter_send_buffer(&driver, frame, length) == 0, "upstream cannot send");
            blocks -= blocks_of(length);
            sent++;
        }
        for (uint32_t batch = mix(turn++) % 20; batch > 0; batch--) {
            struct topoc_vq_frame piece;
            uint32_t length = 0;
            enum topoc_vq_status status = topoc_link_peek(&device, &piece);
            if (status == TOPOC_VQ_READY) {
                length = piece.length;
                memcpy(frame, piece.base, length);
            } else if (status == TOPOC_VQ_CHAIN && received % 2 == 0) {
                status = topoc_link_copy(&device, frame, sizeof(frame), &length);
            } else if (status == TOPOC_VQ_CHAIN) {
                struct topoc_vq_segment segments[12];
                struct topoc_vq_chain chain;
                status = topoc_link_chain(&device, segments, 12, &chain);
                for (uint32_t i = 0; status == TOPOC_VQ_READY && i < chain.readable; i++) {
                    memcpy(frame + length, segments[i].base, segments[i].length);
                    length += segments[i].length;
                }
            }
            if (status == TOPOC_VQ_EMPTY) {
                break;
            }
            expect(status == TOPOC_VQ_READY, "our device side cannot take a frame");
            expect(frame_is(frame, length, received), "a frame from upstream is not the one that was sent");
            topoc_link_commit(&device);
            received++;
        }
        topoc_link_device_flush(&device);
        expect(device.fault == TOPOC_VQ_SOUND, "our device side broke");
    }
    upstream_reclaim(&driver);
    blocks = 0;
    for (void *block; camkes_virtqueue_buffer_alloc(&driver, &block, 1) == 0;) {
        blocks++;
    }
    expect(blocks == upstream_blocks(&driver), "blocks of upstream's did not come back");
}

/* Ours sends; upstream forgets each seventh frame, and ours gets its buffers back all the same. */
void ours_to_upstream(void)
{
    static uint32_t ends[LENGTH];
    topoc_link_driver driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    expect(topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends), "our driver side could not be made");
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not");
    uint32_t sent = 0;
    uint32_t received = 0;
    uint32_t turn = 0;
    while (received < FRAMES && fault == NULL) {
        for (uint32_t batch = mix(turn++) % 400; batch > 0 && sent < FRAMES; batch--) {
            unsigned char *buffer;
            enum topoc_vq_status status = topoc_link_reserve(&driver, frame_length(sent), &buffer);
            if (status == TOPOC_VQ_FULL) {
                break;
            }
            expect(status == TOPOC_VQ_READY, "our driver side cannot send");
            topoc_link_stage(&driver, frame_make(buffer, sent));
            sent++;
        }
        topoc_link_flush(&driver);
        for (uint32_t batch = mix(turn++) % 400; batch > 0; batch--) {
            bool forget = received % 7 == 6 && received + 1 < sent; /* the last of all is never forgotten for good */
            uint32_t length = upstream_receive(&device, frame, forget);
            if (length == 0) {
                break;
            }
            expect(forget ? length == frame_length(received) : frame_is(frame, length, received),
                   "a frame of ours is not the one that was sent");
            received++;
        }
    }
}

/* Upstream at its limit: rings of 255 small frames, again and again. */
void full_rings(void)
{
    static uint32_t ends[LENGTH];
    topoc_link_driver driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    expect(topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends), "our driver side could not be made");
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not");
    for (uint32_t round = 0; round < 1000 && fault == NULL; round++) {
        for (uint32_t i = 0; i < 255; i++) {
            unsigned char *buffer;
            expect(topoc_link_reserve(&driver, 64, &buffer) == TOPOC_VQ_READY, "255 frames do not fit");
            memset(buffer, (int)(round + i), 64);
            topoc_link_publish(&driver, 64);
        }
        unsigned char *buffer;
        expect(topoc_link_reserve(&driver, 64, &buffer) == TOPOC_VQ_FULL, "a full ring would look empty to upstream");
        for (uint32_t i = 0; i < 255; i++) {
            expect(upstream_receive(&device, frame, false) == 64 && frame[63] == (unsigned char)(round + i),
                   "a frame of a full ring is lost");
        }
        expect(upstream_receive(&device, frame, false) == 0, "there is a frame too many");
    }
}
