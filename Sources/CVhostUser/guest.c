/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include "guest.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <vhost_user/event.h>
#include <vhost_user/guard.h>
#include <vhost_user/guest_side.h>

/* Messages that are taken before the loop has its turn. */
#define MESSAGES_MAX 32u

/* -- What a session tells. -- */

static bool on_started(void *context, enum vhost_user_ring_number ring, int kick)
{
    struct guest *guest = context;
    guest->kicks[ring].descriptor = kick;
    if (lab_watch_add(guest->port, &guest->kicks[ring], EPOLLIN)) {
        return true;
    }
    guest->kicks[ring].descriptor = -1;
    return false;
}

static void on_stopped(void *context, enum vhost_user_ring_number ring)
{
    struct guest *guest = context;
    lab_watch_remove(guest->port, &guest->kicks[ring]);
    guest->kicks[ring].descriptor = -1;
    guest->interrupts[ring] = false;
}

static void on_lost(void *context, uint32_t frames)
{
    struct guest *guest = context;
    lab_port_lost(guest->port, frames);
}

/* -- What the loop waits for. An event may come of what was removed since: a watch without a descriptor. -- */

static void on_transmit_kick(struct lab_watch *watch, uint32_t events)
{
    struct guest *guest = watch->context;
    (void)events;
    if (watch->descriptor >= 0) {
        vhost_user_event_clear(watch->descriptor);
        lab_port_kick(guest->port);
    }
}

static void on_receive_kick(struct lab_watch *watch, uint32_t events)
{
    struct guest *guest = watch->context;
    (void)events;
    if (watch->descriptor >= 0) {
        vhost_user_event_clear(watch->descriptor);
        lab_port_room(guest->port);
    }
}

static void on_listening(struct lab_watch *watch, uint32_t events)
{
    struct guest *guest = watch->context;
    (void)events;
    if (guest->connection.descriptor >= 0) {
        return;
    }
    int socket = vhost_user_socket_accept(watch->descriptor, guest->user);
    if (socket < 0) {
        return;
    }
    guest->connection.descriptor = socket;
    if (!lab_watch_add(guest->port, &guest->connection, EPOLLIN)) {
        guest->connection.descriptor = -1;
        close(socket);
        return;
    }
    /* One at a time: the next waits in the socket's queue. */
    lab_watch_change(guest->port, &guest->listening, 0);
}

/* Both rings run: the port hears of it, and that there may be frames and room. */
static void tell_state(struct guest *guest)
{
    const struct vhost_user_ring *rings = guest->session.rings;
    bool ready = rings[VHOST_USER_RECEIVE].started && rings[VHOST_USER_RECEIVE].enabled
                 && rings[VHOST_USER_TRANSMIT].started && rings[VHOST_USER_TRANSMIT].enabled;
    if (ready != guest->ready) {
        guest->ready = ready;
        lab_port_state(guest->port, ready ? LAB_GUEST_READY : LAB_GUEST_GONE, "");
    }
    lab_port_kick(guest->port);
    lab_port_room(guest->port);
}

static enum vhost_user_fault take_message(struct guest *guest, bool *complete)
{
    struct vhost_user_message reply;
    bool has_reply = false;
    enum vhost_user_fault fault = vhost_user_socket_receive(guest->connection.descriptor, &guest->inbox, complete);
    if (fault != VHOST_USER_SOUND || !*complete) {
        return fault;
    }
    fault = vhost_user_session_take(&guest->session, &guest->inbox.message, &reply, &has_reply);
    vhost_user_inbox_empty(&guest->inbox);
    if (has_reply) {
        enum vhost_user_fault sent = vhost_user_socket_send(guest->connection.descriptor, &reply);
        fault = fault != VHOST_USER_SOUND ? fault : sent;
    }
    return fault;
}

static void on_message(struct lab_watch *watch, uint32_t events)
{
    struct guest *guest = watch->context;
    bool complete = true;
    (void)events;
    for (uint32_t i = 0; i < MESSAGES_MAX && complete && watch->descriptor >= 0; i++) {
        enum vhost_user_fault fault = take_message(guest, &complete);
        if (fault != VHOST_USER_SOUND) {
            guest_disconnect(guest, fault);
            return;
        }
        if (complete) {
            tell_state(guest);
        }
    }
    guest_check(guest);
}

