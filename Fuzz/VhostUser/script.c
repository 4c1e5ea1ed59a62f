/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "script.h"
#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Loads and stores of shared memory (topoc/vq_access.h), after each of which the guest may have its turn. */
#include "../DataPath/access.h"

static const uint8_t *bytes;
static size_t left;
static unsigned char *memory;
static uint32_t countdown; /* loads until the guest writes; 0: it does not */
static uint32_t allowed;   /* loads that are left */
static bool writing;
static uint16_t offered[2]; /* of the receive ring, and of the transmit ring */

_Noreturn void fuzz_fail(const char *what)
{
    fprintf(stderr, "finding: %s\n", what);
    abort();
}

void fuzz_begin(const uint8_t *script, size_t size)
{
    bytes = script;
    left = size;
    countdown = 0;
}

bool fuzz_more(void)
{
    return left > 0;
}

uint8_t fuzz_u8(void)
{
    if (left == 0) {
        return 0;
    }
    left--;
    return *bytes++;
}

uint16_t fuzz_u16(void)
{
    uint16_t low = fuzz_u8();
    return (uint16_t)(low | (uint16_t)fuzz_u8() << 8);
}

void fuzz_guest_in(unsigned char *at)
{
    memory = at;
}

/* Values that stand at the edges of what is checked. */
static uint64_t value(void)
{
    static const uint64_t edges[] = {
        0, 1, 2, 3, 4, 16, 64, 0x80, 0x8000, 0x8080, 0xffff, 0x10000, 0x10000 + FUZZ_REGION - 16, 0x10000 + FUZZ_REGION,
        0x100000000, 0x100000000 + FUZZ_REGION - 1, 1518, 1526, 12, UINT32_MAX, UINT64_MAX, UINT64_MAX - 4095,
    };
    uint8_t choice = fuzz_u8();
    if (choice < sizeof(edges) / sizeof(edges[0])) {
        return edges[choice];
    }
    return choice & 1 ? fuzz_u8() : 0x10000u + fuzz_u16();
}

void fuzz_guest_write(void)
{
    uint8_t width = fuzz_u8();
    uint32_t at = fuzz_u16();
    uint64_t written = value();
    /* The rings of both queues lie in the first 4 KiB. */
    at = (width & 0x30u) != 0 ? at % 4096u : at % FUZZ_MEMORY;
    at &= ~7u;
    at += (width & 0xc0u) >> 5;
    size_t size = (size_t)2u << (width % 3u);
    if (memory != NULL && at + size <= FUZZ_MEMORY) {
        memcpy(memory + at, &written, size);
    }
}

void fuzz_guest_begin(void)
{
    offered[0] = 0;
    offered[1] = 0;
}

void fuzz_guest_offer(bool transmit, uint16_t length, bool packed)
{
    uint16_t position = offered[transmit]++;
    uint16_t slot = position % length;
    uint64_t address = 0x10000u + 4096u + (fuzz_u8() & 63u);
    uint32_t bytes = fuzz_u16() % 8192u;
    uint8_t choice = fuzz_u8();
    bool odd = (choice & 0xf0u) == 0;
    /* The receive queue's buffers are to be written. */
    uint16_t flags = (uint16_t)((transmit ? 0u : 2u) ^ (odd ? choice & 7u : 0u));
    if ((flags & 4u) != 0) {
        /* An indirect table, which may be one descriptor too long. */
        address &= ~7ull;
        bytes = bytes % (length + 2u) * 16u;
    }
    if ((choice & 0xf0u) == 0x10u) {
        address = value();
    }
    if (memory == NULL) {
        return;
    }
    unsigned char *ring = memory + (transmit ? 1024u : 0u);
    unsigned char *descriptor = ring + slot * 16u;
    memcpy(descriptor, &address, 8);
    memcpy(descriptor + 8, &bytes, 4);
    if (packed) {
        flags |= (position / length) % 2u == 0 ? 0x80u : 0x8000u;
        memcpy(descriptor + 12, &slot, 2);
        memcpy(descriptor + 14, &flags, 2);
    } else {
        uint16_t next = (uint16_t)(position + 1u);
        /* To the next slot, or to itself: a chain that has no end. */
        uint16_t link = (uint16_t)((slot + (odd && (choice & 8u) != 0 ? 0u : 1u)) % length);
        memcpy(descriptor + 12, &flags, 2);
        memcpy(descriptor + 14, &link, 2);
        memcpy(ring + 512 + 4 + slot * 2u, &slot, 2);
        memcpy(ring + 512 + 2, &next, 2);
    }
}

void fuzz_allow(uint32_t loads)
{
    allowed = loads;
}

void fuzz_guest_arm(void)
{
    countdown = 1u + fuzz_u8() % 64u;
}

void fuzz_guest_disarm(void)
{
    countdown = 0;
}

static void turn(void)
{
    if (!writing && countdown > 0 && --countdown == 0) {
        writing = true;
        fuzz_guest_write();
        writing = false;
    }
}

#define DEFINE_LOAD(name, type, order) \
    type name(const void *address) \
    { \
        FUZZ_REQUIRE((uintptr_t)address % sizeof(type) == 0 && fuzz_state_maps(address, sizeof(type))); \
        FUZZ_REQUIRE(allowed-- > 0); \
        type loaded = __atomic_load_n((const type *)address, order); \
        turn(); \
        return loaded; \
    }

#define DEFINE_STORE(name, type, order) \
    void name(void *address, type stored) \
    { \
        FUZZ_REQUIRE((uintptr_t)address % sizeof(type) == 0 && fuzz_state_maps(address, sizeof(type))); \
        __atomic_store_n((type *)address, stored, order); \
        turn(); \
    }

DEFINE_LOAD(topoc_load_u16, uint16_t, __ATOMIC_RELAXED)
DEFINE_LOAD(topoc_load_acquire_u16, uint16_t, __ATOMIC_ACQUIRE)
DEFINE_LOAD(topoc_load_u32, uint32_t, __ATOMIC_RELAXED)
DEFINE_LOAD(topoc_load_u64, uint64_t, __ATOMIC_RELAXED)
DEFINE_STORE(topoc_store_u16, uint16_t, __ATOMIC_RELAXED)
DEFINE_STORE(topoc_store_release_u16, uint16_t, __ATOMIC_RELEASE)
DEFINE_STORE(topoc_store_u32, uint32_t, __ATOMIC_RELAXED)
DEFINE_STORE(topoc_store_u64, uint64_t, __ATOMIC_RELAXED)
DEFINE_STORE(topoc_store_release_u64, uint64_t, __ATOMIC_RELEASE)

void topoc_fence(void)
{
    turn();
}
