/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stdarg.h>
#include <stddef.h>

int printf(const char *restrict format, ...) __attribute__((format(printf, 1, 2)));
int snprintf(char *restrict to, size_t size, const char *restrict format, ...) __attribute__((format(printf, 3, 4)));
