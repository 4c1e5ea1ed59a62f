// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import CVirtqueueHarness
import Testing

/// A wire layout of links, by its table of functions.
struct Layout: Sendable, CustomTestStringConvertible {
    // The tables are constants of C.
    nonisolated(unsafe) private let table: UnsafePointer<harness_layout>

    var calls: harness_layout { table.pointee }
    var name: String { String(cString: calls.name) }
    var testDescription: String { name }

    static let all: [Layout] = [harness_packed(), harness_split(), harness_libvirtqueue()].compactMap { table in
        table.map(Layout.init(table:))
    }
}

/// Both sides of one link, over memory of their own.
final class Link {
    let layout: Layout
    let length: UInt16
    let size: UInt32
    let memory: UnsafeMutablePointer<UInt8>
    let driver: UnsafeMutableRawPointer
    let device: UnsafeMutableRawPointer
    private let ends: UnsafeMutablePointer<UInt32>
    private let calls: harness_layout

    init?(_ layout: Layout, length: UInt16 = 4, size: UInt32 = 8192) {
        calls = layout.calls
        self.layout = layout
        self.length = length
        self.size = size
        let room = UnsafeMutableRawPointer.allocate(byteCount: Int(size), alignment: 4096)
        memory = room.initializeMemory(as: UInt8.self, repeating: 0xa5, count: Int(size))
        driver = .allocate(byteCount: calls.driver_size, alignment: 16)
        device = .allocate(byteCount: calls.device_size, alignment: 16)
        ends = .allocate(capacity: Int(length))
        ends.initialize(repeating: 0, count: Int(length))
        guard calls.driver_init(driver, memory, size, length, ends), calls.device_init(device, memory, size, length)
        else { return nil }
    }

    deinit {
        memory.deallocate()
        driver.deallocate()
        device.deallocate()
        ends.deallocate()
    }

    // MARK: Driver side

    /// Reserves, fills and stages a frame.
    func stage(_ frame: [UInt8]) -> topoc_vq_status {
        var buffer: UnsafeMutablePointer<UInt8>?
        let status = calls.reserve(driver, UInt32(frame.count), &buffer)
        guard status == TOPOC_VQ_READY else { return status }
        buffer?.update(from: frame, count: frame.count)
        calls.stage(driver, UInt32(frame.count))
        return status
    }

    func send(_ frame: [UInt8]) -> topoc_vq_status {
        let status = stage(frame)
        calls.flush(driver)
        return status
    }

    func flushDriver() { calls.flush(driver) }
    var driverMustSignal: Bool { calls.driver_must_signal(driver) }
    func driverListen() -> topoc_vq_status { calls.driver_listen(driver) }
    func driverMute() { calls.driver_mute(driver) }
    var driverFault: topoc_vq_fault { calls.driver_fault(driver) }

    // MARK: Device side

    func peek() -> (status: topoc_vq_status, frame: [UInt8]) {
        var frame = topoc_vq_frame()
        let status = calls.peek(device, &frame)
        guard status == TOPOC_VQ_READY else { return (status, []) }
        return (status, Array(UnsafeBufferPointer(start: frame.base, count: Int(frame.length))))
    }

    func copy(capacity: Int = 4096) -> (status: topoc_vq_status, length: Int, frame: [UInt8]) {
        var length: UInt32 = 0
        var status = TOPOC_VQ_EMPTY
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            buffer.initialize(repeating: 0)
            status = calls.copy(device, buffer.baseAddress, UInt32(capacity), &length)
            count = min(Int(length), capacity)
        }
        return (status, Int(length), bytes)
    }

    func chain(capacity: Int) -> (status: topoc_vq_status, segments: [[UInt8]]) {
        var segments = [topoc_vq_segment](repeating: topoc_vq_segment(), count: capacity)
        var chain = topoc_vq_chain()
        let status = calls.chain(device, &segments, UInt16(capacity), &chain)
        guard status == TOPOC_VQ_READY else { return (status, []) }
        let count = Int(chain.readable + chain.writable)
        return (
            status, segments.prefix(count).map { Array(UnsafeBufferPointer(start: $0.base, count: Int($0.length))) }
        )
    }

    /// The shared memory.
    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: Int(size))) }

    func commit() { calls.commit(device) }
    func flushDevice() { calls.device_flush(device) }
    var deviceMustSignal: Bool { calls.device_must_signal(device) }
    func deviceListen() -> topoc_vq_status { calls.device_listen(device) }
    func deviceMute() { calls.device_mute(device) }
    var deviceFault: topoc_vq_fault { calls.device_fault(device) }

    /// Takes the next frame and gives it back at once.
    func receive() -> [UInt8]? {
        let (status, frame) = peek()
        guard status == TOPOC_VQ_READY else { return nil }
        commit()
        flushDevice()
        return frame
    }
}

extension topoc_vq_status: @retroactive CustomTestStringConvertible {
    public var testDescription: String {
        switch self {
        case TOPOC_VQ_READY: "READY"
        case TOPOC_VQ_EMPTY: "EMPTY"
        case TOPOC_VQ_FULL: "FULL"
        case TOPOC_VQ_CHAIN: "CHAIN"
        case TOPOC_VQ_REFUSED: "REFUSED"
        default: "BROKEN"
        }
    }
}
