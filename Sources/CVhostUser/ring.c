/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "ring.h"

#include <vhost_user/event.h>

/* Where the parts of a ring are. Alignment as virtio 1.2, 2.7 and 2.8.10.1 want it. */
static bool find_parts(const struct vhost_user_session *session, const struct vhost_user_ring *ring, bool packed,
                       struct vhost_user_parts *parts)
{
    const struct vhost_user_ring_addresses *at = &ring->addresses;
    struct vhost_user_part_sizes sizes = vhost_user_queue_sizes((uint16_t)ring->length, packed);
    uint64_t alignment = packed ? 4 : 2;
    parts->descriptors = vhost_user_memory_at(&session->memory, at->descriptors, sizes.descriptors);
    parts->available = vhost_user_memory_at(&session->memory, at->available, sizes.available);
    parts->used = vhost_user_memory_at(&session->memory, at->used, sizes.used);
    parts->length = (uint16_t)ring->length;
    return parts->descriptors != NULL && parts->available != NULL && parts->used != NULL && sizes.descriptors > 0
           && at->descriptors % 16 == 0 && at->available % alignment == 0 && at->used % 4 == 0;
}

/* Makes the queue of a ring, from the ring's base on. `inherited`: a dead back end may have served it. */
static enum vhost_user_fault make_queue(struct vhost_user_session *session, struct vhost_user_ring *ring,
                                        bool inherited, uint32_t *taken)
{
    bool packed = vhost_user_session_has(session, VIRTIO_RING_PACKED);
    struct topoc_vq_memory memory = { .regions = session->memory.regions, .count = session->memory.count };
    struct topoc_vq_features features = {
        .event_index = vhost_user_session_has(session, VIRTIO_EVENT_IDX),
        .in_order = vhost_user_session_has(session, VIRTIO_IN_ORDER),
        .indirect = vhost_user_session_has(session, VIRTIO_INDIRECT_DESC),
    };
    struct vhost_user_parts parts;
    if (!find_parts(session, ring, packed, &parts)) {
        return VHOST_USER_FAULT_ADDRESS;
    }
    if (inherited && vhost_user_queue_is_stale(&parts, packed, ring->base)) {
        return VHOST_USER_FAULT_POSITION;
    }
    return vhost_user_queue_start(&ring->queue, &parts, packed, &memory, features, ring->base, taken)
           ? VHOST_USER_SOUND : VHOST_USER_FAULT_BASE;
}

/* What a back end took and did not give back may have been sent: the guest gets it back, and it is not sent again. */
static void discard_taken(struct vhost_user_session *session, struct vhost_user_ring *ring, bool inherited,
                          uint32_t taken)
{
    uint32_t lost = vhost_user_queue_discard(&ring->queue, inherited ? ring->length : taken);
    if (vhost_user_queue_flush(&ring->queue)) {
        vhost_user_event_signal(ring->call);
    }
    if (lost > 0) {
        session->hooks.lost(session->hooks.context, lost);
    }
}

enum vhost_user_fault vhost_user_ring_start(struct vhost_user_session *session, enum vhost_user_ring_number number,
                                            int kick)
{
    struct vhost_user_ring *ring = &session->rings[number];
    bool inherited = (session->inherited & 1u << number) != 0;
    uint32_t taken = 0;
    if (ring->started || ring->length == 0 || !ring->placed || session->memory.count == 0) {
        return VHOST_USER_FAULT_ORDER;
    }
    if (!vhost_user_session_has(session, VIRTIO_VERSION_1)) {
        return VHOST_USER_FAULT_FEATURES;
    }
    enum vhost_user_fault fault = make_queue(session, ring, inherited, &taken);
    if (fault != VHOST_USER_SOUND) {
        return fault;
    }
    if (!session->hooks.started(session->hooks.context, number, kick)) {
        return VHOST_USER_FAULT_EVENT;
    }
    ring->kick = kick;
    ring->started = true;
    ring->reported = false;
    session->inherited &= ~(1u << number);
    if (!vhost_user_session_has(session, VHOST_USER_PROTOCOL_FEATURES)) {
        ring->enabled = true;
    }
    ring->served = ring->enabled;
    if (number == VHOST_USER_TRANSMIT) {
        discard_taken(session, ring, inherited, taken);
    }
    return VHOST_USER_SOUND;
}

void vhost_user_ring_stop(struct vhost_user_session *session, enum vhost_user_ring_number number)
{
    struct vhost_user_ring *ring = &session->rings[number];
    if (!ring->started) {
        return;
    }
    ring->started = false;
    ring->placed = false;
    ring->base = vhost_user_queue_stop(&ring->queue);
    session->hooks.stopped(session->hooks.context, number);
    vhost_user_event_close(&ring->kick);
}

/* A queue that broke looks at no memory, whatever it is. */
static bool runs(const struct vhost_user_ring *ring)
{
    return ring->started && vhost_user_queue_fault(&ring->queue) == TOPOC_VQ_SOUND;
}

void vhost_user_rings_leave(struct vhost_user_session *session)
{
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        struct vhost_user_ring *ring = &session->rings[i];
        if (runs(ring)) {
            ring->base = vhost_user_queue_stop(&ring->queue);
        }
    }
}

enum vhost_user_fault vhost_user_rings_return(struct vhost_user_session *session)
{
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        struct vhost_user_ring *ring = &session->rings[i];
        uint32_t taken;
        enum vhost_user_fault fault = runs(ring) ? make_queue(session, ring, false, &taken) : VHOST_USER_SOUND;
        if (fault != VHOST_USER_SOUND) {
            return fault;
        }
    }
    return VHOST_USER_SOUND;
}
