/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The messages of the supervisor: each is checked, acted upon, answered; and what the device says on its own. */

#define _GNU_SOURCE

#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <lab/confine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What each message must be like. */
struct lab_rule {
    uint32_t type;
    uint32_t size;     /* bytes; a table may follow LAB_INTERFACE */
    uint32_t least;    /* descriptors */
    uint32_t most;
    enum lab_phase phase;
    bool also_running; /* LAB_LINK comes in both */
    bool (*act)(struct lab_device *device, const void *message, struct lab_received *with,
                struct lab_verdict *verdict);
};

static bool lab_control_stop(struct lab_device *device, const void *message, struct lab_received *with,
                             struct lab_verdict *verdict)
{
    (void)message;
    (void)with;
    (void)verdict;
    device->phase = LAB_PHASE_STOPPED;
    return true;
}

static const struct lab_rule rules[] = {
    { LAB_VM, sizeof(struct lab_vm), 1, 1, LAB_PHASE_NEW, false, lab_setup_vm },
    { LAB_INTERFACE, sizeof(struct lab_interface), 1, 1, LAB_PHASE_TOLD, false, lab_setup_interface },
    { LAB_LINK, sizeof(struct lab_link), 4, 4, LAB_PHASE_TOLD, true, lab_wire_give },
    { LAB_START, sizeof(struct lab_start), 0, 0, LAB_PHASE_TOLD, false, lab_setup_start },
    { LAB_IMPAIR, sizeof(struct lab_impair), 0, 0, LAB_PHASE_RUNNING, true, lab_trouble_impair },
    { LAB_CUT, sizeof(struct lab_cut), 0, 0, LAB_PHASE_RUNNING, true, lab_trouble_cut },
    { LAB_CAPTURE, sizeof(struct lab_capture), 0, 1, LAB_PHASE_RUNNING, true, lab_trouble_capture },
    { LAB_STOP, sizeof(struct lab_stop), 0, 0, LAB_PHASE_RUNNING, true, lab_control_stop }
};

/* Checks what is the same for all messages, and acts. */
static bool lab_control_act(struct lab_device *device, const struct lab_head *head, struct lab_received *with,
                            struct lab_verdict *verdict)
{
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        const struct lab_rule *rule = &rules[i];
        if (rule->type != head->type) {
            continue;
        }
        if (head->serial == 0) {
            return lab_refuse(verdict, LAB_REFUSED_MESSAGE, 0, "serial number 0 is the device's own");
        }
        if (head->size < rule->size || (head->size > rule->size && rule->type != LAB_INTERFACE)) {
            return lab_refuse(verdict, LAB_REFUSED_MESSAGE, head->size, "a message of this type has another size");
        }
        if (device->phase != rule->phase && !(rule->also_running && device->phase == LAB_PHASE_RUNNING)) {
            return lab_refuse(verdict, LAB_REFUSED_ORDER, head->type,
                              "not now: LAB_VM, LAB_INTERFACE, LAB_LINK, LAB_START, then all others");
        }
        if (with->descriptor_count < rule->least || with->descriptor_count > rule->most) {
            return lab_refuse(verdict, LAB_REFUSED_DESCRIPTORS, with->descriptor_count,
                              "a message of this type has another number of descriptors");
        }
        return rule->act(device, head, with, verdict);
    }
    return lab_refuse(verdict, LAB_REFUSED_MESSAGE, head->type, "a message of an unknown type");
}

/* Sends, or keeps what finds no room in the socket; until that is sent, no further message is read. */
static void lab_control_send(struct lab_device *device, const void *message, uint32_t size)
{
    if (lab_send(device->control.descriptor, message, size, NULL, 0) != 0 && errno == EAGAIN) {
        memcpy(device->unsent, message, size);
        device->unsent_size = size;
        lab_loop_change(device->loop, &device->control, EPOLLOUT);
    }
}

static void lab_control_answer(struct lab_device *device, uint32_t serial, const struct lab_verdict *verdict)
{
    if (verdict->reason == 0) {
        struct lab_done done = {.head = lab_head_make(LAB_DONE, sizeof(done), serial)};
        lab_control_send(device, &done, sizeof(done));
        return;
    }
    struct lab_refused refused = {.head = lab_head_make(LAB_REFUSED, sizeof(refused), serial),
               .reason = verdict->reason, .where = verdict->where
    };
    snprintf(refused.text, sizeof(refused.text), "%s", verdict->text);
    lab_control_send(device, &refused, sizeof(refused));
}

