/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The longer way of a frame to its links, while one of them is cut, impaired or captured: link by link, each asked what
 * is to become of the frame. Otherwise the switch sends to all by itself.
 */

#include "device.h"

/* A frame on a link, as captures show it: without its trailer. */
static void lab_send_show(struct lab_wire *wire, const struct topoc_switch_frame *frame, uint64_t now)
{
    struct lab_device *device = wire->port->device;
    struct topoc_vq_segment pieces[LAB_SEGMENTS_MAX + 1u];
    pieces[0] = frame->first;
    for (uint32_t i = 0; i < frame->rest_count; i++) {
        pieces[i + 1u] = frame->rest[i];
    }
    for (uint32_t i = 0; device->capturing && i < LAB_CAPTURES_MAX; i++) {
        lab_capture_frame(&device->captures[i], wire->number, LAB_SENT, now, pieces, frame->rest_count + 1u,
                          frame->length - LAB_TRAILER_BYTES);
    }
}

/* What becomes of a frame at a link: true, it is sent at once. */
static bool lab_send_admits(struct lab_wire *wire, const struct topoc_switch_frame *frame, uint64_t now)
{
    struct lab_impairment *impairment = &wire->impairment;
    uint64_t *drops = wire->page->sent.drops;
    if (wire->cut) {
        lab_count(&drops[LAB_DROP_CUT], 1);
        return false;
    }
    if (!lab_impairment_acts(impairment)) {
        return true;
    }
    bool first = impairment->count == 0;
    switch (lab_impairment_judge(impairment, frame, now)) {
    case LAB_PASSES:
        return true;
    case LAB_LOST:
        lab_count(&drops[LAB_DROP_LOSS], 1);
        break;
    case LAB_OVERFLOWS:
        lab_count(&drops[LAB_DROP_QUEUE], 1);
        break;
    case LAB_DELAYED:
        if (first) {
            wire->port->device->delaying++;
            lab_device_by(wire->port->device, lab_impairment_oldest(impairment)->leaves);
        }
        break;
    }
    return false;
}

enum topoc_switch_send_result lab_send_watched(struct lab_port *port, const struct topoc_switch_frame *frame,
                                               void *cookie)
{
    struct topoc_switch_route route;
    uint64_t now = lab_now();
    if (!topoc_switch_route(&port->sw, &frame->header, &route)) {
        return TOPOC_SWITCH_DONE;
    }
    for (uint16_t i = route.first; i < route.end; i++) {
        struct lab_wire *wire = port->wires[i];
        if (lab_send_admits(wire, frame, now)) {
            lab_send_show(wire, frame, now);
            topoc_switch_send_to(&port->sw, i, frame, cookie, &route);
        }
    }
    return topoc_switch_route_result(&route);
}

/* Puts the oldest frame of the queue into the ring. False: there is no room, and the peer will signal when there is. */
static bool lab_send_oldest(struct lab_wire *wire, const struct lab_waiting *waiting, uint64_t now)
{
    struct lab_port *port = wire->port;
    struct topoc_switch_link *link = wire->state;
    struct topoc_switch_frame frame;
    topoc_switch_frame_whole(&frame, (const unsigned char *)(waiting + 1), waiting->length, waiting->length);
    if (wire->cut) {
        lab_count(&wire->page->sent.drops[LAB_DROP_CUT], 1);
        return true;
    }
    if (link->state == TOPOC_LINK_BROKEN) {
        link->counters.send_drops[TOPOC_DROP_BROKEN]++;
        return true;
    }
    if (link->parked > 0) {
        return false; /* those are older; topoc_switch_resume sends them, and then it is this one's turn */
    }
    unsigned char *buffer;
    enum topoc_vq_status status = topoc_link_reserve(&link->driver, frame.length, &buffer);
    if (status == TOPOC_VQ_FULL) {
        status = topoc_switch_reserve_or_listen(link, frame.length, &buffer);
    }
    if (status == TOPOC_VQ_READY) {
        lab_send_show(wire, &frame, now);
        topoc_switch_stage(&port->sw, link, &frame, buffer);
    } else if (status == TOPOC_VQ_BROKEN) {
        topoc_switch_break(&port->sw, (uint16_t)wire->place);
        link->counters.send_drops[TOPOC_DROP_BROKEN]++;
    }
    return status != TOPOC_VQ_FULL;
}

/* The frames of one link whose time has come. */
static void lab_send_wire(struct lab_wire *wire, uint64_t now)
{
    struct lab_device *device = wire->port->device;
    const struct lab_waiting *waiting = lab_impairment_oldest(&wire->impairment);
    bool room = true;
    while (waiting != NULL && waiting->leaves <= now && room) {
        room = lab_send_oldest(wire, waiting, now);
        if (room) {
            lab_impairment_drop(&wire->impairment);
            waiting = lab_impairment_oldest(&wire->impairment);
        }
    }
    if (room && wire->waits) {
        topoc_link_driver_mute(&wire->state->driver);
    }
    wire->waits = !room;
    if (waiting == NULL) {
        device->delaying--;
    } else if (room) {
        lab_device_by(device, waiting->leaves);
    }
    topoc_switch_flush(&wire->port->sw);
    topoc_switch_finish(&wire->port->sw);
}

void lab_send_delayed(struct lab_device *device, uint64_t now)
{
    for (uint32_t i = 0; device->delaying > 0 && i < device->vm.link_count; i++) {
        struct lab_wire *wire = &device->wires[i];
        if (wire->port != NULL && wire->impairment.count > 0) {
            lab_send_wire(wire, now);
            lab_device_moved(device);
        }
    }
}
