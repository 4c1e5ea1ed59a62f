// SPDX-License-Identifier: BSD-2-Clause

import Diagnostics

/// What clang may find in the C that topoc is about to write, by the headers that it will be compiled over. `bad` and
/// `good` are C. None of these can be allowed: the tree's compiler would not allow them either.
public enum SourceRules {
    public static let all = [
        unknownFunction, wrongArity, unknownField, missingHeader, incompatibleTypes, unknownName, refused,
    ]

    public static let unknownFunction = rule(
        "TOPO701", "unknown-function", "The C calls a function that no header declares.",
        "A release of camkes-vm has other functions than the one that the C was written for; without a declaration "
            + "the compiler guesses the types, and the linker finds nothing.",
        bad: "void notify(vm_t *vm)\n{\n    vm_inject_interrupt(vm->vcpus[BOOT_VCPU], 6);\n}",
        good: "void notify(vm_t *vm)\n{\n    vm_inject_irq(vm->vcpus[BOOT_VCPU], 6);\n}")
    public static let wrongArity = rule(
        "TOPO702", "wrong-arity", "The C calls a function with too few or too many arguments.",
        "Functions of the tree got or lost arguments: `common_make_virtio_net` takes nine in 3.10 and eight in 3.11.",
        bad: "void notify(vm_t *vm)\n{\n    vm_inject_irq(vm->vcpus[BOOT_VCPU]);\n}",
        good: "void notify(vm_t *vm)\n{\n    vm_inject_irq(vm->vcpus[BOOT_VCPU], 6);\n}")
    public static let unknownField = rule(
        "TOPO703", "unknown-field", "The C uses a field that a structure does not have.",
        "The structures of the virtio emulation are the tree's, and change with its releases.",
        bad: "void *device(virtio_net_t *net)\n{\n    return net->driver;\n}",
        good: "void *device(virtio_net_t *net)\n{\n    return net->emul_driver;\n}")
    public static let missingHeader = rule(
        "TOPO704", "missing-header", "The C includes a header that is not there.",
        "Either the tree is another release, one of its projects is not checked out, or the C names a header wrongly.",
        bad: "#include <sel4vm/guest.h>", good: "#include <sel4vm/guest_vm.h>")
    public static let incompatibleTypes = rule(
        "TOPO705", "incompatible-types", "The C gives a value of one type where another is declared.",
        "C compilers let most of these pass with a warning; at run time a pointer is then taken for a number, or a "
            + "function gets what it cannot read.",
        bad: "void notify(vm_t *vm)\n{\n    vm_inject_irq(vm, 6);\n}",
        good: "void notify(vm_t *vm)\n{\n    vm_inject_irq(vm->vcpus[BOOT_VCPU], 6);\n}")
    public static let unknownName = rule(
        "TOPO706", "unknown-c-name", "The C uses a name or a type that no header declares.",
        "A constant, a global or a type of the tree has another name in this release, or its header is not included.",
        bad: "int irq(void)\n{\n    return VIRTIO_NETWORK_IRQ;\n}",
        good: "int irq(void)\n{\n    return VIRTIO_NET_IRQ;\n}")
    public static let refused = rule(
        "TOPO707", "c-refused", "The C compiler refuses the C for another reason.",
        "What clang calls an error, the tree's compiler will, too.", bad: "int one(void)\n{\n    return 1\n}",
        good: "int one(void)\n{\n    return 1;\n}")

    private static func rule(
        _ code: String, _ name: String, _ summary: String, _ rationale: String, bad: String, good: String
    ) -> RuleDescription {
        RuleDescription(
            code: code, name: name, severity: .error, summary: summary, rationale: rationale, bad: bad, good: good,
            isAllowable: false)
    }
}
