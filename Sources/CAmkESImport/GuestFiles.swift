// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Wiring

/// A file of an app that may be a guest's `/etc/network/interfaces` or `/etc/hostname`.
public struct GuestFile: Sendable, Hashable {
    /// With the app's directory.
    public let path: String
    public let text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// Whether a file of an app has a name as guests' network files have: `network/vm0/interfaces`,
    /// `scripts/network_interface_0`.
    public static func isNamedSo(_ path: String) -> Bool {
        let name = path.split(separator: "/").last ?? ""
        return name == "hostname" || name.contains("interface") && !name.contains(".")
    }
}

/// What guests' files say of their addresses.
struct GuestFiles {
    struct Said {
        let value: String
        let place: SpecificationPlace
    }

    private(set) var ip: [Int: Said] = [:]
    private(set) var ipv6: [Int: Said] = [:]
    private(set) var hostname: [Int: Said] = [:]
    private(set) var findings: [PlacedFinding] = []

    /// - Parameter vms: the numbers of the app's VMs.
    init(_ files: [GuestFile], vms: [Int]) {
        var taken: Set<String> = []
        for file in files.sorted(by: { $0.path < $1.path }) {
            let kind = file.path.hasSuffix("hostname") ? "hostname" : "interfaces"
            guard let number = Self.vm(of: file.path), vms.contains(number), taken.insert("\(number) \(kind)").inserted
            else {
                leave("this file is of no VM of the app, or of one that has another", at: file, line: 1)
                continue
            }
            if kind == "hostname" { readHostname(file, number) } else { readInterfaces(file, number) }
        }
    }

    /// The number in `vm3/interfaces`, or at the end of `network_interface_3`.
    private static func vm(of path: String) -> Int? {
        let parts = path.split(separator: "/")
        if let number = parts.dropLast().reversed().lazy.compactMap({ FlowModel.vm(String($0)) }).first {
            return number
        }
        return parts.last?.split(separator: "_").last.flatMap { Int($0) }
    }

    private mutating func readHostname(_ file: GuestFile, _ vm: Int) {
        for (line, words) in Self.lines(of: file) {
            hostname[vm] = Said(value: words[0], place: SpecificationPlace(file: file.path, line: line))
            return
        }
    }

    /// The address of `eth0`: `address` and `netmask` of its stanzas.
    private mutating func readInterfaces(_ file: GuestFile, _ vm: Int) {
        var family: String?
        var address: (text: String, line: Int)?
        var netmask: String?
        func end(_ files: inout GuestFiles) {
            guard let family, let (text, line) = address else { return }
            let prefix = netmask.flatMap { Self.prefix($0) }
            let whole = text.contains("/") ? text : "\(text)/\(prefix ?? 24)"
            let said = Said(value: whole, place: SpecificationPlace(file: file.path, line: line))
            if !text.contains("/"), prefix == nil {
                files.leave("the address of eth0 has no netmask that can be read: /24 is taken", at: file, line: line)
            }
            if family == "inet6" { files.ipv6[vm] = said } else { files.ip[vm] = said }
        }
        for (line, words) in Self.lines(of: file) {
            switch words[0] {
            case "iface", "auto", "allow-hotplug", "mapping", "source":
                end(&self)
                (family, address, netmask) = (nil, nil, nil)
                guard words[0] == "iface", words.count == 4 else { continue }
                if words[1] == "eth0", words[3] == "static", words[2] == "inet" || words[2] == "inet6" {
                    family = words[2]
                } else if words[1] != "lo" {
                    leave(
                        "a topology does not say the interface \(words[1]), \(words[2]) \(words[3])", at: file,
                        line: line)
                }
            case "address" where family != nil && words.count == 2: address = (words[1], line)
            case "netmask" where family != nil && words.count == 2: netmask = words[1]
            default: leave("a topology does not say `\(words.joined(separator: " "))`", at: file, line: line)
            }
        }
        end(&self)
    }

    /// Lines that say something, each as its words, with its number.
    private static func lines(of file: GuestFile) -> [(Int, [String])] {
        file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            return words.isEmpty || words[0].hasPrefix("#") ? nil : (index + 1, words)
        }
    }

    /// 24 of `255.255.255.0`, or of `24`.
    private static func prefix(_ netmask: String) -> Int? {
        if let number = Int(netmask) { return number }
        guard let mask = IPv4Interface("\(netmask)/32")?.address else { return nil }
        let length = (~mask).leadingZeroBitCount
        return length == 32 || mask << UInt32(length) == 0 ? length : nil
    }

    private mutating func leave(_ message: String, at file: GuestFile, line: Int) {
        findings.append(
            PlacedFinding(
                ImportRules.notExpressed.finding(message, at: nil), at: SpecificationPlace(file: file.path, line: line))
        )
    }
}
