/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** camkes-vm's own device. */

#include <sel4vmmplatsupport/drivers/pci.h>
#include <sel4vmmplatsupport/ioports.h>
#include <sel4vm/guest_vm.h>

#define VIRTIO_IOPORT_SIZE 0x400

void make_virtio_net(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *io_ports);
void virtio_net_notify(vm_t *vm);
