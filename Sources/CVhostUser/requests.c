/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "requests.h"
#include "ring.h"

#define HEADER_BYTES 14u
#define MTU_MIN 68u

static bool any_runs(const struct vhost_user_session *session)
{
    return session->rings[VHOST_USER_RECEIVE].started || session->rings[VHOST_USER_TRANSMIT].started;
}

enum vhost_user_fault vhost_user_get_features(struct vhost_user_session *session, struct vhost_user_message *message,
                                              uint64_t *result)
{
    (void)message;
    *result = session->offered;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_features(struct vhost_user_session *session, struct vhost_user_message *message,
                                              uint64_t *result)
{
    uint64_t features = message->payload.value;
    (void)result;
    if ((features & ~session->offered) != 0) {
        return VHOST_USER_FAULT_FEATURES;
    }
    if (features != session->features && any_runs(session)) {
        return VHOST_USER_FAULT_ORDER;
    }
    session->features = features;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_get_protocol_features(struct vhost_user_session *session,
                                                       struct vhost_user_message *message, uint64_t *result)
{
    (void)session;
    (void)message;
    *result = VHOST_USER_PROTOCOL_REPLY_ACK | VHOST_USER_PROTOCOL_MTU;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_protocol_features(struct vhost_user_session *session,
                                                       struct vhost_user_message *message, uint64_t *result)
{
    (void)result;
    if ((message->payload.value & ~(VHOST_USER_PROTOCOL_REPLY_ACK | VHOST_USER_PROTOCOL_MTU)) != 0) {
        return VHOST_USER_FAULT_FEATURES;
    }
    session->protocol_features = message->payload.value;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_owner(struct vhost_user_session *session, struct vhost_user_message *message,
                                           uint64_t *result)
{
    (void)message;
    (void)result;
    if (session->owned) {
        return VHOST_USER_FAULT_ORDER;
    }
    session->owned = true;
    return VHOST_USER_SOUND;
}

/* As the protocol recommends, it only stops the rings: front ends that send it mean different things by it. */
enum vhost_user_fault vhost_user_reset_owner(struct vhost_user_session *session, struct vhost_user_message *message,
                                             uint64_t *result)
{
    (void)message;
    (void)result;
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        vhost_user_ring_stop(session, (enum vhost_user_ring_number)i);
        session->rings[i].enabled = false;
    }
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_set_mem_table(struct vhost_user_session *session, struct vhost_user_message *message,
                                               uint64_t *result)
{
    const struct vhost_user_table *table = &message->payload.table;
    struct vhost_user_memory memory;
    (void)result;
    if (message->header.size != offsetof(struct vhost_user_table, regions) + table->count * sizeof(table->regions[0])) {
        return VHOST_USER_FAULT_SIZE;
    }
    if (message->descriptor_count != table->count) {
        return VHOST_USER_FAULT_DESCRIPTORS;
    }
    enum vhost_user_fault fault = vhost_user_memory_map(&memory, table, message->descriptors);
    if (fault != VHOST_USER_SOUND) {
        return fault;
    }
    vhost_user_rings_leave(session);
    vhost_user_memory_unmap(&session->memory);
    session->memory = memory;
    return vhost_user_rings_return(session);
}

enum vhost_user_fault vhost_user_set_mtu(struct vhost_user_session *session, struct vhost_user_message *message,
                                         uint64_t *result)
{
    uint64_t mtu = message->payload.value;
    *result = mtu < MTU_MIN || mtu > session->frame_max - HEADER_BYTES;
    return VHOST_USER_SOUND;
}
