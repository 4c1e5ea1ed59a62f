/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Frames that upstream has begun, and not finished: it publishes a chain block by block. */

#include "interoperation.h"

/* Copies `bytes` into blocks and chains them, as libsel4camkes' scatter does; `handle` goes on with its chain. */
static void upstream_chain(virtqueue_driver_t *driver, virtqueue_ring_object_t *handle, const unsigned char *bytes,
                           uint32_t length)
{
    void *block;
    expect(camkes_virtqueue_buffer_alloc(driver, &block, length) == 0, "upstream has no block");
    memcpy(block, bytes, length);
    uintptr_t offset = (uintptr_t)block - (uintptr_t)((struct vq_buf_alloc *)driver->cookie)->buffer;
    expect(virtqueue_add_available_buf(driver, handle, (void *)offset, length, VQ_RW) == 1, "upstream has no entry");
}

static uint32_t looks_until_taken(topoc_link_device *device, unsigned char *frame, uint32_t *length)
{
    uint32_t looks = 0;
    while (looks < 5000) {
        struct topoc_vq_frame piece;
        enum topoc_vq_status status = topoc_link_peek(device, &piece);
        looks++;
        if (status == TOPOC_VQ_CHAIN) {
            status = topoc_link_copy(device, frame, LONGEST, length);
        } else if (status == TOPOC_VQ_READY) {
            *length = piece.length;
            memcpy(frame, piece.base, piece.length);
        }
        if (status == TOPOC_VQ_READY) {
            return looks;
        }
        expect(status == TOPOC_VQ_EMPTY, "a frame that is not complete is a fault");
    }
    return 0;
}

/* The headers of `type` that promise `length` bytes in all, where the type has a length. */
static void frame_header(unsigned char *frame, uint32_t type, uint32_t length, bool tagged)
{
    uint32_t at = tagged ? 18 : 14;
    if (tagged) {
        memcpy(frame + 12, "\x81\x00\x00\x05", 4);
    }
    uint32_t promised = type == 0x0800 ? length - at : length - at - 40;
    uint32_t field = at + (type == 0x0800 ? 2 : 4);
    type = type == 0 ? length - at : type;
    frame[at - 2] = (unsigned char)(type >> 8);
    frame[at - 1] = (unsigned char)type;
    frame[field] = (unsigned char)(promised >> 8);
    frame[field + 1] = (unsigned char)promised;
}

/* Ours waits for the rest of a frame, whose end its header tells; a frame that fills its last block is not waited for. */
void unfinished(void)
{
    const uint32_t types[] = {0x0800, 0x86dd, 0};
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char sent[LONGEST];
    unsigned char frame[LONGEST];
    uint32_t length = 0;
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    for (uint32_t round = 0; round < 3 * 2 * 11; round++) {
        uint32_t total = round % 2 == 0 ? BLOCK * (1 + round / 6) : BLOCK * (1 + round / 6) + 100;
        virtqueue_ring_object_t handle;
        virtqueue_init_ring_object(&handle);
        memset(sent, (int)round, sizeof(sent));
        frame_header(sent, types[round % 3], total, round % 4 == 0);
        for (uint32_t at = 0; at < total; at += BLOCK) {
            if (at > 0) {
                expect(looks_until_taken(&device, frame, &length) == 0, "a frame is taken before its end");
                expect(topoc_link_device_listen(&device) == TOPOC_VQ_EMPTY, "an unfinished frame keeps ours awake");
            }
            upstream_chain(&driver, &handle, sent + at, total - at < BLOCK ? total - at : BLOCK);
        }
        expect(topoc_link_device_listen(&device) == TOPOC_VQ_READY, "a complete frame is slept over");
        expect(looks_until_taken(&device, frame, &length) == 1, "a complete frame is not taken at once");
        expect(length == total && memcmp(frame, sent, total) == 0, "an unfinished frame came out wrong");
        topoc_link_commit(&device);
        topoc_link_device_flush(&device);
        upstream_reclaim(&driver);
    }
}

