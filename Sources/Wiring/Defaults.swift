// SPDX-License-Identifier: BSD-2-Clause

/// What a topology that does not say gets: the values of upstream's zmq_samples.
public enum Defaults {
    public static let queueLength = 256
    public static let sharedMemory = 32768
    public static let mac = "02:00:00:00:AA:01"
    public static let ip = "192.168.1.1/24"
    public static let memoryMiB = 128
    public static let kernel = "bzimage"
    public static let heap = 0x10000
    /// Bytes of the VMM's heap that one interface of the data path topoc may need beside that: `parkedFrames` pieces of
    /// 2 KiB, and what the allocator and the emulation add to each.
    public static let heapPerInterface = 0x14000
    /// Frames of a guest that may wait for room at its peers, an interface.
    public static let parkedFrames = 32
    /// Addresses that an interface learns, where a peer sends from more than its own: a power of two.
    public static let learnedAddresses = 256
    public static let untyped22Pool = 1
    public static let commandLine =
        "earlyprintk=ttyS0,115200 console=ttyS0,115200 root=/dev/mem i8042.nokbd=iy "
        + "i8042.nomux=y i8042.noaux=y io_delay=udelay noisapnp pci=nomsi"

    /// In place of `kernel` on Arm.
    public static let armKernel = "linux"
    /// In place of it on Arm, where the console is the one that the VMM emulates.
    public static let armCommandLine =
        "console=hvc0 rw nosmp pci=nomsi,realloc=off,bios initcall_blacklist=clk_disable_unused"

    public static func initrd(vm number: Int) -> String { "vm\(number)_rootfs.cpio" }
    public static func ioSpaceDomain(vm number: Int) -> Int { 0x0f &+ number }
    public static func pciDevicesIOSpace(vm number: Int) -> Int { number &+ 1 }

    /// Untypeds of 8 MiB: the guest's memory, and a quarter of it but at least 40 MiB for the VMM's own objects. That
    /// is upstream's 21 at 128 MiB, and the quarter is what upstream's larger guests have.
    public static func untyped23Pool(memoryMiB: Int) -> Int {
        let memory = min(max(0, memoryMiB), GuestSettings.memories.upperBound)
        return (memory + max(40, memory / 4) + 7) / 8
    }
}
