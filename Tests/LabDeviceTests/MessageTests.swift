// SPDX-License-Identifier: BSD-2-Clause

import CLab
import CProcesses
import Foundation
import Testing
import Topology
import Wiring

/// Every message is checked before anything of it is done, and a refusal says what is wrong.
@Suite(.timeLimit(.minutes(5))) struct MessageTests {
    private let pair = Assembly("pair") {
        VMs(0..<2)
        Partition("lan") { Link(0, 1) }
    }

    /// A device that has been told nothing, and what it would be told.
    private struct Fresh {
        let process: DeviceProcess
        let page: Descriptor
        let guest: Descriptor
        let otherGuest: Descriptor

        init() throws {
            process = try DeviceProcess()
            page = try Descriptor.memory(Int(lab_stats_bytes(1)))
            (otherGuest, guest) = try Descriptor.packetSockets()
        }

        var vm: lab_vm {
            var said = lab_vm()
            said.version = LAB_VERSION
            said.guest = LAB_GUEST_TAP.rawValue
            said.interface_count = 1
            said.link_count = 1
            said.frame_max = 1514
            said.layout = 1
            return said
        }

        var link: lab_link {
            var said = lab_link()
            said.peer = 1
            said.address = 0x0200_0000_0002
            said.generation = 1
            said.queue_length = 256
            said.memory = 32768
            said.pinned = 1
            return said
        }

        func hello(_ change: (inout lab_vm) -> Void = { _ in }, _ descriptors: [Descriptor]? = nil) -> Answer {
            var said = vm
            change(&said)
            return process.say(said, LAB_VM, head: \.head, descriptors ?? [page])
        }

        func interface(_ change: (inout lab_interface) -> Void = { _ in }, _ entries: [UInt64]? = nil) -> Answer {
            var said = lab_interface()
            said.link_count = 1
            said.address = 0x0200_0000_0004
            said.multiplier = 1
            said.pinned = 1
            change(&said)
            return process.say(said, entries: entries ?? [link.address << 16], displacements: [0], guest)
        }

        func link(_ change: (inout lab_link) -> Void = { _ in }, _ descriptors: [Descriptor]? = nil) throws -> Answer {
            var said = link
            change(&said)
            return process.say(said, LAB_LINK, head: \.head, try descriptors ?? ends())
        }

        func ends() throws -> [Descriptor] {
            [
                try Descriptor.memory(32768), try Descriptor.memory(32768), try Descriptor.bell(),
                try Descriptor.bell(),
            ]
        }

        func start() -> Answer { process.say(lab_start(), LAB_START, head: \.head) }
    }

    @Test func whatIsSoundIsAccepted() throws {
        let fresh = try Fresh()
        #expect(fresh.hello() == .done)
        #expect(fresh.interface() == .done)
        #expect(try fresh.link() == .done)
        #expect(fresh.start() == .done)
    }

    @Test func theVMIsChecked() throws {
        let fresh = try Fresh()
        #expect(fresh.hello { $0.version = LAB_VERSION + 1 }.refusal == LAB_REFUSED_VERSION)
        #expect(fresh.hello { $0.guest = 3 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.interface_count = 0 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.interface_count = 9 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.link_count = 257 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.link_count = 2 }.refusal == LAB_REFUSED_MEMORY, "the page is too short")
        #expect(fresh.hello { $0.frame_max = 65551 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.frame_max = 13 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.offload = 2 }.refusal == LAB_REFUSED_MESSAGE)
        #expect(fresh.hello { $0.restarted = 2 }.refusal == LAB_REFUSED_MESSAGE)
        #expect(fresh.hello { $0.batch = 257 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello { $0.layout = 3 }.refusal == LAB_REFUSED_NUMBER, "another program's")
        #expect(fresh.hello { $0.busy_poll = 1_000_001 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.hello({ _ in }, []).refusal == LAB_REFUSED_DESCRIPTORS)
        #expect(fresh.hello({ _ in }, [fresh.page, fresh.page]).refusal == LAB_REFUSED_DESCRIPTORS)
        #expect(fresh.hello({ _ in }, [fresh.guest]).refusal == LAB_REFUSED_MEMORY, "a socket is no memory")
        #expect(fresh.hello() == .done)
        #expect(fresh.hello().refusal == LAB_REFUSED_ORDER)
    }

    @Test func theInterfaceIsChecked() throws {
        let fresh = try Fresh()
        #expect(fresh.interface().refusal == LAB_REFUSED_ORDER)
        #expect(fresh.hello() == .done)
        #expect(fresh.interface { $0.number = 1 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.interface { $0.link_count = 2 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.interface { $0.pinned = 2 }.refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.interface({ _ in }, [1, 2, 3]).refusal == LAB_REFUSED_NUMBER, "no power of two")
        #expect(fresh.interface({ _ in }, []).refusal == LAB_REFUSED_NUMBER)
        #expect(fresh.interface() == .done)
        #expect(fresh.interface().refusal == LAB_REFUSED_NUMBER, "twice")
    }

    @Test func theLinkIsChecked() throws {
        let fresh = try Fresh()
        #expect(fresh.hello() == .done)
        #expect(try fresh.link().refusal == LAB_REFUSED_ORDER)
        #expect(fresh.interface() == .done)
        #expect(try fresh.link { $0.number = 1 }.refusal == LAB_REFUSED_NUMBER)
        #expect(try fresh.link { $0.interface = 1 }.refusal == LAB_REFUSED_ORDER)
        #expect(try fresh.link { $0.place = 1 }.refusal == LAB_REFUSED_NUMBER)
        #expect(try fresh.link { $0.generation = 0 }.refusal == LAB_REFUSED_NUMBER)
        for length: UInt32 in [0, 3, 100, 65536, 0x1_0100] {
            #expect(try fresh.link { $0.queue_length = length }.refusal == LAB_REFUSED_NUMBER)
        }
        #expect(try fresh.link { $0.memory = 32769 }.refusal == LAB_REFUSED_MEMORY, "more than there is")
        #expect(try fresh.link { $0.memory = 4096 }.refusal == LAB_REFUSED_MEMORY, "too small for the ring")
        #expect(try fresh.link { $0.memory = 4224 + 1537 }.refusal == LAB_REFUSED_MEMORY, "too small for a frame")
        #expect(try fresh.link { $0.memory = LAB_MEMORY_MAX + 1 }.refusal == LAB_REFUSED_NUMBER)
        var ends = try fresh.ends()
        let file = try Descriptor("open", open("/dev/zero", O_RDWR))
        #expect(try fresh.link({ _ in }, Array(ends.dropLast())).refusal == LAB_REFUSED_DESCRIPTORS)
        for place in 0..<4 {
            var wrong = ends
            wrong[place] = file
            let reason = place < 2 ? LAB_REFUSED_MEMORY : LAB_REFUSED_DESCRIPTORS
            #expect(try fresh.link({ _ in }, wrong).refusal == reason, "descriptor \(place)")
        }
        // Memory that the peer could shorten.
        ends[1] = try Descriptor("memfd", topoc_memory_file("open"))
        #expect(ftruncate(ends[1].number, 32768) == 0)
        #expect(try fresh.link({ _ in }, ends).refusal == LAB_REFUSED_MEMORY)
        #expect(try fresh.link() == .done)
        #expect(try fresh.link { $0.generation = 2 }.refusal == LAB_REFUSED_ORDER, "renewed too early")
        #expect(fresh.start() == .done)
        #expect(try fresh.link().refusal == LAB_REFUSED_NUMBER, "the same generation")
        #expect(
            try fresh.link {
                $0.generation = 2; $0.address = 6
            }.refusal == LAB_REFUSED_NUMBER, "another peer")
        #expect(try fresh.link { $0.generation = 2 } == .done)
    }

    @Test func theBeginningIsChecked() throws {
        let early = try Fresh()
        #expect(early.start().refusal == LAB_REFUSED_ORDER)
        #expect(early.hello() == .done)
        #expect(early.start().refusal == LAB_REFUSED_ORDER)
        #expect(early.interface() == .done)
        #expect(early.start().refusal == LAB_REFUSED_ORDER)
        #expect(early.process.say(lab_cut(), LAB_CUT, head: \.head).refusal == LAB_REFUSED_ORDER)

        // The switch's own checks: the table does not lead to the peer.
        let astray = try Fresh()
        #expect(astray.hello() == .done)
        #expect(astray.interface({ _ in }, [0x0200_0000_0008 << 16]) == .done)
        #expect(try astray.link() == .done)
        #expect(astray.start().refusal == LAB_REFUSED_SWITCH)

        // A descriptor that is no interface.
        let pageless = try Fresh()
        #expect(pageless.hello() == .done)
        var said = lab_interface()
        said.link_count = 1
        said.address = 0x0200_0000_0004
        said.pinned = 1
        let entries = [pageless.link.address << 16]
        #expect(pageless.process.say(said, entries: entries, displacements: [0], try Descriptor.bell()) == .done)
        #expect(try pageless.link() == .done)
        #expect(pageless.start().refusal == LAB_REFUSED_GUEST)
    }

    @Test func whatIsNoMessageIsRefused() throws {
        let fresh = try Fresh()
        func head(_ type: UInt32, _ size: UInt32, _ serial: UInt32, _ zero: UInt32, _ bytes: Int) -> [UInt8] {
            var words = [type, size, serial, zero]
            return words.withUnsafeMutableBytes { Array($0) } + [UInt8](repeating: 0, count: max(0, bytes - 16))
        }
        #expect(fresh.process.say(bytes: [1, 2, 3]).refusal == LAB_REFUSED_MESSAGE)
        #expect(fresh.process.say(bytes: head(1, 16, 1, 0, 20)).refusal == LAB_REFUSED_MESSAGE, "another size")
        #expect(fresh.process.say(bytes: head(1, 16, 1, 1, 16)).refusal == LAB_REFUSED_MESSAGE, "no zero")
        #expect(fresh.process.say(bytes: head(1, 16, 1, 0, 16)).refusal == LAB_REFUSED_MESSAGE, "too short for a VM")
        #expect(fresh.process.say(bytes: head(99, 16, 1, 0, 16)).refusal == LAB_REFUSED_MESSAGE, "unknown")
        #expect(fresh.process.say(bytes: head(8, 16, 0, 0, 16)).refusal == LAB_REFUSED_MESSAGE, "no serial number")
        let long = [UInt8](repeating: 1, count: Int(LAB_MESSAGE_MAX) + 1)
        #expect(fresh.process.say(bytes: long).refusal == LAB_REFUSED_MESSAGE)
        let many = try (0..<4).map { _ in try Descriptor.bell() }
        #expect(fresh.process.say(bytes: head(4, 16, 1, 0, 16), many).refusal == LAB_REFUSED_ORDER)
        #expect(fresh.hello() == .done)
    }

    /// Messages of all types with random numbers in them, and descriptors of all kinds: each is answered, and the device
    /// goes on. Before and after it runs.
    @Test(arguments: 0..<4) func noMessageBringsADeviceDown(_ seed: Int) throws {
        let lab = try SmallLab(pair)
        let fresh = try Fresh()
        let running = lab.vms[0].process
        var random = SplitMix(state: UInt64(seed))
        let numbers: [UInt32] = [0, 1, 2, 3, 14, 256, 1024, 1514, 4096, 32768, .max, .max / 2, 1 << 31]
        let others = try [
            Descriptor.memory(32768), Descriptor.bell(), Descriptor.pipe().1, Descriptor.packetSockets().0,
        ]
        for _ in 0..<2000 {
            let type = UInt32.random(in: 0...8, using: &random)
            let sizes = [16, 24, 32, 48, 56, 64, 72, 80, 16 + 4 * Int.random(in: 0...40, using: &random)]
            let size = sizes.randomElement(using: &random) ?? 16
            // LAB_STOP ends it, as it should.
            var words = [type == LAB_STOP.rawValue ? 9 : type, UInt32(size), 1, 0]
            while words.count < size / 4 {
                words.append(
                    Bool.random(using: &random)
                        ? numbers.randomElement(using: &random) ?? 0 : UInt32.random(in: 0...4, using: &random))
            }
            let bytes = words.withUnsafeBytes { Array($0) }
            let with = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in
                others.randomElement(using: &random)
            }
            #expect(fresh.process.say(bytes: bytes, with) != .gone)
            #expect(running.say(bytes: bytes, with) != .gone)
        }
    }

    @Test func whatIsDoneToLinksIsChecked() throws {
        let lab = try SmallLab(pair)
        let process = lab.vms[0].process
        func impair(_ change: (inout lab_impair) -> Void) -> lab_refusal? {
            var said = lab_impair()
            change(&said)
            return process.say(said, LAB_IMPAIR, head: \.head).refusal
        }
        #expect(impair { $0.link = 1 } == LAB_REFUSED_NUMBER)
        #expect(impair { $0.loss = 1_000_001 } == LAB_REFUSED_NUMBER)
        #expect(impair { $0.delay = 10_000_000_001 } == LAB_REFUSED_NUMBER)
        #expect(
            impair {
                $0.delay = 5; $0.jitter = 6
            } == LAB_REFUSED_NUMBER)
        #expect(impair { $0.queue_bytes = 1000 } == LAB_REFUSED_NUMBER)
        #expect(impair { $0.queue_bytes = UInt64(LAB_MEMORY_MAX) + 1 } == LAB_REFUSED_NUMBER)
        #expect(impair { $0.link = LAB_ALL_LINKS } == nil)
        var cut = lab_cut()
        cut.cut = 2
        #expect(process.say(cut, LAB_CUT, head: \.head).refusal == LAB_REFUSED_NUMBER)
        var capture = lab_capture()
        capture.number = 4
        #expect(process.say(capture, LAB_CAPTURE, head: \.head).refusal == LAB_REFUSED_NUMBER)
        capture.number = 0
        let (reading, writing) = try Descriptor.pipe()
        #expect(process.say(capture, LAB_CAPTURE, head: \.head, [reading]).refusal == LAB_REFUSED_DESCRIPTORS)
        #expect(process.say(capture, LAB_CAPTURE, head: \.head, [writing]) == .done)
        #expect(process.say(capture, LAB_CAPTURE, head: \.head, [writing]).refusal == LAB_REFUSED_ORDER)
    }

    @Test func theDeviceEndsWithItsSupervisorAndWhenItIsTold() throws {
        let stopped = try SmallLab(pair)
        #expect(stopped.vms[0].process.say(lab_stop(), LAB_STOP, head: \.head) == .done)
        #expect(stopped.vms[0].process.status() == 0)
        // The other goes on, and still answers.
        try stopped.vms[1].cut(0, true)
        let process = stopped.vms[1].process
        shutdown(process.controls[0].number, Int32(SHUT_RDWR))
        #expect(process.status() == 0)
    }
}
