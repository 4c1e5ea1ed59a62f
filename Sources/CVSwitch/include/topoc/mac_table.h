/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * From a MAC address to a link: a perfect hash that topoc's compiler has computed (hash and displace), so that a look-up
 * is two loads and one comparison, however many addresses there are.
 *
 * An address is a number here: its six octets in the order in which they stand in a frame, the first in the lowest
 * eight bits. A hash picks a bucket; the bucket's displacement, combined with other bits of the hash, is the only slot
 * in which the address can be.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* No link; as the low half of an entry, a slot without an address. */
#define TOPOC_MAC_NO_LINK 0xffffu
#define TOPOC_MAC_MASK 0xffffffffffffull
#define TOPOC_MAC_BROADCAST 0xffffffffffffull

/*
 * What the compiler prints. `entries` are entry_mask + 1 numbers: the address in the upper 48 bits, the link in the
 * lower 16; a slot without an address is TOPOC_MAC_NO_LINK. `displacements` are bucket_mask + 1 numbers. Both masks are
 * one less than a power of two, and entry_mask is less than 2^24.
 */
struct topoc_mac_table {
    const uint64_t *entries;
    const uint16_t *displacements;
    uint64_t multiplier;
    uint32_t entry_mask;
    uint32_t bucket_mask;
};

/* The number of an address whose octets stand at `octets`. */
static inline uint64_t topoc_mac_number(const unsigned char *octets)
{
    uint32_t low;
    uint16_t high;
    /* Two loads, where compilers make six of a loop; the machine is little-endian (vq_access.h). */
    memcpy(&low, octets, sizeof(low));
    memcpy(&high, octets + 4, sizeof(high));
    return (uint64_t)high << 32 | low;
}

/* Broadcast, and every multicast: the lowest bit of the first octet (IEEE 802, 8.2). */
static inline bool topoc_mac_is_group(uint64_t address)
{
    return (address & 1u) != 0;
}

/* Whether one station can have the address. */
static inline bool topoc_mac_is_station(uint64_t address)
{
    return address != 0 && !topoc_mac_is_group(address);
}

/*
 * A product's upper bits depend on all of the factor, its lower bits on few; folding the upper half down, twice, makes
 * both halves depend on every bit of the address.
 */
static inline uint64_t topoc_mac_hash(uint64_t address, uint64_t multiplier)
{
    uint64_t product = address * multiplier;
    product = (product ^ (product >> 32)) * multiplier;
    return product ^ (product >> 32);
}

/* The link that leads to `address`, or TOPOC_MAC_NO_LINK. */
static inline uint16_t topoc_mac_find(const struct topoc_mac_table *table, uint64_t address)
{
    uint64_t hash = topoc_mac_hash(address, table->multiplier);
    uint32_t displacement = table->displacements[(uint32_t)hash & table->bucket_mask];
    uint64_t entry = table->entries[((uint32_t)(hash >> 40) ^ displacement) & table->entry_mask];
    return (entry >> 16) == address ? (uint16_t)entry : (uint16_t)TOPOC_MAC_NO_LINK;
}
