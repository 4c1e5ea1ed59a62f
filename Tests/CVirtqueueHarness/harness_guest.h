/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A driver of chains, as a guest has it, and a device side that take turns at random on one thread. The parts of the
 * queue, the buffers and the indirect tables lie in two regions of "guest memory". Chain number n is one to read, one
 * to write, or one with parts of both kinds; what is in it follows from n, and so does what the device writes.
 */

#pragma once

#include <stdlib.h>
#include <string.h>

#include <topoc/link.h>
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#include <topoc/vq_packed_chains.h>
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#include <topoc/vq_split_chains.h>
#else
#include <topoc/vq_libvirtqueue_chains.h>
#endif

#include "include/CVirtqueueHarness.h"

#define HARNESS_PARTS 8u
#define HARNESS_PART_MAX 400u
#define HARNESS_CHAIN_BYTES 4096u /* of memory for each outstanding chain */
#define HARNESS_LENGTH_MAX 64u
#define HARNESS_TABLE_ENTRIES 8u

enum harness_kind { HARNESS_READ, HARNESS_WRITE, HARNESS_BOTH };

struct harness_guest {
    struct TOPOC_LINK(chains) driver;
    topoc_link_device device;
    struct harness_guest_setup setup;
    struct topoc_vq_region regions[2];
    struct topoc_vq_memory memory;
    struct topoc_vq_record records[HARNESS_LENGTH_MAX];
    uint64_t random;
    uint32_t sent;
    uint32_t taken;
    uint32_t returned;
    bool driver_sleeps;
    bool device_sleeps;
};

static uint32_t harness_mix(uint32_t number)
{
    number *= 2654435761u;
    return number ^ number >> 15;
}

static uint32_t harness_roll(struct harness_guest *x, uint32_t bound)
{
    x->random ^= x->random << 13;
    x->random ^= x->random >> 7;
    x->random ^= x->random << 17;
    return (uint32_t)(x->random >> 33) % bound;
}

static enum harness_kind harness_kind_of(uint32_t number)
{
    /* libvirtqueue's flags do not say what is writable. */
    return TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE ? HARNESS_READ : (enum harness_kind)(harness_mix(number) % 3);
}

static uint16_t harness_parts_of(const struct harness_guest *x, uint32_t number)
{
    uint32_t most = x->setup.length < HARNESS_PARTS ? x->setup.length : HARNESS_PARTS;
    uint32_t least = harness_kind_of(number) == HARNESS_BOTH ? 2 : 1;
    return (uint16_t)(least + (harness_mix(number) >> 8) % (most - least + 1));
}

static uint32_t harness_part_length(uint32_t number, uint32_t part)
{
    uint32_t length = 1 + harness_mix(number * 8 + part) % HARNESS_PART_MAX;
    return length == 128 ? 129 : length; /* a full block of libvirtqueue's may not be the last */
}

/* Bytes that the device writes into a chain with writable parts: some of what there is room for. */
static uint32_t harness_written(uint32_t number, uint32_t room)
{
    return harness_kind_of(number) == HARNESS_READ ? 0 : 1 + harness_mix(number + 7) % room;
}

static unsigned char harness_byte(uint32_t number, uint32_t at, bool writable)
{
    return (unsigned char)(number * 31u + at * 7u + (writable ? 128u : 0u));
}

/* Where a chain's part lies: chains take turns in the slots, whose second half is in the other region. */
static unsigned char *harness_part_at(struct harness_guest *x, uint32_t number, uint32_t part, uint64_t *address)
{
    uint32_t slot = number % HARNESS_LENGTH_MAX;
    const struct topoc_vq_region *region = &x->regions[part % 2];
    uint64_t offset = 32768 + (uint64_t)slot * HARNESS_CHAIN_BYTES + part * (HARNESS_PART_MAX + 1);
    *address = region->address + offset;
    return region->base + offset;
}

/* The first writable part of a chain. */
static uint16_t harness_readable_of(const struct harness_guest *x, uint32_t number)
{
    uint16_t parts = harness_parts_of(x, number);
    switch (harness_kind_of(number)) {
    case HARNESS_READ:
        return parts;
    case HARNESS_WRITE:
        return 0;
    default:
        return (uint16_t)(1 + (harness_mix(number) >> 16) % (parts - 1u));
    }
}

