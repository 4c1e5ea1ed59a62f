/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <platsupport/io.h>
#include <utils/util.h>
