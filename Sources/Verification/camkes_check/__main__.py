# SPDX-License-Identifier: BSD-2-Clause
"""Run a seL4 tree's own CAmkES parser and template renderer over one .camkes file.

  python3 camkes_check --tree DIR [--form parse|render] [--ast-json FILE] [--include DIR ...] FILE.camkes

DIR is laid out as the manifest of camkes-vm-examples lays it out: tools/camkes, projects/vm,
projects/global-components, projects/capdl. Nothing in it is changed, and nothing is compiled.
Which import paths, preprocessor flags, template directories, connectors and template sources
there are is read from the tree's own CMake files, and from the CMakeLists.txt beside FILE.camkes
if there is one, by a small interpreter of the part of CMake's language that they use.

Exit status: 0 the file is accepted; 1 the parser or the renderer refuses it (upstream's message is on
standard error, unchanged); 2 the tree cannot be used, 3 this Python cannot (the message, or a line for
each package, says what is missing).
"""

import argparse
import contextlib
import json
import os
import pickle
import shutil
import sys
import tempfile
import time

from objects import objects_json
from packages import missing
from steps import SIZES, parse, render
from syntax_tree import ast_json
from tool import prepare
from tree import Tree
from trouble import Unusable

ACCEPTED, REFUSED, UNUSABLE, LACKING = 0, 1, 2, 3


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--tree", required=True, metavar="DIR")
    parser.add_argument("--form", choices=("parse", "render"), default="parse")
    parser.add_argument("--ast-json", metavar="FILE", help="write the syntax tree as JSON")
    parser.add_argument("--objects-json", metavar="FILE",
                        help="write what the renderer has joined as JSON; with --form render")
    parser.add_argument("--include", action="append", default=[], metavar="DIR",
                        help="searched by the preprocessor before the tree's own directories")
    parser.add_argument("--templates", action="append", default=[], metavar="DIR",
                        help="searched for templates before the tree's own directories")
    parser.add_argument("--arch", choices=sorted(SIZES), default="x86_64")
    parser.add_argument("--keep", metavar="DIR", help="leave everything that was generated in DIR")
    parser.add_argument("--verbose", action="store_true", help="say how long each step took")
    parser.add_argument("file", metavar="FILE.camkes")
    options = parser.parse_args(argv)
    options.file = os.path.abspath(options.file)
    options.include = [os.path.abspath(path) for path in options.include]
    options.templates = [os.path.abspath(path) for path in options.templates]
    options.ast_json = options.ast_json and os.path.abspath(options.ast_json)
    options.objects_json = options.objects_json and os.path.abspath(options.objects_json)

    def write(path, value):
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(value, stream, indent=1, sort_keys=True)
            stream.write("\n")

    def say(text, since):
        if options.verbose:
            print("%s (%.1f s)" % (text, time.monotonic() - since), file=sys.stderr)

    with contextlib.ExitStack() as stack:
        if options.keep:
            work = os.path.abspath(options.keep)
            shutil.rmtree(os.path.join(work, "out"), ignore_errors=True)
            os.makedirs(work, exist_ok=True)
        else:
            work = stack.enter_context(tempfile.TemporaryDirectory(prefix="camkes-check-"))
        try:
            if not os.path.isfile(options.file):
                raise Unusable("no such file: " + options.file)
            if not shutil.which("cpp"):
                raise Unusable("the C preprocessor cpp is missing")
            tree = Tree(options.tree, options.file, options.arch)
            lacking = missing(tree)
            if lacking:
                print("\n".join(lacking), file=sys.stderr)
                return LACKING
            # The tool leaves preprocessed files in the working directory, so have one to itself.
            stack.callback(os.chdir, os.getcwd())
            os.chdir(work)
            parse_main, render_main = prepare(tree)
            sys.setrecursionlimit(20000)  # the syntax tree is pickled, and may be deep
            start = time.monotonic()
            pickled = parse(tree, parse_main, options, work)
            if pickled is None:
                return REFUSED
            say("parsed", start)
            with open(pickled, "rb") as stream:
                ast = pickle.load(stream)
            if options.ast_json:
                write(options.ast_json, ast_json(ast))
            if options.form == "render":
                tree.declare_vms(ast.assembly)
                start = time.monotonic()
                count = render(tree, render_main, options, pickled, work)
                if count is None:
                    return REFUSED
                say("rendered %d files" % count, start)
                if options.objects_json:
                    objects = objects_json(os.path.join(work, "object.pickle"))
                    write(options.objects_json, dict(objects, files=count))
        except Unusable as problem:
            print("camkes_check: %s" % problem, file=sys.stderr)
            return UNUSABLE
    return ACCEPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
