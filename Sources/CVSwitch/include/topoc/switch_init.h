/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A switch is checked whole when it is made, so that no frame has to ask. */

#pragma once

#include <topoc/switch_types.h>

/* Why a switch cannot be made. */
enum topoc_switch_refusal {
    TOPOC_SWITCH_SOUND,
    TOPOC_SWITCH_BAD_ADDRESS,    /* its own address is zero, a group's, or has more than 48 bits */
    TOPOC_SWITCH_BAD_PEER,       /* so is the address of peer number `where`, or it is the switch's own */
    TOPOC_SWITCH_SAME_PEER,      /* another link has the address of peer number `where` */
    TOPOC_SWITCH_BAD_TABLE,      /* the table's sizes are not powers of two, or are too large */
    TOPOC_SWITCH_BAD_ENTRY,      /* entry number `where`: no such link, no station's address, or not where it is sought */
    TOPOC_SWITCH_MISSING_PEER,   /* the table does not lead from the address of peer number `where` to its link */
    TOPOC_SWITCH_TOO_MANY_LINKS, /* more than TOPOC_SWITCH_LINKS_MAX */
    TOPOC_SWITCH_LINK_TOO_SMALL, /* link number `where` can never hold a frame of frame_max bytes */
    TOPOC_SWITCH_BAD_FRAME_MAX,  /* less than a header */
    TOPOC_SWITCH_BAD_PARKING,    /* too many records, or frames can wait and `done` is missing */
    TOPOC_SWITCH_BAD_LEARNED     /* not a power of two, more than 2^24, or all peers' addresses are pinned */
};

/* The reason in words. */
static inline const char *topoc_switch_refusal_text(enum topoc_switch_refusal refusal)
{
    switch (refusal) {
    case TOPOC_SWITCH_SOUND:
        return "sound";
    case TOPOC_SWITCH_BAD_ADDRESS:
        return "the switch's own MAC address is not one that a station can have";
    case TOPOC_SWITCH_BAD_PEER:
        return "a peer's MAC address is not one that another station can have";
    case TOPOC_SWITCH_SAME_PEER:
        return "two links lead to one MAC address";
    case TOPOC_SWITCH_BAD_TABLE:
        return "the sizes of the MAC table are not powers of two";
    case TOPOC_SWITCH_BAD_ENTRY:
        return "an entry of the MAC table names no link, no station, or stands in the wrong place";
    case TOPOC_SWITCH_MISSING_PEER:
        return "the MAC table does not lead to a link's peer";
    case TOPOC_SWITCH_TOO_MANY_LINKS:
        return "more links than a switch can have";
    case TOPOC_SWITCH_LINK_TOO_SMALL:
        return "a link's shared memory can never hold the longest frame";
    case TOPOC_SWITCH_BAD_FRAME_MAX:
        return "the longest frame is shorter than an Ethernet header";
    case TOPOC_SWITCH_BAD_PARKING:
        return "too many records of parked frames, or none to call when one is through";
    case TOPOC_SWITCH_BAD_LEARNED:
        return "the number of learned addresses is no power of two, or all peers' addresses are pinned";
    }
    return "unknown";
}

static inline bool topoc_switch_is_mask(uint32_t mask)
{
    return (mask & (mask + 1u)) == 0 && mask < (1u << 24);
}

/* Whether some peer may send from addresses that are not its own, so that there is something to learn. */
static inline bool topoc_switch_has_foreign(const struct topoc_switch_config *config)
{
    for (uint16_t i = 0; i < config->link_count; i++) {
        if (config->links[i].sources == TOPOC_SOURCES_ANY) {
            return true;
        }
    }
    return false;
}

static inline enum topoc_switch_refusal topoc_switch_check_table(const struct topoc_switch_config *config,
                                                                 uint32_t *where)
{
    const struct topoc_mac_table *table = config->table;
    if (!topoc_switch_is_mask(table->entry_mask) || !topoc_switch_is_mask(table->bucket_mask)) {
        return TOPOC_SWITCH_BAD_TABLE;
    }
    for (uint32_t i = 0; i <= table->entry_mask; i++) {
        uint64_t address = table->entries[i] >> 16;
        uint16_t link = (uint16_t)table->entries[i];
        *where = i;
        if (link != TOPOC_MAC_NO_LINK && (link >= config->link_count || !topoc_mac_is_station(address)
                                          || address == config->address || topoc_mac_find(table, address) != link)) {
            return TOPOC_SWITCH_BAD_ENTRY;
        }
    }
    return TOPOC_SWITCH_SOUND;
}

