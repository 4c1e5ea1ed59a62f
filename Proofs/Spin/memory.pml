/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Shared memory under total store order, the order of x86: a store waits in a buffer of its writer, in order, and
 * reaches memory at any later moment; a fence waits until the buffer is empty. Nobody reads what he writes himself, so
 * that no store has to be forwarded. (The weaker orders of C11 are the business of Proofs/Orders.)
 *
 * Positions are 8-bit numbers here, 16-bit ones in the code; they begin where they soon wrap.
 */

#define POSITIONS 256
#define START 254
#define behind(a, b) ((a + POSITIONS - b) % POSITIONS) /* how far b is behind a */

#ifndef STORES
#define STORES 2 /* in a store buffer */
#endif

/* Of each direction: what its driver writes, then what its device writes. */
#define AVAILABLE 0    /* how far the driver has published */
#define DRIVER_EVENT 1 /* whether the driver wants to hear of buffers that were given back */
#define USED 2         /* how far the device has given back */
#define DEVICE_EVENT 3 /* whether the device wants to hear of frames */

#define cell(direction, variable) (direction * 4 + variable)

/* Whether the one who wrote `event` wants to hear that the positions from `before` to `now` were added. */
#ifdef EVENT_INDEX
/* The position that he waits for (virtio 1.2, 2.7.10); far away, where he is awake. */
#define wish(position) position
#define no_wish(position) ((position + POSITIONS / 2) % POSITIONS)
#define wants(event, now, before) (behind(now, ((event + 1) % POSITIONS)) < behind(now, before))
#else
/* A flag (2.7.7, 2.8.14). */
#define wish(position) 1
#define no_wish(position) 0
#define wants(event, now, before) (event == 1)
#endif
