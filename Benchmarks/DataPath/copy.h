/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include <stdint.h>
#include <string.h>

/*
 * The copy of the peers that are built for this machine: as many octets as asked for, no more, with the widest vectors
 * the compiler was told of. A length that is no multiple of the vector ends in one that overlaps the last.
 */

/* Two pieces that overlap. Each memcpy here has a length that the compiler knows: a load or a store. */
#define COPY_TWO(piece) \
    do { \
        piece first, last; \
        memcpy(&first, from, sizeof(piece)); \
        memcpy(&last, from + bytes - sizeof(piece), sizeof(piece)); \
        memcpy(to, &first, sizeof(piece)); \
        memcpy(to + bytes - sizeof(piece), &last, sizeof(piece)); \
    } while (0)

struct copy_32 {
    uint64_t words[4];
};
struct copy_16 {
    uint64_t words[2];
};

/* Fewer than 64 octets. */
static inline __attribute__((always_inline)) void short_copy(uint8_t *to, const uint8_t *from, uint32_t bytes)
{
    if (bytes >= 32) {
        COPY_TWO(struct copy_32);
    } else if (bytes >= 16) {
        COPY_TWO(struct copy_16);
    } else if (bytes >= 8) {
        COPY_TWO(uint64_t);
    } else if (bytes >= 4) {
        COPY_TWO(uint32_t);
    } else if (bytes >= 2) {
        COPY_TWO(uint16_t);
    } else if (bytes == 1) {
        *to = *from;
    }
}

#ifdef __AVX512BW__
#include <immintrin.h>
#define EXACT_COPY "exact, AVX-512"

static inline __attribute__((always_inline)) void exact_copy(void *to, const void *from, uint32_t bytes)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if (bytes < 64) {
        short_copy(t, f, bytes);
        return;
    }
    const __m512i last = _mm512_loadu_si512(f + bytes - 64);
    uint32_t at = 0;
    for (; at + 256 < bytes; at += 256) {
        const __m512i a = _mm512_loadu_si512(f + at);
        const __m512i b = _mm512_loadu_si512(f + at + 64);
        const __m512i c = _mm512_loadu_si512(f + at + 128);
        const __m512i d = _mm512_loadu_si512(f + at + 192);
        _mm512_storeu_si512(t + at, a);
        _mm512_storeu_si512(t + at + 64, b);
        _mm512_storeu_si512(t + at + 128, c);
        _mm512_storeu_si512(t + at + 192, d);
    }
    for (; at + 64 < bytes; at += 64) {
        _mm512_storeu_si512(t + at, _mm512_loadu_si512(f + at));
    }
    _mm512_storeu_si512(t + bytes - 64, last);
}
#elif defined(__AVX__)
#include <immintrin.h>
#define EXACT_COPY "exact, AVX"

static inline __attribute__((always_inline)) void exact_copy(void *to, const void *from, uint32_t bytes)
{
    uint8_t *t = to;
    const uint8_t *f = from;
    if (bytes < 32) {
        short_copy(t, f, bytes);
        return;
    }
    const __m256i last = _mm256_loadu_si256((const __m256i *)(f + bytes - 32));
    for (uint32_t at = 0; at + 32 < bytes; at += 32) {
        _mm256_storeu_si256((__m256i *)(t + at), _mm256_loadu_si256((const __m256i *)(f + at)));
    }
    _mm256_storeu_si256((__m256i *)(t + bytes - 32), last);
}
#else
#define EXACT_COPY "memcpy"

static inline __attribute__((always_inline)) void exact_copy(void *to, const void *from, uint32_t bytes)
{
    memcpy(to, from, bytes);
}
#endif
