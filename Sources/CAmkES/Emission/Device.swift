// SPDX-License-Identifier: BSD-2-Clause

/// The network device of topoc's data path, in each VMM.
enum Device {
    /// Makes the device; `init_cons` names it.
    static let start = "topoc_make_virtio_net_vswitch"
    /// Called when a peer signals; `init_cons` names it.
    static let notify = "topoc_virtio_net_vswitch_notify"
}
