/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <sel4vm/guest_vm.h>

#define BOOT_VCPU 0
