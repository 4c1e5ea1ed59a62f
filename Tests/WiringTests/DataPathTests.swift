// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Topology

@testable import Wiring

@Suite struct DataPathTests {
    /// VM 1 has the tree's device; VM 3 is joined with it through VM 2, and VMs 4 and 5 are not.
    private static let mixed = Assembly("mixed") {
        VM(0)
        VM(1, dataPath: .tree)
        VMs(2..<4)
        VM(4, sources: .any)
        VM(5)
        Partition("left") { Mesh(0..<3) }
        Partition("right") { Link(2, 3) }
        Partition("pair") { Link(4, 5) }
    }

    private func wiring(_ assembly: Assembly, _ target: Target = .newest) throws -> Wiring {
        try #require(Wiring(Network(assembly), target: target))
    }

    @Test func thoseWhoAreJoinedHaveOneLayout() throws {
        let vms = try wiring(Self.mixed).vms
        #expect(vms.map(\.dataPath) == [.topoc, .tree, .topoc, .topoc, .topoc, .topoc])
        #expect(vms.map { $0.layout == .libvirtqueue } == [true, true, true, true, false, false])
        #expect(vms.map { $0.interfaces[0].table == nil } == [false, true, false, false, false, false])
        #expect(vms[1].heap == Defaults.heap && vms[0].heap > Defaults.heap)
    }

    @Test func overTheTreeAllHaveItsDevice() throws {
        let vms = try wiring(Self.mixed, try #require(Target.newest.with(.tree))).vms
        #expect(vms.allSatisfy { $0.dataPath == .tree && $0.layout == .libvirtqueue })
        #expect(vms.allSatisfy { $0.interfaces[0].learned == 0 })
    }

    @Test func theLabHasNoDeviceOfTheTrees() throws {
        let vms = try wiring(Self.mixed, .lab).vms
        #expect(vms.allSatisfy { $0.dataPath == .topoc && $0.interfaces[0].table != nil })
        // The links have the layout that they have on seL4.
        #expect(vms.map { $0.layout == .libvirtqueue } == [true, true, true, true, false, false])
    }

    @Test func thePeersOfWhoSendsFromAnyAddressLearn() throws {
        let vms = try wiring(Self.mixed).vms
        #expect(vms.map { $0.sources == .any } == [false, false, false, false, true, false])
        #expect(vms[5].peers[0].sources == .any && vms[4].peers[0].sources == .pinned)
        #expect(vms.map(\.interfaces[0].learned) == [0, 0, 0, 0, 0, Defaults.learnedAddresses])
    }

    @Test func whoHasTheTreesDeviceHasItsLimits() throws {
        let budgets = Budget.all(of: Network(Self.mixed), target: .newest)
        let slots = budgets.filter { $0.kind == .vswitchNodes }
        #expect(slots.map(\.subject) == ["vm1"])
        #expect(slots.map(\.available) == [4])
        #expect(!budgets.contains { $0.kind == .notificationBadges }, "the connector gives one badge a VM")
        let interfaces = budgets.filter { $0.kind == .interfaces }.map(\.available)
        #expect(interfaces == [5, 1, 5, 5, 5, 5])
        // 12 blocks of 128 bytes a frame, or 24 lines of 64.
        let blocks = budgets.filter { $0.kind == .frameBlocks }.map(\.used)
        #expect(blocks == [12, 12, 24])
    }
}
