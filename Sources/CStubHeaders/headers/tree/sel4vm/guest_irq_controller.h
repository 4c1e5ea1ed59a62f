/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <sel4vm/guest_vm.h>

int vm_inject_irq(vm_vcpu_t *vcpu, int irq);
int vm_set_irq_level(vm_vcpu_t *vcpu, int irq, int irq_level);
