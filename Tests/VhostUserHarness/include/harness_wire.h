/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Two guests, joined back to back: what the one sends the other receives, in order, without a link or a switch between
 * them. It stands where the device's loop does, and offers lab_port_… to the guests' side.
 */

#pragma once

#include <lab/control.h>
#include <lab/stats.h>

#define WIRE_ENDS 2

/* What became of the frames of one guest. */
struct wire_counts {
    uint64_t sent;      /* by the guest */
    uint64_t bytes;     /* of Ethernet frames */
    uint64_t delivered; /* to the other */
    uint64_t discarded; /* by the other's side */
    uint64_t no_room;   /* times that the other's had none */
    uint64_t lost;      /* at a restart */
    uint64_t drops[LAB_DROP_COUNT];
    uint64_t to_guest_drops;
    uint64_t interrupts;
    uint64_t states; /* how often the guest's state was told */
    enum lab_guest_state state;
    char text[LAB_TEXT_MAX];
};

struct wire;

/* Takes over two listening sockets. NULL: `text`, of LAB_TEXT_MAX bytes, says why. */
struct wire *wire_open(const int listening[WIRE_ENDS], const struct lab_vm *vm, char *text);
void wire_close(struct wire *wire);

/* Moves frames until `until` becomes readable, or for so many milliseconds. */
void wire_run(struct wire *wire, int until, int milliseconds);

struct wire_counts wire_count(const struct wire *wire, int end);

/* A listening socket of a path, which begins with a slash, or of an abstract name; -1 with errno. */
int wire_listen(const char *name);