static inline enum topoc_switch_refusal topoc_switch_check_links(const struct topoc_switch_config *config,
                                                                 uint32_t *where)
{
    for (uint16_t i = 0; i < config->link_count; i++) {
        struct topoc_switch_link *link = &config->links[i];
        unsigned char *buffer;
        *where = i;
        if (!topoc_mac_is_station(link->peer) || link->peer > TOPOC_MAC_MASK || link->peer == config->address) {
            return TOPOC_SWITCH_BAD_PEER;
        }
        uint16_t found = topoc_mac_find(config->table, link->peer);
        if (found != i) {
            return found < config->link_count && config->links[found].peer == link->peer ? TOPOC_SWITCH_SAME_PEER
                   : TOPOC_SWITCH_MISSING_PEER;
        }
        if (topoc_link_reserve(&link->driver, config->frame_max, &buffer) == TOPOC_VQ_REFUSED) {
            return TOPOC_SWITCH_LINK_TOO_SMALL;
        }
    }
    return TOPOC_SWITCH_SOUND;
}

static inline enum topoc_switch_refusal topoc_switch_check(const struct topoc_switch_config *config, uint32_t *where)
{
    *where = 0;
    if (!topoc_mac_is_station(config->address) || config->address > TOPOC_MAC_MASK) {
        return TOPOC_SWITCH_BAD_ADDRESS;
    }
    if (config->link_count > TOPOC_SWITCH_LINKS_MAX) {
        return TOPOC_SWITCH_TOO_MANY_LINKS;
    }
    if (config->frame_max < TOPOC_SWITCH_HEADER) {
        return TOPOC_SWITCH_BAD_FRAME_MAX;
    }
    if (config->parked_count == TOPOC_SWITCH_NONE || (config->parked_count > 0 && config->done == NULL)) {
        return TOPOC_SWITCH_BAD_PARKING;
    }
    if (config->learned_count != 0 && (!topoc_switch_is_mask(config->learned_count - 1u) || config->learned == NULL
                                       || !topoc_switch_has_foreign(config))) {
        return TOPOC_SWITCH_BAD_LEARNED;
    }
    enum topoc_switch_refusal refusal = topoc_switch_check_table(config, where);
    return refusal == TOPOC_SWITCH_SOUND ? topoc_switch_check_links(config, where) : refusal;
}

/*
 * Makes a switch over links whose ends have been initialised. Where it refuses, it says why, `where` says at which
 * address or link, and `sw` may not be used.
 */
static inline enum topoc_switch_refusal topoc_switch_init(struct topoc_switch *sw,
                                                          const struct topoc_switch_config *config, uint32_t *where)
{
    enum topoc_switch_refusal refusal = topoc_switch_check(config, where);
    if (refusal != TOPOC_SWITCH_SOUND) {
        return refusal;
    }
    memset(sw, 0, sizeof(*sw));
    sw->config = *config;
    sw->oldest = TOPOC_SWITCH_NONE;
    sw->newest = TOPOC_SWITCH_NONE;
    sw->free = TOPOC_SWITCH_NONE;
    sw->through = TOPOC_SWITCH_NONE;
    sw->listening = true; /* as both ends of a fresh ring take it */
    for (uint16_t i = config->parked_count; i > 0; i--) {
        config->parked[i - 1u].next = sw->free;
        sw->free = (uint16_t)(i - 1u);
    }
    sw->free_count = config->parked_count;
    for (uint32_t i = 0; i < config->learned_count; i++) {
        config->learned[i] = TOPOC_MAC_NO_LINK;
    }
    for (uint16_t i = 0; i < config->link_count; i++) {
        struct topoc_switch_link *link = &config->links[i];
        link->state = TOPOC_LINK_LIVE;
        link->staged = false;
        link->progressed = false;
        link->next_staged = NULL;
        link->parked = 0;
        memset(&link->counters, 0, sizeof(link->counters));
    }
    return TOPOC_SWITCH_SOUND;
}
