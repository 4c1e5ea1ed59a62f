/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "party.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

/* What is queued when a socket is closed is sent for so long, in milliseconds. */
#define LINGER 2000

/*
 * An attempt to connect is given up after so many milliseconds, just before the kernel would send its SYN again, and
 * begun anew RECONNECT later at the soonest, and at the latest after twice that: the kernel waits twice as long each
 * time, and we do not. So a SYN or its answer that is lost costs about a second, however many are.
 */
#define CONNECT 900
#define RECONNECT 50

bool party_fail(const struct party *party, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fflush(stdout);
    /* One write, so that the lines of several parties do not mix. */
    fprintf(stderr, "zmq_samples %s: %s\n", party->name, text);
    return false;
}

/* What did not happen in time, and how far the party had come by then. */
static bool too_late(const struct party *party, const char *what, const char *rest)
{
    return party_fail(party, "waited %d s for %s%s (%" PRIu32 " of %" PRIu32 " %s done)", party_bound(party), what,
                      rest, party->done, party->goal, party->unit);
}

bool party_open(struct party *party, const char *name, struct patience patience, uint32_t goal, const char *unit)
{
    memset(party, 0, sizeof(*party));
    party->name = name;
    party->patience = patience;
    party->goal = goal;
    party->unit = unit;
    party->context = zmq_ctx_new();
    return party->context != NULL || party_fail(party, "no ZeroMQ context: %s", zmq_strerror(errno));
}

void party_close(struct party *party)
{
    for (size_t i = 0; i < party->count; i++) {
        zmq_close(party->sockets[i]);
    }
    party->count = 0;
    /* Ends when LINGER has passed, at the latest. */
    while (party->context != NULL && zmq_ctx_term(party->context) == -1 && errno == EINTR) {
    }
    party->context = NULL;
}

void *party_socket(struct party *party, int type)
{
    if (party->count == PARTY_SOCKETS) {
        party_fail(party, "it has only %d sockets", PARTY_SOCKETS);
        return NULL;
    }
    void *socket = zmq_socket(party->context, type);
    if (socket == NULL) {
        party_fail(party, "no socket: %s", zmq_strerror(errno));
        return NULL;
    }
    party->sockets[party->count++] = socket;
    int linger = LINGER;
    int connect = CONNECT;
    int reconnect = RECONNECT;
    /*
     * What is pushed is for a partner who is there, and not kept for one who may never come. Sockets that also receive
     * must not have this: they would forget what they have not yet handed out when the other side closes.
     */
    int immediate = type == ZMQ_PUSH;
    if (zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger)) == -1
        || zmq_setsockopt(socket, ZMQ_CONNECT_TIMEOUT, &connect, sizeof(connect)) == -1
        || zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &reconnect, sizeof(reconnect)) == -1
        || zmq_setsockopt(socket, ZMQ_IMMEDIATE, &immediate, sizeof(immediate)) == -1) {
        party_fail(party, "a socket takes no options: %s", zmq_strerror(errno));
        return NULL;
    }
    return socket;
}

bool party_bind(struct party *party, void *socket, const char *endpoint)
{
    return zmq_bind(socket, endpoint) == 0
           || party_fail(party, "cannot listen at %s: %s", endpoint, zmq_strerror(errno));
}

bool party_connect(struct party *party, void *socket, const char *endpoint)
{
    return zmq_connect(socket, endpoint) == 0
           || party_fail(party, "cannot connect to %s: %s", endpoint, zmq_strerror(errno));
}

int party_bound(const struct party *party)
{
    return party->met ? party->patience.silence : party->patience.wait;
}

/* Makes the next call on the socket end in time. */
static bool set_bound(struct party *party, void *socket, int option)
{
    int bound = party_bound(party) * 1000;
    return zmq_setsockopt(socket, option, &bound, sizeof(bound)) == 0
           || party_fail(party, "a socket takes no time-out: %s", zmq_strerror(errno));
}

bool party_send(struct party *party, void *socket, const void *bytes, size_t size, const char *whom)
{
    if (!set_bound(party, socket, ZMQ_SNDTIMEO)) {
        return false;
    }
    while (zmq_send(socket, bytes, size, 0) == -1) {
        if (errno == EAGAIN) {
            return too_late(party, whom, " to take a message");
        }
        if (errno != EINTR) {
            return party_fail(party, "cannot send to %s: %s", whom, zmq_strerror(errno));
        }
    }
    return true;
}

int party_receive(struct party *party, void *socket, void *bytes, size_t capacity, const char *what)
{
    if (!set_bound(party, socket, ZMQ_RCVTIMEO)) {
        return -1;
    }
    int size = zmq_recv(socket, bytes, capacity, 0);
    while (size == -1 && errno == EINTR) {
        size = zmq_recv(socket, bytes, capacity, 0);
    }
    if (size == -1 && errno == EAGAIN) {
        too_late(party, what, "");
        return -1;
    }
    if (size == -1) {
        party_fail(party, "cannot receive %s: %s", what, zmq_strerror(errno));
        return -1;
    }
    if ((size_t)size > capacity) {
        party_fail(party, "%s has %d bytes, and not at most %zu", what, size, capacity);
        return -1;
    }
    party->met = true;
    return size;
}

bool party_receive_text(struct party *party, void *socket, char *text, size_t capacity, const char *what)
{
    int size = party_receive(party, socket, text, capacity - 1, what);
    if (size == -1) {
        return false;
    }
    text[size] = '\0';
    return true;
}
