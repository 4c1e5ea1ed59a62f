/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** What seL4's build writes of `syscall.xml`. */

typedef enum {
    seL4_SysCall = -1,
    seL4_SysReplyRecv = -2,
    seL4_SysSend = -3,
    seL4_SysNBSend = -4,
    seL4_SysRecv = -5,
    seL4_SysReply = -6,
    seL4_SysYield = -7,
    seL4_SysNBRecv = -8
} seL4_Syscall_ID;
