#
# Copyright the topoc developers
#
# SPDX-License-Identifier: BSD-2-Clause
#

include_guard(GLOBAL)

# What makes components makes none here.
function(DeclareCAmkESVM)
endfunction()
function(CAmkESAddTemplatesPath)
endfunction()
function(DeclareCAmkESConnector)
endfunction()
function(CAmkESAddCPPInclude)
endfunction()
function(DeclareCAmkESVMRootServer)
endfunction()

function(GetArchDefaultLinuxKernelFile size result)
    set(${result} kernel-${size} PARENT_SCOPE)
endfunction()

function(GetArchDefaultLinuxRootfsFile size result)
    set(${result} rootfs-${size} PARENT_SCOPE)
endfunction()

function(DecompressLinuxKernel target result image)
    add_custom_target(${target})
    set(${result} ${image} PARENT_SCOPE)
endfunction()

function(AddToFileServer name file)
    cmake_parse_arguments(PARSE_ARGV 2 SERVED "" "" "DEPENDS")
    add_custom_target(served_${name} ALL DEPENDS ${SERVED_DEPENDS})
endfunction()

# An overlay is a target that knows its directory.
function(AddFileToOverlayDir name file directory overlay)
    if(NOT TARGET ${overlay})
        add_custom_target(${overlay})
    endif()
    set(copy ${CMAKE_CURRENT_BINARY_DIR}/${overlay}/${directory}/${name})
    add_custom_command(
        OUTPUT ${copy}
        COMMAND ${CMAKE_COMMAND} -E copy ${file} ${copy}
        DEPENDS ${file}
    )
    set_property(
        TARGET ${overlay}
        APPEND
        PROPERTY COPIES ${copy}
    )
endfunction()

# The archive has the overlay alone: there is no root file system under it here.
function(AddOverlayDirToRootfs overlay image distribution mode result target)
    set(archive ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpio)
    add_custom_command(
        OUTPUT ${archive}
        COMMAND sh -c "find . -type f | cpio --quiet -H newc -o > ${archive}"
        WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${overlay}
        DEPENDS "$<TARGET_PROPERTY:${overlay},COPIES>"
        VERBATIM
    )
    add_custom_target(${target} DEPENDS ${archive})
    set(${result} ${archive} PARENT_SCOPE)
endfunction()
