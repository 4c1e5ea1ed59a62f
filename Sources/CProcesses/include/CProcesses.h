/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What Swift cannot do: to be two processes for a moment, between fork and exec; and Linux's own calls. */

#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * Starts `path` in a process group of its own. `files[i]` becomes its file descriptor i; it inherits no other. The kernel
 * kills it when the calling thread ends, so that thread is to wait for it.
 *
 * Gives the process, and a descriptor that becomes readable when it has ended. The result is 0, or the errno of what
 * failed, be it in the child: ENOENT where there is no such program.
 */
int topoc_start_process(const char *path, char *const arguments[], char *const environment[], const int files[],
                        size_t count, pid_t *process, int *ending);

/* An empty file in memory, which is in no directory. The result is its descriptor; -1, with errno, where there is none. */
int topoc_memory_file(const char *name);
