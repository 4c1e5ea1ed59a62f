// SPDX-License-Identifier: BSD-2-Clause

import CLab

/// A message of lab/control.h to a device process.
protocol DeviceMessage {
    init()
    var head: lab_head { get set }
    static var type: lab_type { get }
}

extension lab_vm: DeviceMessage { static var type: lab_type { LAB_VM } }
extension lab_filter: DeviceMessage { static var type: lab_type { LAB_FILTER } }
extension lab_interface: DeviceMessage { static var type: lab_type { LAB_INTERFACE } }
extension lab_link: DeviceMessage { static var type: lab_type { LAB_LINK } }
extension lab_start: DeviceMessage { static var type: lab_type { LAB_START } }
extension lab_impair: DeviceMessage { static var type: lab_type { LAB_IMPAIR } }
extension lab_cut: DeviceMessage { static var type: lab_type { LAB_CUT } }
extension lab_capture: DeviceMessage { static var type: lab_type { LAB_CAPTURE } }

/// What a device says on its own.
enum DeviceNotice: Sendable {
    /// A link's peer broke the protocol.
    case broken(link: Int, text: String)
    case guest(interface: Int, state: UInt32, text: String)
    case captureEnded(number: UInt32, dropped: UInt64)
}

/// The answer to a message.
struct Refusal: Error, Sendable {
    let reason: UInt32
    let place: UInt32
    let text: String
}

/// What came from a device process: its words are read, never trusted.
enum DeviceWord {
    case answer(serial: UInt32, Result<Void, Refusal>)
    case notice(DeviceNotice)

    /// `nil` for what is no message of a device.
    init?(_ bytes: UnsafeRawBufferPointer) {
        func read<Message>(_ type: Message.Type) -> Message? {
            bytes.count == MemoryLayout<Message>.size ? bytes.loadUnaligned(as: type) : nil
        }
        guard bytes.count >= MemoryLayout<lab_head>.size else { return nil }
        switch bytes.loadUnaligned(as: lab_head.self).type {
        case LAB_DONE.rawValue:
            guard let done = read(lab_done.self) else { return nil }
            self = .answer(serial: done.head.serial, .success(()))
        case LAB_REFUSED.rawValue:
            guard let refused = read(lab_refused.self) else { return nil }
            let refusal = Refusal(reason: refused.reason, place: refused.where, text: Self.text(of: refused.text))
            self = .answer(serial: refused.head.serial, .failure(refusal))
        case LAB_BROKEN.rawValue:
            guard let broken = read(lab_broken.self) else { return nil }
            self = .notice(.broken(link: Int(broken.link), text: Self.text(of: broken.text)))
        case LAB_GUEST.rawValue:
            guard let guest = read(lab_guest.self) else { return nil }
            self = .notice(
                .guest(interface: Int(guest.interface), state: guest.state, text: Self.text(of: guest.text)))
        case LAB_CAPTURE_ENDED.rawValue:
            guard let ended = read(lab_capture_ended.self) else { return nil }
            self = .notice(.captureEnded(number: ended.number, dropped: ended.dropped))
        default: return nil
        }
    }

    /// An array of C, up to its zero.
    private static func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
