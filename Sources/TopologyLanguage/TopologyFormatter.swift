// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import SwiftSyntax

/// What ``TopologyFormatter`` made of a text.
public enum FormatResult: Sendable, Equatable {
    /// The whole text, formatted; it may be what it was.
    case formatted(String)
    /// The text cannot be formatted: it is no Swift.
    case refused([Finding])
}
