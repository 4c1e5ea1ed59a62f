/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Publish and subscribe: a publisher of the weather of some zip codes, and subscribers that each want one of them.
 *
 * An update that is sent before a subscription arrives is lost, so the publisher begins when all subscribers have told
 * what they want: XPUB hands their subscriptions to it. It ends when the last of them has ended its subscription.
 */

#include "roles.h"
#include "values.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

/* Between two rounds of updates, in milliseconds. */
#define PACE 5

struct subscriptions {
    uint32_t begun;
    uint32_t ended;
    uint32_t sent;              /* updates of each zip code */
    uint32_t since[ZIP_CODES];  /* `sent` when a zip code was first asked for */
};

/* Takes what a subscriber says: a byte, 1 to begin and 0 to end, and the text that its updates begin with. */
static bool take(struct party *party, void *socket, struct subscriptions *subscriptions, uint32_t goal,
                 const char *what)
{
    /* Also where nothing is said there is nothing behind it. */
    char text[64] = { 0 };
    uint32_t zip_code = 0;
    char space = '\0';
    if (!party_receive_text(party, socket, text, sizeof(text), what)) {
        return false;
    }
    if ((text[0] != 0 && text[0] != 1) || sscanf(text + 1, "%" SCNu32 "%c", &zip_code, &space) != 2 || space != ' '
        || zip_code < FIRST_ZIP_CODE || zip_code >= FIRST_ZIP_CODE + ZIP_CODES) {
        return party_fail(party, "a subscriber asks for \"%s\", and not for a zip code from %d to %d", text + 1,
                          FIRST_ZIP_CODE, FIRST_ZIP_CODE + ZIP_CODES - 1);
    }
    uint32_t *since = &subscriptions->since[zip_code - FIRST_ZIP_CODE];
    if (text[0] == 1) {
        subscriptions->begun += 1;
        *since = subscriptions->sent;
        return true;
    }
    subscriptions->ended += 1;
    party->done = subscriptions->ended;
    uint32_t had = subscriptions->sent - *since;
    return had >= goal
           || party_fail(party, "the subscriber of zip code %" PRIu32 " left after at most %" PRIu32 " updates of %"
                         PRIu32, zip_code, had, goal);
}

/* Sends an update of each zip code: its number, temperature, relative humidity, and the number of the update. */
static bool publish(struct party *party, void *socket, struct subscriptions *subscriptions, uint32_t *state)
{
    subscriptions->sent += 1;
    for (int i = 0; i < ZIP_CODES; i++) {
        char text[64];
        int size = snprintf(text, sizeof(text), "%d %" PRId32 " %" PRId32 " %" PRIu32, FIRST_ZIP_CODE + i,
                            number_between(state, -40, 110), number_between(state, 10, 60), subscriptions->sent);
        if (!party_send(party, socket, text, (size_t)size, "a subscriber")) {
            return false;
        }
    }
    return true;
}

static bool tell(struct party *party, const struct orders *orders)
{
    void *socket = party_socket(party, ZMQ_XPUB);
    int all = 1;
    if (socket == NULL) {
        return false;
    }
    /* Tells of each subscription and of its end, also of a zip code that somebody else has asked for. */
    if (zmq_setsockopt(socket, ZMQ_XPUB_VERBOSER, &all, sizeof(all)) == -1) {
        return party_fail(party, "the socket tells of no subscriptions: %s", zmq_strerror(errno));
    }
    if (!party_bind(party, socket, orders->endpoint)) {
        return false;
    }
    struct subscriptions subscriptions = { 0 };
    while (subscriptions.begun < orders->partners) {
        char what[128];
        snprintf(what, sizeof(what), "subscriber %" PRIu32 " of %" PRIu32 " at %s", subscriptions.begun + 1,
                 orders->partners, orders->endpoint);
        /* Each may come late, in its own time. */
        party->met = false;
        if (!take(party, socket, &subscriptions, orders->count, what)) {
            return false;
        }
    }
    uint32_t state = first_state(orders->seed);
    int64_t last = now_ns();
    while (subscriptions.ended < orders->partners) {
        zmq_pollitem_t item = { .socket = socket, .events = ZMQ_POLLIN };
        int ready = zmq_poll(&item, 1, PACE);
        if (ready == -1 && errno != EINTR) {
            return party_fail(party, "cannot wait: %s", zmq_strerror(errno));
        }
        if (ready > 0) {
            if (!take(party, socket, &subscriptions, orders->count, "a subscriber's word")) {
                return false;
            }
            last = now_ns();
        } else if (now_ns() - last > (int64_t)orders->patience.silence * 1000000000) {
            return party_fail(party, "waited %d s for a subscriber to have its %" PRIu32 " updates (%" PRIu32 " of %"
                              PRIu32 " subscribers done)", orders->patience.silence, orders->count,
                              subscriptions.ended, orders->partners);
        } else if (!publish(party, socket, &subscriptions, &state)) {
            return false;
        }
    }
    return true;
}

static bool listen_to(struct party *party, const struct orders *orders, struct figures *figures)
{
    char begin[16];
    int length = snprintf(begin, sizeof(begin), "%" PRIu32 " ", orders->zip_code);
    void *socket = party_socket(party, ZMQ_SUB);
    if (socket == NULL) {
        return false;
    }
    if (zmq_setsockopt(socket, ZMQ_SUBSCRIBE, begin, (size_t)length) == -1) {
        return party_fail(party, "cannot subscribe: %s", zmq_strerror(errno));
    }
    if (!party_connect(party, socket, orders->endpoint)) {
        return false;
    }
    printf("%" PRIu32 "\nCollecting updates from weather server...\n", orders->count);
    fflush(stdout);
    char what[128];
    snprintf(what, sizeof(what), "an update of zip code %" PRIu32 " from %s", orders->zip_code, orders->endpoint);
    int64_t sum = 0;
    uint32_t before = 0;
    for (uint32_t i = 1; i <= orders->count; i++) {
        char text[64];
        uint32_t zip_code;
        uint32_t number;
        int32_t temperature;
        int32_t humidity;
        if (!party_receive_text(party, socket, text, sizeof(text), what)) {
            return false;
        }
        int read = sscanf(text, "%" SCNu32 " %" SCNd32 " %" SCNd32 " %" SCNu32, &zip_code, &temperature, &humidity,
                          &number);
        if (read != 4 || zip_code != orders->zip_code) {
            return party_fail(party, "\"%s\" is not %s", text, what);
        }
        if (i > 1 && number != before + 1) {
            return party_fail(party, "update %" PRIu32 " follows update %" PRIu32, number, before);
        }
        before = number;
        sum += temperature;
        party->done = i;
        printf("temp: %" PRIu32 " %" PRId32 " %" PRId32 " %" PRIu32 "\n", zip_code, temperature, humidity, i);
        fflush(stdout);
    }
    figures->temperature = (int32_t)(sum / orders->count);
    printf("Average temperature for zipcode was %" PRId32 "F\n", figures->temperature);
    return true;
}

bool run_publisher(const struct orders *orders, struct figures *figures)
{
    (void)figures;
    struct party party;
    bool done = party_open(&party, "publisher", orders->patience, orders->partners, "subscribers")
                && tell(&party, orders);
    party_close(&party);
    return done;
}

bool run_subscriber(const struct orders *orders, struct figures *figures)
{
    struct party party;
    bool done = party_open(&party, "subscriber", orders->patience, orders->count, "updates")
                && listen_to(&party, orders, figures);
    party_close(&party);
    return done;
}
