/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the scenarios share: frames that tell their number, and upstream's ends, called as its VMM calls them. */

#include "interoperation.h"

/* What a CAmkES component defines; no queue is looked up by its id here. */
camkes_virtqueue_channel_t camkes_virtqueue_channels[MAX_CAMKES_VIRTQUEUE_ID + 1];
int num_registered_virtqueue_channels;

_Alignas(4096) unsigned char memory[SIZE];
const char *volatile fault;

void expect(bool right, const char *what)
{
    if (!right && fault == NULL) {
        fault = what;
    }
}

uint32_t mix(uint32_t number)
{
    number = (number + 1) * 2654435761u;
    return number ^ number >> 15;
}

uint32_t frame_length(uint32_t number)
{
    uint32_t kind = mix(number) % 4;
    return kind == 0 ? LONGEST : kind == 1 ? BLOCK * (1 + mix(number) / 4 % 11) : 60 + mix(number) / 4 % 1454;
}

uint32_t frame_make(unsigned char *frame, uint32_t number)
{
    uint32_t length = frame_length(number);
    for (uint32_t i = 0; i < length; i++) {
        frame[i] = (unsigned char)(number * 31 + i * 7);
    }
    frame[12] = 0x08;
    frame[13] = 0x00;
    frame[16] = (unsigned char)((length - 14) >> 8);
    frame[17] = (unsigned char)(length - 14);
    memcpy(frame + 20, &number, 4);
    return length;
}

/* Whether a frame is this number's: whole, and as it was sent. */
bool frame_is(const unsigned char *frame, uint32_t length, uint32_t number)
{
    unsigned char wanted[LONGEST];
    return length == frame_make(wanted, number) && memcmp(frame, wanted, length) == 0;
}

void upstream_driver_init(virtqueue_driver_t *driver)
{
    if (camkes_virtqueue_driver_init_common(driver, memory, LENGTH, SIZE, NULL, BLOCK) != 0) {
        fault = "upstream's driver side could not be made";
    }
}

uint32_t blocks_of(uint32_t length)
{
    return (length + BLOCK - 1) / BLOCK;
}

/* Takes used chains back as the VMM does; the answer is how many blocks came back. */
uint32_t upstream_reclaim(virtqueue_driver_t *driver)
{
    virtqueue_ring_object_t handle;
    uint32_t bytes;
    uint32_t blocks = 0;
    while (virtqueue_get_used_buf(driver, &handle, &bytes)) {
        void *buffer;
        unsigned length;
        vq_flags_t flag;
        while (camkes_virtqueue_driver_gather_buffer(driver, &handle, &buffer, &length, &flag) == 0) {
            camkes_virtqueue_buffer_free(driver, buffer);
            blocks++;
        }
    }
    return blocks;
}

uint32_t upstream_blocks(const virtqueue_driver_t *driver)
{
    return (uint32_t)((const struct vq_buf_alloc *)driver->cookie)->free_list_size;
}

/* Takes the next frame as the VMM does: asks for its size, and copies so much. The answer is its length, or 0. */
uint32_t upstream_receive(virtqueue_device_t *device, unsigned char *frame, bool forget)
{
    virtqueue_ring_object_t handle;
    if (!virtqueue_get_available_buf(device, &handle)) {
        return 0;
    }
    uint32_t length = virtqueue_scattered_available_size(device, &handle);
    if (forget) {
        return length; /* the guest has no room: nothing is given back */
    }
    expect(length <= LONGEST, "upstream sees a frame that is too long");
    camkes_virtqueue_device_gather_copy_buffer(device, &handle, frame, length <= LONGEST ? length : LONGEST);
    return length;
}
