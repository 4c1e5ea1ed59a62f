/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

/* Nothing of it is used by what is built here. */
