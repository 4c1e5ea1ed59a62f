/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** The build's configuration: nothing that a device asks for. */
