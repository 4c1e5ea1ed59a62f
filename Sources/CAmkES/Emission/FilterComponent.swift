// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Topology
import Wiring

/// The C of a filter's component: the fixed part, and for each filter a file with its rules.
package enum FilterComponent {
    static let header = "\(Device.sources)/filter_component.h"

    package static func rules(of name: String) -> String { "\(Device.sources)/\(name)_rules.c" }

    /// Whether some wiring's app has a file at this path.
    static func isOwn(_ path: String) -> Bool {
        path == header || path.hasPrefix("\(Device.sources)/filter_") && path.hasSuffix("_rules.c")
    }

    static func files(for wiring: Wiring) -> [EmittedFile] {
        let filters = wiring.filters.filter { $0.implementation == .native }
        guard !filters.isEmpty else { return [] }
        return [EmittedFile(path: header, text: Template.filter.filled(["provenance": wiring.provenance]))]
            + filters.map { EmittedFile(path: rules(of: $0.instance), text: text(of: $0, in: wiring)) }
    }

    private static func text(of filter: FilterWiring, in wiring: Wiring) -> String {
        var printer = CodePrinter()
        printer.lines([
            "/*",
            " * Copyright the topoc developers",
            " *",
            " * SPDX-License-Identifier: BSD-2-Clause",
            " *",
            " * \(wiring.provenance)",
            " * Change the topology, not this file.",
            " */",
            "",
        ])
        if filter.layout != .packed {
            printer.line("#define TOPOC_LINK_LAYOUT \(filter.layout.constant)")
        }
        FilterRulesPrinter(filter).print(&printer)
        printer.blank()
        printer.line("/* What the component is compiled with. */")
        printer.line("#define TOPOC_FILTER_QUEUE_LENGTH \(wiring.connections[filter.connection].queueLength)")
        printer.line("#define TOPOC_FILTER_RULES \(max(filter.rules.count, 1))")
        if filter.needsClock {
            printer.line("/* In nanoseconds; CAmkES makes it. */")
            printer.line("uint64_t timer_time(void);")
            printer.line("#define TOPOC_FILTER_NOW timer_time()")
        } else {
            printer.line("/* No rule has a rate. */")
            printer.line("#define TOPOC_FILTER_NOW 0")
        }
        printer.line("#include \"filter_component.h\"")
        return printer.text
    }
}

extension FilterWiring {
    /// Some rule has a rate.
    var needsClock: Bool { implementation == .native && rules.contains { $0.rate != nil } }
}
