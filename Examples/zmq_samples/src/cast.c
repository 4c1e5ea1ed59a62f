/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include "cast.h"
#include "values.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct player {
    const char *name;
    pid_t process;
    int pipe; /* brings what the part measured, and ends with it; -1 when it has ended */
    bool done;
};

/* The process of one part. */
static _Noreturn void perform(const struct part *part, int pipe, pid_t parent)
{
    /* Ends with the runner, however that ends. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent) {
        _exit(1);
    }
    struct figures measured = { 0 };
    bool done = part->role(&part->orders, &measured);
    fflush(stdout);
    if (!done || write(pipe, &measured, sizeof(measured)) != (ssize_t)sizeof(measured)) {
        _exit(1);
    }
    _exit(0);
}

static bool begin(const struct part *part, struct player *player)
{
    int ends[2];
    player->name = part->name;
    if (pipe(ends) == -1) {
        fprintf(stderr, "zmq_samples: no pipe for the %s: %s\n", part->name, strerror(errno));
        return false;
    }
    pid_t parent = getpid();
    fflush(stdout);
    player->process = fork();
    if (player->process == 0) {
        close(ends[0]);
        perform(part, ends[1], parent);
    }
    close(ends[1]);
    if (player->process == -1) {
        fprintf(stderr, "zmq_samples: no process for the %s: %s\n", part->name, strerror(errno));
        close(ends[0]);
        return false;
    }
    player->pipe = ends[0];
    return true;
}

/* Takes what a player measured, and its end. False: it failed. */
static bool finish(struct player *player, struct figures *figures)
{
    struct figures measured;
    ssize_t size = read(player->pipe, &measured, sizeof(measured));
    int status = 0;
    while (waitpid(player->process, &status, 0) == -1 && errno == EINTR) {
    }
    close(player->pipe);
    player->pipe = -1;
    if (WIFSIGNALED(status)) {
        fprintf(stderr, "zmq_samples: the %s was ended by signal %d\n", player->name, WTERMSIG(status));
        return false;
    }
    if (status != 0 || size != (ssize_t)sizeof(measured)) {
        return false;
    }
    figures->latency += measured.latency;
    figures->temperature += measured.temperature;
    figures->expected += measured.expected;
    figures->elapsed += measured.elapsed;
    return true;
}

static void end(struct player *players, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (players[i].pipe != -1) {
            kill(players[i].process, SIGKILL);
            while (waitpid(players[i].process, NULL, 0) == -1 && errno == EINTR) {
            }
            close(players[i].pipe);
            players[i].pipe = -1;
        }
    }
}

/* Waits until all players are done. False: one failed, or time is up. */
static bool await(struct player *players, size_t count, int limit, struct figures *figures)
{
    int64_t deadline = now_ns() + (int64_t)limit * 1000000000;
    for (size_t left = count; left > 0;) {
        struct pollfd ends[MOST_PARTS];
        for (size_t i = 0; i < count; i++) {
            /* poll passes over what is negative. */
            ends[i] = (struct pollfd) {
                .fd = players[i].pipe, .events = POLLIN
            };
        }
        int64_t rest = (deadline - now_ns()) / 1000000;
        int ready = rest > 0 ? poll(ends, count, (int)rest) : 0;
        if (ready == -1 && errno != EINTR) {
            fprintf(stderr, "zmq_samples: cannot wait: %s\n", strerror(errno));
            return false;
        }
        if (ready == 0) {
            for (size_t i = 0; i < count; i++) {
                if (players[i].pipe != -1) {
                    fprintf(stderr, "zmq_samples: the %s is not done after %d s\n", players[i].name, limit);
                }
            }
            return false;
        }
        for (size_t i = 0; ready > 0 && i < count; i++) {
            if (ends[i].fd != -1 && ends[i].revents != 0) {
                left -= 1;
                if (!finish(&players[i], figures)) {
                    return false;
                }
            }
        }
    }
    return true;
}

bool play(const struct part *parts, size_t count, int limit, struct figures *figures)
{
    struct player players[MOST_PARTS];
    size_t begun = 0;
    while (begun < count && begun < MOST_PARTS && begin(&parts[begun], &players[begun])) {
        begun += 1;
    }
    bool done = begun == count && await(players, count, limit, figures);
    end(players, begun);
    return done;
}
