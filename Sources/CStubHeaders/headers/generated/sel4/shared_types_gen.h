/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** What seL4's bitfield generator writes of `shared_types.bf`: words, and functions that take them apart. */

typedef struct seL4_MessageInfo {
    seL4_Word words[1];
} seL4_MessageInfo_t;

seL4_MessageInfo_t seL4_MessageInfo_new(seL4_Word label, seL4_Word caps_unwrapped, seL4_Word extra_caps,
                                        seL4_Word length);
seL4_Word seL4_MessageInfo_get_label(seL4_MessageInfo_t info);
seL4_Word seL4_MessageInfo_get_capsUnwrapped(seL4_MessageInfo_t info);
seL4_Word seL4_MessageInfo_get_extraCaps(seL4_MessageInfo_t info);
seL4_Word seL4_MessageInfo_get_length(seL4_MessageInfo_t info);

typedef struct seL4_CapRights {
    seL4_Word words[1];
} seL4_CapRights_t;

seL4_CapRights_t seL4_CapRights_new(seL4_Word grant_reply, seL4_Word grant, seL4_Word read, seL4_Word write);

typedef struct seL4_CNode_CapData {
    seL4_Word words[1];
} seL4_CNode_CapData_t;

seL4_CNode_CapData_t seL4_CNode_CapData_new(seL4_Word guard, seL4_Word guard_size);
