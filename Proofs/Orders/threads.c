/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A thread is a sequence of steps, each a few calls of the core over private state. The shared accesses of a step are
 * interleaved: the step is run again from its beginning with the values that its accesses have had so far, up to the
 * next.
 */

#include <setjmp.h>
#include <stdio.h>

#include "model.h"

#define SITES_MAX 64

struct program running[2];
struct state initial;
bool initialising;

static struct operation pending;
static jmp_buf stop;
static const uint64_t *replay;
static uint32_t replay_count;
static uint32_t replay_next;

static bool weakened_met;
static char sites[SITES_MAX][96];
static unsigned int sites_count;

/* Notes a site that orders something; whether it is the one to be weakened. */
static bool weaken(const char *function, const char *what)
{
    char site[96];
    snprintf(site, sizeof(site), "%s/%s", function, what);
    for (unsigned int i = 0; i <= sites_count && i < SITES_MAX; i++) {
        if (i == sites_count) {
            memcpy(sites[sites_count++], site, sizeof(site));
            break;
        }
        if (strcmp(sites[i], site) == 0) {
            break;
        }
    }
    bool met = settings.weakened != NULL && strcmp(settings.weakened, site) == 0;
    weakened_met = weakened_met || met;
    return met;
}

static uint64_t reach(struct operation operation)
{
    if (replay_next < replay_count) {
        return replay[replay_next++];
    }
    pending = operation;
    longjmp(stop, 1);
}

void perform(struct operation operation)
{
    reach(operation);
}

void expect(bool holds, const char *what)
{
    if (!holds) {
        failure = what;
        pending.kind = OPERATION_NONE;
        longjmp(stop, 2);
    }
}

uint64_t model_load(const void *address, unsigned int size, enum order order, const char *function)
{
    bool sync;
    unsigned int at = memory_location(address, &sync);
    (void)size;
    if (initialising) {
        return sync ? initial.messages[at][0].value : initial.data[at];
    }
    if (order == ORDER_ACQUIRE && weaken(function, "acquire")) {
        order = ORDER_RELAXED;
    }
    return reach((struct operation) {
        .kind = OPERATION_LOAD, .order = order, .sync = sync, .location = at, .function = function
    });
}

void model_store(void *address, unsigned int size, uint64_t value, enum order order, const char *function)
{
    bool sync;
    unsigned int at = memory_location(address, &sync);
    (void)size;
    if (initialising) {
        if (sync) {
            initial.counts[at] = 1;
            initial.messages[at][0].value = value;
        } else {
            initial.data[at] = value;
        }
        return;
    }
    if (order == ORDER_RELEASE && weaken(function, "release")) {
        order = ORDER_RELAXED;
    }
    reach((struct operation) {
        .kind = OPERATION_STORE, .order = order, .sync = sync, .location = at, .value = value, .function = function
    });
}

void model_fence(const char *function)
{
    if (!initialising && !weaken(function, "fence")) {
        reach((struct operation) {
            .kind = OPERATION_FENCE, .function = function
        });
    }
}

/* A payload has a value for each line. */
void model_copy(unsigned char *to, const unsigned char *from, size_t size)
{
    if (from < memory || from >= memory + MEMORY_SIZE) {
        memcpy(to, from, size);
        return;
    }
    for (size_t at = 0; at < size; at += TOPOC_VQ_LINE) {
        to[at] = (unsigned char)model_load(from + at, 1, ORDER_RELAXED, __func__);
    }
}

bool advance(struct state *state, unsigned int number, struct operation *operation)
{
    struct thread *thread = &state->threads[number];
    struct program *volatile program = &running[number];
    while (thread->program.phase != DONE) {
        *program = thread->program;
        replay = thread->log;
        replay_count = thread->logged;
        replay_next = 0;
        int stopped = setjmp(stop);
        if (stopped == 0) {
            if (number == 0) {
                driver_step(program);
            } else {
                device_step(program);
            }
            thread->program = *program;
            thread->logged = 0;
            memset(thread->log, 0, sizeof(thread->log));
        } else {
            *operation = pending;
            return stopped == 1;
        }
    }
    operation->kind = OPERATION_NONE;
    return true;
}

void sites_print(void)
{
    for (unsigned int i = 0; i < sites_count; i++) {
        printf("site %s\n", sites[i]);
    }
}

bool sites_weakened(void)
{
    return weakened_met;
}
