/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stddef.h>

typedef __PTRDIFF_TYPE__ ssize_t;
typedef long off_t;
