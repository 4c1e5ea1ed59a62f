/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The loops of a peer, over what its file defines before it includes this one:
 *
 *   PEER_SYMBOL, PEER_NAME, PEER_BUILD, PEER_COPY
 *   struct tx, struct rx                      private states, at most LINK_STATE octets each
 *   bool link_open(struct link *, uint32_t bytes)
 *   bool tx_send(struct tx *, const void *frame, uint32_t bytes)        false: full, try again
 *   void tx_idle(struct tx *)                 nothing more to send for now
 *   uint32_t rx_receive(struct rx *, void *frame)                       the frame's length, 0: empty
 *   void rx_idle(struct rx *)                 was found empty
 * and, with PEER_BATCHES,
 *   uint32_t tx_send_batch(struct tx *, const struct frames *, uint64_t first, uint32_t bytes, uint32_t count)
 *   uint32_t rx_receive_batch(struct rx *, uint8_t (*frames)[FRAME_STRIDE], uint32_t *lengths, uint32_t count)
 * and, with PEER_SWITCH,
 *   bool open_switch(struct link *, uint32_t, const uint8_t (*)[6])
 *   uint32_t flood(struct link *, uint32_t links, const void *frame, uint32_t bytes)    how many took it
 *   void flood_end(void)                      the last of a burst
 *   bool open_table(const uint8_t (*)[6], uint32_t)
 *   int look_up_one(const uint8_t mac[6])
 */

#pragma once

#include <string.h>
#include <x86intrin.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

PER_FRAME uint64_t loop_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

static inline bool loop_stopped(struct job *job)
{
    return atomic_load_explicit(&job->stop, memory_order_relaxed);
}

/* The same for every peer, inside the time that is measured: length, the octets that tell the kind, order. */
PER_FRAME void loop_check(const struct frames *frames, uint32_t bytes, const uint8_t *frame, uint32_t length,
                          uint64_t *next, struct tally *tally)
{
    const uint64_t kind = *next % FRAME_KINDS;
    *next += 1;
    if (LIKELY(length == bytes && loop_word(frame + FRAME_HEAD) == frames->head[kind]
               && loop_word(frame + bytes - 8) == frames->tail[kind])) {
        tally->whole++;
        return;
    }
    tally->damaged++;
    for (uint64_t k = 0; k < FRAME_KINDS; k++) {
        if (length >= FRAME_HEAD + 8 && loop_word(frame + FRAME_HEAD) == frames->head[k]) {
            *next = k + 1;
        }
    }
}

static void loop_alternate(struct link *link, struct job *job, struct tally *tally)
{
    struct tx *tx = link->sender;
    struct rx *rx = link->receiver;
    const struct frames *frames = job->frames;
    const uint32_t bytes = job->bytes;
    _Alignas(LINE) uint8_t frame[FRAME_STRIDE];
    struct tally found = {0};
    uint64_t next = 0;

    for (uint64_t i = 0; i < job->count; i++) {
        while (UNLIKELY(!tx_send(tx, frames->octets[i % FRAME_KINDS], bytes))) {
            rx_idle(rx);
            if (loop_stopped(job)) {
                *tally = found;
                return;
            }
        }
        uint32_t length;
        while (UNLIKELY((length = rx_receive(rx, frame)) == 0)) {
            tx_idle(tx);
            if (loop_stopped(job)) {
                *tally = found;
                return;
            }
        }
        loop_check(frames, bytes, frame, length, &next, &found);
    }
    *tally = found;
}

#ifndef PEER_ONE_THREAD
static void loop_send(struct link *link, struct job *job)
{
    struct tx *tx = link->sender;
    const struct frames *frames = job->frames;
    const uint32_t bytes = job->bytes;
    const uint64_t count = job->count;

    if (job->batch == 1) {
        for (uint64_t sent = 0; sent < count; sent++) {
            while (UNLIKELY(!tx_send(tx, frames->octets[sent % FRAME_KINDS], bytes))) {
                if (loop_stopped(job)) {
                    return;
                }
            }
        }
    } else {
#ifdef PEER_BATCHES
        const uint32_t batch = job->batch;
        for (uint64_t sent = 0; sent < count;) {
            const uint64_t left = count - sent;
            const uint32_t some = tx_send_batch(tx, frames, sent, bytes, left < batch ? (uint32_t)left : batch);
            sent += some;
            if (some == 0 && loop_stopped(job)) {
                return;
            }
        }
#endif
    }
    tx_idle(tx);
    atomic_store_explicit(&job->sender_done, true, memory_order_release); /* with the receiver's acquire */
}

