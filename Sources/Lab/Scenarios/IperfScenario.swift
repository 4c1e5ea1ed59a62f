// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials

/// What a link carries: iperf3 between the two VMs of each link, one link after the other.
struct IperfScenario {
    static let program = "iperf3"
    private static let seconds = 2
    private static let bound = Duration.seconds(90)

    /// What one link carried.
    private struct Figures: Codable {
        let from: Int
        let to: Int
        /// Of TCP, that arrived.
        var bitsPerSecond = 0.0
        /// Datagrams of 64 bytes: sent, and of these lost.
        var datagrams = 0
        var lost = 0
    }

    private let lab: Lab

    init(_ lab: Lab) {
        self.lab = lab
    }

    func play(_ say: @escaping @Sendable (Event) -> Void) async throws(LabError) -> Event {
        let links = lab.wiring.flows.filter { $0.source < $0.destination }.map { ($0.source, $0.destination) }
        guard !links.isEmpty else {
            throw LabError(LabRules.scenario, "no two VMs have a link that iperf3 could measure")
        }
        let program = try await lab.path(of: Self.program)
        var all: [Figures] = []
        for (from, to) in links {
            say(.progress("iperf3 from vm\(from) to vm\(to)"))
            var figures = Figures(from: from, to: to)
            let tcp = try await measure(program, from, to, [])
            figures.bitsPerSecond = tcp.end.received?.bitsPerSecond ?? 0
            let udp = try await measure(program, from, to, ["--udp", "--bitrate", "20M", "--length", "64"])
            figures.datagrams = udp.end.sum?.packets ?? 0
            figures.lost = udp.end.sum?.lostPackets ?? 0
            guard figures.bitsPerSecond > 0, figures.datagrams > figures.lost else {
                throw LabError(LabRules.scenario, "nothing arrives from vm\(from) at vm\(to)")
            }
            all.append(figures)
        }
        let table = TextTable(
            ["FROM", "TO", "TCP Mbit/s", "DATAGRAMS", "LOST"],
            all.map {
                [
                    "vm\($0.from)", "vm\($0.to)", "\(Int(($0.bitsPerSecond / 1e6).rounded()))", "\($0.datagrams)",
                    "\($0.lost)",
                ]
            })
        say(.output(Data(table.text.utf8)))
        if let figures = try? JSONEncoder().encode(all) { say(.figures(figures)) }
        return .exited(0)
    }

    /// Starts a server that serves once, and asks it as soon as it listens.
    private func measure(
        _ program: String, _ from: Int, _ to: Int, _ options: [String]
    ) async throws(LabError) -> Said {
        let machines = await lab.machines
        let words =
            [program, "--client", lab.address(of: to, from: from), "--time", "\(Self.seconds)", "--json"] + options
        // That nobody listens yet is said, and is no failure with --json.
        let script = """
            n=0
            until out=$(\(words.joined(separator: " "))); ! echo "$out" | grep -q 'unable to connect' || [ $n = 100 ]; do
                n=$((n + 1)); sleep 0.1
            done
            echo "$out"
            """
        let heard = Tail(), served = Tail()
        let client = Task { [machines] in
            await Self.status(of: machines[from], ["sh", "-c", script], heard)
        }
        let server = await Self.status(of: machines[to], [program, "--server", "--one-off"], served)
        let asked = await client.value
        if case .failure(let error) = asked { throw error }
        if case .failure(let error) = server { throw error }
        guard let said = try? JSONDecoder().decode(Said.self, from: Data(heard.text.utf8)), said.error == nil else {
            throw LabError(
                LabRules.scenario, "iperf3 from vm\(from) to vm\(to) failed", notes: heard.lines(3) + served.lines(3))
        }
        return said
    }

    private static func status(
        of machine: any Machine, _ words: [String], _ said: Tail
    ) async -> Result<Int32, LabError> {
        do throws(LabError) {
            return .success(try await machine.run(words, within: bound) { said.append($0) })
        } catch {
            return .failure(error)
        }
    }

    /// Of what iperf3's client says at its end, what is looked at.
    private struct Said: Decodable {
        struct Sum: Decodable {
            let bitsPerSecond: Double?
            let packets: Int?
            let lostPackets: Int?

            private enum CodingKeys: String, CodingKey {
                case bitsPerSecond = "bits_per_second"
                case packets
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

        let end: End
        let error: String?
    }
}
