/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "guest.h"

#include <vhost_user/event.h>

/* Whether the guest may leave this to the receiver: what it agreed upon to send, and within the frame. */
static bool may_send(const struct vhost_user_session *session, const struct lab_offload *offload, uint32_t length)
{
    if (!lab_offload_is_sound(offload, length, vhost_user_session_has(session, VIRTIO_NET_CSUM))) {
        return false;
    }
    switch (offload->gso_type) {
    case LAB_GSO_NONE:
        return true;
    case LAB_GSO_TCPV4:
        return vhost_user_session_has(session, VIRTIO_NET_HOST_TSO4);
    case LAB_GSO_TCPV6:
        return vhost_user_session_has(session, VIRTIO_NET_HOST_TSO6);
    default:
        return false;
    }
}

/* Makes of a sender's header the guest's own. False: it has not agreed to do what is left to it. */
static bool make_header(const struct vhost_user_session *session, const struct lab_offload *offload,
                        struct lab_offload *header)
{
    bool sums = vhost_user_session_has(session, VIRTIO_NET_GUEST_CSUM);
    bool segments = offload->gso_type == LAB_GSO_NONE
                    || (offload->gso_type == LAB_GSO_TCPV4 && vhost_user_session_has(session, VIRTIO_NET_GUEST_TSO4))
                    || (offload->gso_type == LAB_GSO_TCPV6 && vhost_user_session_has(session, VIRTIO_NET_GUEST_TSO6));
    *header = *offload;
    if (!sums) {
        header->flags &= (uint8_t)~LAB_OFFLOAD_DATA_VALID;
    }
    return segments && (sums || header->flags == 0);
}

/* Sends a frame of `length` bytes, header included, that was copied. True: the packet is free. */
static bool send_packet(struct guest *guest, struct guest_packet *packet, uint32_t length)
{
    struct lab_flow_stats *stats = &lab_port_stats(guest->port)->from_guest;
    struct lab_offload *offload = &packet->packet.offload;
    if (length < sizeof(*offload) + LAB_ETHERNET_HEADER) {
        stats->drops[LAB_DROP_LENGTH]++;
        return true;
    }
    length -= (uint32_t)sizeof(*offload);
    memcpy(offload, packet->bytes, sizeof(*offload));
    offload->num_buffers = 0;
    if (!may_send(&guest->session, offload, length)) {
        stats->drops[LAB_DROP_TRAILER]++;
        return true;
    }
    packet->packet.segments[0].base = packet->bytes + sizeof(*offload);
    packet->packet.segments[0].length = length;
    packet->packet.count = 1;
    return lab_port_send(guest->port, &packet->packet);
}

/*
 * A ring that was disabled: frames are taken and go nowhere, as the protocol wants it. Of one that was not enabled yet
 * they stay, so that a guest that is connected anew loses none.
 */
static void discard(struct guest *guest, struct vhost_user_queue *queue)
{
    if (guest->session.rings[VHOST_USER_TRANSMIT].served) {
        lab_port_stats(guest->port)->from_guest.drops[LAB_DROP_GUEST] +=
            vhost_user_queue_discard(queue, VHOST_USER_LENGTH_MAX);
        guest->interrupts[VHOST_USER_TRANSMIT] |= vhost_user_queue_flush(queue);
    }
}

