// SPDX-License-Identifier: BSD-2-Clause

/// A text with `{{names}}` for what is not fixed. The texts are the files of this directory, embedded in the binary.
public struct Template: Sendable {
    private let bytes: [UInt8]

    public static let cmakeLists = Template(bytes: PackageResources.CMakeLists_txt_template)
    public static let appSettings = Template(bytes: PackageResources.app_settings_cmake_template)
    public static let connectionsHeader = Template(bytes: PackageResources.connections_h_template)
    public static let filter = Template(bytes: PackageResources.filter_component_h_template)
    public static let hostname = Template(bytes: PackageResources.hostname_template)
    public static let hosts = Template(bytes: PackageResources.hosts_template)
    public static let interfaces = Template(bytes: PackageResources.interfaces_template)
    public static let start = Template(bytes: PackageResources.start_template)
    public static let connector = Template(bytes: PackageResources.topocVirtQueues_camkes_template)
    public static let connectorHeader = Template(bytes: PackageResources.topocVirtQueues_from_template_h_template)
    public static let device = Template(bytes: PackageResources.virtio_net_vswitch_c_template)
    public static let libvirtqueueDevice = Template(bytes: PackageResources.virtio_net_vswitch_libvirtqueue_c_template)
    public static let deviceHeader = Template(bytes: PackageResources.virtio_net_vswitch_h_template)
    public static let armDevice = Template(bytes: PackageResources.virtio_net_vswitch_arm_c_template)
    public static let armDeviceHeader = Template(bytes: PackageResources.virtio_net_vswitch_arm_h_template)
    public static let armSettings = Template(bytes: PackageResources.settings_cmake_template)
    public static let armCMakeLists = Template(bytes: PackageResources.CMakeLists_arm_txt_template)
    public static let armDevices = Template(bytes: PackageResources.devices_camkes_template)
    public static let inittab = Template(bytes: PackageResources.inittab_template)
    public static let timerFrequency = Template(bytes: PackageResources.timer_frequency_h_template)
    public static let connectorSource = Template(bytes: PackageResources.virtqueues_from_template_c_template)

    /// The text with each `{{name}}` replaced. A name without a value stays as it is, where a test sees it.
    public func filled(_ values: [String: String]) -> String {
        var text = ""
        text.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let open = rest.firstPair(of: UInt8(ascii: "{")) {
            text += String(decoding: rest[..<open], as: UTF8.self)
            let afterOpen = rest[(open + 2)...]
            guard let close = afterOpen.firstPair(of: UInt8(ascii: "}")),
                let value = values[String(decoding: afterOpen[..<close], as: UTF8.self)]
            else {
                text += "{{"
                rest = afterOpen
                continue
            }
            text += value
            rest = afterOpen[(close + 2)...]
        }
        return text + String(decoding: rest, as: UTF8.self)
    }
}

extension ArraySlice<UInt8> {
    /// Where a byte first stands twice in a row.
    fileprivate func firstPair(of byte: UInt8) -> Int? {
        indices.dropLast().first { self[$0] == byte && self[$0 + 1] == byte }
    }
}
