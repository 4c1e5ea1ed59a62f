/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Our driver side, with a hostile device. */

#include "spots.h"

#include <string.h>

#define LENGTH_MAX 16u

struct range {
    unsigned char *begin;
    uint32_t length;
};

static topoc_link_driver driver;
static topoc_link_device peer; /* for a device that plays by the rules now and then */
static uint32_t ends[LENGTH_MAX];
static unsigned char *memory;
static uint32_t size;
static uint32_t overhead;
static uint16_t length;
static struct range reserved;
static struct range frames[LENGTH_MAX]; /* by the low part of their position */
static enum topoc_vq_fault fault;

/* After a call that said `status`. */
static void check(enum topoc_vq_status status)
{
    uint16_t outstanding = (uint16_t)(driver.next - driver.oldest);
    uint16_t published = (uint16_t)(end_of_published(&driver) - driver.oldest);
    FUZZ_REQUIRE(outstanding <= length && published <= outstanding);
    FUZZ_REQUIRE(driver.rings.length == length && driver.ends == ends);
    FUZZ_REQUIRE(driver.fault < TOPOC_VQ_FAULT_COUNT);
    FUZZ_REQUIRE((status == TOPOC_VQ_BROKEN) == (driver.fault != TOPOC_VQ_SOUND) || status == TOPOC_VQ_REFUSED);
    FUZZ_REQUIRE(fault == TOPOC_VQ_SOUND || driver.fault == fault);
    if (driver.fault != TOPOC_VQ_SOUND && fault == TOPOC_VQ_SOUND) {
        fault = driver.fault;
        reserved.length = 0; /* a buffer that was reserved is so no more */
        fuzz_close(0);
    }
}

/* The status that a call without one would have. */
static enum topoc_vq_status standing(void)
{
    return driver.fault == TOPOC_VQ_SOUND ? TOPOC_VQ_EMPTY : TOPOC_VQ_BROKEN;
}

static void reserve(uint32_t bytes)
{
    unsigned char *buffer = NULL;
    fuzz_allow(4u + 4u * length);
    enum topoc_vq_status status = topoc_link_reserve(&driver, bytes, &buffer);
    check(status);
    reserved.length = 0;
    if (status != TOPOC_VQ_READY) {
        return;
    }
    FUZZ_REQUIRE(buffer >= memory + overhead && bytes > 0 && bytes <= (uint32_t)(memory + size - buffer));
    for (uint16_t at = (uint16_t)driver.oldest; at != (uint16_t)driver.next; at++) {
        const struct range *other = &frames[at % length];
        FUZZ_REQUIRE(buffer + bytes <= other->begin || other->begin + other->length <= buffer);
    }
    reserved.begin = buffer;
    reserved.length = bytes;
    memset(buffer, 0x5a, bytes);
}

static void stage(uint32_t bytes)
{
    if (reserved.length == 0) {
        return;
    }
    reserved.length = bytes % reserved.length + 1u;
    frames[(uint16_t)driver.next % length] = reserved;
    fuzz_allow(8);
    topoc_link_stage(&driver, reserved.length);
    reserved.length = 0;
    check(standing());
}

static void device_plays(uint8_t steps)
{
    struct topoc_vq_frame frame;
    fuzz_peer_plays(true);
    for (uint8_t i = 0; i < steps % 16u; i++) {
        if (topoc_link_peek(&peer, &frame) == TOPOC_VQ_READY) {
            topoc_link_commit(&peer);
        }
    }
    topoc_link_device_flush(&peer);
    fuzz_peer_plays(false);
}

static void step(void)
{
    fuzz_allow(8u + 4u * length);
    switch (fuzz_u8() % 12u) {
    case 0:
        reserve(fuzz_u16());
        break;
    case 1:
        stage(fuzz_u16());
        break;
    case 2:
        topoc_link_flush(&driver);
        check(standing());
        break;
    case 3:
        topoc_link_driver_must_signal(&driver);
        check(standing());
        break;
    case 4:
        check(topoc_link_driver_listen(&driver));
        break;
    case 5:
        topoc_link_driver_mute(&driver);
        check(standing());
        break;
    case 6:
        device_plays(fuzz_u8());
        break;
    case 7:
        for (uint8_t left = fuzz_u8() % LENGTH_MAX; left > 0; left--) {
            reserve(64);
            stage(63);
        }
        break;
    case 8:
    case 9:
        spots_of_driver(&driver);
        fuzz_peer_arm();
        break;
    default:
        spots_of_driver(&driver);
        fuzz_peer_write();
        break;
    }
}

/* Whatever has come to pass, all calls can still be made. */
static void finish(void)
{
    fuzz_allow(8u + 4u * length);
    check(topoc_link_driver_listen(&driver));
    reserve(1);
    fuzz_allow(8);
    topoc_link_flush(&driver);
    topoc_link_driver_must_signal(&driver);
    topoc_link_driver_mute(&driver);
    check(standing());
}

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t script_size)
{
    fuzz_begin(script, script_size);
    length = (uint16_t)(4u << fuzz_u8() % 3u);
    overhead = TOPOC_LINK(overhead)(length);
    size = (overhead + 64u * (1u + fuzz_u8() % 40u));
    memory = fuzz_window(0, size, 0, rings_size(length));
    fuzz_peer_in(0, length);
    fuzz_allow(16u + 8u * length);
    FUZZ_REQUIRE(topoc_link_driver_init(&driver, memory, size, length, ends));
    FUZZ_REQUIRE(topoc_link_device_init(&peer, memory, size, length));
    fault = TOPOC_VQ_SOUND;
    reserved.length = 0;
    while (fuzz_more()) {
        step();
    }
    finish();
    return 0;
}
