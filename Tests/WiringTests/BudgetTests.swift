// SPDX-License-Identifier: BSD-2-Clause

import Testing
import Topology

@testable import Wiring

extension Target {
    /// With the tree's data path.
    var overTree: Target { with(.tree) ?? self }
}

@Suite struct BudgetTests {
    private func budgets(_ assembly: Assembly, _ target: Target = .newest.overTree) -> [String] {
        Budget.all(of: Network(assembly), target: target).map {
            "\($0.subject): \($0.kind.rawValue) \($0.used) of \($0.available) \($0.unit)"
        }
    }

    @Test func everyBudgetOfAPair() {
        let pair = Assembly("pair") {
            VMs(0..<2)
            Partition("lan") { Link(0, 1) }
        }
        func vm(_ name: String) -> [String] {
            [
                "\(name): vswitch-nodes 1 of 4 peers",
                "\(name): notification-badges 5 of 11 badges",
                "\(name): queue-ids 2 of 100 ids",
                "\(name): interfaces 1 of 1 interfaces",
                "\(name): guest-memory 128 of 2303 MiB",
                "\(name): untyped-memory 132192 of 176128 KiB",
            ]
        }
        #expect(
            budgets(pair) == ["pair: serial-server-vms 2 of 9 VMs"] + vm("vm0") + vm("vm1") + [
                "lan (256 descriptors, 32768 bytes): ring-bytes 6664 of 32768 bytes",
                "lan (256 descriptors, 32768 bytes): frame-blocks 12 of 203 blocks",
            ])
        #expect(budgets(pair, .lab) == [])
        #expect(!budgets(pair, .camkes3_8).contains { $0.contains("badges") })
    }

    @Test func aMeshOfFiveFillsTheSwitchAndTheBadges() {
        let mesh = Assembly("five") {
            VMs(0..<5)
            Partition("lan") { Mesh(0..<5) }
        }
        let all = Budget.all(of: Network(mesh), target: .newest.overTree)
        #expect(all.filter(\.isExceeded) == [])
        #expect(all.filter { $0.kind == .vswitchNodes }.map(\.used) == [4, 4, 4, 4, 4])
        #expect(all.filter { $0.kind == .notificationBadges }.map(\.used) == [11, 11, 11, 11, 11])
    }

    @Test func theDataPathTopocHasASlotForEachPeerAndOneBadgeForAll() throws {
        let mesh = Assembly("twelve") {
            VMs(0..<12)
            Partition("lan") { Mesh(0..<12) }
        }
        let all = Budget.all(of: Network(mesh), target: try #require(Target.newest.with(.topoc)))
        #expect(all.filter(\.isExceeded).map(\.kind) == [.serialServerVMs])
        #expect(!all.contains { $0.kind == .vswitchNodes || $0.kind == .notificationBadges })
        #expect(Target.camkes3_8.with(.topoc) == nil)
        #expect(Target.lab.with(.tree) == nil)
    }

    @Test func peersAreCountedOnceInAFaultyNetworkToo() {
        let faulty = Assembly("faulty") {
            VMs(0..<3)
            Partition("a") { Mesh(0, 1, 1, 0) }
            Partition("b") {
                Link(0, 1)
                Connect(0, to: 2, 2)
            }
        }
        let network = Network(faulty)
        #expect(network.nodes.indices.map({ network.peers(of: $0).count }) == [2, 1, 0])
    }

    /// Numbers found by running upstream's libvirtqueue: 6664 bytes of rings at 256; 16 full frames behind them in 32768
    /// bytes; in 8192 none, and 1408 bytes at most.
    @Test(arguments: [
        (256, 32768, 6664, 203, 16, 203 * 128), (256, 8192, 6664, 11, 0, 1408), (256, 4096, 6664, 0, 0, 0),
        (128, 8192, 3336, 37, 3, 37 * 128), (64, 8192, 1672, 50, 4, 50 * 128), (16, 32768, 424, 252, 1, 2048),
        (8, 32768, 216, 254, 0, 1024), (32768, 1 << 20, 851_976, 1535, 127, 1535 * 128),
    ])
    func rings(_ length: Int, _ memory: Int, _ bytes: Int, _ blocks: Int, _ frames: Int, _ largest: Int) throws {
        let layout = try #require(RingLayout(queueLength: length, sharedMemory: memory, layout: .libvirtqueue))
        #expect(layout.ringBytes == bytes)
        #expect(layout.blocks == blocks)
        #expect(layout.framesInFlight == frames)
        #expect(layout.largestFrame == largest)
    }

    /// 16 bytes a descriptor, two lines of events, and a frame in whole lines of 64 bytes.
    @Test(arguments: [
        (256, 32768, 4224, 446, 18, 28544), (256, 8192, 4224, 62, 2, 3968), (256, 4096, 4224, 0, 0, 0),
        (4, 65536, 192, 1021, 4, 65344),
    ])
    func topocsRings(_ length: Int, _ memory: Int, _ bytes: Int, _ lines: Int, _ frames: Int, _ largest: Int) throws {
        let layout = try #require(RingLayout(queueLength: length, sharedMemory: memory, layout: .packed))
        #expect(layout.ringBytes == bytes)
        #expect(layout.blocks == lines)
        #expect(layout.framesInFlight == frames)
        #expect(layout.largestFrame == largest)
        #expect(RingLayout(queueLength: 2, sharedMemory: memory, layout: .packed) == nil)
    }

    @Test func theMemoryForSomeFramesHoldsThem() throws {
        for length in [16, 64, 256, 1024] {
            let memory = RingLayout.sharedMemory(queueLength: length, frames: 1, .libvirtqueue)
            let layout = try #require(RingLayout(queueLength: length, sharedMemory: memory, layout: .libvirtqueue))
            #expect(layout.framesInFlight >= 1)
            let less = try #require(
                RingLayout(queueLength: length, sharedMemory: max(1, memory - 4096), layout: .libvirtqueue))
            #expect(less.framesInFlight == 0)
        }
        #expect(RingLayout.sharedMemory(queueLength: 256, frames: 16, .libvirtqueue) == 32768)
    }

    @Test(arguments: [(1, 32768), (0, 32768), (65536, 32768), (256, 0), (256, -1), (256, Int.max), (Int.max, Int.max)])
    func sizesOutOfRangeHaveNoLayout(_ length: Int, _ memory: Int) {
        #expect(RingLayout(queueLength: length, sharedMemory: memory, layout: .libvirtqueue) == nil)
    }

    @Test func thePoolFollowsTheMemory() {
        #expect(Defaults.untyped23Pool(memoryMiB: 128) == 21)
        for memory in [1, 64, 128, 160, 512, 1900, 2303, 1_048_576] {
            let node = Network(
                Assembly("one") {
                    VMs(0..<2, guest: Guest(memoryMiB: memory))
                    Partition("lan") { Link(0, 1) }
                }
            ).nodes[0]
            let pooled = node.guest.pooledUntypedKiB ?? 0
            #expect(pooled >= node.guest.customaryUntypedKiB ?? .max)
            #expect(pooled >= node.guest.leastUntypedKiB ?? .max)
        }
        #expect(Defaults.untyped23Pool(memoryMiB: .max) == Defaults.untyped23Pool(memoryMiB: 1_048_576))
        #expect(Defaults.untyped23Pool(memoryMiB: .min) == 5)
    }
}
