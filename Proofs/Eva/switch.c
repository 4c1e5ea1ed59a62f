/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A switch over the core itself, in the layout TOPOC_LINK_LAYOUT: every entry of topoc/switch.h, from any valid state, for
 * any frame of the guest, against any peers. A run is one harness, PROOF_HARNESS.
 *
 * Valid: what names a parked record or a link names one, or says NONE; nothing else is asked for, so the lists may be
 * of any shape. The ends of the links can have any private state at all but for where their memory is: that they keep
 * theirs is link.c's part.
 */

#include "harness.h"
#include "ends.h"
#ifdef PROOF_CONTRACTS
#include "contracts.h"
#endif
#include <topoc/switch.h>

#define LINKS 2u
#define RECORDS 4u
#define LEARNED 4u
#define ENTRIES 4u
#define FRAME_MAX 1514u
#define SIZE (16384u + 64u * PROOF_LINES)

static struct topoc_switch sw;
static struct topoc_switch_config config;
static struct topoc_switch_link links[LINKS];
static struct topoc_switch_parked records[RECORDS];
static struct topoc_mac_table table;
static uint64_t entries[ENTRIES];
static uint16_t displacements[ENTRIES];
static uint64_t learned[LEARNED];
static uint32_t ends[LINKS][PROOF_LENGTH];
static unsigned char *shared[2u * LINKS]; /* a queue's each */
static unsigned char *guest;              /* its memory: a frame can lie anywhere in it */

/* -- What the switch calls. -- */

static void signalled(void *context)
{
    /*@ assert link: \valid((struct topoc_switch_link *)context); */
}

/* A frame that was parked is through: the caller may send from here. */
static void through(void *context, void *cookie)
{
    (void)context;
    (void)cookie;
    if (proof_any_int) {
        topoc_switch_send(&sw, guest, proof_any_u32, NULL);
        topoc_switch_flush(&sw);
    }
}

/* -- Any valid state. -- */

/* A record, or none. */
static uint16_t any_record(void)
{
    return proof_any_int ? (uint16_t)proof_any(0, RECORDS - 1u) : (uint16_t)TOPOC_SWITCH_NONE;
}

static enum topoc_switch_sources any_sources(void)
{
    return proof_any_int ? TOPOC_SOURCES_PINNED : TOPOC_SOURCES_ANY;
}

static struct topoc_switch_link *any_staged(void)
{
    return proof_any_int ? &links[proof_any(0, LINKS - 1u)] : NULL;
}

/* The pieces of frames of the guest: of those that wait, behind their first; and of one that is sent, with it. */
static struct topoc_vq_segment pieces[2];
static struct topoc_vq_segment sent[3];

static void any_frame(struct topoc_switch_frame *frame)
{
    frame->header.start = proof_any_u64();
    frame->header.rest = proof_any_u64();
    frame->first.base = guest;
    frame->first.length = proof_any_u32;
    frame->rest = pieces;
    frame->rest_count = proof_any(0, 2);
    frame->length = proof_any(TOPOC_SWITCH_HEADER, FRAME_MAX);
}

static void any_link(struct topoc_switch_link *link, uint32_t number)
{
    bool made = topoc_link_driver_init(&link->driver, shared[2u * number], SIZE, PROOF_LENGTH, ends[number])
                && topoc_link_device_init(&link->device, shared[2u * number + 1u], SIZE, PROOF_LENGTH);
    /*@ assert made: made; */
    for (int i = 0; i < PROOF_LENGTH; i++) {
        ends[number][i] = proof_any_u32;
    }
    any_driver(&link->driver);
    any_device(&link->device);
    link->peer = proof_any_u64();
    link->sources = any_sources();
    link->signal = signalled;
    link->context = link;
    link->state = (enum topoc_switch_state)proof_any(TOPOC_LINK_LIVE, TOPOC_LINK_BROKEN);
    link->staged = proof_any_bool();
    link->progressed = proof_any_bool();
    link->parked = proof_any_u16;
    link->next_staged = any_staged();
}

/* Any entries: their lower 16 bits need not name a link. */
static void any_table(void)
{
    for (uint32_t i = 0; i < ENTRIES; i++) {
        entries[i] = proof_any_u64();
        displacements[i] = proof_any_u16;
    }
    table.entries = entries;
    table.displacements = displacements;
    table.multiplier = proof_any_u64();
}

static void any_config(void)
{
    any_table();
    config.address = proof_any_u64();
    config.sources = any_sources();
    config.frame_max = FRAME_MAX;
    config.table = &table;
    config.links = links;
    config.link_count = LINKS;
    config.parked_count = (uint16_t)proof_any(0, RECORDS);
    config.parked = records;
    config.learned = learned;
    config.learned_count = proof_any_int ? LEARNED : 0;
    config.done = through;
    config.context = &sw;
}

