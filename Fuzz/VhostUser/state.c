/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "state.h"
#include "script.h"

#include "guest.h"

#define PAGE 4096u

static const struct guest *guest;

void fuzz_state_of(const struct guest *of)
{
    guest = of;
}

bool fuzz_state_is_connected(void)
{
    return guest->connection.descriptor >= 0;
}

uint32_t fuzz_state_length(void)
{
    uint32_t longer = 0;
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        uint32_t length = guest->session.rings[i].length;
        longer = length > longer ? length : longer;
    }
    return longer + 8u;
}

bool fuzz_state_sends(void)
{
    return guest->session.rings[VHOST_USER_TRANSMIT].enabled;
}

bool fuzz_state_maps(const void *address, size_t size)
{
    const struct vhost_user_memory *memory = &guest->session.memory;
    for (uint32_t i = 0; i < memory->count; i++) {
        uintptr_t start = (uintptr_t)memory->regions[i].base, at = (uintptr_t)address;
        if (at >= start && at + size <= start + memory->regions[i].size) {
            return true;
        }
    }
    return false;
}

/* Two runs of bytes, of which neither is empty, have none in common. */
static bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a + (a_size - 1u) < b || b + (b_size - 1u) < a;
}

static void check_memory(const struct vhost_user_memory *memory)
{
    FUZZ_REQUIRE(memory->count <= VHOST_USER_REGIONS_MAX);
    for (uint32_t i = 0; i < memory->count; i++) {
        const struct topoc_vq_region *region = &memory->regions[i];
        uint64_t user = memory->mappings[i].user_address;
        FUZZ_REQUIRE(region->size > 0 && region->address % PAGE == 0 && user % PAGE == 0);
        FUZZ_REQUIRE((uintptr_t)region->base % PAGE == 0 && region->base >= (unsigned char *)memory->mappings[i].start);
        FUZZ_REQUIRE(region->address + (region->size - 1u) >= region->address && user + (region->size - 1u) >= user);
        for (uint32_t j = 0; j < i; j++) {
            const struct topoc_vq_region *other = &memory->regions[j];
            FUZZ_REQUIRE(apart(region->address, region->size, other->address, other->size));
            FUZZ_REQUIRE(apart(user, region->size, memory->mappings[j].user_address, other->size));
        }
    }
}

/* virtio 1.2, 2.7 and 2.8.10.1: how long each part of a ring is, and on what it begins. */
static void check_part(const void *part, size_t size, uintptr_t alignment)
{
    FUZZ_REQUIRE((uintptr_t)part % alignment == 0);
    FUZZ_REQUIRE(fuzz_state_maps(part, size));
}

static void check_ring(const struct vhost_user_ring *ring)
{
    bool packed = (guest->session.features & VIRTIO_RING_PACKED) != 0;
    size_t length = ring->length;
    FUZZ_REQUIRE(ring->queue.packed == packed && ring->kick >= 0);
    FUZZ_REQUIRE(length >= 2 && length <= 32768u && (length & (length - 1u)) == 0);
    if (packed) {
        const struct topoc_packed_rings *rings = &ring->queue.device.packed.rings;
        FUZZ_REQUIRE(rings->length == length);
        check_part(rings->descriptors, length * 16u, 16);
        check_part(rings->driver_event, 4, 4);
        check_part(rings->device_event, 4, 4);
    } else {
        const struct topoc_vq_rings *rings = &ring->queue.device.split.rings;
        FUZZ_REQUIRE(rings->length == length);
        check_part(rings->descriptors, length * 16u, 16);
        check_part(rings->available, 6u + length * 2u, 2);
        check_part(rings->used, 6u + length * 8u, 4);
    }
}

