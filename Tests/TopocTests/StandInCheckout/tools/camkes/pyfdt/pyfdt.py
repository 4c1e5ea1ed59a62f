# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for the package pyfdt, which makes empty device trees."""


class FdtNode(list):
    def __init__(self, name):
        super().__init__()

    def set_parent_node(self, parent):
        pass


class Fdt:
    def add_rootnode(self, root):
        pass

    def to_dtb(self):
        return b""


def FdtProperty(*_):
    return _


FdtPropertyStrings = FdtPropertyWords = FdtProperty
