/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Traffic between two drivers of virtio-net, through two back ends that are joined back to back. */

#pragma once

#include <stdint.h>

struct exchange_setup {
    uint64_t features; /* without VHOST_USER_PROTOCOL_FEATURES */
    uint16_t length;   /* of the rings */
    uint16_t start;    /* position that the rings start at: indices that wrap */
    uint32_t frames;   /* that each driver sends */
    uint32_t room;     /* bytes of a receive buffer, at most */
    uint32_t least;    /* and at least, with VIRTIO_NET_MRG_RXBUF; all buffers of a ring must hold the longest frame */
    uint32_t disconnects; /* in mid traffic, and a new connection each */
    uint32_t restarts;    /* back ends that die in mid traffic, and new ones that take their place */
    uint64_t seed;
};

struct exchange_result {
    const char *fault; /* what went wrong, or NULL */
    uint64_t sent;     /* by both drivers */
    uint64_t received;
    uint64_t lost;     /* counted as completed without being sent */
    uint64_t vanished; /* with a back end that died, or given to a driver that was not there */
    uint64_t merged;   /* frames that took more than one buffer */
    uint64_t interrupts;
};

/* Frames are checked to be whole, in order, and there once at most; where nothing dies, all are there. */
struct exchange_result harness_exchange(const struct exchange_setup *setup);
