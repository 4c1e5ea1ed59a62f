/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include <utils/arith.h>
#include <utils/zf_log.h>

#define UNUSED __attribute__((__unused__))
#define PACKED __attribute__((__packed__))
