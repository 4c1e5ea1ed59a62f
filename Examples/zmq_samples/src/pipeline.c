/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Pipeline: a source hands tasks to workers in turn, each worker takes as long as a task costs, a sink collects the
 * results and the time.
 *
 * Tasks that are sent before all workers are there go to those that are. So the source begins when the sink has taken
 * its announcement and each worker has finished the handshake, of which the socket's monitor tells.
 */

#include "roles.h"
#include "values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#define DEAREST_TASK 100 /* milliseconds */

/* Waits until so many workers have connected to the socket that is to hand out tasks. */
static bool await_workers(struct party *party, void *monitor, const struct orders *orders)
{
    for (uint32_t joined = 0; joined < orders->partners;) {
        struct {
            uint16_t event;
            uint32_t value;
        } __attribute__((packed)) told;
        char endpoint[128];
        char what[128];
        snprintf(what, sizeof(what), "worker %" PRIu32 " of %" PRIu32 " at %s", joined + 1, orders->partners,
                 orders->endpoint);
        /* Each may come in its own time. */
        party->met = false;
        if (party_receive(party, monitor, &told, sizeof(told), what) == -1
            || party_receive(party, monitor, endpoint, sizeof(endpoint), what) == -1) {
            return false;
        }
        if (told.event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            joined += 1;
        } else if (told.event == ZMQ_EVENT_DISCONNECTED && joined > 0) {
            return party_fail(party, "a worker left before there were %" PRIu32, orders->partners);
        }
    }
    return true;
}

static bool hand_out(struct party *party, const struct orders *orders)
{
    void *tasks = party_socket(party, ZMQ_PUSH);
    void *results = party_socket(party, ZMQ_PUSH);
    void *monitor = party_socket(party, ZMQ_PAIR);
    if (tasks == NULL || results == NULL || monitor == NULL) {
        return false;
    }
    if (zmq_socket_monitor(tasks, "inproc://workers", ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED) == -1) {
        return party_fail(party, "the socket tells of no workers: %s", zmq_strerror(errno));
    }
    if (!party_connect(party, monitor, "inproc://workers") || !party_bind(party, tasks, orders->endpoint)
        || !party_connect(party, results, orders->results) || !await_workers(party, monitor, orders)) {
        return false;
    }
    uint32_t costs[MOST_TASKS];
    uint32_t state = first_state(orders->seed);
    uint32_t total = 0;
    for (uint32_t i = 0; i < orders->count; i++) {
        costs[i] = (uint32_t)number_between(&state, 1, DEAREST_TASK);
        total += costs[i];
    }
    printf("Sending tasks to workers...\nTotal expected cost: %" PRIu32 " msec\n", total);
    fflush(stdout);
    char text[64];
    char whom[128];
    int size = snprintf(text, sizeof(text), "batch %" PRIu32 " %" PRIu32, orders->count, total);
    snprintf(whom, sizeof(whom), "the sink at %s", orders->results);
    if (!party_send(party, results, text, (size_t)size, whom)) {
        return false;
    }
    /* Makes the socket see the workers of which the monitor told. */
    int events;
    size_t length = sizeof(events);
    zmq_getsockopt(tasks, ZMQ_EVENTS, &events, &length);
    party->met = true;
    for (uint32_t i = 0; i < orders->count; i++) {
        size = snprintf(text, sizeof(text), "task %" PRIu32 " %" PRIu32, i, costs[i]);
        if (!party_send(party, tasks, text, (size_t)size, "a worker")) {
            return false;
        }
        party->done = i + 1;
    }
    for (uint32_t i = 0; i < orders->partners; i++) {
        if (!party_send(party, tasks, "end", 3, "a worker")) {
            return false;
        }
    }
    return true;
}

