/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A VM on this host: what an emitted device finds in a VMM, and a guest whose frames a test sends and receives. It is
 * compiled with the emitted C of one VM into a library, so that several can be loaded side by side.
 */

#include <stdlib.h>
#include <string.h>

#include <camkes/virtqueue.h>
#include <sel4vmmplatsupport/drivers/virtio_net.h>

#include "../src/virtio_net_vswitch.h"

#define FRAME_MAX 1514
#define FRAMES_MAX 64 /* that a guest keeps until the test takes them */
#define INTERFACES_MAX 5

camkes_virtqueue_channel_t camkes_virtqueue_channels[MAX_CAMKES_VIRTQUEUE_ID + 1];
int num_registered_virtqueue_channels;

/* A guest's interface: the emulation's records, and the frames that it was given. */
static struct interface {
    virtio_net_t net;
    virtio_emul_t emul;
    struct eth_driver driver;
    unsigned char address[6];
    unsigned char frames[FRAMES_MAX][FRAME_MAX];
    unsigned int lengths[FRAMES_MAX];
    unsigned int first;
    unsigned int count;
} interfaces[INTERFACES_MAX];
static unsigned int interface_count;
static unsigned int interrupts;
static struct vm_vcpu vcpu;
static struct vm vm;

/* -- What the device calls. -- */

void topoc_stub_log(const char *format, ...)
{
    (void)format;
}

int vm_inject_irq(vm_vcpu_t *target, int irq)
{
    (void)target;
    (void)irq;
    interrupts++;
    return 0;
}

/* The device of a VM wakes itself by its first end, whoever is the peer. */
#define WAKE(peer) void ether_##peer##_send_wake(void) {}
WAKE(0) WAKE(1) WAKE(2) WAKE(3) WAKE(4) WAKE(5)

struct raw_iface_funcs virtio_net_default_backend(void)
{
    struct raw_iface_funcs none = { .raw_tx = NULL };
    return none;
}

/* The guest has room for what it does not keep yet. */
uint16_t ring_avail_idx(virtio_emul_t *emul, struct vring *vring)
{
    struct interface *interface = emul->internal;
    (void)vring;
    return (uint16_t)(emul->virtq.last_idx[RX_QUEUE] + (FRAMES_MAX - interface->count));
}

static uintptr_t allocate_rx_buf(void *cookie, size_t size, void **buffer)
{
    struct interface *interface = cookie;
    unsigned int place = (interface->first + interface->count) % FRAMES_MAX;
    *buffer = interface;
    return size <= FRAME_MAX ? (uintptr_t)interface->frames[place] : 0;
}

static void rx_complete(void *cookie, unsigned int count, void **buffers, unsigned int *lengths)
{
    struct interface *interface = cookie;
    (void)count;
    (void)buffers;
    interface->lengths[(interface->first + interface->count) % FRAMES_MAX] = lengths[0];
    interface->count++;
    interface->driver.i_fn.raw_handleIRQ(&interface->driver, 0);
}

static void tx_complete(void *cookie, void *buffer)
{
    (void)cookie;
    (void)buffer;
}

static int io_out(virtio_emul_t *emul, unsigned int offset, unsigned int size, unsigned int value)
{
    (void)emul;
    (void)offset;
    (void)size;
    (void)value;
    return 0;
}

virtio_net_t *common_make_virtio_net(vm_t *owner, vmm_pci_space_t *pci, vmm_io_port_list_t *ioport,
                                     ioport_range_t ioport_range, ioport_type_t port_type, unsigned int interrupt_pin,
                                     unsigned int interrupt_line, struct raw_iface_funcs backend)
{
    struct interface *interface = &interfaces[interface_count++];
    int mtu;
    (void)owner;
    (void)pci;
    (void)ioport;
    (void)ioport_range;
    (void)port_type;
    (void)interrupt_pin;
    (void)interrupt_line;
    interface->driver.i_fn = backend;
    interface->driver.i_cb.tx_complete = tx_complete;
    interface->driver.i_cb.rx_complete = rx_complete;
    interface->driver.i_cb.allocate_rx_buf = allocate_rx_buf;
    interface->driver.cb_cookie = interface;
    interface->emul.internal = interface;
    interface->emul.io_out = io_out;
    interface->emul.virtq.status = VIRTIO_CONFIG_S_DRIVER_OK;
    interface->emul.virtq.queue_pfn[RX_QUEUE] = 1;
    interface->net.emul = &interface->emul;
    interface->net.emul_driver = &interface->driver;
    backend.low_level_init(&interface->driver, interface->address, &mtu);
    return &interface->net;
}

/* -- What a test calls. -- */

static void notify(void)
{
}

/* One end of a virtqueue. */
void machine_channel(unsigned int id, int drives, unsigned int length, unsigned char *memory, size_t size)
{
    camkes_virtqueue_channels[id] = (camkes_virtqueue_channel_t) {
        .channel_buffer = memory, .channel_buffer_size = size, .queue_len = length, .notify = notify,
        .role = drives ? VIRTQUEUE_DRIVER : VIRTQUEUE_DEVICE,
    };
}

void machine_start(void)
{
    vm.vcpus[0] = &vcpu;
    topoc_make_virtio_net_vswitch(&vm, NULL, NULL);
}

void machine_send(unsigned int number, unsigned char *frame, unsigned int length)
{
    struct interface *interface = &interfaces[number];
    uintptr_t piece = (uintptr_t)frame;
    interface->driver.i_fn.raw_tx(&interface->driver, 1, &piece, &length, NULL);
    /* As the guest's access to the port ends. */
    interface->emul.io_out(&interface->emul, VIRTIO_PCI_QUEUE_NOTIFY, 2, TX_QUEUE);
}

void machine_notify(void)
{
    topoc_virtio_net_vswitch_notify(&vm);
}

/* The oldest frame that an interface keeps, or a length of 0. */
unsigned int machine_receive(unsigned int number, unsigned char *frame)
{
    struct interface *interface = &interfaces[number];
    unsigned int length = 0;
    if (interface->count > 0) {
        length = interface->lengths[interface->first];
        memcpy(frame, interface->frames[interface->first], length);
        interface->first = (interface->first + 1) % FRAMES_MAX;
        interface->count--;
    }
    return length;
}

unsigned int machine_interrupts(void)
{
    return interrupts;
}
