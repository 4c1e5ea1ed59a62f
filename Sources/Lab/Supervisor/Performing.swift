// SPDX-License-Identifier: BSD-2-Clause

import FoundationEssentials
import Processes

extension Lab {
    func machine(_ name: String) throws(LabError) -> any Machine {
        machines[try vm(name).number]
    }

    /// Does what a client asks for. The result is the last thing to say; `say` says what comes before.
    func perform(
        _ request: Request, _ file: Descriptor?, _ say: @escaping @Sendable (Event) -> Void
    ) async throws(LabError) -> Event {
        switch request {
        case .status: say(.status(await status()))
        case .stats: say(.stats(stats()))
        case .run(let vm, let words, let seconds):
            let machine = try machine(vm)
            return .exited(
                try await machine.run(words, within: .seconds(seconds)) { say(.output(Data($0))) })
        case .capture(let vm, let other):
            guard let file else {
                throw LabError(
                    LabRules.supervisor, "a capture came without a pipe", notes: ["this is a fault of topoc"])
            }
            let dropped = try await capture(vm, other, into: file)
            if dropped > 0 { say(.progress("\(dropped) frames of \(vm) found no room in the pipe")) }
        case .impair(let from, let to, let impairment, let bothWays):
            try await impair(from, to, impairment, bothWays: bothWays)
        case .partition(let from, let to): try await cut(from, to, true)
        case .heal(let from, let to):
            if let from, let to {
                try await cut(from, to, false)
                break
            }
            say(.progress("\(try await healAll()) links joined"))
        case .kill(let vm):
            let number = try process(vm)
            let ended = companions(of: number).map(instance).joined(separator: ", ")
            say(.progress("ended process \(try kill(number)), the device of \(ended)"))
        case .restart(let vm): try await restart(try process(vm))
        case .reboot(let vm): try await reboot(try self.vm(vm).number)
        case .scenario(let name):
            return try await Scenario.named(name).play(in: self, say)
        // The supervisor's own.
        case .up, .down, .console, .typed: break
        }
        return .done
    }
}
