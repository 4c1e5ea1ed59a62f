// SPDX-License-Identifier: BSD-2-Clause

import Dispatch
import Processes

/// Says when there is something to read, until told to stop, and holds the file open as long.
final class ReadWatch: Sendable {
    // Its calls may come from any thread.
    nonisolated(unsafe) private let source: any DispatchSourceRead

    /// - Parameters:
    ///   - take: reads some of what is there; false: there will be no more.
    ///   - end: is called once, after the last `take`.
    init(_ file: Descriptor, take: @escaping @Sendable () -> Bool, end: @escaping @Sendable () -> Void) {
        nonisolated(unsafe) let source = DispatchSource.makeReadSource(
            fileDescriptor: file.number, queue: DispatchQueue(label: "lab.reading"))
        // The source and its handler hold each other until it is cancelled.
        source.setEventHandler {
            // Of one that has hung up, Dispatch tells but once, whatever there is still to read.
            repeat {
                if !take() { return source.cancel() }
            } while file.isReadable
        }
        source.setCancelHandler { withExtendedLifetime(file) { end() } }
        source.activate()
        self.source = source
    }

    func stop() {
        source.cancel()
    }
}
