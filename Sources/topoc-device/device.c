/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A device as a whole: what is due by the clock, its confinement, its end. */

#include "device.h"

#include <lab/confine.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void lab_device_tick(struct lab_device *device, uint64_t now)
{
    device->deadline = LAB_NEVER;
    if (device->phase != LAB_PHASE_RUNNING) {
        return;
    }
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        if (device->ports[i].expires != LAB_NEVER) {
            lab_port_expire(&device->ports[i], now);
        }
    }
    if (device->delaying > 0) {
        lab_send_delayed(device, now);
        for (uint32_t i = 0; device->capturing && i < LAB_CAPTURES_MAX; i++) {
            lab_capture_flush(&device->captures[i]);
        }
    }
    if (device->counted <= now) {
        device->counted = LAB_NEVER;
        lab_counters_show(device, now);
        lab_device_tell(device);
    } else if (device->counted != LAB_NEVER) {
        lab_device_by(device, device->counted);
    }
}

int lab_device_confine(struct lab_device *device)
{
    struct lab_loop *loop = device->loop;
    device->ready = true;
    unsigned int options = 0;
    for (uint32_t i = 0; i < loop->device_count; i++) {
        const struct lab_device *other = &loop->devices[i];
        if (other->phase != LAB_PHASE_ENDED && !other->ready) {
            return 0; /* the last one confines the process that they share */
        }
        options |= other->vm.guest == LAB_GUEST_VHOST_USER ? LAB_CONFINE_VHOST_USER : 0u;
    }
    return lab_confine(options);
}

static void lab_port_done(void *context, void *cookie)
{
    struct lab_port *port = context;
    port->side->done(port->guest, cookie);
}

bool lab_port_begin(struct lab_port *port, struct lab_verdict *verdict)
{
    struct topoc_switch_config config = {.address = port->address, .table = &port->table, .links = port->states,
               .link_count = (uint16_t)port->link_count, .parked = port->parked,
               .parked_count = LAB_PARKED_MAX, .done = lab_port_done, .context = port,
               .sources = port->pinned ? TOPOC_SOURCES_PINNED : TOPOC_SOURCES_ANY,
               .frame_max = port->device->vm.frame_max + LAB_TRAILER_BYTES
    };
    uint32_t where = 0;
    if (topoc_switch_has_foreign(&config)) {
        config.learned = port->learned;
        config.learned_count = LAB_LEARNED_MAX;
    }
    enum topoc_switch_refusal refusal = topoc_switch_init(&port->sw, &config, &where);
    if (refusal != TOPOC_SWITCH_SOUND) {
        return lab_refuse(verdict, LAB_REFUSED_SWITCH, where, topoc_switch_refusal_text(refusal));
    }
    int descriptor = port->descriptor;
    port->descriptor = -1;
    if (descriptor < 0) {
        return lab_refuse(verdict, LAB_REFUSED_ORDER, port->number, "LAB_START was refused before: start a new device");
    }
    port->guest = port->side->open(port, &port->device->vm, descriptor, verdict->text);
    if (port->guest == NULL) {
        verdict->reason = LAB_REFUSED_GUEST;
        verdict->where = port->number;
        return false;
    }
    return true;
}

static void lab_port_end(struct lab_port *port)
{
    lab_loop_unqueue(port->device->loop, port);
    if (port->guest != NULL) {
        port->side->close(port->guest);
        port->guest = NULL;
    } else if (port->descriptor >= 0) {
        close(port->descriptor);
    }
    free(port->states);
    free(port->wires);
}

void lab_device_end(struct lab_device *device)
{
    struct lab_loop *loop = device->loop;
    if (device->phase == LAB_PHASE_RUNNING || device->phase == LAB_PHASE_STOPPED) {
        lab_counters_show(device, lab_now());
    }
    for (uint32_t i = 0; i < LAB_CAPTURES_MAX; i++) {
        lab_capture_flush(&device->captures[i]);
        lab_trouble_capture_end(device, &device->captures[i]);
    }
    for (uint32_t i = 0; i < device->vm.link_count; i++) {
        lab_wire_end(&device->wires[i]);
    }
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        lab_port_end(&device->ports[i]);
    }
    if (device->page != NULL) {
        munmap(device->page, (size_t)lab_stats_bytes(device->vm.link_count));
    }
    free(device->ports);
    free(device->wires);
    lab_loop_remove(loop, &device->control);
    close(device->control.descriptor);
    memset(device, 0, sizeof(*device));
    device->phase = LAB_PHASE_ENDED;
    device->deadline = LAB_NEVER;
    loop->running--;
}
