// SPDX-License-Identifier: BSD-2-Clause

import VSwitch

/// Both ends of a link of 32768 bytes, each with a mapping of its own, in a form that `#expect` can take.
final class TestLink<Layout: WireLayout> {
    private var driver: DriverSide<Layout>
    private var device: DeviceSide<Layout>

    init(_ layout: Layout.Type, queueLength: Int = 256) throws(LinkError) {
        let memory = try SharedMemory(byteCount: 32768)
        driver = try DriverSide(over: memory, queueLength: queueLength)
        device = try DeviceSide(over: memory, queueLength: queueLength)
    }

    func send(_ frame: [UInt8]) throws(LinkError) -> Bool { try driver.send(frame.span.bytes) }
    /// False where the link is full.
    func stage(_ frame: [UInt8]) throws(LinkError) -> Bool { try driver.stage(copyOf: frame) }
    /// Reserves a buffer of `length` bytes and lets `write` fill it. False where the link is full.
    func publish(_ length: Int, _ write: (inout OutputRawSpan) throws -> Void) throws -> Bool {
        try driver.publish(length, write)
    }
    func flushDriver() { driver.flush() }
    func driverMustSignal() -> Bool { driver.mustSignal() }
    func driverListens() throws(LinkError) -> Readiness { try driver.listen() }
    func muteDriver() { driver.mute() }

    /// The next frame, which is left in the ring.
    func look() throws(LinkError) -> [UInt8]? { try device.next(commit: false) }
    /// The next frame, taken out of the ring.
    func receive() throws(LinkError) -> [UInt8]? { try device.next(commit: true) }
    /// The next frame, however it lies, taken out of the ring into `capacity` bytes.
    func gather(_ capacity: Int) throws(LinkError) -> [UInt8]? { try device.gather(capacity) }
    func discard() { device.discard() }
    func flushDevice() { device.flush() }
    func deviceMustSignal() -> Bool { device.mustSignal() }
    func deviceListens() throws(LinkError) -> Readiness { try device.listen() }
    func muteDevice() { device.mute() }
}

extension DriverSide {
    fileprivate mutating func stage(copyOf frame: [UInt8]) throws(LinkError) -> Bool {
        guard let buffer = try reserve(frame.count) else { return false }
        buffer.stage { output in output.append(copying: frame.span.bytes) }
        return true
    }

    fileprivate mutating func publish(
        _ length: Int, _ write: (inout OutputRawSpan) throws -> Void
    ) throws -> Bool {
        guard let buffer = try reserve(length) else { return false }
        try buffer.publish(write)
        return true
    }
}

extension DeviceSide {
    fileprivate mutating func next(commit: Bool) throws(LinkError) -> [UInt8]? {
        guard let frame = try peek() else { return nil }
        let bytes = frame.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        if commit { frame.commit() }
        return bytes
    }

    fileprivate mutating func gather(_ capacity: Int) throws(LinkError) -> [UInt8]? {
        var found = false
        let bytes = try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count throws(LinkError) in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var output = OutputRawSpan(buffer: raw, initializedCount: 0)
            found = try receive(into: &output) != nil
            count = output.finalize(for: raw)
        }
        return found ? bytes : nil
    }
}
