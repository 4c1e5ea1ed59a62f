/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What a process that carries frames can no longer do: open, connect, look into another process, start one, or make
 * memory executable. It keeps what it was given, and can be given more by message.
 */

#pragma once

#include <sys/stat.h>

/* What a back end of vhost-user needs besides: it takes connections, and looks at what comes with them. */
#define LAB_CONFINE_VHOST_USER 1u

/*
 * Confines the calling process, for good: no new privileges, no capabilities, not dumpable (so that no process of the
 * same user can read its memory or its descriptors), and Linux refuses, with EPERM, all system calls but those that a
 * device makes when it runs. 0, or the errno of what failed. One thread, on x86-64 or aarch64; elsewhere ENOSYS.
 */
int lab_confine(unsigned int options);

/* fstat, for confined processes: the C library's makes a call that takes paths, too, which is refused to them. */
int lab_fstat(int descriptor, struct stat *status);