static void loop_receive(struct link *link, struct job *job, struct tally *tally)
{
    struct rx *rx = link->receiver;
    const struct frames *frames = job->frames;
    const uint32_t bytes = job->bytes;
    struct tally found = {0};
    uint64_t next = 0;
    _Alignas(LINE) static _Thread_local uint8_t buffers[BATCH][FRAME_STRIDE];

    for (;;) {
        bool last = false;
        if (job->batch == 1) {
            uint32_t length;
            while (UNLIKELY((length = rx_receive(rx, buffers[0])) == 0)) {
                /* Acquire: with the sender's release, all it sent is then seen by one more look. */
                if (last || loop_stopped(job)) {
                    *tally = found;
                    return;
                }
                last = atomic_load_explicit(&job->sender_done, memory_order_acquire);
                rx_idle(rx);
            }
            loop_check(frames, bytes, buffers[0], length, &next, &found);
        } else {
#ifdef PEER_BATCHES
            uint32_t lengths[BATCH];
            uint32_t some;
            while (UNLIKELY((some = rx_receive_batch(rx, buffers, lengths, job->batch)) == 0)) {
                if (last || loop_stopped(job)) {
                    *tally = found;
                    return;
                }
                last = atomic_load_explicit(&job->sender_done, memory_order_acquire);
                rx_idle(rx);
            }
            for (uint32_t i = 0; i < some; i++) {
                loop_check(frames, bytes, buffers[i], lengths[i], &next, &found);
            }
#else
            return;
#endif
        }
    }
}

/* One octet there and back, a time stamp after each. */
static void loop_ask(struct link *out, struct link *back, struct job *job, struct tally *tally)
{
    struct tx *tx = out->sender;
    struct rx *rx = back->receiver;
    _Alignas(LINE) uint8_t octet[LINE] = {0};
    _Alignas(LINE) uint8_t answer[FRAME_STRIDE];

    job->samples[0] = __rdtsc();
    for (uint64_t i = 0; i < job->count; i++) {
        octet[0] = (uint8_t)i;
        while (UNLIKELY(!tx_send(tx, octet, 1))) {
            if (loop_stopped(job)) {
                return;
            }
        }
        tx_idle(tx);
        uint32_t length;
        while ((length = rx_receive(rx, answer)) == 0) {
            rx_idle(rx);
            if (loop_stopped(job)) {
                return;
            }
        }
        if (LIKELY(length == 1 && answer[0] == (uint8_t)i)) {
            tally->whole++;
        } else {
            tally->damaged++;
        }
        job->samples[i + 1] = __rdtsc();
    }
}

static void loop_answer(struct link *in, struct link *back, struct job *job)
{
    struct tx *tx = back->sender;
    struct rx *rx = in->receiver;
    _Alignas(LINE) uint8_t frame[FRAME_STRIDE];

    for (uint64_t i = 0; i < job->count; i++) {
        uint32_t length;
        while ((length = rx_receive(rx, frame)) == 0) {
            rx_idle(rx);
            if (loop_stopped(job)) {
                return;
            }
        }
        while (UNLIKELY(!tx_send(tx, frame, length))) {
            if (loop_stopped(job)) {
                return;
            }
        }
        tx_idle(tx);
    }
}

#endif

#ifdef PEER_SWITCH
/* Bursts of broadcasts, and every destination takes its copies out. */
static void loop_broadcast(struct link *links, struct job *job, struct tally *tally)
{
    const struct frames *frames = job->frames;
    const uint32_t bytes = job->bytes;
    _Alignas(LINE) uint8_t frame[FRAME_STRIDE];
    struct tally found = {0};

    for (uint64_t i = 0; i < job->count;) {
        const uint64_t left = job->count - i;
        const uint32_t burst = left < job->batch ? (uint32_t)left : job->batch;
        for (uint32_t b = 0; b < burst; b++) {
            if (flood(links, job->links, frames->octets[(i + b) % FRAME_KINDS], bytes) != job->links) {
                found.damaged++;
            }
        }
        flood_end();
        for (uint32_t l = 0; l < job->links; l++) {
            uint64_t next = i;
            for (uint32_t b = 0; b < burst; b++) {
                const uint32_t length = rx_receive(links[l].receiver, frame);
                if (UNLIKELY(length == 0)) {
                    found.damaged++;
                    continue;
                }
                loop_check(frames, bytes, frame, length, &next, &found);
            }
        }
        i += burst;
    }
    *tally = found;
}

static void loop_look_up(struct job *job, struct tally *tally)
{
    uint64_t sum = 0;
    for (uint64_t i = 0; i < job->count; i++) {
        sum += (uint64_t)look_up_one(job->macs[i % MACS_MAX]);
    }
    tally->sum = sum;
    tally->whole = job->count;
}
#endif

extern const struct peer PEER_SYMBOL;
const struct peer PEER_SYMBOL = {
    .name = PEER_NAME,
    .build = PEER_BUILD,
    .copy = PEER_COPY,
#ifdef PEER_BATCHES
    .batches = true,
#endif
#ifdef PEER_TRUNCATES
    .truncates = true,
#endif
    .open = link_open,
    .alternate = loop_alternate,
#ifndef PEER_ONE_THREAD
    .send = loop_send,
    .receive = loop_receive,
    .ask = loop_ask,
    .answer = loop_answer,
#endif
#ifdef PEER_SWITCH
    .open_switch = open_switch,
    .broadcast = loop_broadcast,
    .open_table = open_table,
    .look_up = loop_look_up,
#endif
};
