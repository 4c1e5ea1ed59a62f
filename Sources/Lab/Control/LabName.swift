// SPDX-License-Identifier: BSD-2-Clause

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What a user's lab is called, and where it listens: at an abstract name, which is in no directory.
public struct LabName: Sendable, Hashable, CustomStringConvertible {
    public let text: String

    public static let standard = LabName(checked: "lab")

    /// `nil` unless it is of 1 to 32 letters, digits, `-` and `_`.
    public init?(_ text: String) {
        let isAllowed = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isAllowed, (1...32).contains(text.utf8.count) else { return nil }
        self.text = text
    }

    private init(checked text: String) {
        self.text = text
    }

    public var description: String { text }

    /// Where a lab of this user listens. A user namespace knows the user by another number, so it is told.
    public var socket: String { "topoc-lab/\(getuid())/\(text)" }
}
