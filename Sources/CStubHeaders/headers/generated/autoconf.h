/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** The build's configuration, as far as headers of a tree ask for it: an x86 PC with one core and the plain kernel. */

#define CONFIG_ARCH_X86 1
#if __SIZEOF_POINTER__ == 8
#define CONFIG_ARCH_X86_64 1
#define CONFIG_SYSCALL 1
#define CONFIG_WORD_SIZE 64
#else
#define CONFIG_ARCH_IA32 1
#define CONFIG_WORD_SIZE 32
#endif
#define CONFIG_PLAT_PC99 1
#define CONFIG_MAX_NUM_NODES 1
#define CONFIG_NUM_PRIORITIES 256
#define CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS 230
#define CONFIG_LIB_UTILS_DEFAULT_ZF_LOG_LEVEL 1
#define CONFIG_SEL4UTILS_STACK_SIZE 65536
