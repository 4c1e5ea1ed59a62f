# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for the CAmkES tool's parser: reads as much of an assembly as topoc writes."""

import argparse
import ast
import pickle
import re
import subprocess

from camkes.model import Node


def value(text):
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def component(name, body):
    uses = [Node(name=word, type=Node(name=kind), optional=False)
            for kind, word in re.findall(r"\buses (\w+) (\w+);", body)]
    return Node(name=name, control=True, hardware=False, attributes=[], uses=uses)


def end(instances, text):
    instance, interface = text.rsplit(".", 1)
    kinds = {use.name: use for use in instances[instance].type.uses}
    return Node(instance=instances[instance],
                interface=kinds.get(interface, Node(name=interface, type=Node(name="Any"))))


def assembly(text):
    types = {name: component(name, body)
             for name, body in re.findall(r"component (\w+) \{(.*?)\}", text, re.DOTALL)}
    instances = {name: Node(name=name, address_space=name,
                            type=types.setdefault(kind, component(kind, "")))
                 for kind, name in re.findall(r"component (\w+) (\w+)\s*;", text)}
    connections = []
    for kind, name, ends in re.findall(r"connection (\w+) (\w+)\((.*?)\)\s*;", text, re.DOTALL):
        sides = {side: [end(instances, one) for one in re.findall(side + r" ([\w.]+)", ends)]
                 for side in ("from", "to")}
        connections.append(Node(name=name, type=Node(name=kind), from_ends=sides["from"],
                                to_ends=sides["to"]))
    settings = {(name, attribute): Node(instance=name, attribute=attribute, value=value(said))
                for name, attribute, said in re.findall(r"(\w+)\.(\w+)\s*=\s*(.*?);", text, re.DOTALL)}
    return Node(composition=Node(instances=list(instances.values()), connections=connections),
                configuration=Node(settings=list(settings.values())))


def main(argv, out, err):
    parser = argparse.ArgumentParser()
    parser.add_argument("--cpp", action="store_true")
    for option in ("--import-path", "--cpp-flag"):
        parser.add_argument(option, action="append", default=[])
    for option in ("--file", "--save-ast", "--makefile-dependencies", "--dtb"):
        parser.add_argument(option)
    options = parser.parse_args(argv[1:])
    if options.dtb:
        open(options.dtb, "rb").close()
    text = subprocess.run(["cpp", "-P"] + options.cpp_flag + [options.file], check=True,
                          capture_output=True, text=True).stdout
    with open(options.save_ast, "wb") as stream:
        pickle.dump(Node(assembly=assembly(text)), stream)
