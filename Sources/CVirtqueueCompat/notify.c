/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The functions of notify.h: one for each function that a driver of this program notifies by. */

#include <stddef.h>

#include <virtqueue.h>

#include "notify.h"

#define COUNT 256

static void (*targets[COUNT])(void);

#define DEFINE(n) \
    static void notify_##n(void) \
    { \
        topoc_compat_publish(); \
        targets[0x##n](); \
    }
#define NAME(n) notify_##n,
#define SIXTEEN(m, h) \
    m(h##0) m(h##1) m(h##2) m(h##3) m(h##4) m(h##5) m(h##6) m(h##7) \
    m(h##8) m(h##9) m(h##a) m(h##b) m(h##c) m(h##d) m(h##e) m(h##f)
#define ALL(m) \
    SIXTEEN(m, 0) SIXTEEN(m, 1) SIXTEEN(m, 2) SIXTEEN(m, 3) SIXTEEN(m, 4) SIXTEEN(m, 5) SIXTEEN(m, 6) SIXTEEN(m, 7) \
    SIXTEEN(m, 8) SIXTEEN(m, 9) SIXTEEN(m, a) SIXTEEN(m, b) SIXTEEN(m, c) SIXTEEN(m, d) SIXTEEN(m, e) SIXTEEN(m, f)

ALL(DEFINE)

static void (*const notifiers[COUNT])(void) = { ALL(NAME) };

void (*topoc_compat_notify(void (*notify)(void)))(void)
{
    for (size_t i = 0; notify != NULL && i < COUNT; i++) {
        if (targets[i] == NULL || targets[i] == notify) {
            targets[i] = notify;
            return notifiers[i];
        }
    }
    return notify;
}