uint32_t guest_transmit(void *context, uint32_t budget)
{
    struct guest *guest = context;
    struct vhost_user_queue *queue = vhost_user_session_queue(&guest->session, VHOST_USER_TRANSMIT);
    uint32_t taken = 0;
    if (queue == NULL) {
        return 0;
    }
    vhost_user_queue_mute(queue);
    if (!guest->session.rings[VHOST_USER_TRANSMIT].enabled) {
        discard(guest, queue);
        return 0;
    }
    while (taken < budget && guest->free != NULL && lab_port_ready(guest->port)) {
        struct guest_packet *packet = guest->free;
        uint32_t capacity = (uint32_t)sizeof(struct lab_offload) + guest->frame_max;
        uint32_t length = 0;
        enum topoc_vq_status status = vhost_user_queue_take(queue, packet->bytes, capacity, &length);
        if (status == TOPOC_VQ_REFUSED) {
            lab_port_stats(guest->port)->from_guest.drops[LAB_DROP_LENGTH]++;
        } else if (status != TOPOC_VQ_READY) {
            break;
        } else if (!send_packet(guest, packet, length)) {
            guest->free = packet->next_free;
        }
        vhost_user_queue_commit(queue);
        taken++;
    }
    /* Before anything of it is published: what is sent twice, should this process die now, is nothing. */
    guest->interrupts[VHOST_USER_TRANSMIT] |= vhost_user_queue_flush(queue);
    guest_check(guest);
    return taken;
}

void guest_done(void *context, struct lab_packet *packet)
{
    struct guest *guest = context;
    struct guest_packet *done = (struct guest_packet *)packet;
    if (guest->free == NULL) {
        lab_port_kick(guest->port);
    }
    done->next_free = guest->free;
    guest->free = done;
}

enum lab_delivered guest_deliver(void *context, const struct lab_delivery *delivery)
{
    struct guest *guest = context;
    struct vhost_user_session *session = &guest->session;
    struct vhost_user_queue *queue = vhost_user_session_queue(session, VHOST_USER_RECEIVE);
    struct topoc_vq_frame pieces[VHOST_USER_PIECES_MAX];
    struct lab_offload header;
    if (queue == NULL || !session->rings[VHOST_USER_RECEIVE].enabled
        || !make_header(session, &delivery->offload, &header) || delivery->count >= VHOST_USER_PIECES_MAX) {
        return LAB_DISCARDED;
    }
    pieces[0].base = (const unsigned char *)&header;
    pieces[0].length = sizeof(header);
    for (uint32_t i = 0; i < delivery->count; i++) {
        pieces[i + 1u].base = delivery->segments[i].base;
        pieces[i + 1u].length = delivery->segments[i].length;
    }
    switch (vhost_user_queue_give(queue, pieces, delivery->count + 1u, (unsigned char *)&header,
                                  vhost_user_session_has(session, VIRTIO_NET_MRG_RXBUF))) {
    case TOPOC_VQ_READY:
        vhost_user_queue_mute(queue);
        return LAB_DELIVERED;
    case TOPOC_VQ_EMPTY:
        return LAB_NO_ROOM;
    default:
        return LAB_DISCARDED;
    }
}

void guest_flush(void *context)
{
    struct guest *guest = context;
    struct vhost_user_queue *queue = vhost_user_session_queue(&guest->session, VHOST_USER_RECEIVE);
    if (queue != NULL) {
        guest->interrupts[VHOST_USER_RECEIVE] |= vhost_user_queue_flush(queue);
    }
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        if (guest->interrupts[i]) {
            guest->interrupts[i] = false;
            vhost_user_event_signal(guest->session.rings[i].call);
            lab_port_stats(guest->port)->interrupts++;
        }
    }
    guest_check(guest);
}

/* For room, the guest was asked when there was none: with the number of buffers in mind that a frame wanted. */
bool guest_listen(void *context, bool for_room)
{
    struct guest *guest = context;
    struct vhost_user_queue *queue = vhost_user_session_queue(&guest->session, VHOST_USER_TRANSMIT);
    (void)for_room;
    return queue != NULL && guest->session.rings[VHOST_USER_TRANSMIT].served
           && vhost_user_queue_listen(queue) == TOPOC_VQ_READY && guest->free != NULL && lab_port_ready(guest->port);
}

bool guest_poll(void *context)
{
    struct guest *guest = context;
    struct vhost_user_queue *queue = vhost_user_session_queue(&guest->session, VHOST_USER_TRANSMIT);
    return queue != NULL && guest->session.rings[VHOST_USER_TRANSMIT].served && vhost_user_queue_has(queue);
}
