/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What is published is what is read, each once and in order: the core itself, both sides of one link in one thread,
 * through every order of its calls, from every state that they lead to.
 *
 * A state is the ring's memory, both sides' private state and the frames that are under way, each with its place and
 * its length. From each state every call is tried. A frame's bytes are not looked at: that they are whole follows from
 * that the reader is given the very place and length that the writer staged, and that no buffer is handed to the writer
 * that touches the place of a frame which is not read yet.
 *
 * Positions run through 16 bits, but the code looks at differences between them and at their low bits only, of which
 * the highest is the lap's. So states that are two laps apart are one state: of each, the one whose oldest position is
 * in the first two laps from START is kept. START 65536 - LENGTH is where positions leave their 16 bits.
 *
 * The macros: LENGTH, LINES (of the pool), HELD (bytes that the reader may hold back), START, and LIMIT (of states).
 */

#include <stdio.h>
#include <stdlib.h>

#include <topoc/link.h>

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#define OVERHEAD (16u * LENGTH + 128u)
#else
#define OVERHEAD (TOPOC_LINK(overhead)(LENGTH))
#endif
#define SIZE_MAX_RING 512u
#define POOL (64u * LINES)
#define LAPS (2u * LENGTH)

/* Frames of one line, which differ in their length alone, of two lines, and about as long as the pool. */
static const uint32_t LENGTHS[] = { 1, 64, 65, POOL - 1u };
#define LENGTHS_COUNT (sizeof(LENGTHS) / sizeof(LENGTHS[0]))

struct frame {
    uint32_t at; /* in the memory of the link */
    uint32_t length;
};

struct state {
    unsigned char ring[SIZE_MAX_RING];
    topoc_link_driver driver;
    topoc_link_device device;
    uint32_t ends[LENGTH];
    struct frame frames[2u * LENGTH]; /* that were staged and not read: the oldest first */
    uint32_t staged;                  /* all of them */
    uint32_t published;               /* the first of them */
};

static _Alignas(4096) unsigned char memory[SIZE_MAX_RING + POOL + 64u];
static struct state now;
static const char *call;

static struct state *states;
static size_t states_count, states_room, *table, table_mask, transitions;
static size_t full, reads;

static void fail(const char *what)
{
    printf("after %zu states: %s: %s\n", states_count, call, what);
    exit(1);
}

static void check(bool holds, const char *what)
{
    if (!holds) {
        fail(what);
    }
}

/* -- States: kept once each. -- */

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#define SHIFT_SHARED(pointer) shift_shared(state->ring + ((unsigned char *)(pointer) - memory), by)
#endif
#define SHIFT(field) (field) = (uint16_t)((field) - by)

static inline void shift_shared(unsigned char *at, uint16_t by)
{
    uint16_t value;
    memcpy(&value, at, sizeof(value));
    value = (uint16_t)(value - by);
    memcpy(at, &value, sizeof(value));
}

/*
 * Clears what no one looks at any more: the ends of buffers that were taken back, and the addresses and lengths of
 * frames that were read. Who looked there would have been told of a frame that is not there, and that is a fault.
 */
static void forget(struct state *state)
{
    uint16_t outstanding = (uint16_t)(state->driver.next - state->driver.oldest);
    for (uint32_t i = 0; i < LENGTH; i++) {
        uint32_t slot = (state->driver.next + i) & (LENGTH - 1u);
        size_t at = (size_t)((unsigned char *)&state->driver.rings.descriptors[slot] - memory);
        if (i + outstanding < LENGTH) {
            state->ends[slot] = 0;
        }
        if (i + state->staged < LENGTH) {
            memset(state->ring + at, 0, 12);
        }
    }
}

