// SPDX-License-Identifier: BSD-2-Clause

import Topology

/// Everything decided, once: what the emitters print and the lab runs.
public struct Wiring: Sendable, Hashable {
    /// The assembly's name: of its file, of the app directory and of the CMake project.
    public let name: String
    public let target: Target
    /// A VM's index is its number.
    public let vms: [VMWiring]
    /// One `seL4VirtQueues` connection each, with its own `VirtQueueInit`.
    public let connections: [Connection]
    /// What stands in the middle of links, in the order declared.
    public let filters: [FilterWiring]
    /// What every guest has that runs the tree's root file system.
    public let programs: [ProgramsFolder]
}

/// A CMake project of programs for guests.
public struct ProgramsFolder: Sendable, Hashable {
    /// Relative to the topology's file, with `/` between its parts.
    public let path: String
    /// The executables that it makes.
    public let names: [String]
}

/// A VM with its ends of every link.
public struct VMWiring: Sendable, Hashable {
    public let number: Int
    public let name: String?
    public let hostname: String
    public let mac: MACAddress
    public let ip: IPv4Interface
    public let ipv6: IPv6Interface?
    public let guest: GuestSettings
    /// Bytes: `heap_size`.
    public let heap: Int
    /// Its device.
    public let dataPath: DataPath
    /// How its links, and those of all whom they lead to, lie in shared memory.
    public let layout: LinkLayout
    /// From which addresses its guest may send.
    public let sources: Sources
    /// In the order of the rows; the index gives the queue ids.
    public let peers: [Peer]
    /// `eth0` and those behind it: one at least, also where there is no link.
    public let interfaces: [Interface]

    /// The CAmkES instance: `vm0`.
    public var instance: String { "vm\(number)" }
    /// The CAmkES component type: `Init0`.
    public var component: String { "Init\(number)" }
    /// Whether the guest runs the tree's root file system, to which files can be added.
    public var hasTreesRootFileSystem: Bool { guest.initrd.value == Defaults.initrd(vm: number) }
}

/// A network interface of a guest, and the switch behind it.
public struct Interface: Sendable, Hashable {
    /// The partition that it serves; `nil` for all that the VM is in.
    public let partition: String?
    public let mac: MACAddress
    public let ip: IPv4Interface
    public let ipv6: IPv6Interface?
    /// The interrupt line in the guest; `nil` where the target has none.
    public let interrupt: Int?
    /// Its links: indices into the VM's peers.
    public let links: [Int]
    /// From a peer's MAC address to an index into `links`; `nil` where the device is not topoc's.
    public let table: MACTable?
    /// Addresses that it can learn, a power of two; 0 where every peer sends from its own alone.
    public let learned: Int
}

/// A VM's two ends of one link: the driver side of the virtqueue it sends on and the device side of the one it
/// receives from.
public struct Peer: Sendable, Hashable {
    /// The other VM's number.
    public let number: Int
    /// Index into `Wiring.connections`.
    public let connection: Int
    /// `ether_P_send_id`.
    public let sendID: Int
    /// `ether_P_recv_id`.
    public let receiveID: Int
    /// Bytes of shared memory behind each of the two.
    public let sharedMemory: Int
    /// The peer's MAC address on this link.
    public let mac: MACAddress
    /// The number of this VM's interface that has the link.
    public let interface: Int
    /// From which addresses the peer's guest may send.
    public let sources: Sources

    /// `VirtQueueDrv`.
    public var sendInterface: String { "ether_\(number)_send" }
    /// `VirtQueueDev`.
    public var receiveInterface: String { "ether_\(number)_recv" }
}

/// The links of a partition that share one queue length and one size of shared memory.
public struct Connection: Sendable, Hashable {
    /// The partition's name.
    public let partition: String
    /// The topology macro: the partition's name, with its sizes where a partition has several connections.
    public let topology: String
    public let queueLength: Int
    public let sharedMemory: Int
    /// The instance of `VirtQueueInit`.
    public let initInstance: String
    /// The VMs' rows, by ascending VM.
    public let rows: [Row]
    /// Index into `Wiring.filters`, of the one that its two VMs are joined through: then there are two connections, one
    /// to each of them, which the filter names.
    public internal(set) var filter: Int?

    /// The CAmkES connection: `topology_def_conn`.
    public var name: String { "\(topology)_conn" }
    /// The connection's to-end: `init.init`.
    public var toEnd: String { "\(initInstance).init" }

    /// `f(0,1,2)`: a VM and its peers.
    public struct Row: Sendable, Hashable {
        public let vm: Int
        public internal(set) var peers: [Int]
    }
}

/// One direction of a link, as the isolation claim counts it.
public struct Flow: Sendable, Hashable {
    public let source: Int
    public let destination: Int
    public let partition: String
    /// Index into `Wiring.connections`.
    public let connection: Int
    /// By which the source addresses the destination.
    public let destinationMAC: MACAddress
    /// The source's own, on this link.
    public let sourceMAC: MACAddress
    /// The source's id of the driver side.
    public let sendID: Int
    /// The destination's id of the device side.
    public let receiveID: Int
    public let queueLength: Int
    public let sharedMemory: Int
    /// Index into `Wiring.filters`, of the one that judges its frames.
    public let filter: Int?
}

extension Wiring {
    /// Every flow: each link twice, by source and then in the order of its row.
    public var flows: [Flow] {
        var receiveIDs: [HalfKey: Int] = [:]
        for vm in vms {
            for peer in vm.peers { receiveIDs[HalfKey(peer.number, vm.number)] = peer.receiveID }
        }
        return vms.flatMap { vm in
            vm.peers.compactMap { peer in
                // A row without an answer has no flow; no wiring without errors has one.
                guard let receiveID = receiveIDs[HalfKey(vm.number, peer.number)] else { return nil }
                let connection = connections[peer.connection]
                return Flow(
                    source: vm.number, destination: peer.number, partition: connection.partition,
                    connection: peer.connection, destinationMAC: peer.mac,
                    sourceMAC: vm.interfaces[peer.interface].mac, sendID: peer.sendID,
                    receiveID: receiveID,
                    queueLength: connection.queueLength, sharedMemory: peer.sharedMemory, filter: connection.filter)
            }
        }
    }
}
