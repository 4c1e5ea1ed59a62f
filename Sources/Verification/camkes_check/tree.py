# SPDX-License-Identifier: BSD-2-Clause
"""A checkout, laid out as the manifest of camkes-vm-examples lays it out."""

import os

from cmake import CMake
from trouble import Unusable

# What the build knows of the machine, by the architecture of the app. For Arm it is QEMU's.
MACHINES = {
    "x86_64": {"KernelPlatform": "pc99", "KernelArch": "x86", "KernelArchX86": "ON"},
    "ia32": {"KernelPlatform": "pc99", "KernelArch": "x86", "KernelArchX86": "ON"},
    "aarch64": {"KernelPlatform": "qemu-arm-virt", "KernelARMPlatform": "qemu-arm-virt",
                "PLATFORM": "qemu-arm-virt", "KernelPlatformQEMUArmVirt": "ON",
                "KernelArch": "arm", "KernelArchARM": "ON", "KernelSel4ArchAarch64": "ON"},
}


def first_directory(tree, *names):
    for name in names:
        path = os.path.join(tree, name)
        if os.path.isdir(path):
            return path
    raise Unusable("the tree lacks %s" % " or ".join(names))


def app_of(source):
    return os.path.dirname(os.path.abspath(source))


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
        self.is_arm = MACHINES[arch]["KernelArch"] == "arm"
        self.cmake = CMake(dict(MACHINES[arch], KernelSel4Arch=arch, KernelMaxNumNodes="1"))
        for path in ("components/components.cmake", "camkes/templates/templates.cmake"):
            self.cmake.run_file(os.path.join(self.tool, path))
        self.cmake.run_file(os.path.join(self.components, "global-components.cmake"))
        if self.is_arm:
            self.arm(source)
        else:
            self.x86(source)

    def x86(self, source):
        """The CMake of the VMM for x86, and of the app."""
        helpers = os.path.join(self.vm, "camkes_vm_helpers.cmake")
        self.cmake.vars["CAMKES_VM_HELPERS_PATH"] = helpers
        self.cmake.run_file(os.path.join(self.vm, "CMakeLists.txt"))
        self.cmake.run_file(helpers)
        self.cmake.run_file(os.path.join(app_of(source), "CMakeLists.txt"))
        # The app's CMake declares the root server; without it, what that call would have added.
        self.cmake.directory = self.vm
        self.cmake.call("declarecamkesvmrootserver", [os.path.abspath(source)])

    def arm(self, source):
        """The CMake of the VMM for Arm, and of the app."""
        for name in ("Findcamkes-vm.cmake", "Findcamkes-arm-vm.cmake"):
            self.cmake.run_file(os.path.join(self.vm, name))
        if "camkes_arm_vm_import_project" not in self.cmake.functions:
            raise Unusable("the tree lacks the VMM for Arm: projects/vm/Findcamkes-arm-vm.cmake")
        # As upstream's settings.cmake has it, before that of the app.
        self.cmake.run_file(os.path.join(app_of(source), "settings.cmake"))
        self.cmake.call("camkes_arm_vm_import_project", [])
        self.cmake.run_file(os.path.join(app_of(source), "CMakeLists.txt"))

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
