/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Who plays what. On one VM all roles are played there, over the loopback. Across VMs:
 *
 *   client and server    VM 0 asks, VM 1 serves
 *   publish, subscribe   VM 1 publishes, all others subscribe
 *   pipeline             VM 0 has the source and the sink, all others work
 *
 * VM 0 plays the roles that measure, so that it has all figures. A VM begins as soon as it is up and waits for its
 * partners; nothing but the scenarios' own messages passes between VMs.
 */

#include "runner.h"
#include "cast.h"
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CLIENT_SERVER, PUBLISH_SUBSCRIBE, PIPELINE, RESULTS, SERVICES, SCENARIOS = RESULTS };

static const char *const titles[] = { "client server", "pub/sub", "pipeline" };

/* Where the services are: of each the VM whose address it has. */
struct stage {
    char endpoints[SERVICES][64];
    uint32_t workers;
    uint32_t subscribers;
};

static void set_stage(struct stage *stage, const struct run *run, const char *front, const char *back, uint32_t others)
{
    const char *const addresses[SERVICES] = { back, back, front, front };
    for (int i = 0; i < SERVICES; i++) {
        snprintf(stage->endpoints[i], sizeof(stage->endpoints[i]), "tcp://%s:%d", addresses[i], run->port + i);
    }
    stage->workers = others;
    stage->subscribers = others;
}

static struct part part(const char *name, role role, const struct run *run, const struct stage *stage, int service)
{
    struct part part = {
        .name = name,
        .role = role,
        .orders = {
            .endpoint = stage->endpoints[service],
            .results = stage->endpoints[RESULTS],
            .patience = run->patience,
            .seed = run->seed,
        }
    };
    switch (service) {
    case CLIENT_SERVER:
        part.orders.count = run->round_trips;
        break;
    case PUBLISH_SUBSCRIBE:
        part.orders.count = UPDATES;
        part.orders.partners = stage->subscribers;
        part.orders.zip_code = FIRST_ZIP_CODE + 1 + run->vm;
        break;
    default:
        part.orders.count = TASKS;
        part.orders.partners = stage->workers;
        break;
    }
    return part;
}

/*
 * The parts of this VM in one scenario: those of the front (VM 0, which measures), of the back (VM 1), of the others
 * that support the back. One VM alone is front and back.
 */
static size_t parts_of(const struct run *run, const struct stage *stage, int scenario, bool front, bool back,
                       struct part *parts)
{
    bool alone = front && back;
    size_t count = 0;
    switch (scenario) {
    case CLIENT_SERVER:
        if (back) {
            parts[count++] = part("server", run_server, run, stage, CLIENT_SERVER);
        }
        if (front) {
            parts[count++] = part("client", run_client, run, stage, CLIENT_SERVER);
        }
        break;
    case PUBLISH_SUBSCRIBE:
        if (back) {
            parts[count++] = part("publisher", run_publisher, run, stage, PUBLISH_SUBSCRIBE);
        }
        if (!back || alone) {
            parts[count++] = part("subscriber", run_subscriber, run, stage, PUBLISH_SUBSCRIBE);
        }
        break;
    default:
        if (front) {
            parts[count++] = part("sink", run_sink, run, stage, RESULTS);
        }
        if (!front || alone) {
            parts[count++] = part("worker", run_worker, run, stage, PIPELINE);
        }
        if (front) {
            parts[count++] = part("source", run_source, run, stage, PIPELINE);
        }
        break;
    }
    return count;
}

/*
 * `before`: how many scenarios VM 0 plays first, without this VM. Who waits for it to come to the next waits for the
 * time of those, too.
 */
static bool play_all(const struct run *run, const struct stage *stage, bool front, bool back, int before,
                     struct figures *figures)
{
    for (int scenario = CLIENT_SERVER; scenario <= PIPELINE; scenario++) {
        struct part parts[MOST_PARTS];
        size_t count = parts_of(run, stage, scenario, front, back, parts);
        printf("Running %s scenario\n", titles[scenario]);
        fflush(stdout);
        if (count == 0) {
            before += 1;
            continue;
        }
        int wait = run->patience.wait + before * run->limit;
        before = 0;
        for (size_t i = 0; i < count; i++) {
            parts[i].orders.patience.wait = wait;
        }
        if (!play(parts, count, wait + run->limit, figures)) {
            return false;
        }
        if (scenario == PIPELINE && !front) {
            /* Ends the line of the worker, as the sink does where there is one. */
            printf("\n");
        }
    }
    return true;
}

static bool write_json(const char *path, const struct figures *one, const struct figures *across, uint32_t vms)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        fprintf(stderr, "zmq_samples: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    report_json(file, one, across, vms);
    if (fclose(file) == EOF) {
        fprintf(stderr, "zmq_samples: cannot write %s: %s\n", path, strerror(errno));
        return false;
    }
    return true;
}

bool run_all(const struct run *run)
{
    struct figures one = { 0 };
    struct figures across = { 0 };
    struct stage stage;
    if (run->vm == 0) {
        printf("Running 3 scenarios on one vm\n");
        set_stage(&stage, run, "127.0.0.1", "127.0.0.1", 1);
        if (!play_all(run, &stage, true, true, 0, &one)) {
            return false;
        }
    }
    if (run->vms > 0) {
        printf("Running 3 scenarios across %" PRIu32 " vms\n", run->vms);
        set_stage(&stage, run, run->addresses[0], run->addresses[1], run->vms - 1);
        if (!play_all(run, &stage, run->vm == 0, run->vm == 1, run->vm == 0 ? 0 : SCENARIOS, &across)) {
            return false;
        }
    }
    if (run->vm == 0) {
        const struct figures *second = run->vms > 0 ? &across : NULL;
        report_table(stdout, &one, second, run->vms);
        if (run->json != NULL && !write_json(run->json, &one, second, run->vms)) {
            return false;
        }
    }
    return true;
}
