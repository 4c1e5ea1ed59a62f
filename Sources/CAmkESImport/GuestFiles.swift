// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Diagnostics
import Wiring

/// A file of an app that may be a guest's: `/etc/network/interfaces`, `/etc/hosts`, `/etc/hostname`, or what it starts.
public struct GuestFile: Sendable, Hashable {
    /// With the app's directory.
    public let path: String
    public let text: String

    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// Whether a file of an app has a name as guests' files have: `network/vm0/interfaces`, `start/vm0.sh`,
    /// `scripts/network_interface_0`.
    public static func isNamedSo(_ path: String) -> Bool { Kind(path) != nil }

    enum Kind {
        case interfaces, hosts, hostname, start

        init?(_ path: String) {
            let parts = path.split(separator: "/").suffix(2).map(String.init)
            let name = parts.last ?? ""
            switch name {
            case "hostname": self = .hostname
            case "hosts": self = .hosts
            case _ where name.contains("interface") && !name.contains("."): self = .interfaces
            case _ where parts.count == 2 && GuestPrograms.isStart(parts.joined(separator: "/")): self = .start
            default: return nil
            }
        }
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
    private(set) var start: [Int: Said] = [:]
    /// Of `eth1` and those behind it: addresses of both families.
    private(set) var further: [Int: [(interface: String, address: Said)]] = [:]
    /// Lines that name a host: addresses and names with one blank between them.
    private(set) var hosts: [Int: [Said]] = [:]
    private(set) var findings: [PlacedFinding] = []

    /// - Parameter vms: the numbers of the app's VMs.
    init(_ files: [GuestFile], vms: [Int]) {
        var taken: Set<String> = []
        for file in files.sorted(by: { $0.path < $1.path }) {
            guard let kind = GuestFile.Kind(file.path) else { continue }
            guard let number = Self.vm(of: file.path), vms.contains(number), taken.insert("\(number) \(kind)").inserted
            else {
                leave("this file is of no VM of the app, or of one that has another", at: file, line: 1)
                continue
            }
            switch kind {
            case .interfaces: readInterfaces(file, number)
            case .hosts: readHosts(file, number)
            case .hostname: readHostname(file, number)
            case .start: readStart(file, number)
            }
        }
    }

    /// The number in `vm3/interfaces` or `vm3.sh`, or at the end of `network_interface_3`.
    private static func vm(of path: String) -> Int? {
        let parts = path.split(separator: "/")
        if let number = parts.dropLast().reversed().lazy.compactMap({ FlowModel.vm(String($0)) }).first {
            return number
        }
        let name = parts.last ?? ""
        if name.hasSuffix(".sh") { return FlowModel.vm(String(name.dropLast(3))) }
        return name.split(separator: "_").last.flatMap { Int($0) }
    }

    private mutating func readStart(_ file: GuestFile, _ vm: Int) {
        guard let (line, text) = GuestPrograms.start(in: file.text) else {
            leave("a topology does not say this script, which is not as topoc writes it", at: file, line: 1)
            return
        }
        start[vm] = Said(value: text, place: SpecificationPlace(file: file.path, line: line))
    }

    private mutating func readHosts(_ file: GuestFile, _ vm: Int) {
        hosts[vm] = Self.lines(of: file).map { line, words in
            Said(value: words.joined(separator: " "), place: SpecificationPlace(file: file.path, line: line))
        }
    }

    /// Something of a guest's files that a topology has no words for.
    mutating func leave(_ message: String, at place: SpecificationPlace) {
        findings.append(PlacedFinding(ImportRules.notExpressed.finding(message, at: nil), at: place))
    }

    private mutating func readHostname(_ file: GuestFile, _ vm: Int) {
        for (line, words) in Self.lines(of: file) {
            hostname[vm] = Said(value: words[0], place: SpecificationPlace(file: file.path, line: line))
            return
        }
    }

    /// The addresses of `eth0` and further interfaces: `address` and `netmask` of their stanzas.
    private mutating func readInterfaces(_ file: GuestFile, _ vm: Int) {
        var interface = "eth0"
        var family: String?
        var address: (text: String, line: Int)?
        var netmask: String?
        func end(_ files: inout GuestFiles) {
            guard let family, let (text, line) = address else { return }
            let prefix = netmask.flatMap { Self.prefix($0) }
            let whole = text.contains("/") ? text : "\(text)/\(prefix ?? 24)"
            let said = Said(value: whole, place: SpecificationPlace(file: file.path, line: line))
            if !text.contains("/"), prefix == nil {
                files.leave(
                    "the address of \(interface) has no netmask that can be read: /24 is taken", at: file, line: line)
            }
            if interface != "eth0" {
                files.further[vm, default: []].append((interface, said))
            } else if family == "inet6" {
                files.ipv6[vm] = said
            } else {
                files.ip[vm] = said
            }
        }
        for (line, words) in Self.lines(of: file) {
            switch words[0] {
            case "iface", "auto", "allow-hotplug", "mapping", "source":
                end(&self)
                (family, address, netmask) = (nil, nil, nil)
                guard words[0] == "iface", words.count == 4 else { continue }
                if words[1].hasPrefix("eth"), words[3] == "static", words[2] == "inet" || words[2] == "inet6" {
                    (interface, family) = (words[1], words[2])
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
        leave(message, at: SpecificationPlace(file: file.path, line: line))
    }
}
