/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Shared memory as memory: what one side stores is what is loaded, as between two calls that come one after the other. For
 * the contract of the ring; access.h is for what a peer may do at every moment. Each is called with a pointer to the word
 * itself, whose type is the memory model's. The one store of eight bytes over three words (publish) it cannot follow.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define __builtin_expect(condition, value) (condition)

/*@ assigns \nothing; */
void proof_copy(unsigned char *to, const unsigned char *from, size_t size);

#define memcpy(to, from, size) proof_copy((unsigned char *)(to), (const unsigned char *)(from), (size))
#define memset(to, value, size) proof_clear((void *)(to))

#define topoc_load_u16(address) (*(address))
#define topoc_load_u32(address) (*(address))
#define topoc_load_u64(address) (*(address))
#define topoc_load_acquire_u16(address) (*(address))
#define topoc_load_acquire_u32(address) (*(address))
#define topoc_store_u16(address, value) (*(address) = (value))
#define topoc_store_u32(address, value) (*(address) = (value))
#define topoc_store_u64(address, value) (*(address) = (value))
#define topoc_store_release_u16(address, value) (*(address) = (value))
#define topoc_store_release_u32(address, value) (*(address) = (value))
#define topoc_store_release_u64(address, value) ((void)(value))
#define topoc_fence() ((void)0)
#define topoc_prefetch_read(address) ((void)0)
#define topoc_prefetch_write(address) ((void)0)
