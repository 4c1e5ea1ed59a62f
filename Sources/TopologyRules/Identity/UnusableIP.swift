// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

/// An IP address that no host can have on a network.
enum UnusableIP: Rule {
    static let description = RuleDescription(
        code: "TOPO214", name: "unusable-ip", severity: .error,
        summary: "A VM has an address that no host can have: unspecified, loopback, multicast or reserved.",
        rationale: """
            0.0.0.0/8 and :: stand for "no address yet", 127.0.0.0/8 and ::1 never leave a host, 224.0.0.0/4 and \
            ff00::/8 name groups, and 240.0.0.0/4 is reserved. A guest takes such an address without a word, or \
            refuses it and boots without a network; no frame ever comes back to it.
            """,
        bad: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "127.0.0.1/8")
                VM(1, ip: "127.0.0.2/8")
                Partition("lan") { Link(0, 1) }
            }
            """,
        good: """
            import Topology

            Assembly("pair") {
                VM(0, ip: "10.0.0.1/8")
                VM(1, ip: "10.0.0.2/8")
                Partition("lan") { Link(0, 1) }
            }
            """,
        isAllowable: true)

    static func check(_ subject: Subject, _ report: (Finding) -> Void) {
        for place in subject.ownOrPool(\.ip) {
            guard let ip = place.address.value, let kind = kind(of: ip) else { continue }
            report(finding(place, kind, "as \"192.168.1.1/24\""))
        }
        for place in subject.ownOrPool(\.ipv6) {
            guard let ip = place.address.value, let kind = kind(of: ip) else { continue }
            report(finding(place, kind, "as \"fd00::1/64\""))
        }
    }

    private static func finding<Value>(_ place: AddressPlace<Value>, _ kind: String, _ example: String) -> Finding {
        description.finding(
            "\(place.owner) has \(place.address.text), which is \(kind) address",
            at: place.address.origin.span ?? place.node.identityOrigin.span,
            notes: ["take an address of a network, \(example)"])
    }

    /// What is wrong with an address, or `nil` where nothing is.
    static func kind(of ip: IPv4Interface) -> String? {
        switch ip.address >> 24 {
        case 0: "an unspecified"
        case 127: "a loopback"
        case 224...239: "a multicast"
        case 240...255: "a reserved"
        default: nil
        }
    }

    static func kind(of ip: IPv6Interface) -> String? {
        switch ip.address {
        case 0: "an unspecified"
        case 1: "a loopback"
        default: ip.address >> 120 == 0xff ? "a multicast" : nil
        }
    }
}