static void any_switch(void)
{
    for (uint32_t i = 0; i < LINKS; i++) {
        any_link(&links[i], i);
    }
    any_config();
    table.entry_mask = ENTRIES - 1u;
    table.bucket_mask = ENTRIES - 1u;
    for (uint32_t i = 0; i < LEARNED; i++) {
        learned[i] = proof_any_u64();
    }
    for (uint32_t i = 0; i < 3; i++) {
        sent[i].base = guest;
        sent[i].length = proof_any_u32;
    }
    for (uint32_t i = 0; i < 2; i++) {
        pieces[i].base = guest;
        pieces[i].length = proof_any_u32;
    }
    for (uint32_t i = 0; i < RECORDS; i++) {
        any_frame(&records[i].frame);
        for (uint32_t word = 0; word < TOPOC_SWITCH_SET_WORDS; word++) {
            records[i].waiting[word] = proof_any_u32;
        }
        records[i].links = proof_any_u16;
        records[i].next = any_record();
        records[i].before = any_record();
    }
    sw.config = config;
    sw.staged = any_staged();
    sw.oldest = any_record();
    sw.newest = any_record();
    sw.free = any_record();
    sw.free_count = proof_any_u16;
    sw.through = any_record();
    sw.through_last = (uint16_t)proof_any(0, RECORDS - 1u);
    sw.turn = (uint16_t)proof_any(0, LINKS - 1u);
    sw.listening = proof_any_bool();
}

/*@ predicate record(integer number) = number < RECORDS || number == TOPOC_SWITCH_NONE;
    predicate link(struct topoc_switch_link *it) =
        it == \null || it == &links[0] || it == &links[1];
*/
static void check(void)
{
    /*@ assert config: sw.config.links == &links[0] && sw.config.parked == &records[0] && sw.config.table == &table; */
    /*@ assert counts: sw.config.link_count <= LINKS && sw.config.parked_count <= RECORDS; */
    /*@ assert lists: record(sw.oldest) && record(sw.newest) && record(sw.free) && record(sw.through); */
    /*@ assert last: sw.through_last < RECORDS && sw.turn < LINKS; */
    /*@ assert staged: link(sw.staged); */
    for (uint32_t i = 0; i < RECORDS; i++) {
        /*@ assert neighbours: record(records[i].next) && record(records[i].before); */
    }
    for (uint32_t i = 0; i < LINKS; i++) {
        struct topoc_switch_link *link = &links[i];
        /*@ assert staged: link(link->next_staged); */
        /*@ assert driver: link->driver.rings.length == PROOF_LENGTH && link->driver.ends == &ends[i][0]; */
        /*@ assert device: link->device.rings.length == PROOF_LENGTH && link->device.memory.count == 1
                           && link->device.memory.regions == &link->device.pool; */
    }
}

/* -- The entries. -- */

/* Over any links, as the caller may have initialised them; the masks of a table are its caller's to keep. */
static void switch_init(void)
{
    uint32_t where;
    for (uint32_t i = 0; i < LINKS; i++) {
        any_link(&links[i], i);
    }
    any_config();
    bool wide = proof_any_bool();
    bool many = proof_any_bool();
    /*@ split wide; */
    /*@ split many; */
    table.entry_mask = wide ? proof_any(1u << 24, UINT32_MAX) : proof_any(0, ENTRIES - 1u);
    table.bucket_mask = wide ? proof_any_u32 : proof_any(0, ENTRIES - 1u);
    config.link_count = (uint16_t)(many ? proof_any(TOPOC_SWITCH_LINKS_MAX + 1u, UINT16_MAX) : proof_any(0, LINKS));
    config.frame_max = proof_any_u32;
    config.done = proof_any_int ? through : NULL;
    topoc_switch_init(&sw, &config, &where);
}

static void switch_send(void)
{
    any_switch();
    topoc_switch_send(&sw, guest, proof_any_u32, guest);
    check();
}

static void switch_send_chain(void)
{
    any_switch();
    topoc_switch_send_chain(&sw, sent, proof_any(0, 3), guest);
    check();
}

static void switch_flush(void)
{
    any_switch();
    if (proof_any_int) {
        topoc_switch_flush(&sw);
    } else {
        topoc_switch_publish(&sw);
    }
    check();
}

static void switch_resume(void)
{
    any_switch();
    topoc_switch_resume(&sw);
    check();
}

static void switch_expire(void)
{
    any_switch();
    topoc_switch_expire(&sw);
    check();
}

/* The guest takes a frame, or has no room. */
static bool delivered(void *context, const struct topoc_switch_frame *frame)
{
    (void)context;
    if (proof_any_int) {
        return false;
    }
    topoc_switch_frame_copy(frame, guest);
    return true;
}

static void switch_receive(void)
{
    any_switch();
    topoc_switch_receive(&sw, proof_any_u32, delivered, NULL);
    check();
}

static void switch_listen(void)
{
    any_switch();
    if (proof_any_int) {
        topoc_switch_listen(&sw);
    } else {
        topoc_switch_ready(&sw);
    }
    check();
}

int main(void)
{
    unsigned char first[SIZE], second[SIZE], third[SIZE], fourth[SIZE], bytes[FRAME_MAX];
    shared[0] = first;
    shared[1] = second;
    shared[2] = third;
    shared[3] = fourth;
    guest = bytes;
    PROOF_HARNESS();
    return 0;
}
