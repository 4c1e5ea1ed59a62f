// SPDX-License-Identifier: BSD-2-Clause

import Topology
import Wiring

/// The topologies that the tests emit.
enum Topologies {
    /// Upstream's zmq_samples.
    static let zmqSamples = mesh(3, name: "zmq_samples", partition: "topology_def")

    static let disjoint = Assembly("disjoint") {
        VMs(0..<4)
        Partition("left") { Link(0, 1) }
        Partition("right") { Link(2, 3) }
    }

    /// VM 1 stands in two partitions, with its one interface.
    static let bridge = Assembly("bridge") {
        VMs(0..<3)
        Partition("left") { Link(0, 1) }
        Partition("right") { Link(1, 2) }
    }

    /// Queues of several sizes in one partition, and a VM without a link.
    static let sizes = Assembly("sizes") {
        VMs(0..<4)
        Partition("lan", queueLength: 128) {
            Link(0, 1)
            Link(1, 2, sharedMemory: 65536)
        }
    }

    /// One size that is not upstream's, and guests that differ.
    static let guests = Assembly("guests") {
        AddressPool(mac: "02:00:00:00:BB:01", ip: "10.0.0.1/8", ipv6: "fd00::1/64")
        Guest(memoryMiB: 256)
        VM("web", guest: Guest(kernel: "linux-6.1", initrd: "web.cpio", commandLine: "console=ttyS0 quiet"))
        VM("db", hostname: "database")
        VM("log", guest: Guest(memoryMiB: 64, untyped23Pool: 9))
        Partition("dmz", sharedMemory: 65536) { Star(hub: "web", "db", "log") }
    }

    /// What guests run, of two projects.
    static let programs = Assembly("programs") {
        Programs("src", "hello")
        Programs("more/src", "a-program-with-a-rather-long-name-for-what-it-does", "b")
        VM(0, guest: Guest(start: "hello 192.168.1.2"))
        VM(1)
        Partition("lan") { Link(0, 1) }
    }

    /// VM 1 has the tree's device, so those that it is joined with, VM 3 through VM 2, speak libvirtqueue's layout; the
    /// pair does not. VM 4 sends from any address.
    static let mixed = Assembly("mixed") {
        VM(0)
        VM(1, dataPath: .tree)
        VMs(2..<4)
        VM(4, sources: .any)
        VM(5)
        Partition("left") { Mesh(0..<3) }
        Partition("right", sharedMemory: 65536) { Link(2, 3) }
        Partition("pair") { Link(4, 5) }
    }

    static let star = star(6)

    static func mesh(_ count: Int, name: String = "mesh", partition: String = "lan") -> Assembly {
        Assembly(name) {
            VMs(0..<count)
            Partition(partition) { Mesh(0..<count) }
        }
    }

    static func star(_ leaves: Int, name: String = "star") -> Assembly {
        Assembly(name) {
            VMs(0...leaves)
            Partition("spokes") { Star(hub: 0, 1...leaves) }
        }
    }

    static let all: [(name: String, assembly: Assembly)] = [
        ("zmq_samples", zmqSamples), ("disjoint", disjoint), ("bridge", bridge), ("sizes", sizes), ("guests", guests),
        ("programs", programs), ("mixed", mixed), ("star", star), ("mesh2", mesh(2, name: "mesh2")),
        ("mesh4", mesh(4, name: "mesh4")),
        ("wide_star", star(20, name: "wide_star")),
    ]

    static func wiring(_ assembly: Assembly, target: Target = .newest.overTree) throws -> Wiring {
        guard let wiring = Wiring(Network(assembly), target: target) else { throw NotWired() }
        return wiring
    }

    struct NotWired: Error {}
}

extension Target {
    /// With the tree's data path.
    var overTree: Target { with(.tree) ?? self }
}
