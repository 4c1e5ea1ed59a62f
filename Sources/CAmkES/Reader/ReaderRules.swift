// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What may be found in CAmkES text, and when topoc reads back what it is about to write. `bad` and `good` are CAmkES
/// text. None of these can be allowed: an assembly that does not say what the topology says is not written.
public enum ReaderRules {
    public static let all = [
        syntax, notPreprocessed, nonsense, preprocessorFailed, flowMissing, flowAdded, flowDiffers, unexpected, missing,
    ]

    public static let syntax = rule(
        "TOPO601", "camkes-syntax", "The text is no CAmkES.",
        "The CAmkES tool would refuse it with `Syntax error in input`.",
        bad: "vm0.heap_size = ;", good: "vm0.heap_size = 0x10000;")
    public static let notPreprocessed = rule(
        "TOPO602", "camkes-not-preprocessed", "A preprocessor directive decides what the text says.",
        "Macros are expanded by the C preprocessor before CAmkES reads the text. What they say is known only then.",
        bad: "#define topology(f) f(0,1) f(1,0)", good: "vm0.ether_1_send_id = 0;")
    public static let nonsense = rule(
        "TOPO603", "camkes-nonsense", "The text contradicts itself.",
        "A setting or a declaration stands twice, a connection has no topology, or an end has no partner. The CAmkES "
            + "tool finds some of these when it parses, others when it renders templates, and some never.",
        bad: "vm0.guest_ram_mb = 128;\nvm0.guest_ram_mb = 64;", good: "vm0.guest_ram_mb = 128;")
    public static let preprocessorFailed = rule(
        "TOPO604", "preprocessor-failed", "The C preprocessor did not expand the assembly.",
        "The macro form is read back as the preprocessor expands it; what cannot be expanded cannot be read back.",
        bad: "#define VM0_lan(f) f(0,1", good: "#define VM0_lan(f) f(0,1)")
    public static let flowMissing = rule(
        "TOPO610", "flow-missing", "The topology declares a flow that the assembly does not have.",
        "Frames would not arrive. This is a fault of topoc, found before anything is written.",
        bad: "init.init_topology = [];",
        good: "init.init_topology = [{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"}];")
    public static let flowAdded = rule(
        "TOPO611", "flow-added", "The assembly has a flow that the topology does not declare.",
        "A VM would reach another that it must not reach. This is a fault of topoc, found before anything is written.",
        bad: "init.init_topology = [{\"drv\": \"vm0.ether_1_send\", \"dev\": \"vm1.ether_0_recv\"}];",
        good: "init.init_topology = [];")
    public static let flowDiffers = rule(
        "TOPO612", "flow-differs", "A flow of the assembly has another MAC address, id or size than was decided.",
        "CAmkES accepts crossed wires, swapped ids and wrong addresses without a word. This is a fault of topoc, found "
            + "before anything is written.",
        bad: "vm0.ether_1_send_id = 1;", good: "vm0.ether_1_send_id = 0;")
    public static let unexpected = rule(
        "TOPO613", "assembly-has-more", "The assembly says something that follows from nothing in the topology.",
        "What is not accounted for may join VMs. This is a fault of topoc, found before anything is written.",
        bad: "connection seL4SharedData leak(from vm0.a, to vm1.b);", good: "")
    public static let missing = rule(
        "TOPO614", "assembly-has-less", "The assembly lacks something that a VM needs.",
        "CAmkES accepts a VM without its handlers, addresses or sizes; it then fails to link, or at run time. This is a "
            + "fault of topoc, found before anything is written.",
        bad: "vm0.init_cons = [];", good: "vm0.init_cons = [{\"init\": \"make_virtio_net_vswitch\"}];")

    private static func rule(
        _ code: String, _ name: String, _ summary: String, _ rationale: String, bad: String, good: String
    ) -> RuleDescription {
        RuleDescription(
            code: code, name: name, severity: .error, summary: summary, rationale: rationale, bad: bad, good: good,
            isAllowable: false)
    }
}
