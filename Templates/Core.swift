// SPDX-License-Identifier: BSD-2-Clause

/// A header of the data path's core, as it stands in `Sources/CVirtqueue`, `CVSwitch` and `CFilter`: embedded through
/// symbolic links, so that what is emitted and what is tested, proved and measured is one file.
public struct CoreHeader: Sendable {
    /// As `#include <topoc/…>` names it.
    public let name: String
    private let bytes: [UInt8]

    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// `switch.h` and what it includes, in whichever of the wire layouts.
    public static let all = [
        CoreHeader(name: "link.h", bytes: PackageResources.link_h),
        CoreHeader(name: "mac_table.h", bytes: PackageResources.mac_table_h),
        CoreHeader(name: "switch.h", bytes: PackageResources.switch_h),
        CoreHeader(name: "switch_frame.h", bytes: PackageResources.switch_frame_h),
        CoreHeader(name: "switch_init.h", bytes: PackageResources.switch_init_h),
        CoreHeader(name: "switch_parking.h", bytes: PackageResources.switch_parking_h),
        CoreHeader(name: "switch_receive.h", bytes: PackageResources.switch_receive_h),
        CoreHeader(name: "switch_send.h", bytes: PackageResources.switch_send_h),
        CoreHeader(name: "switch_types.h", bytes: PackageResources.switch_types_h),
        CoreHeader(name: "vq_access.h", bytes: PackageResources.vq_access_h),
        CoreHeader(name: "vq_chain.h", bytes: PackageResources.vq_chain_h),
        CoreHeader(name: "vq_libvirtqueue.h", bytes: PackageResources.vq_libvirtqueue_h),
        CoreHeader(name: "vq_libvirtqueue_device.h", bytes: PackageResources.vq_libvirtqueue_device_h),
        CoreHeader(name: "vq_libvirtqueue_driver.h", bytes: PackageResources.vq_libvirtqueue_driver_h),
        CoreHeader(name: "vq_packed.h", bytes: PackageResources.vq_packed_h),
        CoreHeader(name: "vq_packed_device.h", bytes: PackageResources.vq_packed_device_h),
        CoreHeader(name: "vq_packed_driver.h", bytes: PackageResources.vq_packed_driver_h),
        CoreHeader(name: "vq_pool.h", bytes: PackageResources.vq_pool_h),
        CoreHeader(name: "vq_rings.h", bytes: PackageResources.vq_rings_h),
        CoreHeader(name: "vq_rings_device.h", bytes: PackageResources.vq_rings_device_h),
        CoreHeader(name: "vq_rings_driver.h", bytes: PackageResources.vq_rings_driver_h),
        CoreHeader(name: "vq_split.h", bytes: PackageResources.vq_split_h),
        CoreHeader(name: "vq_split_device.h", bytes: PackageResources.vq_split_device_h),
        CoreHeader(name: "vq_split_driver.h", bytes: PackageResources.vq_split_driver_h),
        CoreHeader(name: "vq_types.h", bytes: PackageResources.vq_types_h),
    ]

    /// `filter_carry.h` and what it includes beside `link.h`.
    public static let filter = [
        CoreHeader(name: "filter.h", bytes: PackageResources.filter_h),
        CoreHeader(name: "filter_carry.h", bytes: PackageResources.filter_carry_h),
        CoreHeader(name: "filter_parse.h", bytes: PackageResources.filter_parse_h),
        CoreHeader(name: "filter_types.h", bytes: PackageResources.filter_types_h),
    ]
}
