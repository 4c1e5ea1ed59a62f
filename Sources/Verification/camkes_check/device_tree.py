# SPDX-License-Identifier: BSD-2-Clause
"""The device tree of QEMU's machine for Arm, as far as the tree's components ask for it."""

import os

UART, INTERRUPTS = "pl011@9000000", "intc@8000000"
PHANDLE = 1  # of the interrupt controller


def device_tree(work):
    """The path of a device tree, which the build takes from the kernel's: the serial port and its interrupt."""
    from pyfdt.pyfdt import Fdt, FdtNode, FdtProperty, FdtPropertyStrings, FdtPropertyWords

    def node(name, **properties):
        made = FdtNode(name)
        for key, value in properties.items():
            key = key.replace("_", "-")
            if key in ("address-cells", "size-cells", "interrupt-cells"):
                key = "#" + key
            if value is None:
                made.append(FdtProperty(key))
            elif isinstance(value[0], str):
                made.append(FdtPropertyStrings(key, value))
            else:
                made.append(FdtPropertyWords(key, value))
        return made

    root = node("/", address_cells=[2], size_cells=[2], interrupt_parent=[PHANDLE],
                compatible=["linux,dummy-virt"])
    for child in (node("chosen", stdout_path=["/" + UART]),
                  node(UART, compatible=["arm,pl011"], reg=[0, 0x9000000, 0, 0x1000],
                       interrupts=[0, 1, 4]),
                  node(INTERRUPTS, compatible=["arm,cortex-a15-gic"], phandle=[PHANDLE],
                       address_cells=[2], size_cells=[2], interrupt_cells=[3],
                       interrupt_controller=None, reg=[0, 0x8000000, 0, 0x10000])):
        child.set_parent_node(root)
        root.append(child)
    tree = Fdt()
    tree.add_rootnode(root)
    path = os.path.join(work, "machine.dtb")
    with open(path, "wb") as stream:
        stream.write(tree.to_dtb())
    return path
