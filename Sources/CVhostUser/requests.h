/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What each request does, once its message has the size and the descriptors that it must have. A descriptor that is
 * kept is set to -1 in the message.
 */

#pragma once

#include <vhost_user/session.h>

/* `result` is the reply's value: what was asked for; or, where the front end wants to hear of it, 1: it was refused. */
typedef enum vhost_user_fault vhost_user_request(struct vhost_user_session *session,
                                                 struct vhost_user_message *message, uint64_t *result);

/* requests.c: features, owner, memory. */
vhost_user_request vhost_user_get_features;
vhost_user_request vhost_user_set_features;
vhost_user_request vhost_user_get_protocol_features;
vhost_user_request vhost_user_set_protocol_features;
vhost_user_request vhost_user_set_owner;
vhost_user_request vhost_user_reset_owner;
vhost_user_request vhost_user_set_mem_table;
vhost_user_request vhost_user_set_mtu;

/* ring_requests.c: rings. */
vhost_user_request vhost_user_set_vring_num;
vhost_user_request vhost_user_set_vring_addr;
vhost_user_request vhost_user_set_vring_base;
vhost_user_request vhost_user_get_vring_base;
vhost_user_request vhost_user_set_vring_enable;
vhost_user_request vhost_user_set_vring_kick;
vhost_user_request vhost_user_set_vring_call;
vhost_user_request vhost_user_set_vring_err;
