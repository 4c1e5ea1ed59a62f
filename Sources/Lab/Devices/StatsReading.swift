// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Wiring

extension StatsSnapshot.Flow {
    /// By the names of enum lab_drop, without its prefix.
    private static var causes: [(lab_drop, String)] {
        [
            (LAB_DROP_LENGTH, "length"), (LAB_DROP_SOURCE, "source"), (LAB_DROP_DESTINATION, "destination"),
            (LAB_DROP_NO_ROOM, "noRoom"), (LAB_DROP_STALLED, "stalled"), (LAB_DROP_BROKEN, "broken"),
            (LAB_DROP_REFUSED, "refused"), (LAB_DROP_CUT, "cut"), (LAB_DROP_LOSS, "loss"), (LAB_DROP_QUEUE, "queue"),
            (LAB_DROP_TRAILER, "trailer"), (LAB_DROP_GUEST, "guest"), (LAB_DROP_RESTART, "restart"),
        ]
    }

    init(_ flow: lab_flow_stats) {
        var flow = flow
        var drops: [String: UInt64] = [:]
        for (cause, name) in Self.causes {
            let count = lab_flow_drops(&flow, cause)
            if count > 0 { drops[name] = count }
        }
        self.init(frames: flow.frames, bytes: flow.bytes, drops: drops)
    }
}

extension StatsSnapshot.Link {
    init(vm: VMWiring, link: Int, partition: String, _ stats: lab_link_stats) {
        var latency = stats.latency
        let isMeasured = latency.max > 0
        let state =
            switch UInt32(truncatingIfNeeded: stats.state) {
            case LAB_LINK_LIVE.rawValue: "live"
            case LAB_LINK_STALLED.rawValue: "stalled"
            case LAB_LINK_BROKEN.rawValue: "broken"
            case LAB_LINK_CUT.rawValue: "cut"
            default: "none"
            }
        self.init(
            vm: vm.number, peer: vm.peers[link].number, partition: partition, state: state,
            generation: stats.generation, sent: .init(stats.sent), received: .init(stats.received),
            parked: stats.parked_frames,
            latencyP50: isMeasured ? lab_histogram_quantile(&latency, 0.5) : nil,
            latencyP99: isMeasured ? lab_histogram_quantile(&latency, 0.99) : nil,
            latencyMax: isMeasured ? latency.max : nil)
    }
}

extension StatsSnapshot.Interface {
    init(vm: Int, interface: Int, _ stats: lab_interface_stats) {
        let state =
            switch UInt32(truncatingIfNeeded: stats.state) {
            case LAB_GUEST_READY.rawValue: "ready"
            case LAB_GUEST_FAULTY.rawValue: "faulty"
            default: "gone"
            }
        self.init(
            vm: vm, interface: interface, state: state, fromGuest: .init(stats.from_guest),
            toGuest: .init(stats.to_guest), interrupts: stats.interrupts)
    }
}

extension StatsPage {
    func interfaces(of vm: VMWiring) -> [StatsSnapshot.Interface] {
        let stats = read()
        return withUnsafeBytes(of: stats.interfaces) { bytes in
            let interfaces = bytes.bindMemory(to: lab_interface_stats.self)
            return vm.interfaces.indices.prefix(interfaces.count).map {
                StatsSnapshot.Interface(vm: vm.number, interface: $0, interfaces[$0])
            }
        }
    }
}
