// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue

/// The end of a link that receives frames. It belongs to one owner, which can give it to another thread.
///
/// ```swift
/// while let frame = try device.peek() {
///     total += frame.withBytes { bytes in bytes.byteCount }
///     frame.commit()
/// }
/// device.flush()
/// if device.mustSignal() { doorbell.ring() }
/// ```
///
/// No call allocates memory but ``init(over:queueLength:)``.
@frozen
@safe
public struct DeviceSide<Layout: WireLayout>: ~Copyable, @unchecked Sendable {
    @usableFromInline let state: UnsafeMutablePointer<Layout.Device>
    @usableFromInline let mapping: Mapping

    /// Makes the device side over a mapping of its own, and writes nothing there.
    /// - Parameter queueLength: Descriptors in the ring; a power of two from 4 to 32768, the same at both ends.
    /// - Throws: ``LinkError/geometry(queueLength:byteCount:)`` where the memory does not hold such a queue and one
    ///   buffer, ``LinkError/system(call:errno:)``.
    public init(over memory: borrowing SharedMemory, queueLength: Int) throws(LinkError) {
        guard let length = UInt16(exactly: queueLength) else {
            throw .geometry(queueLength: queueLength, byteCount: memory.byteCount)
        }
        let mapping = try memory.map()
        let state = UnsafeMutablePointer<Layout.Device>.allocate(capacity: 1)
        unsafe state.initialize(to: Layout.makeDevice())
        let bytes = unsafe mapping.base.assumingMemoryBound(to: UInt8.self)
        guard unsafe Layout.initialize(state, bytes, UInt32(mapping.byteCount), length) else {
            unsafe state.deallocate()
            throw .geometry(queueLength: queueLength, byteCount: memory.byteCount)
        }
        unsafe self.state = unsafe state
        self.mapping = mapping
    }

    deinit { unsafe state.deallocate() }

    /// How the peer broke the queue, if it did.
    @inlinable
    public var fault: Fault? {
        let fault = unsafe Layout.fault(state)
        return fault == TOPOC_VQ_SOUND ? nil : Fault(fault)
    }

    /// The next frame, which stays in the ring until it is committed. `nil` where there is none: what was committed has
    /// then been given back.
    /// - Throws: ``LinkError/broken(_:)``, ``LinkError/scattered``.
    @inlinable
    @_lifetime(&self)
    public mutating func peek() throws(LinkError) -> Frame<Layout>? {
        var frame = unsafe topoc_vq_frame()
        switch unsafe Layout.peek(state, &frame) {
        case TOPOC_VQ_READY:
            let bytes = unsafe UnsafeRawBufferPointer(start: frame.base, count: Int(frame.length))
            return unsafe Frame(state, bytes, lifetime: &self)
        case TOPOC_VQ_BROKEN: throw .broken(Fault(unsafe Layout.fault(state)))
        case TOPOC_VQ_CHAIN: throw .scattered
        default: return nil
        }
    }

    /// Takes the next frame, however many descriptors it lies in, and appends its bytes to `output`. Returns how many
    /// they are, or `nil` where there is no frame, or not yet the whole of it.
    /// - Throws: ``LinkError/broken(_:)``; ``LinkError/refused(byteCount:)`` where `output` has less room than the frame
    ///   has bytes: it stays the next, and can be dropped by ``discard()``.
    @inlinable
    public mutating func receive(into output: inout OutputRawSpan) throws(LinkError) -> Int? {
        var length: UInt32 = 0
        let status = unsafe output.withUnsafeMutableBytes { buffer, initializedCount in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initializedCount...])
            let room = UInt32(clamping: free.count)
            let base = unsafe free.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let status = unsafe Layout.copy(state, base, room, &length)
            if status == TOPOC_VQ_READY { initializedCount += Int(length) }
            return status
        }
        switch status {
        case TOPOC_VQ_READY:
            unsafe Layout.commit(state)
            return Int(length)
        case TOPOC_VQ_BROKEN: throw .broken(Fault(unsafe Layout.fault(state)))
        case TOPOC_VQ_REFUSED: throw .refused(byteCount: Int(length))
        default: return nil
        }
    }

    /// Drops the frame that ``receive(into:)`` has just refused, or that was just peeked at, and gives its buffers back.
    @inlinable
    public mutating func discard() {
        unsafe Layout.commit(state)
    }

    /// Gives back what was committed. Committed frames go back by themselves by the dozen, and when the ring is empty.
    @inlinable
    public mutating func flush() {
        unsafe Layout.flush(state)
    }

    /// Whether the driver wants a signal for what was given back since the last call. Ask once for a batch, after
    /// ``flush()``.
    @inlinable
    public mutating func mustSignal() -> Bool {
        unsafe Layout.mustSignal(state)
    }

    /// Asks for a signal at the next frame, as one who is about to sleep does. What was committed is given back.
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

/// A frame in the ring, borrowed from its device side until it is committed or dropped. Dropped, it stays the next.
@frozen
@safe
public struct Frame<Layout: WireLayout>: ~Copyable, ~Escapable {
    @usableFromInline let state: UnsafeMutablePointer<Layout.Device>
    @usableFromInline let bytes: UnsafeRawBufferPointer

    @inlinable
    @_lifetime(&lifetime)
    init(
        _ state: UnsafeMutablePointer<Layout.Device>, _ bytes: UnsafeRawBufferPointer,
        lifetime: inout DeviceSide<Layout>
    ) {
        unsafe self.state = unsafe state
        unsafe self.bytes = unsafe bytes
    }

    /// Bytes of the frame, from its destination address on; at least one. This number is private: no peer changes it.
    @inlinable public var byteCount: Int { unsafe bytes.count }

    /// Lends the bytes. A hostile peer can change them meanwhile: copy a frame first where its content decides, and then
    /// read the copy alone.
    @inlinable
    public borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(RawSpan(_unsafeBytes: bytes))
    }

    /// Has done with the frame: takes it off the ring, and gives its buffer back with others.
    @inlinable
    public consuming func commit() {
        unsafe Layout.commit(state)
    }
}
