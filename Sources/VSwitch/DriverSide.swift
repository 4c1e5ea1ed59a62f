// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue

/// What ``DriverSide/listen()`` and ``DeviceSide/listen()`` found after they asked for a signal.
@frozen
public enum Readiness: Sendable {
    /// There is something to do by now: try again before sleeping.
    case ready
    /// Nothing yet: sleep until the peer signals.
    case empty
}

/// The end of a link that sends frames. It belongs to one owner, which can give it to another thread.
///
/// ```swift
/// while let buffer = try driver.reserve(1514) {
///     buffer.stage { output in output.append(repeating: 0x55, count: 1514, as: UInt8.self) }
/// }
/// driver.flush()
/// if driver.mustSignal() { doorbell.ring() }
/// ```
///
/// No call allocates memory but ``init(over:queueLength:)``.
@frozen
@safe
public struct DriverSide<Layout: WireLayout>: ~Copyable, @unchecked Sendable {
    @usableFromInline let state: UnsafeMutablePointer<Layout.Driver>
    /// Where each outstanding buffer ends: the core's own notes, which the peer does not see.
    @usableFromInline let ends: UnsafeMutablePointer<UInt32>
    @usableFromInline let mapping: Mapping

    /// Makes the driver side over a mapping of its own, and clears the ring.
    /// - Parameter queueLength: Descriptors in the ring; a power of two from 4 to 32768, the same at both ends.
    /// - Throws: ``LinkError/geometry(queueLength:byteCount:)`` where the memory does not hold such a queue and one
    ///   buffer, ``LinkError/system(call:errno:)``.
    public init(over memory: borrowing SharedMemory, queueLength: Int) throws(LinkError) {
        guard let length = UInt16(exactly: queueLength), length > 0 else {
            throw .geometry(queueLength: queueLength, byteCount: memory.byteCount)
        }
        let mapping = try memory.map()
        let state = UnsafeMutablePointer<Layout.Driver>.allocate(capacity: 1)
        unsafe state.initialize(to: Layout.makeDriver())
        let ends = UnsafeMutablePointer<UInt32>.allocate(capacity: queueLength)
        unsafe ends.initialize(repeating: 0, count: queueLength)
        let bytes = unsafe mapping.base.assumingMemoryBound(to: UInt8.self)
        guard unsafe Layout.initialize(state, bytes, UInt32(mapping.byteCount), length, ends) else {
            unsafe state.deallocate()
            unsafe ends.deallocate()
            throw .geometry(queueLength: queueLength, byteCount: memory.byteCount)
        }
        unsafe self.state = unsafe state
        unsafe self.ends = unsafe ends
        self.mapping = mapping
    }

    deinit {
        unsafe state.deallocate()
        unsafe ends.deallocate()
    }

    /// How the peer broke the queue, if it did.
    @inlinable
    public var fault: Fault? {
        let fault = unsafe Layout.fault(state)
        return fault == TOPOC_VQ_SOUND ? nil : Fault(fault)
    }

    /// Reserves a buffer of `byteCount` bytes for the next frame. `nil` where the link is full: flush what is staged,
    /// then ``listen()`` and wait for the peer. A buffer that is neither staged nor published is reserved anew by the
    /// next call.
    /// - Throws: ``LinkError/refused(byteCount:)``, ``LinkError/broken(_:)``.
    @inlinable
    @_lifetime(&self)
    public mutating func reserve(_ byteCount: Int) throws(LinkError) -> Reservation<Layout>? {
        guard let length = UInt32(exactly: byteCount) else { throw .refused(byteCount: byteCount) }
        var buffer: UnsafeMutablePointer<UInt8>?
        switch unsafe Layout.reserve(state, length, &buffer) {
        case TOPOC_VQ_READY:
            guard let base = unsafe buffer else { return nil }
            let bytes = unsafe UnsafeMutableRawBufferPointer(start: base, count: byteCount)
            return unsafe Reservation(state, bytes, lifetime: &self)
        case TOPOC_VQ_BROKEN: throw .broken(Fault(unsafe Layout.fault(state)))
        case TOPOC_VQ_REFUSED: throw .refused(byteCount: byteCount)
        default: return nil
        }
    }