/* Takes whole pairs of laps off every position, in private state and in the ring. */
static void normalise(struct state *state)
{
    uint16_t by = (uint16_t)((uint16_t)(state->driver.oldest - START) & (uint16_t)~(LAPS - 1u));
    SHIFT(state->driver.oldest);
    SHIFT(state->driver.next);
    SHIFT(state->driver.stop);
    state->driver.asked = 0; /* no one is asked for signals here */
    state->device.asked = 0;
    SHIFT(state->device.next);
    SHIFT(state->device.returned);
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    SHIFT(state->device.batch);
#else
    SHIFT(state->driver.published);
    SHIFT(state->driver.seen);
    SHIFT(state->device.available);
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
    SHIFT_SHARED(&state->driver.rings.available->index);
    SHIFT_SHARED(&state->driver.rings.used->index);
    memset(state->ring + ((unsigned char *)topoc_split_used_event(&state->driver.rings) - memory), 0, 2);
    memset(state->ring + ((unsigned char *)topoc_split_available_event(&state->driver.rings) - memory), 0, 2);
#endif
#endif
    forget(state);
    memset(&state->frames[state->staged], 0, (2u * LENGTH - state->staged) * sizeof(state->frames[0]));
}

static size_t hash(const struct state *state)
{
    const unsigned char *bytes = (const unsigned char *)state;
    uint64_t sum = 0xcbf29ce484222325ull;
    for (size_t i = 0; i + 8u <= sizeof(*state); i += 8u) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof(word));
        sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
        sum ^= sum >> 29;
    }
    return (size_t)sum;
}

static void grow(void)
{
    states_room = states_room == 0 ? 1024u : 2u * states_room;
    states = realloc(states, states_room * sizeof(*states));
    free(table);
    table_mask = 4u * states_room - 1u;
    table = calloc(table_mask + 1u, sizeof(*table));
    if (states == NULL || table == NULL) {
        fail("no memory");
    }
    for (size_t i = 0; i < states_count; i++) {
        size_t slot = hash(&states[i]) & table_mask;
        while (table[slot] != 0) {
            slot = (slot + 1u) & table_mask;
        }
        table[slot] = i + 1u;
    }
}

/* Notes where a call has led. */
static void keep(void)
{
    transitions++;
    memcpy(now.ring, memory, OVERHEAD);
    normalise(&now);
    if (states_count == states_room) {
        grow();
    }
    size_t slot = hash(&now) & table_mask;
    for (; table[slot] != 0; slot = (slot + 1u) & table_mask) {
        if (memcmp(&states[table[slot] - 1u], &now, sizeof(now)) == 0) {
            return;
        }
    }
    states[states_count] = now;
    states_count++;
    table[slot] = states_count;
}

static void restore(size_t number)
{
    now = states[number];
    memcpy(memory, now.ring, OVERHEAD);
}

/* -- Calls. -- */

static void sound(void)
{
    check(now.driver.fault == TOPOC_VQ_SOUND && now.device.fault == TOPOC_VQ_SOUND, "a side takes the other for broken");
}

/* The part of `place` that the writer may fill is no part of a frame that is not read yet. */
static void fresh(const unsigned char *buffer, uint32_t length)
{
    uint32_t at = (uint32_t)(buffer - memory);
    check(buffer != NULL && buffer >= memory + OVERHEAD
          && at + length <= OVERHEAD + POOL, "a buffer lies outside of the pool");
    for (uint32_t i = 0; i < now.staged; i++) {
        check(at + length <= now.frames[i].at || now.frames[i].at + now.frames[i].length <= at,
              "a buffer is reserved in which a frame lies that was not read");
    }
}

static bool write(uint32_t length, bool publish)
{
    unsigned char *buffer = NULL;
    enum topoc_vq_status status = topoc_link_reserve(&now.driver, length, &buffer);
    sound();
    check(status == TOPOC_VQ_READY || status == TOPOC_VQ_FULL, "reserve says neither READY nor FULL");
    if (status == TOPOC_VQ_FULL) {
        full++;
        return false;
    }
    fresh(buffer, length);
    check(now.staged < 2u * LENGTH, "more frames are under way than the ring is long");
    now.frames[now.staged].at = (uint32_t)(buffer - memory);
    now.frames[now.staged].length = length;
    now.staged++;
    if (publish) {
        topoc_link_publish(&now.driver, length);
        now.published = now.staged;
    } else {
        topoc_link_stage(&now.driver, length);
        /* Frames that fill half of the pool are published at once. */
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
        now.published = now.driver.staged == 0 ? now.staged : now.published;
#else
        now.published = now.driver.published == now.driver.next ? now.staged : now.published;
#endif
    }
    sound();
    return true;
}

