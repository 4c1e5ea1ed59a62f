/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <harness_wire.h>
#include <lab/guest_side.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vhost_user/guest_side.h>

#define WAITING 64u /* frames on their way in one direction, at most; a power of two */
#define BATCH 32u
#define EVENTS 16

/* One end. Frames of its guest wait in `packets` until the other's guest has them: none is copied. */
struct lab_port {
    struct wire *wire;
    struct lab_port *other;
    void *guest;
    struct lab_packet *packets[WAITING];
    uint32_t first;
    uint32_t last;
    bool kicked;
    bool blocked; /* its guest had no room */
    struct wire_counts counts;
    struct lab_interface_stats stats;
};

struct wire {
    int epoll;
    struct lab_port ends[WIRE_ENDS];
};

/* -- What is offered to the guest's side. -- */

static bool watch(int epoll, int operation, struct lab_watch *watch, uint32_t events)
{
    struct epoll_event event = { .events = events, .data = { .ptr = watch } };
    return epoll_ctl(epoll, operation, watch->descriptor, &event) == 0;
}

bool lab_watch_add(struct lab_port *port, struct lab_watch *added, uint32_t events)
{
    return watch(port->wire->epoll, EPOLL_CTL_ADD, added, events);
}

bool lab_watch_change(struct lab_port *port, struct lab_watch *changed, uint32_t events)
{
    return watch(port->wire->epoll, EPOLL_CTL_MOD, changed, events);
}

void lab_watch_remove(struct lab_port *port, struct lab_watch *removed)
{
    watch(port->wire->epoll, EPOLL_CTL_DEL, removed, 0);
}

bool lab_port_ready(const struct lab_port *port)
{
    return port->last - port->first < WAITING;
}

bool lab_port_send(struct lab_port *port, struct lab_packet *packet)
{
    packet->length = 0;
    for (uint32_t i = 0; i < packet->count; i++) {
        packet->length += packet->segments[i].length;
    }
    port->packets[port->last++ % WAITING] = packet;
    port->counts.sent++;
    port->counts.bytes += packet->length;
    return false;
}

void lab_port_kick(struct lab_port *port)
{
    port->kicked = true;
}

void lab_port_room(struct lab_port *port)
{
    port->blocked = false;
}

/* The oldest frame is through. */
static void pop(struct lab_port *port)
{
    struct lab_packet *packet = port->packets[port->first++ % WAITING];
    lab_vhost_user_side.done(port->guest, packet);
}

void lab_port_forget(struct lab_port *port)
{
    while (port->first != port->last) {
        pop(port);
    }
}

void lab_port_state(struct lab_port *port, enum lab_guest_state state, const char *text)
{
    port->counts.state = state;
    port->counts.states++;
    memset(port->counts.text, 0, sizeof(port->counts.text));
    memcpy(port->counts.text, text, strnlen(text, sizeof(port->counts.text) - 1u));
}

void lab_port_lost(struct lab_port *port, uint64_t frames)
{
    port->counts.lost += frames;
}

struct lab_interface_stats *lab_port_stats(struct lab_port *port)
{
    return &port->stats;
}

/* -- The loop. -- */

/* Gives frames of `port`'s guest to the other's. */
static void deliver(struct lab_port *port)
{
    struct lab_port *to = port->other;
    while (port->first != port->last && !to->blocked) {
        const struct lab_packet *packet = port->packets[port->first % WAITING];
        struct lab_delivery delivery = { .offload = packet->offload, .length = packet->length };
        struct topoc_vq_segment rest = packet->segments[0];
        delivery.segments[0].base = rest.base;
        delivery.segments[0].length = LAB_ETHERNET_HEADER;
        delivery.segments[1].base = rest.base + LAB_ETHERNET_HEADER;
        delivery.segments[1].length = rest.length - LAB_ETHERNET_HEADER;
        delivery.count = rest.length > LAB_ETHERNET_HEADER ? 2 : 1;
        switch (lab_vhost_user_side.deliver(to->guest, &delivery)) {
        case LAB_DELIVERED:
            port->counts.delivered++;
            break;
        case LAB_DISCARDED:
            port->counts.discarded++;
            break;
        default:
            port->counts.no_room++;
            to->blocked = true;
            continue;
        }
        pop(port);
    }
}

