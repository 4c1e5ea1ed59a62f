// SPDX-License-Identifier: BSD-2-Clause

import CStubHeaders

extension SourceHeaders {
    /// The releases of camkes-vm for which topoc has headers of its own, by the names of their targets.
    public enum Release: String, Sendable, CaseIterable {
        case camkes3_9 = "3.9"
        case camkes3_10 = "3.10"
        /// And later, to master.
        case camkes3_11 = "3.11"
        /// The VMM for Arm of 3.11 and later, to master.
        case arm

        /// `TOPOC_RELEASE` in the headers.
        fileprivate var number: Int {
            switch self {
            case .camkes3_9: 309
            case .camkes3_10: 310
            case .camkes3_11, .arm: 311
            }
        }
    }

    /// topoc's own headers for a release: what a device of camkes-vm's VMMs uses, and no more.
    ///
    /// They hold for any machine, and ask for nothing on disk.
    public static func stubs(_ release: Release) -> SourceHeaders {
        var directories = ["libc", "generated", "tree", release.number >= 311 ? "tree-3.11" : "tree-3.9"]
        if release == .arm { directories.append("tree-arm") }
        return SourceHeaders(
            name: "topoc's headers for camkes-vm \(release.rawValue)",
            directories: directories.map { stubRoot + $0 }, files: stubFiles(in: directories),
            defines: ["TOPOC_RELEASE=\(release.number)"],
            machines: release == .arm ? [.aarch64, .aarch32] : [.x86_64, .ia32])
    }

    /// Where clang believes that they lie. Nothing is there.
    static let stubRoot = "/topoc/headers/"

    /// The embedded headers of some directories, under names that are nowhere on disk.
    static func stubFiles(in directories: [String]) -> [CFile] {
        var count = 0
        guard let headers = cstub_headers(&count) else { return [] }
        return UnsafeBufferPointer(start: headers, count: count).compactMap { header in
            let path = String(cString: header.path)
            guard directories.contains(where: { path.hasPrefix($0 + "/") }) else { return nil }
            let text = UnsafeBufferPointer(start: header.text, count: header.size)
            return CFile(path: stubRoot + path, text: String(decoding: text, as: UTF8.self))
        }
    }
}
