/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Frames: the header is read once and judged; the rest is copied and never looked at. */

#pragma once

#include <topoc/switch_types.h>

/*
 * Reads the header out of memory that someone else may write. Nothing behind the fence is read from there again: the
 * compiler has to take it that the memory has changed.
 */
static inline void topoc_switch_header_read(struct topoc_switch_header *header, const unsigned char *bytes)
{
    memcpy(&header->start, bytes, sizeof(header->start));
    memcpy(&header->middle, bytes + 8, sizeof(header->middle));
    memcpy(&header->type, bytes + 12, sizeof(header->type));
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static inline uint64_t topoc_switch_destination(const struct topoc_switch_header *header)
{
    return header->start & TOPOC_MAC_MASK;
}

static inline uint64_t topoc_switch_source(const struct topoc_switch_header *header)
{
    return (header->start >> 48) | ((uint64_t)header->middle << 16);
}

/* How the bytes of a frame are copied: with memcpy, unless the program names something of the same shape. */
#ifndef TOPOC_SWITCH_COPY
#define TOPOC_SWITCH_COPY memcpy
#endif

/* Copies the whole frame, frame->length bytes, to `to`. */
TOPOC_VQ_OFTEN void topoc_switch_frame_copy(const struct topoc_switch_frame *frame, unsigned char *to)
{
    unsigned char *at = to;
    for (uint32_t i = 0; i < frame->count; i++) {
        TOPOC_SWITCH_COPY(at, frame->segments[i].base, frame->segments[i].length);
        at += frame->segments[i].length;
    }
    /* What was checked, over what stands there now. */
    memcpy(to, &frame->header.start, sizeof(frame->header.start));
    memcpy(to + 8, &frame->header.middle, sizeof(frame->header.middle));
    memcpy(to + 12, &frame->header.type, sizeof(frame->header.type));
}

/*
 * Makes a frame of `count` segments, which stay the caller's. False where it is shorter than a header or longer than
 * `max` bytes.
 */
static inline bool topoc_switch_frame_of(struct topoc_switch_frame *frame, const struct topoc_vq_segment *segments,
                                         uint32_t count, uint32_t max)
{
    unsigned char header[TOPOC_SWITCH_HEADER];
    uint32_t length = 0;
    uint32_t have = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (segments[i].length > max - length) {
            return false;
        }
        length += segments[i].length;
    }
    if (length < TOPOC_SWITCH_HEADER) {
        return false;
    }
    if (segments[0].length >= TOPOC_SWITCH_HEADER) {
        topoc_switch_header_read(&frame->header, segments[0].base);
    } else {
        for (uint32_t i = 0; have < TOPOC_SWITCH_HEADER; i++) {
            uint32_t part = segments[i].length;
            part = part < TOPOC_SWITCH_HEADER - have ? part : TOPOC_SWITCH_HEADER - have;
            memcpy(header + have, segments[i].base, part);
            have += part;
        }
        topoc_switch_header_read(&frame->header, header);
    }
    frame->segments = segments;
    frame->count = count;
    frame->length = length;
    return true;
}
