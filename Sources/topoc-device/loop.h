/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The loop of the process: waits for descriptors and for times, and serves the ports that have work. */

#pragma once

#include <lab/guest_side.h>
#include <sys/epoll.h>

#define LAB_EVENTS 64
#define LAB_NEVER UINT64_MAX

struct lab_device;

struct lab_loop {
    int epoll;
    struct epoll_event events[LAB_EVENTS]; /* those that are being handled */
    int event_count;
    struct lab_port *first; /* the ports that have work, each once, in the order in which they got it */
    struct lab_port *last;
    struct lab_device *devices;
    uint32_t device_count;
    uint32_t running; /* devices that have not ended */
    uint64_t wakeups; /* returns from sleep */
    uint32_t busy_poll; /* microseconds: the most that a device asks for */
};

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t lab_now(void);

/* False, with errno. */
bool lab_loop_init(struct lab_loop *loop);

/* As lab_watch_add and its like, without a port. */
bool lab_loop_add(struct lab_loop *loop, struct lab_watch *watch, uint32_t events);
bool lab_loop_change(struct lab_loop *loop, struct lab_watch *watch, uint32_t events);
void lab_loop_remove(struct lab_loop *loop, struct lab_watch *watch);

/* Puts a port behind those that have work, unless it is there. */
void lab_loop_queue(struct lab_loop *loop, struct lab_port *port);
void lab_loop_unqueue(struct lab_loop *loop, struct lab_port *port);

/* Returns when all devices have ended: true, or false with errno when Linux refuses to wait. */
bool lab_loop_run(struct lab_loop *loop);
