/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A device of camkes-vm's x86 VMM in small: it touches what a device touches, and does nothing useful. Frames go to the
 * memory of a virtqueue's channel as they come.
 */

#include <camkes.h>
#include <camkes/virtqueue.h>
#include <sel4vm/boot.h>
#include <sel4vm/guest_irq_controller.h>
#include <sel4vm/guest_ram.h>
#include <sel4vm/guest_vm.h>
#include <sel4vmmplatsupport/drivers/virtio_net.h>
#include <sel4vmmplatsupport/ioports.h>
#include <stdint.h>
#include <string.h>
#include <utils/util.h>

#include "virtio_net.h"

/* Before camkes-vm 3.11 each device names its interrupt, and says that reads of its addresses are emulated. */
#if __has_include("virtio_irq.h")
#include "virtio_irq.h"
#define EMULATE_ADDRESSES
#else
#define VIRTIO_NET_IRQ 6
#define EMULATE_ADDRESSES , true
#endif

void make_probe_device(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *io_ports);
void handle_probe_device(vm_t *vm);

static vm_t *machine;
static virtio_net_t *device;

static camkes_virtqueue_channel_t *channel(int id)
{
    if (id < 0 || id > MAX_CAMKES_VIRTQUEUE_ID) {
        return NULL;
    }
    return &camkes_virtqueue_channels[id];
}

static int send(struct eth_driver *driver, unsigned int count, uintptr_t *pieces, unsigned int *lengths, void *cookie)
{
    for (size_t peer = 0; peer < ARRAY_SIZE(vswitch_layout); peer++) {
        camkes_virtqueue_channel_t *to = channel(vswitch_layout[peer].send_id);
        if (!to || to->role != VIRTQUEUE_DRIVER) {
            ZF_LOGE("%s has no queue", vswitch_layout[peer].mac_addr);
            continue;
        }
        size_t room = to->channel_buffer_size;
        for (unsigned int piece = 0; piece < count && lengths[piece] <= room; piece++) {
            memcpy((void *)(uintptr_t)to->channel_buffer, (const void *)pieces[piece], lengths[piece]);
            room -= lengths[piece];
        }
        to->notify();
    }
    if (driver->cb_cookie == cookie) {
        return ETHIF_TX_FAILED;
    }
    driver->i_cb.tx_complete(driver->cb_cookie, cookie);
    return ETHIF_TX_ENQUEUED;
}

static void describe(struct eth_driver *driver, uint8_t *mac, int *mtu)
{
    ZF_LOGI("%s asks for its address", vswitch_mac_address);
    driver->dma_alignment = 16;
    memset(mac, 2, 6);
    *mtu = 1500;
}

static void interrupt(struct eth_driver *driver, int irq)
{
    if (driver->eth_data && vm_inject_irq(machine->vcpus[BOOT_VCPU], irq ? irq : VIRTIO_NET_IRQ)) {
        ZF_LOGF("no interrupt");
    }
}

void handle_probe_device(vm_t *vm)
{
    struct eth_driver *driver = device->emul_driver;
    struct vring *ring = &device->emul->virtq.vring[RX_QUEUE];
    void *cookie = NULL;
    unsigned int length = 64;
    uintptr_t buffer = driver->i_cb.allocate_rx_buf(driver->cb_cookie, length, &cookie);
    if (!buffer) {
        ZF_LOGW("no room in a ring of %u", ring->num);
        return;
    }
    driver->i_cb.rx_complete(driver->cb_cookie, 1, &cookie, &length);

    uint16_t at = ring_avail_idx(device->emul, ring);
    struct vring_desc descriptor = ring_desc(device->emul, ring, ring_avail(device->emul, ring, at));
    uint8_t byte = 0;
    if (vm_ram_touch(vm, (uintptr_t)descriptor.addr, sizeof(byte), vm_guest_ram_read_callback, &byte) == 0) {
        ring_used_add(device->emul, ring, (struct vring_used_elem) {
            .id = descriptor.next, .len = byte
        });
    }
    device->emul->notify(device->emul);
    seL4_Signal(channel(0)->recv_notification);
}

void make_probe_device(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *io_ports)
{
    struct raw_iface_funcs functions = virtio_net_default_backend();
    ioport_range_t ports = { .start = 0, .end = 0, .size = VIRTIO_IOPORT_SIZE };

    functions.raw_tx = send;
    functions.low_level_init = describe;
    functions.raw_handleIRQ = interrupt;
    machine = vm;
    device = common_make_virtio_net(vm, pci, io_ports, ports, IOPORT_FREE, VIRTIO_NET_IRQ, VIRTIO_NET_IRQ,
                                    functions EMULATE_ADDRESSES);
}
