# SPDX-License-Identifier: BSD-2-Clause
"""Which Python packages the tree's tool asks for, and which of them this Python lacks."""

import ast
import importlib.util
import os

# What `pip install` calls a module, where that is another name.
DISTRIBUTIONS = {"elftools": "pyelftools", "yaml": "pyyaml", "ordered_set": "ordered-set"}
# Modules that `tool` offers in place of packages which nobody has any more, with what it needs for that.
OFFERED = {"orderedset": "ordered_set", "simpleeval": None}
PARTS = ("ast", "internal", "parser", "runner", "templates")


def missing(tree):
    """The packages that are missing, as pip calls them, in order."""
    wanted = set()
    for directory in [os.path.join(tree.tool, "camkes", part) for part in PARTS] + \
            [os.path.join(tree.capdl, "capdl")]:
        for above, _, names in os.walk(directory):
            if "tests" not in above.split(os.sep):
                for name in names:
                    if name.endswith(".py"):
                        wanted |= imports(os.path.join(above, name))
    wanted = {OFFERED.get(name, name) for name in wanted} - {None, "camkes", "capdl", "__future__"}
    return sorted(DISTRIBUTIONS.get(name, name) for name in wanted
                  if importlib.util.find_spec(name) is None)


def imports(path):
    """The modules that a file imports whenever it is imported itself."""
    try:
        with open(path, encoding="utf-8") as stream:
            statements = list(ast.parse(stream.read()).body)
    except SyntaxError:  # of Python 2
        return set()
    found = set()
    while statements:
        statement = statements.pop()
        if isinstance(statement, ast.If):
            statements += statement.body + statement.orelse
        elif isinstance(statement, ast.Import):
            found |= {name.name.split(".")[0] for name in statement.names}
        elif isinstance(statement, ast.ImportFrom) and statement.level == 0:
            found.add(statement.module.split(".")[0])
        # Of a `try` nothing: it has something else for a package that is not there.
    return found
