# SPDX-License-Identifier: BSD-2-Clause
"""The parsed assembly as canonical JSON."""

import collections
import collections.abc
import functools


def plain(value):
    """An attribute's value, or a part of it, as JSON can hold it."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, collections.abc.Mapping):
        return {str(key): plain(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return type_name(value)


def type_name(value):
    if isinstance(value, str):
        return value
    name = getattr(value, "name", None)
    if name:
        return name
    fields = getattr(value, "attributes", None)
    if fields:
        return "{%s}" % ", ".join("%s %s" % (type_name(f.type), f.name) for f in fields)
    return str(value)


def interface_json(interface):
    result = {"name": interface.name}
    if hasattr(interface, "type"):
        result["type"] = type_name(interface.type)
    if getattr(interface, "optional", False):
        result["optional"] = True
    return result


def component_json(component):
    by_name = functools.partial(sorted, key=lambda entry: entry["name"])
    result = {"control": bool(component.control), "hardware": bool(component.hardware)}
    for kind in ("provides", "uses", "emits", "consumes", "dataports", "mutexes", "semaphores",
                 "binary_semaphores"):
        result[kind] = by_name(interface_json(i) for i in getattr(component, kind, ()))
    result["attributes"] = by_name(
        {"name": a.name, "type": type_name(a.type), "array": bool(a.array),
         "default": plain(a.default)} for a in component.attributes)
    return result


def end_name(end):
    return "%s.%s" % (end.instance.name, end.interface.name) if end.instance else end.interface.name


def ast_json(ast):
    """The assembly in one canonical form.

    List values and the ends of a connection keep their order, for it has a meaning; but where the
    tool itself merged several connections to one end (their names are joined by dots) it leaves
    the ends, and until 3.8 the names, in the arbitrary order of a set, so these are sorted.
    """
    assembly = ast.assembly
    composition, configuration = assembly.composition, assembly.configuration
    instances = {instance.name for instance in composition.instances}

    def merged(connection):
        parts = connection.name.split(".")  # a connection within a component is INSTANCE.NAME
        return len(parts) > 1 and ".".join(parts[:-1]) not in instances

    def connection_name(connection):
        parts = connection.name.split(".")
        return ".".join(sorted(parts) if merged(connection) else parts)

    def ends(connection, side):
        names = [end_name(end) for end in side]
        return sorted(names) if merged(connection) else names

    return {
        "instances": [{"name": i.name, "type": i.type.name, "address_space": i.address_space}
                      for i in sorted(composition.instances, key=lambda i: i.name)],
        "components": {i.type.name: component_json(i.type) for i in composition.instances},
        "connections": [{"name": connection_name(c), "type": c.type.name,
                         "from": ends(c, c.from_ends), "to": ends(c, c.to_ends)}
                        for c in sorted(composition.connections, key=connection_name)],
        "settings": sorted(([s.instance, s.attribute, plain(s.value)]
                            for s in configuration.settings), key=lambda s: s[:2]),
    }
