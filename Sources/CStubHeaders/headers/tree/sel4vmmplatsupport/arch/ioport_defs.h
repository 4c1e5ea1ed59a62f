/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#define X86_IO_PCI_CONFIG_START 0xcf8
#define X86_IO_PCI_CONFIG_END 0xcff
