/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** What seL4's bitfield generator writes of an architecture's `types.bf`. */

typedef struct seL4_Fault {
    seL4_Word words[14];
} seL4_Fault_t;

typedef enum seL4_Fault_tag {
    seL4_Fault_NullFault,
    seL4_Fault_CapFault,
    seL4_Fault_UnknownSyscall,
    seL4_Fault_UserException,
    seL4_Fault_VMFault
} seL4_Fault_tag_t;

/* Each takes a word a register: how many differs from architecture to architecture, so none is said. */
seL4_Fault_t seL4_Fault_NullFault_new();
seL4_Fault_t seL4_Fault_CapFault_new();
seL4_Fault_t seL4_Fault_UnknownSyscall_new();
seL4_Fault_t seL4_Fault_UserException_new();
seL4_Fault_t seL4_Fault_VMFault_new();
