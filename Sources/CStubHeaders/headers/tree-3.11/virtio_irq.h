/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** From 3.11 on camkes-vm names the interrupts of its devices. */

#define VIRTIO_NET_IRQ 6
#define VIRTIO_CON_IRQ 9
