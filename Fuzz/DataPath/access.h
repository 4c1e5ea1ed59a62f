/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Shared memory as the fuzzer has it (see topoc/vq_access.h): every load and store is a call, in which the fuzzer checks
 * that it may be made, and lets the hostile peer have a turn after it. A value that is read twice therefore changes in
 * between, if the input says so.
 */

#pragma once

uint16_t topoc_load_u16(const void *address);
uint16_t topoc_load_acquire_u16(const void *address);
uint32_t topoc_load_u32(const void *address);
uint64_t topoc_load_u64(const void *address);
void topoc_store_u16(void *address, uint16_t value);
void topoc_store_release_u16(void *address, uint16_t value);
void topoc_store_u32(void *address, uint32_t value);
void topoc_store_u64(void *address, uint64_t value);
void topoc_store_release_u64(void *address, uint64_t value);
void topoc_fence(void);

static inline void topoc_prefetch_read(const void *address)
{
    (void)address;
}

static inline void topoc_prefetch_write(const void *address)
{
    (void)address;
}
