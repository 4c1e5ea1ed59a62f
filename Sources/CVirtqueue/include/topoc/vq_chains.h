/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the driver side of a queue of chains has in common, in every layout: see vq_chain_driver.h. */

#pragma once

#include <topoc/vq_types.h>

/* A part of a chain: `length` bytes, at least one, that the device calls `address`. */
struct topoc_vq_part {
    uint64_t address;
    uint32_t length;
};

/* Memory for indirect tables, one for each descriptor of the queue: `entries` descriptors each, aligned to 16. */
struct topoc_vq_tables {
    unsigned char *base; /* NULL: there are none */
    uint64_t address;    /* what the device calls it */
    uint16_t entries;
};

/* What is remembered of an outstanding chain, under the slot of its first descriptor. Private. */
struct topoc_vq_record {
    uint64_t token;
    uint32_t writable_bytes;
    uint16_t descriptors;
};

struct topoc_vq_chains {
    struct topoc_vq_features features;
    struct topoc_vq_tables tables;
    struct topoc_vq_record *records; /* `length` of them */
    uint16_t next;                   /* the next descriptor to fill */
    uint16_t published;              /* the first that is filled and not yet published */
    uint16_t oldest;                 /* the first of the oldest outstanding chain */
    uint16_t added;                  /* chains, counted from the start: added, */
    uint16_t offered;                /* published, */
    uint16_t used;                   /* seen in the used ring, */
    uint16_t taken;                  /* and taken back */
    uint16_t granted;                /* chains that the device has given back, and that are not taken yet */
    uint16_t asked;                  /* the position when the device was last asked whether it wants a signal */
    uint16_t head_flags;             /* packed: the flags of the descriptor at `published`, written last */
    uint32_t written;                /* bytes that were written into the last granted chain */
    enum topoc_vq_fault fault;
};