static void flush(void)
{
    topoc_link_flush(&now.driver);
    now.published = now.staged;
    sound();
}

/* Reads the next frame. `commit`: and gives it back; else it is only looked at. */
static void read(bool commit)
{
    struct topoc_vq_frame frame = { .length = 0 };
    enum topoc_vq_status status = topoc_link_peek(&now.device, &frame);
    sound();
    if (now.published == 0) {
        check(status == TOPOC_VQ_EMPTY, "a frame is read that was not published, or a second time");
        return;
    }
    check(status != TOPOC_VQ_EMPTY, "a frame that was published is not seen");
    check(status == TOPOC_VQ_READY, "peek says neither READY nor EMPTY");
    check(frame.base == memory + now.frames[0].at, "another frame is read than the oldest that was published");
    check(frame.length == now.frames[0].length, "a frame is read with another length than it was published with");
    if (commit) {
        reads++;
        topoc_link_commit(&now.device);
        now.staged--;
        now.published--;
        memmove(&now.frames[0], &now.frames[1], now.staged * sizeof(now.frames[0]));
    }
    sound();
}

/* All that was staged can be read and given back, and then there is room for the longest frame, and for all slots. */
static void nothing_is_lost(void)
{
    call = "emptied";
    flush();
    while (now.published > 0) {
        read(true);
    }
    topoc_link_device_flush(&now.device);
    check(write(POOL - 1u, true), "room is lost");
    read(true);
    topoc_link_device_flush(&now.device);
    for (uint32_t i = 0; i < LENGTH - 1u && i < LINES; i++) {
        check(write(1, true), "a slot is lost");
    }
}

static void from(size_t number)
{
    for (uint32_t i = 0; i < LENGTHS_COUNT; i++) {
        for (int publish = 0; publish < 2; publish++) {
            call = publish != 0 ? "publish" : "stage";
            restore(number);
            write(LENGTHS[i], publish != 0);
            keep();
        }
    }
    call = "flush";
    restore(number);
    flush();
    keep();
    call = "the writer's listen";
    restore(number);
    check(topoc_link_driver_listen(&now.driver) != TOPOC_VQ_BROKEN, "BROKEN");
    topoc_link_driver_mute(&now.driver);
    sound();
    keep();
    for (int commit = 0; commit < 2; commit++) {
        call = commit != 0 ? "peek and commit" : "peek";
        restore(number);
        read(commit != 0);
        keep();
    }
    call = "the reader's flush";
    restore(number);
    topoc_link_device_flush(&now.device);
    sound();
    keep();
    call = "the reader's listen";
    restore(number);
    check((topoc_link_device_listen(&now.device) == TOPOC_VQ_READY) == (now.published > 0), "a frame is not told of");
    topoc_link_device_mute(&now.device);
    sound();
    keep();
    restore(number);
    nothing_is_lost();
}

/* Both ends at a position: as after so many frames, all of which were given back. */
static void begin(void)
{
    memset(&now, 0, sizeof(now));
    memset(memory, 0, sizeof(memory));
    check(OVERHEAD <= SIZE_MAX_RING, "the ring is too long");
    check(topoc_link_driver_init(&now.driver, memory, OVERHEAD + POOL, LENGTH, now.ends)
          && topoc_link_device_init(&now.device, memory, OVERHEAD + POOL, LENGTH), "not made");
    topoc_link_device_mute(&now.device);
    now.device.held_bytes_max = HELD;
    for (uint32_t i = 0; i != START; i++) {
        write(1, true);
        read(true);
        topoc_link_device_flush(&now.device);
        topoc_link_driver_listen(&now.driver);
    }
    topoc_link_driver_mute(&now.driver);
}

int main(void)
{
    call = "begin";
    begin();
    reads = 0;
    keep();
    for (size_t i = 0; i < states_count; i++) {
        from(i);
        if (states_count > LIMIT) {
            fail("more states than expected");
        }
    }
    check(full > 0 && reads > 0, "nothing was tried");
    printf("%zu states, %zu calls\n", states_count, transitions);
    return 0;
}
