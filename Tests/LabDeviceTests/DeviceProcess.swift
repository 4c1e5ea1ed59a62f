// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Foundation

/// What a device says to a message.
enum Answer: Equatable, CustomStringConvertible {
    case done
    case refused(lab_refusal, where: UInt32, text: String)
    /// The device has ended.
    case gone

    var description: String {
        switch self {
        case .done: "done"
        case .refused(let reason, let place, let text): "refused (\(reason.rawValue), \(place)): \(text)"
        case .gone: "gone"
        }
    }

    var refusal: lab_refusal? {
        if case .refused(let reason, _, _) = self { reason } else { nil }
    }
}

/// What a device says on its own.
enum Event: Equatable {
    case broken(link: UInt32, generation: UInt32)
    case guest(interface: UInt32, state: UInt32)
    case captureEnded(number: UInt32)
}

/// A process of topoc-device, or of a program that stands in for it, and the socket to it.
final class DeviceProcess {
    let id: pid_t
    let controls: [Descriptor]
    private var serial: UInt32 = 0
    private var ended: Int32?
    private(set) var events: [Event] = []

    /// The executable beside this test.
    static var device: String { beside("topoc-device") }

    static func beside(_ name: String) -> String {
        // The test bundle lies in the directory of the products.
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
        let directory = bundle ?? URL(filePath: CommandLine.arguments[0])
        return directory.deletingLastPathComponent().appending(path: name).path
    }

    /// What this process was given by whoever runs the tests is not passed on; its own descriptors are not anyway.
    private static let keepDescriptors: Void = {
        for number in 3..<Int32(1024) where fcntl(number, F_GETFD) >= 0 { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    }()

    /// With `devices` sockets from descriptor 3 on.
    init(_ path: String = DeviceProcess.device, devices: Int = 1, arguments: [String]? = nil) throws {
        var ours: [Descriptor] = []
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var theirs: [Descriptor] = []
        for place in 0..<devices {
            let (our, their) = try Descriptor.packetSockets()
            // Out of the way of the places that they go to.
            let high = try Descriptor("fcntl", fcntl(their.number, F_DUPFD_CLOEXEC, 100))
            ours.append(our)
            theirs.append(high)
            posix_spawn_file_actions_adddup2(&actions, high.number, Int32(3 + place))
        }
        Self.keepDescriptors
        let words = [path] + (arguments ?? (0..<devices).map { "\(3 + $0)" })
        var argv = words.map { strdup($0) } + [nil]
        defer { for word in argv { free(word) } }
        var id: pid_t = 0
        let error = posix_spawn(&id, path, &actions, nil, &argv, environ)
        guard error == 0 else {
            errno = error
            throw LinuxError(call: "posix_spawn \(path)")
        }
        self.id = id
        self.controls = ours
        withExtendedLifetime(theirs) {}
    }

    deinit { kill() }

    /// As with kill -9; it is gone when this returns.
    func kill() {
        guard ended == nil else { return }
        Foundation.kill(id, SIGKILL)
        var status: Int32 = 0
        waitpid(id, &status, 0)
        ended = status
    }

    /// Waits until it ends by itself: its status, or `nil` where it does not.
    func status() -> Int32? {
        _ = eventually {
            var status: Int32 = 0
            if ended == nil, waitpid(id, &status, WNOHANG) == id { ended = status }
            return ended != nil
        }
        return ended
    }

    /// Sends a message, sets its head, and waits for the answer.
    @discardableResult
    func say<Message>(
        _ message: Message, _ type: lab_type, head: WritableKeyPath<Message, lab_head>,
        _ descriptors: [Descriptor] = [],
        to device: Int = 0
    ) -> Answer {
        var message = message
        let size = UInt32(MemoryLayout<Message>.size)
        serial += 1
        message[keyPath: head] = lab_head_make(type, size, serial)
        let numbers = descriptors.map(\.number)
        let sent = withUnsafeBytes(of: &message) {
            lab_send(controls[device].number, $0.baseAddress, size, numbers, UInt32(numbers.count))
        }
        return sent == 0 ? answer(to: serial, from: device) : .gone
    }

    /// Sends bytes as they are.
    func say(bytes: [UInt8], _ descriptors: [Descriptor] = []) -> Answer {
        let numbers = descriptors.map(\.number)
        let sent = lab_send(controls[0].number, bytes, UInt32(bytes.count), numbers, UInt32(numbers.count))
        return sent == 0 ? answer(to: nil, from: 0) : .gone
    }

    func say(
        _ message: lab_interface, entries: [UInt64], displacements: [UInt16], _ descriptor: Descriptor,
        to device: Int = 0
    ) -> Answer {
        var message = message
        serial += 1
        message.head = lab_head_make(LAB_INTERFACE, 0, serial)
        message.entry_count = UInt32(entries.count)
        message.displacement_count = UInt32(displacements.count)
        let sent = lab_send_interface(
            controls[device].number, &message, entries, displacements, descriptor.number)
        return sent == 0 ? answer(to: serial, from: device) : .gone
    }

    /// Reads what the device says until it has answered; `nil`: any answer will do.
    private func answer(to serial: UInt32?, from device: Int) -> Answer {
        while let message = next(from: device, within: patience) {
            let answer = message.withUnsafeBytes { bytes -> Answer? in
                let head = bytes.loadUnaligned(as: lab_head.self)
                if head.type == LAB_DONE.rawValue { return .done }
                guard head.type == LAB_REFUSED.rawValue else {
                    note(bytes, head)
                    return nil
                }
                let said = bytes.loadUnaligned(as: lab_refused.self)
                if let serial, head.serial != serial { return nil }
                return .refused(lab_refusal(said.reason), where: said.where, text: text(of: said.text))
            }
            if let answer { return answer }
        }
        return .gone
    }

    /// The first event that `matches`, when it has come.
    func event(from device: Int = 0, where matches: (Event) -> Bool) -> Event? {
        while !events.contains(where: matches), let message = next(from: device, within: patience) {
            message.withUnsafeBytes { note($0, $0.loadUnaligned(as: lab_head.self)) }
        }
        return events.first(where: matches)
    }

    private func next(from device: Int, within milliseconds: Int32) -> [UInt8]? {
        let control = controls[device]
        guard control.isReadable(within: milliseconds) else { return nil }
        var received = lab_received()
        var buffer = [UInt8](repeating: 0, count: Int(LAB_MESSAGE_MAX))
        guard lab_receive(control.number, &buffer, &received) == 1 else { return nil }
        return Array(buffer[..<Int(received.size)])
    }

    private func note(_ bytes: UnsafeRawBufferPointer, _ head: lab_head) {
        switch head.type {
        case LAB_BROKEN.rawValue:
            let said = bytes.loadUnaligned(as: lab_broken.self)
            events.append(.broken(link: said.link, generation: said.generation))
        case LAB_GUEST.rawValue:
            let said = bytes.loadUnaligned(as: lab_guest.self)
            events.append(.guest(interface: said.interface, state: said.state))
        case LAB_CAPTURE_ENDED.rawValue:
            events.append(.captureEnded(number: bytes.loadUnaligned(as: lab_capture_ended.self).number))
        default: break
        }
    }

    private func text<Text>(of text: Text) -> String {
        withUnsafeBytes(of: text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
