/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** camkes-vm's configurations/vm.h: macros for assemblies, none of which a device asks for. */
