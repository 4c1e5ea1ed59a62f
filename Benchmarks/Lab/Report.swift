// SPDX-License-Identifier: BSD-2-Clause

import Foundation

/// All figures, and how they are printed.
struct Report {
    private let measurements: [String]
    private var networks: [String] = []
    private var references: [String: String] = [:]
    private var figures: [String: [String: [Double]]] = [:]

    init(measurements: [String]) {
        self.measurements = measurements
    }

    mutating func add(_ figure: Double, of measurement: String, over network: MeasuredNetwork) {
        if !networks.contains(network.name) { networks.append(network.name) }
        references[network.name] = network.reference
        figures[measurement, default: [:]][network.name, default: []].append(figure)
    }

    /// A table for each measurement: median, least and most of the rounds, and the median of the ratios to the
    /// network that each is compared with, in the same round.
    func text(rounds: Int, seconds: Int, trips: Int) -> String {
        let processors = ProcessInfo.processInfo.activeProcessorCount
        var lines = [
            "medians of \(rounds) rounds in turns, \(seconds) s or \(trips) round trips each, \(processors) processors"
        ]
        let width = (networks.map(\.count).max() ?? 0) + 2
        for measurement in measurements {
            guard let rows = figures[measurement] else { continue }
            lines += ["", measurement]
            for network in networks {
                guard let row = rows[network] else { continue }
                let ratios = zip(row, references[network].flatMap { rows[$0] } ?? []).map { $0 / $1 }
                let numbers = [Self.median(row), row.min() ?? 0, row.max() ?? 0]
                    .map { String(format: "%10.2f", $0) }.joined()
                let ratio = ratios.isEmpty ? "" : String(format: "%8.2f x", Self.median(ratios))
                lines.append("  " + network.padding(toLength: width, withPad: " ", startingAt: 0) + numbers + ratio)
            }
        }
        let compared = Set(references.values).sorted().joined(separator: " or ")
        let head = "columns: median, least, most, and the median of the ratios to \(compared)"
        return (lines + ["", head]).joined(separator: "\n")
    }

    func json() throws -> Data {
        try JSONSerialization.data(withJSONObject: figures, options: [.prettyPrinted, .sortedKeys])
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
