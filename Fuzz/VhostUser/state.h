/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What must hold of the back end, said a second time, and in other words than its own. */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vhost_user/message.h>

struct guest;

/* The back end whose state is looked at from now on. */
void fuzz_state_of(const struct guest *guest);

/* Ends the run where the state is one that cannot be: what is mapped, where rings lie, what is kept of a connection. */
void fuzz_state_check(void);

/* Whether bytes lie in the guest's memory as it is mapped now: rings are nowhere else. */
bool fuzz_state_maps(const void *address, size_t size);

/* Descriptors of the longer ring, and a few. */
uint32_t fuzz_state_length(void);

/* Whether frames of the guest are sent. */
bool fuzz_state_sends(void);

/* Whether a front end is connected. */
bool fuzz_state_is_connected(void);

/*
 * Whether a message is one that no back end may obey, in whichever state. The guest's file has `file_bytes`; of each
 * descriptor `events` says whether it is an eventfd, and `memories` whether it is that file.
 */
bool fuzz_message_is_wrong(const struct vhost_user_message *message, uint64_t file_bytes, const bool *events,
                           const bool *memories);
