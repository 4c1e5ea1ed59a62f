/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <topoc/copy.h>

#if defined(__x86_64__)
#include <immintrin.h>

/* A length that is no multiple of the vector ends in one that overlaps the last but one. */
__attribute__((target("avx512f"))) static void copy_avx512(unsigned char *to, const unsigned char *from, size_t bytes)
{
    const __m512i last = _mm512_loadu_si512(from + bytes - 64);
    size_t at = 0;
    for (; at + 256 < bytes; at += 256) {
        const __m512i a = _mm512_loadu_si512(from + at);
        const __m512i b = _mm512_loadu_si512(from + at + 64);
        const __m512i c = _mm512_loadu_si512(from + at + 128);
        const __m512i d = _mm512_loadu_si512(from + at + 192);
        _mm512_storeu_si512(to + at, a);
        _mm512_storeu_si512(to + at + 64, b);
        _mm512_storeu_si512(to + at + 128, c);
        _mm512_storeu_si512(to + at + 192, d);
    }
    for (; at + 64 < bytes; at += 64) {
        _mm512_storeu_si512(to + at, _mm512_loadu_si512(from + at));
    }
    _mm512_storeu_si512(to + bytes - 64, last);
}

__attribute__((target("avx"))) static void copy_avx(unsigned char *to, const unsigned char *from, size_t bytes)
{
    const __m256i last = _mm256_loadu_si256((const __m256i *)(const void *)(from + bytes - 32));
    size_t at = 0;
    for (; at + 64 < bytes; at += 64) {
        const __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(from + at));
        const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(from + at + 32));
        _mm256_storeu_si256((__m256i *)(void *)(to + at), a);
        _mm256_storeu_si256((__m256i *)(void *)(to + at + 32), b);
    }
    for (; at + 32 < bytes; at += 32) {
        _mm256_storeu_si256((__m256i *)(void *)(to + at),
                            _mm256_loadu_si256((const __m256i *)(const void *)(from + at)));
    }
    _mm256_storeu_si256((__m256i *)(void *)(to + bytes - 32), last);
}
#endif

static void copy_plain(unsigned char *to, const unsigned char *from, size_t bytes)
{
    memcpy(to, from, bytes);
}

/* Two threads that choose at once choose the same. */
static void copy_chosen(unsigned char *to, const unsigned char *from, size_t bytes)
{
    void (*best)(unsigned char *, const unsigned char *, size_t) = copy_plain;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) {
        best = copy_avx512;
    } else if (__builtin_cpu_supports("avx")) {
        best = copy_avx;
    }
#endif
    __atomic_store_n(&topoc_copy_long, best, __ATOMIC_RELAXED);
    best(to, from, bytes);
}

void (*topoc_copy_long)(unsigned char *to, const unsigned char *from, size_t bytes) = copy_chosen;