static const char *harness_guest_add(struct harness_guest *x)
{
    struct topoc_vq_part parts[HARNESS_PARTS];
    uint32_t batch = 1 + harness_roll(x, 4);
    for (uint32_t i = 0; i < batch && x->sent < x->setup.chains; i++) {
        uint16_t count = harness_parts_of(x, x->sent);
        uint16_t readable = harness_readable_of(x, x->sent);
        uint32_t at = 0;
        if (x->sent - x->returned == HARNESS_LENGTH_MAX) {
            break;
        }
        for (uint16_t part = 0; part < count; part++) {
            unsigned char *bytes = harness_part_at(x, x->sent, part, &parts[part].address);
            parts[part].length = harness_part_length(x->sent, part);
            for (uint32_t b = 0; b < parts[part].length; b++) {
                bytes[b] = part < readable ? harness_byte(x->sent, at, false) : 0;
                at++;
            }
        }
        enum topoc_vq_status status = TOPOC_LINK(chains_add)(&x->driver, parts, readable, (uint16_t)(count - readable),
                                                             x->sent);
        if (status == TOPOC_VQ_FULL) {
            break;
        }
        if (status != TOPOC_VQ_READY) {
            return "a chain could not be added";
        }
        x->sent++;
    }
    TOPOC_LINK(chains_flush)(&x->driver);
    if (TOPOC_LINK(chains_must_signal)(&x->driver)) {
        x->device_sleeps = false;
        TOPOC_LINK(device_mute)(&x->device);
    }
    return NULL;
}

/* Checks what the device wrote into a chain that came back. */
static const char *harness_guest_check_written(struct harness_guest *x, uint32_t number, uint32_t written)
{
    uint32_t room = 0;
    uint16_t count = harness_parts_of(x, number);
    for (uint16_t part = harness_readable_of(x, number); part < count; part++) {
        room += harness_part_length(number, part);
    }
    if (written != harness_written(number, room)) {
        return "a chain came back with a wrong length";
    }
    uint32_t at = 0;
    for (uint16_t part = harness_readable_of(x, number); part < count; part++) {
        uint64_t address;
        const unsigned char *bytes = harness_part_at(x, number, part, &address);
        for (uint32_t b = 0; b < harness_part_length(number, part); b++) {
            if (bytes[b] != (at < written ? harness_byte(number, at, true) : 0)) {
                return "a chain came back with wrong bytes";
            }
            at++;
        }
    }
    return NULL;
}

static const char *harness_guest_take(struct harness_guest *x)
{
    uint64_t token;
    uint32_t written;
    enum topoc_vq_status status = TOPOC_LINK(chains_take_used)(&x->driver, &token, &written);
    if (status == TOPOC_VQ_EMPTY) {
        if (TOPOC_LINK(chains_listen)(&x->driver) == TOPOC_VQ_EMPTY) {
            x->driver_sleeps = true;
        } else {
            TOPOC_LINK(chains_mute)(&x->driver);
        }
        return NULL;
    }
    if (status != TOPOC_VQ_READY || token != x->returned) {
        return "the chain that came back is not the next one";
    }
    return harness_guest_check_written(x, x->returned++, written);
}

static const char *harness_guest_check_read(const unsigned char *bytes, uint32_t length, uint32_t number, uint32_t at)
{
    for (uint32_t b = 0; b < length; b++) {
        if (bytes[b] != harness_byte(number, at + b, false)) {
            return "a chain's bytes are not those that were sent";
        }
    }
    return NULL;
}

/* Takes a chain as segments. */
static const char *harness_guest_segments(struct harness_guest *x, enum topoc_vq_status *status)
{
    struct topoc_vq_segment segments[HARNESS_PARTS];
    struct topoc_vq_chain chain;
    uint32_t number = x->taken;
    *status = topoc_link_chain(&x->device, segments, HARNESS_PARTS, &chain);
    if (*status != TOPOC_VQ_READY) {
        return NULL;
    }
    if (chain.readable != harness_readable_of(x, number)
        || chain.readable + chain.writable != harness_parts_of(x, number)) {
        return "a chain has not the parts that were sent";
    }
    uint32_t at = 0;
    for (uint16_t i = 0; i < chain.readable; i++) {
        const char *fault = harness_guest_check_read(segments[i].base, segments[i].length, number, at);
        if (fault != NULL) {
            return fault;
        }
        at += segments[i].length;
    }
    uint32_t left = harness_written(number, chain.writable_bytes);
    TOPOC_LINK(device_wrote)(&x->device, left);
    at = 0;
    for (uint16_t i = chain.readable; i < chain.readable + chain.writable; i++) {
        for (uint32_t b = 0; b < segments[i].length && left > 0; b++, left--) {
            segments[i].base[b] = harness_byte(number, at++, true);
        }
    }
    return NULL;
}

