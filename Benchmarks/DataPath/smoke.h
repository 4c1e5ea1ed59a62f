/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

#include "report.h"

/*
 * Every peer moves a few thousand frames each way, and each frame must arrive whole and in order. `only`: workloads whose
 * key has this in it, or NULL for all. Prints what fails, and a summary; the exit status.
 */
int smoke(const struct results *results, const char *only);
