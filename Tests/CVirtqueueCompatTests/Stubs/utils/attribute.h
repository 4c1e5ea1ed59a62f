/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#define UNUSED __attribute__((unused))