/* One turn. True: there is more to do. */
static bool turn(struct wire *wire)
{
    bool more = false;
    for (int i = 0; i < WIRE_ENDS; i++) {
        struct lab_port *port = &wire->ends[i];
        if (port->kicked && lab_vhost_user_side.transmit(port->guest, BATCH) < BATCH) {
            port->kicked = false;
        }
        deliver(port);
    }
    for (int i = 0; i < WIRE_ENDS; i++) {
        lab_vhost_user_side.flush(wire->ends[i].guest);
        more = more || wire->ends[i].kicked;
    }
    return more;
}

void wire_run(struct wire *wire, int until, int milliseconds)
{
    struct epoll_event events[EVENTS];
    struct epoll_event end = { .events = EPOLLIN, .data = { .ptr = NULL } };
    bool over = false;
    if (until >= 0 && epoll_ctl(wire->epoll, EPOLL_CTL_ADD, until, &end) != 0) {
        return;
    }
    while (!over) {
        bool busy = turn(wire);
        for (int i = 0; i < WIRE_ENDS && !busy; i++) {
            if (lab_vhost_user_side.listen(wire->ends[i].guest, wire->ends[i].blocked)) {
                wire->ends[i].kicked = true;
                busy = true;
            }
        }
        int count = epoll_wait(wire->epoll, events, EVENTS, busy ? 0 : milliseconds);
        over = count == 0 && !busy;
        for (int i = 0; i < count; i++) {
            struct lab_watch *ready = events[i].data.ptr;
            if (ready == NULL) {
                over = true;
            } else {
                ready->ready(ready, events[i].events);
            }
        }
    }
    if (until >= 0) {
        epoll_ctl(wire->epoll, EPOLL_CTL_DEL, until, NULL);
    }
}

struct wire *wire_open(const int listening[WIRE_ENDS], const struct lab_vm *vm, char *text)
{
    struct wire *wire = calloc(1, sizeof(*wire));
    wire->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < WIRE_ENDS; i++) {
        struct lab_port *port = &wire->ends[i];
        port->wire = wire;
        port->other = &wire->ends[1 - i];
        port->guest = lab_vhost_user_side.open(port, vm, listening[i], text);
        if (port->guest == NULL) {
            wire_close(wire);
            return NULL;
        }
    }
    return wire;
}

void wire_close(struct wire *wire)
{
    for (int i = 0; i < WIRE_ENDS; i++) {
        if (wire->ends[i].guest != NULL) {
            lab_vhost_user_side.close(wire->ends[i].guest);
        }
    }
    close(wire->epoll);
    free(wire);
}

struct wire_counts wire_count(const struct wire *wire, int end)
{
    const struct lab_port *port = &wire->ends[end];
    struct wire_counts counts = port->counts;
    memcpy(counts.drops, port->stats.from_guest.drops, sizeof(counts.drops));
    for (int i = 0; i < LAB_DROP_COUNT; i++) {
        counts.to_guest_drops += port->stats.to_guest.drops[i];
    }
    counts.interrupts = port->stats.interrupts;
    return counts;
}

int wire_listen(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strnlen(name, sizeof(address.sun_path) - 1u);
    /* An abstract name begins with a zero. */
    memcpy(address.sun_path + (name[0] == '/' ? 0 : 1), name, length);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1u + length);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listening >= 0 && (bind(listening, (struct sockaddr *)&address, size) != 0 || listen(listening, 4) != 0)) {
        close(listening);
        return -1;
    }
    return listening;
}
