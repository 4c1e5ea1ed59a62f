# SPDX-License-Identifier: BSD-2-Clause
"""Makes the tree's own `camkes` and `capdl` run under this Python; nothing in the tree is changed."""

import collections
import collections.abc
import contextlib
import enum
import importlib
import inspect
import os
import re
import sys
import traceback
import types
import warnings

from trouble import Unusable


def old_names():
    """Give this Python and its packages the names that older releases of the tool use."""
    for name in collections.abc.__all__:
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    if not hasattr(inspect, "getargspec"):
        inspect.getargspec = lambda function: inspect.getfullargspec(function)[:4]


def offer(name, build):
    """Serve the module `name` from `build()` if it cannot be imported, and that can be built."""
    with contextlib.suppress(ImportError):
        try:
            importlib.import_module(name)
        except ImportError:
            module = types.ModuleType(name)
            module.__dict__.update(build())
            sys.modules[name] = module


def literal_arithmetic(text, **_):
    """Stands in for simpleeval, with which old releases evaluate attribute expressions."""
    if not re.fullmatch(r"[\s0-9a-fA-FxX+*/%()<>&|^~.-]*", text):
        raise ValueError("not arithmetic: " + text)
    return eval(text, {"__builtins__": {}})


class ListedMembers:
    """An enumeration whose members come as a list of pairs, as 3.8 (Python 2) expects."""

    def __init__(self, enumeration):
        class Listed(dict):
            def items(self):
                return list(super().items())
        self.__members__ = Listed(enumeration.__members__)
        self._enumeration = enumeration

    def __getattr__(self, name):
        return getattr(self._enumeration, name)


def prepare(tree):
    """Make `camkes` and `capdl` importable from the tree."""
    old_names()
    sys.path[:0] = [tree.tool, tree.capdl]
    sys.dont_write_bytecode = True
    try:
        offer("orderedset",
              lambda: {"OrderedSet": importlib.import_module("ordered_set").OrderedSet})
        offer("simpleeval", lambda: {"simple_eval": literal_arithmetic})
        capdl = importlib.import_module("capdl")
        if not hasattr(capdl, "DomainDurationUnit"):
            # camkes-tool 3.13 asks for capdl 0.6's name; it only matters to domain schedules.
            capdl.DomainDurationUnit = enum.Enum("DomainDurationUnit", ["Ticks", "Us"])
        warnings.simplefilter("ignore", SyntaxWarning)  # 3.8 compares with literals by "is"
        parser = importlib.import_module("camkes.parser.__main__")
        runner = importlib.import_module("camkes.runner.__main__")
        context = importlib.import_module("camkes.runner.Context")
    except ImportError as error:
        raise Unusable("the tree's tool cannot be imported by this Python: %s" % error) from error
    if "list(__builtins__" in inspect.getsource(context) and \
            "+ ObjectType.__members__" in inspect.getsource(context):
        for name in ("ObjectType", "ObjectRights"):
            setattr(context, name, ListedMembers(getattr(context, name)))
    # Any directory of a tree may be a link.
    own = tuple(os.path.realpath(path) + os.sep for path in (tree.tool, tree.capdl))
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("camkes", "capdl") and getattr(module, "__file__", None):
            if not os.path.realpath(module.__file__).startswith(own):
                raise Unusable("module %s does not come from the tree" % name)
    return parser, runner


def run_main(module, argv):
    """Call a command line's main; true if it succeeded."""
    try:
        return module.main([module.__name__] + argv, sys.stdout, sys.stderr) in (0, None)
    except SystemExit as stop:
        return stop.code in (0, None)
    except Exception:  # upstream lets some of its own errors through as a trace
        traceback.print_exc()
        return False
