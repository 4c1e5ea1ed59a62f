/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The command line: one role by hand, or all scenarios. */

#include "roles.h"
#include "runner.h"
#include "values.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As sysexits.h has it: the command line is wrong. */
#define USAGE 64

static const char help[] =
    "usage: zmq_samples run [--vm N ADDRESS ADDRESS...] [--json FILE] [--limit S]\n"
    "       zmq_samples server ENDPOINT [--count N]\n"
    "       zmq_samples client ENDPOINT [--count N]\n"
    "       zmq_samples publisher ENDPOINT [--partners N] [--count N]\n"
    "       zmq_samples subscriber ENDPOINT [--zip-code Z] [--count N]\n"
    "       zmq_samples source ENDPOINT SINK-ENDPOINT [--partners N] [--count N]\n"
    "       zmq_samples worker ENDPOINT SINK-ENDPOINT\n"
    "       zmq_samples sink SINK-ENDPOINT [--count N]\n"
    "\n"
    "run: all scenarios on this VM, where it is VM 0, then across the VMs whose IPv4\n"
    "addresses follow, by number. An ENDPOINT is ZeroMQ's: tcp://192.168.1.1:5555.\n"
    "\n"
    "  --vm N        the number of this VM\n"
    "  --json FILE   VM 0 writes its figures there, as JSON\n"
    "  --limit S     seconds for one scenario, over those for waiting (300)\n"
    "  --port N      the first of the four ports of run (5555)\n"
    "  --count N     round trips (10000), updates (6), or tasks (100)\n"
    "  --partners N  subscribers or workers to begin with (1)\n"
    "  --zip-code Z  10000 to 10031 (10001)\n"
    "  --wait S      seconds to wait for a partner to appear (60)\n"
    "  --silence S   seconds to wait for the next message (10)\n"
    "  --seed N      of what is made up; another each time, unless given\n"
    "\n"
    "Exit status: 0 all is well, 1 a scenario failed, 64 the command line is wrong.\n";

struct command {
    const char *name;
    role role; /* NULL: run */
    int endpoints;
    uint32_t count;
    uint32_t most;
};

static const struct command commands[] = {
    { "run", NULL, 0, ROUND_TRIPS, 100000000 },
    { "server", run_server, 1, ROUND_TRIPS, 100000000 },
    { "client", run_client, 1, ROUND_TRIPS, 100000000 },
    { "publisher", run_publisher, 1, UPDATES, 100000 },
    { "subscriber", run_subscriber, 1, UPDATES, 100000 },
    { "source", run_source, 2, TASKS, MOST_TASKS },
    { "worker", run_worker, 2, TASKS, MOST_TASKS },
    { "sink", run_sink, 1, TASKS, MOST_TASKS },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(const char *problem, const char *what)
{
    fprintf(stderr, "zmq_samples: %s%s\n`zmq_samples --help` says what there is.\n", problem, what);
    return USAGE;
}

/* A whole number from `low` to `high`. */
static bool read_number(const char *text, uint32_t low, uint32_t high, uint32_t *number)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || text[0] < '0' || text[0] > '9' || value < low || value > high) {
        return false;
    }
    *number = (uint32_t)value;
    return true;
}

struct settings {
    uint32_t vm;
    bool has_vm;
    uint32_t limit;
    uint32_t port;
    uint32_t count;
    uint32_t partners;
    uint32_t zip_code;
    uint32_t wait;
    uint32_t silence;
    uint32_t seed;
    const char *json;
};

