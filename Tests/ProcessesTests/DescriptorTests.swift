// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Processes
import Testing

struct DescriptorTests {
    /// A file that is given up is let go of while its descriptor is still held: the other end of a pipe sees the end.
    @Test func whatIsGivenUpIsLetGoOf() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (Descriptor(ends[0]), Descriptor(ends[1]))
        #expect(!reader.isReadable)
        writer.giveUp()
        #expect(reader.isReadable)
        #expect(reader.read(upTo: 1) == [])
        // The number is not another's.
        #expect(fcntl(writer.number, F_GETFD) != -1)
    }
}
