/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "requests.h"
#include "ring.h"

#include <vhost_user/event.h>

/* The ring of a number, or NULL. */
static struct vhost_user_ring *ring_at(struct vhost_user_session *session, uint32_t number)
{
    return number < VHOST_USER_RINGS ? &session->rings[number] : NULL;
}

/* Takes a descriptor out of a message, which then has it no more; -1 where there is none. */
static int take_descriptor(struct vhost_user_message *message)
{
    int descriptor = message->descriptor_count > 0 ? message->descriptors[0] : -1;
    message->descriptors[0] = -1;
    return descriptor;
}

enum vhost_user_fault vhost_user_set_vring_num(struct vhost_user_session *session, struct vhost_user_message *message,
                                               uint64_t *result)
{
    struct vhost_user_ring *ring = ring_at(session, message->payload.state.ring);
    uint32_t length = message->payload.state.value;
    (void)result;
    if (ring == NULL) {
        return VHOST_USER_FAULT_RING;
    }
    if (ring->started) {
        return VHOST_USER_FAULT_ORDER;
    }
    if (length > VHOST_USER_LENGTH_MAX || vhost_user_queue_sizes((uint16_t)length, false).descriptors == 0) {
        return VHOST_USER_FAULT_LENGTH;
    }
    ring->length = length;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_vring_addr(struct vhost_user_session *session, struct vhost_user_message *message,
                                                uint64_t *result)
{
    struct vhost_user_ring *ring = ring_at(session, message->payload.addresses.ring);
    (void)result;
    if (ring == NULL) {
        return VHOST_USER_FAULT_RING;
    }
    if (ring->started) {
        return VHOST_USER_FAULT_ORDER;
    }
    if (message->payload.addresses.flags != 0) {
        return VHOST_USER_FAULT_VALUE; /* the log of a migration, which was not offered */
    }
    ring->addresses = message->payload.addresses;
    ring->placed = true;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_vring_base(struct vhost_user_session *session, struct vhost_user_message *message,
                                                uint64_t *result)
{
    struct vhost_user_ring *ring = ring_at(session, message->payload.state.ring);
    (void)result;
    if (ring == NULL) {
        return VHOST_USER_FAULT_RING;
    }
    if (ring->started) {
        return VHOST_USER_FAULT_ORDER;
    }
    ring->base = message->payload.state.value;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_get_vring_base(struct vhost_user_session *session, struct vhost_user_message *message,
                                                uint64_t *result)
{
    uint32_t number = message->payload.state.ring;
    struct vhost_user_ring *ring = ring_at(session, number);
    if (ring == NULL) {
        return VHOST_USER_FAULT_RING;
    }
    vhost_user_ring_stop(session, (enum vhost_user_ring_number)number);
    *result = (uint64_t)ring->base << 32 | number; /* a struct vhost_user_ring_state */
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_vring_enable(struct vhost_user_session *session,
                                                  struct vhost_user_message *message, uint64_t *result)
{
    struct vhost_user_ring *ring = ring_at(session, message->payload.state.ring);
    (void)result;
    if (ring == NULL) {
        return VHOST_USER_FAULT_RING;
    }
    if (message->payload.state.value > 1) {
        return VHOST_USER_FAULT_VALUE;
    }
    ring->enabled = message->payload.state.value == 1;
    ring->served = ring->served || ring->enabled;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_vring_kick(struct vhost_user_session *session, struct vhost_user_message *message,
                                                uint64_t *result)
{
    uint64_t number = message->payload.value & VHOST_USER_RING_MASK;
    (void)result;
    if (message->descriptor_count == 0) {
        return VHOST_USER_FAULT_EVENT; /* a ring that is to be polled */
    }
    enum vhost_user_fault fault = vhost_user_ring_start(session, (enum vhost_user_ring_number)number,
                                                        message->descriptors[0]);
    if (fault == VHOST_USER_SOUND) {
        take_descriptor(message);
    }
    return fault;
}

enum vhost_user_fault vhost_user_set_vring_call(struct vhost_user_session *session, struct vhost_user_message *message,
                                                uint64_t *result)
{
    struct vhost_user_ring *ring = &session->rings[message->payload.value & VHOST_USER_RING_MASK];
    (void)result;
    vhost_user_event_close(&ring->call);
    ring->call = take_descriptor(message);
    /* What was given back before there was one to say so. */
    if (ring->started) {
        vhost_user_event_signal(ring->call);
    }
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_vring_err(struct vhost_user_session *session, struct vhost_user_message *message,
                                               uint64_t *result)
{
    struct vhost_user_ring *ring = &session->rings[message->payload.value & VHOST_USER_RING_MASK];
    (void)result;
    vhost_user_event_close(&ring->error);
    ring->error = take_descriptor(message);
    return VHOST_USER_SOUND;
}
