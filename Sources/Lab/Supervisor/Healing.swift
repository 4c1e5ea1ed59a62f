// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Processes
import Wiring

/// Device processes: how each begins, and what comes of its end.
extension Lab {
    /// So many starts within so long, and a device is given up.
    private static let mostStarts = 5
    private static let startsWithin = Duration.seconds(10)

    /// The VMs whose devices live and die with this one's, by their numbers. A filter has none.
    func companions(of number: Int) -> [Int] {
        guard order.isOneProcess, filter(number) == nil else { return [number] }
        return wiring.vms.filter { $0.layout == wiring.vms[number].layout }.map(\.number)
    }

    /// Starts the devices of companions and tells each all that it needs. Links keep their memory.
    func startDevices(of numbers: [Int], isAnew: Bool) async throws(LabError) {
        guard let first = numbers.first else { return }
        if filter(first) != nil { return try await startFilter(first) }
        let program = try DeviceProgram.find(for: wiring.vms[first].layout)
        let started = try DeviceProcess.start(numbers.map { wiring.vms[$0].instance }, program: program)
        for (number, device) in zip(numbers, started) { begin(device, of: number) }
        for (number, device) in zip(numbers, started) { try await tell(device, of: number, isAnew: isAnew) }
    }

    private func tell(_ device: DeviceProcess, of number: Int, isAnew: Bool) async throws(LabError) {
        let vm = wiring.vms[number]
        var hello = lab_vm()
        hello.version = LAB_VERSION
        hello.number = UInt32(number)
        hello.guest = type(of: machines[number]).attachmentKind.rawValue
        hello.interface_count = UInt32(vm.interfaces.count)
        hello.link_count = UInt32(vm.peers.count)
        hello.frame_max = UInt32(frameMax)
        hello.offload = order.offload ? 1 : 0
        hello.busy_poll = UInt32(order.busyPoll)
        hello.restarted = isAnew ? 1 : 0
        hello.batch = UInt32(order.batch)
        hello.layout = vm.layout.number
        try await device.tell(hello, [pages[number].file])
        for (place, interface) in vm.interfaces.enumerated() {
            guard let table = interface.table else { continue }
            var message = lab_interface()
            message.number = UInt32(place)
            message.link_count = UInt32(interface.links.count)
            message.address = interface.mac.number
            message.multiplier = table.multiplier
            message.entry_count = UInt32(table.entries.count)
            message.displacement_count = UInt32(table.displacements.count)
            message.pinned = vm.sources == .pinned ? 1 : 0
            try await device.tell(
                message, entries: table.entries, displacements: table.displacements,
                machines[number].attachments[place])
        }
        for link in links where link.lower == number || link.higher == number {
            let (message, descriptors) = link.message(to: vm)
            try await device.tell(message, descriptors)
        }
        try await device.tell(lab_start())
        // From now on it is told what changes; and before that, what is so already.
        devices[number].serves = true
        for index in links.indices where links[index].lower == number || links[index].higher == number {
            if links[index].impairment(from: number) != .none {
                try await device.tell(links[index].impairMessage(to: number))
            }
            if links[index].isCut { try await device.tell(links[index].cutMessage(to: number)) }
        }
        devices[number].state = "running"
    }

    func begin(_ device: DeviceProcess, of number: Int) {
        devices[number].process = device
        devices[number].starts.append(.now)
        devices[number].state = "starting"
        devices[number].isGivenUp = false
        devices[number].serves = false
        devices[number].brokenLinks = [:]
        watch(device, of: number)
    }

    private func watch(_ device: DeviceProcess, of number: Int) {
        Task {
            for await notice in device.notices { take(notice, from: device, of: number) }
        }
        // What it complains of is kept for whoever asks how it ended.
        Task { [deathSink] in
            for await _ in device.process.output {}
            let said = String(decoding: await device.process.errors.joined(), as: UTF8.self)
            let ending = await device.process.ending
            end(device, of: number, "\(ending)\(said.split(separator: "\n").last.map { ": \($0)" } ?? "")")
            deathSink.yield(Death(vm: number, process: device))
        }
    }

