/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A turn of a port, in both directions. Whatever is done for a batch is done once: publishing on links, signals to
 * peers, giving back to the guest, interrupting it.
 *
 * No frame of the guest is sent twice, even where this process dies: the guest gets its buffers back before a batch is
 * published, and what waits longer than that is not sent by the process that comes after (lab_port_lost).
 */

#include "device.h"

#include <string.h>

/* A peer that has taken nothing for so long is stalled; in nanoseconds. */
#define STALL_PERIOD UINT64_C(250000000)

/* -- Links to guest. -- */

/* Cuts the trailer off the pieces of a frame, and reads it. False: there is none, or one that may not be acted upon. */
static bool lab_port_strip(struct lab_port *port, const struct topoc_switch_frame *frame, struct lab_trailer *trailer)
{
    struct lab_delivery *delivery = &port->delivery;
    unsigned char *end = (unsigned char *)trailer;
    uint32_t rest;
    if (frame->length < TOPOC_SWITCH_HEADER + LAB_TRAILER_BYTES) {
        return false;
    }
    delivery->length = frame->length - LAB_TRAILER_BYTES;
    topoc_switch_header_write(&frame->header, delivery->header);
    delivery->segments[0].base = delivery->header;
    delivery->segments[0].length = TOPOC_SWITCH_HEADER;
    delivery->count = 1;
    /* The pieces in turn: of each, what lies behind the header and before the trailer, and what is the trailer's. */
    uint32_t skip = TOPOC_SWITCH_HEADER;
    rest = delivery->length - TOPOC_SWITCH_HEADER;
    for (uint32_t i = 0; i <= frame->rest_count; i++) {
        struct topoc_vq_segment piece = i == 0 ? frame->first : frame->rest[i - 1u];
        uint32_t skipped = piece.length < skip ? piece.length : skip;
        piece.base += skipped;
        piece.length -= skipped;
        skip -= skipped;
        uint32_t taken = piece.length < rest ? piece.length : rest;
        if (taken > 0) {
            delivery->segments[delivery->count].base = piece.base;
            delivery->segments[delivery->count].length = taken;
            delivery->count++;
            rest -= taken;
        }
        memcpy(end, piece.base + taken, piece.length - taken);
        end += piece.length - taken;
    }
    delivery->offload = trailer->offload;
    delivery->offload.flags &= (uint8_t)~LAB_OFFLOAD_DATA_VALID; /* a peer's word is not enough */
    return lab_offload_is_sound(&delivery->offload, delivery->length, port->device->vm.offload != 0);
}

static void lab_port_measure(struct lab_histogram *histogram, uint64_t sent, uint64_t now)
{
    uint64_t time = now > sent ? now - sent : 0;
    lab_count(&histogram->count[lab_histogram_bucket(time)], 1);
    lab_count(&histogram->sum, time);
    if (time > histogram->max) {
        __atomic_store_n(&histogram->max, time, __ATOMIC_RELAXED);
    }
}

static bool lab_port_deliver(void *context, const struct topoc_switch_frame *frame)
{
    struct lab_port *port = context;
    struct lab_device *device = port->device;
    struct lab_wire *wire = port->wires[port->sw.turn]; /* the link that is received from */
    struct lab_flow_stats *flow = &wire->page->received;
    struct lab_trailer trailer;
    if (wire->cut) {
        lab_count(&flow->drops[LAB_DROP_CUT], 1);
        return true;
    }
    if (!lab_port_strip(port, frame, &trailer)) {
        lab_count(&flow->drops[LAB_DROP_TRAILER], 1);
        return true;
    }
    switch (port->side->deliver(port->guest, &port->delivery)) {
    case LAB_NO_ROOM:
        return false;
    case LAB_DISCARDED:
        lab_count(&flow->drops[LAB_DROP_GUEST], 1);
        lab_count(&port->page->to_guest.drops[LAB_DROP_GUEST], 1);
        return true;
    case LAB_DELIVERED:
        break;
    }
    uint64_t now = lab_now();
    lab_count(&flow->frames, 1);
    lab_count(&flow->bytes, port->delivery.length);
    lab_count(&port->page->to_guest.frames, 1);
    lab_count(&port->page->to_guest.bytes, port->delivery.length);
    lab_port_measure(&wire->page->latency, trailer.sent, now);
    for (uint32_t i = 0; device->capturing && i < LAB_CAPTURES_MAX; i++) {
        lab_capture_frame(&device->captures[i], wire->number, LAB_RECEIVED, now, port->delivery.segments,
                          port->delivery.count, port->delivery.length);
    }
    return true;
}

static void lab_port_receive(struct lab_port *port)
{
    topoc_switch_resume(&port->sw);
    uint32_t batch = port->device->vm.batch;
    enum topoc_switch_receive_result result = topoc_switch_receive(&port->sw, batch, lab_port_deliver, port);
    port->awake = true;
    port->blocked = result == TOPOC_SWITCH_BLOCKED;
    port->from_links = result == TOPOC_SWITCH_MORE;
    if (port->device->renewing > 0 && lab_wires_renew(port)) {
        port->from_links = true;
    }
    if (port->device->delaying > 0) {
        lab_send_delayed(port->device, lab_now()); /* there may be room where there was none */
    }
}

/* -- Guest to links. -- */

static void lab_port_transmit(struct lab_port *port)
{
    uint32_t batch = port->device->vm.batch;
    port->from_guest = port->side->transmit(port->guest, batch) >= batch;
    if (port->sw.oldest != TOPOC_SWITCH_NONE && port->expires == LAB_NEVER) {
        port->expires = lab_now() + STALL_PERIOD;
        lab_device_by(port->device, port->expires);
    }
    port->held_up = !topoc_switch_ready(&port->sw);
    if (port->held_up) {
        port->from_guest = false;
    }
}

