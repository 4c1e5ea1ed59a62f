# SPDX-License-Identifier: BSD-2-Clause

set(CAMKES_VM_DIR "${CMAKE_CURRENT_LIST_DIR}" CACHE STRING "")
