/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Mappings of files that someone else may shorten. A touch of a page that is gone would end the process with SIGBUS;
 * a guarded mapping is replaced by empty private memory instead, and remembers that it is gone.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Guarded mappings that a process can have at one time: those of 32 front ends. */
#define VHOST_USER_GUARDS_MAX 256u

/* Installs the handler of SIGBUS, once. A fault elsewhere goes to the handler that was there before. False: errno. */
bool vhost_user_guard_install(void);

/* Guards a mapping until vhost_user_guard_remove. Its number, or -1 where there are too many. */
int vhost_user_guard_add(void *start, size_t bytes);

void vhost_user_guard_remove(int guard);

/* Whether the mapping is no longer its file's. */
bool vhost_user_guard_is_gone(int guard);
