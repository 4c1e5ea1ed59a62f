/* SPDX-License-Identifier: BSD-2-Clause */

/* What every VM on Arm is made of, in a checkout whose VMs are made of nothing. */

#pragma once

#define VM_INIT_DEF()
#define VM_GENERAL_COMPOSITION_DEF()
#define VM_VIRTUAL_SERIAL_COMPONENTS_DEF()
#define VM_COMPONENT_CONNECTIONS_DEF(number)
#define PER_VM_VIRTUAL_SERIAL_CONNECTIONS_DEF(number)
#define VM_GENERAL_CONFIGURATION_DEF()
#define VM_VIRTUAL_SERIAL_GENERAL_CONFIGURATION_DEF()
#define VM_CONFIGURATION_DEF(number)
#define PER_VM_VIRTUAL_SERIAL_CONFIGURATION_DEF(number)
