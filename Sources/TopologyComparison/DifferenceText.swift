// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

extension TopologyDifference {
    /// For a person: a line a difference, what widens last, and a line that counts. Ends with a newline.
    public func text(style: TextStyle) -> String {
        guard !isEmpty else { return "no difference\n" }
        var lines: [String] = assembly.map { "~ assembly: \($0.text)" }
        lines += addedVMs.map { style.added("+ \($0.text)") }
        lines += removedVMs.map { style.removed("- \($0.text)") }
        lines += changedVMs.flatMap { vm in vm.changes.map { "~ \(vm.vm.text): \($0.text)" } }
        lines += flows.map { $0.text(style) }
        lines += filters.flatMap { $0.lines(style) }
        lines += addedAssertions.map { style.added("+ \($0.text)") }
        lines += removedAssertions.map { style.removed("- \($0.text)") }
        let wider = widening.links.map(\.text) + widening.passing.flatMap(\.lines) + widening.joined.map(\.text)
        lines += wider.map {
            style.severity(.warning, "widening") + ": " + $0
        }
        return (lines + ["", summary]).map { $0 + "\n" }.joined()
    }

    private var summary: String {
        let added = flows.count { $0.old == nil }
        let removed = flows.count { $0.new == nil }
        var parts = [
            "VMs: \(addedVMs.count) added, \(removedVMs.count) removed, \(changedVMs.count) changed",
            "flows: \(added) added, \(removed) removed, \(flows.count - added - removed) changed",
        ]
        if !filters.isEmpty {
            let added = filters.count { $0.old == nil }
            let removed = filters.count { $0.new == nil }
            parts.append(
                "filters: \(added) added, \(removed) removed, \(filters.count - added - removed) changed")
        }
        if !widening.isEmpty {
            let joined = widening.joined.reduce(0) { $0 + $1.pairs }
            let passing = Set(widening.passing.map { Set([$0.source, $0.destination]) }).count
            let words = [
                widening.links.isEmpty ? nil : "\(Self.pairs(widening.links.count)) linked",
                passing == 0 ? nil : "more passes between \(Self.pairs(passing))",
                joined == 0 ? nil : "\(Self.pairs(joined)) joined through other VMs",
            ]
            parts.append("widening: " + words.compactMap { $0 }.joined(separator: ", "))
        }
        return parts.joined(separator: "; ")
    }

    fileprivate static func pairs(_ count: Int) -> String { "\(count) pair\(count == 1 ? "" : "s")" }
}

extension TopologyDifference.VMLabel {
    fileprivate var text: String { name.map { "VM \(number) (\"\(DisplayWidth.shown($0))\")" } ?? "VM \(number)" }
}

extension TopologyDifference.SettingChange {
    fileprivate var text: String { "\(setting) \(Self.shown(old)) → \(Self.shown(new))" }

    private static func shown(_ value: String?) -> String { value.map(DisplayWidth.shown) ?? "none" }
}

extension TopologyDifference.FlowSettings {
    fileprivate var text: String {
        "\"\(DisplayWidth.shown(partition))\", \(queueLength) descriptors, \(sharedMemory) bytes"
    }
}

extension TopologyDifference.FlowChange {
    fileprivate func text(_ style: TextStyle) -> String {
        let flow = "\(source.text) → \(destination.text)"
        return switch (old, new) {
        case (nil, let new?): style.added("+ \(flow) in \(new.text)")
        case (let old?, nil): style.removed("- \(flow) in \(old.text)")
        default: "~ \(flow): \(old?.text ?? "") → \(new?.text ?? "")"
        }
    }
}

extension TopologyDifference.FilterChange {
    /// A line for the filter where it comes, goes or has another name, and one for each setting and rule.
    fileprivate func lines(_ style: TextStyle) -> [String] {
        let name = "filter \"\(DisplayWidth.shown(new ?? old ?? ""))\""
        let ends = " between \(vms.map(\.text).joined(separator: " and "))"
        var lines: [String] = []
        switch (old, new) {
        case (nil, _?): lines.append(style.added("+ \(name)\(ends)"))
        case (_?, nil): lines.append(style.removed("- \(name)\(ends)"))
        case (let old?, let new?) where old != new:
            lines.append("~ filter\(ends): name \(DisplayWidth.shown(old)) → \(DisplayWidth.shown(new))")
        default: break
        }
        return lines + settings.map { "~ \(name): \($0.text)" } + rules.map { $0.text(name, style) }
    }
}

extension TopologyDifference.RuleChange {
    fileprivate func text(_ filter: String, _ style: TextStyle) -> String {
        let rule = "\(filter): rule \(number), "
        return switch (old.map(DisplayWidth.shown), new.map(DisplayWidth.shown)) {
        case (nil, let new?): style.added("+ \(rule)\(new)")
        case (let old?, nil): style.removed("- \(rule)\(old)")
        default: "~ \(rule)\(old.map(DisplayWidth.shown) ?? "") → \(new.map(DisplayWidth.shown) ?? "")"
        }
    }
}

extension TopologyDifference.Assertion {
    fileprivate var text: String { "Never: \(Self.list(sources)) reaches \(Self.list(destinations))" }

    private static func list(_ vms: [TopologyDifference.VMLabel]) -> String {
        vms.map(\.text).joined(separator: ", ")
    }
}

extension Widening.Link {
    fileprivate var text: String {
        let pair = vms.map(\.text).joined(separator: " and ")
        let before = wayBefore.isEmpty ? "" : ", which only other VMs joined before: \(wayBefore.way)"
        let joint =
            isFiltered
            ? "filter \"\(DisplayWidth.shown(partition))\" joins"
            : "partition \"\(DisplayWidth.shown(partition))\" links"
        return "\(joint) \(pair)\(before)"
    }
}

extension Widening.Passing {
    /// A line for each rule and kind of frames.
    fileprivate var lines: [String] {
        let name = "\"\(DisplayWidth.shown(partition))\""
        let way = "from \(source.text) to \(destination.text)"
        if frames.isEmpty { return ["partition \(name) lets every frame pass \(way), and a filter did not"] }
        return frames.map { "filter \(name) lets more pass \(way): \(DisplayWidth.shown($0))" }
    }
}

extension Widening.Joined {
    fileprivate var text: String {
        let sets = sets.map { "{" + $0.map { "\($0.number)" }.joined(separator: ", ") + "}" }
        return "other VMs can join the VMs \(sets.joined(separator: ", ")): \(TopologyDifference.pairs(pairs)), "
            + "as \(example.way)"
    }
}

extension [TopologyDifference.VMLabel] {
    fileprivate var way: String { map { "\($0.number)" }.joined(separator: " → ") }
}
