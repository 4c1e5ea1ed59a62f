/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <camkes/virtqueue.h>
#include <virtqueue.h>

/** What a connector's template calls for its end; 0, or -1 where the id or the role is wrong. */
int camkes_virtqueue_channel_register(int virtqueue_id, const char *interface_name, unsigned queue_len, size_t size,
                                      volatile void *buf, void (*notify)(void), seL4_CPtr recv_notification,
                                      seL4_Word recv_badge, virtqueue_role_t role);
