/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/**
 * The headers in `headers/`, embedded.
 *
 * `libc/` is what C files of a VMM use of a C library, for any machine; `generated/` what seL4's build writes; `tree/`
 * what a camkes-vm device uses of a tree, declared in our own words, over `tree-3.9/` (3.9 and 3.10) or `tree-3.11/`
 * (from 3.11 on). TOPOC_RELEASE (309, 310, 311) says the release.
 */

#include <stddef.h>

/** A header: its path below `headers/`, as `tree/sel4/sel4.h`, and its text, `size` bytes. */
typedef struct cstub_header {
    const char *path;
    const unsigned char *text;
    size_t size;
} cstub_header_t;

/** All of them, in the order of their paths. */
const cstub_header_t *cstub_headers(size_t *count);
