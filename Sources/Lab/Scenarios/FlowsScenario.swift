// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import FoundationEssentials
import TopologyLanguage
import TopologyRules
import Diagnostics
import Wiring

/// Each VM calls each other. What passes is what `topoc build` certifies, and nothing else does: neither an answer, nor,
/// as the devices record, any frame.
struct FlowsScenario {
    /// VMs that call at a time.
    private static let atOnce = 8
    private static let mostDifferences = 12

    struct Pair: Hashable, Sendable {
        let from: Int
        let to: Int
    }

    private let lab: Lab

    init(_ lab: Lab) {
        self.lab = lab
    }

    func play(_ say: @escaping @Sendable (Event) -> Void) async throws(LabError) -> Event {
        let certified = try certifiedFlows()
        // A call is a ping, which a filter may stop, though other frames of the flow pass.
        let answered = certified.flows.filter { lab.wiring.answersPing(from: $0.from, to: $0.to) }
        say(.progress("\(certified.source); each VM calls each other"))
        let (passing, arrived) = try await whatPasses()
        let vms = lab.wiring.vms
        if vms.count <= 32 {
            say(.output(Data(Self.matrix(vms.map(\.instance), passing).utf8)))
        }
        let missing = answered.subtracting(passing).map { ($0, "is certified, and nothing passes") }
        let added = passing.subtracting(answered).map { ($0, "is not certified, and something passes") }
        let differences = (missing + added).sorted { ($0.0.from, $0.0.to) < ($1.0.from, $1.0.to) }
        let notes =
            differences.map { "vm\($0.from) to vm\($0.to) \($1)" } + foreignFrames(arrived, certified.flows)
        guard notes.isEmpty else {
            throw LabError(
                LabRules.flow, "\(notes.count) flows differ from those that are certified",
                notes: Array(notes.prefix(Self.mostDifferences)))
        }
        let others = vms.count * (vms.count - 1) - certified.flows.count
        let stopped = certified.flows.count - answered.count
        let frames = arrived.reduce(0) { $0 + $1.seen.frames }, missed = arrived.reduce(0) { $0 + $1.seen.missed }
        let text = """
            \(passing.count) flows pass, as certified; \(others) pairs have none, as certified\
            \(stopped > 0 ? "; filters stop the calls of \(stopped) flows, as their rules say" : "")
            of the \(frames) frames that came to the guests each was of a VM with a flow to it\
            \(missed > 0 ? "; \(missed) more were not looked at" : "")

            """
        say(.output(Data(text.utf8)))
        return .exited(0)
    }

    /// What was recorded, and no certified flow explains.
    private func foreignFrames(_ arrived: [(vm: Int, seen: Arrivals.Seen)], _ certified: Set<Pair>) -> [String] {
        arrived.flatMap { vm, seen in
            let senders = seen.senders.sorted().filter { !certified.contains(Pair(from: $0, to: vm)) }
            return senders.map { "vm\(vm) gets frames of vm\($0), and no such flow is certified" }
                + seen.strangers.sorted().map { "vm\(vm) gets frames of \($0), which is the address of no VM" }
        }
    }

    /// The flows that are read back of the app that `topoc build` writes of the same text; where that has no app, as it
    /// is too large for seL4, those of the lab's own wiring.
    private func certifiedFlows() throws(LabError) -> (flows: Set<Pair>, source: String) {
        let own = Set(lab.wiring.flows.map { Pair(from: $0.source, to: $0.destination) })
        let source = SourceText(name: lab.order.file, bytes: Array(lab.order.source))
        let built = Linter.lint(
            TopologyFile(reading: source), target: .newest, allowing: Set(lab.order.allowed))
        guard let wiring = built.wiring else {
            return (own, "topoc builds no app of this topology: the flows are those of the wiring")
        }
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: wiring.name)
        let readBack = ReadBack.verify(files, wiring: wiring, form: .expanded, preprocessor: nil)
        let read = Set(readBack.flows.map { Pair(from: $0.source, to: $0.destination) })
        guard readBack.agrees, read == own else {
            throw LabError(
                LabRules.flow, "the app that topoc builds has other flows than the lab",
                notes: ["this is a fault of topoc; please report it, with the topology"])
        }
        return (read, "the app for \(wiring.target.name) has \(read.count) flows")
    }

    /// Who answers whom, and whose frames came to whom meanwhile.
    private func whatPasses() async throws(LabError) -> (Set<Pair>, [(vm: Int, seen: Arrivals.Seen)]) {
        var arrivals: [Arrivals] = []
        // To a VM without a device nothing comes.
        for vm in lab.wiring.vms where await lab.devices[vm.number].process != nil {
            arrivals.append(try await Arrivals(at: vm, of: lab))
        }
        let passing: Result<Set<Pair>, LabError>
        do throws(LabError) {
            passing = .success(try await passingFlows())
        } catch {
            passing = .failure(error)
        }
        var seen: [(vm: Int, seen: Arrivals.Seen)] = []
        for arrival in arrivals { seen.append((arrival.vm, await arrival.end())) }
        return (try passing.get(), seen)
    }

    private func passingFlows() async throws(LabError) -> Set<Pair> {
        let vms = lab.wiring.vms
        let machines = await lab.machines
        let found = await withTaskGroup(of: Result<[Pair], LabError>.self) { group in
            var rest = vms[...]
            func next() {
                guard let vm = rest.popFirst() else { return }
                group.addTask { await self.call(from: vm, on: machines[vm.number]) }
            }
            for _ in 0..<Self.atOnce { next() }
            var found: [Result<[Pair], LabError>] = []
            for await result in group {
                found.append(result)
                next()
            }
            return found
        }
        var pairs: Set<Pair> = []
        for result in found { pairs.formUnion(try result.get()) }
        return pairs
    }

    /// The VMs that answer a VM. It calls all at once, each twice at most.
    private func call(from vm: VMWiring, on machine: any Machine) async -> Result<[Pair], LabError> {
        let others = lab.wiring.vms.filter { $0.number != vm.number }
        let names = others.map { "\($0.number)=\(lab.address(of: $0.number, from: vm.number))" }
        let script = """
            command -v ping > /dev/null || exit 127
            for vm in \(names.joined(separator: " ")); do
                { ping -c 1 -W 2 "${vm#*=}" || ping -c 1 -W 2 "${vm#*=}"; } > /dev/null 2>&1 && echo "${vm%%=*}" &
            done
            wait
            """
        let said = Tail()
        do throws(LabError) {
            let status = try await machine.run(["sh", "-c", script], within: .seconds(60)) { said.append($0) }
            guard status == 0 else {
                throw LabError(
                    LabRules.scenario, "\(vm.instance) cannot call: status \(status)",
                    notes: status == 127 ? ["apt-get install iputils-ping"] : said.lines(3))
            }
        } catch {
            return .failure(error)
        }
        return .success(said.text.split(separator: "\n").compactMap { Int($0) }.map { Pair(from: vm.number, to: $0) })
    }

    /// A row for each VM that calls, a column for each that answers.
    static func matrix(_ names: [String], _ passing: Set<Pair>) -> String {
        TextTable(
            ["FROM"] + names,
            names.indices.map { from in
                [names[from]]
                    + names.indices.map { to in
                        from == to ? "-" : passing.contains(Pair(from: from, to: to)) ? "passes" : "."
                    }
            }
        ).text
    }
}
