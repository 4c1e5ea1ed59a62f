/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The input as a script; and the guest, which writes to its memory between our calls and during them. */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the guest's memory: two regions, one behind the other in one file. */
#define FUZZ_MEMORY 65536u
#define FUZZ_REGION (FUZZ_MEMORY / 2u)

/* Ends the run as a finding. */
_Noreturn void fuzz_fail(const char *what);

#define FUZZ_REQUIRE(condition) ((condition) ? (void)0 : fuzz_fail(#condition))

/* What lies behind the script's end is zero. */
void fuzz_begin(const uint8_t *script, size_t size);
bool fuzz_more(void);
uint8_t fuzz_u8(void);
uint16_t fuzz_u16(void);

/* The guest's memory, in a mapping of the guest's own; NULL: it writes nowhere. */
void fuzz_guest_in(unsigned char *memory);

/* The guest writes a value where the script says: most often to its rings, and rarely a random one. */
void fuzz_guest_write(void);

/* Its rings, each 1024 bytes behind the other, begin anew. */
void fuzz_guest_begin(void);

/* It makes a buffer of the length that the script says available: in most cases one that is in order. */
void fuzz_guest_offer(bool transmit, uint16_t length, bool packed);

/* No more loads than these are made of its memory until the next call: whatever it wrote, each of ours has an end. */
void fuzz_allow(uint32_t loads);

/* It will do so again, after a load of ours that the script chooses. */
void fuzz_guest_arm(void);

/* No more of that, until the next input. */
void fuzz_guest_disarm(void);
