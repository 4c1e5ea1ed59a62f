/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* One of the two drivers of an exchange, and the front end under it. */

#pragma once

#include "driver.h"

#include <harness_exchange.h>

#define BUFFERS 64u        /* of a queue, at most */
#define SLOT 4096u         /* bytes of memory for a buffer: half of it in each region */
#define PARTS 4u
#define FRAME_MIN 60u
#define FRAME_MAX 1514u
#define HEADER 12u

/* One driver, and the front end under it. */
struct end {
    struct front front;
    struct driver_queue queues[VHOST_USER_RINGS];
    char name[64];
    uint32_t buffers;    /* posted and not taken back, of the receive queue */
    uint32_t next_slot[VHOST_USER_RINGS];
    uint32_t sent;       /* number of the next frame to send */
    uint32_t completed;
    uint32_t expected;   /* the least number that the next frame received may have */
    uint64_t received;
    struct topoc_vq_part slots[BUFFERS][PARTS]; /* of receive buffers */
    uint32_t frame_buffers;                     /* of the frame that comes in: how many are to come */
    uint32_t frame_bytes;
    unsigned char frame[HEADER + FRAME_MAX];
};

struct exchange {
    const struct exchange_setup *setup;
    struct exchange_result result;
    struct wire *wire;
    struct end ends[WIRE_ENDS];
    uint64_t random;
};

/* A random number below `bound`. */
uint32_t exchange_roll(struct exchange *x, uint32_t bound);

/* Ends the exchange; the first fault stays. False. */
bool exchange_fail(struct exchange *x, const char *fault);

/* Sends some frames, as many as there is room for. */
void end_transmit(struct exchange *x, struct end *end);

/* Gives some receive buffers. */
void end_post(struct exchange *x, struct end *end);

/* Takes what was received, and checks it. */
void end_receive(struct exchange *x, struct end *end);

/* Takes back what was sent. */
void end_complete(struct exchange *x, struct end *end);
