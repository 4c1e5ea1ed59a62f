/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A filter's carrying of frames between its two links, from any valid state, for rules that say anything, against both
 * peers. Valid: a frame that an end holds is no longer than its memory. A run is one harness, PROOF_HARNESS.
 *
 * The links are their contracts here (contracts.h), for what four sides may do is too much to follow through the
 * filter. So is the parser: it reads the frame that it is given and nothing else, which is filter.c's part.
 */

#include "contracts.h"
#include <topoc/filter_parse.h>

#define RULES 2u
#define FRAME_MAX 1538u /* a frame, and a trailer */

/* -- The parser, and a copy. -- */

static void proof_parse(struct topoc_filter_header *header, uint32_t from, const unsigned char *frame, uint32_t length)
{
    /*@ assert ethernet: length >= TOPOC_FILTER_ETHERNET; */
    /*@ assert whole: \valid_read(frame + (0 .. length - 1)); */
    header->kind = (enum topoc_filter_kind)proof_any(TOPOC_FILTER_MALFORMED, TOPOC_FILTER_OTHER);
    header->from = from;
}

static void proof_move(unsigned char *to, const unsigned char *from, uint32_t size)
{
    /*@ assert to: \valid(to + (0 .. size - 1)); */
    /*@ assert from: \valid_read(from + (0 .. size - 1)); */
}

#define topoc_filter_parse proof_parse
#undef memcpy
#define memcpy proof_move

#include <topoc/filter_carry.h>

/* -- The filter. -- */

static struct topoc_filter_bridge bridge;
static struct topoc_filter_counters counters[RULES];
static uint64_t due[RULES];
static struct topoc_filter_rule rule[RULES];
static unsigned char first[FRAME_MAX];
static unsigned char second[FRAME_MAX];

static void signalled(void *context)
{
    /*@ assert end: context == &bridge.ends[0] || context == &bridge.ends[1]; */
    (void)context;
}

static uint32_t judged(const struct topoc_filter_header *header)
{
    /*@ assert from: header->from <= 1; */
    (void)header;
    return proof_any_u32;
}

static const struct topoc_filter_rules rules = { .judge = judged, .rules = rule, .count = RULES };

static void any_end(uint32_t number, unsigned char *frame)
{
    struct topoc_filter_end *end = &bridge.ends[number];
    end->signal = signalled;
    end->context = end;
    end->frame = frame;
    end->held = proof_any(0, FRAME_MAX);
    end->listening = proof_any_bool();
    end->broken = proof_any_bool();
    end->lengths = proof_any_u64();
    end->lost = proof_any_u64();
}

static void any_bridge(void)
{
    topoc_filter_init(&bridge.filter, &rules, counters, due);
    for (uint32_t i = 0; i < RULES; i++) {
        counters[i].frames = proof_any_u64();
        counters[i].bytes = proof_any_u64();
        counters[i].dropped = proof_any_u64();
        due[i] = proof_any_u64();
        rule[i].allow = proof_any_bool();
        rule[i].interval = proof_any_u64();
        rule[i].tolerance = proof_any_u64();
    }
    any_end(0, first);
    any_end(1, second);
    bridge.frame_max = FRAME_MAX;
    bridge.trailer = proof_any_bool() ? 24 : 0; /* a lab's, or none, as on seL4 */
    /*@ split bridge.trailer; */
}

static void check(void)
{
    /*@ assert memory: bridge.ends[0].frame == &first[0] && bridge.ends[1].frame == &second[0]; */
    /*@ assert held: bridge.ends[0].held <= FRAME_MAX && bridge.ends[1].held <= FRAME_MAX; */
    /*@ assert filter: bridge.filter.counters == &counters[0] && bridge.filter.due == &due[0]; */
}

static void carry_frames(void)
{
    any_bridge();
    topoc_filter_carry(&bridge, proof_any_int ? 0 : 1, proof_any_u32, proof_any_u64());
    check();
}

static void carry_flush(void)
{
    any_bridge();
    topoc_filter_flush(&bridge);
    check();
}

static void carry_listen(void)
{
    any_bridge();
    topoc_filter_listen(&bridge);
    check();
}

int main(void)
{
    PROOF_HARNESS();
    return 0;
}
