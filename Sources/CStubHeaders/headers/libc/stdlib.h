/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *block);
_Noreturn void abort(void);