    private func take(_ notice: DeviceNotice, from device: DeviceProcess, of number: Int) {
        guard devices[number].process === device else { return }
        switch notice {
        case .broken(let link, let text): devices[number].brokenLinks[link] = text
        case .guest: break
        case .captureEnded(let capture, let dropped):
            let sink = captures[number]?.removeValue(forKey: capture)
            sink?.yield(dropped)
            sink?.finish()
        }
    }

    private func end(_ device: DeviceProcess, of number: Int, _ how: String) {
        guard devices[number].process === device else { return }
        devices[number].process = nil
        devices[number].state = how
        for sink in captures[number, default: [:]].values { sink.finish() }
        captures[number] = nil
    }

    /// Mends what ends, one process after the other.
    func heal() async {
        for await death in deaths where !isEnding {
            let number = death.vm
            // By hand, or since it ended; not if another runs already.
            guard devices[number].process == nil else {
                answer(number, nil)
                continue
            }
            guard order.heals || death.process == nil else { continue }
            if death.process != nil, isHopeless(number) {
                devices[number].state = "given up: \(devices[number].state)"
                devices[number].isGivenUp = true
                answer(
                    number,
                    LabError(LabRules.deviceEnded, "the device of \(instance(number)) is \(devices[number].state)"))
                continue
            }
            do throws(LabError) {
                try await renew(companions(of: number))
                answer(number, nil)
            } catch {
                for companion in companions(of: number) {
                    devices[companion].process?.process.stop()
                    devices[companion].state = error.message
                    devices[companion].isGivenUp = true
                }
                answer(number, error)
            }
        }
    }

    private func isHopeless(_ number: Int) -> Bool {
        let starts = devices[number].starts
        guard starts.count >= Self.mostStarts else { return false }
        return starts[starts.count - Self.mostStarts].duration(to: .now) < Self.startsWithin
    }

    private func answer(_ number: Int, _ error: LabError?) {
        let waiters = devices[number].waiters
        devices[number].waiters = []
        for waiter in waiters { waiter.resume(returning: error) }
    }

    /// A new process with new memory for its links; the peers first take what the old memory still holds.
    private func renew(_ numbers: [Int]) async throws(LabError) {
        let anew = Set(numbers)
        let concerned = links.indices.filter { anew.contains(links[$0].lower) || anew.contains(links[$0].higher) }
        for index in concerned { try links[index].renew() }
        try await startDevices(of: numbers, isAnew: true)
        for index in concerned {
            for peer in [links[index].lower, links[index].higher] where !anew.contains(peer) {
                let (message, descriptors) = message(of: links[index], to: peer)
                // A peer that has ended, too, is told when it begins.
                try? await devices[peer].process?.tell(message, descriptors)
            }
        }
    }

    /// Ends the device of a VM, and those that share its process, as a fault would. The number of the process.
    func kill(_ number: Int) throws(LabError) -> Int32 {
        guard let device = devices[number].process else { throw deviceIsMissing(number) }
        device.process.stop()
        return device.process.id
    }

    func deviceIsMissing(_ number: Int) -> LabError {
        LabError(
            LabRules.deviceEnded, "the device of \(instance(number)) does not run: \(devices[number].state)",
            notes: ["`topoc lab restart \(instance(number))` starts it"])
    }

    /// Ends the device of a VM, and those that share its process, and starts others; waits until it runs.
    func restart(_ number: Int) async throws(LabError) {
        if let device = devices[number].process {
            device.process.stop()
            _ = await device.process.ending
            end(device, of: number, "ended by hand")
        }
        let error = await withCheckedContinuation { continuation in
            devices[number].waiters.append(continuation)
            deathSink.yield(Death(vm: number, process: nil))
        }
        if let error { throw error }
    }
}
