/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <sel4vm/guest_vm.h>

int vm_inject_irq(vm_vcpu_t *vcpu, int irq);
typedef void (*irq_ack_fn_t)(vm_vcpu_t *vcpu, int irq, void *cookie);
int vm_register_irq(vm_vcpu_t *vcpu, int irq, irq_ack_fn_t ack_fn, void *cookie);
int vm_set_irq_level(vm_vcpu_t *vcpu, int irq, int irq_level);
