/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The roles of the three scenarios. Each opens its sockets, does its part with its partners, and says why where it
 * cannot. What it measures stands in `figures`.
 */

#pragma once

#include "party.h"

#include <stdint.h>

struct figures {
    double latency;        /* half a round trip, in microseconds, on average: the client's */
    int32_t temperature;   /* average, in degrees Fahrenheit: the subscriber's */
    uint32_t expected;     /* cost of all tasks, in milliseconds: the sink's */
    uint32_t elapsed;      /* from the first task to the last result, in milliseconds: the sink's */
};

/* What a role is to do. */
struct orders {
    const char *endpoint; /* where the role's partners meet: of the server, the publisher, the source or the sink */
    const char *results;  /* of the sink, for the source and the workers */
    struct patience patience;
    uint32_t count;       /* round trips, updates or tasks */
    uint32_t partners;    /* subscribers or workers */
    uint32_t zip_code;    /* the subscriber's */
    uint32_t seed;        /* of what is made up: temperatures and costs */
};

#define ROUND_TRIPS 10000
#define UPDATES 6
#define TASKS 100
#define MOST_TASKS 10000

/* The publisher knows these zip codes. */
#define FIRST_ZIP_CODE 10000
#define ZIP_CODES 32

typedef bool (*role)(const struct orders *orders, struct figures *figures);

bool run_server(const struct orders *orders, struct figures *figures);
bool run_client(const struct orders *orders, struct figures *figures);
bool run_publisher(const struct orders *orders, struct figures *figures);
bool run_subscriber(const struct orders *orders, struct figures *figures);
bool run_source(const struct orders *orders, struct figures *figures);
bool run_worker(const struct orders *orders, struct figures *figures);
bool run_sink(const struct orders *orders, struct figures *figures);
