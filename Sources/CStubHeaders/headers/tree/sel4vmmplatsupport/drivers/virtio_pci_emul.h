/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <autoconf.h>
#include <ethdrivers/raw.h>
#include <platsupport/io.h>
#include <sel4vm/guest_vm.h>
#include <string.h>
#if TOPOC_RELEASE >= 311
#include <virtio/virtio_ring.h>
#else
#include <ethdrivers/virtio/virtio_ring.h>
#endif

/** Ports of a legacy device, and a bit of its status: in the tree these come by virtio_pci.h and virtio_config.h. */
#define VIRTIO_PCI_QUEUE_NOTIFY 16
#define VIRTIO_PCI_STATUS 18
#define VIRTIO_CONFIG_S_DRIVER_OK 4

#define RX_QUEUE 0
#define TX_QUEUE 1

#if TOPOC_RELEASE >= 311
#define VQUEUE_NUM_VRINGS 10
#define TOPOC_STUB_VRINGS VQUEUE_NUM_VRINGS
#else
#define TOPOC_STUB_VRINGS 2
#endif

/** The guest's virtqueues, as the emulation keeps them. */
typedef struct v_queue {
    int status;
    uint16_t queue;
    struct vring vring[TOPOC_STUB_VRINGS];
    uint16_t queue_size[TOPOC_STUB_VRINGS];
    uint32_t queue_pfn[TOPOC_STUB_VRINGS];
    uint16_t last_idx[TOPOC_STUB_VRINGS];
} vqueue_t;

typedef struct virtio_emul {
    void *internal;
    int (*io_in)(struct virtio_emul *emul, unsigned int offset, unsigned int size, unsigned int *result);
    int (*io_out)(struct virtio_emul *emul, unsigned int offset, unsigned int size, unsigned int value);
    /** Tells the emulation that the device can go on: it offers again what the guest has to send. */
    void (*notify)(struct virtio_emul *emul);
    bool (*device_io_in)(struct virtio_emul *emul, unsigned int offset, unsigned int size, unsigned int *result);
    bool (*device_io_out)(struct virtio_emul *emul, unsigned int offset, unsigned int size, unsigned int result);
    vqueue_t virtq;
    vm_t *vm;
} virtio_emul_t;

void ring_used_add(virtio_emul_t *emul, struct vring *vring, struct vring_used_elem elem);
struct vring_desc ring_desc(virtio_emul_t *emul, struct vring *vring, uint16_t idx);
uint16_t ring_avail_idx(virtio_emul_t *emul, struct vring *vring);
uint16_t ring_avail(virtio_emul_t *emul, struct vring *vring, uint16_t idx);
