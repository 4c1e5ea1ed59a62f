/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include "end.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE 20000u    /* turns without a frame, after which it stalls */

/* Takes all that is used: nothing comes between this and a new connection. */
static void settle(struct exchange *x, struct end *end)
{
    for (uint32_t ring = 0; ring < VHOST_USER_RINGS; ring++) {
        end->queues[ring].sleeps = false;
    }
    end_receive(x, end);
    end_complete(x, end);
}

static bool connect_end(struct exchange *x, struct end *end)
{
    uint32_t bases[VHOST_USER_RINGS];
    settle(x, end);
    for (uint32_t ring = 0; ring < VHOST_USER_RINGS; ring++) {
        uint64_t one = 1;
        bases[ring] = driver_queue_base(&end->queues[ring]);
        end->queues[ring].sleeps = false;
        /* As QEMU does: a device that comes anew has seen no kick. */
        (void)!write(end->front.kicks[ring], &one, sizeof(one));
    }
    return (front_connect(&end->front, end->name)
            && front_start(&end->front, x->setup->features, x->setup->length, bases))
           || exchange_fail(x, "a back end refused a connection");
}

/* The frames of a wire that ends. */
static void account(struct exchange *x)
{
    for (int i = 0; i < WIRE_ENDS; i++) {
        struct wire_counts counts = wire_count(x->wire, i);
        x->result.lost += counts.lost;
        x->result.vanished += counts.sent - counts.delivered;
        for (int j = 0; j < LAB_DROP_COUNT; j++) {
            x->result.vanished += counts.drops[j];
        }
    }
}

static bool open_wire(struct exchange *x, bool restarted)
{
    struct lab_vm vm = { .frame_max = FRAME_MAX, .restarted = restarted };
    char text[LAB_TEXT_MAX];
    int listening[WIRE_ENDS];
    for (int i = 0; i < WIRE_ENDS; i++) {
        listening[i] = wire_listen(x->ends[i].name);
    }
    x->wire = wire_open(listening, &vm, text);
    for (int i = 0; i < WIRE_ENDS; i++) {
        x->ends[i].front.wire = x->wire;
    }
    return x->wire != NULL || exchange_fail(x, "no back end");
}

/*
 * Whether a packed ring stands at the first slot of its first lap, or of one that looks like it: a back end refuses to go
 * on from there where a dead one came further, since front ends say so that do not know.
 */
static bool stands_at_first(const struct exchange *x)
{
    bool first = false;
    for (int i = 0; i < WIRE_ENDS * (int)VHOST_USER_RINGS; i++) {
        const struct end *end = &x->ends[i / (int)VHOST_USER_RINGS];
        uint32_t base = driver_queue_base(&end->queues[i % (int)VHOST_USER_RINGS]);
        first = first || (uint16_t)base == 0x8000u;
    }
    return first && (x->setup->features & VIRTIO_RING_PACKED) != 0;
}

/* The back ends die, and others take their place. */
static bool restart(struct exchange *x)
{
    account(x);
    wire_close(x->wire);
    for (int i = 0; i < WIRE_ENDS; i++) {
        close(x->ends[i].front.socket);
        x->ends[i].front.socket = -1;
        settle(x, &x->ends[i]);
    }
    return open_wire(x, !stands_at_first(x)) && connect_end(x, &x->ends[0]) && connect_end(x, &x->ends[1]);
}

static bool open_ends(struct exchange *x)
{
    for (int i = 0; i < WIRE_ENDS; i++) {
        snprintf(x->ends[i].name, sizeof(x->ends[i].name), "topoc-exchange/%d/%d/%p", (int)getpid(), i, (void *)x);
    }
    if (!open_wire(x, false)) {
        return false;
    }
    for (int i = 0; i < WIRE_ENDS; i++) {
        struct end *end = &x->ends[i];
        if (!front_open(&end->front, x->wire, true)) {
            return exchange_fail(x, "no memory for a front end");
        }
        for (uint32_t ring = 0; ring < VHOST_USER_RINGS; ring++) {
            if (!driver_queue_init(&end->queues[ring], &end->front, ring, x->setup->features, x->setup->length,
                                   x->setup->start)) {
                return exchange_fail(x, "no queue");
            }
        }
        if (!connect_end(x, end)) {
            return false;
        }
    }
    return true;
}

/* Whether nothing more will come. */
static bool is_over(const struct exchange *x)
{
    uint64_t gone = x->result.lost;
    for (int i = 0; i < WIRE_ENDS; i++) {
        struct wire_counts counts = wire_count(x->wire, i);
        if (x->ends[i].completed < x->setup->frames || counts.sent != counts.delivered + counts.discarded) {
            return false;
        }
        gone += counts.lost + counts.discarded;
        for (int j = 0; j < LAB_DROP_COUNT; j++) {
            gone += counts.drops[j];
        }
    }
    return x->result.received + x->result.vanished + gone == x->result.sent;
}

static void act(struct exchange *x)
{
    struct end *end = &x->ends[exchange_roll(x, WIRE_ENDS)];
    switch (exchange_roll(x, 5)) {
    case 0:
        end_transmit(x, end);
        break;
    case 1:
        end_post(x, end);
        break;
    case 2:
        end_receive(x, end);
        break;
    case 3:
        end_complete(x, end);
        break;
    default:
        wire_run(x->wire, -1, 0);
        break;
    }
}

struct exchange_result harness_exchange(const struct exchange_setup *setup)
{
    struct exchange *x = calloc(1, sizeof(*x));
    uint32_t idle = 0;
    uint64_t breaks = setup->disconnects + setup->restarts;
    uint64_t broken = 0;
    x->setup = setup;
    x->random = setup->seed * 0x9e3779b97f4a7c15u + 1u;
    bool open = open_ends(x);
    while (open && x->result.fault == NULL && !is_over(x)) {
        uint64_t before = x->result.received + x->result.sent;
        act(x);
        idle = before == x->result.received + x->result.sent ? idle + 1u : 0;
        if (idle == PATIENCE) {
            exchange_fail(x, "it stalls");
        }
        if (broken < breaks && x->result.sent > (broken + 1u) * 2u * setup->frames / (breaks + 1u)) {
            struct end *end = &x->ends[broken % 2u];
            if (broken++ < setup->restarts) {
                restart(x);
            } else {
                front_disconnect(&end->front);
                connect_end(x, end);
            }
        }
    }
    if (x->wire != NULL) {
        account(x);
        for (int i = 0; i < WIRE_ENDS; i++) {
            if (x->ends[i].front.base != NULL) {
                front_close(&x->ends[i].front);
            }
        }
        wire_close(x->wire);
    }
    struct exchange_result result = x->result;
    free(x);
    return result;
}
