/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#define BIT(n) (1ul << (n))
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
