/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A cable worse than a memory: what this end of a link sends is lost, delayed, or held to a rate. Frames keep their
 * order. A frame that is lost takes no time of the line; one that is sent takes the line for its bits, then the delay.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <topoc/switch_types.h>

/* Bytes of the queue, at least: two frames of the longest kind. */
#define LAB_QUEUE_MIN (1u << 17)

struct lab_impairment {
    uint32_t loss; /* in a million */
    uint64_t delay; /* nanoseconds */
    uint64_t jitter;
    uint64_t rate;    /* bits in a second; 0: any */
    uint64_t random;  /* the generator's state */
    uint64_t line;    /* when the line is free again */
    uint64_t last;    /* when the newest frame of the queue leaves */
    unsigned char *ring; /* the queue: records, each in one piece; NULL: none was needed yet */
    uint64_t size;
    uint64_t head; /* where the next record goes; counts up, modulo size */
    uint64_t tail; /* the oldest */
    uint32_t count;
};

enum lab_fate {
    LAB_PASSES,   /* now, and it is the caller's to send */
    LAB_LOST,
    LAB_DELAYED,  /* copied into the queue */
    LAB_OVERFLOWS /* the queue is full */
};

/* A frame in the queue; its bytes follow. */
struct lab_waiting {
    uint64_t leaves;
    uint32_t length; /* 0: the rest of the ring is left out */
    uint32_t zero;
};

/* Sets what is to happen to frames from now on. What is in the queue stays there. False: no memory for the queue. */
bool lab_impairment_set(struct lab_impairment *impairment, const struct lab_impairment *settings, uint64_t bytes);

/* Whether a frame has to be asked about at all. */
static inline bool lab_impairment_acts(const struct lab_impairment *impairment)
{
    return impairment->loss != 0 || impairment->delay != 0 || impairment->rate != 0 || impairment->count != 0;
}

/* Decides what becomes of a frame that is sent `now`. */
enum lab_fate lab_impairment_judge(struct lab_impairment *impairment, const struct topoc_switch_frame *frame,
                                   uint64_t now);

/* The oldest frame of the queue, or NULL; and takes it off. */
const struct lab_waiting *lab_impairment_oldest(struct lab_impairment *impairment);
void lab_impairment_drop(struct lab_impairment *impairment);

void lab_impairment_end(struct lab_impairment *impairment);
