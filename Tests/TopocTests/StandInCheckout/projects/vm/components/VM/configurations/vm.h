/* SPDX-License-Identifier: BSD-2-Clause */

/* What every VM is made of, in a checkout whose VMs are made of nothing. */

#pragma once

#define VM_INIT_DEF()
#define VM_COMPOSITION_DEF()
#define VM_PER_VM_COMP_DEF(number) component Init##number vm##number;
#define VM_CONFIGURATION_DEF()
#define VM_PER_VM_CONFIG_DEF(number)
