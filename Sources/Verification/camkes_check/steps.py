# SPDX-License-Identifier: BSD-2-Clause
"""The tool's two steps: parse the assembly, render the templates."""

import inspect
import os

from device_tree import device_tree
from tool import run_main
from trouble import Unusable

# log2 of object sizes without MCS, which the build takes from libsel4's constants.h.
SIZES = {
    "x86_64": {"TCBObject": 11, "EndpointObject": 4, "NotificationObject": 5, "SmallPageObject": 12,
               "LargePageObject": 21, "HugePageObject": 30, "ASID_Pool": 12, "ASID_Table": 9,
               "Slot": 5, "Value_MinUntypedBits": 4, "Value_MaxUntypedBits": 47,
               "Value_BadgeBits": 64, "PageTableObject": 12, "PageDirectoryObject": 12,
               "X64_PDPT": 12, "X64_PML4": 12, "IOPageTableObject": 12, "VCPU": 14},
    "ia32": {"TCBObject": 11, "EndpointObject": 4, "NotificationObject": 4, "SmallPageObject": 12,
             "LargePageObject": 22, "ASID_Pool": 12, "ASID_Table": 10, "Slot": 4,
             "Value_MinUntypedBits": 4, "Value_MaxUntypedBits": 29, "Value_BadgeBits": 28,
             "PageTableObject": 12, "PageDirectoryObject": 12, "IOPageTableObject": 12, "VCPU": 14},
    "aarch64": {"TCBObject": 11, "EndpointObject": 4, "NotificationObject": 5,
                "SmallPageObject": 12, "LargePageObject": 21, "HugePageObject": 30, "ASID_Pool": 12,
                "ASID_Table": 9, "Slot": 5, "Value_MinUntypedBits": 4, "Value_MaxUntypedBits": 47,
                "Value_BadgeBits": 64, "PageTableObject": 12, "PageDirectoryObject": 12,
                "AARCH64_PGD": 0, "AARCH64_PUD": 13, "IOPageTableObject": 12, "VCPU": 12},
}
UNSIZED = ("IOPorts", "IODevice", "ARMIODevice", "IRQ", "IOAPICIRQ", "MSIIRQ", "ARMIRQ", "ARMSID",
           "ARMCB", "ARMSMC", "ARMSGI_Signal")



def parse(tree, parser, options, work):
    """The path of the pickled syntax tree, or None."""
    pickled = os.path.join(work, "ast.pickle")
    flags = ["-I" + path for path in options.include] + tree.cmake.flags
    argv = ["--import-path=" + path for path in tree.imports()] + ["--cpp"]
    argv += ["--cpp-flag=" + flag for flag in flags + ["-DCAMKES_TOOL_PROCESSING"]]
    if tree.is_arm:
        argv += ["--dtb", device_tree(work)]
    argv += ["--makefile-dependencies", os.path.join(work, "ast.d"),
             "--file", options.file, "--save-ast", pickled]
    return pickled if run_main(parser, argv) else None


def object_sizes(arch, work):
    path = os.path.join(work, "object_sizes.yaml")
    with open(path, "w", encoding="utf-8") as stream:
        for name, bits in list(SIZES[arch].items()) + [(name, 0) for name in UNSIZED]:
            stream.write("seL4_%s: %d\n" % (name, bits))
    return path


def render(tree, runner, options, pickled, work):
    """Render the build's own list of files, which is itself one of the tool's templates."""
    common = ["--load-ast", pickled, "--architecture", options.arch, "--default-priority", "254",
              "--default-affinity", "0", "--default-stack-size", "16384", "--frpc-lock-elision",
              "--fprovide-tcb-caps", "--largeframe", "--debug-fault-handlers"]
    for path in options.templates + tree.cmake.templates:
        common += ["--templates", path]
    out = os.path.join(work, "out")
    os.makedirs(out)
    listing = os.path.join(out, "camkes-gen.cmake")
    runner_source = inspect.getsource(runner)
    by_template = "'--template'" in runner_source  # until 3.8 the tool itself chose the template
    first = ["--item", "assembly/", "--template", "camkes-gen.cmake"] if by_template else \
        ["--item", "camkes-gen.cmake"]
    if not run_main(runner, common + first + ["--outfile", listing]):
        return None
    tree.cmake.vars["CMAKE_CURRENT_BINARY_DIR"] = out
    tree.cmake.vars.pop("CAmkESCapDLVerification", None)
    tree.cmake.run_file(listing)
    argv = list(common)
    for item in tree.cmake.items:
        os.makedirs(os.path.dirname(item[0]), exist_ok=True)
        argv += ["--outfile", item[0], "--item", item[1]]
        if by_template:
            if len(item) < 3:
                raise Unusable("no template is declared for %s (is a connector's "
                               "DeclareCAmkESConnector missing?)" % item[1])
            argv += ["--template", item[2]]
    argv += ["--save-object-state", os.path.join(work, "object.pickle"), "--makefile-dependencies",
             os.path.join(work, "gen.d")]
    if "--object-sizes" in runner_source:
        argv += ["--object-sizes", object_sizes(options.arch, work)]
    return len(tree.cmake.items) if run_main(runner, argv) else None
