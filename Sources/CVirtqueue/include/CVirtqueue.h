/*
 * Copyright 2026, the topoc authors
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* All of the virtqueue core, for a host program. What is emitted includes only what it uses. */

#pragma once

#include <topoc/link.h>
