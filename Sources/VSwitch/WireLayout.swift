// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue

/// How a virtqueue lies in shared memory. Both ends of a link must have the same. It is a type, so that the choice is
/// made by the compiler and costs nothing when frames move.
///
/// The three layouts are ``PackedLayout``, ``SplitLayout`` and ``LibvirtqueueLayout``; the requirements are those of the
/// C core (`topoc/link.h`), where each is documented.
public protocol WireLayout: Sendable {
    /// The private state of a driver side, and of a device side. It never moves: it may point into itself.
    associatedtype Driver
    associatedtype Device

    static func makeDriver() -> Driver
    static func makeDevice() -> Device
    static func initialize(
        _ driver: UnsafeMutablePointer<Driver>, _ memory: UnsafeMutablePointer<UInt8>, _ byteCount: UInt32,
        _ queueLength: UInt16, _ ends: UnsafeMutablePointer<UInt32>
    ) -> Bool
    static func initialize(
        _ device: UnsafeMutablePointer<Device>, _ memory: UnsafeMutablePointer<UInt8>, _ byteCount: UInt32,
        _ queueLength: UInt16
    ) -> Bool

    static func fault(_ driver: UnsafeMutablePointer<Driver>) -> topoc_vq_fault
    static func reserve(
        _ driver: UnsafeMutablePointer<Driver>, _ length: UInt32,
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    ) -> topoc_vq_status
    static func stage(_ driver: UnsafeMutablePointer<Driver>, _ length: UInt32)
    static func flush(_ driver: UnsafeMutablePointer<Driver>)
    static func mustSignal(_ driver: UnsafeMutablePointer<Driver>) -> Bool
    static func listen(_ driver: UnsafeMutablePointer<Driver>) -> topoc_vq_status
    static func mute(_ driver: UnsafeMutablePointer<Driver>)

    static func fault(_ device: UnsafeMutablePointer<Device>) -> topoc_vq_fault
    static func peek(
        _ device: UnsafeMutablePointer<Device>, _ frame: UnsafeMutablePointer<topoc_vq_frame>
    ) -> topoc_vq_status
    static func copy(
        _ device: UnsafeMutablePointer<Device>, _ destination: UnsafeMutablePointer<UInt8>?, _ capacity: UInt32,
        _ length: UnsafeMutablePointer<UInt32>
    ) -> topoc_vq_status
    static func commit(_ device: UnsafeMutablePointer<Device>)
    static func flush(_ device: UnsafeMutablePointer<Device>)
    static func mustSignal(_ device: UnsafeMutablePointer<Device>) -> Bool
    static func listen(_ device: UnsafeMutablePointer<Device>) -> topoc_vq_status
    static func mute(_ device: UnsafeMutablePointer<Device>)
}
