#
# Copyright the topoc developers
#
# SPDX-License-Identifier: BSD-2-Clause
#

# No program of a guest finds the machine's libraries.
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
