/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Runs the core itself, one sender and one receiver, through every execution that C11 allows (memory.c), and finds
 * races, lost, torn, stale, doubled or reordered frames, and sleepers that no one wakes.
 *
 *   orders BATCH FRAMES LINES START TAKE [SITE]
 *
 * BATCH frames are published at once; FRAMES are sent, through a pool of LINES lines, after START frames that went
 * through one by one; TAKE is peek or copy, by which the receiver takes them, and with copy both sides ask for
 * signals behind topoc_link_fence, as a switch does for many links; SITE is function/acquire, function/release or
 * function/fence, to be weakened.
 */

#include <stdio.h>
#include <stdlib.h>

#include "model.h"

struct settings settings = { .batch = 1, .frames = 6, .lines = 3 };
const char *failure;

_Noreturn void give_up(const char *what)
{
    printf("orders: %s\n", what);
    exit(2);
}

/* Adds what can follow `state`; false: a failure. */
static bool follow(struct state *state)
{
    struct operation operations[2];
    for (unsigned int t = 0; t < 2; t++) {
        do {
            if (!advance(state, t, &operations[t])) {
                return false;
            }
            bool data = (operations[t].kind == OPERATION_LOAD || operations[t].kind == OPERATION_STORE)
                        && !operations[t].sync;
            if (!data) {
                break;
            }
            if (!memory_data(state, t, &operations[t])) {
                return false;
            }
        } while (true);
    }
    size_t before = states_left();
    bool done = true;
    for (unsigned int t = 0; t < 2; t++) {
        memory_follow(state, t, &operations[t]);
        done = done && operations[t].kind == OPERATION_NONE;
    }
    if (!done && states_left() == before) {
        failure = "both sleep for ever: a wake-up was lost";
        return false;
    }
    const struct thread *threads = state->threads;
    if (done && (threads[0].program.frames != settings.frames || threads[1].program.frames != settings.frames)) {
        failure = "frames were lost";
        return false;
    }
    return true;
}

int main(int count, char **arguments)
{
    settings.batch = count > 1 ? (unsigned int)atoi(arguments[1]) : settings.batch;
    settings.frames = count > 2 ? (unsigned int)atoi(arguments[2]) : settings.frames;
    settings.lines = count > 3 ? (unsigned int)atoi(arguments[3]) : settings.lines;
    settings.start = count > 4 ? (unsigned int)atoi(arguments[4]) : 0;
    settings.copies = count > 5 && strcmp(arguments[5], "copy") == 0;
    settings.weakened = count > 6 ? arguments[6] : NULL;
    size_t explored = 0;
    struct state state;
    programs_begin();
    while (failure == NULL && states_take(&state)) {
        explored++;
        follow(&state);
    }
    if (settings.weakened == NULL) {
        sites_print();
    } else if (!sites_weakened()) {
        give_up("no such site");
    }
    if (failure != NULL) {
        printf("found after %zu states: %s\n", explored, failure);
        return 1;
    }
    printf("sound: %zu states\n", explored);
    return 0;
}
