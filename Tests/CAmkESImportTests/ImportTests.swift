// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import CAmkESImport
import ClangSource
import Testing
import Topology
import Wiring

/// Apps as people write them, over topoc's own headers.
@Suite struct ImportTests {
    /// An app with these macros and VMs, a line each in the text, and what else stands in its configuration.
    private static func app(
        _ macros: String, vms: Int = 3, topology: String = "lan", configuration: String = "", interfaces: String = ""
    ) -> String {
        let numbers = 0..<vms
        return """
            import <VM/vm.camkes>;
            import <VirtQueue/VirtQueue.camkes>;
            #include <configurations/vm.h>
            #include <configurations/connections.h>
            \(macros)
            \(numbers.map { "#define VM\($0)_MACADDRESS \"02:00:00:00:AA:0\($0 + 1)\"\n" }.joined())
            \(numbers.map { "component Init\($0) { VM_INIT_DEF() VM_CONNECTION_COMPONENT_DEF(\($0),\(topology)) \(interfaces) }\n" }.joined())
            assembly {
                composition {
                    VM_COMPOSITION_DEF()
                    \(numbers.map { "VM_PER_VM_COMP_DEF(\($0)) " }.joined())
                    component VirtQueueInit init;
                    VM_CONNECTION_CONNECT_VMS(init.init, \(topology))
                }
                configuration {
                    VM_CONNECTION_CONFIG(init.init, \(topology))
                    VM_CONFIGURATION_DEF()
                    \(numbers.map { "VM_PER_VM_CONFIG_DEF(\($0)) vm\($0).init_cons = [VM_CONNECTION_INIT_HANDLER(\($0),\(topology)),];\n" }.joined())
            \(configuration)
                }
            }

            """
    }

    private func imported(_ text: String, defines: [String] = [], libclang: Libclang? = try? Libclang.find()) throws
        -> (app: ImportedApp, directory: String)
    {
        let app = try AppOnDisk([EmittedFile(path: "app.camkes", text: text)])
        let target = try #require(Target.newest.with(.tree))
        return (try app.imported("app.camkes", target: target, defines: defines, libclang: libclang), app.directory)
    }

    /// `line: CODE message` of the findings with codes that begin so.
    private func lines(_ app: ImportedApp, _ prefix: String) -> [String] {
        app.findings.filter { $0.finding.code.hasPrefix(prefix) }.map { finding in
            "\(finding.place?.line ?? 0): \(finding.finding.code) \(finding.finding.message)"
        }
    }

    private func shapes(_ app: ImportedApp) -> [String] {
        (app.assembly?.partitions ?? []).flatMap { partition in
            partition.links.map { link in
                "\(partition.name.value): \(link.shape.rawValue)(\(link.members.map { "\($0.value)" }.joined(separator: ", ")))"
            }
        }
    }

    static let forms = [
        // Nested, as upstream writes it; in one; split over lines and macros; by way of another name.
        """
        #define VM0_lan(f) f(0,1,2)
        #define VM1_lan(f) f(1,0,2)
        #define VM2_lan(f) f(2,0,1)
        #define lan(f) VM0_lan(f) VM1_lan(f) VM2_lan(f)
        """,
        """
        #define VM0_lan(f) f(0,1,2)
        #define VM1_lan(f) f(1,0,2)
        #define VM2_lan(f) f(2,0,1)
        #define lan(f) f(0,1,2) f(1,0,2) f(2,0,1)
        """,
        """
        #define VM0_lan(f) \\
            f( 0, \\
               1, 2 )
        #define PEERS 0,2
        #define VM1_lan(f) f(1,PEERS)
        #define VM2_lan(f) f(2,0,1)
        #define first(f) VM0_lan(f)
        #define rest(f) VM1_lan(f) VM2_lan(f)
        #define lan(f) first(f) \\
            rest(f)
        """,
    ]

