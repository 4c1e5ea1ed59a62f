// SPDX-License-Identifier: BSD-2-Clause

import Templates
import Topology
import Wiring

/// `configurations/connections.h`: the macros over which the macro form stands, with as many arities as the rows need.
enum ConnectionsHeader {
    static let path = "configurations/connections.h"

    /// Rows of up to so many peers may be edited by hand: the header has all arities up to the longest of them. Of
    /// longer rows it has those that occur.
    static let longestNarrowRow = 16

    static func text(for wiring: Wiring, dialect: Target.Dialect) -> String {
        let isTree = wiring.target.dataPath == .tree
        let sizes = Set(wiring.connections.map(\.sharedMemory) + [Defaults.sharedMemory]).sorted()
        return Template.connectionsHeader.filled([
            "provenance": wiring.provenance,
            "arities": Arities(wiring).text,
            "defaultSize": "\(Defaults.sharedMemory)",
            "endKeys": dialect.keysSharedMemoryByAttributes ? endKeys : "",
            "sizes": sizes.map(size).joined(separator: "\n"),
            "rowSizes": sizes.map(rowSize).joined(separator: "\n"),
            "addressUsage": isTree ? " VM0_MACADDRESS is the address of VM 0." : "",
            "mappingUsage": isTree ? ", and by which of them a VM reaches a MAC address" : "",
            "mapping": isTree ? mapping : "",
            "rowsOfSettings": isTree ? rowsWithMappings : rowsWithoutMappings,
            "connector": wiring.target.dataPath.connector,
            "handlerUsage": dialect.handlerTakesTopology
                ? "VM_CONNECTION_INIT_HANDLER(vm, topology)      starts the device, and its part in each notification"
                : "VM_CONNECTION_INIT_HANDLER                    starts the device, and its part in a notification",
            "handlerOfAnEnd": handlerOfAnEnd(for: wiring.target.dataPath, dialect),
            "handler": handler(for: wiring.target.dataPath, dialect),
        ])
    }

