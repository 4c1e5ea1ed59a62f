// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics
import Wiring

extension Certificate {
    /// The certificate as JSON: sorted keys, two spaces, a newline at the end. `formatVersion` grows when a field
    /// changes its meaning or goes.
    public func json() throws -> String {
        try JSONRenderer.encoded(Document(self))
    }
}

/// The certificate's fields.
private struct Document: Encodable {
    struct Hash: Encodable {
        var path: String?
        var sha256: String
    }

    struct Reading: Encodable {
        var agrees: Bool
        var findings: [Entry]
        var flows: Int
        var form: String
        var note: String?
        /// The program's name, without its directory.
        var preprocessor: String?
    }

    struct Network: Encodable {
        var ip: String
        var ipv6: String?
        var mac: String
        /// `nil` for an interface that serves all partitions of its VM.
        var partition: String?
    }

    struct Machine: Encodable {
        /// The device: topoc's or the tree's.
        var dataPath: String
        var hostname: String
        /// Of several, those behind the first.
        var furtherInterfaces: [Network]?
        var ip: String
        var ipv6: String?
        var mac: String
        var name: String?
        /// From which MAC addresses its frames reach others: `pinned`, its own; `any`; `unchecked`, where its device is
        /// the tree's.
        var sources: String
        var vm: Int
    }

    struct Link: Encodable {
        var connection: String
        var destination: Int
        var destinationMAC: String
        /// What it passes, `through fw: rule 2, Allow(.arp)…`, a sentence for each rule; `nil` where nothing judges it.
        var filter: [String]?
        var partition: String
        var queueLength: Int
        var receiveID: Int
        var sendID: Int
        var sharedMemory: Int
        var source: Int
    }

    struct Use: Encodable {
        var available: Int
        var kind: String
        var subject: String
        var unit: String
        var used: Int
    }

    struct Entry: Encodable {
        var code: String
        var message: String
        var reason: String?
    }

    var allowed: [Entry]
    var assembly: String
    var budgets: [Use]
    var dataPath: String
    var files: [Hash]
    var flows: [Link]
    var form: String
    var formatVersion = 1
    var input: Hash
    /// What is not claimed of these VMs, in sentences.
    var notes: [String]?
    var readBack: Reading
    var target: String
    var version = TopocVersion.current
    var vms: [Machine]

    init(_ certificate: Certificate) {
        let wiring = certificate.wiring
        allowed = certificate.allowed.map {
            Entry(code: $0.finding.code, message: $0.finding.message, reason: $0.reason)
        }
        assembly = wiring.name
        budgets = certificate.budgets.map {
            Use(
                available: $0.available, kind: $0.kind.rawValue, subject: $0.subject, unit: $0.unit, used: $0.used)
        }
        files = certificate.fileHashes.map { Hash(path: $0.path, sha256: $0.hash) }
        flows = wiring.flows.map { flow in
            Link(
                connection: wiring.connections[flow.connection].name, destination: flow.destination,
                destinationMAC: flow.destinationMAC.description, filter: wiring.filterNotes(of: flow),
                partition: flow.partition,
                queueLength: flow.queueLength, receiveID: flow.receiveID, sendID: flow.sendID,
                sharedMemory: flow.sharedMemory, source: flow.source)
        }
        form = certificate.form.rawValue
        input = Hash(sha256: certificate.inputHash)
        self.notes = certificate.sourceNotes.isEmpty ? nil : certificate.sourceNotes
        let read = certificate.readBack
        var notes: [String] = []
        if !certificate.isWrittenFormRead {
            notes.append("only the expanded form was read back: there is no C preprocessor on this machine")
        }
        if !read.hasAddresses {
            let rules = wiring.filters.contains { $0.implementation == .native } ? " and rules of filters" : ""
            notes.append("MAC addresses\(rules) were not read back: there is no libclang on this machine")
        }
        readBack = Reading(
            agrees: read.agrees,
            findings: read.findings.map { Entry(code: $0.code, message: $0.message) }, flows: read.flows.count,
            form: read.form.rawValue,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "),
            preprocessor: read.preprocessor?.split(separator: "/").last.map(String.init))
        dataPath = wiring.target.dataPath.rawValue
        target = wiring.target.name
        vms = wiring.vms.map {
            let further = $0.interfaces.dropFirst().map {
                Network(
                    ip: $0.ip.description, ipv6: $0.ipv6?.description, mac: $0.mac.description, partition: $0.partition)
            }
            return Machine(
                dataPath: $0.dataPath.rawValue, hostname: $0.hostname,
                furtherInterfaces: further.isEmpty ? nil : further, ip: $0.ip.description,
                ipv6: $0.ipv6?.description, mac: $0.mac.description,
                name: $0.name, sources: $0.dataPath == .topoc ? $0.sources.rawValue : "unchecked", vm: $0.number)
        }
    }
}
