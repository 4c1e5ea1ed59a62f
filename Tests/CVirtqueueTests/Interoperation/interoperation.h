/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

/*
 * A link of which one end is upstream's: libvirtqueue and libsel4camkes as a checkout has them.
 */

#define TOPOC_LINK_LAYOUT 3

#include <stdio.h>
#include <string.h>

#include <topoc/link.h>

#include <virtqueue.h>
#include <camkes/virtqueue.h>
#include <virtqueue_common.h>

#define LENGTH 256
#define SIZE 32768u
#define BLOCK 128u
#define LONGEST 1514u
#define FRAMES 100000u

/* The link's memory; one scenario a process. */
extern unsigned char memory[SIZE];

/* What went wrong, first; NULL while nothing did. */
extern const char *volatile fault;
void expect(bool right, const char *what);

uint32_t mix(uint32_t number);

/* Frames: Ethernet, IPv4 with its length, the number, and bytes that follow from it. */
uint32_t frame_length(uint32_t number);
uint32_t frame_make(unsigned char *frame, uint32_t number);
bool frame_is(const unsigned char *frame, uint32_t length, uint32_t number);

/* Upstream's ends. */
void upstream_driver_init(virtqueue_driver_t *driver);
uint32_t blocks_of(uint32_t length);
uint32_t upstream_blocks(const virtqueue_driver_t *driver);
uint32_t upstream_reclaim(virtqueue_driver_t *driver);
uint32_t upstream_receive(virtqueue_device_t *device, unsigned char *frame, bool forget);

/* The scenarios: one thread, */
void upstream_to_ours(void);
void ours_to_upstream(void);
void full_rings(void);

/* a frame that upstream is still at, */
void unfinished(void);
void untold(void);
void exhausted(void);

/* and two threads. */
void upstream_to_ours_threads(void);
void ours_to_upstream_threads(void);
void upstream_alone_threads(void);