/* Reads the options. The result is 0, or the exit status. */
static int read_options(int count, char **words, const struct command *command, struct settings *settings)
{
    const struct {
        const char *name;
        uint32_t low;
        uint32_t high;
        uint32_t *value;
    } numbers[] = {
        { "vm", 0, MOST_VMS - 1, &settings->vm },
        { "limit", 1, 86400, &settings->limit },
        { "port", 1, 65535 - 3, &settings->port },
        { "count", 1, command->most, &settings->count },
        { "partners", 1, 1000, &settings->partners },
        { "zip-code", FIRST_ZIP_CODE, FIRST_ZIP_CODE + ZIP_CODES - 1, &settings->zip_code },
        { "wait", 1, 86400, &settings->wait },
        { "silence", 1, 86400, &settings->silence },
        { "seed", 0, UINT32_MAX, &settings->seed },
    };
    enum { NUMBERS = sizeof(numbers) / sizeof(numbers[0]), JSON = NUMBERS };
    struct option options[NUMBERS + 2] = { 0 };
    for (int i = 0; i < NUMBERS; i++) {
        options[i] = (struct option) {
            numbers[i].name, required_argument, NULL, i
        };
    }
    options[JSON] = (struct option) {
        "json", required_argument, NULL, JSON
    };
    for (;;) {
        int index = 0;
        int found = getopt_long(count, words, "", options, &index);
        if (found == -1) {
            return 0;
        }
        if (found == JSON) {
            settings->json = optarg;
        } else if (found < 0 || found >= NUMBERS) {
            return usage("it has no such option, or one without its value", "");
        } else if (!read_number(optarg, numbers[found].low, numbers[found].high, numbers[found].value)) {
            char problem[96];
            snprintf(problem, sizeof(problem), "--%s is a number from %u to %u, and not ", numbers[found].name,
                     numbers[found].low, numbers[found].high);
            return usage(problem, optarg);
        } else if (numbers[found].value == &settings->vm) {
            settings->has_vm = true;
        }
    }
}

static int run(const struct settings *settings, int count, char **addresses)
{
    struct run run = {
        .vm = settings->vm,
        .port = (uint16_t)settings->port,
        .limit = (int)settings->limit,
        .patience = { .wait = (int)settings->wait, .silence = (int)settings->silence },
        .seed = settings->seed,
        .round_trips = settings->count,
        .json = settings->json,
    };
    if (settings->has_vm != (count > 0)) {
        return usage("--vm N and the addresses of all VMs come together", "");
    }
    if (count == 1 || count > MOST_VMS) {
        return usage("across VMs means 2 to 16 addresses", "");
    }
    for (int i = 0; i < count; i++) {
        struct in_addr address;
        if (inet_pton(AF_INET, addresses[i], &address) != 1) {
            return usage("this is no IPv4 address: ", addresses[i]);
        }
        run.addresses[run.vms++] = addresses[i];
    }
    if (settings->has_vm && settings->vm >= run.vms) {
        return usage("there are fewer addresses than this VM's number says", "");
    }
    bool done = run_all(&run);
    fflush(stdout);
    puts(done ? "Finished running all scenarios" : "Exited with error");
    return done ? 0 : 1;
}

static int run_role(const struct command *command, const struct settings *settings, int count, char **endpoints)
{
    if (count != command->endpoints) {
        return usage(command->endpoints == 2 ? "it takes two endpoints: " : "it takes one endpoint: ", command->name);
    }
    struct orders orders = {
        .endpoint = endpoints[0],
        .results = count > 1 ? endpoints[1] : NULL,
        .patience = { .wait = (int)settings->wait, .silence = (int)settings->silence },
        .count = settings->count,
        .partners = settings->partners,
        .zip_code = settings->zip_code,
        .seed = settings->seed,
    };
    struct figures figures = { 0 };
    return command->role(&orders, &figures) ? 0 : 1;
}

int main(int count, char **words)
{
    if (count < 2) {
        return usage("what is to be run?", "");
    }
    if (strcmp(words[1], "--help") == 0) {
        fputs(help, stdout);
        return 0;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct command *command = &commands[i];
        if (strcmp(words[1], command->name) != 0) {
            continue;
        }
        struct settings settings = {
            .limit = 300,
            .port = 5555,
            .count = command->count,
            .partners = 1,
            .zip_code = FIRST_ZIP_CODE + 1,
            .wait = 60,
            .silence = 10,
            .seed = (uint32_t)now_ns() ^ (uint32_t)getpid(),
        };
        opterr = 0;
        int status = read_options(count - 1, words + 1, command, &settings);
        if (status != 0) {
            return status;
        }
        int first = optind + 1;
        /* Who reads no more ends nobody here: a write that fails does. */
        signal(SIGPIPE, SIG_IGN);
        return command->role == NULL ? run(&settings, count - first, words + first)
               : run_role(command, &settings, count - first, words + first);
    }
    return usage("it has no command ", words[1]);
}
