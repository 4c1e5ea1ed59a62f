/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The only ways in which this library touches memory that a peer can write.
 *
 * A peer can change every byte at every moment. Each value is therefore read once, by one of these functions, into a
 * local; the local is checked, and only the local is used. No plain dereference of shared memory exists elsewhere, but
 * for the payload of a frame, which is copied and not interpreted.
 *
 * A checker can put its own model of shared memory in place of these functions: TOPOC_ACCESS names its header. The
 * proofs do so; without it, this is all there is.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "virtio's values are little-endian (virtio 1.2, 1.4), and this library does not swap bytes"
#endif

#if defined(TOPOC_ACCESS)
#include TOPOC_ACCESS
#else

#define TOPOC_DEFINE_ACCESS(bits) \
    static inline uint##bits##_t topoc_load_u##bits(const void *address) \
    { \
        return __atomic_load_n((const uint##bits##_t *)address, __ATOMIC_RELAXED); \
    } \
    static inline uint##bits##_t topoc_load_acquire_u##bits(const void *address) \
    { \
        return __atomic_load_n((const uint##bits##_t *)address, __ATOMIC_ACQUIRE); \
    } \
    static inline void topoc_store_u##bits(void *address, uint##bits##_t value) \
    { \
        __atomic_store_n((uint##bits##_t *)address, value, __ATOMIC_RELAXED); \
    } \
    static inline void topoc_store_release_u##bits(void *address, uint##bits##_t value) \
    { \
        __atomic_store_n((uint##bits##_t *)address, value, __ATOMIC_RELEASE); \
    }

/*
 * Orders a store before a later load of another address (Dekker's pattern: I say what I did, then look whether the peer
 * sleeps; the peer says that it will sleep, then looks whether I did something). Nothing weaker does. On x86 any locked
 * instruction does it, in a third of the time of the MFENCE that clang takes.
 */
static inline void topoc_fence(void)
{
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
    __asm__ volatile("lock; orl $0, (%%rsp)" : : : "memory", "cc");
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/*
 * Hints that cost nothing where they are wrong: a line will be read, a line will be written. A line that this side will
 * write lies in the peer's cache, who read it last; asking for it early hides the way. PREFETCHW by name, for compilers
 * take it for a reading hint unless told of the processor; all 64-bit ones know it, or pass over it.
 */
static inline void topoc_prefetch_read(const void *address)
{
    __builtin_prefetch(address, 0);
}

static inline void topoc_prefetch_write(const void *address)
{
#if defined(__x86_64__)
    __asm__ volatile("prefetchw (%0)" : : "r"(address));
#else
    __builtin_prefetch(address, 1);
#endif
}

/* A value of each width. 64-bit values are only ever descriptor addresses, which no one relies on as being atomic. */
TOPOC_DEFINE_ACCESS(16)
TOPOC_DEFINE_ACCESS(32)

#undef TOPOC_DEFINE_ACCESS

/*
 * An address field, in two halves: a 32-bit machine has no single 64-bit load. A torn value is one more wrong value
 * that the check of the local finds.
 */
static inline uint64_t topoc_load_u64(const void *address)
{
    const unsigned char *bytes = (const unsigned char *)address;
#if UINTPTR_MAX > UINT32_MAX
    return __atomic_load_n((const uint64_t *)(const void *)bytes, __ATOMIC_RELAXED);
#else
    uint32_t low = topoc_load_u32(bytes);
    uint32_t high = topoc_load_u32(bytes + 4);
    return ((uint64_t)high << 32) | low;
#endif
}

static inline void topoc_store_u64(void *address, uint64_t value)
{
    unsigned char *bytes = (unsigned char *)address;
#if UINTPTR_MAX > UINT32_MAX
    __atomic_store_n((uint64_t *)(void *)bytes, value, __ATOMIC_RELAXED);
#else
    topoc_store_u32(bytes, (uint32_t)value);
    topoc_store_u32(bytes + 4, (uint32_t)(value >> 32));
#endif
}

/* The upper half publishes: where there is no store of 64 bits, it is written last. */
static inline void topoc_store_release_u64(void *address, uint64_t value)
{
    unsigned char *bytes = (unsigned char *)address;
#if UINTPTR_MAX > UINT32_MAX
    __atomic_store_n((uint64_t *)(void *)bytes, value, __ATOMIC_RELEASE);
#else
    topoc_store_u32(bytes, (uint32_t)value);
    topoc_store_release_u32(bytes + 4, (uint32_t)(value >> 32));
#endif
}

#endif