    /// Publishes a copy of `frame`. False where the link is full: nothing was sent.
    /// - Throws: ``LinkError/refused(byteCount:)``, ``LinkError/broken(_:)``.
    @inlinable
    public mutating func send(_ frame: RawSpan) throws(LinkError) -> Bool {
        guard let buffer = try reserve(frame.byteCount) else { return false }
        buffer.publish { output in output.append(copying: frame) }
        return true
    }

    /// Publishes what is staged, all at once.
    @inlinable
    public mutating func flush() {
        unsafe Layout.flush(state)
    }

    /// Whether the device wants a signal for what was published since the last call. Ask once for a batch, after
    /// ``flush()``.
    @inlinable
    public mutating func mustSignal() -> Bool {
        unsafe Layout.mustSignal(state)
    }

    /// Asks for a signal when the device gives buffers back, as one who waits for room does.
    @inlinable
    public mutating func listen() throws(LinkError) -> Readiness {
        switch unsafe Layout.listen(state) {
        case TOPOC_VQ_BROKEN: throw .broken(Fault(unsafe Layout.fault(state)))
        case TOPOC_VQ_READY: return .ready
        default: return .empty
        }
    }

    /// Asks for no signals, as one who is awake does.
    @inlinable
    public mutating func mute() {
        unsafe Layout.mute(state)
    }
}

/// A buffer of a link, borrowed from its driver side until it is staged, published or dropped.
@frozen
@safe
public struct Reservation<Layout: WireLayout>: ~Copyable, ~Escapable {
    @usableFromInline let state: UnsafeMutablePointer<Layout.Driver>
    @usableFromInline let bytes: UnsafeMutableRawBufferPointer

    @inlinable
    @_lifetime(&lifetime)
    init(
        _ state: UnsafeMutablePointer<Layout.Driver>, _ bytes: UnsafeMutableRawBufferPointer,
        lifetime: inout DriverSide<Layout>
    ) {
        unsafe self.state = unsafe state
        unsafe self.bytes = unsafe bytes
    }

    /// Lets `write` fill the buffer, and puts what it wrote behind the frames that wait for ``DriverSide/flush()``.
    /// Nothing is staged where it wrote nothing or threw.
    @inlinable
    public consuming func stage<Failure: Error>(
        _ write: (inout OutputRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        try unsafe Self.stage(state, bytes, write)
    }

    /// ``stage(_:)``, and publishes it with what was staged before.
    @inlinable
    public consuming func publish<Failure: Error>(
        _ write: (inout OutputRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        try unsafe Self.stage(state, bytes, write)
        unsafe Layout.flush(state)
    }

    @inlinable
    static func stage<Failure: Error>(
        _ state: UnsafeMutablePointer<Layout.Driver>, _ bytes: UnsafeMutableRawBufferPointer,
        _ write: (inout OutputRawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        var output = unsafe OutputRawSpan(buffer: bytes, initializedCount: 0)
        try write(&output)
        let count = unsafe output.finalize(for: bytes)
        if count > 0 { unsafe Layout.stage(state, UInt32(count)) }
    }
}

extension OutputRawSpan {
    /// Appends the bytes of `source`, which must fit into ``freeCapacity``.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func append(copying source: RawSpan) {
        precondition(source.byteCount <= freeCapacity, "more bytes than the buffer has room for")
        unsafe withUnsafeMutableBytes { buffer, initializedCount in
            unsafe source.withUnsafeBytes { bytes in
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initializedCount...]).copyMemory(from: bytes)
            }
            initializedCount += source.byteCount
        }
    }
}
