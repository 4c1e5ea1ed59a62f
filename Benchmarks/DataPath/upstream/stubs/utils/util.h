/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include <stddef.h>
#include <stdlib.h>
#include <utils/zf_log.h>

#define IS_POWER_OF_2(x) ((x) != 0 && ((x) & ((x) - 1)) == 0)
