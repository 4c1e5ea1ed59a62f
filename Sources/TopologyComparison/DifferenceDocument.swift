// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

extension TopologyDifference {
    /// For a program: sorted keys, two spaces, a newline at the end. `formatVersion` grows when a field changes its
    /// meaning or goes.
    ///
    /// - Parameters:
    ///   - old: the name of the text that the old topology was read from.
    ///   - new: likewise.
    public func json(old: String, new: String) throws -> String {
        try JSONRenderer.encoded(Document(self, old: old, new: new))
    }
}

private struct Document: Encodable {
    struct VMs: Encodable {
        var added: [TopologyDifference.VMLabel]
        var removed: [TopologyDifference.VMLabel]
        var changed: [TopologyDifference.VMChange]
    }

    struct Flows: Encodable {
        var added: [TopologyDifference.FlowChange]
        var removed: [TopologyDifference.FlowChange]
        var changed: [TopologyDifference.FlowChange]
    }

    struct Filters: Encodable {
        var added: [TopologyDifference.FilterChange]
        var removed: [TopologyDifference.FilterChange]
        var changed: [TopologyDifference.FilterChange]
    }

    struct Assertions: Encodable {
        var added: [TopologyDifference.Assertion]
        var removed: [TopologyDifference.Assertion]
    }

    struct Wider: Encodable {
        var links: [Widening.Link]
        var passing: [Widening.Passing]
        var joined: [Widening.Joined]
    }

    var formatVersion = 1
    var version = TopocVersion.current
    var old: String
    var new: String
    var assembly: [TopologyDifference.SettingChange]
    var vms: VMs
    var flows: Flows
    var filters: Filters
    var assertions: Assertions
    var widening: Wider

    init(_ difference: TopologyDifference, old: String, new: String) {
        self.old = old
        self.new = new
        assembly = difference.assembly
        vms = VMs(added: difference.addedVMs, removed: difference.removedVMs, changed: difference.changedVMs)
        flows = Flows(
            added: difference.flows.filter { $0.old == nil }, removed: difference.flows.filter { $0.new == nil },
            changed: difference.flows.filter { $0.old != nil && $0.new != nil })
        filters = Filters(
            added: difference.filters.filter { $0.old == nil }, removed: difference.filters.filter { $0.new == nil },
            changed: difference.filters.filter { $0.old != nil && $0.new != nil })
        assertions = Assertions(added: difference.addedAssertions, removed: difference.removedAssertions)
        let widening = difference.widening
        self.widening = Wider(links: widening.links, passing: widening.passing, joined: widening.joined)
    }
}
