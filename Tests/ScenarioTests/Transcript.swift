// SPDX-License-Identifier: BSD-2-Clause

import Foundation
import Testing

/// What the programs print, taken apart.
struct Transcript {
    private(set) var roundTrips: [Int] = []
    private(set) var latencies: [Double] = []
    private(set) var expected: [Int] = []
    private(set) var elapsed: [Int] = []
    /// Lines of updates, whose average agrees with the one that is printed.
    private(set) var updates = 0
    /// What workers say they have done.
    private(set) var tasks = 0

    init(_ lines: [String]) throws {
        var temperatures: [Int] = []
        for line in lines {
            if let match = line.wholeMatch(of: /roundtrip count: (\d+)/) {
                roundTrips.append(try #require(Int(match.1)))
            } else if let match = line.wholeMatch(of: /average latency: (\d+\.\d{3}) \[us\]/) {
                latencies.append(try #require(Double(match.1)))
            } else if let match = line.wholeMatch(of: /Total expected cost: (\d+) msec/) {
                expected.append(try #require(Int(match.1)))
            } else if let match = line.wholeMatch(of: /temp: 100\d\d (-?\d+) (\d+) (\d+)/) {
                temperatures.append(try #require(Int(match.1)))
                updates += 1
                #expect(Int(match.3) == temperatures.count)
            } else if let match = line.wholeMatch(of: /Average temperature for zipcode was (-?\d+)F/) {
                #expect(Int(match.1) == temperatures.reduce(0, +) / temperatures.count)
                temperatures = []
            }
            // A worker's costs stand on the line on which the sink says what it took.
            if let match = line.firstMatch(of: /Total elapsed time: (\d+) msec$/) {
                elapsed.append(try #require(Int(match.1)))
            }
            if line.firstMatch(of: /^[0-9.:]+(Total elapsed time: \d+ msec)?$|^[0-9.:]+Finished/) != nil {
                tasks += line.matches(of: /\d+\./).count
            }
        }
    }
}

/// What `run --json` writes.
struct Figures: Decodable {
    struct Run: Decodable {
        let latency: Double
        let elapsed: Int
        let expected: Int

        enum CodingKeys: String, CodingKey {
            case latency = "latency_us"
            case elapsed = "pipeline_elapsed_ms"
            case expected = "pipeline_expected_ms"
        }
    }

    let oneVM: Run
    let acrossVMs: Run?
    let ratio: Double?

    enum CodingKeys: String, CodingKey {
        case oneVM = "one_vm"
        case acrossVMs = "across_vms"
        case ratio = "latency_ratio"
    }
}
