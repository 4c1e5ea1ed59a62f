// SPDX-License-Identifier: BSD-2-Clause

/// The names that an assembly finds already taken.
enum ReservedNames {
    /// Words that cannot stand as a name: keywords of any release of CAmkES (`camkes.g`), those of C, and what the
    /// preprocessor defines as 1.
    static let keywords: Set<String> = Set(
        """
        assembly attribute Buf char component composition configuration connection connector consumes control dataport \
        Dataport Dataports emits Event Events export False false from group hardware has import in include inout int \
        int64_t integer maybe mutex out procedure Procedure Procedures provides refin schedule semaphore \
        binary_semaphore signed struct string template thread threads ticks True true to uint64_t unsigned us uses \
        void with \
        auto break case const continue default do double else enum extern float for goto if inline long register \
        restrict return short sizeof static switch typedef union volatile while _Alignas _Alignof _Atomic _Bool \
        _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local asm typeof \
        unix linux i386 defined
        """.split(separator: " ").map(String.init))

    /// What a name is used for in `vm.h`, `vm.camkes` or `connections.h`, as the end of a sentence; `nil` where it is
    /// free.
    static func use(of name: String) -> String? {
        if instances.contains(name) { return "is an instance of camkes-vm" }
        if connections.contains(name) { return "is a connection of camkes-vm" }
        if components.contains(name) { return "is a component type of camkes-vm" }
        if procedures.contains(name) { return "is an interface type of camkes-vm" }
        if name.hasPrefix("TOPOC_") { return "is kept for the macros of topoc's own header" }
        if macros.contains(name) || name.hasPrefix("__") || name.hasPrefix("VM_") { return "is a macro of camkes-vm" }
        // `VM0_MACADDRESS`: the macros of a VM.
        if name.hasPrefix("VM"), name.dropFirst(2).first?.isNumber == true { return "is a macro of camkes-vm" }
        let stem = name.replacingDigits()
        if numberedInstances.contains(stem) { return "is an instance of camkes-vm" }
        if numberedConnections.contains(stem) { return "is a connection of camkes-vm" }
        return stem == "InitN" ? "is a component type of camkes-vm" : nil
    }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(separator: " ").map(String.init))
    }

    private static let instances = words("fserv serial pci_config time_server rtc init sataserver ethdriver")
    /// With `N` for any number.
    private static let numberedInstances = words("vmN vmN_config")
    private static let connections = words(
        "serial_pci_config serial_time_server serial_rtc serialserver_timer sata_serial")
    private static let numberedConnections = words(
        """
        intreadyconN fsN serial_vmN serial_guest_vmN serial_inputN rtctestN pitN_timer pciconfigN extra_ramN \
        exclude_paddrN vm_ioportsN vm_guest_mapsN vm_irqsN vm_pci_devicesN vm_init_consN sataserverconN
        """)
    private static let components = words(
        """
        BenchUtiliz CMOS Echo Ethdriver82574 Ethdriver82580 EthdriverARMPlat FileServer HWEthDriver82574 \
        HWEthDriver82580 HelloWorld PCIConfigHardware PCIConfigIO PIC PIT PicoUDPServer RTC Sataserver Serial \
        SerialServer TimeServer UDPServer VMConfig Vchan VirtQueueInit debug_serial debug_server
        """)
    private static let procedures = words(
        """
        Batch CAmkES_Debug Ethdriver FileServerInterface GDB_delegate GetChar IOPort IdleThread PCIConfig PutChar \
        SataserverInterface Timer UDPRecv UDPSend VirtQueue VirtQueueDev VirtQueueDrv vswitch_mapping
        """)
    private static let macros = words("CAT _CAT VAR_STRINGIZE _VAR_STRINGIZE MACADDRESS")
}

extension String {
    /// Each run of digits as one `N`: `pit0_timer` as `pitN_timer`.
    fileprivate func replacingDigits() -> String {
        var result = ""
        for character in self {
            guard character.isASCII, character.isNumber else {
                result.append(character)
                continue
            }
            if result.last != "N" { result.append("N") }
        }
        return result
    }
}