bool lab_port_serve(struct lab_port *port)
{
    if (port->guest == NULL) {
        return false;
    }
    if (port->from_links) {
        lab_port_receive(port);
        if (port->held_up && topoc_switch_ready(&port->sw)) {
            port->from_guest = true;
        }
    }
    if (port->from_guest) {
        lab_port_transmit(port);
    }
    port->asked = false;
    port->side->flush(port->guest);
    topoc_switch_flush(&port->sw);
    for (uint32_t i = 0; port->device->capturing && i < LAB_CAPTURES_MAX; i++) {
        lab_capture_flush(&port->device->captures[i]);
    }
    lab_device_moved(port->device);
    return port->from_links || port->from_guest;
}

bool lab_port_sleep(struct lab_port *port)
{
    if (port->guest == NULL) {
        return true;
    }
    if (port->awake && !port->blocked) {
        port->awake = false;
        port->from_links = topoc_switch_listen(&port->sw) || port->from_links;
    }
    if (!port->asked) {
        port->asked = true;
        if (port->side->listen(port->guest, port->blocked)) {
            port->from_guest = !port->held_up;
            port->from_links = port->from_links || port->blocked;
        }
    }
    return !port->from_links && !port->from_guest;
}

bool lab_port_sees(struct lab_port *port)
{
    struct topoc_vq_frame frame;
    for (uint32_t i = 0; !port->blocked && i < port->link_count; i++) {
        struct topoc_switch_link *link = &port->states[i];
        if (link->state != TOPOC_LINK_BROKEN && topoc_link_peek(&link->device, &frame) != TOPOC_VQ_EMPTY) {
            return true;
        }
    }
    return false;
}

void lab_port_expire(struct lab_port *port, uint64_t now)
{
    if (now < port->expires) {
        lab_device_by(port->device, port->expires);
        return;
    }
    port->expires = LAB_NEVER;
    if (topoc_switch_expire(&port->sw)) {
        port->expires = now + STALL_PERIOD;
        lab_device_by(port->device, port->expires);
    }
    if (port->held_up && topoc_switch_ready(&port->sw)) {
        lab_port_kick(port);
    }
}

/* -- What a backend calls. -- */

bool lab_port_ready(const struct lab_port *port)
{
    return topoc_switch_ready(&port->sw);
}

bool lab_port_send(struct lab_port *port, struct lab_packet *packet)
{
    struct lab_flow_stats *flow = &port->page->from_guest;
    struct topoc_switch_frame frame;
    uint32_t length = 0;
    uint32_t max = port->device->vm.frame_max;
    for (uint32_t i = 0; i < packet->count && length <= max; i++) {
        length = packet->segments[i].length <= max ? length + packet->segments[i].length : max + 1u;
    }
    lab_count(&flow->frames, 1);
    lab_count(&flow->bytes, length);
    if (packet->count == 0 || packet->count > LAB_SEGMENTS_MAX || length < TOPOC_SWITCH_HEADER || length > max) {
        port->sw.drops[TOPOC_DROP_LENGTH]++;
        return true;
    }
    packet->length = length;
    packet->trailer.sent = lab_now();
    packet->trailer.offload = packet->offload;
    packet->trailer.zero = 0;
    packet->segments[packet->count].base = (unsigned char *)&packet->trailer;
    packet->segments[packet->count].length = LAB_TRAILER_BYTES;
    topoc_switch_frame_of(&frame, packet->segments, packet->count + 1u, port->sw.config.frame_max);
    enum topoc_switch_send_result result = port->watched ? lab_send_watched(port, &frame, packet)
                                           : topoc_switch_send_frame(&port->sw, &frame, packet);
    return result == TOPOC_SWITCH_DONE;
}

void lab_port_kick(struct lab_port *port)
{
    port->from_guest = true;
    lab_loop_queue(port->device->loop, port);
}

void lab_port_room(struct lab_port *port)
{
    port->blocked = false;
    port->from_links = true;
    lab_loop_queue(port->device->loop, port);
}

void lab_port_forget(struct lab_port *port)
{
    for (uint16_t i = 0; i < port->link_count; i++) {
        topoc_switch_abandon(&port->sw, i, TOPOC_DROP_STALLED);
    }
    topoc_switch_finish(&port->sw);
}

void lab_port_state(struct lab_port *port, enum lab_guest_state state, const char *text)
{
    port->state = state;
    port->state_told = false;
    strncpy(port->state_text, text, sizeof(port->state_text) - 1u);
    __atomic_store_n(&port->page->state, (uint64_t)state, __ATOMIC_RELAXED);
    lab_device_moved(port->device);
    lab_device_tell(port->device);
}

void lab_port_lost(struct lab_port *port, uint64_t frames)
{
    lab_count(&port->page->from_guest.drops[LAB_DROP_RESTART], frames);
}

struct lab_interface_stats *lab_port_stats(struct lab_port *port)
{
    return port->page;
}

bool lab_watch_add(struct lab_port *port, struct lab_watch *watch, uint32_t events)
{
    return lab_loop_add(port->device->loop, watch, events);
}

bool lab_watch_change(struct lab_port *port, struct lab_watch *watch, uint32_t events)
{
    return lab_loop_change(port->device->loop, watch, events);
}

void lab_watch_remove(struct lab_port *port, struct lab_watch *watch)
{
    lab_loop_remove(port->device->loop, watch);
}
