/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A party of a scenario: one role (a client, a worker, …) with its ZeroMQ sockets. Nobody waits for ever: each wait
 * has a bound, and when it has passed the party says for what it waited.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How long a party waits, in seconds. */
struct patience {
    int wait;    /* for a partner to appear */
    int silence; /* for the next message of a partner that has appeared */
};

#define PARTY_SOCKETS 4

struct party {
    const char *name; /* of the role, for messages: "client" */
    struct patience patience;
    void *context;
    void *sockets[PARTY_SOCKETS];
    size_t count;
    bool met; /* the partner has appeared: from now on silence counts */
    /* How far the party is, for messages: `done` of `goal` `unit`. */
    uint32_t done;
    uint32_t goal;
    const char *unit;
};

/* A party that has `goal` of `unit` to do. False, with a message: ZeroMQ gives no context. */
bool party_open(struct party *party, const char *name, struct patience patience, uint32_t goal, const char *unit);

/* Sends what is still queued, for two seconds at most, and closes the sockets. */
void party_close(struct party *party);

/* A socket of ZeroMQ's `type`; NULL, with a message, where there is none. */
void *party_socket(struct party *party, int type);

/* False, with a message: the endpoint is malformed, or in use. */
bool party_bind(struct party *party, void *socket, const char *endpoint);
bool party_connect(struct party *party, void *socket, const char *endpoint);

/* Sends one message. `whom` is named where nobody takes it in time: "the sink at tcp://…". */
bool party_send(struct party *party, void *socket, const void *bytes, size_t size, const char *whom);

/*
 * Takes one message of at most `capacity` bytes; a longer one is an error. The result is its size; -1, with a message,
 * when none comes in time. `what` says what is waited for: "a reply of the server at tcp://…".
 */
int party_receive(struct party *party, void *socket, void *bytes, size_t capacity, const char *what);

/* As party_receive, of a text: puts a 0 behind it. */
bool party_receive_text(struct party *party, void *socket, char *text, size_t capacity, const char *what);

/* The seconds that the party waits for the next message. */
int party_bound(const struct party *party);

/* Prints "zmq_samples ROLE: …" as one line to standard error, and is false. */
bool party_fail(const struct party *party, const char *format, ...) __attribute__((format(printf, 2, 3)));
