/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The parts of the guest's side: connection (guest.c) and frames (frames.c). */

#pragma once

#include <lab/guest_side.h>
#include <vhost_user/session.h>
#include <vhost_user/socket.h>

/* Frames of the guest that can wait for room on links, at most. */
#define GUEST_PACKETS 128u

/* A frame of the guest in private memory: struct virtio_net_hdr, then the Ethernet frame. */
struct guest_packet {
    struct lab_packet packet; /* the first, so that one leads to the other */
    struct guest_packet *next_free;
    unsigned char *bytes;
};

struct guest {
    struct lab_port *port;
    uint32_t frame_max;
    unsigned int user; /* whose front ends are taken */
    struct vhost_user_session session;
    struct vhost_user_inbox inbox;
    struct lab_watch listening;
    struct lab_watch connection; /* its descriptor is -1 between connections */
    struct lab_watch kicks[VHOST_USER_RINGS];
    bool ready;        /* both rings run, and the port knows */
    bool interrupts[VHOST_USER_RINGS]; /* the guest wants a signal, at the end of the batch */
    struct guest_packet *packets;
    struct guest_packet *free;
    unsigned char *bytes;
};

/* Ends a connection, for a reason; the next front end is waited for. */
void guest_disconnect(struct guest *guest, enum vhost_user_fault fault);

/* Tells of what the guest's driver broke in a batch; ends the connection where its memory is gone. */
void guest_check(struct guest *guest);

/* frames.c: as struct lab_guest_side has them. */
uint32_t guest_transmit(void *context, uint32_t budget);
void guest_done(void *context, struct lab_packet *packet);
enum lab_delivered guest_deliver(void *context, const struct lab_delivery *delivery);
void guest_flush(void *context);
bool guest_listen(void *context, bool for_room);
bool guest_poll(void *context);
