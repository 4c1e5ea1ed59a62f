/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stdint.h>

/** What a driver is given to reach the machine; a device passes it on. */
typedef struct ps_io_ops {
    void *topoc_stub_opaque;
} ps_io_ops_t;
