/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A hostile front end and a hostile guest of the vhost-user back end: messages that are right but for what the script
 * changes in them, bytes that are no messages, memory that is written and shortened at any moment. Whatever came
 * before, a sound front end is served afterwards, and nothing is left open or mapped.
 */

#define _GNU_SOURCE

#include "port.h"
#include "script.h"
#include "state.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vhost_user/message.h>

#define RING 16u

/* Descriptors that a message can bear. */
enum thing { MEMORY, EVENT, SOCKET, NOTHING_OPEN, THINGS };

static char name[40]; /* of the listening socket; several runs may go on at once */
static int things[THINGS];
static unsigned char *memory;
static int front = -1;
static uint64_t features;
static uint64_t file_bytes; /* of the guest's memory */
static bool in_step;        /* what was sent on this connection are whole messages */

static void connect_front(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    memcpy(address.sun_path + 1, name, strlen(name));
    if (front >= 0) {
        close(front);
        fuzz_port_look();
    }
    front = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    FUZZ_REQUIRE(connect(front, (struct sockaddr *)&address, sizeof(address)) == 0);
    in_step = true;
    fuzz_port_look();
}

static void set_file_bytes(uint64_t bytes)
{
    FUZZ_REQUIRE(ftruncate(things[MEMORY], (off_t)bytes) == 0);
    file_bytes = bytes;
}

/* Sends as many bytes as there are, with descriptors. */
static void send_bytes(const void *bytes, size_t size, const int *descriptors, uint32_t count)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(16 * sizeof(int))];
    } control;
    struct iovec piece = { (void *)(uintptr_t)bytes, size };
    struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
    char replies[256];
    if (count > 0) {
        memset(&control, 0, sizeof(control));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(&control.header), descriptors, count * sizeof(int));
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    }
    (void)!sendmsg(front, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    fuzz_port_look();
    while (recv(front, replies, sizeof(replies), MSG_DONTWAIT) > 0) {
    }
}

static void send_message(const struct vhost_user_message *message)
{
    unsigned char whole[sizeof(message->header) + sizeof(message->payload)];
    size_t size = message->header.size < sizeof(message->payload) ? message->header.size : sizeof(message->payload);
    memcpy(whole, &message->header, sizeof(message->header));
    memcpy(whole + sizeof(message->header), &message->payload, size);
    bool events[VHOST_USER_REGIONS_MAX] = { false }, memories[VHOST_USER_REGIONS_MAX] = { false };
    for (uint32_t i = 0; i < message->descriptor_count; i++) {
        events[i] = message->descriptors[i] == things[EVENT];
        memories[i] = message->descriptors[i] == things[MEMORY];
    }
    send_bytes(whole, sizeof(message->header) + size, message->descriptors, message->descriptor_count);
    if (in_step && fuzz_message_is_wrong(message, file_bytes, events, memories)) {
        FUZZ_REQUIRE(!fuzz_state_is_connected());
    }
    in_step = in_step && size == message->header.size;
}

/* A message as it should be. */
static struct vhost_user_message sound(uint32_t request, uint32_t ring)
{
    static const uint32_t sizes[VHOST_USER_REQUEST_END] = {
        [VHOST_USER_SET_FEATURES] = 8, [VHOST_USER_SET_MEM_TABLE] = 72, [VHOST_USER_SET_VRING_NUM] = 8,
        [VHOST_USER_SET_VRING_ADDR] = 40, [VHOST_USER_SET_VRING_BASE] = 8, [VHOST_USER_GET_VRING_BASE] = 8,
        [VHOST_USER_SET_VRING_KICK] = 8, [VHOST_USER_SET_VRING_CALL] = 8, [VHOST_USER_SET_VRING_ERR] = 8,
        [VHOST_USER_SET_PROTOCOL_FEATURES] = 8, [VHOST_USER_SET_VRING_ENABLE] = 8, [VHOST_USER_NET_SET_MTU] = 8,
    };
    struct vhost_user_message message;
    memset(&message, 0, sizeof(message));
    message.header.request = request;
    message.header.flags = VHOST_USER_VERSION;
    message.header.size = request < VHOST_USER_REQUEST_END ? sizes[request] : 0;
    switch (request) {
    case VHOST_USER_SET_FEATURES:
        message.payload.value = features;
        break;
    case VHOST_USER_SET_PROTOCOL_FEATURES:
        message.payload.value = VHOST_USER_PROTOCOL_REPLY_ACK | VHOST_USER_PROTOCOL_MTU;
        break;
    case VHOST_USER_SET_MEM_TABLE:
        message.payload.table.count = 2;
        message.descriptor_count = 2;
        for (uint32_t i = 0; i < 2; i++) {
            struct vhost_user_region *region = &message.payload.table.regions[i];
            region->guest_address = i == 0 ? 0x10000 : 0x100000000;
            region->user_address = 0x7f0000000000 + i * (uint64_t)FUZZ_REGION * 2u;
            region->size = FUZZ_REGION;
            region->offset = i * FUZZ_REGION;
            message.descriptors[i] = things[MEMORY];
        }
        break;
    case VHOST_USER_SET_VRING_NUM:
        message.payload.state.value = RING;
        break;
    case VHOST_USER_SET_VRING_BASE:
        message.payload.state.value = (features & VIRTIO_RING_PACKED) != 0 ? 0x80008000u : 0;
        break;
    case VHOST_USER_SET_VRING_ENABLE:
        message.payload.state.value = 1;
        break;
    case VHOST_USER_SET_VRING_ADDR:
        message.payload.addresses.descriptors = 0x7f0000000000 + ring * 1024u;
        message.payload.addresses.available = 0x7f0000000000 + 512u + ring * 1024u;
        message.payload.addresses.used = 0x7f0000000000 + 640u + ring * 1024u;
        break;
    case VHOST_USER_SET_VRING_KICK:
    case VHOST_USER_SET_VRING_CALL:
    case VHOST_USER_SET_VRING_ERR:
        message.descriptor_count = 1;
        message.descriptors[0] = things[EVENT];
        break;
    default:
        break;
    }
    if (message.header.size > 0 && request >= VHOST_USER_SET_VRING_NUM
        && request != VHOST_USER_SET_PROTOCOL_FEATURES && request != VHOST_USER_NET_SET_MTU) {
        message.payload.state.ring = ring;
    }
    return message;
}

