// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// A guest's virtio-net device, as QEMU is told of it.
public struct NetworkCard: Sendable, Hashable {
    public let mac: MACAddress
    /// QEMU's name for what the device is connected to.
    private let netdev: String
    /// QEMU's arguments that make a netdev of that name.
    public let backend: [String]

    public static let netdev = "net0"

    public init(mac: MACAddress, netdev: String = Self.netdev, backend: [String]) {
        self.mac = mac
        self.netdev = netdev
        self.backend = backend
    }

    /// A device whose other side is a vhost-user back end, which listens at an abstract Unix socket. One that goes is
    /// looked for every second.
    public static func vhostUser(_ number: Int, mac: MACAddress, socket: String) -> NetworkCard {
        let netdev = "net\(number)"
        return NetworkCard(
            mac: mac, netdev: netdev,
            backend: [
                "-chardev", "socket,id=\(netdev)-socket,path=\(socket),abstract=on,reconnect=1",
                "-netdev", "vhost-user,id=\(netdev),chardev=\(netdev)-socket",
            ])
    }

    var arguments: [String] {
        // Without MSI-X: QEMU 7.2 under TCG ends in msix_set_vector_notifiers when a vhost-user backend has it.
        // Without a ROM: nothing is booted over the network.
        backend + ["-device", "virtio-net-pci,netdev=\(netdev),mac=\(mac),vectors=0,romfile="]
    }
}

/// A network of QEMU's own, over Unix sockets: what frames pass without the data path of topoc. The guest of number 0
/// has the hub.
public struct SocketNetwork: Sendable, Hashable {
    private let directory: String
    private let count: Int

    /// - Parameters:
    ///   - directory: takes the sockets; a path of a Unix socket has 107 bytes at most.
    ///   - count: of guests.
    public init(directory: String, count: Int) {
        self.directory = directory
        self.count = count
    }

    public func card(of number: Int, mac: MACAddress) -> NetworkCard {
        NetworkCard(
            mac: mac, backend: number == 0 ? hub : link(NetworkCard.netdev, from: "\(number)", to: "0-\(number)"))
    }

    private var hub: [String] {
        ["-netdev", "hubport,id=\(NetworkCard.netdev),hubid=0"]
            + (1..<max(count, 1)).flatMap { peer in
                link("link\(peer)", from: "0-\(peer)", to: "\(peer)")
                    + ["-netdev", "hubport,id=port\(peer),hubid=0,netdev=link\(peer)"]
            }
    }

    private func link(_ name: String, from: String, to: String) -> [String] {
        [
            "-netdev",
            "dgram,id=\(name),local.type=unix,local.path=\(directory)/\(from),"
                + "remote.type=unix,remote.path=\(directory)/\(to)",
        ]
    }
}