void guest_disconnect(struct guest *guest, enum vhost_user_fault fault)
{
    char text[LAB_TEXT_MAX];
    if (guest->connection.descriptor < 0) {
        return;
    }
    vhost_user_session_close(&guest->session);
    vhost_user_inbox_empty(&guest->inbox);
    lab_watch_remove(guest->port, &guest->connection);
    vhost_user_event_close(&guest->connection.descriptor);
    guest->ready = false;
    lab_watch_change(guest->port, &guest->listening, EPOLLIN);
    snprintf(text, sizeof(text), "the front end %s", vhost_user_fault_text(fault));
    lab_port_state(guest->port, fault == VHOST_USER_GONE ? LAB_GUEST_GONE : LAB_GUEST_FAULTY, text);
}

void guest_check(struct guest *guest)
{
    if (vhost_user_memory_is_gone(&guest->session.memory)) {
        guest_disconnect(guest, VHOST_USER_FAULT_MEMORY_GONE);
        return;
    }
    for (unsigned int i = 0; i < VHOST_USER_RINGS; i++) {
        if (vhost_user_session_broke(&guest->session, (enum vhost_user_ring_number)i)) {
            lab_port_state(guest->port, LAB_GUEST_FAULTY, i == VHOST_USER_TRANSMIT
                           ? "the guest's driver broke the rules of the transmit queue"
                           : "the guest's driver broke the rules of the receive queue");
            guest->ready = false;
        }
    }
}

/* -- Open and close. -- */

static bool make_packets(struct guest *guest)
{
    size_t each = (sizeof(struct lab_offload) + guest->frame_max + 63u) & ~(size_t)63u;
    guest->packets = calloc(GUEST_PACKETS, sizeof(*guest->packets));
    guest->bytes = calloc(GUEST_PACKETS, each);
    if (guest->packets == NULL || guest->bytes == NULL) {
        return false;
    }
    for (size_t i = 0; i < GUEST_PACKETS; i++) {
        guest->packets[i].bytes = guest->bytes + i * each;
        guest->packets[i].next_free = guest->free;
        guest->free = &guest->packets[i];
    }
    return true;
}

static void guest_close(void *context)
{
    struct guest *guest = context;
    if (guest->connection.descriptor >= 0) {
        guest_disconnect(guest, VHOST_USER_GONE);
    }
    lab_port_forget(guest->port);
    if (guest->listening.context != NULL) {
        lab_watch_remove(guest->port, &guest->listening);
    }
    vhost_user_event_close(&guest->listening.descriptor);
    free(guest->packets);
    free(guest->bytes);
    free(guest);
}

/* Why it could not be opened. */
static void *refuse(struct guest *guest, char *text, const char *why)
{
    snprintf(text, LAB_TEXT_MAX, "%s", why);
    free(guest->packets);
    free(guest->bytes);
    vhost_user_event_close(&guest->listening.descriptor);
    free(guest);
    return NULL;
}

static void *guest_open(struct lab_port *port, const struct lab_vm *vm, int descriptor, char *text)
{
    struct vhost_user_hooks hooks = { .started = on_started, .stopped = on_stopped, .lost = on_lost };
    struct guest *guest = calloc(1, sizeof(*guest));
    if (guest == NULL) {
        snprintf(text, LAB_TEXT_MAX, "there is no memory for a guest");
        close(descriptor);
        return NULL;
    }
    guest->port = port;
    guest->frame_max = vm->frame_max;
    guest->user = geteuid();
    guest->listening = (struct lab_watch) {
        descriptor, on_listening, guest
    };
    guest->connection = (struct lab_watch) {
        -1, on_message, guest
        };
    guest->kicks[VHOST_USER_RECEIVE] = (struct lab_watch) {
        -1, on_receive_kick, guest
        };
    guest->kicks[VHOST_USER_TRANSMIT] = (struct lab_watch) {
        -1, on_transmit_kick, guest
        };
    hooks.context = guest;
    vhost_user_session_init(&guest->session, &hooks, vm->frame_max, vm->offload != 0, vm->restarted != 0);
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) {
        return refuse(guest, text, "the listening socket is none");
    }
    if (!make_packets(guest)) {
        return refuse(guest, text, "there is no memory for a guest's frames");
    }
    if (!vhost_user_guard_install() || !vhost_user_event_learn()
        || !lab_watch_add(port, &guest->listening, EPOLLIN)) {
        return refuse(guest, text, "the listening socket cannot be waited for");
    }
    return guest;
}

const struct lab_guest_side lab_vhost_user_side = {
    .open = guest_open,
    .close = guest_close,
    .transmit = guest_transmit,
    .done = guest_done,
    .deliver = guest_deliver,
    .flush = guest_flush,
    .listen = guest_listen,
    .poll = guest_poll,
};
