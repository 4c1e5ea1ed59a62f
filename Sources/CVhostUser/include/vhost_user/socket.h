/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Messages over a stream socket that does not block. */

#pragma once

#include <stdbool.h>
#include <vhost_user/fault.h>
#include <vhost_user/message.h>

/* A message that is coming in. All zero: nothing of it is there. */
struct vhost_user_inbox {
    struct vhost_user_message message;
    uint32_t bytes; /* of header and payload that are there */
};

/*
 * Takes the next connection of a listening socket: a non-blocking socket, of a front end of `user` or of root. -1:
 * there is none, or it was another's, and is closed.
 */
int vhost_user_socket_accept(int listening, unsigned int user);

/*
 * Reads of a message what is there. `complete`: it is in the inbox, with its descriptors, which are the caller's; if
 * not, there is no more to read.
 */
enum vhost_user_fault vhost_user_socket_receive(int socket, struct vhost_user_inbox *inbox, bool *complete);

/* Sends a message without descriptors. One that does not go out at once is a fault: the front end does not read. */
enum vhost_user_fault vhost_user_socket_send(int socket, const struct vhost_user_message *message);

/* Forgets what is there, and closes its descriptors. */
void vhost_user_inbox_empty(struct vhost_user_inbox *inbox);
