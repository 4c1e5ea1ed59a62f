/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Links, as the supervisor gives them: mapped, and renewed when a peer's process has died.
 *
 * A renewed link sends into its new memory at once. It receives from the old memory until that is empty, and then from
 * the new, so that what a peer published before it died arrives, once, and before what the next process sends.
 */

#include "device.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* What can be said of the numbers alone. */
static bool lab_wire_check(const struct lab_device *device, const struct lab_link *said, struct lab_verdict *verdict)
{
    if (said->number >= device->vm.link_count) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->number, "LAB_VM announced fewer links");
    }
    if (said->interface >= device->vm.interface_count || !device->ports[said->interface].given) {
        return lab_refuse(verdict, LAB_REFUSED_ORDER, said->interface, "a link comes after its interface");
    }
    const struct lab_port *port = &device->ports[said->interface];
    const struct lab_wire *wire = &device->wires[said->number];
    if (said->place >= port->link_count) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->place, "the interface has fewer links");
    }
    if (port->wires[said->place] != NULL && port->wires[said->place] != wire) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->place, "another link has this place of the interface");
    }
    if (wire->port != NULL && device->phase != LAB_PHASE_RUNNING) {
        return lab_refuse(verdict, LAB_REFUSED_ORDER, said->number, "a link is renewed after LAB_START");
    }
    if (wire->port != NULL && (wire->port != port || wire->place != said->place || wire->peer != said->peer
                               || wire->state->peer != said->address)) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->number, "a link is renewed to the same peer and place");
    }
    if (said->generation <= wire->generation) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->generation, "a link is renewed by a higher generation");
    }
    if (said->queue_length > TOPOC_VQ_LENGTH_MAX || !topoc_vq_length_valid(said->queue_length)) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->queue_length, "no power of two from 4 to 32768");
    }
    if (said->memory > LAB_MEMORY_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->memory, "more memory than LAB_MEMORY_MAX");
    }
    if (said->pinned > 1u) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->pinned, "`pinned` is 0 or 1");
    }
    return true;
}

/* What LAB_LINK brings, before it becomes the wire's. */
struct lab_ends {
    struct lab_memory send;
    struct lab_memory receive;
    uint32_t *ends;
    topoc_link_driver driver;
};

static void lab_ends_let_go(struct lab_ends *next)
{
    lab_memory_unmap(&next->send);
    lab_memory_unmap(&next->receive);
    free(next->ends);
}

/* Maps the memories and makes the end that sends. What it has taken is in `next`, also where it refuses. */
static bool lab_ends_make(struct lab_ends *next, const struct lab_link *said, const struct lab_received *with,
                          uint32_t frame_max, struct lab_verdict *verdict)
{
    uint16_t length = (uint16_t)said->queue_length;
    topoc_link_device device;
    unsigned char *buffer;
    for (uint32_t i = 2; i < 4; i++) {
        if (!lab_is_bell(with->descriptors[i])) {
            return lab_refuse(verdict, LAB_REFUSED_DESCRIPTORS, i, "a bell is an eventfd with EFD_NONBLOCK");
        }
    }
    if (!lab_memory_map(&next->send, with->descriptors[0], said->memory, verdict)
        || !lab_memory_map(&next->receive, with->descriptors[1], said->memory, verdict)) {
        return false;
    }
    next->receive.queue_length = length;
    next->ends = calloc(length, sizeof(*next->ends));
    if (next->ends == NULL) {
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, ENOMEM, "no memory for the link");
    }
    if (!topoc_link_driver_init(&next->driver, next->send.base, said->memory, length, next->ends)
        || !topoc_link_device_init(&device, next->receive.base, said->memory, length)
        || topoc_link_reserve(&next->driver, frame_max + LAB_TRAILER_BYTES, &buffer) != TOPOC_VQ_READY) {
        return lab_refuse(verdict, LAB_REFUSED_MEMORY, said->memory,
                          "the memory is too small for its ring and the longest frame with its trailer");
    }
    return true;
}

/* The frames that were taken of a link, whatever became of them. */
static uint64_t lab_wire_taken(const struct topoc_switch_link *state)
{
    uint64_t taken = state->counters.received_frames;
    for (uint32_t i = 0; i < TOPOC_DROP_COUNT; i++) {
        taken += state->counters.receive_drops[i];
    }
    return taken;
}

/* Frames that this end has published and the peer has not given back: lost, where the peer is dead. */
static uint64_t lab_wire_outstanding(struct topoc_switch_link *state)
{
    bool sound = TOPOC_LINK(driver_reclaim)(&state->driver) != TOPOC_VQ_BROKEN;
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    uint32_t filled = state->driver.next;
#else
    uint32_t filled = state->driver.published;
#endif
    return sound ? (uint16_t)(filled - state->driver.oldest) : 0;
}

