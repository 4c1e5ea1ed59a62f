// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// What CMake builds of filters.
enum FilterBuild {
    static func components(for wiring: Wiring) -> String {
        wiring.filters.map { filter in
            switch filter.implementation {
            case .native: native(filter)
            case .cakeML: cakeML
            }
        }.joined()
    }

    private static func native(_ filter: FilterWiring) -> String {
        """

        # Filter \(Spelling.word(filter.name)): \(FilterComponent.header) over its rules.
        DeclareCAmkESComponent(
            \(filter.component)
            SOURCES
            \(FilterComponent.rules(of: filter.instance))
            INCLUDES
            \(Device.headers)
            \(Device.sources)
            LIBS
            virtqueue
        )

        """
    }

    /// The component's sources are those of the tree's zmq_samples, beside which an app stands.
    private static let cakeML = """

        # The CakeML filter of the tree's zmq_samples, which forwards everything.
        if(NOT CAKEML_FILTER)
            message(FATAL_ERROR "this app has a CakeML filter: give -DCAKEML_FILTER=TRUE and -DCAKEMLDIR=")
        endif()
        set(CAKEML_FILTER_DIR "${CMAKE_CURRENT_SOURCE_DIR}/../zmq_samples" CACHE PATH "Its sources")
        include("${CAKEML_FILTER_DIR}/libs/cakeml_helpers.cmake")
        CakeMLPP(${CMAKE_CURRENT_BINARY_DIR}/cakeml-filter ${CAKEML_FILTER_DIR}/libs/virtqueueScript.sml)
        DeclareCAmkESComponent(
            CakeMLFilter
            CAKEML_SOURCES
            ${CAKEML_FILTER_DIR}/components/cakeml-filter/componentScript.sml
            ${CMAKE_CURRENT_BINARY_DIR}/cakeml-filter/virtqueueScript.sml
            CAKEML_INCLUDES
            ${CAKEMLDIR}/semantics/alt_semantics
            SOURCES
            ${CAKEML_FILTER_DIR}/components/cakeml-filter/global_endpoint.c
            LIBS
            vswitch
            CAKEML_HEAP_SIZE
            50
        )

        """
}