void fuzz_state_check(void)
{
    const struct vhost_user_session *session = &guest->session;
    check_memory(&session->memory);
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        const struct vhost_user_ring *ring = &session->rings[i];
        if (!fuzz_state_is_connected()) {
            FUZZ_REQUIRE(!ring->started && ring->kick < 0 && ring->call < 0 && ring->error < 0);
        }
        if (ring->started && vhost_user_queue_fault(&ring->queue) == TOPOC_VQ_SOUND) {
            check_ring(ring);
        }
    }
    if (!fuzz_state_is_connected()) {
        FUZZ_REQUIRE(session->memory.count == 0 && !session->owned && session->features == 0);
    }
}

/* -- Messages. -- */

static bool is_wrong_table(const struct vhost_user_message *message, uint64_t file_bytes, const bool *memories)
{
    const struct vhost_user_table *table = &message->payload.table;
    if (message->header.size < 8u || table->count == 0 || table->count > VHOST_USER_REGIONS_MAX
        || message->header.size != 8u + table->count * 32u || message->descriptor_count != table->count) {
        return true;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        const struct vhost_user_region *region = &table->regions[i];
        if (!memories[i] || region->size == 0 || region->size > file_bytes || region->offset > file_bytes
            || region->offset + region->size > file_bytes || region->guest_address % PAGE != 0
            || region->user_address % PAGE != 0 || region->offset % PAGE != 0) {
            return true;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (!apart(region->guest_address, region->size, table->regions[j].guest_address, table->regions[j].size)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_wrong_event(const struct vhost_user_message *message, const bool *events)
{
    uint64_t value = message->payload.value;
    bool none = (value & VHOST_USER_NO_DESCRIPTOR) != 0;
    return (value & VHOST_USER_RING_MASK) >= 2u || value > (VHOST_USER_RING_MASK | VHOST_USER_NO_DESCRIPTOR)
           || message->descriptor_count != (none ? 0u : 1u) || (!none && !events[0]);
}

bool fuzz_message_is_wrong(const struct vhost_user_message *message, uint64_t file_bytes, const bool *events,
                           const bool *memories)
{
    const struct vhost_user_header *header = &message->header;
    const struct vhost_user_ring_state *state = &message->payload.state;
    if (header->flags != VHOST_USER_VERSION && header->flags != (VHOST_USER_VERSION | VHOST_USER_NEED_REPLY)) {
        return true;
    }
    switch (header->request) {
    case VHOST_USER_SET_MEM_TABLE:
        return is_wrong_table(message, file_bytes, memories);
    case VHOST_USER_SET_VRING_KICK:
    case VHOST_USER_SET_VRING_CALL:
    case VHOST_USER_SET_VRING_ERR:
        return header->size != 8u || is_wrong_event(message, events);
    case VHOST_USER_SET_VRING_NUM:
        return header->size != 8u || message->descriptor_count > 0 || state->ring >= 2u || state->value == 0
               || state->value > 32768u || (state->value & (state->value - 1u)) != 0;
    case VHOST_USER_SET_VRING_ADDR:
        return header->size != 40u || message->descriptor_count > 0 || message->payload.addresses.ring >= 2u
               || message->payload.addresses.flags != 0;
    case VHOST_USER_SET_VRING_ENABLE:
        return header->size != 8u || message->descriptor_count > 0 || state->ring >= 2u || state->value > 1u;
    case VHOST_USER_SET_VRING_BASE:
    case VHOST_USER_GET_VRING_BASE:
        return header->size != 8u || message->descriptor_count > 0 || state->ring >= 2u;
    case VHOST_USER_SET_FEATURES:
    case VHOST_USER_SET_PROTOCOL_FEATURES:
    case VHOST_USER_NET_SET_MTU:
        return header->size != 8u || message->descriptor_count > 0;
    case VHOST_USER_GET_FEATURES:
    case VHOST_USER_GET_PROTOCOL_FEATURES:
    case VHOST_USER_SET_OWNER:
    case VHOST_USER_RESET_OWNER:
        return header->size != 0 || message->descriptor_count > 0;
    default:
        return false;
    }
}
