/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Frames: the header is read once and judged; the rest is copied and never looked at. */

#pragma once

#include <topoc/switch_types.h>

/* Where the second half of a header begins, which counts where the two overlap. */
#define TOPOC_SWITCH_HEADER_REST (TOPOC_SWITCH_HEADER - (uint32_t)sizeof(uint64_t))

/*
 * Reads the header out of memory that someone else may write. Nothing behind the fence is read from there again: the
 * compiler has to take it that the memory has changed.
 */
static inline void topoc_switch_header_read(struct topoc_switch_header *header, const unsigned char *bytes)
{
    memcpy(&header->start, bytes, sizeof(header->start));
    memcpy(&header->rest, bytes + TOPOC_SWITCH_HEADER_REST, sizeof(header->rest));
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/* Writes the 14 bytes that were read. */
static inline void topoc_switch_header_write(const struct topoc_switch_header *header, unsigned char *bytes)
{
    memcpy(bytes, &header->start, sizeof(header->start));
    memcpy(bytes + TOPOC_SWITCH_HEADER_REST, &header->rest, sizeof(header->rest));
}

static inline uint64_t topoc_switch_destination(const struct topoc_switch_header *header)
{
    return header->start & TOPOC_MAC_MASK;
}

static inline uint64_t topoc_switch_source(const struct topoc_switch_header *header)
{
    return header->rest & TOPOC_MAC_MASK;
}

/* How the bytes of a frame are copied: with memcpy, unless the program names something of the same shape. */
#ifndef TOPOC_SWITCH_COPY
#define TOPOC_SWITCH_COPY memcpy
#endif

/* Copies the whole frame, frame->length bytes, to `to`. */
TOPOC_VQ_OFTEN void topoc_switch_frame_copy(const struct topoc_switch_frame *frame, unsigned char *to)
{
    TOPOC_SWITCH_COPY(to, frame->first.base, frame->first.length);
    for (uint32_t i = 0, at = frame->first.length; i < frame->rest_count; i++) {
        TOPOC_SWITCH_COPY(to + at, frame->rest[i].base, frame->rest[i].length);
        at += frame->rest[i].length;
    }
    /* What was checked, over what stands there now. */
    topoc_switch_header_write(&frame->header, to);
}

/* Makes a frame that lies in one piece. False where it is shorter than a header or longer than `max` bytes. */
static inline bool topoc_switch_frame_whole(struct topoc_switch_frame *frame, const unsigned char *bytes,
                                            uint32_t length, uint32_t max)
{
    if (length < TOPOC_SWITCH_HEADER || length > max) {
        return false;
    }
    topoc_switch_header_read(&frame->header, bytes);
    frame->first.base = (unsigned char *)(uintptr_t)bytes;
    frame->first.length = length;
    frame->rest = NULL;
    frame->rest_count = 0;
    frame->length = length;
    return true;
}

/* The same of `count` segments; all but the first stay the caller's. */
static inline bool topoc_switch_frame_of(struct topoc_switch_frame *frame, const struct topoc_vq_segment *segments,
                                         uint32_t count, uint32_t max)
{
    unsigned char header[TOPOC_SWITCH_HEADER];
    uint32_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t part = segments[i].length;
        if (part > max - length) {
            return false;
        }
        if (length < TOPOC_SWITCH_HEADER) {
            uint32_t missing = TOPOC_SWITCH_HEADER - length;
            memcpy(header + length, segments[i].base, part < missing ? part : missing);
        }
        length += part;
    }
    if (length < TOPOC_SWITCH_HEADER) {
        return false;
    }
    topoc_switch_header_read(&frame->header, header);
    frame->first = segments[0];
    frame->rest = segments + 1;
    frame->rest_count = count - 1u;
    frame->length = length;
    return true;
}
