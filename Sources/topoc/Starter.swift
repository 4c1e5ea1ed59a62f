// SPDX-License-Identifier: BSD-2-Clause

/// What `topoc init` writes.
enum Starter {
    static let text = """
        // Three VMs, each with a link to each of the others.
        //
        //   topoc lint mesh.topo                          says what would fail on seL4
        //   topoc build mesh.topo -o mesh/mesh.camkes     writes the CAmkES app
        import Topology

        // The name of the CAmkES assembly and of the CMake project.
        Assembly("mesh") {
            // VM n gets the first MAC and IP address plus n. One VM can have its own:
            //   VM(3, mac: "02:00:00:00:AA:10", ip: "192.168.1.16/24", hostname: "gateway")
            AddressPool(mac: "02:00:00:00:AA:01", ip: "192.168.1.1/24")
            VMs(0..<3)

            // VMs in different partitions cannot reach each other. A partition holds Mesh, Star, Ring, Line and Link:
            //   Star(hub: 0, 1, 2)
            //   Link(0, 1, queueLength: 256, sharedMemory: 32768)
            Partition("lan") {
                Mesh(0..<3)
            }

            // What must not be possible, checked against all partitions:
            //   Never(0, reaches: 2)
        }

        """
}
