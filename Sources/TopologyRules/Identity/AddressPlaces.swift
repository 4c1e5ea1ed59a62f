// SPDX-License-Identifier: BSD-2-Clause

import Wiring

/// An address, and the VM that has it. Of the VMs that draw from a pool the first stands for all: they have what the
/// pool says in common.
struct AddressPlace<Value: Hashable & Sendable> {
    let node: Node
    let address: Address<Value>

    /// Whose address it is, for a sentence to begin with.
    var owner: String { address.isFromPool ? "the address pool" : node.label }
}

extension Subject {
    /// Each address that a VM says itself, and the first that is drawn from the pool.
    func ownOrPool<Value>(_ field: (Node) -> Address<Value>?) -> [AddressPlace<Value>] {
        var hasSeenPool = false
        return nodes.compactMap { node in
            guard let address = field(node), !address.isFromPool || !hasSeenPool else { return nil }
            hasSeenPool = hasSeenPool || address.isFromPool
            return AddressPlace(node: node, address: address)
        }
    }

    /// VMs that share an address (or another value): the indices of those that have each, where several have it.
    /// In the order of the second VM.
    func sharing<Value: Hashable>(isDefault: (Node) -> Bool, _ value: (Node) -> Value?) -> [[Int]] {
        var owners: [Value: [Int]] = [:]
        var shared: [Value] = []
        for index in comparable(isDefault) {
            guard let value = value(nodes[index]) else { continue }
            owners[value, default: []].append(index)
            if owners[value]?.count == 2 { shared.append(value) }
        }
        return shared.compactMap { owners[$0] }
    }
}
