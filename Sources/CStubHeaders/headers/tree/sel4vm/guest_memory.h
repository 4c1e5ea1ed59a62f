/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <sel4/sel4.h>
#include <stdint.h>

typedef struct vm vm_t;
typedef struct vm_vcpu vm_vcpu_t;
