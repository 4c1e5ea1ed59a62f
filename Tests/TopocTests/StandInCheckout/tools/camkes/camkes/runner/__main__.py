# SPDX-License-Identifier: BSD-2-Clause
"""A stand-in for the CAmkES tool's renderer: makes the objects that connections ask for, and no text."""

import argparse
import pickle

from camkes.model import AddressSpace, Frame, Node, Notification

PAGE = 4096


def name_of(end):
    return "%s.%s" % (end.instance.name, end.interface.name)


class Objects:
    def __init__(self, instances):
        self.addr_spaces = {instance.name: AddressSpace() for instance in instances}
        self.cspaces = {instance.name: Node(cnode=Node(slots={})) for instance in instances}

    def share(self, name, size, spaces):
        frames = [Frame(name="%s_%d" % (name, number)) for number in range(size // PAGE)]
        for space in spaces:
            caps = [Node(referent=frame) for frame in frames]
            self.addr_spaces[space].symbols[name] = ([PAGE] * len(frames), caps)

    def signal(self, sender, receiver):
        for space, sends in ((sender, True), (receiver, False)):
            slots = self.cspaces[space].cnode.slots
            slots[len(slots)] = Node(referent=Notification(name=receiver), write=sends,
                                     read=not sends)


def objects(assembly):
    settings = {(one.instance, one.attribute): one.value
                for one in assembly.configuration.settings}
    made = Objects(assembly.composition.instances)
    for connection in assembly.composition.connections:
        ends = {name_of(end): end for end in connection.from_ends}
        if connection.type.name == "seL4SharedData":
            everyone = [end.instance.name for end in connection.from_ends + connection.to_ends]
            made.share(connection.name, PAGE, everyone)
            continue
        to_end = connection.to_ends[0]
        topology = to_end.instance.name, to_end.interface.name + "_topology"
        for entry in settings.get(topology, []):
            driver, device = ends[entry["drv"]], ends[entry["dev"]]
            size = settings[driver.instance.name, driver.interface.name + "_shmem_size"]
            spaces = [driver.instance.name, device.instance.name]
            made.share("_".join(spaces), size, spaces)
            made.signal(*spaces)
    return made


def main(argv, out, err):
    parser = argparse.ArgumentParser()
    for option in ("--load-ast", "--outfile", "--save-object-state"):
        parser.add_argument(option)
    options, _ = parser.parse_known_args(argv[1:])
    if options.outfile:
        open(options.outfile, "w").close()
    if options.save_object_state:
        with open(options.load_ast, "rb") as stream:
            assembly = pickle.load(stream).assembly
        with open(options.save_object_state, "wb") as stream:
            pickle.dump(objects(assembly), stream)
