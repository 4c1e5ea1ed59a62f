/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A front end of vhost-user with its memory, on one thread with the back end that it talks to: after each message the
 * wire is run until it has nothing more to do.
 */

#pragma once

#include <harness_wire.h>
#include <vhost_user/message.h>

/* Two regions of a front end's memory, apart from each other in the guest's addresses and in the front end's own. */
#define FRONT_REGIONS 2u
#define FRONT_REGION_BYTES (1u << 21)
#define FRONT_GUEST_ADDRESS(region) (UINT64_C(0x10000000) + (region) * UINT64_C(0x100000000))
#define FRONT_USER_ADDRESS(region) (UINT64_C(0x7f0000000000) - (region) * UINT64_C(0x40000000))

struct front {
    struct wire *wire;
    int socket;
    int memory;          /* a memfd that holds both regions */
    unsigned char *base; /* where it is mapped */
    int kicks[2];
    int calls[2];
    int errors[2];
};

/* Makes the memory and the eventfds. `sealed`: nobody can shorten it. */
bool front_open(struct front *front, struct wire *wire, bool sealed);
void front_close(struct front *front);

/* Connects to a listening socket of wire_listen's. */
bool front_connect(struct front *front, const char *name);

/* Closes the connection, and lets the back end see it. */
void front_disconnect(struct front *front);

/* Sends a message as it is, in one piece, with its descriptors, which stay the front end's. */
bool front_send(struct front *front, const struct vhost_user_message *message);

/* Sends bytes of a message that is not whole. */
bool front_send_bytes(struct front *front, const void *bytes, uint32_t count);

/* What the back end did: a reply, the end of the connection, or neither. */
enum front_answer { FRONT_NOTHING, FRONT_REPLY, FRONT_CLOSED };
enum front_answer front_answer(struct front *front, struct vhost_user_message *reply);

/* Messages of one number, of a ring's number and a value, and with an eventfd (-1: none). */
struct vhost_user_message front_value(enum vhost_user_request request, uint64_t value);
struct vhost_user_message front_state(enum vhost_user_request request, uint32_t ring, uint32_t value);
struct vhost_user_message front_event(enum vhost_user_request request, uint32_t ring, int descriptor);

/* The table of both regions, and the addresses of a ring as front_parts has them. */
struct vhost_user_message front_table(const struct front *front);
struct vhost_user_message front_addresses(uint32_t ring, bool packed);

/* Where the parts of a ring lie: offsets into the first region. */
struct front_parts {
    uint32_t descriptors;
    uint32_t available; /* packed: the driver's events */
    uint32_t used;      /* packed: the device's events */
    uint32_t tables;    /* indirect tables, 8 entries each */
};

struct front_parts front_parts(uint32_t ring);

/* From SET_OWNER to SET_VRING_ENABLE of both rings. False where the back end closed the connection. */
bool front_start(struct front *front, uint64_t features, uint16_t length, const uint32_t bases[2]);