/* Where the header tells nothing, ours looks many times, without sleep; and what is followed is complete at once. */
void untold(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char sent[LONGEST];
    unsigned char frame[LONGEST];
    uint32_t length = 0;
    virtqueue_ring_object_t handle;
    virtqueue_ring_object_t next;
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    memset(sent, 0x88, sizeof(sent));
    virtqueue_init_ring_object(&handle);
    upstream_chain(&driver, &handle, sent, BLOCK);
    for (uint32_t i = 0; i < 400; i++) {
        struct topoc_vq_frame piece;
        expect(topoc_link_peek(&device, &piece) == TOPOC_VQ_CHAIN, "a full block is taken at the first look");
        expect(topoc_link_copy(&device, frame, LONGEST, &length) == TOPOC_VQ_EMPTY, "a frame is taken too early");
        expect(topoc_link_device_listen(&device) == TOPOC_VQ_READY, "ours sleeps over what may be a frame");
    }
    upstream_chain(&driver, &handle, sent, 1);
    expect(looks_until_taken(&device, frame, &length) == 1 && length == BLOCK + 1, "the end was not seen");
    topoc_link_commit(&device);
    virtqueue_init_ring_object(&handle);
    upstream_chain(&driver, &handle, sent, BLOCK);
    expect(looks_until_taken(&device, frame, &length) > 900 && length == BLOCK, "a full block is never taken");
    topoc_link_commit(&device);
    virtqueue_init_ring_object(&handle);
    virtqueue_init_ring_object(&next);
    upstream_chain(&driver, &handle, sent, BLOCK);
    upstream_chain(&driver, &next, sent, 5);
    expect(looks_until_taken(&device, frame, &length) == 1 && length == BLOCK, "what is followed is complete");
}

/* Upstream runs out of blocks in the midst of frames: those arrive cut short, all others whole, and nothing stops. */
void exhausted(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char frame[LONGEST];
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    uint32_t blocks = upstream_blocks(&driver);
    for (uint32_t round = 0; round < 1000 && fault == NULL; round++) {
        uint32_t sent = 0;
        uint32_t cut = 0;
        while (blocks > 0) {
            uint32_t length = frame_make(frame, sent);
            if (camkes_virtqueue_driver_scatter_send_buffer(&driver, frame, length) != 0) {
                cut = blocks * BLOCK;
                blocks = 0;
            } else {
                blocks -= blocks_of(length);
            }
            sent++;
        }
        for (uint32_t i = 0; i < sent; i++) {
            uint32_t length = 0;
            bool last = i + 1 == sent;
            uint32_t looks = looks_until_taken(&device, frame, &length);
            if (last && cut > 0) {
                expect(looks == 0, "a frame that upstream cut short is taken for a whole one");
                break;
            }
            expect(looks == 1 && frame_is(frame, length, i), "a frame before the one that was cut is not whole");
            topoc_link_commit(&device);
        }
        topoc_link_device_flush(&device);
        blocks += upstream_reclaim(&driver);
        if (cut > 0) {
            /* The next frame shows that nothing follows. */
            uint32_t length = frame_make(frame, 1);
            expect(camkes_virtqueue_driver_scatter_send_buffer(&driver, frame, length) == 0, "upstream cannot go on");
            blocks -= blocks_of(length);
            expect(looks_until_taken(&device, frame, &length) == 1 && length == cut, "a cut frame stays in the way");
            topoc_link_commit(&device);
            expect(looks_until_taken(&device, frame, &length) == 1 && frame_is(frame, length, 1), "the next is lost");
            topoc_link_commit(&device);
            topoc_link_device_flush(&device);
            blocks += upstream_reclaim(&driver);
        }
    }
    expect(device.fault == TOPOC_VQ_SOUND, "our device side broke");
}