static void lab_wire_receive_from(struct lab_wire *wire, const struct lab_memory *memory)
{
    lab_memory_unmap(&wire->receive);
    wire->receive = *memory;
    topoc_link_device_init(&wire->state->device, memory->base, memory->size, memory->queue_length);
}

/* The first memories of a link, before there is a switch. */
static void lab_wire_begin(struct lab_wire *wire, struct lab_port *port, const struct lab_link *said,
                           const struct lab_ends *next)
{
    wire->port = port;
    wire->number = said->number;
    wire->place = said->place;
    wire->peer = said->peer;
    wire->state = &port->states[said->place];
    wire->state->peer = said->address;
    wire->state->sources = said->pinned ? TOPOC_SOURCES_PINNED : TOPOC_SOURCES_ANY;
    wire->state->signal = lab_wire_signal;
    wire->state->context = wire;
    wire->page = lab_stats_link(port->device->page, said->number);
    wire->before = *wire->page;
    port->wires[said->place] = wire;
    lab_wire_receive_from(wire, &next->receive);
}

static void lab_wire_renew(struct lab_wire *wire, const struct lab_ends *next)
{
    struct lab_device *device = wire->port->device;
    lab_count(&wire->page->sent.drops[LAB_DROP_RESTART], lab_wire_outstanding(wire->state));
    if (wire->renewed.base == NULL) {
        device->renewing++;
    }
    lab_memory_unmap(&wire->renewed); /* renewed again, before it was its turn: nothing in it was seen */
    wire->renewed = next->receive;
    wire->renewed_until = lab_wire_taken(wire->state) + wire->receive.queue_length;
    wire->state->state = wire->state->device.fault == TOPOC_VQ_SOUND ? TOPOC_LINK_LIVE : TOPOC_LINK_BROKEN;
    lab_memory_unmap(&wire->send);
    free(wire->ends);
}

bool lab_wire_give(struct lab_device *device, const void *message, struct lab_received *with,
                   struct lab_verdict *verdict)
{
    const struct lab_link *said = message;
    struct lab_ends next = {.ends = NULL };
    if (!lab_wire_check(device, said, verdict)) {
        return false;
    }
    struct lab_wire *wire = &device->wires[said->number];
    struct lab_watch bell = {.descriptor = with->descriptors[2], .ready = lab_wire_rung, .context = wire };
    struct lab_watch old = wire->bell;
    int old_peer_bell = wire->peer_bell;
    if (!lab_ends_make(&next, said, with, device->vm.frame_max, verdict)) {
        lab_ends_let_go(&next);
        return false;
    }
    wire->bell = bell;
    if (!lab_loop_add(device->loop, &wire->bell, EPOLLIN | EPOLLET)) {
        wire->bell = old;
        lab_ends_let_go(&next);
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, (uint32_t)errno, "its bell cannot be waited for");
    }
    wire->peer_bell = with->descriptors[3];
    with->descriptors[2] = -1;
    with->descriptors[3] = -1;
    if (wire->port == NULL) {
        lab_wire_begin(wire, &device->ports[said->interface], said, &next);
    } else {
        lab_loop_remove(device->loop, &old);
        close(old.descriptor);
        close(old_peer_bell);
        lab_wire_renew(wire, &next);
        lab_port_room(wire->port);
    }
    wire->send = next.send;
    wire->ends = next.ends;
    wire->state->driver = next.driver;
    wire->generation = said->generation;
    wire->told = false;
    lab_wire_meet(wire);
    return true;
}

bool lab_wires_renew(struct lab_port *port)
{
    bool renewed = false;
    for (uint32_t i = 0; port->device->renewing > 0 && i < port->link_count; i++) {
        struct lab_wire *wire = port->wires[i];
        struct topoc_switch_link *state = wire->state;
        struct topoc_vq_frame frame;
        if (wire->renewed.base == NULL
            || (state->state != TOPOC_LINK_BROKEN && lab_wire_taken(state) < wire->renewed_until
                && topoc_link_peek(&state->device, &frame) != TOPOC_VQ_EMPTY)) {
            continue;
        }
        lab_wire_receive_from(wire, &wire->renewed);
        wire->renewed.base = NULL;
        port->device->renewing--;
        if (state->driver.fault == TOPOC_VQ_SOUND) {
            state->state = TOPOC_LINK_LIVE;
        }
        renewed = true;
    }
    return renewed;
}

void lab_wire_end(struct lab_wire *wire)
{
    if (wire->port == NULL) {
        return;
    }
    lab_wire_part(wire);
    lab_loop_remove(wire->port->device->loop, &wire->bell);
    close(wire->bell.descriptor);
    close(wire->peer_bell);
    lab_memory_unmap(&wire->send);
    lab_memory_unmap(&wire->receive);
    lab_memory_unmap(&wire->renewed);
    free(wire->ends);
    lab_impairment_end(&wire->impairment);
}
