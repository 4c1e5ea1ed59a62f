// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue

/// The split virtqueue (virtio 1.2, 2.7), as guests speak it.
public enum SplitLayout: @unsafe WireLayout {
    public typealias Driver = topoc_split_driver
    public typealias Device = topoc_split_device

    @inlinable public static func makeDriver() -> Driver { unsafe Driver() }
    @inlinable public static func makeDevice() -> Device { unsafe Device() }

    @inlinable
    public static func initialize(
        _ driver: UnsafeMutablePointer<Driver>, _ memory: UnsafeMutablePointer<UInt8>, _ byteCount: UInt32,
        _ queueLength: UInt16, _ ends: UnsafeMutablePointer<UInt32>
    ) -> Bool {
        unsafe topoc_split_driver_init(driver, memory, byteCount, queueLength, ends)
    }

    @inlinable
    public static func initialize(
        _ device: UnsafeMutablePointer<Device>, _ memory: UnsafeMutablePointer<UInt8>, _ byteCount: UInt32,
        _ queueLength: UInt16
    ) -> Bool {
        unsafe topoc_split_device_init(device, memory, byteCount, queueLength)
    }

    @inlinable
    public static func fault(_ driver: UnsafeMutablePointer<Driver>) -> topoc_vq_fault {
        unsafe driver.pointee.fault
    }

    @inlinable
    public static func reserve(
        _ driver: UnsafeMutablePointer<Driver>, _ length: UInt32,
        _ buffer: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
    ) -> topoc_vq_status {
        unsafe topoc_split_driver_reserve(driver, length, buffer)
    }

    @inlinable
    public static func stage(_ driver: UnsafeMutablePointer<Driver>, _ length: UInt32) {
        unsafe topoc_split_driver_stage(driver, length)
    }

    @inlinable
    public static func flush(_ driver: UnsafeMutablePointer<Driver>) {
        unsafe topoc_split_driver_flush(driver)
    }

    @inlinable
    public static func mustSignal(_ driver: UnsafeMutablePointer<Driver>) -> Bool {
        unsafe topoc_split_driver_must_signal(driver)
    }

    @inlinable
    public static func listen(_ driver: UnsafeMutablePointer<Driver>) -> topoc_vq_status {
        unsafe topoc_split_driver_listen(driver)
    }

    @inlinable
    public static func mute(_ driver: UnsafeMutablePointer<Driver>) {
        unsafe topoc_split_driver_mute(driver)
    }

    @inlinable
    public static func fault(_ device: UnsafeMutablePointer<Device>) -> topoc_vq_fault {
        unsafe device.pointee.fault
    }

    @inlinable
    public static func peek(
        _ device: UnsafeMutablePointer<Device>, _ frame: UnsafeMutablePointer<topoc_vq_frame>
    ) -> topoc_vq_status {
        unsafe topoc_split_device_peek(device, frame)
    }

    @inlinable
    public static func copy(
        _ device: UnsafeMutablePointer<Device>, _ destination: UnsafeMutablePointer<UInt8>?, _ capacity: UInt32,
        _ length: UnsafeMutablePointer<UInt32>
    ) -> topoc_vq_status {
        unsafe topoc_split_device_copy(device, destination, capacity, length)
    }

    @inlinable
    public static func commit(_ device: UnsafeMutablePointer<Device>) {
        unsafe topoc_split_device_commit(device)
    }

    @inlinable
    public static func flush(_ device: UnsafeMutablePointer<Device>) {
        unsafe topoc_split_device_flush(device)
    }

    @inlinable
    public static func mustSignal(_ device: UnsafeMutablePointer<Device>) -> Bool {
        unsafe topoc_split_device_must_signal(device)
    }

    @inlinable
    public static func listen(_ device: UnsafeMutablePointer<Device>) -> topoc_vq_status {
        unsafe topoc_split_device_listen(device)
    }

    @inlinable
    public static func mute(_ device: UnsafeMutablePointer<Device>) {
        unsafe topoc_split_device_mute(device)
    }
}
