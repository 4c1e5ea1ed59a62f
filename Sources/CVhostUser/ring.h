/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A session's rings: started and stopped. */

#pragma once

#include <vhost_user/session.h>

/* Starts a ring with its kick, which is the ring's where it succeeds. */
enum vhost_user_fault vhost_user_ring_start(struct vhost_user_session *session, enum vhost_user_ring_number number,
                                            int kick);

/* Stops it, if it runs; `base` is where it goes on. */
void vhost_user_ring_stop(struct vhost_user_session *session, enum vhost_user_ring_number number);

/*
 * The memory is about to be another, and is another: rings that run let go of it, and find themselves in it again where
 * they were.
 */
void vhost_user_rings_leave(struct vhost_user_session *session);
enum vhost_user_fault vhost_user_rings_return(struct vhost_user_session *session);
