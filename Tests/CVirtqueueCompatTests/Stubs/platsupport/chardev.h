/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A character device's callbacks. */

#pragma once

#include <stddef.h>

typedef struct ps_chardevice ps_chardevice_t;
typedef struct ps_irq_ops ps_irq_ops_t;

enum chardev_status {
    CHARDEV_STAT_COMPLETE
};

typedef void (*chardev_callback_t)(ps_chardevice_t *device, enum chardev_status stat, size_t bytes, void *token);