    @Test(arguments: forms) func aTopologyIsReadHoweverItsMacrosAreMade(_ macros: String) throws {
        let (app, _) = try imported(Self.app(macros))
        #expect(shapes(app) == ["lan: Mesh(0, 1, 2)"])
        #expect(app.assembly?.vms.map { $0.mac?.value } == (1...3).map { "02:00:00:00:AA:0\($0)" })
        #expect(lines(app, "TOPO60") == [])
    }

    @Test func aConditionChoosesAndSaysWhatItLeavesOut() throws {
        let macros = """
            #ifdef LINE
            #define VM0_lan(f) f(0,1)
            #define VM1_lan(f) f(1,0,2)
            #define VM2_lan(f) f(2,1)
            #else
            #define VM0_lan(f) f(0,1,2)
            #define VM1_lan(f) f(1,0)
            #define VM2_lan(f) f(2,0)
            #endif
            #define lan(f) VM0_lan(f) VM1_lan(f) VM2_lan(f)
            """
        let (star, _) = try imported(Self.app(macros))
        #expect(shapes(star) == ["lan: Star(0, 1, 2)"])
        #expect(lines(star, "TOPO622") == ["5: TOPO622 the lines from here to line 9 are left out"])
        let (line, _) = try imported(Self.app(macros), defines: ["LINE"])
        #expect(shapes(line) == ["lan: Line(0, 1, 2)"])
        #expect(lines(line, "TOPO622") == ["9: TOPO622 the lines from here to line 13 are left out"])
        // Without libclang the same topology is read.
        #expect(shapes(try imported(Self.app(macros), libclang: nil).app) == ["lan: Star(0, 1, 2)"])
    }

    @Test func faultsStandAtTheRowsAndAddressesThatMakeThem() throws {
        let macros = """
            #define VM0_lan(f) f(0,1,2)
            #define VM1_lan(f) f(1,0,2)
            #define VM2_lan(f) f(2,1)
            #define lan(f) VM0_lan(f) VM1_lan(f) VM2_lan(f)
            """
        let (app, _) = try imported(Self.app(macros))
        #expect(lines(app, "TOPO304") == ["5: TOPO304 VM 0 connects to VM 2, which does not connect back"])
        let mesh = Self.app(Self.forms[0]).replacing("AA:03", with: "AA:01")
        let twice = try imported(mesh).app.findings.filter { $0.finding.code == "TOPO206" }
        #expect(twice.map { $0.place?.line } == [11])
        #expect(twice.first?.labels.map(\.place.line) == [9])
    }

    @Test func orderOfPeersIsKeptSinceItGivesTheIDs() throws {
        let macros = """
            #define VM0_lan(f) f(0,1,2)
            #define VM1_lan(f) f(1,2,0)
            #define VM2_lan(f) f(2,0,1)
            #define lan(f) VM0_lan(f) VM1_lan(f) VM2_lan(f)
            """
        let (app, _) = try imported(Self.app(macros))
        #expect(shapes(app) == ["lan: Connect(0, 1, 2)", "lan: Connect(1, 2, 0)", "lan: Connect(2, 0, 1)"])
        #expect(!lines(app, "TOPO621").contains { $0.contains("the ids") })
    }

