// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What the CAmkES tool of a checkout may find in an app, or make of it. `bad` and `good` are CAmkES text.
public enum VerificationRules {
    public static let all = [refused, readsOtherwise, joinsOtherwise]

    public static let refused = rule(
        "TOPO631", "tree-refuses", "The checkout's own CAmkES refuses the app.",
        "Its parser or one of its templates says no, as the build would. Its message is printed unchanged. Either the "
            + "checkout is of another release than topoc takes it for, or it was changed, or this is a fault of topoc.",
        bad: "vm0.ether_1_send_shmem_size = 100;", good: "vm0.ether_1_send_shmem_size = 32768;")
    public static let readsOtherwise = rule(
        "TOPO632", "tree-reads-otherwise", "The checkout's CAmkES reads other flows than the certificate has.",
        "The tool's syntax tree is what the build goes by. A header of the checkout that was changed can give the same "
            + "text another meaning.",
        bad: "vm1.ether_0_recv_id = 3;", good: "vm1.ether_0_recv_id = 1;")
    public static let joinsOtherwise = rule(
        "TOPO633", "tree-joins-otherwise",
        "The objects that the checkout's templates make join other VMs than the certificate's flows.",
        "What two VMs can do to each other is said by the memory that both have and by the notifications that one can "
            + "signal and the other waits for. These are read from the renderer's own state, whatever the assembly says. "
            + "A connector or a template of the checkout that was changed can join what nobody declared.",
        bad: "connection seL4SharedData shared(from vm0.page, to vm2.page);",
        good: "connection topocVirtQueues lan_conn(to init.init, from vm0.ether_1_send, from vm1.ether_0_recv);")

    private static func rule(
        _ code: String, _ name: String, _ summary: String, _ rationale: String, bad: String, good: String
    ) -> RuleDescription {
        RuleDescription(
            code: code, name: name, severity: .error, summary: summary, rationale: rationale, bad: bad, good: good,
            isAllowable: false)
    }
}
