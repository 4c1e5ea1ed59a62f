// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation
import Testing
import Topology
import Wiring

/// Two guests of Linux, each in a network namespace with a real TAP.
@Suite(.timeLimit(.minutes(5))) struct NamespaceTests {
    private static let pair = Assembly("pair") {
        VMs(0..<2)
        Partition("lan") { Link(0, 1) }
    }

    /// The helper ends with this status where no namespace, or no TAP, can be made.
    private static let isPossible = (try? Guest(address: "10.0.0.1", mac: "02:00:00:00:00:01")) != nil

    private struct Guest {
        let process: DeviceProcess
        let tap: Descriptor

        init(address: String, mac: String) throws {
            process = try DeviceProcess(DeviceProcess.beside("lab-namespace"), arguments: [address, mac])
            var received = lab_received()
            var buffer = [UInt8](repeating: 0, count: Int(LAB_MESSAGE_MAX))
            guard process.controls[0].isReadable(within: patience),
                lab_receive(process.controls[0].number, &buffer, &received) == 1, received.descriptor_count == 1
            else { throw SmallLab.Problem(text: "no namespace with a TAP") }
            tap = try Descriptor("the TAP", received.descriptors.0)
        }

        /// Sends datagrams that are answered: how many came back as they were, and the median time in nanoseconds.
        func exchange(_ count: UInt32, bytes: UInt32, window: UInt32, with address: String) throws -> (UInt32, UInt64) {
            var peer = in_addr()
            inet_pton(AF_INET, address, &peer)
            let words: [UInt32] = [LAB_CUT.rawValue, 32, 1, 0, peer.s_addr, count, bytes, window]
            let sent = words.withUnsafeBytes { lab_send(process.controls[0].number, $0.baseAddress, 32, nil, 0) }
            guard sent == 0, let answer = process.controls[0].read(within: patience) else {
                throw SmallLab.Problem(text: "the guest says nothing")
            }
            return answer.withUnsafeBytes {
                (
                    $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self),
                    $0.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
                )
            }
        }
    }

    private func text(_ address: MACAddress) -> String {
        (0..<6).map { String(format: "%02x", Int(address.frameNumber >> (8 * $0) & 0xff)) }.joined(separator: ":")
    }

    @Test(.enabled(if: isPossible, "needs user and network namespaces, and /dev/net/tun"), arguments: [false, true])
    func linuxGuestsTalk(_ offload: Bool) throws {
        var settings = SmallVM.Settings()
        settings.offload = offload
        if offload { settings.memory = 1 << 20 }
        guard let wiring = Wiring(Network(Self.pair), target: .lab) else { throw SmallLab.Problem(text: "no wiring") }
        let guests = try wiring.vms.map { vm in
            try Guest(address: "10.0.0.\(vm.number + 1)", mac: text(vm.mac))
        }
        let lab = try SmallLab(Self.pair, settings, taps: guests.map(\.tap))
        #expect(lab.vms.count == 2)
        let (short, median) = try guests[0].exchange(500, bytes: 64, window: 1, with: "10.0.0.2")
        #expect(short == 500)
        #expect(median > 0)
        // Larger than a frame: fragments.
        #expect(try guests[1].exchange(50, bytes: 20_000, window: 1, with: "10.0.0.1").0 == 50)
        // A device that dies: the guest keeps its TAP, and goes on.
        try lab.restart(0)
        #expect(try guests[0].exchange(100, bytes: 1000, window: 4, with: "10.0.0.2").0 == 100)
        #expect(lab.vms[0].statistics(ofLink: 0) { $0.received.frames > 600 }.received.frames > 600)
    }
}
