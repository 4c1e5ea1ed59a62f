/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Frames of links as records in a pipe. The device never waits for whoever reads it. */

#pragma once

#include <lab/control.h>
#include <lab/guest_side.h>

/* Bytes that wait for the pipe: four frames of the longest kind, or some hundred of the usual. */
#define LAB_CAPTURE_BYTES (1u << 18)

struct lab_capturing {
    bool on;
    bool gone; /* nobody reads any more, and the supervisor is to be told */
    uint32_t link; /* or LAB_ALL_LINKS */
    uint32_t length; /* bytes of a frame, at most; 0: all */
    uint64_t dropped;
    unsigned char *buffer; /* records that the pipe has not taken; LAB_CAPTURE_BYTES */
    uint32_t used;
    struct lab_watch pipe; /* becomes writable again */
};

/* Adds a record of a frame, `length` bytes in `count` pieces, if it is of a link that is captured. */
void lab_capture_frame(struct lab_capturing *capture, uint32_t link, enum lab_direction direction, uint64_t time,
                       const struct topoc_vq_segment *segments, uint32_t count, uint32_t length);

/* The end of a batch: gives the pipe what it takes. */
void lab_capture_flush(struct lab_capturing *capture);
