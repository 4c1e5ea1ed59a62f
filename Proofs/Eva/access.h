/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Shared memory as the analyser sees it: TOPOC_ACCESS of topoc/vq_access.h.
 *
 * A load answers any value, whatever was stored: the peer can write every byte at every moment. A store is checked and
 * then forgotten, so shared memory stays uninitialised throughout, and every read of it that does not go through these
 * functions is an alarm. Copies of payloads do nothing here (../WP has their bounds).
 *
 * Where a run takes values one by one (harness.h), the peer's are among them.
 *
 * Each access must be inside of its object and aligned to its own width: objects begin on a page.
 */

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <__fc_builtin.h>

/*
 * Bounds of copies are relations (../WP). Copies into private memory that is then looked at are interpreted here, and
 * make it any value: of the header that topoc_libvirtqueue_whole looks at, and of a frame's two header words, which are
 * the only words that are copied to.
 */
static inline void proof_copy(unsigned char *to, const unsigned char *from, size_t size, size_t unit, size_t array)
{
    (void)from;
    if (unit == sizeof(uint64_t)) {
        /*@ assert word: size == sizeof(uint64_t) && \valid(to + (0 .. 7)); */
        Frama_C_make_unknown((char *)to, sizeof(uint64_t));
    }
    (void)size;
    (void)array;
#if TOPOC_LINK_LAYOUT == 3 /* TOPOC_LAYOUT_LIBVIRTQUEUE */
    if (array == 24) {
        Frama_C_make_unknown((char *)to, 24);
    }
#endif
}

#define memcpy(to, from, size) \
    proof_copy((unsigned char *)(to), (const unsigned char *)(from), (size), sizeof(*(to)), sizeof(to))

extern volatile uint16_t proof_any_u16;
extern volatile uint32_t proof_any_u32;

static inline uint16_t topoc_load_u16(const void *address)
{
    /*@ assert inside: \valid((uint16_t *)address); */
    /*@ assert aligned: \offset((char *)address) % 2 == 0; */
    uint16_t value = proof_any_u16;
#ifdef PROOF_POSITIONS
    if (value < PROOF_LENGTH) {
        /*@ split value; */;
    }
#endif
    return value;
}

static inline uint32_t topoc_load_u32(const void *address)
{
    /*@ assert inside: \valid((uint32_t *)address); */
    /*@ assert aligned: \offset((char *)address) % 4 == 0; */
    uint32_t value = proof_any_u32;
#ifdef PROOF_POSITIONS
    if (value < PROOF_LENGTH) {
        /*@ split value; */;
    }
#endif
    return value;
}

static inline uint64_t topoc_load_u64(const void *address)
{
    /*@ assert inside: \valid((uint64_t *)address); */
    /*@ assert aligned: \offset((char *)address) % 8 == 0; */
    uint32_t low = proof_any_u32;
    uint32_t high = proof_any_u32;
    return ((uint64_t)high << 32) | low;
}

static inline void topoc_store_u16(void *address, uint16_t value)
{
    (void)value;
    /*@ assert inside: \valid((uint16_t *)address); */
    /*@ assert aligned: \offset((char *)address) % 2 == 0; */
}

static inline void topoc_store_u32(void *address, uint32_t value)
{
    (void)value;
    /*@ assert inside: \valid((uint32_t *)address); */
    /*@ assert aligned: \offset((char *)address) % 4 == 0; */
}

static inline void topoc_store_u64(void *address, uint64_t value)
{
    (void)value;
    /*@ assert inside: \valid((uint64_t *)address); */
    /*@ assert aligned: \offset((char *)address) % 8 == 0; */
}

static inline uint16_t topoc_load_acquire_u16(const void *address)
{
    return topoc_load_u16(address);
}

static inline uint32_t topoc_load_acquire_u32(const void *address)
{
    return topoc_load_u32(address);
}

static inline void topoc_store_release_u16(void *address, uint16_t value)
{
    topoc_store_u16(address, value);
}

static inline void topoc_store_release_u32(void *address, uint32_t value)
{
    topoc_store_u32(address, value);
}

static inline void topoc_store_release_u64(void *address, uint64_t value)
{
    topoc_store_u64(address, value);
}

static inline void topoc_fence(void)
{
}

static inline void topoc_prefetch_read(const void *address)
{
    (void)address;
}

static inline void topoc_prefetch_write(const void *address)
{
    (void)address;
}
