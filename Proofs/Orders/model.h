/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What the parts of the model checker share.
 *
 *   orders.c    what is run, and the search through all states
 *   programs.c  the sender and the receiver, in steps
 *   threads.c   runs a step of the core up to its next shared access
 *   memory.c    what C11 allows an access to do
 *   states.c    the states that are known, and those to go on from
 */

#pragma once

#include <topoc/link.h>

#undef memcpy

#define LENGTH 4u
#define SYNC_MAX 8
#define DATA_MAX 64
#define MESSAGES_MAX 24
#define LOG_MAX 48
#define MEMORY_SIZE 2048

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#define OVERHEAD topoc_packed_overhead(LENGTH)
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#define OVERHEAD topoc_split_overhead(LENGTH)
#else
#define OVERHEAD topoc_libvirtqueue_overhead(LENGTH)
#endif

/* What is run: see orders.c. */
struct settings {
    unsigned int batch;
    unsigned int frames;
    unsigned int lines;
    unsigned int start;
    bool copies;          /* the receiver takes frames by copy, and both ask behind a fence of the caller's */
    const char *weakened; /* a site, or NULL */
};

extern struct settings settings;

/* What a thread, a message or a signal knows: of each synchronising location a message, and of data whether the last
 * write, and the last reads of either thread, are known. */
struct view {
    uint8_t at[SYNC_MAX];
    uint64_t written;
    uint64_t read[2];
};

struct message {
    uint64_t value;
    struct view view;
};

enum phase { RESERVE, FLUSH, SIGNAL, LISTEN, SLEEP, AWAKE, DRAIN, PEEK, GIVE_BACK, DONE };

/* Private state at the beginning of a step. */
struct program {
    union {
        topoc_link_driver driver;
        topoc_link_device device;
    } side;
    uint32_t ends[LENGTH];
    uint32_t phase;
    uint32_t frames;
    uint32_t staged;
    uint32_t last; /* the driver has sent everything */
};

struct thread {
    struct program program;
    struct view current;
    struct view acquirable; /* of messages that were read relaxed: what a fence would acquire */
    struct view released;   /* what the last fence released: what a relaxed store carries */
    uint64_t log[LOG_MAX];
    uint32_t logged;
};

struct state {
    struct thread threads[2];
    uint64_t data[DATA_MAX];
    uint64_t signalled[2];
    struct view signal[2]; /* what the one who signalled knew: the kernel orders a signal before the waking */
    struct view fences;
    uint32_t counts[SYNC_MAX];
    struct message messages[SYNC_MAX][MESSAGES_MAX];
};
/* -- Operations: what a thread is about to do. -- */

enum kind { OPERATION_NONE, OPERATION_LOAD, OPERATION_STORE, OPERATION_FENCE, OPERATION_SIGNAL, OPERATION_WAIT };

struct operation {
    enum kind kind;
    enum order order;
    bool sync;
    unsigned int location;
    uint64_t value;
    const char *function;
};

/* -- orders.c -- */

/* The fault that was found, or NULL. */
extern const char *failure;

/* Ends the program, for what is no fault of the core's. */
_Noreturn void give_up(const char *what);

/* -- memory.c -- */

extern unsigned char memory[MEMORY_SIZE];

/* The number of a location, from 0; synchronising ones and data are numbered apart. */
unsigned int memory_location(const void *address, bool *sync);

/* How many synchronising locations there are. */
unsigned int memory_sync_count(void);

/* Makes the views of two threads that know all there is, of `size` bytes of memory. */
void memory_begin(struct state *state, size_t size);

/* Does an access to data, which has but one outcome. False: a failure. */
bool memory_data(struct state *state, unsigned int number, const struct operation *operation);

/* Adds every state that an operation other than of data can lead to. */
void memory_follow(const struct state *state, unsigned int number, const struct operation *operation);

/* -- threads.c -- */

/* The private state of both threads holds pointers into itself: it is always run at the same place. */
extern struct program running[2];

/* While set, accesses go to the initial state, one after the other. */
extern bool initialising;
extern struct state initial;

/* Does an operation other than an access, within a step. */
void perform(struct operation operation);

/* Ends the step with a failure, unless `holds`. */
void expect(bool holds, const char *what);

/* Runs a thread up to its next access; `operation` is that, or of kind NONE when it is done. False: a failure. */
bool advance(struct state *state, unsigned int number, struct operation *operation);

/* Prints each site that ordered something. */
void sites_print(void);

/* Whether the site that was to be weakened was met. */
bool sites_weakened(void);

/* -- programs.c -- */

void driver_step(struct program *self);
void device_step(struct program *self);

/* Makes both ends, and sends what goes before the frames that are looked at. */
void programs_begin(void);

/* -- states.c -- */

/* Adds a state to go on from. */
void states_add(const struct state *state);

/* Takes one of them that was not known before. False: there are no more. */
bool states_take(struct state *state);

size_t states_left(void);
