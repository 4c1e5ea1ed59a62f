#
# Copyright the topoc developers
#
# SPDX-License-Identifier: BSD-2-Clause
#

# The machine's own compiler, in place of one for 32-bit Linux.
function(FindCustomPollyToolchain result name)
    set(${result} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/toolchain.cmake PARENT_SCOPE)
endfunction()