/* Adds some to a number of a message: a few bytes, or as many as a region has less a few. */
static void nudge(unsigned char *at, bool far)
{
    uint64_t number;
    memcpy(&number, at, sizeof(number));
    number += (uint64_t)fuzz_u8() - 16u + (far ? FUZZ_REGION - 128u : 0);
    memcpy(at, &number, sizeof(number));
}

/* Makes a number of a region what it is in the other, or some pages more: they overlap, or pass their file's end. */
static void approach(struct vhost_user_table *table, uint8_t at)
{
    unsigned char *to = (unsigned char *)&table->regions[at % 2u] + at / 2u % 4u * 8u;
    unsigned char *from = (unsigned char *)&table->regions[1u - at % 2u] + at / 2u % 4u * 8u;
    uint64_t number;
    memcpy(&number, from, sizeof(number));
    number += fuzz_u8() % 16u * (uint64_t)4096;
    memcpy(to, &number, sizeof(number));
}

/* Changes as many fields of a message as the script says. */
static void damage(struct vhost_user_message *message)
{
    uint8_t count = fuzz_u8() % 4u;
    enum thing kind = message->header.request == VHOST_USER_SET_MEM_TABLE ? MEMORY : EVENT;
    for (uint8_t i = 0; i < count; i++) {
        uint8_t choice = fuzz_u8();
        uint32_t at = fuzz_u8();
        uint64_t value = (choice & 8u) != 0 ? (uint64_t)fuzz_u16() << (fuzz_u8() % 49u) : 0 - (uint64_t)fuzz_u8();
        unsigned char *payload = (unsigned char *)&message->payload;
        switch (choice % 8u) {
        case 0:
            message->header.flags ^= (uint32_t)value;
            break;
        case 1:
            message->header.size = (uint32_t)value;
            break;
        case 2:
            message->descriptor_count = (uint32_t)value % (VHOST_USER_REGIONS_MAX + 1u);
            for (uint32_t j = 0; j < message->descriptor_count; j++) {
                /* Of the kind that it should be, or of any. */
                message->descriptors[j] = things[(choice & 16u) != 0 ? kind : (at + j) % NOTHING_OPEN];
            }
            break;
        case 3:
            /* Off by a little: over an edge, or not aligned. */
            nudge(payload + at % (message->header.size / 8u + 1u) * 8u % sizeof(message->payload), (choice & 16u) != 0);
            break;
        case 4:
            if (kind == MEMORY) {
                approach(&message->payload.table, (uint8_t)at);
            } else {
                message->payload.state.ring = at % 4u;
            }
            break;
        default:
            at = at % (sizeof(message->payload) / 4u) * 4u;
            memcpy(payload + at, &value, (choice & 16u) != 0 && at + 8u <= sizeof(message->payload) ? 8 : 4);
            break;
        }
    }
}

/* All that makes both rings run. Message number `wrong`, counted from 1, is damaged. */
static void start(uint8_t wrong)
{
    fuzz_guest_begin();
    static const uint32_t once[] = { VHOST_USER_SET_OWNER, VHOST_USER_SET_FEATURES, VHOST_USER_SET_MEM_TABLE };
    static const uint32_t each[] = {
        VHOST_USER_SET_VRING_CALL, VHOST_USER_SET_VRING_ERR, VHOST_USER_SET_VRING_NUM, VHOST_USER_SET_VRING_BASE,
        VHOST_USER_SET_VRING_ADDR, VHOST_USER_SET_VRING_KICK, VHOST_USER_SET_VRING_ENABLE,
    };
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++) {
        struct vhost_user_message message = sound(once[i], 0);
        if (--wrong == 0) {
            damage(&message);
        }
        send_message(&message);
    }
    for (uint32_t ring = 0; ring < 2; ring++) {
        for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
            struct vhost_user_message message = sound(each[i], ring);
            if (--wrong == 0) {
                damage(&message);
            }
            send_message(&message);
        }
    }
}