    private static let mapping = #"""
        #define TOPOC_MAPPING(vm_id, peer, send, recv) \
            {"mac_addr": VM##peer##_MACADDRESS, "send_id": send, "recv_id": recv},

        """#

    private static let rowsWithMappings = #"""
        #define TOPOC_ROW_MAPPINGS(vm_id, ...) \
            vm##vm_id.vswitch_mac_address = VM##vm_id##_MACADDRESS; \
            vm##vm_id.vswitch_layout = [TOPOC_EACH(TOPOC_MAPPING, vm_id, __VA_ARGS__)];
        #define TOPOC_ROW_VSWITCH(vm_id, ...) \
            TOPOC_EACH(TOPOC_IDS, vm_id, __VA_ARGS__) \
            TOPOC_ROW_MAPPINGS(vm_id, __VA_ARGS__)
        #define TOPOC_ROW_CONFIG(vm_id, ...) \
            TOPOC_EACH(TOPOC_IDS_AND_SHMEM, vm_id, __VA_ARGS__) \
            TOPOC_ROW_MAPPINGS(vm_id, __VA_ARGS__)
        """#

    /// MAC addresses stand in the tables of the device.
    private static let rowsWithoutMappings = #"""
        #define TOPOC_ROW_VSWITCH(vm_id, ...) TOPOC_EACH(TOPOC_IDS, vm_id, __VA_ARGS__)
        #define TOPOC_ROW_CONFIG(vm_id, ...) TOPOC_EACH(TOPOC_IDS_AND_SHMEM, vm_id, __VA_ARGS__)
        """#

    private static func size(_ bytes: Int) -> String {
        """
        #define TOPOC_SHMEM_\(bytes)(vm_id, peer, send, recv) \\
            vm##vm_id.ether_##peer##_send_shmem_size = \(bytes); \\
            vm##vm_id.ether_##peer##_recv_shmem_size = \(bytes);
        """
    }

    private static func rowSize(_ bytes: Int) -> String {
        "#define TOPOC_ROW_SHMEM_\(bytes)(vm_id, ...) TOPOC_EACH(TOPOC_SHMEM_\(bytes), vm_id, __VA_ARGS__)"
    }

    /// Until 3.8 the shared memory of a queue has a key of digits, that both ends say, and ends say whom they notify.
    /// The zeros keep `1` to `12` apart from `11` to `2`.
    private static let endKeys = #"""
         \
            vm##vm_id.ether_##peer##_send_attributes = #vm_id "00000" #peer; \
            vm##vm_id.ether_##peer##_recv_attributes = #peer "00000" #vm_id; \
            vm##vm_id.ether_##peer##_send_global_endpoint = "vm" #peer; \
            vm##vm_id.ether_##peer##_recv_global_endpoint = "vm" #peer; \
            vm##vm_id.ether_##peer##_send_badge = TOPOC_BADGE; \
            vm##vm_id.ether_##peer##_recv_badge = TOPOC_BADGE;
        """#

    private static func handlerOfAnEnd(for dataPath: DataPath, _ dialect: Target.Dialect) -> String {
        if dataPath == .topoc { return handlerOfAllEnds }
        return dialect.handlerTakesTopology ? handlerOfAnEnd : sharedBadge
    }

    private static func handler(for dataPath: DataPath, _ dialect: Target.Dialect) -> String {
        if dataPath == .topoc { return handlerOfOneBadge }
        return dialect.handlerTakesTopology ? handler : handlerWithoutArguments
    }

    /// All ends of a VM have one badge, so that of its first peer stands for all.
    private static let handlerOfAllEnds = #"""
        #define TOPOC_HANDLER(peer, ...) \
            { \
                "init": "\#(Device.start)", \
                "badge": "ether_" #peer "_send_notification_badge()", \
                "irq": "\#(Device.notify)" \
            }
        #define TOPOC_ROW_HANDLER(vm_id, ...) TOPOC_HANDLER(__VA_ARGS__, )

        """#

    private static let handlerOfOneBadge = #"""
        #define VM_CONNECTION_INIT_HANDLER(vm_id, topology) \
            VM##vm_id##_##topology(TOPOC_ROW_HANDLER)
        """#

    private static let handlerOfAnEnd = #"""
        #define TOPOC_HANDLERS(vm_id, peer, send, recv) \
            { \
                "init": "make_virtio_net_vswitch_driver_dummy", \
                "badge": "ether_" #peer "_send_notification_badge()", \
                "irq": "virtio_net_notify_vswitch" \
            }, \
            { \
                "init": "make_virtio_net_vswitch_driver_dummy", \
                "badge": "ether_" #peer "_recv_notification_badge()", \
                "irq": "virtio_net_notify_vswitch" \
            },
        #define TOPOC_ROW_HANDLERS(vm_id, ...) TOPOC_EACH(TOPOC_HANDLERS, vm_id, __VA_ARGS__)

        """#

    private static let sharedBadge = """
        /* The badge of every queue: bits 27 and 19. */
        #define TOPOC_BADGE \(ConnectionBadge.shared)

        """

    private static let handler = #"""
        #define VM_CONNECTION_INIT_HANDLER(vm_id, topology) \
            VM##vm_id##_##topology(TOPOC_ROW_HANDLERS) \
            {"init": "make_virtio_net_vswitch"}
        """#

    private static let handlerWithoutArguments = #"""
        #define VM_CONNECTION_INIT_HANDLER \
            {"init": "make_virtio_net_vswitch", "badge": TOPOC_BADGE, "irq": "virtio_net_notify_vswitch"}
        """#
}

/// What a VM's queues signal it with, where all share one badge (3.8 and before).
enum ConnectionBadge {
    /// Bit 27 marks what is no interrupt, bit 19 the queues.
    static let shared = 1 << 27 | 1 << 19
}