/* One message. False: there is none now, or the supervisor is gone. */
static bool lab_control_next(struct lab_device *device)
{
    static _Alignas(16) unsigned char message[LAB_MESSAGE_MAX];
    struct lab_received received;
    struct lab_verdict verdict = {.reason = 0 };
    struct lab_head head = {.serial = 0 };
    int status = lab_receive(device->control.descriptor, message, &received);
    if (status > 0) {
        memcpy(&head, message, sizeof(head));
        lab_control_act(device, (const struct lab_head *)(const void *)message, &received, &verdict);
    } else if (status < 0 && errno == EAGAIN) {
        return false;
    } else if (status < 0 && (errno == EMSGSIZE || errno == EBADMSG)) {
        lab_refuse(&verdict, LAB_REFUSED_MESSAGE, (uint32_t)errno, "no sound message, or too many descriptors with it");
    } else {
        lab_device_end(device);
        return false;
    }
    for (uint32_t i = 0; i < received.descriptor_count; i++) {
        if (received.descriptors[i] >= 0) {
            close(received.descriptors[i]);
        }
    }
    lab_control_answer(device, head.serial, &verdict);
    if (device->phase == LAB_PHASE_STOPPED) {
        lab_device_end(device);
        return false;
    }
    return device->unsent_size == 0;
}

static void lab_control_ready(struct lab_watch *watch, uint32_t events)
{
    struct lab_device *device = watch->context;
    (void)events;
    if (device->unsent_size > 0) {
        if (lab_send(watch->descriptor, device->unsent, device->unsent_size, NULL, 0) != 0 && errno == EAGAIN) {
            return;
        }
        device->unsent_size = 0;
        lab_loop_change(device->loop, watch, EPOLLIN);
    }
    while (lab_control_next(device)) {
    }
}

bool lab_device_init(struct lab_device *device, struct lab_loop *loop, int socket)
{
    memset(device, 0, sizeof(*device));
    device->loop = loop;
    device->deadline = LAB_NEVER;
    device->counted = LAB_NEVER;
    device->control.descriptor = socket;
    device->control.ready = lab_control_ready;
    device->control.context = device;
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(socket, F_SETFD, FD_CLOEXEC) != 0) {
        return false;
    }
    return lab_loop_add(loop, &device->control, EPOLLIN);
}

static void lab_tell_broken(struct lab_device *device, struct lab_wire *wire)
{
    const struct topoc_switch_link *state = wire->state;
    struct lab_broken told = {.head = lab_head_make(LAB_BROKEN, sizeof(told), 0), .link = wire->number,
               .generation = wire->generation, .send_fault = state->driver.fault,
               .receive_fault = state->device.fault
    };
    snprintf(told.text, sizeof(told.text), "VM %u broke the protocol of link %u: it is out of use until it is renewed",
             wire->peer, wire->number);
    wire->told = true;
    lab_control_send(device, &told, sizeof(told));
}

void lab_device_tell(struct lab_device *device)
{
    for (uint32_t i = 0; i < device->vm.interface_count && device->unsent_size == 0; i++) {
        struct lab_port *port = &device->ports[i];
        if (!port->state_told) {
            struct lab_guest told = {.head = lab_head_make(LAB_GUEST, sizeof(told), 0), .interface = i,
                       .state = port->state
            };
            memcpy(told.text, port->state_text, sizeof(told.text));
            port->state_told = true;
            lab_control_send(device, &told, sizeof(told));
        }
    }
    for (uint32_t i = 0; i < device->vm.link_count && device->unsent_size == 0; i++) {
        struct lab_wire *wire = &device->wires[i];
        if (!wire->told && wire->state->state == TOPOC_LINK_BROKEN) {
            lab_tell_broken(device, wire);
        }
    }
    for (uint32_t i = 0; i < LAB_CAPTURES_MAX && device->unsent_size == 0; i++) {
        struct lab_capturing *capture = &device->captures[i];
        if (capture->gone) {
            struct lab_capture_ended told = {.head = lab_head_make(LAB_CAPTURE_ENDED, sizeof(told), 0), .number = i,
                       .dropped = capture->dropped
            };
            lab_trouble_capture_end(device, capture);
            lab_control_send(device, &told, sizeof(told));
        }
    }
}
