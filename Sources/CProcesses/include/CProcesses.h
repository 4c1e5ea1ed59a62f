/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What Swift cannot do: to be two processes for a moment, between fork and exec; and Linux's own calls. */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a process begins with, beside its program. */
struct topoc_start {
    /* Its descriptors: `files[i]` becomes i. It inherits no other. At most 16. */
    const int *files;
    size_t count;
    /* In a user namespace of its own, in which the user is root. */
    bool root;
    /* In namespaces of its own for network, processes, mounts and host name. All that is in these ends with it. */
    bool isolated;
    /* In those namespaces of another: a descriptor of that process (pidfd_open); -1: in those of the caller. */
    int neighbour;
    /* In a session of its own, and outliving the caller. */
    bool detached;
};

/*
 * Starts `path` in a process group of its own. Unless it is detached, the kernel kills it when the calling thread ends,
 * so that thread is to wait for it. A thread that has started a process with a neighbour starts nothing else.
 *
 * Gives the process, and a descriptor of it, which becomes readable when it has ended. The result is 0, or the errno of
 * what failed, be it in the child: ENOENT where there is no such program, EPERM, ENOSPC or EUSERS where this host lets
 * the caller have no namespaces.
 */
int topoc_start_process(const char *path, char *const arguments[], char *const environment[],
                        const struct topoc_start *start, pid_t *process, int *ending);

/* An empty file in memory, which is in no directory. The result is its descriptor; -1, with errno, where there is none. */
int topoc_memory_file(const char *name);
