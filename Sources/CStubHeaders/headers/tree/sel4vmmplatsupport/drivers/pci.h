/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stdint.h>

typedef struct vmm_pci_space vmm_pci_space_t;
