/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "peer.h"

#include <sanitizer/asan_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <topoc/vq_types.h>

#define GUARD 4096u
#define ARMED_MAX 6u
#define SPOTS_MAX 12u

/* The peer and the access functions go past AddressSanitizer: the rings are poisoned for all others. */
#define PAST_ASAN __attribute__((no_sanitize("address")))

struct window {
    unsigned char *base;
    uint32_t size;
    bool closed;
    bool hostile;
};

struct write {
    uint8_t after; /* so many loads */
    uint8_t how;
    uint16_t where;
    uint16_t what;
};

static _Alignas(4096) unsigned char arena[FUZZ_WINDOWS][GUARD + FUZZ_WINDOW_MAX + GUARD];
static struct window windows[FUZZ_WINDOWS];
static const uint8_t *next;
static size_t left;
static uint32_t allowed;
static struct write armed[ARMED_MAX];
static unsigned int armed_count;
static unsigned int peer_window;
static uint16_t ring_length;
static unsigned char *spots[SPOTS_MAX];
static unsigned int spot_count;
static bool playing;

void fuzz_fail(const char *what)
{
    fprintf(stderr, "finding: %s\n", what);
    abort();
}

void fuzz_begin(const uint8_t *script, size_t size)
{
    next = script;
    left = size;
    armed_count = 0;
    spot_count = 0;
    playing = false;
    memset(windows, 0, sizeof(windows));
    __asan_poison_memory_region(arena, sizeof(arena));
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
    return *next++;
}

uint16_t fuzz_u16(void)
{
    uint16_t low = fuzz_u8();
    return (uint16_t)(low | fuzz_u8() << 8);
}

unsigned char *fuzz_window(unsigned int index, uint32_t size, uint32_t rings, uint32_t rings_end)
{
    FUZZ_REQUIRE(index < FUZZ_WINDOWS && size <= FUZZ_WINDOW_MAX && size % 8 == 0 && rings % 8 == 0);
    struct window *window = &windows[index];
    window->base = arena[index] + GUARD;
    window->size = size;
    window->closed = false;
    window->hostile = false;
    __asan_unpoison_memory_region(window->base, size);
    memset(window->base, 0, size);
    __asan_poison_memory_region(window->base + rings, (rings_end - rings) & ~7u);
    return window->base;
}

void fuzz_close(unsigned int index)
{
    windows[index].closed = true;
}

void fuzz_allow(uint32_t accesses)
{
    allowed = accesses;
}

/* -- The peer. -- */

void fuzz_peer_in(unsigned int window, uint16_t length)
{
    peer_window = window;
    windows[window].hostile = true;
    ring_length = length;
    spot_count = 0;
}

void fuzz_peer_spots(void *const *places, unsigned int count)
{
    for (spot_count = 0; spot_count < count && spot_count < SPOTS_MAX; spot_count++) {
        spots[spot_count] = places[spot_count];
    }
}

void fuzz_peer_plays(bool plays)
{
    playing = plays;
}

/* The window in which `width` bytes at `address` lie, or NULL. */
static const struct window *find(const void *address, uint32_t width)
{
    uintptr_t at = (uintptr_t)address;
    for (unsigned int i = 0; i < FUZZ_WINDOWS; i++) {
        uintptr_t base = (uintptr_t)windows[i].base;
        if (base != 0 && at >= base && at - base < windows[i].size && width <= windows[i].size - (at - base)) {
            return &windows[i];
        }
    }
    return NULL;
}

/* Values that checks turn on. */
static uint64_t telling(uint16_t number)
{
    const struct window *window = &windows[peer_window];
    const uint64_t values[] = {
        0, 1, 2, 3, 4, 7, 64, 128, 129, ring_length - 1u, ring_length, ring_length + 1u, 2u * ring_length, 0x7f, 0x80,
        0x7fff, 0x8000, 0x8080, 0xffff, 0x8001, 0x81, 0x82, 0x84, window->size - 1u, window->size, window->size - 64u,
        window->size / 2u, 0x7fffffff, 0x80000000, 0xffffffff, 0xffffffc0, 0x100000000, 0x7fffffffffffffff, UINT64_MAX,
        UINT64_MAX - 63u,
    };
    return values[number % (sizeof(values) / sizeof(values[0]))];
}

