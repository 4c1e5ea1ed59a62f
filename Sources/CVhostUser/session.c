/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "requests.h"
#include "ring.h"

#include <string.h>
#include <vhost_user/event.h>
#include <vhost_user/session.h>

/* Descriptors that come with a request. */
enum descriptors {
    NONE,
    ONE_OR_NONE, /* the payload says which */
    EACH_REGION
};

struct rule {
    vhost_user_request *handle; /* NULL: there is no such request */
    uint32_t size;              /* of the payload; of a memory table, without regions */
    enum descriptors descriptors;
    bool before_owner;          /* may come before SET_OWNER */
    uint32_t answer;            /* bytes of the reply that it always has; or 0 */
    uint64_t protocol_features; /* that must have been agreed upon */
};

static const struct rule rules[VHOST_USER_REQUEST_END] = {
    [VHOST_USER_GET_FEATURES] = { vhost_user_get_features, 0, NONE, true, 8, 0 },
    [VHOST_USER_SET_FEATURES] = { vhost_user_set_features, 8, NONE, false, 0, 0 },
    [VHOST_USER_SET_OWNER] = { vhost_user_set_owner, 0, NONE, true, 0, 0 },
    [VHOST_USER_RESET_OWNER] = { vhost_user_reset_owner, 0, NONE, false, 0, 0 },
    [VHOST_USER_SET_MEM_TABLE] = { vhost_user_set_mem_table, 8, EACH_REGION, false, 0, 0 },
    [VHOST_USER_SET_VRING_NUM] = { vhost_user_set_vring_num, 8, NONE, false, 0, 0 },
    [VHOST_USER_SET_VRING_ADDR] = { vhost_user_set_vring_addr, 40, NONE, false, 0, 0 },
    [VHOST_USER_SET_VRING_BASE] = { vhost_user_set_vring_base, 8, NONE, false, 0, 0 },
    [VHOST_USER_GET_VRING_BASE] = { vhost_user_get_vring_base, 8, NONE, false, 8, 0 },
    [VHOST_USER_SET_VRING_KICK] = { vhost_user_set_vring_kick, 8, ONE_OR_NONE, false, 0, 0 },
    [VHOST_USER_SET_VRING_CALL] = { vhost_user_set_vring_call, 8, ONE_OR_NONE, false, 0, 0 },
    [VHOST_USER_SET_VRING_ERR] = { vhost_user_set_vring_err, 8, ONE_OR_NONE, false, 0, 0 },
    [VHOST_USER_GET_PROTOCOL_FEATURES] = { vhost_user_get_protocol_features, 0, NONE, true, 8, 0 },
    [VHOST_USER_SET_PROTOCOL_FEATURES] = { vhost_user_set_protocol_features, 8, NONE, true, 0, 0 },
    [VHOST_USER_SET_VRING_ENABLE] = { vhost_user_set_vring_enable, 8, NONE, false, 0, 0 },
    [VHOST_USER_NET_SET_MTU] = { vhost_user_set_mtu, 8, NONE, false, 0, VHOST_USER_PROTOCOL_MTU },
};

/* What the payload and the descriptors of a request about an eventfd must be. */
static enum vhost_user_fault check_event(const struct vhost_user_message *message)
{
    uint64_t value = message->payload.value;
    bool none = (value & VHOST_USER_NO_DESCRIPTOR) != 0;
    if ((value & ~(uint64_t)(VHOST_USER_RING_MASK | VHOST_USER_NO_DESCRIPTOR)) != 0) {
        return VHOST_USER_FAULT_VALUE;
    }
    if (message->descriptor_count != (none ? 0u : 1u)) {
        return VHOST_USER_FAULT_DESCRIPTORS;
    }
    if ((value & VHOST_USER_RING_MASK) >= VHOST_USER_RINGS) {
        return VHOST_USER_FAULT_RING;
    }
    return none || vhost_user_event_admit(message->descriptors[0]) ? VHOST_USER_SOUND : VHOST_USER_FAULT_EVENT;
}

enum vhost_user_fault vhost_user_header_check(const struct vhost_user_header *header)
{
    if ((header->flags & ~VHOST_USER_NEED_REPLY) != VHOST_USER_VERSION) {
        return VHOST_USER_FAULT_FLAGS;
    }
    if (header->request >= VHOST_USER_REQUEST_END || rules[header->request].handle == NULL) {
        return VHOST_USER_FAULT_REQUEST;
    }
    const struct rule *rule = &rules[header->request];
    uint32_t most = rule->descriptors == EACH_REGION ? (uint32_t)sizeof(struct vhost_user_table) : rule->size;
    return header->size < rule->size || header->size > most ? VHOST_USER_FAULT_SIZE : VHOST_USER_SOUND;
}

