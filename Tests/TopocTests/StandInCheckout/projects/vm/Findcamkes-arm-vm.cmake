# SPDX-License-Identifier: BSD-2-Clause

set(CAMKES_ARM_VM_HELPERS_PATH "${CMAKE_CURRENT_LIST_DIR}/arm_vm_helpers.cmake" CACHE STRING "")

macro(camkes_arm_vm_import_project)
    include(${CAMKES_ARM_VM_HELPERS_PATH})
endmacro()
