/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A switch with three links. The peer of the first is hostile; the other two notice nothing: each frame that is theirs
 * arrives, once, in order and unchanged, or is counted as dropped for want of room.
 */

#include "spots.h"

#include <string.h>

#include <topoc/switch.h>

#define LINKS 3u
#define RING 8u
#define BUFFERS 6u
#define FRAME_MAX 200u
#define HEADER 14u

/* Of a frame behind its header. */
struct content {
    uint32_t number;
    uint32_t check; /* the number's complement */
};

static struct topoc_switch sw;
static struct topoc_switch_link links[LINKS];
static struct topoc_switch_parked parked[BUFFERS - 1u];
static topoc_link_device peer_devices[LINKS]; /* the peers' ends */
static topoc_link_driver peer_drivers[LINKS];
static uint32_t ends[2u * LINKS][RING];
static unsigned char buffers[BUFFERS][FRAME_MAX]; /* of the guest */
static bool busy[BUFFERS];
static uint32_t sent[LINKS];     /* frames of the guest that a link should take */
static uint32_t arrived[LINKS];  /* of these, at the peer */
static uint32_t newest[LINKS];   /* the number of the last that arrived */
static uint32_t offered[LINKS];  /* frames of a peer, that the guest should get */
static uint32_t delivered[LINKS];
static uint32_t number;
static uint32_t room; /* frames that the guest takes */

static const unsigned char own[6] = {2, 0, 0, 0, 0, 0x10};
static unsigned char peers[LINKS][6] = {{2, 0, 0, 0, 0, 0x20}, {2, 0, 0, 0, 0, 0x21}, {2, 0, 0, 0, 0, 0x22}};

/* A table that holds the peers, found once by trying. */
static uint64_t entries[8];
static const uint16_t displacements[1];
static struct topoc_mac_table table = {entries, displacements, 0x9e3779b97f4a7c15u, 7, 0};

static bool fill_table(void)
{
    for (unsigned int i = 0; i < 8; i++) {
        entries[i] = TOPOC_MAC_NO_LINK;
    }
    for (uint16_t i = 0; i < LINKS; i++) {
        uint64_t address = topoc_mac_number(peers[i]);
        uint64_t slot = topoc_mac_hash(address, table.multiplier) >> 40 & table.entry_mask;
        if (entries[slot] != TOPOC_MAC_NO_LINK) {
            return false;
        }
        entries[slot] = address << 16 | i;
    }
    return true;
}

static void signal_peer(void *context)
{
    (void)context;
}

static void done(void *context, void *cookie)
{
    bool *flag = cookie;
    (void)context;
    FUZZ_REQUIRE(flag >= busy && flag < busy + BUFFERS && *flag);
    *flag = false;
}

static void write_frame(unsigned char *to, const unsigned char *destination, const unsigned char *source,
                        uint32_t length)
{
    struct content content = {number, ~number};
    memset(to, (int)(number & 0xffu), length);
    memcpy(to, destination, 6);
    memcpy(to + 6, source, 6);
    to[12] = 0x88; /* a local experimental EtherType */
    to[13] = 0xb5;
    memcpy(to + HEADER, &content, sizeof(content));
    number++;
}

/* The number of a frame that is whole. */
static uint32_t read_frame(const unsigned char *bytes, uint32_t length)
{
    struct content content;
    FUZZ_REQUIRE(length >= HEADER + sizeof(content) && length <= FRAME_MAX);
    memcpy(&content, bytes + HEADER, sizeof(content));
    FUZZ_REQUIRE(content.check == ~content.number);
    for (uint32_t i = HEADER + sizeof(content); i < length; i++) {
        FUZZ_REQUIRE(bytes[i] == (unsigned char)content.number);
    }
    return content.number;
}

