/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Copying of frames on a host: exactly the bytes asked for, with the widest vectors that the processor has. What is
 * emitted into a tree copies with memcpy, and does not include this.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Copies 64 bytes and more. Chosen for the processor when it is first called. */
extern void (*topoc_copy_long)(unsigned char *to, const unsigned char *from, size_t bytes);

/* Two pieces that overlap; a memcpy of a size that the compiler knows is a load or a store. */
#define TOPOC_COPY_ENDS(piece) \
    do { \
        piece first; \
        piece last; \
        memcpy(&first, source, sizeof(piece)); \
        memcpy(&last, source + bytes - sizeof(piece), sizeof(piece)); \
        memcpy(target, &first, sizeof(piece)); \
        memcpy(target + bytes - sizeof(piece), &last, sizeof(piece)); \
    } while (0)

struct topoc_copy_16 {
    uint64_t words[2];
};

struct topoc_copy_32 {
    uint64_t words[4];
};

/* Copies `bytes` bytes that do not overlap. */
static inline void topoc_copy(void *to, const void *from, size_t bytes)
{
    unsigned char *target = (unsigned char *)to;
    const unsigned char *source = (const unsigned char *)from;
    if (bytes >= 64) {
        __atomic_load_n(&topoc_copy_long, __ATOMIC_RELAXED)(target, source, bytes);
    } else if (bytes >= 32) {
        TOPOC_COPY_ENDS(struct topoc_copy_32);
    } else if (bytes >= 16) {
        TOPOC_COPY_ENDS(struct topoc_copy_16);
    } else if (bytes >= 8) {
        TOPOC_COPY_ENDS(uint64_t);
    } else if (bytes >= 4) {
        TOPOC_COPY_ENDS(uint32_t);
    } else if (bytes >= 2) {
        TOPOC_COPY_ENDS(uint16_t);
    } else if (bytes == 1) {
        *target = *source;
    }
}

#undef TOPOC_COPY_ENDS
