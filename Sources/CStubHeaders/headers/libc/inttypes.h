/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stdint.h>

#define PRId8 "d"
#define PRId16 "d"
#define PRId32 "d"
#define PRIu8 "u"
#define PRIu16 "u"
#define PRIu32 "u"
#define PRIx8 "x"
#define PRIx16 "x"
#define PRIx32 "x"
#if __SIZEOF_LONG__ == 8
#define PRId64 "ld"
#define PRIu64 "lu"
#define PRIx64 "lx"
#else
#define PRId64 "lld"
#define PRIu64 "llu"
#define PRIx64 "llx"
#endif
#if __SIZEOF_POINTER__ == 8
#define PRIuPTR "lu"
#define PRIxPTR "lx"
#else
#define PRIuPTR "u"
#define PRIxPTR "x"
#endif
