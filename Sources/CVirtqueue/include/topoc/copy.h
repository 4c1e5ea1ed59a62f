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

/* Copies more than 128 bytes. Chosen for the processor when it is first called. */
extern void (*topoc_copy_long)(unsigned char *to, const unsigned char *from, size_t bytes);

/* Sixteen bytes that compilers move with one load and one store; a struct of as many, clang puts on the stack. */
typedef uint64_t topoc_copy_vector __attribute__((vector_size(16)));

/* Moves a piece that lies at `at`. A memcpy of a size that the compiler knows is a load or a store. */
#define TOPOC_COPY_PIECE(piece, at) \
    do { \
        piece moved; \
        memcpy(&moved, source + (at), sizeof(piece)); \
        memcpy(target + (at), &moved, sizeof(piece)); \
    } while (0)

/* From either end a piece: where a length is between one piece and two, they overlap. */
#define TOPOC_COPY_ENDS(piece) \
    do { \
        TOPOC_COPY_PIECE(piece, 0); \
        TOPOC_COPY_PIECE(piece, bytes - sizeof(piece)); \
    } while (0)

/* Copies `bytes` bytes that do not overlap; short frames without a call. */
static inline void topoc_copy(void *to, const void *from, size_t bytes)
{
    unsigned char *target = (unsigned char *)to;
    const unsigned char *source = (const unsigned char *)from;
    if (bytes > 128) {
        __atomic_load_n(&topoc_copy_long, __ATOMIC_RELAXED)(target, source, bytes);
    } else if (bytes > 64) {
        TOPOC_COPY_PIECE(topoc_copy_vector, 0);
        TOPOC_COPY_PIECE(topoc_copy_vector, 16);
        TOPOC_COPY_PIECE(topoc_copy_vector, 32);
        TOPOC_COPY_PIECE(topoc_copy_vector, 48);
        TOPOC_COPY_PIECE(topoc_copy_vector, bytes - 64);
        TOPOC_COPY_PIECE(topoc_copy_vector, bytes - 48);
        TOPOC_COPY_PIECE(topoc_copy_vector, bytes - 32);
        TOPOC_COPY_PIECE(topoc_copy_vector, bytes - 16);
    } else if (bytes >= 32) {
        TOPOC_COPY_PIECE(topoc_copy_vector, 0);
        TOPOC_COPY_PIECE(topoc_copy_vector, 16);
        TOPOC_COPY_PIECE(topoc_copy_vector, bytes - 32);
        TOPOC_COPY_PIECE(topoc_copy_vector, bytes - 16);
    } else if (bytes >= 16) {
        TOPOC_COPY_ENDS(topoc_copy_vector);
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
#undef TOPOC_COPY_PIECE