static bool work(struct party *party, const struct orders *orders)
{
    void *tasks = party_socket(party, ZMQ_PULL);
    void *results = party_socket(party, ZMQ_PUSH);
    if (tasks == NULL || results == NULL || !party_connect(party, results, orders->results)
        || !party_connect(party, tasks, orders->endpoint)) {
        return false;
    }
    char what[128];
    char whom[128];
    snprintf(what, sizeof(what), "a task of the source at %s", orders->endpoint);
    snprintf(whom, sizeof(whom), "the sink at %s", orders->results);
    for (;;) {
        char text[64];
        uint32_t number;
        uint32_t cost;
        if (!party_receive_text(party, tasks, text, sizeof(text), what)) {
            return false;
        }
        if (strcmp(text, "end") == 0) {
            return true;
        }
        if (sscanf(text, "task %" SCNu32 " %" SCNu32, &number, &cost) != 2 || cost > DEAREST_TASK) {
            return party_fail(party, "\"%s\" is not %s", text, what);
        }
        printf("%" PRIu32 ".", cost);
        fflush(stdout);
        struct timespec time = { .tv_nsec = (long)cost * 1000000 };
        while (nanosleep(&time, &time) == -1 && errno == EINTR) {
        }
        int size = snprintf(text, sizeof(text), "done %" PRIu32 " %" PRIu32, number, cost);
        if (!party_send(party, results, text, (size_t)size, whom)) {
            return false;
        }
        party->done += 1;
    }
}

static bool collect(struct party *party, const struct orders *orders, struct figures *figures)
{
    bool seen[MOST_TASKS] = { false };
    void *results = party_socket(party, ZMQ_PULL);
    if (results == NULL || !party_bind(party, results, orders->endpoint)) {
        return false;
    }
    char what[128];
    snprintf(what, sizeof(what), "the source or a worker at %s", orders->endpoint);
    bool announced = false;
    uint32_t total = 0;
    int64_t start = 0;
    while (!announced || party->done < orders->count) {
        char text[64];
        uint32_t number;
        uint32_t cost;
        if (!party_receive_text(party, results, text, sizeof(text), what)) {
            return false;
        }
        /* The announcement comes first, or where it is overtaken on the way the first result. */
        if (start == 0) {
            start = now_ns();
        }
        if (sscanf(text, "batch %" SCNu32 " %" SCNu32, &number, &cost) == 2) {
            if (announced || number != orders->count) {
                return party_fail(party, "the source announces %" PRIu32 " tasks, and not %" PRIu32 " once", number,
                                  orders->count);
            }
            announced = true;
            figures->expected = cost;
        } else if (sscanf(text, "done %" SCNu32 " %" SCNu32, &number, &cost) == 2 && number < orders->count) {
            if (seen[number]) {
                return party_fail(party, "task %" PRIu32 " was done twice", number);
            }
            seen[number] = true;
            total += cost;
            putchar(party->done % 10 == 0 ? ':' : '.');
            fflush(stdout);
            party->done += 1;
        } else {
            return party_fail(party, "\"%s\" is not from %s", text, what);
        }
    }
    figures->elapsed = (uint32_t)((now_ns() - start) / 1000000);
    if (total != figures->expected) {
        return party_fail(party, "the tasks cost %" PRIu32 " ms, and not %" PRIu32 " as announced", total,
                          figures->expected);
    }
    printf("Total elapsed time: %" PRIu32 " msec\n", figures->elapsed);
    return true;
}

bool run_source(const struct orders *orders, struct figures *figures)
{
    (void)figures;
    struct party party;
    bool done = party_open(&party, "source", orders->patience, orders->count, "tasks") && hand_out(&party, orders);
    party_close(&party);
    return done;
}

bool run_worker(const struct orders *orders, struct figures *figures)
{
    (void)figures;
    struct party party;
    bool done = party_open(&party, "worker", orders->patience, orders->count, "tasks") && work(&party, orders);
    party_close(&party);
    return done;
}

bool run_sink(const struct orders *orders, struct figures *figures)
{
    struct party party;
    bool done = party_open(&party, "sink", orders->patience, orders->count, "tasks")
                && collect(&party, orders, figures);
    party_close(&party);
    return done;
}
