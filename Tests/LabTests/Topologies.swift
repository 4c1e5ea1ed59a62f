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

    private static func file(_ name: String, _ text: String) -> String {
        let directory = FileManager.default.temporaryDirectory.appending(path: "topoc-lab-tests")
        try? FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "\(name)-\(getpid()).topo")
        try? Data(text.utf8).write(to: file)
        return file.path
    }
}
