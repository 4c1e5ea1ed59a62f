# SPDX-License-Identifier: BSD-2-Clause

function(DeclareCAmkESARMVM init_component)
    DeclareCAmkESComponent(${init_component} SOURCES ${ARGN})
endfunction()
