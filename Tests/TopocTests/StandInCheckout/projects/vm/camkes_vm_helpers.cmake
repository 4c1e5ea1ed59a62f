# SPDX-License-Identifier: BSD-2-Clause

function(DeclareCAmkESVM init_component)
    DeclareCAmkESComponent(${init_component} SOURCES ${ARGN})
endfunction()

function(DeclareCAmkESVMRootServer camkes_config)
    DeclareCAmkESRootserver(${camkes_config})
endfunction()
