/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device side of a guest's queue, in the layout TOPOC_LINK_LAYOUT: its parts lie apart, its descriptors point into
 * regions of the guest's memory, and features are as guest and device agreed. A run is one harness, PROOF_HARNESS.
 */

#include "harness.h"
#include <topoc/link.h>

/* Regions begin on pages, in this process and for the guest. */
#define LOW 0x100000u
#define HIGH 0x140000000ull
#define LOW_SIZE (64u * PROOF_LINES)
#define HIGH_SIZE 4096u

static topoc_link_device device;
static struct topoc_vq_region regions[2];
static unsigned char *descriptors, *available, *used;

/* Makes the queue, in any state: what is valid is as in link.c. */
static void any_device(bool indirect)
{
    struct topoc_vq_memory memory = { .regions = regions, .count = 2 };
    struct topoc_vq_features features = {
        .event_index = proof_any_bool(), .in_order = proof_any_bool(), .indirect = indirect
    };
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    struct topoc_packed_rings rings = {
        .descriptors = (struct topoc_packed_descriptor *)(void *)descriptors,
        .driver_event = (struct topoc_packed_event *)(void *)available,
        .device_event = (struct topoc_packed_event *)(void *)used,
        .length = PROOF_LENGTH,
    };
#else
    struct topoc_vq_rings rings = {
        .descriptors = (struct topoc_vq_descriptor *)(void *)descriptors,
        .available = (struct topoc_vq_available *)(void *)available,
        .used = (struct topoc_vq_used *)(void *)used,
        .length = PROOF_LENGTH,
    };
#endif
    bool made = TOPOC_LINK(device_init_rings)(&device, &rings, &memory, features, proof_any_u32, proof_any_u16,
                                              proof_any_u16);
    /*@ assert made: made; */
    device.asked = proof_any_u16;
    device.held_bytes = proof_any_u32;
    device.written = proof_any_u32;
    device.id = proof_any_u16;
    device.batch = proof_any_u16;
    device.batch_id = proof_any_u16;
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    device.head_flags = proof_any_u16;
    topoc_packed_device_take(&device, proof_any_u32, (uint16_t)proof_any(0, PROOF_LENGTH), proof_any_bool());
#else
    device.taken_bytes = proof_any_u32;
    device.writable = proof_any_bool();
    device.available = proof_any_u16;
    device.held = (uint16_t)proof_any(0, PROOF_LENGTH - 1u);
    device.taken = proof_any_bool();
#endif
    device.fault = (enum topoc_vq_fault)proof_any_bool();
}

static void check_device(void)
{
    /*@ assert length: device.rings.length == PROOF_LENGTH && device.memory.count == 2; */
    /*@ assert memory: device.memory.regions == &regions[0]; */
    /*@ assert low: regions[0].address == LOW && regions[0].size == LOW_SIZE; */
    /*@ assert high: regions[1].address == HIGH && regions[1].size == HIGH_SIZE; */
}

static void guest_init(void)
{
    any_device(proof_any_bool());
    check_device();
}

static void guest_peek(void)
{
    any_device(proof_any_bool());
    struct topoc_vq_frame frame;
    if (TOPOC_LINK(device_peek)(&device, &frame) == TOPOC_VQ_READY) {
        /*@ assert region: \valid_read(frame.base); */
        /*@ assert some: frame.length > 0; */
    }
    check_device();
}

static void guest_segment(void)
{
    any_device(false);
    struct topoc_vq_walk walk;
    struct topoc_vq_segment segment;
    if (TOPOC_LINK(device_walk)(&device, &walk) == TOPOC_VQ_READY
        && TOPOC_LINK(device_segment)(&device, &walk, &segment) == TOPOC_VQ_READY) {
        /*@ assert region: \valid_read(segment.base); */
        /*@ assert some: segment.length > 0; */
    }
    check_device();
}

/*
 * An indirect table at any place that is aligned, of any whole number of entries (others are refused by their
 * remainders), and a step in it from any entry: values are taken one by one.
 */
static void guest_indirect(void)
{
    any_device(true);
    struct topoc_vq_walk walk;
    struct topoc_vq_piece piece = {
        .address = LOW + 8u * proof_any(0, LOW_SIZE / 8u + 1u),
        .length = 16u * proof_any(0, PROOF_LENGTH + 1u),
        .flags = proof_any_u16, .next = proof_any_u16
    };
    memset(&walk, 0, sizeof(walk));
    walk.own = proof_any_u16;
    walk.cursor.entries = PROOF_LENGTH;
    /*@ split piece.address; */
    /*@ split piece.length; */
    if (TOPOC_LINK(device_enter)(&device, &walk, &piece) == TOPOC_VQ_READY) {
        uint32_t entries = walk.cursor.entries;
        walk.cursor.index = proof_any(0, entries - 1u);
        /*@ split walk.cursor.index; */
        struct topoc_vq_piece entry = TOPOC_LINK(device_read)(&device, &walk.cursor);
        if (TOPOC_LINK(device_step)(&device, &walk.cursor, &entry) == TOPOC_VQ_READY) {
            /*@ assert inside: walk.cursor.index < entries; */
        }
    }
    check_device();
}

static void guest_chain(void)
{
    any_device(false);
    struct topoc_vq_segment segments[2];
    struct topoc_vq_chain chain;
    TOPOC_LINK(device_chain)(&device, segments, 2, &chain);
    check_device();
}

static void guest_copy(void)
{
    any_device(false);
    unsigned char destination[8];
    uint32_t length;
    TOPOC_LINK(device_copy)(&device, destination, sizeof(destination), &length);
    check_device();
}

static void guest_scatter(void)
{
    any_device(false);
    unsigned char bytes[8];
    uint32_t written;
    struct topoc_vq_frame parts[2] = {
        { .base = bytes, .length = proof_any_u32 },
        { .base = bytes, .length = proof_any_u32 },
    };
    TOPOC_LINK(device_scatter)(&device, parts, proof_any(0, 2), &written);
    check_device();
}

static void guest_commit(void)
{
    any_device(false);
    if (proof_any_int) {
        TOPOC_LINK(device_wrote)(&device, proof_any_u32);
    }
    TOPOC_LINK(device_commit)(&device);
    check_device();
}

static void guest_flush(void)
{
    any_device(false);
    TOPOC_LINK(device_flush)(&device);
    check_device();
}

static void guest_signals(void)
{
    any_device(false);
    if (proof_any_int) {
        TOPOC_LINK(device_must_signal)(&device);
    } else if (proof_any_int) {
        TOPOC_LINK(device_listen)(&device);
    } else {
        TOPOC_LINK(device_mute)(&device);
    }
    check_device();
}

int main(void)
{
    unsigned char low[LOW_SIZE + 1u]; /* that a buffer is not empty is a relation too: it may begin at the end */
    unsigned char high[HIGH_SIZE + 1u];
    unsigned char table[16u * PROOF_LENGTH];
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    unsigned char first[4]; /* the event structures */
    unsigned char second[4];
#else
    unsigned char first[6u + 2u * PROOF_LENGTH];
    unsigned char second[6u + 8u * PROOF_LENGTH];
#endif
    descriptors = table;
    available = first;
    used = second;
    regions[0] = (struct topoc_vq_region) {
        .base = low, .address = LOW, .size = LOW_SIZE
    };
    regions[1] = (struct topoc_vq_region) {
        .base = high, .address = HIGH, .size = HIGH_SIZE
    };
    PROOF_HARNESS();
    return 0;
}
