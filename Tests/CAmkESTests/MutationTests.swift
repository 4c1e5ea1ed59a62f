// SPDX-License-Identifier: BSD-2-Clause

import CAmkES
import Testing
import Wiring

/// Each way in which an emitted assembly of the bridge (VM 1 between 0 and 2) or of zmq_samples could be wrong, most
/// of which the CAmkES tool accepts through to the image; the read-back says it.
@Suite struct MutationTests {
    struct Mutation: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let form: AssemblyForm
        let old: String
        let new: String
        let codes: Set<String>

        init(_ name: String, _ form: AssemblyForm, _ old: String, _ new: String, _ codes: Set<String>) {
            testDescription = "\(name), \(form.rawValue)"
            self.form = form
            self.old = old
            self.new = new
            self.codes = codes
        }
    }

    static let expanded: [Mutation] = [
        .init(
            "a dropped topology entry", .expanded,
            "            {\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"},\n", "", ["TOPO603", "TOPO610"]),
        .init(
            "a topology entry twice", .expanded,
            "            {\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"},\n",
            "            {\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"},\n"
                + "            {\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"},\n",
            ["TOPO603", "TOPO611"]),
        .init(
            "a crossed wire", .expanded,
            "{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"}",
            "{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm2.ether_0_recv\"}",
            ["TOPO603", "TOPO610", "TOPO611", "TOPO612"]),
        .init(
            "driver and device exchanged", .expanded,
            "{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"}",
            "{\"drv\": \"vm1.ether_0_recv\", \"dev\": \"vm0.ether_1_send\"}",
            ["TOPO603", "TOPO610", "TOPO611", "TOPO612"]),
        .init(
            "a misspelt topology entry", .expanded,
            "\"dev\": \"vm1.ether_0_recv\"", "\"dev\": \"vm1.ether_0_recx\"", ["TOPO603", "TOPO612"]),
        .init("another id", .expanded, "vm0.ether_1_send_id = 0;", "vm0.ether_1_send_id = 9;", ["TOPO612"]),
        .init("a duplicate id", .expanded, "vm0.ether_1_send_id = 0;", "vm0.ether_1_send_id = 2;", ["TOPO612"]),
        .init(
            "swapped ids", .expanded,
            "vm0.ether_1_send_id = 0;\n        vm0.ether_1_recv_id = 1;",
            "vm0.ether_1_send_id = 1;\n        vm0.ether_1_recv_id = 0;", ["TOPO612"]),
        .init("an id left out", .expanded, "        vm0.ether_1_send_id = 0;\n", "", ["TOPO612", "TOPO614"]),
        .init(
            "an id that is a string", .expanded, "vm0.ether_1_send_id = 0;", "vm0.ether_1_send_id = \"0\";", ["TOPO612"]
        ),
        .init(
            "swapped ids in a layout", .expanded, "\"send_id\": 0, \"recv_id\": 1", "\"send_id\": 1, \"recv_id\": 0",
            ["TOPO612", "TOPO614"]),
        .init(
            "an empty layout", .expanded,
            "vm0.vswitch_layout = [\n            {\"mac_addr\": \"02:00:00:00:AA:02\", \"send_id\": 0, \"recv_id\": 1},\n"
                + "            {\"mac_addr\": \"02:00:00:00:AA:03\", \"send_id\": 2, \"recv_id\": 3},\n        ];",
            "vm0.vswitch_layout = [];", ["TOPO612", "TOPO614"]),
        .init(
            "a mapping that leads to another VM", .expanded,
            "{\"mac_addr\": \"02:00:00:00:AA:02\", \"send_id\": 0,",
            "{\"mac_addr\": \"02:00:00:00:AA:03\", \"send_id\": 0,",
            ["TOPO612", "TOPO614"]),
        .init(
            "another MAC address", .expanded,
            "vm0.vswitch_mac_address = \"02:00:00:00:AA:01\"", "vm0.vswitch_mac_address = \"02:00:00:00:AA:09\"",
            ["TOPO612"]),
        .init(
            "no MAC address", .expanded, "        vm0.vswitch_mac_address = \"02:00:00:00:AA:01\";\n", "", ["TOPO614"]),
        .init("no handlers", .expanded, "        vm0.init_cons = [", "        vm0.other = [", ["TOPO613", "TOPO614"]),
        .init("no device", .expanded, "            {\"init\": \"make_virtio_net_vswitch\"},\n", "", ["TOPO614"]),
        .init(
            "a handler of another end", .expanded,
            "\"badge\": \"ether_1_send_notification_badge()\"", "\"badge\": \"ether_3_send_notification_badge()\"",
            ["TOPO613", "TOPO614"]),
        .init(
            "a handler without a badge", .expanded,
            "                \"badge\": \"ether_1_send_notification_badge()\",\n", "", ["TOPO613", "TOPO614"]),
        .init(
            "sizes that differ at a queue's ends", .expanded,
            "vm0.ether_1_send_shmem_size = 32768;", "vm0.ether_1_send_shmem_size = 65536;", ["TOPO612"]),
        .init(
            "a size left out", .expanded, "        vm0.ether_1_send_shmem_size = 32768;\n", "", ["TOPO612", "TOPO614"]),
        .init(
            "a setting twice", .expanded, "        vm0.ether_1_send_id = 0;\n",
            "        vm0.ether_1_send_id = 0;\n        vm0.ether_1_send_id = 0;\n", ["TOPO603"]),
        .init(
            "a missing end", .expanded,
            "            from vm0.ether_1_send, from vm0.ether_1_recv,\n", "", ["TOPO603", "TOPO612"]),
        .init(
            "an end twice", .expanded, "from vm0.ether_1_send,", "from vm0.ether_1_send, from vm0.ether_1_send,",
            ["TOPO603", "TOPO612"]),
        .init(
            "an interface of the wrong role", .expanded, "uses VirtQueueDrv ether_1_send;",
            "uses VirtQueueDev ether_1_send;", ["TOPO603", "TOPO612"]),
        .init(
            "an interface too many", .expanded, "    uses VirtQueueDrv ether_1_send;\n",
            "    uses VirtQueueDrv ether_1_send;\n    uses VirtQueueDrv ether_7_send;\n", ["TOPO613"]),
        .init("a missing interface", .expanded, "    uses VirtQueueDrv ether_1_send;\n", "", ["TOPO603", "TOPO614"]),
        .init(
            "a connection of another kind", .expanded, "        component VirtQueueInit init;\n",
            "        component VirtQueueInit init;\n        connection seL4SharedData leak(from vm0.a, to vm2.b);\n",
            ["TOPO613"]),
        .init(
            "a second network", .expanded, "        component VirtQueueInit init;\n",
            "        component VirtQueueInit init;\n        component VirtQueueInit more;\n"
                + "        connection seL4VirtQueues more_conn(to more.init);\n", ["TOPO603", "TOPO613"]),
        .init(
            "an unknown instance", .expanded, "        vm0.ether_1_send_id = 0;\n",
            "        vm0.ether_1_send_id = 0;\n        vm9.guest_ram_mb = 1;\n", ["TOPO613"]),
        .init(
            "a queue length", .expanded, "        VM_CONFIGURATION_DEF()\n",
            "        VM_CONFIGURATION_DEF()\n        topology_def_conn.queue_length = 64;\n", ["TOPO612", "TOPO613"]),
        .init(
            "another kernel", .expanded, "vm0.kernel_image = \"bzimage\"", "vm0.kernel_image = \"other\"", ["TOPO612"]),
        .init(
            "another component", .expanded, "component Init1 {", "component Init9 {", ["TOPO603", "TOPO613", "TOPO614"]),
        .init("a VM that is not made", .expanded, "        VM_PER_VM_COMP_DEF(2)\n", "", ["TOPO603", "TOPO614"]),
        .init(
            "a macro of its own", .expanded, "import <VM/vm.camkes>;", "#define vm0 vm1\nimport <VM/vm.camkes>;",
            ["TOPO602"]),
        .init("text that ends early", .expanded, "    configuration {", "", ["TOPO601"]),
    ]

    static let macros: [Mutation] = [
        .init(
            "a dropped row", .macros, "    VM0_topology_def(f) \\\n", "",
            ["TOPO603", "TOPO610", "TOPO612", "TOPO614"]),
        .init("an extra link", .macros, "f(0,1,2)", "f(0,1,2,2)", ["TOPO604"]),
        .init("a peer less", .macros, "f(0,1,2)", "f(0,1)", ["TOPO603", "TOPO610", "TOPO612", "TOPO614"]),
        .init("peers in another order", .macros, "f(0,1,2)", "f(0,2,1)", ["TOPO612", "TOPO614"]),
        .init(
            "an unknown peer", .macros, "f(0,1,2)", "f(0,1,7)",
            ["TOPO603", "TOPO610", "TOPO611", "TOPO612", "TOPO613", "TOPO614"]),
        .init(
            "exchanged MAC addresses", .macros,
            "VM0_MACADDRESS \"02:00:00:00:AA:01\"", "VM0_MACADDRESS \"02:00:00:00:AA:02\"", ["TOPO612", "TOPO614"]),
        .init(
            "a missing MAC address", .macros, "#define VM0_MACADDRESS \"02:00:00:00:AA:01\"\n", "",
            ["TOPO612", "TOPO614"]),
        .init(
            "no connection", .macros, "        VM_CONNECTION_CONNECT_VMS(init.init, topology_def)\n", "",
            ["TOPO610", "TOPO614"]),
        .init(
            "no settings", .macros, "        VM_CONNECTION_CONFIG(init.init, topology_def)\n", "",
            ["TOPO603", "TOPO610", "TOPO614"]),
        .init(
            "settings twice", .macros, "        VM_CONNECTION_CONFIG(init.init, topology_def)\n",
            "        VM_CONNECTION_CONFIG(init.init, topology_def)\n"
                + "        VM_CONNECTION_CONFIG(init.init, topology_def)\n", ["TOPO603"]),
        .init(
            "the handler of another VM", .macros, "VM_CONNECTION_INIT_HANDLER(0,topology_def)",
            "VM_CONNECTION_INIT_HANDLER(1,topology_def)", ["TOPO613", "TOPO614"]),
        .init(
            "a misspelt macro", .macros, "VM_CONNECTION_COMPONENT_DEF(0,topology_def)",
            "VM_CONNECTION_COMPONENT_DEF(0,topology_deg)", ["TOPO603", "TOPO613", "TOPO614"]),
    ]

    @Test(arguments: expanded + macros) func isFound(_ mutation: Mutation) throws {
        let wiring = try Topologies.wiring(Topologies.zmqSamples)
        var files = AppEmitter.files(for: wiring, form: mutation.form, assemblyName: "zmq_samples")
        let changed = files[0].text.replacing(mutation.old, with: mutation.new, maxReplacements: 1)
        try #require(changed != files[0].text)
        files[0] = EmittedFile(path: files[0].path, text: changed)
        let preprocessor = try #require(Preprocessor.find())
        let read = ReadBack.verify(files, wiring: wiring, form: mutation.form, preprocessor: preprocessor)
        #expect(!read.agrees)
        #expect(Set(read.findings.map(\.code)) == mutation.codes, "\(read.findings.map(\.message))")
    }

    /// What is wrong in the header is found as what is wrong in the assembly.
    @Test(arguments: [
        ("{\"drv\": \"vm\" #vm_id", "{\"drv\": \"vm\" #peer"), ("p1, 2, 3)", "p1, 2, 2)"),
        ("\"send_id\": send", "\"send_id\": recv"), ("_recv_shmem_size = 32768", "_recv_shmem_size = 4096"),
        ("uses VirtQueueDev ether_##peer##_recv;", "uses VirtQueueDrv ether_##peer##_recv;"),
        ("\"ether_\" #peer \"_recv_notification_badge()\"", "\"ether_\" #peer \"_send_notification_badge()\""),
        ("from vm##vm_id.ether_##peer##_send, from", "from vm##vm_id.ether_##vm_id##_send, from"),
    ])
    func isFoundInTheHeader(old: String, new: String) throws {
        let wiring = try Topologies.wiring(Topologies.zmqSamples)
        let files = AppEmitter.files(for: wiring, form: .macros, assemblyName: "zmq_samples").map { file in
            let text = file.path.hasSuffix(".h") ? file.text.replacing(old, with: new) : file.text
            return EmittedFile(path: file.path, text: text)
        }
        try #require(files != AppEmitter.files(for: wiring, form: .macros, assemblyName: "zmq_samples"))
        let preprocessor = try #require(Preprocessor.find())
        let read = ReadBack.verify(files, wiring: wiring, form: .macros, preprocessor: preprocessor)
        #expect(!read.agrees)
    }
}
