/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#if __SIZEOF_POINTER__ == 8
typedef unsigned long seL4_Word;
#else
typedef unsigned int seL4_Word;
#endif
typedef seL4_Word seL4_CPtr;

/** Signals a notification. */
void seL4_Signal(seL4_CPtr dest);
void seL4_Yield(void);
void seL4_Wait(seL4_CPtr src, seL4_Word *sender);
