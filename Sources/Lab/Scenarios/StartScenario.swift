// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials
import Wiring

/// What the topology says: each VM runs its `start:`, as its guest on seL4 does when it has booted. All must end well.
struct StartScenario {
    /// An emulated guest on a busy host takes minutes.
    private static let bound = Duration.seconds(400)

    private let lab: Lab

    init(_ lab: Lab) {
        self.lab = lab
    }

    func play(_ say: @escaping @Sendable (Event) -> Void) async throws(LabError) -> Event {
        let vms = lab.wiring.vms.filter { !$0.guest.start.value.isEmpty }
        guard !vms.isEmpty else {
            throw LabError(
                LabRules.scenario, "no VM of this topology starts anything",
                notes: ["`VM(0, guest: Guest(start: \"ping -c 3 vm1\"))` says what a guest runs"])
        }
        say(.progress("\(vms.map(\.instance).joined(separator: ", ")) run what they start"))
        let machines = await lab.machines
        let results = await withTaskGroup(of: (VMWiring, Result<Int32, LabError>).self) { group in
            for vm in vms {
                group.addTask {
                    let said = Tail()
                    let result: Result<Int32, LabError>
                    do throws(LabError) {
                        result = .success(
                            try await machines[vm.number].run(words(for: vm), within: Self.bound) { said.append($0) })
                    } catch {
                        result = .failure(error)
                    }
                    say(.output(Data(Self.named(vm.instance, said.text).utf8)))
                    return (vm, result)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var notes: [String] = []
        for (vm, result) in results.sorted(by: { $0.0.number < $1.0.number }) {
            switch result {
            case .success(0): break
            case .success(let status):
                notes.append("\(vm.instance) ends with status \(status): \(vm.guest.start.value)")
            case .failure(let error): notes.append(error.message)
            }
        }
        guard notes.isEmpty else {
            throw LabError(LabRules.scenario, "\(notes.count) of \(vms.count) VMs fail", notes: notes)
        }
        return .exited(0)
    }

    /// What goes on when the line is over (`server &`) keeps the file, and not whoever waits for its end.
    private func words(for vm: VMWiring) -> [String] {
        let said = "/run/topoc-start"
        return [
            "sh", "-c",
            """
            PATH=\(lab.programDirectories.map { "\($0):" }.joined())$PATH
            (
            \(vm.guest.start.value)
            ) > \(said) 2>&1
            status=$?
            cat \(said)
            exit $status
            """,
        ]
    }

    /// Each line with its VM before it.
    private static func named(_ vm: String, _ text: String) -> String {
        text.split(separator: "\n").map { "\(vm): \($0)\n" }.joined()
    }
}
