// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Wiring

/// What a guest finds in its `/etc`.
public enum GuestNetwork {
    /// `/etc/network/interfaces`: the loopback, and `eth0` where the VM has a link.
    public static func interfaces(of vm: VMWiring, in wiring: Wiring) -> String {
        var printer = CodePrinter()
        if !vm.peers.isEmpty {
            printer.blank()
            printer.line("auto eth0")
            printer.block("iface eth0 inet static", closing: "") {
                $0.line("address \(vm.ip.host)")
                $0.line("netmask \(vm.ip.netmask)")
            }
            if let ipv6 = vm.ipv6 {
                printer.block("iface eth0 inet6 static", closing: "") {
                    $0.line("address \(ipv6.host)")
                    $0.line("netmask \(ipv6.prefix)")
                }
            }
        }
        return Template.interfaces.filled(["provenance": wiring.provenance, "interfaces": printer.text])
            .withoutTrailingLines
    }

    /// `/etc/hosts`: the VM itself and those that it can reach.
    public static func hosts(of vm: VMWiring, in wiring: Wiring) -> String {
        let known = ([vm.number] + vm.peers.map(\.number)).sorted().map { wiring.vms[$0] }
        let lines = known.flatMap { known in
            let names = names(of: known)
            return ["\(known.ip.host) \(names)"] + (known.ipv6.map { ["\($0.host) \(names)"] } ?? [])
        }
        return Template.hosts.filled([
            "provenance": wiring.provenance, "hosts": lines.joined(separator: "\n"),
        ])
    }

    /// `/etc/hostname`.
    public static func hostname(of vm: VMWiring, in wiring: Wiring) -> String {
        Template.hostname.filled(["provenance": wiring.provenance, "hostname": Spelling.word(vm.hostname)])
    }

    /// The host name, and the instance where it has another name.
    private static func names(of vm: VMWiring) -> String {
        vm.hostname == vm.instance ? vm.instance : "\(Spelling.word(vm.hostname)) \(vm.instance)"
    }
}

extension String {
    /// Ends with one newline.
    fileprivate var withoutTrailingLines: String {
        var text = self[...]
        while text.hasSuffix("\n\n") { text.removeLast() }
        return String(text)
    }
}
