/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include "port.h"
#include "script.h"
#include "state.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <vhost_user/guest_side.h>

#define WATCHES 4u
#define WAITING 16u
#define LOADS 16u /* for a descriptor, which is measured and used, and for the ring itself */
#define FRAME_MAX 1526u

struct lab_port {
    void *guest;
    struct lab_watch *watches[WATCHES];
    struct lab_packet *waiting[WAITING];
    uint32_t waiting_count;
    enum lab_guest_state state;
    struct lab_interface_stats stats;
};

static struct lab_port port;

bool lab_watch_add(struct lab_port *of, struct lab_watch *watch, uint32_t events)
{
    (void)events;
    FUZZ_REQUIRE(watch->descriptor >= 0);
    for (unsigned int i = 0; i < WATCHES; i++) {
        FUZZ_REQUIRE(of->watches[i] != watch);
        if (of->watches[i] == NULL) {
            of->watches[i] = watch;
            return true;
        }
    }
    fuzz_fail("more descriptors are waited for than there are");
}

bool lab_watch_change(struct lab_port *of, struct lab_watch *watch, uint32_t events)
{
    (void)of;
    (void)events;
    FUZZ_REQUIRE(watch->descriptor >= 0);
    return true;
}

void lab_watch_remove(struct lab_port *of, struct lab_watch *watch)
{
    FUZZ_REQUIRE(watch->descriptor >= 0);
    for (unsigned int i = 0; i < WATCHES; i++) {
        if (of->watches[i] == watch) {
            of->watches[i] = NULL;
            return;
        }
    }
    fuzz_fail("a watch is removed that was not added");
}

bool lab_port_ready(const struct lab_port *of)
{
    return of->waiting_count < WAITING;
}

bool lab_port_send(struct lab_port *of, struct lab_packet *packet)
{
    static unsigned char copy[LAB_FRAME_MAX];
    FUZZ_REQUIRE(packet->count == 1 && of->waiting_count < WAITING);
    FUZZ_REQUIRE(packet->segments[0].length >= LAB_ETHERNET_HEADER && packet->segments[0].length <= 1514u);
    FUZZ_REQUIRE(lab_offload_is_sound(&packet->offload, packet->segments[0].length, true));
    memcpy(copy, packet->segments[0].base, packet->segments[0].length);
    for (uint32_t i = 0; i < of->waiting_count; i++) {
        FUZZ_REQUIRE(of->waiting[i] != packet);
    }
    if ((packet->segments[0].base[0] & 1) != 0) {
        of->waiting[of->waiting_count++] = packet;
        return false;
    }
    return true;
}

void lab_port_kick(struct lab_port *of)
{
    (void)of;
}

void lab_port_room(struct lab_port *of)
{
    (void)of;
}

void lab_port_forget(struct lab_port *of)
{
    (void)of;
    fuzz_port_settle();
}

void lab_port_state(struct lab_port *of, enum lab_guest_state state, const char *text)
{
    FUZZ_REQUIRE(text != NULL && strnlen(text, LAB_TEXT_MAX) < LAB_TEXT_MAX);
    of->state = state;
}

void lab_port_lost(struct lab_port *of, uint64_t frames)
{
    (void)of;
    FUZZ_REQUIRE(frames > 0 && frames <= 1024u);
}

struct lab_interface_stats *lab_port_stats(struct lab_port *of)
{
    return &of->stats;
}

void fuzz_port_open(const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct lab_vm vm = { .frame_max = 1514, .offload = 1 };
    char text[LAB_TEXT_MAX];
    memcpy(address.sun_path + 1, name, strlen(name));
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    FUZZ_REQUIRE(bind(listening, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(listening, 4) == 0);
    port.guest = lab_vhost_user_side.open(&port, &vm, listening, text);
    FUZZ_REQUIRE(port.guest != NULL);
    fuzz_state_of(port.guest);
}

/* A ring has at most as many chains as it is long, and none is longer; a frame has no more parts than bytes. */
static void allow(uint32_t chains)
{
    fuzz_allow(LOADS * (chains * fuzz_state_length() + FRAME_MAX));
}

void fuzz_port_look(void)
{
    for (unsigned int i = 0; i < WATCHES; i++) {
        if (port.watches[i] != NULL) {
            allow(fuzz_state_length());
            port.watches[i]->ready(port.watches[i], 1);
        }
    }
    fuzz_state_check();
}

void fuzz_port_settle(void)
{
    while (port.waiting_count > 0) {
        lab_vhost_user_side.done(port.guest, port.waiting[--port.waiting_count]);
    }
}

static void deliver(void)
{
    static unsigned char bytes[1514];
    struct lab_delivery delivery = { .count = 2 };
    uint16_t length = (uint16_t)(LAB_ETHERNET_HEADER + 1u + fuzz_u16() % 1500u);
    delivery.length = length;
    delivery.offload.flags = fuzz_u8() & 3u;
    delivery.segments[0] = (struct topoc_vq_segment) {
        bytes, LAB_ETHERNET_HEADER
    };
    delivery.segments[1] = (struct topoc_vq_segment) {
        bytes + LAB_ETHERNET_HEADER, length - LAB_ETHERNET_HEADER
    };
    lab_vhost_user_side.deliver(port.guest, &delivery);
}

void fuzz_port_call(void)
{
    uint8_t choice = fuzz_u8();
    switch (choice % 8u) {
    case 0:
        /* A ring that is not enabled gives back all that it has. */
        fuzz_allow(LOADS * fuzz_state_length() * (fuzz_state_sends() ? 2u + choice / 8u : fuzz_state_length()));
        FUZZ_REQUIRE(lab_vhost_user_side.transmit(port.guest, 1u + choice / 8u) <= 1u + choice / 8u);
        break;
    case 1:
        allow(1);
        lab_vhost_user_side.listen(port.guest, (choice & 8u) != 0);
        break;
    case 2:
        allow(1);
        lab_vhost_user_side.poll(port.guest);
        break;
    case 3:
        fuzz_port_settle();
        break;
    case 4:
        allow(1);
        lab_vhost_user_side.flush(port.guest);
        break;
    default:
        allow(1);
        deliver();
        break;
    }
    fuzz_state_check();
}

enum lab_guest_state fuzz_port_state(void)
{
    return port.state;
}
