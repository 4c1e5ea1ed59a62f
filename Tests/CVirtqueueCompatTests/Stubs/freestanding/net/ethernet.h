/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* An Ethernet address, for machines without a C library of their own here. */

#pragma once

#define ETH_ALEN 6

struct ether_addr {
    unsigned char ether_addr_octet[ETH_ALEN];
};
