// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

@Suite struct ReadmeTests {
    private let readme: String

    init() throws {
        readme = String(
            decoding: try Data(contentsOf: Executable.package.appending(path: "README.md")), as: UTF8.self)
    }

    @Test func itsExampleIsTheOneThatIsBuilt() throws {
        let example = Executable.package.appending(path: "Examples/zmq_samples/mesh.topo")
        let text = String(decoding: try Data(contentsOf: example), as: UTF8.self)
        let code = try #require(text.firstRange(of: "import Topology")).lowerBound
        #expect(readme.contains("```swift\n\(text[code...])```\n"))
    }

    @Test func itsErrorMessagesAreReal() throws {
        let scratch = try Scratch()
        try scratch.put(
            "mesh.topo",
            """
            import Topology

            Assembly("office") {
                VM(0, mac: "02:00:00:00:AA:01", ip: "192.168.1.1/24")
                VM(1, mac: "02:00:00:00:AA:02", ip: "192.168.1.2/24")
                VM(2, mac: "02:00:00:00:AA:01", ip: "192.168.1.3/24")
                Partition("lan") {
                    Connect(0, to: 1, 2)
                    Connect(1, to: 0, 2)
                    Connect(2, to: 0)
                }
            }

            """)
        let output = try Executable.topoc("lint", "mesh.topo", in: scratch).output
        #expect(readme.contains("```text\n\(output)```\n"), "\(output)")
    }
}
