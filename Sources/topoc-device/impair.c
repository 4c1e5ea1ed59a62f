/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "impair.h"

#include <lab/frame.h>
#include <stdlib.h>
#include <string.h>
#include <topoc/copy.h>

#define TOPOC_SWITCH_COPY topoc_copy
#include <topoc/switch_frame.h>

/* Bytes of the queue that is made where none are asked for. */
#define QUEUE_BYTES (UINT64_C(1) << 20)
#define RECORD_ALIGNMENT 16u

/* Vigna's splitmix64: any seed is a good one. */
static uint64_t lab_random(uint64_t *state)
{
    uint64_t value = (*state += UINT64_C(0x9e3779b97f4a7c15));
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static uint64_t lab_record_bytes(uint32_t length)
{
    return (sizeof(struct lab_waiting) + length + RECORD_ALIGNMENT - 1u) & ~(uint64_t)(RECORD_ALIGNMENT - 1u);
}

/* Room for a frame's record at the head, in one piece; NULL where there is none. */
static struct lab_waiting *lab_impairment_room(struct lab_impairment *impairment, uint32_t length)
{
    uint64_t bytes = lab_record_bytes(length);
    uint64_t at = impairment->head % impairment->size;
    uint64_t end = impairment->size - at;
    if (bytes > end) {
        if (impairment->head + end + bytes - impairment->tail > impairment->size) {
            return NULL;
        }
        /* Records are multiples of their alignment, so that there is room for this. */
        struct lab_waiting *rest = (struct lab_waiting *)(void *)(impairment->ring + at);
        rest->length = 0;
        impairment->head += end;
        at = 0;
    }
    if (impairment->head + bytes - impairment->tail > impairment->size) {
        return NULL;
    }
    impairment->head += bytes;
    impairment->count++;
    struct lab_waiting *record = (struct lab_waiting *)(void *)(impairment->ring + at);
    memset(record, 0, sizeof(*record));
    record->length = length;
    return record;
}

const struct lab_waiting *lab_impairment_oldest(struct lab_impairment *impairment)
{
    const struct lab_waiting *record;
    if (impairment->count == 0) {
        return NULL;
    }
    record = (const struct lab_waiting *)(const void *)(impairment->ring + impairment->tail % impairment->size);
    if (record->length == 0) {
        impairment->tail += impairment->size - impairment->tail % impairment->size;
        record = (const struct lab_waiting *)(const void *)impairment->ring;
    }
    return record;
}

void lab_impairment_drop(struct lab_impairment *impairment)
{
    const struct lab_waiting *record = lab_impairment_oldest(impairment);
    impairment->tail += lab_record_bytes(record->length);
    impairment->count--;
}

/* Another ring, with what the old one has; where it is smaller, the newest may find no place and are lost. */
static bool lab_impairment_resize(struct lab_impairment *impairment, uint64_t size)
{
    struct lab_impairment old = *impairment;
    impairment->ring = aligned_alloc(RECORD_ALIGNMENT, size);
    if (impairment->ring == NULL) {
        impairment->ring = old.ring;
        return false;
    }
    impairment->size = size;
    impairment->head = 0;
    impairment->tail = 0;
    impairment->count = 0;
    for (const struct lab_waiting * record; (record = lab_impairment_oldest(&old)) != NULL; lab_impairment_drop(&old)) {
        struct lab_waiting *copy = lab_impairment_room(impairment, record->length);
        if (copy != NULL) {
            memcpy(copy, record, sizeof(*record) + record->length);
        }
    }
    free(old.ring);
    return true;
}

bool lab_impairment_set(struct lab_impairment *impairment, const struct lab_impairment *settings, uint64_t bytes)
{
    uint64_t size = (bytes == 0 ? QUEUE_BYTES : bytes + RECORD_ALIGNMENT - 1u) & ~(uint64_t)(RECORD_ALIGNMENT - 1u);
    if ((settings->delay != 0 || settings->rate != 0) && size != impairment->size
        && !lab_impairment_resize(impairment, size)) {
        return false;
    }
    impairment->loss = settings->loss;
    impairment->delay = settings->delay;
    impairment->jitter = settings->jitter;
    impairment->rate = settings->rate;
    impairment->random = settings->random;
    impairment->line = 0;
    return true;
}

enum lab_fate lab_impairment_judge(struct lab_impairment *impairment, const struct topoc_switch_frame *frame,
                                   uint64_t now)
{
    /* Two numbers a frame, whatever is set, so that the same frames are lost with and without jitter. */
    uint64_t chance = lab_random(&impairment->random);
    uint64_t swing = lab_random(&impairment->random);
    uint64_t line = now > impairment->line ? now : impairment->line;
    if ((uint64_t)(((unsigned __int128)chance * 1000000u) >> 64) < impairment->loss) {
        return LAB_LOST;
    }
    if (impairment->delay == 0 && impairment->rate == 0 && impairment->count == 0) {
        return LAB_PASSES;
    }
    struct lab_waiting *record = lab_impairment_room(impairment, frame->length);
    if (record == NULL) {
        return LAB_OVERFLOWS;
    }
    if (impairment->rate != 0) {
        line += (uint64_t)((unsigned __int128)(frame->length - LAB_TRAILER_BYTES) * 8u * 1000000000u / impairment->rate);
        impairment->line = line;
    }
    uint64_t leaves = line + impairment->delay - impairment->jitter
                      + (uint64_t)(((unsigned __int128)swing * (2u * impairment->jitter + 1u)) >> 64);
    /* Frames keep their order. */
    impairment->last = leaves > impairment->last ? leaves : impairment->last;
    record->leaves = impairment->last;
    topoc_switch_frame_copy(frame, (unsigned char *)(record + 1));
    return LAB_DELAYED;
}

void lab_impairment_end(struct lab_impairment *impairment)
{
    free(impairment->ring);
    memset(impairment, 0, sizeof(*impairment));
}
