// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What a lab may fail with. `bad` and `good` are what is typed.
public enum LabRules {
    public static let all = [
        namespaces, tap, emulator, image, device, alreadyUp, notUp, noVM, noLink, tooLarge, guest, deviceEnded, flow,
        scenario, version, supervisor, topology, compiler,
    ]

    public static let namespaces = rule(
        "TOPO801", "lab-no-namespaces", "This host lets the user have no namespaces.",
        "Guests of the kind `namespaces` are network namespaces. Without root they lie in a user namespace, which some "
            + "hosts forbid: see `sysctl user.max_user_namespaces`, `kernel.unprivileged_userns_clone` and "
            + "`kernel.apparmor_restrict_unprivileged_userns`. Containers often forbid them, too.",
        bad: "topoc lab up mesh.topo --guests namespaces", good: "topoc lab up mesh.topo --guests qemu")
    public static let tap = rule(
        "TOPO802", "lab-no-tap", "This host has no TAP devices.",
        "A network namespace reaches the lab's network through a TAP device, which `/dev/net/tun` makes. The kernel "
            + "module is called `tun`; a container is given the device with `--device /dev/net/tun`.",
        bad: "topoc lab up mesh.topo --guests namespaces", good: "modprobe tun")
    public static let emulator = rule(
        "TOPO803", "lab-no-emulator", "There is no QEMU, or it cannot run the guests.",
        "Guests of the kind `qemu` are Linux kernels under qemu-system-x86_64.",
        bad: "topoc lab up mesh.topo", good: "apt-get install qemu-system-x86")
    public static let image = rule(
        "TOPO804", "lab-no-image", "The guests' kernel or root file system cannot be had.",
        "The guests are made of Debian's packages, which apt fetches once into the user's cache directory, and of the "
            + "programs of the scenario, which cmake builds.",
        bad: "topoc lab up mesh.topo", good: "apt-get update && topoc lab up mesh.topo")
    public static let device = rule(
        "TOPO805", "lab-no-device", "There is no program `topoc-device`.",
        "Each VM's network device is a process of its own. Its program lies beside `topoc`; `TOPOC_DEVICE` names another.",
        bad: "TOPOC_DEVICE=/no/such/file topoc lab up mesh.topo", good: "topoc lab up mesh.topo")
    public static let alreadyUp = rule(
        "TOPO806", "lab-already-up", "A lab of this name is up.",
        "A user may have several labs at once, each with a name of its own.",
        bad: "topoc lab up mesh.topo && topoc lab up ring.topo",
        good: "topoc lab up mesh.topo && topoc lab up ring.topo --name ring")
    public static let notUp = rule(
        "TOPO807", "lab-not-up", "No lab of this name is up.",
        "A lab ends with `topoc lab down`, and with the host. Labs of other users are not reached.",
        bad: "topoc lab status --name ring", good: "topoc lab up ring.topo --name ring && topoc lab status --name ring")
    public static let noVM = rule(
        "TOPO808", "lab-unknown-vm", "The lab has no VM of this name.",
        "A VM is called by its number, as `vm0` or `0`, or by its name in the topology.",
        bad: "topoc lab exec vm7 -- true", good: "topoc lab exec vm0 -- true")
    public static let noLink = rule(
        "TOPO809", "lab-unknown-link", "The two VMs have no link.",
        "What acts on a link needs one that the topology declares. VMs of different partitions have none.",
        bad: "topoc lab impair vm0 vm3 --loss 1%", good: "topoc lab impair vm0 vm1 --loss 1%")
    public static let tooLarge = rule(
        "TOPO810", "lab-too-large", "The topology needs more than this host has.",
        "Each guest takes memory and processes, each link memory and descriptors. What a host has is asked before "
            + "anything is started.",
        bad: "topoc lab up large.topo --memory 4096", good: "topoc lab up large.topo --guests namespaces")
    public static let guest = rule(
        "TOPO811", "lab-guest-failed", "A guest does not boot, or does not answer.",
        "The last lines of its console stand with the error.",
        bad: "topoc lab up mesh.topo --boot-time 1", good: "topoc lab up mesh.topo --boot-time 120")
    public static let deviceEnded = rule(
        "TOPO812", "lab-device-failed", "A VM's network device does not start, or ends again and again.",
        "A device process that ends is started anew, and its links with it. One that does not live is given up; the "
            + "other VMs go on without it.",
        bad: "topoc lab kill vm0", good: "topoc lab restart vm0")
    public static let flow = rule(
        "TOPO813", "lab-flow-differs", "Frames pass where the topology declares no flow, or do not where it does.",
        "The scenario `flows` lets each VM call each other, and compares what passes with the flows that `topoc build` "
            + "certifies. A guest that forwards, an impaired link or a stopped device changes what passes.",
        bad: "topoc lab partition vm0 vm1 && topoc lab scenario flows",
        good: "topoc lab heal vm0 vm1 && topoc lab scenario flows")
    public static let scenario = rule(
        "TOPO814", "lab-scenario-failed", "A scenario failed, or cannot be played.",
        "A scenario's programs say in each VM what went wrong. `zmq` needs VMs that are all joined with each other.",
        bad: "topoc lab run line.topo --scenario zmq", good: "topoc lab run mesh.topo --scenario zmq")
    public static let version = rule(
        "TOPO815", "lab-other-version", "The lab was started by another version of topoc.",
        "The two do not speak the same language. Take the lab down with the version that started it, or end its "
            + "process: all of the lab ends with it.",
        bad: "topoc lab status", good: "topoc lab up mesh.topo && topoc lab status")
    public static let supervisor = rule(
        "TOPO816", "lab-supervisor-ended", "The lab's own process ended.",
        "All of a lab ends with the process that holds it, and nothing of it is left.",
        bad: "topoc lab exec vm0 -- sleep 60 & topoc lab down", good: "topoc lab exec vm0 -- sleep 60 && topoc lab down"
    )

    public static let topology = rule(
        "TOPO817", "lab-topology-faulty", "The topology that a lab is to be made of cannot be wired.",
        "A lab's process reads the topology again, and takes no other's word for it. What is wrong with it `topoc lint` "
            + "says, with the place.",
        bad: "topoc lab up faulty.topo", good: "topoc lint --target lab faulty.topo")

    public static let compiler = rule(
        "TOPO818", "lab-no-compiler", "The rules of a filter cannot be compiled for this host.",
        "A filter's rules become C, the same that `topoc build` puts into its component. The lab compiles it with the "
            + "C compiler of this host, cc, gcc or clang, and loads it into the filter's process before that confines itself.",
        bad: "topoc lab up filter.topo", good: "apt-get install gcc libc6-dev && topoc lab up filter.topo")

    private static func rule(
        _ code: String, _ name: String, _ summary: String, _ rationale: String, bad: String, good: String
    ) -> RuleDescription {
        RuleDescription(
            code: code, name: name, severity: .error, summary: summary, rationale: rationale, bad: bad, good: good,
            isAllowable: false)
    }
}
