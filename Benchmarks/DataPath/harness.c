/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE
#include "harness.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

const char *const placement_names[PLACEMENTS] = { "near", "far" };

#define PING_ROUNDS 200
#define PING_TAKES 5

static struct {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t order_given;
    harness_loop *there; /* the second thread's order; NULL: none */
    void *context;
    bool first;
    cpu_set_t allowed; /* the processors that the process may use, before either thread is pinned */
    double ticks_per_ns;
    _Alignas(128) atomic_int gate;     /* threads that are at the start */
    _Alignas(128) atomic_int finished; /* loops of the second thread that have ended */
    _Alignas(128) atomic_uint ball;    /* of the ping-pong */
    _Alignas(128) double cpu_part;     /* the second thread's share of its processor in its last loop */
} self = { .mutex = PTHREAD_MUTEX_INITIALIZER, .order_given = PTHREAD_COND_INITIALIZER };

static atomic_bool *_Atomic watched;

static void watchdog(int signal)
{
    (void)signal;
    atomic_bool *stop = watched;
    if (stop != NULL) {
        atomic_store(stop, true);
    }
}

static double now_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Runs `loop` once both threads are at the gate; the part of the processor that it got, and the time if wanted. */
static double timed(harness_loop *loop, void *context, int threads, double *ns)
{
    atomic_fetch_add(&self.gate, 1);
    while (atomic_load(&self.gate) < threads) {
    }
    const double cpu = now_ns(CLOCK_THREAD_CPUTIME_ID);
    const double wall = now_ns(CLOCK_MONOTONIC);
    loop(context);
    const double wall_taken = now_ns(CLOCK_MONOTONIC) - wall;
    if (ns != NULL) {
        *ns = wall_taken;
    }
    return (now_ns(CLOCK_THREAD_CPUTIME_ID) - cpu) / wall_taken;
}

static bool pin(int nth)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
        if (CPU_ISSET(cpu, &self.allowed) && nth-- == 0) {
            CPU_SET(cpu, &one);
            return pthread_setaffinity_np(pthread_self(), sizeof(one), &one) == 0;
        }
    }
    return false;
}

static bool go_first(void)
{
    const struct sched_param lowest = { .sched_priority = 1 };
    return pthread_setschedparam(pthread_self(), SCHED_FIFO, &lowest) == 0;
}

static void *second_thread(void *unused)
{
    (void)unused;
    const bool pinned = pin(1);
    go_first();
    atomic_store(&self.finished, pinned ? 1 : -1);
    for (;;) {
        pthread_mutex_lock(&self.mutex);
        while (self.there == NULL) {
            pthread_cond_wait(&self.order_given, &self.mutex);
        }
        harness_loop *loop = self.there;
        self.there = NULL;
        pthread_mutex_unlock(&self.mutex);
        self.cpu_part = timed(loop, self.context, 2, NULL);
        atomic_fetch_add(&self.finished, 1);
    }
    return NULL;
}

static void start_second(harness_loop *loop, void *context)
{
    pthread_mutex_lock(&self.mutex);
    atomic_store(&self.gate, 0);
    self.context = context;
    self.there = loop;
    pthread_cond_signal(&self.order_given);
    pthread_mutex_unlock(&self.mutex);
}

static void wait_second(int before)
{
    while (atomic_load(&self.finished) == before) {
    }
}

/* The ball is even: the first thread's turn. */
static void ping(void *context)
{
    double *best = context;
    unsigned turn = 0;
    for (int take = 0; take < PING_TAKES; take++) {
        const uint64_t start = __rdtsc();
        for (int i = 0; i < PING_ROUNDS; i++, turn += 2) {
            while (atomic_load_explicit(&self.ball, memory_order_acquire) != turn) {
            }
            atomic_store_explicit(&self.ball, turn + 1, memory_order_release);
        }
        const double ns = (double)(__rdtsc() - start) / self.ticks_per_ns / (2.0 * PING_ROUNDS);
        *best = *best == 0 || ns < *best ? ns : *best;
    }
}

static void pong(void *unused)
{
    (void)unused;
    for (unsigned turn = 1; turn < 2 * PING_ROUNDS * PING_TAKES; turn += 2) {
        while (atomic_load_explicit(&self.ball, memory_order_acquire) != turn) {
        }
        atomic_store_explicit(&self.ball, turn + 1, memory_order_release);
    }
}

static double handover_ns(void)
{
    double best = 0;
    atomic_store(&self.ball, 0);
    const int before = atomic_load(&self.finished);
    start_second(pong, NULL);
    timed(ping, &best, 2, NULL);
    wait_second(before);
    return best;
}

bool harness_open(void)
{
    const double start_ns = now_ns(CLOCK_MONOTONIC);
    const uint64_t start = __rdtsc();
    if (sched_getaffinity(0, sizeof(self.allowed), &self.allowed) != 0
        || pthread_create(&self.thread, NULL, second_thread, NULL) != 0 || !pin(0)) {
        fprintf(stderr, "datapath: cannot start or pin a thread: %s\n", strerror(errno));
        return false;
    }
    while (atomic_load(&self.finished) == 0) {
    }
    if (atomic_load(&self.finished) < 0) {
        fprintf(stderr, "datapath: two processors are needed, one for each thread\n");
        return false;
    }
    self.first = go_first();
    signal(SIGALRM, watchdog);
    struct timespec while_ = { .tv_nsec = 50000000 };
    nanosleep(&while_, NULL);
    self.ticks_per_ns = (double)(__rdtsc() - start) / (now_ns(CLOCK_MONOTONIC) - start_ns);
    return true;
}

bool harness_first(void)
{
    return self.first;
}

double harness_ticks_per_ns(void)
{
    return self.ticks_per_ns;
}

struct run harness_run(harness_loop *here, harness_loop *there, void *context, atomic_bool *stop)
{
    struct run run = {0};
    const struct itimerval limit = { .it_value = { .tv_sec = 2 } };
    const struct itimerval none = {0};
    run.handover[0] = handover_ns();
    watched = stop;
    setitimer(ITIMER_REAL, &limit, NULL);
    double parts[2] = { 1, 1 };
    if (there != NULL) {
        const int before = atomic_load(&self.finished);
        start_second(there, context);
        parts[0] = timed(here, context, 2, &run.ns);
        wait_second(before);
        parts[1] = self.cpu_part;
    } else {
        atomic_store(&self.gate, 0);
        parts[0] = timed(here, context, 1, &run.ns);
    }
    setitimer(ITIMER_REAL, &none, NULL);
    watched = NULL;
    run.handover[1] = handover_ns();
    run.processor_time = parts[0] >= 0.97 && parts[1] >= 0.97;
    run.stopped = atomic_load(stop);
    return run;
}

static enum placement placement_of(double handover)
{
    return handover < NEAR_MAX_NS ? PLACEMENT_NEAR : handover > FAR_MIN_NS ? PLACEMENT_FAR : PLACEMENT_NONE;
}

enum placement harness_placement(const struct run *run)
{
    const enum placement before = placement_of(run->handover[0]);
    return run->processor_time && !run->stopped && before == placement_of(run->handover[1]) ? before : PLACEMENT_NONE;
}
