/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Runs the core itself, one sender and one receiver, through every execution that C11 allows, and finds races, lost,
 * torn, stale, doubled or reordered frames, and sleepers that no one wakes.
 *
 * The model is the promise-free one of views and time stamps (Kang et al., "A promising semantics for relaxed-memory
 * concurrency", POPL 2017, 3, without promises): a location is a list of messages in modification order; a thread's view
 * is the oldest message of each location that it may still read; a release store carries the writer's view, an acquire
 * load joins it; a sequentially consistent fence joins the view that all such fences share, and leaves its own there.
 *
 * Promises, which the model lacks, let a store be seen before an earlier relaxed load. No such cycle can be here: every
 * location but those that synchronise (see layout_is_sync) is held to be race-free as plain memory is, and of the
 * synchronising ones the loads are acquire loads, or of an event that is only compared.
 *
 * A thread is a sequence of steps, each a few calls of the core over private state. The shared accesses of a step are
 * interleaved: the step is run again from its beginning with the values that its accesses have had so far, up to the next.
 *
 *   orders BATCH FRAMES LINES START TAKE [SITE]
 *
 * BATCH frames are published at once; FRAMES are sent, through a pool of LINES lines, after START frames that went
 * through one by one; TAKE is peek or copy, by which the receiver takes them; SITE is function/acquire, function/release
 * or function/fence, to be weakened.
 */

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <topoc/link.h>

#undef memcpy

#define LENGTH 4u
#define SYNC_MAX 8
#define DATA_MAX 64
#define MESSAGES_MAX 24
#define LOG_MAX 48
#define SITES_MAX 64
#define MEMORY_SIZE 2048

/* -- Memory: which bytes synchronise, which are data. -- */

static _Alignas(4096) unsigned char memory[MEMORY_SIZE];
static uint8_t location_of[MEMORY_SIZE]; /* by offset: number + 1 */
static unsigned int sync_count;
static unsigned int data_count;
static unsigned int lines = 3;

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#define OVERHEAD topoc_packed_overhead(LENGTH)
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#define OVERHEAD topoc_split_overhead(LENGTH)
#else
#define OVERHEAD topoc_libvirtqueue_overhead(LENGTH)
#endif

/* Flags of packed descriptors and events; indices, flags and events of the others. The rest is data. */
static bool layout_is_sync(size_t offset)
{
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    size_t ring = sizeof(struct topoc_packed_descriptor) * LENGTH;
    bool event = (offset - ring) % TOPOC_VQ_LINE < sizeof(struct topoc_packed_event) && offset % 2 == 0;
    return offset < ring ? offset % sizeof(struct topoc_packed_descriptor) == 14 : event && offset < OVERHEAD;
#else
    struct topoc_vq_rings rings = TOPOC_LINK(rings_at)(memory, LENGTH);
    size_t available = (size_t)((unsigned char *)rings.available - memory);
    size_t used = (size_t)((unsigned char *)rings.used - memory);
    if (offset == available || offset == available + 2 || offset == used || offset == used + 2) {
        return true;
    }
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
    return offset == (size_t)((unsigned char *)topoc_split_used_event(&rings) - memory)
           || offset == (size_t)((unsigned char *)topoc_split_available_event(&rings) - memory);
#else
    return false;
#endif
#endif
}

static _Noreturn void give_up(const char *what)
{
    printf("orders: %s\n", what);
    exit(2);
}

/* The number of a location, from 0; synchronising ones and data are numbered apart. */
static unsigned int location(const void *address, bool *sync)
{
    size_t offset = (size_t)((const unsigned char *)address - memory);
    if (offset >= MEMORY_SIZE) {
        give_up("an access outside of shared memory");
    }
    *sync = layout_is_sync(offset);
    if (location_of[offset] == 0) {
        unsigned int *count = *sync ? &sync_count : &data_count;
        if (*count == (*sync ? SYNC_MAX : DATA_MAX)) {
            give_up("too many locations");
        }
        location_of[offset] = (uint8_t)(++*count);
    }
    return location_of[offset] - 1u;
}

/* -- State -- */

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

static void join(struct view *view, const struct view *other)
{
    for (unsigned int i = 0; i < SYNC_MAX; i++) {
        view->at[i] = view->at[i] > other->at[i] ? view->at[i] : other->at[i];
    }
    view->written |= other->written;
    view->read[0] |= other->read[0];
    view->read[1] |= other->read[1];
}

/* Calls `change` for each view there is. */
static void each_view(struct state *state, void (*change)(struct view *view, uint64_t what), uint64_t what)
{
    for (unsigned int t = 0; t < 2; t++) {
        change(&state->threads[t].current, what);
        change(&state->threads[t].acquirable, what);
        change(&state->threads[t].released, what);
        change(&state->signal[t], what);
    }
    change(&state->fences, what);
    for (unsigned int i = 0; i < sync_count; i++) {
        for (unsigned int m = 0; m < state->counts[i]; m++) {
            change(&state->messages[i][m].view, what);
        }
    }
}

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

static struct operation pending;
static jmp_buf stop;
static const uint64_t *replay;
static uint32_t replay_count;
static uint32_t replay_next;
static struct state initial;
static bool initialising;

static const char *weakened; /* a site */
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
    bool met = weakened != NULL && strcmp(weakened, site) == 0;
    weakened_met = weakened_met || met;
    return met;
}

