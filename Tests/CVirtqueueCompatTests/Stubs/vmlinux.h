/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What a module of upstream's Arm VMM is given. */

#pragma once

#include <stdlib.h>

#include <sel4/sel4.h>
#include <sel4vm/guest_vm.h>
#include <sel4vmmplatsupport/drivers/pci.h>
#include <sel4vmmplatsupport/ioports.h>
#include <utils/util.h>

typedef int (*async_event_handler_fn_t)(vm_t *vm, void *cookie);

int register_async_event_handler(seL4_Word badge, async_event_handler_fn_t handler, void *cookie);

#define DEFINE_MODULE(name, data, init) void (*const module_##name)(vm_t * vm, void *cookie) = init;
