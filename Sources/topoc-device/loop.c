/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include "device.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Looks at the rings so often, while it polls busily, before it asks Linux for events. */
#define POLLS_PER_WAIT 16u
/* So many turns of the ports that have work, before other descriptors are looked at. */
#define TURNS_PER_WAIT 4u

uint64_t lab_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

bool lab_loop_init(struct lab_loop *loop)
{
    memset(loop, 0, sizeof(*loop));
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    return loop->epoll >= 0;
}

static bool lab_loop_set(struct lab_loop *loop, int operation, struct lab_watch *watch, uint32_t events)
{
    struct epoll_event event;
    memset(&event, 0, sizeof(event));
    event.events = events;
    event.data.ptr = watch;
    return epoll_ctl(loop->epoll, operation, watch->descriptor, &event) == 0;
}

bool lab_loop_add(struct lab_loop *loop, struct lab_watch *watch, uint32_t events)
{
    return lab_loop_set(loop, EPOLL_CTL_ADD, watch, events);
}

bool lab_loop_change(struct lab_loop *loop, struct lab_watch *watch, uint32_t events)
{
    return lab_loop_set(loop, EPOLL_CTL_MOD, watch, events);
}

void lab_loop_remove(struct lab_loop *loop, struct lab_watch *watch)
{
    lab_loop_set(loop, EPOLL_CTL_DEL, watch, 0);
    /* It may be among those that are being handled. */
    for (int i = 0; i < loop->event_count; i++) {
        if (loop->events[i].data.ptr == watch) {
            loop->events[i].data.ptr = NULL;
        }
    }
}

void lab_loop_queue(struct lab_loop *loop, struct lab_port *port)
{
    if (port->queued) {
        return;
    }
    port->queued = true;
    port->next = NULL;
    if (loop->first == NULL) {
        loop->first = port;
    } else {
        loop->last->next = port;
    }
    loop->last = port;
}

void lab_loop_unqueue(struct lab_loop *loop, struct lab_port *port)
{
    struct lab_port *before = NULL;
    if (!port->queued) {
        return;
    }
    for (struct lab_port *other = loop->first; other != port; other = other->next) {
        before = other;
    }
    if (before == NULL) {
        loop->first = port->next;
    } else {
        before->next = port->next;
    }
    if (loop->last == port) {
        loop->last = before;
    }
    port->queued = false;
}

/* One turn for each port that is queued now; those that they queue have theirs after the next look at events. */
static void lab_loop_serve(struct lab_loop *loop)
{
    struct lab_port *last = loop->last;
    bool more = loop->first != NULL;
    while (more) {
        struct lab_port *port = loop->first;
        more = port != last && port->next != NULL;
        loop->first = port->next;
        port->queued = false;
        if (lab_port_serve(port)) {
            lab_loop_queue(loop, port);
        }
    }
}

static uint64_t lab_loop_deadline(const struct lab_loop *loop)
{
    uint64_t deadline = LAB_NEVER;
    for (uint32_t i = 0; i < loop->device_count; i++) {
        if (loop->devices[i].deadline < deadline) {
            deadline = loop->devices[i].deadline;
        }
    }
    return deadline;
}

/* Waits until `deadline`, or not at all where that is 0, and calls those whose descriptors are ready. */
static bool lab_loop_wait(struct lab_loop *loop, uint64_t deadline)
{
    struct timespec time = { 0, 0 };
    if (deadline != 0 && deadline != LAB_NEVER) {
        uint64_t now = lab_now();
        uint64_t rest = deadline > now ? deadline - now : 0;
        time.tv_sec = (time_t)(rest / 1000000000u);
        time.tv_nsec = (long)(rest % 1000000000u);
    }
    loop->event_count = epoll_pwait2(loop->epoll, loop->events, LAB_EVENTS, deadline == LAB_NEVER ? NULL : &time, NULL);
    if (loop->event_count < 0) {
        loop->event_count = 0;
        return errno == EINTR;
    }
    for (int i = 0; i < loop->event_count; i++) {
        struct lab_watch *watch = loop->events[i].data.ptr;
        if (watch != NULL) {
            watch->ready(watch, loop->events[i].events);
        }
    }
    loop->event_count = 0;
    return true;
}

static void lab_loop_tick(struct lab_loop *loop)
{
    uint64_t now = lab_now();
    for (uint32_t i = 0; i < loop->device_count; i++) {
        if (loop->devices[i].deadline <= now) {
            lab_device_tick(&loop->devices[i], now);
        }
    }
}

/* All ports of all devices: whether each may sleep. */
static bool lab_loop_sleeps(struct lab_loop *loop)
{
    for (uint32_t i = 0; i < loop->device_count; i++) {
        struct lab_device *device = &loop->devices[i];
        for (uint32_t j = 0; device->phase == LAB_PHASE_RUNNING && j < device->vm.interface_count; j++) {
            if (!lab_port_sleep(&device->ports[j])) {
                lab_loop_queue(loop, &device->ports[j]);
            }
        }
    }
    return loop->first == NULL;
}

/* Looks at rings without asking for signals, so that peers need send none; and now and then at descriptors. */
static bool lab_loop_poll(struct lab_loop *loop, uint64_t until)
{
    for (uint32_t turn = 1; loop->first == NULL && lab_now() < until; turn++) {
        for (uint32_t i = 0; i < loop->device_count; i++) {
            struct lab_device *device = &loop->devices[i];
            for (uint32_t j = 0; device->phase == LAB_PHASE_RUNNING && j < device->vm.interface_count; j++) {
                struct lab_port *port = &device->ports[j];
                port->from_links = port->from_links || lab_port_sees(port);
                port->from_guest = port->from_guest || (port->side->poll != NULL && port->side->poll(port->guest));
                if (port->from_links || port->from_guest) {
                    lab_loop_queue(loop, port);
                }
            }
        }
        if (turn % POLLS_PER_WAIT == 0 && !lab_loop_wait(loop, 0)) {
            return false;
        }
    }
    return true;
}

bool lab_loop_run(struct lab_loop *loop)
{
    bool sound = true;
    for (uint32_t turn = 1; sound && loop->running > 0; turn++) {
        lab_loop_serve(loop);
        uint64_t deadline = lab_loop_deadline(loop);
        if (loop->first == NULL && loop->busy_poll > 0) {
            uint64_t until = lab_now() + loop->busy_poll * UINT64_C(1000);
            sound = lab_loop_poll(loop, until < deadline ? until : deadline);
        }
        if (loop->first == NULL && lab_loop_sleeps(loop)) {
            sound = sound && lab_loop_wait(loop, deadline);
            loop->wakeups++;
        } else if (turn % TURNS_PER_WAIT == 0) {
            sound = sound && lab_loop_wait(loop, 0);
        }
        if (deadline != LAB_NEVER) {
            lab_loop_tick(loop);
        }
    }
    return sound;
}
