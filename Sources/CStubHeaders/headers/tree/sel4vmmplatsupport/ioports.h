/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

typedef enum ioport_type {
    IOPORT_FREE,
    IOPORT_ADDR
} ioport_type_t;

typedef struct ioport_range {
    uint16_t start;
    uint16_t end;
    uint16_t size;
} ioport_range_t;

typedef struct vmm_io_list vmm_io_port_list_t;
