/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Shared memory as the prover sees it: TOPOC_ACCESS of topoc/vq_access.h. A load answers any value, a store is
 * forgotten: the peer can write every byte at every moment. That both hit shared memory is Eva's to show (../Eva).
 *
 * memcpy, of payloads, is where bounds are proved: both ends must lie whole in valid memory. What it copies is not
 * looked at, and is left as it was.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define __builtin_expect(condition, value) (condition)

/*@ assigns \nothing; */
uint16_t proof_any_u16(void);

/*@ assigns \nothing; */
uint32_t proof_any_u32(void);

/*@ assigns \nothing; */
uint64_t proof_any_u64(void);

/*@ requires source: size > 0 ==> \valid_read(from + (0 .. size - 1));
    requires destination: size > 0 ==> \valid(to + (0 .. size - 1));
    assigns \nothing;
*/
void proof_copy(unsigned char *to, const unsigned char *from, size_t size);

#define memcpy(to, from, size) proof_copy((unsigned char *)(to), (const unsigned char *)(from), (size))
#define memset(to, value, size) proof_clear((void *)(to))

#define topoc_load_u16(address) proof_any_u16()
#define topoc_load_u32(address) proof_any_u32()
#define topoc_load_u64(address) proof_any_u64()
#define topoc_load_acquire_u16(address) proof_any_u16()
#define topoc_load_acquire_u32(address) proof_any_u32()
#define topoc_store_u16(address, value) ((void)(value))
#define topoc_store_u32(address, value) ((void)(value))
#define topoc_store_u64(address, value) ((void)(value))
#define topoc_store_release_u16(address, value) ((void)(value))
#define topoc_store_release_u32(address, value) ((void)(value))
#define topoc_store_release_u64(address, value) ((void)(value))
#define topoc_fence() ((void)0)
#define topoc_prefetch_read(address) ((void)0)
#define topoc_prefetch_write(address) ((void)0)
