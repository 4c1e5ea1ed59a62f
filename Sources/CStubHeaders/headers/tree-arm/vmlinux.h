/* SPDX-License-Identifier: BSD-2-Clause */

/* Of the VMM for Arm. */

#pragma once

#include <sel4vm/guest_vm.h>
#include <utils/util.h>

typedef struct vmm_module {
    const char *name;
    void *cookie;
    void (*init_module)(vm_t *vm, void *cookie);
} __attribute__((aligned(32))) vmm_module_t;

#define DEFINE_MODULE(_name, _cookie, _init_module) \
    __attribute__((used)) __attribute__((section("_vmm_module"))) vmm_module_t VMM_MODULE_##_name = { \
        .name = #_name, \
        .cookie = _cookie, \
        .init_module = _init_module, \
    };

typedef int (*async_event_handler_fn_t)(vm_t *vm, void *cookie);
int register_async_event_handler(seL4_Word badge, async_event_handler_fn_t callback, void *cookie);
