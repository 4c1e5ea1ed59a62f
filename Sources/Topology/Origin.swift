// SPDX-License-Identifier: BSD-2-Clause

/// Where in a `.topo` text a value was written: a span of UTF-8 offsets, or nothing where no text was (the compiled
/// DSL, or a default).
///
/// Two topologies are equal when they say the same, wherever they say it; so all origins are equal, and `dump`
/// shows nothing of them.
public struct Origin: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public var span: Range<Int>?

    public init(_ span: Range<Int>? = nil) {
        self.span = span
    }

    public static func == (_: Origin, _: Origin) -> Bool { true }
    public func hash(into _: inout Hasher) {}
    public var description: String { "" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A value, and where it was written.
public struct Placed<Value: Hashable & Sendable>: Sendable, Hashable {
    public var value: Value
    public var origin: Origin

    public init(_ value: Value, _ origin: Origin = Origin()) {
        self.value = value
        self.origin = origin
    }
}
