/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the supervisor of a lab and its devices have in common. `lab/guest_side.h` is the devices' alone. */

#pragma once

#include <lab/confine.h>
#include <lab/control.h>
#include <lab/filter_stats.h>
#include <lab/frame.h>
#include <lab/stats.h>
