/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The calls of Linux that Swift's Glibc module does not show. Each returns -1 with errno set where it fails. */

#pragma once

#include <stddef.h>

/*
 * A file descriptor of `size` bytes of memory, all zero, that no one can shrink, grow or unseal: a peer that shortens
 * the file under a mapping would kill its reader with SIGBUS.
 */
int topoc_host_memory_create(size_t size);

/* Whether the file behind `descriptor` can no longer be shortened: 1 or 0. */
int topoc_host_memory_is_sealed(int descriptor);

/* An event counter (eventfd) that starts at 0. */
int topoc_host_doorbell_create(void);
