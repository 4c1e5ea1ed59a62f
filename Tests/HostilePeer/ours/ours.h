/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The named attacks on our data path, in the layout that this program is compiled for. */

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <topoc/link.h>

#define PACKED (TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED)
#define LIBVIRTQUEUE (TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE)

#define QUEUE_LENGTH 256u
#define REGION 32768u
#define FRAME_MAX 1514u

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
typedef struct topoc_packed_descriptor descriptor;
#else
typedef struct topoc_vq_descriptor descriptor;
#endif

/* Both ends of a link of our own making, and what the hostile one writes to. */
struct bench {
    topoc_link_driver driver;
    topoc_link_device device;
    uint32_t ends[QUEUE_LENGTH];
    unsigned char *memory;
    descriptor *descriptors;
};

/* One row of the table: its case prints what came of it by `say`. */
struct attack {
    const char *key;
    void (*run)(void);
};

extern const struct attack device_side[];
extern const struct attack driver_side[];
extern const struct attack honest[];
extern const struct attack through_switch[];

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a hostile peer has to do with in another layout only. */
void say_nothing_to_attack(const char *what);

/* A fresh link of `bytes` bytes, on the heap, so that AddressSanitizer sees what is beside it. Ends the program if not. */
struct bench *bench_open(uint32_t bytes);

/* The driver side sends `length` bytes of `fill`. */
enum topoc_vq_status bench_send(struct bench *bench, uint32_t length, unsigned char fill);

/* The device side takes the next frame into `bytes` (FRAME_MAX), as a receiver does that also knows chains. */
enum topoc_vq_status bench_receive(struct bench *bench, unsigned char *bytes, uint32_t *length);

/* Says what the device side makes of what lies in the ring now, and that the memory is left alone from then on. */
void say_received(struct bench *bench);

/* The same of the driver side, which takes back what was given back. */
void say_reclaimed(struct bench *bench);
