/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Shared memory as the model of C11 has it (model.h): TOPOC_ACCESS of topoc/vq_access.h. Each access names its place in
 * the core, so that a run can weaken just that one.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum order { ORDER_RELAXED, ORDER_ACQUIRE, ORDER_RELEASE };

uint64_t model_load(const void *address, unsigned int size, enum order order, const char *function);
void model_store(void *address, unsigned int size, uint64_t value, enum order order, const char *function);
void model_fence(const char *function);
void model_copy(unsigned char *to, const unsigned char *from, size_t size);

#define memcpy(to, from, size) model_copy((unsigned char *)(to), (const unsigned char *)(from), (size))

#define topoc_load_u16(address) ((uint16_t)model_load((address), 2, ORDER_RELAXED, __func__))
#define topoc_load_u32(address) ((uint32_t)model_load((address), 4, ORDER_RELAXED, __func__))
#define topoc_load_u64(address) (model_load((address), 8, ORDER_RELAXED, __func__))
#define topoc_load_acquire_u16(address) ((uint16_t)model_load((address), 2, ORDER_ACQUIRE, __func__))
#define topoc_store_u16(address, value) model_store((address), 2, (value), ORDER_RELAXED, __func__)
#define topoc_store_u32(address, value) model_store((address), 4, (value), ORDER_RELAXED, __func__)
#define topoc_store_u64(address, value) model_store((address), 8, (value), ORDER_RELAXED, __func__)
#define topoc_store_release_u16(address, value) model_store((address), 2, (value), ORDER_RELEASE, __func__)
/* Only a packed descriptor's length, id and flags are stored so; as three stores, of which the last releases: weaker. */
#define topoc_store_release_u64(address, value) \
    (model_store((address), 4, (uint32_t)(value), ORDER_RELAXED, __func__), \
     model_store((unsigned char *)(address) + 4, 2, (uint16_t)((value) >> 32), ORDER_RELAXED, __func__), \
     model_store((unsigned char *)(address) + 6, 2, (uint16_t)((value) >> 48), ORDER_RELEASE, __func__))
#define topoc_fence() model_fence(__func__)
#define topoc_prefetch_read(address) ((void)(address))
#define topoc_prefetch_write(address) ((void)(address))
