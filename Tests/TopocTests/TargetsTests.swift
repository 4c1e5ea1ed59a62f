// SPDX-License-Identifier: BSD-2-Clause

import Testing

@Suite struct TargetsTests {
    @Test func targetsAreAnAlignedTable() throws {
        let ended = try Executable.topoc("targets")
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n")
        #expect(lines.map { $0.prefix(4) } == ["TARG", "3.11", "3.10", "3.9 ", "3.8 ", "lab "])
        let column = try #require(lines[0].firstRange(of: "WHAT")).lowerBound
        for line in lines.dropFirst() {
            #expect(line[line.index(before: column)] == " ")
            #expect(line[column] != " ")
        }
    }
}
