// SPDX-License-Identifier: BSD-2-Clause

import CLab
import Processes
import Wiring

/// Filters in a lab: a process each, with a link to each of its two VMs. It is known by a number behind those of the
/// VMs, so that a link has two ends whatever stands there, and what heals devices heals filters.
extension Lab {
    func number(ofFilter index: Int) -> Int { wiring.vms.count + index }

    /// The filter of a number; `nil` for a VM.
    func filter(_ number: Int) -> FilterWiring? {
        number < wiring.vms.count ? nil : wiring.filters[number - wiring.vms.count]
    }

    func filter(between first: Int, and second: Int) -> FilterWiring? {
        wiring.filters.first { Set($0.ends.map(\.vm)) == [first, second] }
    }

    /// The number of a VM, or of a filter, by what a user calls it.
    func process(_ text: String) throws(LabError) -> Int {
        if let index = wiring.filters.firstIndex(where: { $0.name == text || $0.instance == text }) {
            return number(ofFilter: index)
        }
        return try vm(text).number
    }

    /// The two links of each filter.
    func filterLinks(_ memory: (Peer) -> Int) throws(LabError) -> [LabLink] {
        var links: [LabLink] = []
        for (index, filter) in wiring.filters.enumerated() {
            for (place, end) in filter.ends.enumerated() {
                guard let peer = wiring.vms[end.vm].peers.firstIndex(where: { $0.number == end.peer }) else { continue }
                links.append(
                    try LabLink(
                        lower: end.vm, higher: number(ofFilter: index), lowerPeer: peer, higherPeer: place,
                        connection: wiring.connections[filter.connection],
                        size: memory(wiring.vms[end.vm].peers[peer])))
            }
        }
        return links
    }

    /// Starts the process of a filter and tells it all that it needs.
    func startFilter(_ number: Int) async throws(LabError) {
        let index = number - wiring.vms.count
        let filter = wiring.filters[index]
        let program = try DeviceProgram.find(for: filter.layout)
        guard let process = try DeviceProcess.start([filter.instance], program: program, isFilter: true).first
        else { return }
        begin(process, of: number)
        var hello = lab_filter()
        hello.version = LAB_VERSION
        hello.frame_max = UInt32(frameMax)
        hello.rule_count = UInt32(filter.rules.count)
        try await process.tell(hello, [filterPages[index].file, filterLibraries[index].file])
        for link in links where link.higher == number {
            let (message, descriptors) = message(of: link, to: number)
            try await process.tell(message, descriptors)
        }
        try await process.tell(lab_start())
        devices[number].serves = true
        devices[number].state = "running"
    }

    /// What one end of a link is told of it.
    func message(of link: LabLink, to number: Int) -> (lab_link, [Descriptor]) {
        if filter(number) == nil { return link.message(to: wiring.vms[number]) }
        var message = lab_link()
        message.number = UInt32(link.higherPeer)
        message.peer = UInt32(link.lower)
        message.generation = link.generation
        message.queue_length = UInt32(link.queueLength)
        message.memory = UInt32(link.size)
        return (message, link.memory.descriptors(of: .higher))
    }

    /// The instance of a number: `vm0`, or `filter_fw`.
    func instance(_ number: Int) -> String { filter(number)?.instance ?? "vm\(number)" }
}