static uint64_t perform(struct operation operation)
{
    if (replay_next < replay_count) {
        return replay[replay_next++];
    }
    pending = operation;
    longjmp(stop, 1);
}

uint64_t model_load(const void *address, unsigned int size, enum order order, const char *function)
{
    bool sync;
    unsigned int at = location(address, &sync);
    (void)size;
    if (initialising) {
        return sync ? initial.messages[at][0].value : initial.data[at];
    }
    if (order == ORDER_ACQUIRE && weaken(function, "acquire")) {
        order = ORDER_RELAXED;
    }
    return perform((struct operation) {
        .kind = OPERATION_LOAD, .order = order, .sync = sync, .location = at, .function = function
    });
}

void model_store(void *address, unsigned int size, uint64_t value, enum order order, const char *function)
{
    bool sync;
    unsigned int at = location(address, &sync);
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
    perform((struct operation) {
        .kind = OPERATION_STORE, .order = order, .sync = sync, .location = at, .value = value, .function = function
    });
}

void model_fence(const char *function)
{
    if (!initialising && !weaken(function, "fence")) {
        perform((struct operation) {
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

/* -- The two programs -- */

static unsigned int batch = 1;
static unsigned int frames = 6;
static unsigned int start;
static bool copies; /* the receiver takes frames by copy */
static const char *failure;

static void expect(bool holds, const char *what)
{
    if (!holds) {
        failure = what;
        pending.kind = OPERATION_NONE;
        longjmp(stop, 2);
    }
}

/* Frames take one line or two, if the pool has more than LENGTH. */
static uint32_t frame_length(uint32_t frame)
{
    return (lines > LENGTH && frame % 2 == 1 ? 100u : 50u) + frame % 8;
}

static unsigned char payload(uint32_t frame, uint32_t at)
{
    return (unsigned char)(frame * 2u + at / TOPOC_VQ_LINE);
}

static void driver_step(struct program *self)
{
    topoc_link_driver *driver = &self->side.driver;
    enum topoc_vq_status status;
    unsigned char *buffer;
    switch (self->phase) {
    case RESERVE:
        status = topoc_link_reserve(driver, frame_length(self->frames), &buffer);
        expect(status == TOPOC_VQ_READY || status == TOPOC_VQ_FULL, "the sender's queue broke");
        if (status == TOPOC_VQ_FULL) {
            self->phase = self->staged > 0 ? FLUSH : LISTEN;
            break;
        }
        for (uint32_t at = 0; at < frame_length(self->frames); at += TOPOC_VQ_LINE) {
            model_store(buffer + at, 1, payload(self->frames, at), ORDER_RELAXED, __func__);
        }
        if (self->staged == 0 && self->frames + 1u == frames) {
            topoc_link_publish(driver, frame_length(self->frames)); /* the last, if it is alone: in one step */
        } else {
            topoc_link_stage(driver, frame_length(self->frames));
        }
        self->frames++;
        self->staged++;
        self->last = self->frames == frames;
        self->phase = self->staged == batch || self->last ? FLUSH : RESERVE;
        break;
    case FLUSH:
        topoc_link_flush(driver);
        self->staged = 0;
        self->phase = SIGNAL;
        break;
    case SIGNAL:
        if (topoc_link_driver_must_signal(driver)) {
            perform((struct operation) {
                .kind = OPERATION_SIGNAL, .location = 1
            });
        }
        self->phase = self->last ? DRAIN : RESERVE;
        break;
    case DRAIN:
        self->phase = driver->oldest == driver->next ? DONE : LISTEN;
        break;
    case LISTEN:
        status = topoc_link_driver_listen(driver);
        expect(status != TOPOC_VQ_BROKEN, "the sender's queue broke");
        self->phase = status == TOPOC_VQ_READY ? AWAKE : SLEEP;
        break;
    case SLEEP:
        perform((struct operation) {
            .kind = OPERATION_WAIT
        });
        self->phase = AWAKE;
        break;
    default:
        topoc_link_driver_mute(driver);
        if (self->last) {
            expect(TOPOC_LINK(driver_reclaim)(driver) != TOPOC_VQ_BROKEN, "the sender's queue broke");
        }
        self->phase = self->last ? DRAIN : RESERVE;
        break;
    }
}

static void device_step(struct program *self)
{
    topoc_link_device *device = &self->side.device;
    struct topoc_vq_frame frame = {.base = NULL};
    unsigned char bytes[2 * TOPOC_VQ_LINE];
    enum topoc_vq_status status;
    switch (self->phase) {
    case PEEK:
        status = copies ? topoc_link_copy(device, bytes, sizeof(bytes), &frame.length) : topoc_link_peek(device, &frame);
        if (status == TOPOC_VQ_EMPTY) {
            self->phase = GIVE_BACK;
            break;
        }
        expect(status == TOPOC_VQ_READY, "the receiver's queue broke");
        expect(frame.length == frame_length(self->frames), "a frame of a wrong length: torn, doubled or out of order");
        if (!copies) {
            model_copy(bytes, frame.base, frame.length);
        }
        for (uint32_t at = 0; at < frame.length; at += TOPOC_VQ_LINE) {
            expect(bytes[at] == payload(self->frames, at), "a frame's bytes are another's");
        }
        topoc_link_commit(device);
        self->frames++;
        self->last = self->frames == frames;
        self->phase = self->last ? FLUSH : PEEK;
        break;
    case FLUSH:
        topoc_link_device_flush(device);
        self->phase = GIVE_BACK;
        break;
    case GIVE_BACK:
        if (topoc_link_device_must_signal(device)) {
            perform((struct operation) {
                .kind = OPERATION_SIGNAL, .location = 0
            });
        }
        self->phase = self->last ? DONE : LISTEN;
        break;
    case LISTEN:
        status = topoc_link_device_listen(device);
        expect(status != TOPOC_VQ_BROKEN, "the receiver's queue broke");
        self->phase = status == TOPOC_VQ_EMPTY ? SLEEP : AWAKE;
        break;
    case SLEEP:
        perform((struct operation) {
            .kind = OPERATION_WAIT
        });
        self->phase = AWAKE;
        break;
    default:
        topoc_link_device_mute(device);
        self->phase = PEEK;
        break;
    }
}

/* Private state holds pointers into itself: it is always run at the same place. */
static struct program running[2];

/* Runs a thread up to its next access; `operation` is that, or of kind NONE when it is done. False: a failure. */
static bool advance(struct state *state, unsigned int number, struct operation *operation)
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

/* -- The transitions -- */

static struct state *work; /* states to go on from */
static size_t work_count;
static size_t work_room;

static void add(const struct state *state)
{
    if (work_count == work_room) {
        work_room = work_room == 0 ? 1024 : work_room * 2;
        work = realloc(work, work_room * sizeof(*work));
        if (work == NULL) {
            give_up("out of memory");
        }
    }
    work[work_count++] = *state;
}

static void record(struct thread *thread, uint64_t value)
{
    if (thread->logged == LOG_MAX) {
        give_up("a step too long");
    }
    thread->log[thread->logged++] = value;
}

static void forget_write(struct view *view, uint64_t bit)
{
    view->written &= ~bit;
}

static void forget_read_0(struct view *view, uint64_t bit)
{
    view->read[0] &= ~bit;
}

static void forget_read_1(struct view *view, uint64_t bit)
{
    view->read[1] &= ~bit;
}

/* Data, like plain memory: whatever is not ordered is a race. */
static bool access_data(struct state *state, unsigned int number, const struct operation *operation)
{
    struct thread *thread = &state->threads[number];
    uint64_t bit = 1ull << operation->location;
    if ((thread->current.written & bit) == 0) {
        failure = operation->kind == OPERATION_LOAD ? "a race: read of what another writes" : "a race: two writes";
        return false;
    }
    if (operation->kind == OPERATION_LOAD) {
        each_view(state, number == 0 ? forget_read_0 : forget_read_1, bit);
        thread->current.read[number] |= bit;
        record(thread, state->data[operation->location]);
        return true;
    }
    if ((thread->current.read[1u - number] & bit) == 0) {
        failure = "a race: write of what another reads";
        return false;
    }
    each_view(state, forget_write, bit);
    thread->current.written |= bit;
    state->data[operation->location] = operation->value;
    record(thread, 0);
    return true;
}

static unsigned int insert_location;

static void make_room(struct view *view, uint64_t position)
{
    if (view->at[insert_location] >= position) {
        view->at[insert_location]++;
    }
}

static void lower(struct view *view, uint64_t base)
{
    uint8_t *at = &view->at[insert_location];
    *at = (uint8_t)(*at > base ? *at - base : 0);
}

/* Drops messages that neither thread can read any more, so that equal states look equal. */
static void forget_messages(struct state *state)
{
    for (unsigned int i = 0; i < sync_count; i++) {
        uint8_t first = state->threads[0].current.at[i];
        uint8_t second = state->threads[1].current.at[i];
        uint8_t base = first < second ? first : second;
        if (base > 0) {
            uint32_t kept = state->counts[i] - base;
            memmove(&state->messages[i][0], &state->messages[i][base], kept * sizeof(struct message));
            memset(&state->messages[i][kept], 0, base * sizeof(struct message));
            state->counts[i] = kept;
            insert_location = i;
            each_view(state, lower, base);
        }
    }
}

static void load_sync(const struct state *state, unsigned int number, const struct operation *operation)
{
    unsigned int at = operation->location;
    for (unsigned int m = state->threads[number].current.at[at]; m < state->counts[at]; m++) {
        struct state next = *state;
        struct thread *thread = &next.threads[number];
        const struct message *message = &state->messages[at][m];
        thread->current.at[at] = (uint8_t)m;
        join(operation->order == ORDER_ACQUIRE ? &thread->current : &thread->acquirable, &message->view);
        record(thread, message->value);
        forget_messages(&next);
        add(&next);
    }
}

static void store_sync(const struct state *state, unsigned int number, const struct operation *operation)
{
    unsigned int at = operation->location;
    for (unsigned int m = state->threads[number].current.at[at] + 1u; m <= state->counts[at]; m++) {
        struct state next = *state;
        struct thread *thread = &next.threads[number];
        if (next.counts[at] == MESSAGES_MAX) {
            give_up("too many messages");
        }
        insert_location = at;
        each_view(&next, make_room, m);
        memmove(&next.messages[at][m + 1], &next.messages[at][m], (next.counts[at] - m) * sizeof(struct message));
        next.counts[at]++;
        thread->current.at[at] = (uint8_t)m;
        struct message *message = &next.messages[at][m];
        message->value = operation->value;
        message->view = operation->order == ORDER_RELEASE ? thread->current : thread->released;
        message->view.at[at] = (uint8_t)m;
        record(thread, 0);
        forget_messages(&next);
        add(&next);
    }
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
            if (!access_data(state, t, &operations[t])) {
                return false;
            }
        } while (true);
    }
    size_t before = work_count;
    bool done = true;
    for (unsigned int t = 0; t < 2; t++) {
        const struct operation *operation = &operations[t];
        struct state next;
        struct thread *thread = &next.threads[t];
        switch (operation->kind) {
        case OPERATION_NONE:
            continue;
        case OPERATION_LOAD:
            load_sync(state, t, operation);
            break;
        case OPERATION_STORE:
            store_sync(state, t, operation);
            break;
        case OPERATION_FENCE:
            next = *state;
            join(&thread->current, &thread->acquirable);
            join(&thread->current, &next.fences);
            next.fences = thread->current;
            thread->released = thread->current;
            record(thread, 0);
            forget_messages(&next);
            add(&next);
            break;
        case OPERATION_SIGNAL:
            next = *state;
            next.signalled[operation->location] = 1;
            join(&next.signal[operation->location], &thread->current);
            record(thread, 0);
            add(&next);
            break;
        case OPERATION_WAIT:
            if (state->signalled[t] != 0) {
                next = *state;
                next.signalled[t] = 0;
                join(&thread->current, &next.signal[t]);
                record(thread, 0);
                forget_messages(&next);
                add(&next);
            }
            break;
        }
        done = false;
    }
    if (!done && work_count == before) {
        failure = "both sleep for ever: a wake-up was lost";
        return false;
    }
    if (done && (state->threads[0].program.frames != frames || state->threads[1].program.frames != frames)) {
        failure = "frames were lost";
        return false;
    }
    return true;
}

/* -- The search -- */

struct digest {
    uint64_t low;
    uint64_t high;
};

static struct digest *seen;
static size_t seen_count;
static size_t seen_room;

/* Two 64-bit hashes; a state is taken for another one once in 2^128 / states^2 runs. */
static void digest_add(struct digest *digest, const void *from, size_t size)
{
    const unsigned char *bytes = from;
    for (size_t i = 0; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        digest->low = (digest->low ^ word) * 0xff51afd7ed558ccdu;
        digest->low ^= digest->low >> 32;
        digest->high = (digest->high + word) * 0xc4ceb9fe1a85ec53u;
        digest->high ^= digest->high >> 29;
    }
}

static struct digest digest_of(const struct state *state)
{
    struct digest digest = {0x9e3779b97f4a7c15u, 0xc2b2ae3d27d4eb4fu};
    _Static_assert(sizeof(struct state) % 8 == 0 && sizeof(struct message) % 8 == 0, "whole words");
    digest_add(&digest, state, offsetof(struct state, messages));
    for (unsigned int i = 0; i < sync_count; i++) {
        digest_add(&digest, state->messages[i], state->counts[i] * sizeof(struct message));
    }
    return digest;
}

static bool insert(struct digest *table, size_t room, struct digest digest)
{
    size_t at = digest.low & (room - 1);
    while (table[at].low != 0 || table[at].high != 0) {
        if (table[at].low == digest.low && table[at].high == digest.high) {
            return false;
        }
        at = (at + 1) & (room - 1);
    }
    table[at] = digest;
    return true;
}

/* Whether the state is new. */
static bool is_new(const struct state *state)
{
    if (2 * seen_count >= seen_room) {
        size_t room = seen_room == 0 ? 1u << 16 : 2 * seen_room;
        struct digest *table = calloc(room, sizeof(*table));
        if (table == NULL) {
            give_up("out of memory");
        }
        for (size_t i = 0; i < seen_room; i++) {
            if (seen[i].low != 0 || seen[i].high != 0) {
                insert(table, room, seen[i]);
            }
        }
        free(seen);
        seen = table;
        seen_room = room;
    }
    bool added = insert(seen, seen_room, digest_of(state));
    seen_count += added;
    return added;
}

static void begin(void)
{
    uint32_t size = OVERHEAD + TOPOC_VQ_LINE * lines;
    unsigned int wanted = start + frames;
    memset(&running, 0, sizeof(running));
    initialising = true;
    if (size > MEMORY_SIZE
        || !topoc_link_driver_init(&running[0].side.driver, memory, size, LENGTH, running[0].ends)
        || !topoc_link_device_init(&running[1].side.device, memory, size, LENGTH)) {
        give_up("the queue cannot be made");
    }
    for (unsigned int i = 0; i < start; i++) {
        running[0].last = true; /* so that each frame is flushed by itself */
        running[0].phase = RESERVE;
        running[1].phase = PEEK;
        frames = i + 1;
        driver_step(&running[0]);
        driver_step(&running[0]);
        device_step(&running[1]);
        device_step(&running[1]);
        topoc_link_driver_must_signal(&running[0].side.driver);
        topoc_link_device_must_signal(&running[1].side.device);
    }
    frames = wanted;
    for (unsigned int t = 0; t < 2; t++) {
        running[t].last = 0;
        running[t].staged = 0;
    }
    initialising = false;
    running[0].phase = RESERVE;
    running[1].phase = PEEK;
    for (size_t offset = 0; offset < size; offset++) {
        /* Events that init leaves alone hold 0, as new memory does. */
        if (offset % 2 == 0 && layout_is_sync(offset)) {
            bool sync;
            unsigned int at = location(memory + offset, &sync);
            initial.counts[at] = 1;
        }
    }
    for (unsigned int t = 0; t < 2; t++) {
        initial.threads[t].program = running[t];
    }
    struct view all = {.written = UINT64_MAX, .read = {UINT64_MAX, UINT64_MAX}};
    for (unsigned int t = 0; t < 2; t++) {
        initial.threads[t].current = all;
        initial.threads[t].released = all;
    }
    add(&initial);
}

int main(int count, char **arguments)
{
    batch = count > 1 ? (unsigned int)atoi(arguments[1]) : batch;
    frames = count > 2 ? (unsigned int)atoi(arguments[2]) : frames;
    lines = count > 3 ? (unsigned int)atoi(arguments[3]) : lines;
    start = count > 4 ? (unsigned int)atoi(arguments[4]) : 0;
    copies = count > 5 && strcmp(arguments[5], "copy") == 0;
    weakened = count > 6 ? arguments[6] : NULL;
    size_t explored = 0;
    begin();
    while (work_count > 0 && failure == NULL) {
        struct state state = work[--work_count];
        if (is_new(&state)) {
            explored++;
            follow(&state);
        }
    }
    if (weakened == NULL) {
        for (unsigned int i = 0; i < sites_count; i++) {
            printf("site %s\n", sites[i]);
        }
    } else if (!weakened_met) {
        give_up("no such site");
    }
    if (failure != NULL) {
        printf("found after %zu states: %s\n", explored, failure);
        return 1;
    }
    printf("sound: %zu states\n", explored);
    return 0;
}