static const char *harness_guest_receive(struct harness_guest *x)
{
    unsigned char gathered[HARNESS_PARTS * HARNESS_PART_MAX];
    const char *fault = NULL;
    uint32_t batch = 1 + harness_roll(x, 4);
    for (uint32_t i = 0; i < batch && fault == NULL; i++) {
        enum harness_kind kind = harness_kind_of(x->taken);
        enum topoc_vq_status status;
        if (kind == HARNESS_READ && harness_roll(x, 2) == 0) {
            uint32_t length = 0;
            status = topoc_link_copy(&x->device, gathered, sizeof(gathered), &length);
            if (status == TOPOC_VQ_READY) {
                fault = harness_guest_check_read(gathered, length, x->taken, 0);
            }
        } else if (kind == HARNESS_WRITE && harness_roll(x, 2) == 0 && x->taken < x->sent) {
            uint32_t room = 0;
            for (uint16_t part = 0; part < harness_parts_of(x, x->taken); part++) {
                room += harness_part_length(x->taken, part);
            }
            uint32_t length = harness_written(x->taken, room);
            uint32_t first = length > 1 ? 1 + harness_roll(x, length - 1) : length;
            for (uint32_t b = 0; b < length; b++) {
                gathered[b] = harness_byte(x->taken, b, true);
            }
            const struct topoc_vq_frame parts[2] = {{gathered, first}, {gathered + first, length - first}};
            uint32_t written;
            status = TOPOC_LINK(device_scatter)(&x->device, parts, length > first ? 2 : 1, &written);
            if (status == TOPOC_VQ_READY && written != length) {
                fault = "scatter wrote less than it was given";
            }
        } else {
            fault = harness_guest_segments(x, &status);
        }
        if (status == TOPOC_VQ_EMPTY) {
            if (topoc_link_device_listen(&x->device) == TOPOC_VQ_EMPTY) {
                x->device_sleeps = true;
            } else {
                topoc_link_device_mute(&x->device);
            }
            break;
        }
        if (status != TOPOC_VQ_READY) {
            return "a chain could not be taken";
        }
        topoc_link_commit(&x->device);
        x->taken++;
    }
    if (harness_roll(x, 2) == 0) {
        topoc_link_device_flush(&x->device);
    }
    bool asks = x->device_sleeps || harness_roll(x, 2) == 0;
    if (asks && topoc_link_device_must_signal(&x->device)) {
        x->driver_sleeps = false;
        TOPOC_LINK(chains_mute)(&x->driver);
    }
    return fault;
}

/* The parts of the queue, apart from each other in the first region. */
static TOPOC_LINK(chains_rings) harness_guest_rings(unsigned char *memory, uint16_t length)
{
    TOPOC_LINK(chains_rings) rings = {.length = length};
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    rings.descriptors = (struct topoc_packed_descriptor *)(void *)(memory + 4096);
    rings.driver_event = (struct topoc_packed_event *)(void *)(memory + 12);
    rings.device_event = (struct topoc_packed_event *)(void *)(memory + 20);
#else
    rings.descriptors = (struct topoc_vq_descriptor *)(void *)(memory + 4096);
    rings.available = (struct topoc_vq_available *)(void *)(memory + 2);
    rings.used = (struct topoc_vq_used *)(void *)(memory + 1024 + 4);
#endif
    return rings;
}

/* NULL where all chains were taken once and in order, and came back so; else what went wrong. */
static const char *harness_guest(const struct harness_guest_setup *setup)
{
    const size_t size = 32768 + HARNESS_LENGTH_MAX * HARNESS_CHAIN_BYTES;
    struct harness_guest *x = calloc(1, sizeof(*x));
    const char *fault = NULL;
    if (x == NULL) {
        return "no memory";
    }
    x->setup = *setup;
    x->random = setup->seed * 0x9e3779b97f4a7c15u + 1;
    for (int i = 0; i < 2; i++) {
        x->regions[i].base = aligned_alloc(4096, size);
        x->regions[i].address = i == 0 ? 0x10000 : 0x100000000;
        x->regions[i].size = size;
        if (x->regions[i].base == NULL) {
            return "no memory";
        }
        memset(x->regions[i].base, 0xa5, size);
    }
    x->memory.regions = x->regions;
    x->memory.count = 2;
    TOPOC_LINK(chains_rings) rings = harness_guest_rings(x->regions[0].base, setup->length);
    const struct topoc_vq_tables tables = {
        .base = x->regions[0].base + 8192, .address = x->regions[0].address + 8192, .entries = HARNESS_TABLE_ENTRIES
    };
    if (setup->length > HARNESS_LENGTH_MAX
        || !TOPOC_LINK(chains_init)(&x->driver, &rings, setup->features, &tables, x->records, setup->position)
        || !TOPOC_LINK(device_init_rings)(&x->device, &rings, &x->memory, setup->features, 1u << 20, setup->position,
                                          setup->position)) {
        fault = "the queue could not be made";
    }
    topoc_link_device_mute(&x->device);
    while (fault == NULL && x->returned < setup->chains) {
        if (x->driver_sleeps && x->device_sleeps) {
            /* Only another chain can wake them; one that cannot be added never will. */
            uint32_t before = x->sent;
            fault = harness_guest_add(x);
            if (fault == NULL && x->sent == before) {
                fault = "both sides sleep while chains are under way";
            }
            continue;
        }
        switch (harness_roll(x, 3)) {
        case 0:
            fault = harness_guest_add(x);
            break;
        case 1:
            fault = x->driver_sleeps ? NULL : harness_guest_take(x);
            break;
        default:
            fault = x->device_sleeps ? NULL : harness_guest_receive(x);
            break;
        }
    }
    for (int i = 0; i < 2; i++) {
        free(x->regions[i].base);
    }
    free(x);
    return fault;
}
