/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The states that are known, by digest, and those to go on from. */

#include <stdlib.h>

#include "model.h"

static struct state *work; /* states to go on from */
static size_t work_count;
static size_t work_room;

void states_add(const struct state *state)
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
    for (unsigned int i = 0; i < memory_sync_count(); i++) {
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

bool states_take(struct state *state)
{
    while (work_count > 0) {
        *state = work[--work_count];
        if (is_new(state)) {
            return true;
        }
    }
    return false;
}

size_t states_left(void)
{
    return work_count;
}
