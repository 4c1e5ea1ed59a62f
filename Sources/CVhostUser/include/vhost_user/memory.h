/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A front end's memory, mapped: what its descriptors (guest addresses) and its rings (the front end's own addresses)
 * point into.
 */

#pragma once

#include <stdbool.h>
#include <topoc/vq_types.h>
#include <vhost_user/fault.h>
#include <vhost_user/message.h>

struct vhost_user_mapping {
    uint64_t user_address; /* of the region's first byte */
    void *start;
    size_t bytes;
    int guard;
};

/* All zero: there is none. */
struct vhost_user_memory {
    struct topoc_vq_region regions[VHOST_USER_REGIONS_MAX];
    struct vhost_user_mapping mappings[VHOST_USER_REGIONS_MAX];
    uint32_t count;
};

/*
 * Maps the regions of a table, whose files are `descriptors`, one each; they stay the caller's. Every region must lie
 * on pages, overlap no other, and be no longer than its file, which must be memory: a page of any other file could
 * keep its reader waiting for as long as whoever serves it likes. Where it fails there is no memory, and nothing is
 * mapped.
 */
enum vhost_user_fault vhost_user_memory_map(struct vhost_user_memory *memory, const struct vhost_user_table *table,
                                            const int *descriptors);

/* Unmaps all. */
void vhost_user_memory_unmap(struct vhost_user_memory *memory);

/* Whether the front end has shortened a file; what is mapped in its place is empty and harmless. */
bool vhost_user_memory_is_gone(const struct vhost_user_memory *memory);

/* Where `bytes` bytes at an address of the front end's own are, or NULL where no region holds them all. */
void *vhost_user_memory_at(const struct vhost_user_memory *memory, uint64_t user_address, uint64_t bytes);