PAST_ASAN static void apply(const struct write *write, unsigned char *loaded)
{
    const struct window *window = &windows[peer_window];
    if (window->base == NULL) {
        return;
    }
    uint32_t width = 1u << (write->how & 3u);
    unsigned char *at = window->base + write->where % window->size;
    if ((write->how & 12u) == 4 && spot_count > 0) {
        at = spots[write->where % spot_count];
    } else if ((write->how & 12u) == 8 && loaded != NULL) {
        at = loaded;
    } else if ((write->how & 12u) == 12) {
        at = window->base + write->where % (ring_length * 16u);
    }
    window = find(at, 1);
    if (window == NULL || !window->hostile) {
        return; /* the place just loaded is someone else's */
    }
    uint32_t room = (uint32_t)(window->base + window->size - at);
    width = width < room ? width : room;
    uint64_t value = 0;
    for (uint32_t i = width; i > 0; i--) {
        value = value << 8 | at[i - 1u];
    }
    switch (write->how >> 4 & 3u) {
    case 0:
        value = write->what;
        break;
    case 1:
        value = telling(write->what);
        break;
    case 2:
        value += (uint64_t)(int64_t)(int8_t)write->what;
        break;
    default:
        value ^= (uint64_t)(write->what | 1u) << (write->how >> 6) * 16u;
        break;
    }
    for (uint32_t i = 0; i < width; i++) {
        at[i] = (unsigned char)(value >> 8 * i);
    }
}

static struct write read_write(void)
{
    struct write write;
    write.after = 0;
    write.how = fuzz_u8();
    write.where = fuzz_u16();
    write.what = fuzz_u16();
    return write;
}

void fuzz_peer_write(void)
{
    struct write write = read_write();
    apply(&write, NULL);
}

void fuzz_peer_arm(void)
{
    struct write write = read_write();
    write.after = fuzz_u8() % 16u;
    if (armed_count < ARMED_MAX) {
        armed[armed_count++] = write;
    }
}

/* The peer's turn, after a load of `loaded`. */
static void turn(unsigned char *loaded)
{
    unsigned int kept = 0;
    for (unsigned int i = 0; i < armed_count; i++) {
        if (armed[i].after == 0) {
            apply(&armed[i], loaded);
        } else {
            armed[i].after--;
            armed[kept++] = armed[i];
        }
    }
    armed_count = kept;
}

/* -- The access functions. -- */

static void check(const void *address, uint32_t width)
{
    if (playing) {
        return;
    }
    if ((uintptr_t)address % width != 0) {
        fuzz_fail("an access that is not aligned");
    }
    if (allowed == 0) {
        fuzz_fail("a call that does not end");
    }
    allowed--;
    const struct window *window = find(address, width);
    if (window == NULL) {
        fuzz_fail("an access outside of the shared memory");
    }
    if (window->closed) {
        fuzz_fail("the memory of a broken queue is touched");
    }
}

#define ACCESS(bits) \
    PAST_ASAN static uint##bits##_t load_##bits(const void *address) \
    { \
        check(address, bits / 8u); \
        uint##bits##_t value = *(const volatile uint##bits##_t *)address; \
        if (!playing) { \
            turn((unsigned char *)(uintptr_t)address); \
        } \
        return value; \
    } \
    PAST_ASAN static void store_##bits(void *address, uint##bits##_t value) \
    { \
        check(address, bits / 8u); \
        *(volatile uint##bits##_t *)address = value; \
    }

ACCESS(16)
ACCESS(32)

uint16_t topoc_load_u16(const void *address)
{
    return load_16(address);
}

uint16_t topoc_load_acquire_u16(const void *address)
{
    return load_16(address);
}

uint32_t topoc_load_u32(const void *address)
{
    return load_32(address);
}

/* In halves, as on a 32-bit machine: the peer writes in between. */
uint64_t topoc_load_u64(const void *address)
{
    uint64_t low = load_32(address);
    return (uint64_t)load_32((const unsigned char *)address + 4) << 32 | low;
}

void topoc_store_u16(void *address, uint16_t value)
{
    store_16(address, value);
}

void topoc_store_release_u16(void *address, uint16_t value)
{
    store_16(address, value);
}

void topoc_store_u32(void *address, uint32_t value)
{
    store_32(address, value);
}

void topoc_store_u64(void *address, uint64_t value)
{
    store_32(address, (uint32_t)value);
    store_32((unsigned char *)address + 4, (uint32_t)(value >> 32));
}

void topoc_store_release_u64(void *address, uint64_t value)
{
    topoc_store_u64(address, value);
}

void topoc_fence(void)
{
}
