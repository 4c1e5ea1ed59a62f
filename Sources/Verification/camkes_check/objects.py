# SPDX-License-Identifier: BSD-2-Clause
"""What the templates made of the assembly: which components share memory, and which can wake which."""

import collections
import pickle


def objects_json(path):
    """The objects of a pickled state of the renderer that join address spaces.

    "memory": for each symbol that is shared its address space, its bytes, and its frames by name; "messages": for each
    capability to an endpoint or a notification its address space, the object, and whether it sends or receives.
    """
    with open(path, "rb") as stream:
        state = pickle.load(stream)
    owners = collections.defaultdict(set)
    symbols = []
    for space, allocator in state.addr_spaces.items():
        for symbol, (sizes, caps) in allocator.get_symbols_and_clear().items():
            frames = [cap.referent.name for cap in caps if cap is not None]
            symbols.append({"space": space, "symbol": symbol, "bytes": sum(sizes), "frames": frames})
            for frame in frames:
                owners[frame].add(space)
    shared = [entry for entry in symbols if any(len(owners[name]) > 1 for name in entry["frames"])]
    messages = set()
    for space, allocator in state.cspaces.items():
        for cap in allocator.cnode.slots.values():
            if cap is not None and type(cap.referent).__name__ in ("Endpoint", "Notification"):
                messages.add((space, cap.referent.name, bool(cap.write), bool(cap.read)))
    return {"memory": sorted(shared, key=lambda entry: (entry["space"], entry["symbol"])),
            "messages": [dict(zip(("space", "object", "sends", "receives"), entry))
                         for entry in sorted(messages)]}
