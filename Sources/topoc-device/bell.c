/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * How the ends of a link wake each other: by bells; or, where one process has both, by a place among the ports that have
 * work, without a system call.
 */

#include "device.h"

#include <unistd.h>

static const uint64_t one = 1;

static void lab_wire_wake(struct lab_wire *wire)
{
    wire->port->from_links = true;
    lab_loop_queue(wire->port->device->loop, wire->port);
}

/* A bell never blocks; where it is full, the peer has been signalled often enough. */
void lab_wire_signal(void *context)
{
    struct lab_wire *wire = context;
    if (wire->neighbour != NULL) {
        lab_wire_wake(wire->neighbour);
        return;
    }
    lab_count(&wire->page->signals, 1);
    (void)!write(wire->peer_bell, &one, sizeof(one));
}

/* Nothing is read: the bell is watched for edges, and each write is one. */
void lab_wire_rung(struct lab_watch *watch, uint32_t events)
{
    (void)events;
    lab_wire_wake(watch->context);
}

static bool lab_is_same(const struct lab_memory *one_end, const struct lab_memory *other)
{
    return one_end->file[0] == other->file[0] && one_end->file[1] == other->file[1];
}

/* The memory that the peer sends into by now. */
static const struct lab_memory *lab_wire_newest(const struct lab_wire *wire)
{
    return wire->renewed.base != NULL ? &wire->renewed : &wire->receive;
}

void lab_wire_part(struct lab_wire *wire)
{
    struct lab_loop *loop = wire->port->device->loop;
    for (uint32_t i = 0; i < loop->device_count; i++) {
        struct lab_device *device = &loop->devices[i];
        for (uint32_t j = 0; j < device->vm.link_count; j++) {
            if (device->wires[j].neighbour == wire) {
                device->wires[j].neighbour = NULL;
            }
        }
    }
    wire->neighbour = NULL;
}

void lab_wire_meet(struct lab_wire *wire)
{
    struct lab_loop *loop = wire->port->device->loop;
    lab_wire_part(wire);
    for (uint32_t i = 0; i < loop->device_count; i++) {
        struct lab_device *device = &loop->devices[i];
        for (uint32_t j = 0; j < device->vm.link_count; j++) {
            struct lab_wire *other = &device->wires[j];
            if (other->port != NULL && lab_is_same(&wire->send, lab_wire_newest(other))
                && lab_is_same(&other->send, lab_wire_newest(wire))) {
                wire->neighbour = other;
                other->neighbour = wire;
            }
        }
    }
}
