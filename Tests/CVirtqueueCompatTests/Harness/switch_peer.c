/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Our switch, with libvirtqueue's layout, and behind its link a peer written against libsel4camkes' calls alone: ours or
 * upstream's. Frames of every length go both ways; the peer sleeps at times, so that frames wait. Says "sound", or
 * what went wrong.
 */

#define TOPOC_LINK_LAYOUT 3

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <camkes/virtqueue.h>
#include <camkes/virtqueue_template.h>
#include <topoc/switch.h>

#define LENGTH 256
#define SHARED 32768
#define FRAMES 20000u
#define PARKED 16

static _Alignas(4096) unsigned char to_peer[SHARED];
static _Alignas(4096) unsigned char from_peer[SHARED];
static uint32_t ends[LENGTH];
static const unsigned char own[6] = { 2, 0, 0, 0, 0xaa, 1 };
static const unsigned char other[6] = { 2, 0, 0, 0, 0xaa, 2 };
static struct topoc_switch sw;
static struct topoc_switch_link link;
static struct topoc_switch_parked parked[PARKED];
static unsigned char frames[PARKED + 1][1514]; /* those that wait keep theirs */
static bool waits[PARKED + 1];
static uint32_t delivered;
static unsigned long through;

static void fail(const char *what, unsigned long number)
{
    printf("%s at frame %lu\n", what, number);
    exit(1);
}

static void notify(void)
{
}

static void signal_peer(void *context)
{
    (void)context;
}

static uint32_t length_of(uint32_t number)
{
    return 22 + number * 7 % 1493;
}

static void fill(unsigned char *frame, const unsigned char *to, const unsigned char *from, uint32_t number)
{
    memcpy(frame, to, 6);
    memcpy(frame + 6, from, 6);
    for (uint32_t i = 12; i < length_of(number); i++) {
        frame[i] = (unsigned char)(number + i);
    }
    /* IPv4 with its length: of a frame that ends with a full block, the switch has to know that it is complete. */
    frame[12] = 0x08;
    frame[13] = 0x00;
    frame[16] = (unsigned char)((length_of(number) - 14) >> 8);
    frame[17] = (unsigned char)(length_of(number) - 14);
}

static void done(void *context, void *cookie)
{
    (void)context;
    waits[(uintptr_t)cookie - 1] = false;
    through++;
}

static bool deliver(void *context, const struct topoc_switch_frame *frame)
{
    static unsigned char expected[1514];
    static unsigned char found[1514];
    (void)context;
    fill(expected, own, other, delivered);
    topoc_switch_frame_copy(frame, found);
    if (frame->length != length_of(delivered) || memcmp(expected, found, frame->length) != 0) {
        fail("the switch was given another frame", delivered);
    }
    delivered++;
    return true;
}

static void reclaim(virtqueue_driver_t *queue)
{
    virtqueue_ring_object_t handle;
    uint32_t written;
    while (virtqueue_get_used_buf(queue, &handle, &written)) {
        void *buffer;
        unsigned size;
        vq_flags_t flags;
        while (camkes_virtqueue_driver_gather_buffer(queue, &handle, &buffer, &size, &flags) == 0) {
            camkes_virtqueue_buffer_free(queue, buffer);
        }
    }
}

int main(void)
{
    static virtqueue_driver_t send_queue;
    static virtqueue_device_t receive_queue;
    static unsigned char frame[4096];
    static unsigned char expected[1514];
    uint32_t sent = 0;
    uint32_t offered = 0;
    uint32_t taken = 0;
    uint32_t where;
    /* A table of one address. */
    const uint64_t entry = topoc_mac_number(other) << 16;
    const uint16_t displacement = 0;
    const struct topoc_mac_table table = { .entries = &entry, .displacements = &displacement, .multiplier = 1 };

    camkes_virtqueue_channel_register(0, "send", LENGTH, SHARED, from_peer, notify, 0, 0, VIRTQUEUE_DRIVER);
    camkes_virtqueue_channel_register(1, "receive", LENGTH, SHARED, to_peer, notify, 0, 0, VIRTQUEUE_DEVICE);
    link.peer = topoc_mac_number(other);
    link.signal = signal_peer;
    if (!topoc_link_driver_init(&link.driver, to_peer, SHARED, LENGTH, ends)
        || camkes_virtqueue_driver_init(&send_queue, 0) != 0 || camkes_virtqueue_device_init(&receive_queue, 1) != 0
        || !topoc_link_device_init(&link.device, from_peer, SHARED, LENGTH)) {
        fail("the queues were not made", 0);
    }
    struct topoc_switch_config config = {
        .address = topoc_mac_number(own),
        .frame_max = 1514,
        .table = &table,
        .links = &link,
        .link_count = 1,
        .parked = parked,
        .parked_count = PARKED,
        .done = done,
    };
    if (topoc_switch_init(&sw, &config, &where) != TOPOC_SWITCH_SOUND) {
        fail("the switch was refused", 0);
    }
    while (delivered < FRAMES || taken < FRAMES) {
        /* The peer to the switch, a burst at a time. */
        for (uint32_t i = 0; i < 7 && sent < FRAMES; i++) {
            reclaim(&send_queue);
            fill(frame, own, other, sent);
            if (camkes_virtqueue_driver_scatter_send_buffer(&send_queue, frame, length_of(sent)) < 0) {
                fail("the peer could not send", sent);
            }
            send_queue.notify();
            sent++;
        }
        if (topoc_switch_receive(&sw, 100, deliver, NULL) != TOPOC_SWITCH_IDLE || delivered != sent) {
            fail("the switch did not take all", delivered);
        }
        /* The switch to the peer, as long as frames that do not find room can wait. */
        topoc_switch_resume(&sw);
        while (offered < FRAMES && topoc_switch_ready(&sw)) {
            uint32_t slot = 0;
            while (waits[slot]) {
                slot++;
            }
            fill(frames[slot], other, own, offered);
            void *cookie = (void *)(uintptr_t)(slot + 1);
            waits[slot] = topoc_switch_send(&sw, frames[slot], length_of(offered), cookie) == TOPOC_SWITCH_WAITS;
            offered++;
        }
        topoc_switch_flush(&sw);
        virtqueue_ring_object_t handle;
        for (uint32_t i = 0; i < 40 && virtqueue_get_available_buf(&receive_queue, &handle); i++) {
            size_t length = virtqueue_scattered_available_size(&receive_queue, &handle);
            fill(expected, other, own, taken);
            if (length != length_of(taken)
                || camkes_virtqueue_device_gather_copy_buffer(&receive_queue, &handle, frame, length) < 0
                || memcmp(frame, expected, length) != 0) {
                fail("the peer was given another frame", taken);
            }
            taken++;
        }
    }
    if (link.counters.sent_frames != FRAMES || link.counters.received_frames != FRAMES
        || link.counters.parked_frames == 0 || link.counters.parked_frames != through) {
        fail("the counters are wrong", link.counters.parked_frames);
    }
    puts("sound");
    return 0;
}