static bool deliver(void *context, const struct topoc_switch_frame *frame)
{
    uint32_t *budget = context;
    unsigned char bytes[FRAME_MAX];
    FUZZ_REQUIRE(frame->length >= HEADER && frame->length <= FRAME_MAX);
    if (room == 0) {
        return false;
    }
    FUZZ_REQUIRE(*budget > 0);
    (*budget)--;
    room--;
    topoc_switch_frame_copy(frame, bytes);
    for (unsigned int i = 0; i < LINKS; i++) {
        if (memcmp(bytes + 6, peers[i], 6) == 0) {
            if (i > 0) {
                read_frame(bytes, frame->length);
            }
            delivered[i]++;
            return true;
        }
    }
    fuzz_fail("a frame with a source address that no peer has");
}

static uint32_t bound(uint32_t frames)
{
    return (frames + 8u * LINKS) * (16u + 16u * RING);
}

static void check(void)
{
    for (unsigned int i = 1; i < LINKS; i++) {
        FUZZ_REQUIRE(links[i].state == TOPOC_LINK_LIVE);
        FUZZ_REQUIRE(links[i].driver.fault == TOPOC_VQ_SOUND && links[i].device.fault == TOPOC_VQ_SOUND);
    }
    if (links[0].state == TOPOC_LINK_BROKEN) {
        fuzz_close(0);
        fuzz_close(1);
    }
}

static void guest_sends(uint8_t to, uint8_t extra)
{
    static const unsigned char broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    unsigned int buffer = 0;
    uint32_t length = HEADER + sizeof(struct content) + extra % (FRAME_MAX - HEADER - sizeof(struct content) + 1u);
    if (TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE && length == 128u) {
        length--; /* of libvirtqueue's blocks: no receiver knows of the last such frame whether it goes on */
    }
    while (buffer < BUFFERS && busy[buffer]) {
        buffer++;
    }
    if (buffer == BUFFERS) {
        return;
    }
    to %= LINKS + 1u;
    write_frame(buffers[buffer], to < LINKS ? peers[to] : broadcast, own, length);
    for (unsigned int i = 0; i < LINKS; i++) {
        sent[i] += to == i || to == LINKS;
    }
    busy[buffer] = true;
    if (topoc_switch_send(&sw, buffers[buffer], length, &busy[buffer]) == TOPOC_SWITCH_DONE) {
        busy[buffer] = false;
    }
}

/* An honest peer takes what is there. */
static void peer_receives(unsigned int i)
{
    unsigned char bytes[FRAME_MAX];
    uint32_t length;
    fuzz_peer_plays(true);
    while (topoc_link_copy(&peer_devices[i], bytes, sizeof(bytes), &length) == TOPOC_VQ_READY) {
        topoc_link_commit(&peer_devices[i]);
        if (i > 0) {
            uint32_t found = read_frame(bytes, length);
            FUZZ_REQUIRE(arrived[i] == 0 || found > newest[i]);
            newest[i] = found;
            arrived[i]++;
        }
    }
    topoc_link_device_flush(&peer_devices[i]);
    fuzz_peer_plays(false);
}

static void peer_sends(unsigned int i, uint8_t extra)
{
    unsigned char *buffer;
    uint32_t length = HEADER + sizeof(struct content) + extra % 100u;
    fuzz_peer_plays(true);
    if (topoc_link_reserve(&peer_drivers[i], length, &buffer) == TOPOC_VQ_READY) {
        write_frame(buffer, own, peers[i], length);
        topoc_link_publish(&peer_drivers[i], length);
        offered[i]++;
    }
    fuzz_peer_plays(false);
}

static void receive(uint32_t budget, uint32_t guest_room)
{
    uint32_t left = budget;
    room = guest_room;
    fuzz_allow(bound(budget));
    topoc_switch_receive(&sw, budget, deliver, &left);
}

