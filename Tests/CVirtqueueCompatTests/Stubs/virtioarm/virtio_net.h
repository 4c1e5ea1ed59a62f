/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The guest side of a network device of upstream's Arm VMM. */

#pragma once

#include <stddef.h>
#include <stdint.h>

#include <sel4vm/guest_vm.h>
#include <sel4vmmplatsupport/drivers/pci.h>
#include <sel4vmmplatsupport/drivers/virtio_net.h>

#define MAX_MTU 9000

typedef struct virtio_net_callbacks {
    int (*tx_callback)(char *buffer, size_t length, virtio_net_t *net);
    void (*irq_callback)(void *cookie);
    void (*get_mac_addr_callback)(uint8_t *mac);
} virtio_net_callbacks_t;

virtio_net_t *virtio_net_init(vm_t *vm, virtio_net_callbacks_t *callbacks, vmm_pci_space_t *pci,
                              vmm_io_port_list_t *io_ports);
int virtio_net_rx(char *buffer, size_t length, virtio_net_t *net);
