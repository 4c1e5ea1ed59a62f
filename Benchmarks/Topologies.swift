// SPDX-License-Identifier: BSD-2-Clause

/// The inputs that the benchmarks make themselves.
enum Topologies {
    static func mesh(_ count: Int) -> String {
        text(name: "mesh\(count)", vms: count, links: "Mesh(0..<\(count))")
    }

    static func star(_ count: Int) -> String {
        text(name: "star\(count)", vms: count + 1, links: "Star(hub: 0, 1...\(count))")
    }

    struct Shape {
        let name: String
        /// Two sizes, the second with twice the links.
        let sizes: [Int]
        let links: @Sendable (Int) -> Int
        let text: @Sendable (Int) -> String
    }

    static let scaling = [
        Shape(name: "star", sizes: [5_000, 10_000], links: { $0 }, text: star),
        Shape(name: "mesh", sizes: [212, 300], links: { $0 * ($0 - 1) / 2 }, text: mesh),
    ]

    private static func text(name: String, vms: Int, links: String) -> String {
        """
        import Topology

        Assembly("\(name)") {
            AddressPool(ip: "10.0.0.1/16")
            VMs(0..<\(vms))
            Partition("lan") {
                \(links)
            }
        }

        """
    }
}
