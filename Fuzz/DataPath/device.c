/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Our device side, with a hostile driver: of a link, or of a guest whose memory lies in two regions. */

#include "spots.h"

#include <sanitizer/asan_interface.h>
#include <string.h>

#define LENGTH_MAX 16u
#define SEGMENTS_MAX 20u
#define COPY_MAX 4096u

/* Where a guest's memory begins, as the guest calls it. */
#define GUEST_LOW 0x1000u
#define GUEST_HIGH 0x100000000u
#define GUEST_RINGS 512u /* bytes of the low region in which the rings lie */

static topoc_link_device device;
static topoc_link_driver peer; /* for a driver that plays by the rules now and then */
static uint32_t ends[LENGTH_MAX];
static unsigned char copied[COPY_MAX];
static struct topoc_vq_region regions[2];
static uint16_t length;
static bool guest;
static enum topoc_vq_fault fault;

/* Loads and stores of one call, at most: a look at a chain, and giving back what is held. */
static uint32_t bound(void)
{
    return 16u + 16u * length;
}

static void check(enum topoc_vq_status status)
{
    FUZZ_REQUIRE(device.rings.length == length && private_state_is_valid(&device));
    FUZZ_REQUIRE(device.fault < TOPOC_VQ_FAULT_COUNT);
    FUZZ_REQUIRE((status == TOPOC_VQ_BROKEN) == (device.fault != TOPOC_VQ_SOUND));
    FUZZ_REQUIRE(fault == TOPOC_VQ_SOUND || device.fault == fault);
    if (device.fault != TOPOC_VQ_SOUND && fault == TOPOC_VQ_SOUND) {
        fault = device.fault;
        fuzz_close(0);
        fuzz_close(1);
    }
}

static enum topoc_vq_status standing(void)
{
    return device.fault == TOPOC_VQ_SOUND ? TOPOC_VQ_EMPTY : TOPOC_VQ_BROKEN;
}

/* Bytes that we were told are in the shared memory lie there, in one region. */
static void check_bytes(const unsigned char *base, uint32_t bytes)
{
    bool within = false;
    FUZZ_REQUIRE(bytes > 0);
    for (unsigned int i = 0; i < device.memory.count; i++) {
        const struct topoc_vq_region *region = &device.memory.regions[i];
        within = within || (base >= region->base && base - region->base <= (ptrdiff_t)region->size
                            && bytes <= region->size - (uint64_t)(base - region->base));
    }
    FUZZ_REQUIRE(within);
}

static void peek(void)
{
    struct topoc_vq_frame frame = {NULL, 0};
    enum topoc_vq_status status = topoc_link_peek(&device, &frame);
    check(status);
    if (status == TOPOC_VQ_READY) {
        check_bytes(frame.base, frame.length);
        FUZZ_REQUIRE(frame.length <= device.bytes_max);
    }
}

/* Into a buffer of exactly `capacity` bytes. */
static void copy(uint16_t capacity)
{
    uint32_t bytes = 0;
    capacity %= COPY_MAX + 1u;
    __asan_unpoison_memory_region(copied, sizeof(copied));
    unsigned char *to = copied + sizeof(copied) - capacity; /* so that the end is exact, too */
    __asan_poison_memory_region(copied, sizeof(copied) - capacity);
    enum topoc_vq_status status = topoc_link_copy(&device, to, capacity, &bytes);
    check(status);
    FUZZ_REQUIRE(status != TOPOC_VQ_READY || bytes <= capacity);
    FUZZ_REQUIRE(status != TOPOC_VQ_REFUSED || bytes > capacity);
}

static void chain(uint8_t capacity)
{
    struct topoc_vq_segment segments[SEGMENTS_MAX];
    struct topoc_vq_chain found = {0};
    uint64_t total = 0;
    capacity %= SEGMENTS_MAX + 1u;
    memset(segments, 0xff, sizeof(segments));
    enum topoc_vq_status status = topoc_link_chain(&device, segments, capacity, &found);
    check(status);
    if (status != TOPOC_VQ_READY) {
        return;
    }
    uint32_t count = (uint32_t)found.readable + found.writable;
    FUZZ_REQUIRE(count > 0 && count <= capacity && count <= length);
    for (uint32_t i = 0; i < count; i++) {
        check_bytes(segments[i].base, segments[i].length);
        total += segments[i].length;
    }
    FUZZ_REQUIRE(total == (uint64_t)found.readable_bytes + found.writable_bytes && total <= device.bytes_max);
    for (uint32_t i = found.readable; i < count; i++) {
        if (!guest) {
            break; /* a link's pool may be written by its driver only, but nothing breaks */
        }
        segments[i].base[segments[i].length - 1u] ^= 1;
    }
    if (found.writable > 0) {
        TOPOC_LINK(device_wrote)(&device, found.writable_bytes);
    }
}

static void scatter(uint16_t first, uint16_t second)
{
    static const unsigned char bytes[2048];
    struct topoc_vq_frame parts[2] = {{bytes, first % 64u + 1u}, {bytes, second % sizeof(bytes) + 1u}};
    uint32_t written = 0;
    enum topoc_vq_status status = TOPOC_LINK(device_scatter)(&device, parts, 2, &written);
    check(status);
    FUZZ_REQUIRE(status != TOPOC_VQ_READY || written == parts[0].length + parts[1].length);
}

