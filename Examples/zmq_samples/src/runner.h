/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* All scenarios, one after the other: on one VM, then across all VMs. */

#pragma once

#include "party.h"

#include <stdint.h>

#define MOST_VMS 16

struct run {
    const char *addresses[MOST_VMS]; /* IPv4, by number of VM */
    uint32_t vms;                    /* 0: on one VM alone */
    uint32_t vm;                     /* the number of this one */
    uint16_t port;                   /* the first of four that are used, one after the other */
    int limit;                       /* seconds for one scenario, from the moment its partners are there */
    struct patience patience;
    uint32_t seed;
    uint32_t round_trips;
    const char *json;                /* the file that takes the figures; NULL: none */
};

/* False: a scenario failed, and why was said. */
bool run_all(const struct run *run);
