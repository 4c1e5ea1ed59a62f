/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What is printed at the end. */

#pragma once

#include "roles.h"

#include <stdio.h>

/* The figures as a table; `across` is NULL where only one VM ran. */
void report_table(FILE *file, const struct figures *one, const struct figures *across, uint32_t vms);

/* The same as one line of JSON. */
void report_json(FILE *file, const struct figures *one, const struct figures *across, uint32_t vms);
