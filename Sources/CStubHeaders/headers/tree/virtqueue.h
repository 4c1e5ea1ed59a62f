/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** libvirtqueue, as far as libsel4camkes's headers name it. */

#include <stdint.h>

typedef struct virtqueue_driver virtqueue_driver_t;
typedef struct virtqueue_device virtqueue_device_t;
