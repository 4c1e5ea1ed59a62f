/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* All that the guest's side is made of. Programs include the one header that they need: <vhost_user/guest_side.h>. */

#pragma once

#include <vhost_user/event.h>
#include <vhost_user/fault.h>
#include <vhost_user/guard.h>
#include <vhost_user/guest_side.h>
#include <vhost_user/memory.h>
#include <vhost_user/message.h>
#include <vhost_user/queue.h>
#include <vhost_user/session.h>
#include <vhost_user/socket.h>