static enum vhost_user_fault check(const struct vhost_user_session *session, const struct vhost_user_message *message)
{
    enum vhost_user_fault fault = vhost_user_header_check(&message->header);
    if (fault != VHOST_USER_SOUND) {
        return fault;
    }
    const struct rule *rule = &rules[message->header.request];
    if ((rule->protocol_features & ~session->protocol_features) != 0) {
        return VHOST_USER_FAULT_REQUEST;
    }
    if (!session->owned && !rule->before_owner) {
        return VHOST_USER_FAULT_ORDER;
    }
    if (rule->descriptors == ONE_OR_NONE) {
        return check_event(message);
    }
    return rule->descriptors == NONE && message->descriptor_count > 0 ? VHOST_USER_FAULT_DESCRIPTORS : VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_session_take(struct vhost_user_session *session, struct vhost_user_message *message,
                                              struct vhost_user_message *reply, bool *has_reply)
{
    const struct vhost_user_header *header = &message->header;
    uint64_t result = 0;
    enum vhost_user_fault fault = check(session, message);
    bool agreed = (session->protocol_features & VHOST_USER_PROTOCOL_REPLY_ACK) != 0;
    bool answers = fault != VHOST_USER_FAULT_FLAGS && header->request < VHOST_USER_REQUEST_END
                   && rules[header->request].answer > 0;
    if (fault == VHOST_USER_SOUND) {
        fault = rules[header->request].handle(session, message, &result);
    }
    for (uint32_t i = 0; i < message->descriptor_count; i++) {
        vhost_user_event_close(&message->descriptors[i]);
    }
    *has_reply = answers ? fault == VHOST_USER_SOUND
                 : agreed && (header->flags & VHOST_USER_NEED_REPLY) != 0 && fault != VHOST_USER_FAULT_FLAGS;
    memset(reply, 0, sizeof(*reply));
    reply->header.request = header->request;
    reply->header.flags = VHOST_USER_VERSION | VHOST_USER_REPLY;
    reply->header.size = sizeof(reply->payload.value);
    reply->payload.value = fault == VHOST_USER_SOUND ? result : 1;
    return fault;
}

void vhost_user_session_init(struct vhost_user_session *session, const struct vhost_user_hooks *hooks,
                             uint32_t frame_max, bool offload, bool restarted)
{
    memset(session, 0, sizeof(*session));
    session->hooks = *hooks;
    session->frame_max = frame_max;
    session->inherited = restarted ? (1u << VHOST_USER_RINGS) - 1u : 0;
    session->offered = VIRTIO_VERSION_1 | VIRTIO_NET_MRG_RXBUF | VIRTIO_NET_MTU | VIRTIO_INDIRECT_DESC
                       | VIRTIO_EVENT_IDX | VIRTIO_RING_PACKED | VIRTIO_IN_ORDER | VHOST_USER_PROTOCOL_FEATURES;
    if (offload) {
        session->offered |= VIRTIO_NET_CSUM | VIRTIO_NET_GUEST_CSUM | VIRTIO_NET_HOST_TSO4 | VIRTIO_NET_HOST_TSO6
                            | VIRTIO_NET_GUEST_TSO4 | VIRTIO_NET_GUEST_TSO6;
    }
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        session->rings[i].kick = -1;
        session->rings[i].call = -1;
        session->rings[i].error = -1;
    }
}

void vhost_user_session_close(struct vhost_user_session *session)
{
    struct vhost_user_hooks hooks = session->hooks;
    bool offload = (session->offered & VIRTIO_NET_CSUM) != 0;
    uint32_t inherited = session->inherited;
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        struct vhost_user_ring *ring = &session->rings[i];
        vhost_user_ring_stop(session, (enum vhost_user_ring_number)i);
        vhost_user_event_close(&ring->call);
        vhost_user_event_close(&ring->error);
    }
    vhost_user_memory_unmap(&session->memory);
    vhost_user_session_init(session, &hooks, session->frame_max, offload, false);
    session->inherited = inherited;
}

struct vhost_user_queue *vhost_user_session_queue(struct vhost_user_session *session,
                                                  enum vhost_user_ring_number ring)
{
    struct vhost_user_queue *queue = &session->rings[ring].queue;
    return session->rings[ring].started && vhost_user_queue_fault(queue) == TOPOC_VQ_SOUND ? queue : NULL;
}

bool vhost_user_session_broke(struct vhost_user_session *session, enum vhost_user_ring_number ring)
{
    struct vhost_user_ring *state = &session->rings[ring];
    if (!state->started || state->reported || vhost_user_queue_fault(&state->queue) == TOPOC_VQ_SOUND) {
        return false;
    }
    state->reported = true;
    vhost_user_event_signal(state->error);
    return true;
}
