// SPDX-License-Identifier: BSD-2-Clause

import CVirtqueue
import Processes
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where `topoc-device` is.
enum DeviceProgram {
    static let wayOut = [
        "`topoc-device` lies beside `topoc`, and the variable TOPOC_DEVICE may name another",
        "in a checkout, `swift build --product topoc-device` makes it, and `topoc-device-libvirtqueue` likewise",
    ]

    /// The one that `TOPOC_DEVICE` names; else the one beside this program. For libvirtqueue's layout the one whose name
    /// says so.
    static func find(for layout: LinkLayout) throws(LabError) -> String {
        let packed = try find()
        guard layout != .packed else { return packed }
        let path = "\(packed)-\(layout.rawValue)"
        guard access(path, X_OK) == 0 else {
            throw LabError(LabRules.device, "there is no program `\(path)`", notes: wayOut)
        }
        return path
    }

    private static func find() throws(LabError) -> String {
        if let named = getenv("TOPOC_DEVICE").map({ String(cString: $0) }), !named.isEmpty {
            guard let path = Command.find(named) else {
                throw LabError(
                    LabRules.device, "TOPOC_DEVICE names `\(named)`, which is no program", notes: wayOut)
            }
            return path
        }
        guard let own = ThisProgram.path else {
            throw LabError(LabRules.device, "this program does not know where it lies", notes: wayOut)
        }
        let beside = "\(own.prefix(through: own.lastIndex(of: "/") ?? own.startIndex))topoc-device"
        guard access(beside, X_OK) == 0 else {
            throw LabError(LabRules.device, "there is no program `\(beside)`", notes: wayOut)
        }
        return beside
    }
}

extension LinkLayout {
    /// As topoc/link.h has it.
    var number: UInt32 {
        switch self {
        case .packed: UInt32(TOPOC_LAYOUT_PACKED)
        case .libvirtqueue: UInt32(TOPOC_LAYOUT_LIBVIRTQUEUE)
        }
    }
}

/// The program that runs.
enum ThisProgram {
    static var path: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let base = buffer.baseAddress else { return nil }
            let size = readlink("/proc/self/exe", base, buffer.count)
            guard size > 0, size < buffer.count else { return nil }
            return String(decoding: buffer[..<size].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