/* A driver that sends frames as it should. */
static void driver_sends(uint8_t frames, uint16_t bytes)
{
    unsigned char *buffer;
    fuzz_peer_plays(true);
    for (uint8_t i = 0; i < frames % LENGTH_MAX; i++) {
        if (topoc_link_reserve(&peer, bytes, &buffer) == TOPOC_VQ_READY) {
            topoc_link_publish(&peer, bytes);
        }
    }
    fuzz_peer_plays(false);
}

/* A guest that makes a descriptor available, often one that could be right. */
static void guest_publishes(uint8_t how, uint16_t where, uint8_t bytes)
{
    uint64_t address = (how & 8u) != 0 ? GUEST_HIGH + where % 2100u : GUEST_LOW + where % 4200u;
    address &= (how & 16u) != 0 ? ~(uint64_t)15u : UINT64_MAX;
    publish(&device, (uint16_t)(how >> 5), address, (how & 4u) != 0 ? bytes * 16u : bytes, how & 7u);
}

static void step(void)
{
    fuzz_allow(bound());
    switch (fuzz_u8() % 16u) {
    case 0:
        peek();
        break;
    case 1:
        copy(fuzz_u16());
        break;
    case 2:
        chain(fuzz_u8());
        break;
    case 3:
        topoc_link_commit(&device);
        check(standing());
        break;
    case 4:
        topoc_link_device_flush(&device);
        check(standing());
        break;
    case 5:
        topoc_link_device_must_signal(&device);
        check(standing());
        break;
    case 6:
        check(topoc_link_device_listen(&device));
        break;
    case 7:
        topoc_link_device_mute(&device);
        check(standing());
        break;
    case 8: {
        uint16_t first = fuzz_u16();
        scatter(first, fuzz_u16());
        break;
    }
    case 9: {
        uint8_t how = fuzz_u8();
        uint16_t bytes = fuzz_u8();
        if (guest) {
            guest_publishes(how, fuzz_u16(), (uint8_t)bytes);
        } else {
            driver_sends(how, bytes + 1u);
        }
        break;
    }
    case 10:
        for (uint8_t frames = fuzz_u8() % LENGTH_MAX; frames > 0; frames--) {
            fuzz_allow(bound());
            peek();
            fuzz_allow(bound());
            topoc_link_commit(&device);
        }
        break;
    case 11:
    case 12:
        spots_of_device(&device);
        fuzz_peer_arm();
        break;
    default:
        spots_of_device(&device);
        fuzz_peer_write();
        break;
    }
}

/* Whatever has come to pass, all calls can still be made. */
static void finish(void)
{
    fuzz_allow(bound());
    check(topoc_link_device_listen(&device));
    fuzz_allow(bound());
    peek();
    fuzz_allow(bound());
    topoc_link_commit(&device);
    topoc_link_device_flush(&device);
    topoc_link_device_must_signal(&device);
    topoc_link_device_mute(&device);
    check(standing());
}

/* A queue in a guest's memory: all that the guest says of it has been checked before, but for its content. */
static void make_guest(void)
{
    struct topoc_vq_features features = {0};
    struct topoc_vq_memory memory = {regions, 2};
    uint8_t choice = fuzz_u8();
    uint16_t next = fuzz_u16();
    uint16_t returned = (uint16_t)(next - fuzz_u8() % (length + 1u));
    features.indirect = (choice & 1u) != 0;
    features.event_index = (choice & 2u) != 0;
    features.in_order = (choice & 4u) != 0;
    uint32_t rings = (TOPOC_LINK(overhead)(length) + 7u) & ~7u;
    FUZZ_REQUIRE(rings <= GUEST_RINGS + 256u);
    regions[0] = (struct topoc_vq_region) {
        fuzz_window(0, 4096, 0, rings), GUEST_LOW, 4096
    };
    regions[1] = (struct topoc_vq_region) {
        fuzz_window(1, 2048, 0, 0), GUEST_HIGH, 2048
    };
    /* Its driver can point into its own rings, and harms only itself by that. */
    __asan_unpoison_memory_region(regions[0].base, rings);
    __typeof__(device.rings) at = TOPOC_LINK(rings_at)(regions[0].base, length);
    FUZZ_REQUIRE(TOPOC_LINK(device_init_rings)(&device, &at, &memory, features, 6144, next, returned));
}

static void make_link(void)
{
    uint32_t size = TOPOC_LINK(overhead)(length) + 64u * (1u + fuzz_u8() % 40u);
    unsigned char *memory = fuzz_window(0, size, 0, rings_size(length));
    fuzz_allow(16u + 8u * length);
    FUZZ_REQUIRE(topoc_link_device_init(&device, memory, size, length));
    fuzz_peer_plays(true);
    FUZZ_REQUIRE(topoc_link_driver_init(&peer, memory, size, length, ends));
    fuzz_peer_plays(false);
}

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t script_size)
{
    fuzz_begin(script, script_size);
    uint8_t kind = fuzz_u8();
    length = (uint16_t)(4u << kind % 3u);
    guest = kind >= 128u;
    fault = TOPOC_VQ_SOUND;
    if (guest) {
        make_guest();
    } else {
        make_link();
    }
    fuzz_peer_in(0, length);
    while (fuzz_more()) {
        step();
    }
    finish();
    return 0;
}
