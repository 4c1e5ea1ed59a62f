/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "capture.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void lab_capture_frame(struct lab_capturing *capture, uint32_t link, enum lab_direction direction, uint64_t time,
                       const struct topoc_vq_segment *segments, uint32_t count, uint32_t length)
{
    struct lab_record record = {.time = time, .link = link, .direction = direction, .original = length };
    if (!capture->on || (capture->link != LAB_ALL_LINKS && capture->link != link)) {
        return;
    }
    record.length = capture->length != 0 && capture->length < length ? capture->length : length;
    record.dropped = capture->dropped;
    if (record.length + sizeof(record) > LAB_CAPTURE_BYTES - capture->used) {
        lab_capture_flush(capture);
    }
    if (!capture->on || record.length + sizeof(record) > LAB_CAPTURE_BYTES - capture->used) {
        capture->dropped++;
        return;
    }
    unsigned char *to = capture->buffer + capture->used;
    memcpy(to, &record, sizeof(record));
    to += sizeof(record);
    for (uint32_t i = 0, rest = record.length; i < count && rest > 0; i++) {
        uint32_t bytes = segments[i].length < rest ? segments[i].length : rest;
        memcpy(to, segments[i].base, bytes);
        to += bytes;
        rest -= bytes;
    }
    capture->used += (uint32_t)sizeof(record) + record.length;
}

void lab_capture_flush(struct lab_capturing *capture)
{
    uint32_t given = 0;
    while (capture->on && given < capture->used) {
        ssize_t written = write(capture->pipe.descriptor, capture->buffer + given, capture->used - given);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            capture->gone = errno != EAGAIN;
            capture->on = !capture->gone;
            break;
        }
        given += (uint32_t)written;
    }
    /* What is left moves to the front. */
    if (given > 0) {
        memmove(capture->buffer, capture->buffer + given, capture->used - given);
        capture->used -= given;
    }
}
