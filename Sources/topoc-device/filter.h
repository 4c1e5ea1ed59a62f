/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

/* Runs the process of a filter, with its socket of messages, until that is closed. Its exit status. */
int lab_filter_run(int control);
