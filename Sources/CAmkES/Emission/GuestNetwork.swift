// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Wiring

/// What a guest finds in its `/etc`.
public enum GuestNetwork {
    /// `/etc/network/interfaces`: the loopback, and where the VM has a link `eth0` and its further interfaces.
    public static func interfaces(of vm: VMWiring, in wiring: Wiring) -> String {
        var printer = CodePrinter()
        if !vm.peers.isEmpty {
            printer.blank()
            for (number, interface) in vm.interfaces.enumerated() {
                printer.line("auto eth\(number)")
                printer.block("iface eth\(number) inet static", closing: "") {
                    $0.line("address \(interface.ip.host)")
                    $0.line("netmask \(interface.ip.netmask)")
                }
                guard let ipv6 = interface.ipv6 else { continue }
                printer.block("iface eth\(number) inet6 static", closing: "") {
                    $0.line("address \(ipv6.host)")
                    $0.line("netmask \(ipv6.prefix)")
                }
            }
        }
        return Template.interfaces.filled(["provenance": wiring.provenance, "interfaces": printer.text])
            .withoutTrailingLines
    }

    /// `/etc/hosts`: the VM itself and those that it can reach, by the addresses at which it reaches them.
    public static func hosts(of vm: VMWiring, in wiring: Wiring) -> String {
        let peers = vm.peers.compactMap { peer -> (vm: VMWiring, interfaces: [Interface])? in
            let known = wiring.vms[peer.number]
            guard let way = known.peers.first(where: { $0.number == vm.number }) else { return nil }
            return (known, [known.interfaces[way.interface]])
        }
        let known = ([(vm, vm.interfaces)] + peers).sorted { $0.vm.number < $1.vm.number }
        let lines = known.flatMap { known in
            let names = names(of: known.vm)
            return known.interfaces.flatMap { interface in
                ["\(interface.ip.host) \(names)"] + (interface.ipv6.map { ["\($0.host) \(names)"] } ?? [])
            }
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
