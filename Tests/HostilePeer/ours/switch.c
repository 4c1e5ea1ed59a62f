/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What reaches beyond one link: the switch of a VM with three peers. */

#include "ours.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <topoc/switch.h>

#define PEERS 3u

struct lan {
    struct topoc_switch sw;
    struct topoc_switch_config config;
    struct topoc_switch_link links[PEERS];
    topoc_link_device devices[PEERS]; /* the peers' ends */
    topoc_link_driver drivers[PEERS];
    uint32_t ends[2u * PEERS][QUEUE_LENGTH];
    struct topoc_switch_parked parked[8];
    uint64_t entries[8];
    struct topoc_mac_table table;
    unsigned int delivered[PEERS];
    bool refills; /* each frame that is delivered brings another of the first peer */
};

static const uint16_t displacements[1];
static const unsigned char own[6] = {2, 0, 0, 0, 0, 0x10};
static const unsigned char stations[PEERS][6] = {{2, 0, 0, 0, 0, 0x20}, {2, 0, 0, 0, 0, 0x21}, {2, 0, 0, 0, 0, 0x22}};

static void signal_nobody(void *context)
{
    (void)context;
}

static void done(void *context, void *cookie)
{
    (void)context;
    (void)cookie;
}

static uint32_t slot_of(const struct lan *lan, uint64_t address)
{
    return (uint32_t)(topoc_mac_hash(address, lan->table.multiplier) >> 40) & lan->table.entry_mask;
}

/* A table by which each station has a slot of its own. */
static void fill_table(struct lan *lan)
{
    bool found = false;
    lan->table = (struct topoc_mac_table) {
        lan->entries, displacements, 0x9e3779b97f4a7c15u, 7, 0
    };
    while (!found) {
        found = true;
        lan->table.multiplier += 2;
        for (unsigned int i = 0; i < 8; i++) {
            lan->entries[i] = TOPOC_MAC_NO_LINK;
        }
        for (uint16_t i = 0; i < PEERS; i++) {
            uint64_t *entry = &lan->entries[slot_of(lan, topoc_mac_number(stations[i]))];
            found = found && *entry == TOPOC_MAC_NO_LINK;
            *entry = topoc_mac_number(stations[i]) << 16 | i;
        }
    }
}

static struct lan *lan_open(void)
{
    struct lan *lan = calloc(1, sizeof(*lan));
    for (unsigned int i = 0; i < PEERS; i++) {
        unsigned char *out = aligned_alloc(4096, REGION);
        unsigned char *in = aligned_alloc(4096, REGION);
        memset(out, 0, REGION);
        memset(in, 0, REGION);
        lan->links[i].peer = topoc_mac_number(stations[i]);
        lan->links[i].signal = signal_nobody;
        if (!topoc_link_driver_init(&lan->links[i].driver, out, REGION, QUEUE_LENGTH, lan->ends[2u * i])
            || !topoc_link_device_init(&lan->devices[i], out, REGION, QUEUE_LENGTH)
            || !topoc_link_driver_init(&lan->drivers[i], in, REGION, QUEUE_LENGTH, lan->ends[2u * i + 1u])
            || !topoc_link_device_init(&lan->links[i].device, in, REGION, QUEUE_LENGTH)) {
            exit(1);
        }
    }
    fill_table(lan);
    lan->config = (struct topoc_switch_config) {
        .address = topoc_mac_number(own), .sources = TOPOC_SOURCES_PINNED, .frame_max = FRAME_MAX,
        .table = &lan->table, .links = lan->links, .link_count = PEERS, .parked_count = 8, .parked = lan->parked,
        .done = done,
    };
    return lan;
}

static struct lan *lan_made(void)
{
    struct lan *lan = lan_open();
    uint32_t where;
    if (topoc_switch_init(&lan->sw, &lan->config, &where) != TOPOC_SWITCH_SOUND) {
        say("the switch is refused; ");
    }
    return lan;
}

static void guest_sends(struct lan *lan, const unsigned char *destination)
{
    unsigned char *frame = calloc(1, 60); /* it may be parked */
    memcpy(frame, destination, 6);
    memcpy(frame + 6, own, 6);
    topoc_switch_send(&lan->sw, frame, 60, NULL);
}

/* Frames that a peer finds. */
static unsigned int peer_takes(struct lan *lan, unsigned int peer)
{
    struct topoc_vq_frame frame;
    unsigned int count = 0;
    while (topoc_link_peek(&lan->devices[peer], &frame) == TOPOC_VQ_READY) {
        topoc_link_commit(&lan->devices[peer]);
        count++;
    }
    return count;
}

