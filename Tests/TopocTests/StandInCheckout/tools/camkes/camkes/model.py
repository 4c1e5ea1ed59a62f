# SPDX-License-Identifier: BSD-2-Clause
"""What the stand-ins for the CAmkES tool's parser and renderer pass on to each other."""


class Node:
    """Anything with fields."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


class AddressSpace:
    """The memory of a component: bytes and frames of each symbol."""

    def __init__(self):
        self.symbols = {}

    def get_symbols_and_clear(self):
        return self.symbols


class Frame(Node):
    pass


class Notification(Node):
    pass
