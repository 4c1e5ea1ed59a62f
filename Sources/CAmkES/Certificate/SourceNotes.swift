// SPDX-License-Identifier: BSD-2-Clause

import Wiring

extension Certificate {
    /// Where a frame's source address does not say who sent it, a sentence a VM.
    ///
    /// The flows are claimed all the same: which VM can put a frame into which queue does not depend on addresses.
    var sourceNotes: [String] {
        if wiring.target.dataPath == .tree { return ["the tree's device checks no source address"] }
        return wiring.vms.filter { !$0.peers.isEmpty }.compactMap { vm in
            let learning = vm.peers.map { wiring.vms[$0.number] }.filter { $0.dataPath == .topoc }.map(\.instance)
            let takers = learning.isEmpty ? "no peer learns them" : "learned by \(learning.joined(separator: ", "))"
            switch (vm.dataPath, vm.sources) {
            case (.topoc, .pinned): return nil
            case (.topoc, .any):
                return
                    "\(vm.instance) may send from any MAC address but those of its peers' other peers, and takes frames "
                    + "for any: \(takers)"
            case (.tree, .any):
                return
                    "\(vm.instance) has the tree's device, which checks no source address; its peers let any pass but "
                    + "those of their other peers: \(takers)"
            case (.tree, .pinned):
                let pinning =
                    learning.isEmpty
                    ? "nor does a peer" : "all but its own are dropped by \(learning.joined(separator: ", "))"
                return "\(vm.instance) has the tree's device, which checks no source address: \(pinning)"
            }
        }
    }
}