    @Test func whatATopologyDoesNotSayIsListedWithItsLine() throws {
        let (app, _) = try imported(
            Self.app(
                Self.forms[0],
                configuration: "vm0.cnode_size_bits = 23;\nvm1.init_cons_extra = [];\nfserv.heap_size = 0x1000;",
                interfaces: "uses Timer extra; attribute int depth = 3;"))
        let left = lines(app, "TOPO621").filter { !$0.contains("does not set") }
        #expect(
            left.map { String($0.drop { $0 != "T" }) }.sorted() == [
                "TOPO621 a topology does not say the attribute `depth` of `Init0`",
                "TOPO621 a topology does not say the attribute `depth` of `Init1`",
                "TOPO621 a topology does not say the attribute `depth` of `Init2`",
                "TOPO621 a topology does not say the interface `extra` of `Init0`",
                "TOPO621 a topology does not say the interface `extra` of `Init1`",
                "TOPO621 a topology does not say the interface `extra` of `Init2`",
                "TOPO621 a topology does not say the setting `fserv.heap_size`",
                "TOPO621 a topology does not say the setting `vm0.cnode_size_bits`",
                "TOPO621 a topology does not say the setting `vm1.init_cons_extra`",
            ])
        let text = Self.app(Self.forms[0], configuration: "vm0.cnode_size_bits = 23;")
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.contains("cnode_size_bits")
        }
        #expect(lines(try imported(text).app, "TOPO621").contains { $0.hasPrefix("\((line ?? 0) + 1): ") })
        // A lint of the app does not speak of these.
        #expect(!app.faults.contains { $0.finding.code == "TOPO621" })
    }

    @Test func aHeaderThatIsNotThereIsNamed() throws {
        let (app, _) = try imported(
            Self.app(Self.forms[0]).replacing("#include <configurations/vm.h>", with: "#include <autoconf.h>"))
        #expect(lines(app, "TOPO623") == ["3: TOPO623 the header `autoconf.h` is not found, and taken to be empty"])
        #expect(shapes(app) == ["lan: Mesh(0, 1, 2)"])
        let outside = try imported("#include \"../../../../nowhere.h\"\n" + Self.app(Self.forms[0])).app
        #expect(outside.assembly == nil)
        #expect(Set(outside.findings.map(\.finding.code)) == ["TOPO623", "TOPO604"])
    }

    @Test(arguments: [
        ("#if 1\nassembly {", "TOPO604"), ("assembly { composition { component } }", "TOPO601"),
        ("component A { control; } assembly { composition { component A a; } }", "TOPO627"), ("", "TOPO627"),
    ])
    func whatIsNoAppIsRefused(text: String, code: String) throws {
        let (app, _) = try imported(text)
        #expect(app.assembly == nil)
        #expect(app.findings.map(\.finding.code).contains(code))
    }

    /// Wiring by hand: other names, a connection for each link, and a component in place of a VM.
    @Test func wiringByHandIsReadToo() throws {
        let text = """
            component VM { VM_INIT_DEF() maybe uses VirtQueueDev recv1; maybe uses VirtQueueDrv send1; }
            component Filter { control; uses VirtQueueDev in; uses VirtQueueDrv out; }
            assembly {
                composition {
                    VM_COMPOSITION_DEF(0)
                    VM_COMPOSITION_DEF(1)
                    component VirtQueueInit first;
                    connection seL4VirtQueues pair(to first.init, from vm0.send1, from vm0.recv1, from vm1.send1, from vm1.recv1);
                    component Filter filter;
                    component VirtQueueInit second;
                    connection seL4VirtQueues loop(to second.init, from filter.in, from filter.out);
                }
                configuration {
                    vm0.vswitch_mac_address = "02:00:00:00:AA:01";
                    vm1.vswitch_mac_address = "02:00:00:00:AA:02";
                    vm0.vswitch_layout = [{"mac_addr": "02:00:00:00:AA:02", "send_id": 0, "recv_id": 1}];
                    vm1.vswitch_layout = [{"mac_addr": "02:00:00:00:AA:09", "send_id": 1, "recv_id": 0}];
                    vm0.send1_id = 0;
                    vm0.recv1_id = 1;
                    vm1.send1_id = 1;
                    vm1.recv1_id = 0;
                    vm0.send1_shmem_size = 16384;
                    vm1.recv1_shmem_size = 16384;
                    vm1.send1_shmem_size = 16384;
                    first.init_topology = [{"drv": "vm0.send1", "dev": "vm1.recv1"}, {"drv": "vm1.send1", "dev": "vm0.recv1"}];
                }
            }

            """
        let (app, _) = try imported(text)
        #expect(shapes(app) == ["pair: Link(0, 1)"])
        #expect(
            lines(app, "TOPO625") == [
                "24: TOPO625 `vm1.send1` has 16384 bytes of shared memory and `vm0.recv1` 8192"
            ])
        #expect(
            lines(app, "TOPO626") == [
                "17: TOPO626 vm1 maps 02:00:00:00:AA:09, which no VM has, to queues to vm0 and from vm0",
                "17: TOPO626 vm1 maps no address to its queues to vm0",
            ])
        // The ring of the loop, of which nothing is said, carries no full frame.
        #expect(lines(app, "TOPO409").map { $0.prefix(12) } == ["11: TOPO409 "])
        let left = lines(app, "TOPO621")
        #expect(left.contains("11: TOPO621 `loop` leads to `filter`, which is no VM: its queues are left out"))
        #expect(left.contains("20: TOPO621 the ids of the queues between vm1 and vm0 become 0 and 1"))
    }

    /// As Arm's examples join a VM with a component: a connection for each direction, and no topology for two ends.
    @Test func eachDirectionMayHaveItsConnection() throws {
        let text = """
            import <VM_Arm/VM.camkes>;
            assembly {
                composition {
                    VM_COMPOSITION_DEF(0)
                    VM_COMPOSITION_DEF(1)
                    component VirtQueueInit first;
                    component VirtQueueInit second;
                    connection seL4VirtQueues there(to first.init, from vm0.send, from vm1.recv);
                    connection seL4VirtQueues back(to second.init, from vm0.recv, from vm1.send);
                }
                configuration {
                    vm0.send_shmem_size = 32768; vm0.recv_shmem_size = 32768;
                    vm1.send_shmem_size = 32768; vm1.recv_shmem_size = 32768;
                    first.init_topology = [{"drv": "vm0.send", "dev": "vm1.recv"}];
                    second.init_topology = [{"drv": "vm1.send", "dev": "vm0.recv"}];
                }
            }

            """
        let (app, _) = try imported(text)
        #expect(shapes(app) == ["there: Link(0, 1)"])
        #expect(app.faults.map(\.finding.code) == [])
    }

    /// A hook may be given every `.camkes` of a tree.
    @Test(arguments: [
        "#include <plat/serial.h>\ncomponent Serial { HARDWARE_INTERFACES provides PutChar a; }",
        "assembly { composition {} configuration { vm0.size = 3; } }", "component A { control; }",
    ])
    func aFileThatWiresNothingHasNoFaults(text: String) throws {
        #expect(try imported(text).app.faults.map(\.finding.code) == [])
    }

    @Test func guestsFilesGiveAddresses() throws {
        let app = try AppOnDisk([
            EmittedFile(path: "app.camkes", text: Self.app(Self.forms[0])),
            EmittedFile(
                path: "scripts/network_interface_0",
                text:
                    "auto lo\niface lo inet loopback\nauto eth0\niface eth0 inet static\n  address 10.1.0.7\n  netmask 255.255.0.0\n"
            ),
            EmittedFile(
                path: "overlay/vm1/etc/network/interfaces",
                text:
                    "iface eth0 inet static\n address 10.1.0.8/16\n mtu 900\niface eth0 inet6 static\n address fd00::8\n netmask 64\n"
            ),
            EmittedFile(path: "overlay/vm1/etc/hostname", text: "# who\ndb\n"),
            EmittedFile(path: "scripts/network_interface_7", text: "iface eth0 inet dhcp\n"),
        ])
        let imported = try app.imported("app.camkes", target: try #require(Target.newest.with(.tree)))
        let vms = try #require(imported.assembly?.vms)
        #expect(vms.map { $0.ip?.value } == ["10.1.0.7/16", "10.1.0.8/16", nil])
        #expect(vms.map { $0.ipv6?.value } == [nil, "fd00::8/64", nil])
        #expect(vms.map { $0.hostname?.value } == [nil, "db", nil])
        #expect(
            lines(imported, "TOPO624").map { String($0.drop { $0 != "T" }) } == [
                "TOPO624 no file says the IP address of vm2's guest"
            ])
        let files = imported.findings.filter { $0.place?.file.hasSuffix("camkes") == false }
        #expect(files.map { $0.place?.line } == [3, 1])
        #expect(files.map(\.finding.message).first == "a topology does not say `mtu 900`")
    }
}
