#
# Copyright the topoc developers
#
# SPDX-License-Identifier: BSD-2-Clause
#

# Tells which files an external project makes.
function(DeclareExternalProjObjectFiles project directory)
    cmake_parse_arguments(PARSE_ARGV 2 MADE "" "" "FILES")
    foreach(file IN LISTS MADE_FILES)
        add_custom_command(
            OUTPUT ${directory}/${file}
            COMMAND true
            DEPENDS ${project}
        )
    endforeach()
endfunction()
