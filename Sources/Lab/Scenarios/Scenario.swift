// SPDX-License-Identifier: BSD-2-Clause

import Processes
import Wiring

/// What is played across the VMs of a lab.
public enum Scenario: String, Sendable, CaseIterable {
    /// The programs of Examples/zmq_samples: first on one VM, then across all.
    case zmq
    /// Each VM calls each other, and what passes is compared with the flows that are certified.
    case flows
    /// What TCP and small datagrams get through each link.
    case iperf3
    /// What the topology's VMs start.
    case start

    static func named(_ name: String) throws(LabError) -> Scenario {
        guard let scenario = Scenario(rawValue: name) else {
            throw LabError(
                LabRules.scenario, "there is no scenario `\(name)`",
                notes: ["there are \(allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))"])
        }
        return scenario
    }

    /// The programs that it needs in the guests, of those that come with the topology; `nil`: all.
    public var programs: [String]? {
        switch self {
        case .zmq: ["zmq_samples"]
        case .flows, .iperf3: []
        case .start: nil
        }
    }

    /// The paths of the programs of this host that it needs in the guests.
    public func hostPrograms() throws(LabError) -> [String] {
        guard self == .iperf3 else { return [] }
        guard let path = Command.find(IperfScenario.program) else {
            throw LabError(
                LabRules.scenario, "this host has no iperf3, which the guests are to have too",
                notes: ["apt-get install iperf3"])
        }
        return [path]
    }

    func play(in lab: Lab, _ say: @escaping @Sendable (Event) -> Void) async throws(LabError) -> Event {
        switch self {
        case .zmq: try await ZmqScenario(lab).play(say)
        case .flows: try await FlowsScenario(lab).play(say)
        case .iperf3: try await IperfScenario(lab).play(say)
        case .start: try await StartScenario(lab).play(say)
        }
    }
}

extension Lab {
    /// How a guest calls a program that came with the lab.
    func path(of program: String) throws(LabError) -> String {
        guard let path = order.programs.first(where: { $0.split(separator: "/").last.map(String.init) == program })
        else {
            throw LabError(
                LabRules.scenario, "the lab has no program `\(program)`",
                notes: ["`topoc lab run` builds it; `topoc lab up --program PATH` brings one along"])
        }
        return order.guests == .qemu ? program : path
    }

    /// Where programs that came with the lab are, and a guest would not look for them.
    nonisolated var programDirectories: [String] {
        order.guests == .qemu
            ? [] : order.programs.map { String($0.prefix(upTo: $0.lastIndex(of: "/") ?? $0.startIndex)) }
    }

    /// The address at which one VM reaches another: on the link that they have, or its first.
    nonisolated func address(of vm: Int, from other: Int) -> String {
        let way = wiring.vms[vm].peers.first { $0.number == other }
        return wiring.vms[vm].interfaces[way?.interface ?? 0].ip.host
    }
}
