/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Client and server: the client sends one byte, the server sends it back, so many times. One round trip more goes
 * before: it waits until the two have met, and is not counted.
 */

#include "roles.h"
#include "values.h"

#include <inttypes.h>
#include <stdio.h>
#include <zmq.h>

/* Numbers the byte of a round trip, so that a lost or doubled one is seen. */
static char byte_of(uint32_t round_trip)
{
    return (char)(round_trip & 0x7f);
}

static bool serve(struct party *party, const struct orders *orders)
{
    void *socket = party_socket(party, ZMQ_REP);
    if (socket == NULL || !party_bind(party, socket, orders->endpoint)) {
        return false;
    }
    char what[128];
    snprintf(what, sizeof(what), "a client's request at %s", orders->endpoint);
    for (uint32_t i = 0; i <= orders->count; i++) {
        char byte;
        party->done = i;
        int size = party_receive(party, socket, &byte, 1, what);
        if (size == -1) {
            return false;
        }
        if (size != 1 || byte != byte_of(i)) {
            return party_fail(party, "request %" PRIu32 " is not the byte that follows; is there a second client?", i);
        }
        if (!party_send(party, socket, &byte, 1, "the client")) {
            return false;
        }
    }
    return true;
}

static bool ask(struct party *party, const struct orders *orders, struct figures *figures)
{
    void *socket = party_socket(party, ZMQ_REQ);
    if (socket == NULL || !party_connect(party, socket, orders->endpoint)) {
        return false;
    }
    char whom[128];
    snprintf(whom, sizeof(whom), "the server at %s", orders->endpoint);
    char what[160];
    snprintf(what, sizeof(what), "a reply of %s", whom);
    int64_t start = 0;
    for (uint32_t i = 0; i <= orders->count; i++) {
        char byte = byte_of(i);
        char reply;
        party->done = i;
        if (!party_send(party, socket, &byte, 1, whom)) {
            return false;
        }
        int size = party_receive(party, socket, &reply, 1, what);
        if (size == -1) {
            return false;
        }
        if (size != 1 || reply != byte) {
            return party_fail(party, "reply %" PRIu32 " of %s is not the byte that was sent", i, whom);
        }
        if (i == 0) {
            start = now_ns();
        }
    }
    figures->latency = (double)(now_ns() - start) / 1000 / orders->count / 2;
    printf("message size: 1 [B]\nroundtrip count: %" PRIu32 "\naverage latency: %.3f [us]\n", orders->count,
           figures->latency);
    return true;
}

bool run_server(const struct orders *orders, struct figures *figures)
{
    (void)figures;
    struct party party;
    bool done = party_open(&party, "server", orders->patience, orders->count, "round trips") && serve(&party, orders);
    party_close(&party);
    return done;
}

bool run_client(const struct orders *orders, struct figures *figures)
{
    struct party party;
    bool done = party_open(&party, "client", orders->patience, orders->count, "round trips")
                && ask(&party, orders, figures);
    party_close(&party);
    return done;
}
