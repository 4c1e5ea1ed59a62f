/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The guest's side of a lab's device: a vhost-user back end of virtio-net. Its descriptor is a listening Unix stream
 * socket. One front end is connected at a time; the next is taken when it has gone, or has broken the protocol.
 *
 * Frames of the guest are copied once, into private memory, before anything of them is looked at; so the guest can
 * change, shorten or take away its memory at any moment, and has its descriptors back before a frame is published.
 *
 * System calls once it is open: accept4, getsockopt, recvmsg, sendto, mmap, munmap, fstat, fstatfs, fcntl (F_GETFL,
 * F_SETFL), preadv2, write, close, and, where a front end shortens its memory, rt_sigreturn.
 */

#pragma once

#include <lab/guest_side.h>

extern const struct lab_guest_side lab_vhost_user_side;
