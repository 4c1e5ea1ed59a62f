/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What a connector's template calls. */

#pragma once

#include <camkes/virtqueue.h>
#include <virtqueue.h>

/*
 * Registers a channel. 0; or -1: a number that is negative, above MAX_CAMKES_VIRTQUEUE_ID or taken, no memory, no
 * `notify`, or no role.
 */
int camkes_virtqueue_channel_register(int virtqueue_id, const char *interface_name, unsigned queue_len, size_t size,
                                      volatile void *buf, void (*notify)(void), seL4_CPtr recv_notification,
                                      seL4_Word recv_badge, virtqueue_role_t role);
