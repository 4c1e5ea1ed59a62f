/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The input as a script, the memory that is shared, and the peer that writes there: between our calls when the script
 * says so, and during them, after the load that it has chosen.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FUZZ_WINDOWS 8u
#define FUZZ_WINDOW_MAX 8192u

/* Ends the run as a finding. */
_Noreturn void fuzz_fail(const char *what);

#define FUZZ_REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(#condition))

/* -- The script. What lies behind its end is zero. -- */

void fuzz_begin(const uint8_t *script, size_t size);
bool fuzz_more(void);
uint8_t fuzz_u8(void);
uint16_t fuzz_u16(void);

/* -- Memory. Around each window is a guard; whatever touches it is a finding of AddressSanitizer. -- */

/*
 * Window number `index` with `size` bytes, a multiple of 8, all zero. Its bytes from `rings` to `rings_end` can be
 * touched by the access functions only.
 */
unsigned char *fuzz_window(unsigned int index, uint32_t size, uint32_t rings, uint32_t rings_end);

/* From here on every access to it is a finding: its queue is broken. */
void fuzz_close(unsigned int index);

/* -- Calls of ours. -- */

/* Before a call: it may make so many loads and stores, and no more. */
void fuzz_allow(uint32_t accesses);

/* -- The peer. -- */

/* The window that it writes to from now on, and the length of its ring. */
void fuzz_peer_in(unsigned int window, uint16_t length);

/* Places that are worth a write now: fields that the next call will read. */
void fuzz_peer_spots(void *const *spots, unsigned int count);

/* Writes now, where and what the script says. */
void fuzz_peer_write(void);

/* Arms a write for later: after the load that the script counts, there or elsewhere. */
void fuzz_peer_arm(void);

/* While the peer plays by the rules with a real end of its own, its accesses are not ours. */
void fuzz_peer_plays(bool plays);
