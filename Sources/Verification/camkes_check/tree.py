# SPDX-License-Identifier: BSD-2-Clause
"""A checkout, laid out as the manifest of camkes-vm-examples lays it out."""

import os

from cmake import CMake
from trouble import Unusable

PLATFORM, ARCH = "pc99", "x86"


def first_directory(tree, *names):
    for name in names:
        path = os.path.join(tree, name)
        if os.path.isdir(path):
            return path
    raise Unusable("the tree lacks %s" % " or ".join(names))


class Tree:
    """What a build of the app beside `source` would hand to the CAmkES tool."""

    def __init__(self, root, source, arch):
        self.root = os.path.abspath(root)
        self.tool = first_directory(self.root, "tools/camkes", "projects/camkes-tool")
        self.vm = first_directory(self.root, "projects/vm", "projects/camkes-vm")
        self.components = first_directory(self.root, "projects/global-components")
        self.capdl = first_directory(self.root, "projects/capdl/python-capdl-tool")
        for path in ("camkes/parser/__main__.py", "camkes/runner/__main__.py", "include/builtin"):
            if not os.path.exists(os.path.join(self.tool, path)):
                raise Unusable("the tree lacks %s" % os.path.join(self.tool, path))
        helpers = os.path.join(self.vm, "camkes_vm_helpers.cmake")
        self.cmake = CMake({"KernelPlatform": PLATFORM, "KernelArch": ARCH, "KernelArchX86": "ON",
                            "KernelSel4Arch": arch, "KernelMaxNumNodes": "1",
                            "CAMKES_VM_HELPERS_PATH": helpers})
        for path in (os.path.join(self.tool, "components/components.cmake"),
                     os.path.join(self.tool, "camkes/templates/templates.cmake"),
                     os.path.join(self.components, "global-components.cmake"),
                     os.path.join(self.vm, "CMakeLists.txt"), helpers):
            self.cmake.run_file(path)
        self.cmake.run_file(os.path.join(os.path.dirname(os.path.abspath(source)),
                                         "CMakeLists.txt"))
        # The app's CMake declares the root server; without it, what that call would have added.
        self.cmake.directory = self.vm
        self.cmake.call("declarecamkesvmrootserver", [os.path.abspath(source)])

    def imports(self):
        return [os.path.join(self.tool, "include/builtin")] + self.cmake.imports

    def declare_vms(self, assembly):
        """Take a component type with a guest's attributes for a VM if no CMake file declared it."""
        for instance in assembly.composition.instances:
            name = instance.type.name
            if any(a.name == "kernel_image" for a in instance.type.attributes) and \
                    not self.cmake.properties.get("CAmkESComponent_" + name, {}).get(
                        "COMPONENT_LIBS"):
                self.cmake.call("declarecamkesvm", [name])