static void step(void)
{
    uint8_t what = fuzz_u8() % 16u;
    fuzz_allow(bound(1));
    switch (what) {
    case 0:
    case 1: {
        uint8_t to = fuzz_u8();
        guest_sends(to, fuzz_u8());
        break;
    }
    case 2:
        topoc_switch_flush(&sw);
        break;
    case 3:
        fuzz_allow(bound(BUFFERS * LINKS));
        topoc_switch_resume(&sw);
        break;
    case 4:
    case 5: {
        uint8_t budget = fuzz_u8() % 64u;
        receive(budget, fuzz_u8() % 16u);
        break;
    }
    case 6:
        topoc_switch_listen(&sw);
        break;
    case 7:
    case 8:
        peer_receives(fuzz_u8() % LINKS);
        break;
    case 9:
    case 10: {
        uint8_t peer = fuzz_u8();
        peer_sends(peer % LINKS, fuzz_u8());
        break;
    }
    default: {
        bool in = (fuzz_u8() & 1u) != 0;
        fuzz_peer_in(in ? 1 : 0, RING);
        if (in) {
            spots_of_device(&links[0].device);
        } else {
            spots_of_driver(&links[0].driver);
        }
        if (what < 13u) {
            fuzz_peer_arm();
        } else {
            fuzz_peer_write();
        }
        break;
    }
    }
    check();
}

/* When all is drained, every frame of an honest link is accounted for. */
static void settle(void)
{
    for (unsigned int turns = 0; turns < 2u * BUFFERS; turns++) {
        for (unsigned int i = 1; i < LINKS; i++) {
            peer_receives(i);
        }
        fuzz_allow(bound(BUFFERS * LINKS));
        topoc_switch_resume(&sw);
        receive(64, 64);
        check();
    }
    for (unsigned int i = 1; i < LINKS; i++) {
        const struct topoc_switch_counters *counters = &links[i].counters;
        peer_receives(i);
        FUZZ_REQUIRE(links[i].parked == 0);
        FUZZ_REQUIRE(counters->sent_frames == arrived[i]);
        FUZZ_REQUIRE(arrived[i] + counters->send_drops[TOPOC_DROP_NO_ROOM] == sent[i]);
        FUZZ_REQUIRE(delivered[i] == offered[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t script_size)
{
    uint32_t where;
    uint32_t size = (TOPOC_LINK(overhead)(RING) + 1024u + 7u) & ~7u;
    fuzz_begin(script, script_size);
    while (!fill_table()) {
        table.multiplier += 2;
    }
    memset(busy, 0, sizeof(busy));
    number = 1;
    for (unsigned int i = 0; i < LINKS; i++) {
        unsigned char *out = fuzz_window(2u * i, size, 0, rings_size(RING));
        unsigned char *in = fuzz_window(2u * i + 1u, size, 0, rings_size(RING));
        links[i].peer = topoc_mac_number(peers[i]);
        links[i].signal = signal_peer;
        sent[i] = arrived[i] = offered[i] = delivered[i] = 0;
        fuzz_peer_plays(true);
        FUZZ_REQUIRE(topoc_link_driver_init(&links[i].driver, out, size, RING, ends[2u * i])
                     && topoc_link_device_init(&peer_devices[i], out, size, RING)
                     && topoc_link_driver_init(&peer_drivers[i], in, size, RING, ends[2u * i + 1u])
                     && topoc_link_device_init(&links[i].device, in, size, RING));
        fuzz_peer_plays(false);
    }
    const struct topoc_switch_config config = {
        .address = topoc_mac_number(own), .sources = TOPOC_SOURCES_PINNED, .frame_max = FRAME_MAX, .table = &table,
        .links = links, .link_count = LINKS, .parked_count = BUFFERS - 1u, .parked = parked, .done = done,
    };
    fuzz_allow(bound(0));
    FUZZ_REQUIRE(topoc_switch_init(&sw, &config, &where) == TOPOC_SWITCH_SOUND);
    fuzz_peer_in(1, RING);
    fuzz_peer_in(0, RING);
    while (fuzz_more()) {
        step();
    }
    settle();
    return 0;
}
