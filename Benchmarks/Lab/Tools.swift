// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import LabGuest
import Processes

/// The programs that measure.
struct Tools {
    /// Of the example: latency of ZeroMQ.
    let scenario: String
    /// Throughput.
    let iperf: String
    /// The lab's command; `nil` where there is none.
    let topoc: String?
    /// Moves frames between two TAP devices.
    let forwarder: String
    /// Numbered datagrams, counted at both ends.
    let datagrams: String
    let root: String

    init() async throws {
        root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL.path
        scenario = try await GuestProgram.built(
            "zmq_samples", from: "\(root)/Examples/zmq_samples/src", in: "\(root)/.build/zmq_samples"
        ).path
        guard let iperf = Command.find("iperf3") else {
            throw BenchmarkError("there is no iperf3: apt-get install iperf3")
        }
        self.iperf = iperf
        let beside = URL(filePath: Isolation.path).deletingLastPathComponent()
        forwarder = beside.appending(path: "topoc-lab-forwarder").path
        datagrams = beside.appending(path: "topoc-lab-datagrams").path
        let named = ProcessInfo.processInfo.environment["TOPOC"] ?? beside.appending(path: "topoc").path
        topoc = FileManager.default.isExecutableFile(atPath: named) ? named : nil
    }
}
