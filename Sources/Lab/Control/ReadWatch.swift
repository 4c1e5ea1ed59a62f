// SPDX-License-Identifier: BSD-2-Clause

import Processes

/// Says when there is something to read, until told to stop, and holds the file open as long.
final class ReadWatch: Sendable {
    private let number: UInt64

    /// - Parameters:
    ///   - file: a socket or a pipe, watched once. One that cannot be watched is at its end.
    ///   - take: reads some of what is there, without waiting for more; false: there will be no more.
    ///   - end: is called once, after the last `take`.
    init(_ file: Descriptor, take: @escaping @Sendable () -> Bool, end: @escaping @Sendable () -> Void) {
        number = Watching.all.add(file, take: take, end: end)
    }

    func stop() {
        Watching.all.stop(number)
    }
}
