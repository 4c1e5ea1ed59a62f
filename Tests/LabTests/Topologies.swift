// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// Topologies that tests share, as files.
enum Topologies {
    /// Two VMs with a link.
    static let pair = file(
        "pair",
        """
        import Topology

        Assembly("pair") {
            VMs(0..<2)
            Partition("lan") { Link(0, 1) }
        }

        """)

    /// Two VMs with one MAC address.
    static let faulty = file(
        "faulty",
        """
        import Topology

        Assembly("pair") {
            VM(0, mac: "02:00:00:00:AA:01")
            VM(1, mac: "02:00:00:00:AA:01")
            Partition("lan") { Link(0, 1) }
        }

        """)

    /// The VM in the middle may send from any address.
    static let unpinned = file(
        "unpinned",
        """
        import Topology

        Assembly("unpinned") {
            VM(0)
            VM(1, sources: .any)
            VM(2)
            Partition("left") { Link(0, 1) }
            Partition("right") { Link(1, 2) }
        }

        """)

    /// Behind VM 0 there may be others.
    static let bridging = file(
        "bridging",
        """
        import Topology

        Assembly("bridging") {
            VM(0, sources: .any)
            VM(1)
            Partition("lan") { Link(0, 1) }
        }

        """)

    /// Of five VMs one has the tree's device, and two have no link to it.
    static let mixed = file(
        "mixed",
        """
        import Topology

        Assembly("mixed") {
            VM(0)
            VM(1, dataPath: .tree)
            VMs(2..<5)
            Partition("left") { Mesh(0..<3) }
            Partition("right") { Link(3, 4) }
        }

        """)

    /// Links with as little memory as libvirtqueue's rings and a frame of theirs need.
    static let narrow = file(
        "narrow",
        """
        import Topology

        Assembly("narrow", sharedMemory: 8192) {
            VM(0)
            VM(1, dataPath: .tree)
            Partition("lan") { Link(0, 1) }
        }

        """)

    /// What goes on in the background holds nobody up.
    static let starting = file(
        "starting",
        """
        import Topology

        Assembly("starting") {
            VM(0, guest: Guest(start: "ping -c 1 -W 5 vm1 > /dev/null && echo vm1 answers"))
            VM(1, guest: Guest(start: "sleep 1000 & echo this is $(hostname)"))
            Partition("lan") { Link(0, 1) }
        }

        """)

    static let failing = file(
        "failing",
        """
        import Topology

        Assembly("failing") {
            VM(0)
            VM(1, guest: Guest(start: "echo said before; exit 7"))
            Partition("lan") { Link(0, 1) }
        }

        """)

    private static func file(_ name: String, _ text: String) -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-lab-tests")
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "\(name)-\(getpid()).topo")
        try? Data(text.utf8).write(to: file)
        return file.path
    }
}
