// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CCompilers
import Foundation
import Topology
import Wiring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A VM whose emitted C runs on this host: `Machine/machine.c` has what the C needs of a VMM.
final class Machine {
    private typealias Channel = @convention(c) (UInt32, Int32, UInt32, UnsafeMutableRawPointer, Int) -> Void
    private typealias Call = @convention(c) () -> Void
    private typealias Send = @convention(c) (UInt32, UnsafePointer<UInt8>, UInt32) -> Void
    private typealias Receive = @convention(c) (UInt32, UnsafeMutablePointer<UInt8>) -> UInt32

    private let library: UnsafeMutableRawPointer
    let vm: VMWiring

    struct NotLoaded: Error {
        let message: String
    }

    fileprivate init(_ vm: VMWiring, _ files: [EmittedFile], in directory: URL) throws {
        self.vm = vm
        // The device that CMake would take.
        let device = vm.layout == .packed ? "virtio_net_vswitch.c" : "virtio_net_vswitch_libvirtqueue.c"
        let machine = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Machine/machine.c")
        let own = ("machine/machine.c", try String(contentsOf: machine, encoding: .utf8))
        let path = directory.appending(path: "vm\(vm.number).so").path
        try CCompiler.library(
            of: ["machine/machine.c", "src/\(device)", "src/vm\(vm.number)_interfaces.c"],
            in: files.filter { $0.path.contains("/") }.map { ($0.path, $0.text) } + [own],
            including: CCompiler.device3_11.directories, searching: ["include"],
            options: CCompiler.device3_11.options, at: path)
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw NotLoaded(message: dlerror().map { String(cString: $0) } ?? path)
        }
        self.library = library
    }

    deinit { dlclose(library) }

    private func function<Function>(_ name: String, as type: Function.Type) throws -> Function {
        guard let symbol = dlsym(library, "machine_\(name)") else { throw NotLoaded(message: name) }
        return unsafeBitCast(symbol, to: type)
    }

    fileprivate func join(_ id: Int, drives: Bool, length: Int, _ memory: UnsafeMutableRawBufferPointer) throws {
        guard let base = memory.baseAddress else { return }
        try function("channel", as: Channel.self)(UInt32(id), drives ? 1 : 0, UInt32(length), base, memory.count)
    }

    func start() throws { try function("start", as: Call.self)() }
    func notify() throws { try function("notify", as: Call.self)() }

    /// The guest sends.
    func send(_ frame: [UInt8], interface: Int = 0) throws {
        try function("send", as: Send.self)(UInt32(interface), frame, UInt32(frame.count))
    }

    /// What the guest was given, the oldest first.
    func received(interface: Int = 0) throws -> [[UInt8]] {
        let receive = try function("receive", as: Receive.self)
        var frames: [[UInt8]] = []
        var buffer = [UInt8](repeating: 0, count: 1514)
        while case let length = receive(UInt32(interface), &buffer), length > 0 {
            frames.append(Array(buffer.prefix(Int(length))))
        }
        return frames
    }
}

/// The VMs of a wiring that have topoc's device, over shared memory that a test can look at.
final class Machines {
    private(set) var machines: [Int: Machine] = [:]
    /// Of each flow.
    private(set) var memory: [Flow: UnsafeMutableRawBufferPointer] = [:]
    private let directory: URL

    init(_ wiring: Wiring) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "topoc-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let files = AppEmitter.files(for: wiring, form: .expanded, assemblyName: "app")
        for vm in wiring.vms where vm.dataPath == .topoc { machines[vm.number] = try Machine(vm, files, in: directory) }
        for flow in wiring.flows {
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: flow.sharedMemory, alignment: 4096)
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            self.memory[flow] = memory
            try machines[flow.source]?.join(flow.sendID, drives: true, length: flow.queueLength, memory)
            try machines[flow.destination]?.join(flow.receiveID, drives: false, length: flow.queueLength, memory)
        }
        for machine in machines.values { try machine.start() }
    }

    deinit {
        machines = [:]
        memory.values.forEach { $0.deallocate() }
        try? FileManager.default.removeItem(at: directory)
    }

    subscript(number: Int) -> Machine? { machines[number] }

    /// Every VM is signalled, as often as frames could be under way.
    func settle() throws {
        for _ in 0..<4 { for number in machines.keys.sorted() { try machines[number]?.notify() } }
    }
}
