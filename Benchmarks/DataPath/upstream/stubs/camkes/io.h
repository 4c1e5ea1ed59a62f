/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

/* The allocator of libplatsupport, over that of libc. */

#include <stdlib.h>
#include <sel4/sel4.h>
#include <utils/util.h>

typedef struct {
    int unused;
} ps_malloc_ops_t;

static inline int camkes_ps_malloc_ops(ps_malloc_ops_t *ops)
{
    ops->unused = 0;
    return 0;
}

static inline int ps_calloc(ps_malloc_ops_t *ops, size_t count, size_t size, void **to)
{
    (void)ops;
    *to = calloc(count, size);
    return *to == NULL ? -1 : 0;
}

static inline int ps_free(ps_malloc_ops_t *ops, size_t size, void *at)
{
    (void)ops;
    (void)size;
    free(at);
    return 0;
}
