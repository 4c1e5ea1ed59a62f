/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The model of C11: the promise-free one of views and time stamps (Kang et al., "A promising semantics for
 * relaxed-memory concurrency", POPL 2017, 3, without promises): a location is a list of messages in modification order;
 * a thread's view is the oldest message of each location that it may still read; a release store carries the writer's
 * view, an acquire load joins it; a sequentially consistent fence joins the view that all such fences share, and leaves
 * its own there.
 *
 * Promises, which the model lacks, let a store be seen before an earlier relaxed load. No such cycle can be here: every
 * location but those that synchronise (see layout_is_sync) is held to be race-free as plain memory is, and of the
 * synchronising ones the loads are acquire loads, or of an event that is only compared.
 */

#include "model.h"

/* -- Locations: which bytes synchronise, which are data. -- */

_Alignas(4096) unsigned char memory[MEMORY_SIZE];
static uint8_t location_of[MEMORY_SIZE]; /* by offset: number + 1 */
static unsigned int sync_count;
static unsigned int data_count;

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

unsigned int memory_location(const void *address, bool *sync)
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

unsigned int memory_sync_count(void)
{
    return sync_count;
}

/* -- Views -- */

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

void memory_begin(struct state *state, size_t size)
{
    struct view all = {.written = UINT64_MAX, .read = {UINT64_MAX, UINT64_MAX}};
    for (size_t offset = 0; offset < size; offset++) {
        /* Events that init leaves alone hold 0, as new memory does. */
        if (offset % 2 == 0 && layout_is_sync(offset)) {
            bool sync;
            unsigned int at = memory_location(memory + offset, &sync);
            state->counts[at] = 1;
        }
    }
    for (unsigned int t = 0; t < 2; t++) {
        state->threads[t].current = all;
        state->threads[t].released = all;
    }
}

/* -- Accesses -- */

/* Data, like plain memory: whatever is not ordered is a race. */
bool memory_data(struct state *state, unsigned int number, const struct operation *operation)
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
        states_add(&next);
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
        states_add(&next);
    }
}

void memory_follow(const struct state *state, unsigned int number, const struct operation *operation)
{
    struct state next;
    struct thread *thread = &next.threads[number];
    switch (operation->kind) {
    case OPERATION_LOAD:
        load_sync(state, number, operation);
        break;
    case OPERATION_STORE:
        store_sync(state, number, operation);
        break;
    case OPERATION_FENCE:
        next = *state;
        join(&thread->current, &thread->acquirable);
        join(&thread->current, &next.fences);
        next.fences = thread->current;
        thread->released = thread->current;
        record(thread, 0);
        forget_messages(&next);
        states_add(&next);
        break;
    case OPERATION_SIGNAL:
        next = *state;
        next.signalled[operation->location] = 1;
        join(&next.signal[operation->location], &thread->current);
        record(thread, 0);
        states_add(&next);
        break;
    case OPERATION_WAIT:
        if (state->signalled[number] != 0) {
            next = *state;
            next.signalled[number] = 0;
            join(&thread->current, &next.signal[number]);
            record(thread, 0);
            forget_messages(&next);
            states_add(&next);
        }
        break;
    case OPERATION_NONE:
        break;
    }
}
