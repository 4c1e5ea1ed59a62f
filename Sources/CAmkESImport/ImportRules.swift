// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What may be found when an app of a tree is read as a topology, beside the faults of CAmkES text and of topologies.
/// `bad` and `good` are CAmkES text.
public enum ImportRules {
    public static let all = [notExpressed, leftOut, missingHeader, noAddress, sizesDiffer, wrongMapping, noVM]

    /// Those that only say what an import leaves behind; a lint of the app has no use for them.
    static let ofImportAlone = Set([notExpressed, leftOut, noAddress, noVM].map(\.code))

    public static let notExpressed = rule(
        "TOPO621", "not-expressed", .warning, "The app says something that a topology does not say.",
        "What topoc builds from the imported topology will not have it. Each such thing is listed with its place, so "
            + "that nothing is lost unseen; the imported file has the list as comments.",
        bad: "vm0.cnode_size_bits = 23;", good: "vm0.guest_ram_mb = 128;")
    public static let leftOut = rule(
        "TOPO622", "left-out", .warning, "A directive leaves a part of the app out.",
        "`#if` and `#ifdef` choose one app of several, and a topology is one of them. `--define NAME` chooses another.",
        bad: "#ifdef THIRD_VM\nVM_PER_VM_COMP_DEF(2)\n#endif", good: "VM_PER_VM_COMP_DEF(2)")
    public static let missingHeader = rule(
        "TOPO623", "missing-header", .warning, "A header that the app includes was not found.",
        "What it defines is not known, and what stands in it is not in the topology. `--tree DIR` names the checkout; "
            + "a header that a build generates is nowhere before it.",
        bad: "#include <autoconf.h>", good: "")
    public static let noAddress = rule(
        "TOPO624", "no-address", .warning, "The app does not say an address that a topology has.",
        "The imported VM gets the one of the address pool, which the guest may not have.",
        bad: "vm0.vswitch_layout = [];", good: "vm0.vswitch_mac_address = \"02:00:00:00:AA:01\";")
    public static let sizesDiffer = rule(
        "TOPO625", "sizes-differ", .error, "The two ends of a queue have shared memory of different sizes.",
        "CAmkES refuses it when it renders the connector. An end that says nothing has 8192 bytes, until 3.8 4096.",
        bad: "vm0.ether_1_send_shmem_size = 32768;\nvm1.ether_0_recv_shmem_size = 8192;",
        good: "vm0.ether_1_send_shmem_size = 32768;\nvm1.ether_0_recv_shmem_size = 32768;")
    public static let wrongMapping = rule(
        "TOPO626", "wrong-mapping", .warning,
        "A VM maps a MAC address to queues that do not lead to the VM that has it.",
        "CAmkES accepts it without a word. Frames for that address go to another VM, which drops them unless it passes "
            + "them on, or go nowhere.",
        bad: "vm0.vswitch_layout = [{\"mac_addr\": \"02:00:00:00:AA:03\", \"send_id\": 0, \"recv_id\": 1}];",
        good: "vm0.vswitch_layout = [{\"mac_addr\": \"02:00:00:00:AA:02\", \"send_id\": 0, \"recv_id\": 1}];")

    public static let noVM = rule(
        "TOPO627", "nothing-to-import", .error, "The app has no VM.",
        "A VM is an instance `vmN` of a component with `VM_INIT_DEF()`, or one that a macro of the tree makes.",
        bad: "component Client client;", good: "VM_PER_VM_COMP_DEF(0)")

    private static func rule(
        _ code: String, _ name: String, _ severity: Severity, _ summary: String, _ rationale: String, bad: String,
        good: String
    ) -> RuleDescription {
        RuleDescription(
            code: code, name: name, severity: severity, summary: summary, rationale: rationale, bad: bad, good: good,
            isAllowable: true)
    }
}
