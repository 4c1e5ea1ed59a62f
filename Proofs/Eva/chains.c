/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The driver side of a queue of chains, in the layout TOPOC_LINK_LAYOUT: its parts lie apart, with memory for indirect
 * tables or without, and features are as guest and device agreed. A run is one harness, PROOF_HARNESS.
 */

#include "harness.h"
#include <topoc/link.h>
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
#include <topoc/vq_packed_chains.h>
#elif TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_SPLIT
#include <topoc/vq_split_chains.h>
#else
#include <topoc/vq_libvirtqueue_chains.h>
#endif

#define TABLE_ENTRIES 3u
#define TABLES (16u * TABLE_ENTRIES * PROOF_LENGTH)

static struct TOPOC_LINK(chains) driver;
static TOPOC_LINK(chains_rings) rings;
static struct topoc_vq_record records[PROOF_LENGTH];
static struct topoc_vq_tables tables;

/* Features as they may be, and tables that the driver is given or not. */
static bool made(uint16_t length, bool indirect, bool given)
{
    struct topoc_vq_features features = {
        .event_index = proof_any_bool(), .in_order = proof_any_bool(), .indirect = indirect
    };
    rings.length = length;
    return TOPOC_LINK(chains_init)(&driver, &rings, features, given ? &tables : NULL, records, proof_any_u16);
}

/*
 * Makes the queue, in any state: every position and every record has any value, for the code uses low bits of the
 * former, and of the latter steps over slots.
 */
static void any_chains(bool indirect)
{
    bool is_made = made(PROOF_LENGTH, indirect, indirect);
    /*@ assert made: is_made; */
    Frama_C_make_unknown((char *)records, sizeof(records));
    driver.chains.next = proof_any_u16;
    driver.chains.published = proof_any_u16;
    driver.chains.oldest = proof_any_u16;
    driver.chains.added = proof_any_u16;
    driver.chains.offered = proof_any_u16;
    driver.chains.used = proof_any_u16;
    driver.chains.taken = proof_any_u16;
    driver.chains.granted = proof_any_u16;
    driver.chains.asked = proof_any_u16;
    driver.chains.head_flags = proof_any_u16;
    driver.chains.written = proof_any_u32;
    driver.chains.fault = proof_any_fault();
}

static void check_chains(bool indirect)
{
    /*@ assert length: driver.rings.length == PROOF_LENGTH && driver.chains.records == &records[0]; */
    /*@ assert parts: driver.rings.descriptors == rings.descriptors; */
    if (indirect) {
        /*@ assert tables: driver.chains.tables.base == tables.base; */
        /*@ assert entries: driver.chains.tables.entries == TABLE_ENTRIES; */
    } else {
        /*@ assert none: driver.chains.tables.base == \null; */
    }
}

/* Powers of two: that topoc_vq_length_valid lets no other pass, intervals cannot say. */
static void chains_init(void)
{
    uint32_t shift = proof_any(0, 8);
    /*@ split shift; */
    made((uint16_t)(1u << shift), proof_any_bool(), proof_any_bool());
}

/* A chain of any parts, as many as the queue is long. */
static void add(bool indirect)
{
    struct topoc_vq_part parts[PROOF_LENGTH];
    Frama_C_make_unknown((char *)parts, sizeof(parts));
    any_chains(indirect);
    TOPOC_LINK(chains_add)(&driver, parts, proof_any_u16, proof_any_u16, proof_any_u32);
    check_chains(indirect);
}

static void chains_add(void)
{
    add(false);
}

static void chains_add_indirect(void)
{
    add(true);
}

static void chains_flush(void)
{
    any_chains(false);
    TOPOC_LINK(chains_flush)(&driver);
    check_chains(false);
}

static void chains_take_used(void)
{
    any_chains(false);
    uint64_t token;
    uint32_t written;
    if (TOPOC_LINK(chains_take_used)(&driver, &token, &written) == TOPOC_VQ_READY) {
        /*@ assert told: \initialized(&token) && \initialized(&written); */
    }
    check_chains(false);
}

static void chains_signals(void)
{
    any_chains(false);
    if (proof_any_int) {
        TOPOC_LINK(chains_must_signal)(&driver);
    } else if (proof_any_int) {
        TOPOC_LINK(chains_listen)(&driver);
    } else {
        TOPOC_LINK(chains_mute)(&driver);
    }
    check_chains(false);
}

int main(void)
{
    unsigned char table[16u * PROOF_LENGTH];
    unsigned char indirect[TABLES];
#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
    unsigned char first[4]; /* the event structures */
    unsigned char second[4];
    rings.descriptors = (struct topoc_packed_descriptor *)(void *)table;
    rings.driver_event = (struct topoc_packed_event *)(void *)first;
    rings.device_event = (struct topoc_packed_event *)(void *)second;
#else
    unsigned char first[6u + 2u * PROOF_LENGTH];
    unsigned char second[6u + 8u * PROOF_LENGTH];
    rings.descriptors = (struct topoc_vq_descriptor *)(void *)table;
    rings.available = (struct topoc_vq_available *)(void *)first;
    rings.used = (struct topoc_vq_used *)(void *)second;
#endif
    tables = (struct topoc_vq_tables) {
        .base = indirect, .address = proof_any_u32, .entries = TABLE_ENTRIES
    };
    PROOF_HARNESS();
    return 0;
}
