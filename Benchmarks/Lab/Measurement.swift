// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes

/// What is measured between machines 0 and 1, or between several pairs at once.
struct Measurement: Sendable {
    enum Kind: Sendable {
        /// Half a round trip of one byte over ZeroMQ, in microseconds.
        case latency(trips: Int)
        /// Gigabits a second, of all pairs together.
        case tcp
        /// Thousand datagrams of 64 bytes a second that arrive, of all pairs together.
        case udp
    }

    let kind: Kind
    let pairs: Int
    let seconds: Int

    var name: String {
        switch kind {
        case .latency: "ZeroMQ, 1 byte, half round trip [us]"
        case .tcp: "TCP, \(pairs) pair\(pairs > 1 ? "s" : "") [Gbit/s]"
        case .udp: "UDP of 64 bytes, \(pairs) pair\(pairs > 1 ? "s" : "") [thousand/s]"
        }
    }

    static func all(pairs: Int, seconds: Int, trips: Int) -> [Measurement] {
        [Measurement(kind: .latency(trips: trips), pairs: 1, seconds: seconds)]
            + (1...pairs).map { Measurement(kind: .tcp, pairs: $0, seconds: seconds) }
            + (1...pairs).map { Measurement(kind: .udp, pairs: $0, seconds: seconds) }
    }

    func take(over machines: any Machines, _ tools: Tools) async throws -> Double {
        try await withThrowingTaskGroup(of: Double.self) { group in
            for pair in 0..<pairs {
                group.addTask { try await one(from: 2 * pair, to: 2 * pair + 1, over: machines, tools) }
            }
            return try await group.reduce(0, +)
        }
    }

    private func one(from: Int, to: Int, over machines: any Machines, _ tools: Tools) async throws -> Double {
        let address = machines.address(to)
        let bound = Duration.seconds(60 + 2 * seconds)
        if case .latency(let trips) = kind {
            let program = machines.path(of: tools.scenario)
            let place = ["tcp://\(address):5555", "--count", "\(trips)"]
            async let server = machines.run(to, [program, "server"] + place, within: bound)
            let client = try await machines.run(from, [program, "client"] + place, within: bound)
            _ = try await server
            guard let match = client.firstMatch(of: /average latency: ([0-9.]+)/), let figure = Double(match.1) else {
                throw BenchmarkError("no latency in what the client says: \(client)")
            }
            return figure
        }
        let iperf = machines.path(of: tools.iperf)
        async let server = machines.run(to, [iperf, "--server", "--one-off"], within: bound)
        var words = [iperf, "--client", address, "--time", "\(seconds)", "--json"]
        if case .udp = kind { words += ["--udp", "--bitrate", "0", "--length", "64"] }
        // The server may not listen yet, which with --json is said and no failure.
        let line =
            "n=0; until out=$(\(words.joined(separator: " "))); "
            + "! echo \"$out\" | grep -q 'unable to connect' || [ $n = 100 ]; "
            + "do n=$((n + 1)); sleep 0.1; done; echo \"$out\""
        let text = try await machines.run(from, ["sh", "-c", line], within: bound)
        _ = try await server
        return try throughput(Data(text.utf8))
    }

    /// What arrived, as iperf3's client says it at its end.
    private func throughput(_ json: Data) throws -> Double {
        let said = try JSONDecoder().decode(Iperf.self, from: json)
        if let error = said.error { throw BenchmarkError("iperf3: \(error)") }
        if case .udp = kind {
            guard let sum = said.end.sum, let packets = sum.packets, let lost = sum.lostPackets, let time = sum.seconds
            else { throw BenchmarkError("iperf3 says nothing of packets") }
            return Double(packets - lost) / time / 1000
        }
        guard let received = said.end.received?.bitsPerSecond else {
            throw BenchmarkError("iperf3 says nothing of bits")
        }
        return received / 1e9
    }
}

/// Of what iperf3 says, what is looked at.
private struct Iperf: Decodable {
    struct Sum: Decodable {
        let bitsPerSecond: Double?
        let packets: Int?
        let lostPackets: Int?
        let seconds: Double?

        private enum CodingKeys: String, CodingKey {
            case bitsPerSecond = "bits_per_second"
            case packets, seconds
            case lostPackets = "lost_packets"
        }
    }

    struct End: Decodable {
        let sum: Sum?
        let received: Sum?

        private enum CodingKeys: String, CodingKey {
            case sum
            case received = "sum_received"
        }
    }

    let error: String?
    let end: End
}
