// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// A filter, decided: a component with a link to each of its two VMs. The VMs are each other's peers, as if a link
/// joined them; it is the connection that leads to the filter.
public struct FilterWiring: Sendable, Hashable {
    public let name: String
    public let implementation: Implementation
    /// How its links lie in shared memory.
    public let layout: LinkLayout
    /// The rules that hold.
    public let rules: [ResolvedRule]
    /// Index into `Wiring.connections`: the sizes of its queues.
    public let connection: Int
    /// Towards the first VM, and towards the second.
    public let ends: [End]

    /// The CAmkES instance: `filter_fw`.
    public var instance: String { "filter_\(name)" }
    /// The CAmkES component type. CMake builds the CakeML component under its one name.
    public var component: String {
        switch implementation {
        case .native: "Filter_\(name)"
        case .cakeML: "CakeMLFilter"
        }
    }

    /// A filter's two ends of the link to one of its VMs.
    public struct End: Sendable, Hashable {
        /// The VM's number, and that of its peer behind the filter.
        public let vm: Int
        public let peer: Int
        /// Of the filter's virtqueues: to the VM, and from it.
        public let sendID: Int
        public let receiveID: Int
        /// The CAmkES connection, and its `VirtQueueInit`.
        public let connection: String
        public let initInstance: String

        /// At the filter.
        public var sendInterface: String { "ether_\(vm)_send" }
        public var receiveInterface: String { "ether_\(vm)_recv" }
        /// At the VM.
        public var peerSendInterface: String { "ether_\(peer)_send" }
        public var peerReceiveInterface: String { "ether_\(peer)_recv" }
        /// The connection's to-end: `init_fw_0.init`.
        public var toEnd: String { "\(initInstance).init" }
    }
}

extension FilterWiring {
    /// - Parameter connection: of the link between the two VMs.
    init(_ filter: ResolvedFilter, connection: Int, layout: LinkLayout) {
        name = filter.name.value
        implementation = filter.implementation
        self.layout = layout
        rules = filter.effectiveRules
        self.connection = connection
        ends = [(filter.first, filter.second), (filter.second, filter.first)].enumerated().map { index, vms in
            End(
                vm: vms.0, peer: vms.1, sendID: 2 * index, receiveID: 2 * index + 1,
                connection: "filter_\(filter.name.value)_\(vms.0)_conn",
                initInstance: "init_\(filter.name.value)_\(vms.0)")
        }
    }
}
