// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Processes
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The process that is a VM's network device, and the conversation with it. Several may share a process, each with its
/// own conversation.
final class DeviceProcess: Sendable {
    /// An answer takes no longer, or the process is of no use.
    private static let patience = Duration.seconds(10)

    let instance: String
    let process: ChildProcess
    /// What it says on its own, until it ends; for one reader.
    let notices: AsyncStream<DeviceNotice>

    private let socket: Descriptor
    private let watch: ReadWatch
    private let conversation: DeviceConversation

    /// One process with the devices of these VMs.
    ///
    /// - Parameters:
    ///   - program: the path of `topoc-device`.
    ///   - isFilter: it is the process of one filter, which has no guest.
    static func start(
        _ instances: [String], program: String, isFilter: Bool = false
    ) throws(LabError) -> [DeviceProcess] {
        var sockets: [Descriptor] = []
        var others: [Descriptor] = []
        for instance in instances {
            var ends: [Int32] = [-1, -1]
            let type = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
                throw LabError(LabRules.deviceEnded, "no socket for the device of \(instance): \(ErrorNumber())")
            }
            // A device that reads nothing does not hold up the others.
            _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
            sockets.append(Descriptor(ends[0]))
            others.append(Descriptor(ends[1]))
        }
        let process: ChildProcess
        do throws(ProcessError) {
            process = try ChildProcess(
                Command(
                    program,
                    (isFilter ? ["--filter"] : []) + instances.indices.map { "\(ChildProcess.channelNumber + $0)" }),
                bound: nil, channel: others.first, files: Array(others.dropFirst()))
        } catch {
            throw LabError(LabRules.device, error.message, notes: DeviceProgram.wayOut)
        }
        return zip(instances, sockets).map { DeviceProcess($0, process, $1) }
    }

    private init(_ instance: String, _ process: ChildProcess, _ socket: Descriptor) {
        self.instance = instance
        self.process = process
        self.socket = socket
        let (notices, sink) = AsyncStream.makeStream(of: DeviceNotice.self)
        self.notices = notices
        let conversation = DeviceConversation()
        self.conversation = conversation
        watch = ReadWatch(socket) {
            switch Self.receive(socket) {
            case .word(.answer(let serial, let answer)): conversation.end(serial, answer)
            case .word(.notice(let notice)): sink.yield(notice)
            case .nothing: break
            case .over: return false
            }
            return true
        } end: {
            conversation.endAll()
            sink.finish()
        }
    }

    deinit {
        watch.stop()
        process.stop()
    }

    /// It listens no more, as it has ended or is about to.
    var isOver: Bool { conversation.isOver }

    /// Says something, and waits for the answer.
    func tell<Message: DeviceMessage & BitwiseCopyable>(
        _ message: Message, _ descriptors: [Descriptor] = []
    ) async throws(LabError) {
        var message = message
        let (serial, answers) = conversation.begin()
        message.head = lab_head_make(Message.type, UInt32(MemoryLayout<Message>.size), serial)
        let numbers = descriptors.map(\.number)
        let sent = withExtendedLifetime(descriptors) {
            withUnsafeBytes(of: message) {
                lab_send(socket.number, $0.baseAddress, UInt32($0.count), numbers, UInt32(numbers.count))
            }
        }
        try await hear(answers, to: serial, sent)
    }

    /// The same of an interface, with its MAC table.
    func tell(
        _ interface: lab_interface, entries: [UInt64], displacements: [UInt16], _ descriptor: Descriptor
    ) async throws(LabError) {
        var interface = interface
        let (serial, answers) = conversation.begin()
        // The call says how long it is.
        interface.head = lab_head_make(lab_interface.type, 0, serial)
        let sent = withExtendedLifetime(descriptor) {
            lab_send_interface(socket.number, &interface, entries, displacements, descriptor.number)
        }
        try await hear(answers, to: serial, sent)
    }

    private func hear(
        _ answers: AsyncStream<DeviceConversation.Answer>, to serial: UInt32, _ sent: Int32
    ) async throws(LabError) {
        guard sent == 0 else {
            let error = ErrorNumber()
            conversation.end(serial, nil)
            if error.code == EPIPE { conversation.endAll() }
            throw LabError(LabRules.deviceEnded, "the device of \(instance) takes no messages: \(error)")
        }
        let alarm = Task { [conversation] in
            try await Task.sleep(for: Self.patience)
            conversation.end(serial, nil)
        }
        defer { alarm.cancel() }
        for await answer in answers {
            switch answer {
            case .success: return
            case .failure(let refusal):
                throw LabError(
                    LabRules.deviceEnded, "the device of \(instance) refuses: \(refusal.text)",
                    notes: ["reason \(refusal.reason), at \(refusal.place)"])
            }
        }
        throw LabError(LabRules.deviceEnded, "the device of \(instance) does not answer")
    }

    private enum Received {
        case word(DeviceWord)
        case nothing
        case over
    }

    private static func receive(_ socket: Descriptor) -> Received {
        withUnsafeTemporaryAllocation(byteCount: Int(LAB_MESSAGE_MAX), alignment: 8) { buffer in
            var received = lab_received()
            switch lab_receive(socket.number, buffer.baseAddress, &received) {
            case 1:
                // A device has no descriptors to give.
                withUnsafeBytes(of: received.descriptors) { numbers in
                    for number in numbers.bindMemory(to: Int32.self).prefix(Int(received.descriptor_count)) {
                        close(number)
                    }
                }
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<Int(received.size)])
                return DeviceWord(bytes).map { .word($0) } ?? .nothing
            case 0: return .over
            default: return [EAGAIN, EMSGSIZE, EBADMSG].contains(errno) ? .nothing : .over
            }
        }
    }
}
