/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Eventfds of a front end: kick (the driver has done something), call (the device has), and the one for errors. */

#pragma once

#include <stdbool.h>

/* Learns what an eventfd looks like; once, before any is admitted. False: errno. */
bool vhost_user_event_learn(void);

/*
 * Whether a descriptor is an eventfd; then it is made non-blocking, or else not touched. It is told by how it acts:
 * names of descriptors stand in /proc, which a confined process cannot read.
 */
bool vhost_user_event_admit(int descriptor);

/* Adds one. Nothing, where the descriptor is -1 or its counter is full, which its reader has yet to see. */
void vhost_user_event_signal(int descriptor);

/* Takes all. */
void vhost_user_event_clear(int descriptor);

/* Closes it, where it is not -1, and sets it to -1. */
void vhost_user_event_close(int *descriptor);
