/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

/* What upstream's data path wants of seL4, and no more, so that it compiles on a host. */

typedef unsigned long seL4_Word;
typedef seL4_Word seL4_CPtr;
