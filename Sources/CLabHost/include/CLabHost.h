/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the lab needs of Linux, and Swift cannot say: a TAP in another's network, sockets without a file, sealed memory. */

#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The network of a process, as a descriptor that keeps it, and the devices in it, when the process has ended. -1, with
 * errno.
 */
int topoc_lab_network(pid_t process);

/*
 * A TAP device of this name (at most 15 bytes) in a network. Frames have a header of `header` bytes before them
 * (linux/virtio_net.h), or none with 0. Reading and writing never wait.
 *
 * The result is its descriptor, with which the device goes; -1, with errno: ENOENT where this host has no /dev/net/tun,
 * EBUSY where there is one of the name.
 */
int topoc_lab_open_tap(int network, const char *name, int header);

/*
 * Moves a device from a network to that of a process: whoever has its descriptor notices nothing, but it is down then,
 * without addresses. The result is 0; -1, with errno: ENODEV where there is none of the name.
 */
int topoc_lab_move_tap(int network, const char *name, pid_t process);

/* Memory of so many bytes, in no directory, which nobody can make smaller or larger. -1, with errno, where there is none. */
int topoc_lab_memory(const char *name, size_t size);

/* A counter that wakes who waits for it (eventfd); neither side ever waits in a call. */
int topoc_lab_bell(void);

/* A pipe with room for a burst, of which the writing end never waits. The result is 0, or -1 with errno. */
int topoc_lab_pipe(int ends[2]);

#define TOPOC_LAB_POLL_MAX 64

/* What waits for many files at once (epoll). The result is its descriptor; -1, with errno. */
int topoc_lab_poll_new(void);

/* Waits for a file, too, which is called by a number. The result is 0; -1, with errno: EPERM for a file of a disk. */
int topoc_lab_poll_add(int poll, int file, uint64_t number);

void topoc_lab_poll_remove(int poll, int file);

/* Waits until there is something to read, or an end. The result is of how many files, whose numbers are given. */
int topoc_lab_poll_wait(int poll, uint64_t numbers[TOPOC_LAB_POLL_MAX]);

/* How many descriptors this process may have, once it is allowed to have so many if it may allow itself. */
long topoc_lab_descriptor_limit(long needed);

/* How many processes and threads this user may have; LONG_MAX without a limit. */
long topoc_lab_process_limit(void);

/* A socket that listens at an abstract name; -1, with errno: EADDRINUSE where another does. */
int topoc_lab_listen(const char *name);

/* A socket to who listens at a name; -1, with errno: ECONNREFUSED where nobody does. */
int topoc_lab_connect(const char *name);

/* A connection of the listening socket, and who made it; -1, with errno: EAGAIN where there is none yet. */
int topoc_lab_accept(int listener, uid_t *user);

/* Two sockets of a stream that are each other's ends. The result is 0, or -1 with errno. */
int topoc_lab_pair(int ends[2]);

/*
 * Sends bytes, and with them a descriptor unless it is -1. Waits until all is sent. The result is 0; -1, with errno: EPIPE
 * where nobody reads.
 */
int topoc_lab_send(int socket, const void *bytes, size_t size, int file);

/*
 * Waits for bytes, and takes a descriptor that came with them, else -1. The result is how many they are: 0 at the end, -1
 * with errno.
 */
ssize_t topoc_lab_receive(int socket, void *bytes, size_t capacity, int *file);