static void peer_sends(struct lan *lan, unsigned int peer)
{
    unsigned char *buffer;
    if (topoc_link_reserve(&lan->drivers[peer], 60, &buffer) == TOPOC_VQ_READY) {
        memset(buffer, 0, 60);
        memcpy(buffer, own, 6);
        memcpy(buffer + 6, stations[peer], 6);
        topoc_link_publish(&lan->drivers[peer], 60);
    }
}

static const unsigned char broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static void stalled(void)
{
    struct lan *lan = lan_made();
    for (unsigned int i = 0; i < QUEUE_LENGTH + 32u; i++) {
        guest_sends(lan, stations[1]); /* who takes none */
    }
    guest_sends(lan, broadcast);
    topoc_switch_flush(&lan->sw);
    unsigned int first = peer_takes(lan, 0);
    say("the peer before the stalled one gets %u frame, the one after it %u", first, peer_takes(lan, 2));
}

static void unknown_first(void)
{
    static const unsigned char unknown[6] = {2, 0, 0, 0, 0, 0x99};
    struct lan *lan = lan_made();
    guest_sends(lan, unknown);
    guest_sends(lan, stations[0]);
    topoc_switch_flush(&lan->sw);
    say("of the known destination behind it, %u of 1 frames is delivered; ", peer_takes(lan, 0));
    say("%u is counted as dropped", (unsigned int)lan->sw.drops[TOPOC_DROP_DESTINATION]);
}

static void ipv4_multicast(void)
{
    static const unsigned char group[6] = {0x01, 0x00, 0x5e, 0, 0, 0xfb};
    struct lan *lan = lan_made();
    unsigned int count = 0;
    guest_sends(lan, group);
    topoc_switch_flush(&lan->sw);
    for (unsigned int i = 0; i < PEERS; i++) {
        count += peer_takes(lan, i);
    }
    say("delivered to %u of %u peers", count, PEERS);
}

static void index_beyond(void)
{
    struct lan *lan = lan_open();
    uint32_t where;
    lan->entries[slot_of(lan, lan->links[0].peer)] += PEERS;
    enum topoc_switch_refusal refusal = topoc_switch_init(&lan->sw, &lan->config, &where);
    say("refused when it is made: %s", topoc_switch_refusal_text(refusal));
}

static void bad_mac(void)
{
    const uint64_t addresses[] = {0, TOPOC_MAC_BROADCAST, topoc_mac_number(stations[1])};
    static const char *const names[] = {"zero", "broadcast", "duplicate"};
    for (unsigned int i = 0; i < 3; i++) {
        struct lan *lan = lan_open();
        uint32_t where;
        lan->links[0].peer = addresses[i];
        bool made = topoc_switch_init(&lan->sw, &lan->config, &where) == TOPOC_SWITCH_SOUND;
        say("%s%s %s", i == 0 ? "" : ", ", names[i], made ? "accepted" : "refused");
    }
}

static bool deliver(void *context, const struct topoc_switch_frame *frame)
{
    struct lan *lan = context;
    for (unsigned int i = 0; i < PEERS; i++) {
        lan->delivered[i] += topoc_switch_source(&frame->header) == topoc_mac_number(stations[i]);
    }
    if (lan->refills) {
        peer_sends(lan, 0);
    }
    return true;
}

/* A peer that has a frame for us, and signals, whenever we look; and another, that sends one. */
static void event_storm(void)
{
    struct lan *lan = lan_made();
    lan->refills = true;
    for (unsigned int i = 0; i < QUEUE_LENGTH; i++) {
        peer_sends(lan, 0);
    }
    peer_sends(lan, 2);
    bool more = topoc_switch_receive(&lan->sw, 64, deliver, lan) == TOPOC_SWITCH_MORE;
    say("%u frames of it a call of 64, then the caller's turn (%s); ", lan->delivered[0], more ? "more" : "idle");
    say("of the other peer, %u of 1 among them", lan->delivered[2]);
}

const struct attack through_switch[] = {
    {"switch-stalled", stalled},
    {"switch-unknown-first", unknown_first},
    {"switch-ipv4-multicast", ipv4_multicast},
    {"switch-index", index_beyond},
    {"switch-bad-mac", bad_mac},
    {"event-storm", event_storm},
    {NULL, NULL},
};