static void shorten(void)
{
    uint32_t pages = fuzz_u8() % (FUZZ_MEMORY / 4096u);
    /* The guest's own touches would be its own end. */
    fuzz_guest_in(NULL);
    set_file_bytes((uint64_t)pages * 4096u);
}

static void step(void)
{
    uint8_t choice = fuzz_u8();
    switch (choice % 8u) {
    case 0:
    case 1: {
        /* Any, or one of those that say the most. */
        static const uint32_t many[] = {
            VHOST_USER_SET_MEM_TABLE, VHOST_USER_SET_VRING_ADDR, VHOST_USER_SET_VRING_KICK,
        };
        uint8_t which = fuzz_u8();
        uint32_t request = choice % 8u == 0 ? which % (VHOST_USER_REQUEST_END + 2u) : many[which % 3u];
        struct vhost_user_message message = sound(request, (choice & 8u) != 0);
        damage(&message);
        send_message(&message);
        break;
    }
    case 2: {
        unsigned char bytes[16];
        uint8_t count = 1u + fuzz_u8() % sizeof(bytes);
        for (uint8_t i = 0; i < count; i++) {
            bytes[i] = fuzz_u8();
        }
        in_step = false;
        send_bytes(bytes, count, things, choice / 8u % 16u < THINGS ? choice / 8u % THINGS : 0);
        break;
    }
    case 3:
        switch (choice / 8u % 8u) {
        case 0:
            shorten();
            break;
        case 1:
            connect_front();
            break;
        default:
            connect_front();
            start(fuzz_u8() % 32u);
            break;
        }
        break;
    case 4:
        fuzz_guest_arm();
        fuzz_port_call();
        break;
    case 5:
        fuzz_port_call();
        break;
    case 6:
        fuzz_guest_offer((choice & 8u) != 0, RING, (features & VIRTIO_RING_PACKED) != 0);
        break;
    default:
        fuzz_guest_write();
        break;
    }
}

/* The least number that a new descriptor gets: it grows where one was left open. */
static int least_descriptor(void)
{
    int descriptor = dup(things[EVENT]);
    close(descriptor);
    return descriptor;
}

static void open_all(void)
{
    snprintf(name, sizeof(name), "topoc-fuzz-vhost-user-%d", (int)getpid());
    fuzz_port_open(name);
    things[MEMORY] = memfd_create("guest", 0);
    things[EVENT] = eventfd(0, EFD_NONBLOCK);
    things[SOCKET] = socket(AF_UNIX, SOCK_STREAM, 0);
    set_file_bytes(FUZZ_MEMORY);
    memory = mmap(NULL, FUZZ_MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED, things[MEMORY], 0);
    FUZZ_REQUIRE(memory != MAP_FAILED);
}

int LLVMFuzzerTestOneInput(const uint8_t *script, size_t size)
{
    if (memory == NULL) {
        open_all();
    }
    int least = least_descriptor();
    fuzz_begin(script, size);
    fuzz_guest_in(memory);
    memset(memory, 0, FUZZ_MEMORY);
    features = VIRTIO_VERSION_1 | VHOST_USER_PROTOCOL_FEATURES;
    uint8_t choice = fuzz_u8();
    features |= ((choice & 1u) != 0 ? VIRTIO_RING_PACKED : 0) | ((choice & 2u) != 0 ? VIRTIO_IN_ORDER : 0)
                | ((choice & 4u) != 0 ? VIRTIO_NET_MRG_RXBUF : 0) | ((choice & 8u) != 0 ? VIRTIO_INDIRECT_DESC : 0)
                | ((choice & 16u) != 0 ? VIRTIO_EVENT_IDX : 0)
                | ((choice & 32u) != 0 ? VIRTIO_NET_CSUM | VIRTIO_NET_GUEST_CSUM | VIRTIO_NET_HOST_TSO4 : 0);
    connect_front();
    if ((choice & 64u) != 0) {
        start(0);
    }
    while (fuzz_more()) {
        step();
    }
    /* Whatever came before, this is served. */
    fuzz_guest_disarm();
    set_file_bytes(FUZZ_MEMORY);
    connect_front();
    /* Not before: what the back end held, it has given back just now. */
    memset(memory, 0, FUZZ_MEMORY);
    start(0);
    FUZZ_REQUIRE(fuzz_port_state() == LAB_GUEST_READY);
    close(front);
    front = -1;
    fuzz_port_look();
    fuzz_port_settle();
    FUZZ_REQUIRE(fuzz_port_state() == LAB_GUEST_GONE);
    FUZZ_REQUIRE(least_descriptor() == least);
    return 0;
}
