/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Every function, type, field and constant that topoc's own headers declare of a tree, declared or used once more. It
 * compiles over those headers and over a tree's only if the two agree.
 */

#include <autoconf.h>
#include <camkes.h>
#include <camkes/dataport.h>
#include <camkes/virtqueue.h>
#include <camkes/virtqueue_template.h>
#include <ethdrivers/raw.h>
#include <platsupport/io.h>
#include <sel4/sel4.h>
#include <sel4vm/boot.h>
#include <sel4vm/guest_irq_controller.h>
#include <sel4vm/guest_memory.h>
#include <sel4vm/guest_ram.h>
#include <sel4vm/guest_vm.h>
#include <sel4vmmplatsupport/arch/ioport_defs.h>
#include <sel4vmmplatsupport/drivers/pci.h>
#include <sel4vmmplatsupport/drivers/virtio_net.h>
#include <sel4vmmplatsupport/drivers/virtio_pci_emul.h>
#include <sel4vmmplatsupport/ioports.h>
#include <string.h>
#include <utils/util.h>
#include <virtqueue.h>

#if __has_include(<vmlinux.h>)
#include <vmlinux.h>
#endif
#include "virtio_net.h"
#include "vm.h"

/* What changed in camkes-vm 3.11. */
#if __has_include("virtio_irq.h")
#define FROM_3_11 1
#include "virtio_irq.h"
#include <virtio/virtio_ring.h>
#else
#define FROM_3_11 0
#include <ethdrivers/virtio/virtio_ring.h>
#endif

#define FIELD(TYPE, NAME, OF_TYPE)                                                                                     \
    _Static_assert(__builtin_types_compatible_p(__typeof__(((TYPE *)0)->NAME), OF_TYPE), #TYPE "." #NAME)
#define CONSTANT(NAME, VALUE) _Static_assert((NAME) == (VALUE), #NAME)
#define SAME(TYPE, OTHER) _Static_assert(__builtin_types_compatible_p(TYPE, OTHER), #TYPE)

/* sel4 */
#if __SIZEOF_POINTER__ == 8
SAME(seL4_Word, unsigned long);
#else
SAME(seL4_Word, unsigned int);
#endif
SAME(seL4_CPtr, seL4_Word);
void seL4_Signal(seL4_CPtr dest);
void seL4_Yield(void);
void seL4_Wait(seL4_CPtr src, seL4_Word *sender);

/* libutils */
CONSTANT(BIT(4), 16ul);
CONSTANT(ARRAY_SIZE(((int[3])
{
    0
})), 3);
_Static_assert(sizeof(struct { char a; int b; } PACKED) == 5, "PACKED");
UNUSED static void log_of_each_level(int number);
static void log_of_each_level(int number)
{
    ZF_LOGV("%d", number);
    ZF_LOGD("%d", number);
    ZF_LOGI("%d", number);
    ZF_LOGW("%d", number);
    ZF_LOGE("%d", number);
    ZF_LOGF("%d", number);
    ZF_LOGE("no argument");
}

/* libplatsupport */
SAME(struct ps_io_ops, ps_io_ops_t);

/* libsel4camkes */
CONSTANT(MAX_CAMKES_VIRTQUEUE_ID, 100);
CONSTANT(VIRTQUEUE_UNASSIGNED, 0);
CONSTANT(VIRTQUEUE_DRIVER, 1);
CONSTANT(VIRTQUEUE_DEVICE, 2);
SAME(enum virtqueue_role, virtqueue_role_t);
SAME(struct virtqueue_channel, camkes_virtqueue_channel_t);
FIELD(camkes_virtqueue_channel_t, channel_buffer, volatile void *);
FIELD(camkes_virtqueue_channel_t, channel_buffer_size, size_t);
FIELD(camkes_virtqueue_channel_t, queue_len, unsigned);
FIELD(camkes_virtqueue_channel_t, notify, void (*)(void));
FIELD(camkes_virtqueue_channel_t, recv_notification, seL4_CPtr);
FIELD(camkes_virtqueue_channel_t, recv_badge, seL4_Word);
FIELD(camkes_virtqueue_channel_t, role, virtqueue_role_t);
FIELD(camkes_virtqueue_channel_t, buffer_allocated, uint8_t);
FIELD(camkes_virtqueue_channel_t, interface_name, const char *);
extern camkes_virtqueue_channel_t camkes_virtqueue_channels[101];
extern int num_registered_virtqueue_channels;
#if FROM_3_11
camkes_virtqueue_channel_t *get_virtqueue_channel(virtqueue_role_t role, unsigned int camkes_virtqueue_id);
#endif
int camkes_virtqueue_get_id_from_name(const char *interface_name);
int camkes_virtqueue_channel_num(void);
int camkes_virtqueue_channel_register(int virtqueue_id, const char *interface_name, unsigned queue_len, size_t size,
                                      volatile void *buf, void (*notify)(void), seL4_CPtr recv_notification,
                                      seL4_Word recv_badge, virtqueue_role_t role);
SAME(virtqueue_driver_t, struct virtqueue_driver);
SAME(virtqueue_device_t, struct virtqueue_device);

/* libsel4vm */
SAME(vm_t, struct vm);
SAME(vm_vcpu_t, struct vm_vcpu);
FIELD(vm_vcpu_t, vm, vm_t *);
FIELD(vm_vcpu_t, vcpu_id, unsigned int);
FIELD(vm_t, num_vcpus, unsigned int);
FIELD(vm_t, vcpus, vm_vcpu_t *[CONFIG_MAX_NUM_NODES]);
FIELD(vm_t, host_endpoint, seL4_CPtr);
FIELD(vm_t, io_ops, ps_io_ops_t *);
FIELD(vm_t, vm_name, char *);
FIELD(vm_t, vm_id, unsigned int);
FIELD(vm_t, vm_initialised, bool);
CONSTANT(BOOT_VCPU, 0);
SAME(ram_touch_callback_fn, int (*)(vm_t *, uintptr_t, void *, size_t, size_t, void *));
int vm_guest_ram_read_callback(vm_t *vm, uintptr_t guest_addr, void *vaddr, size_t size, size_t offset, void *buf);
int vm_guest_ram_write_callback(vm_t *vm, uintptr_t guest_addr, void *vaddr, size_t size, size_t offset, void *buf);
int vm_ram_touch(vm_t *vm, uintptr_t addr, size_t size, ram_touch_callback_fn touch_callback, void *cookie);
int vm_inject_irq(vm_vcpu_t *vcpu, int irq);
typedef void (*irq_ack_fn_t)(vm_vcpu_t *vcpu, int irq, void *cookie);
int vm_register_irq(vm_vcpu_t *vcpu, int irq, irq_ack_fn_t ack_fn, void *cookie);
int vm_set_irq_level(vm_vcpu_t *vcpu, int irq, int irq_level);

/* libethdrivers */
CONSTANT(ETHIF_TX_ENQUEUED, 0);
CONSTANT(ETHIF_TX_FAILED, -1);
CONSTANT(ETHIF_TX_COMPLETE, 1);
FIELD(struct raw_iface_funcs, raw_tx,
      int (*)(struct eth_driver *, unsigned int, uintptr_t *, unsigned int *, void *));
FIELD(struct raw_iface_funcs, raw_handleIRQ, void (*)(struct eth_driver *, int));
FIELD(struct raw_iface_funcs, raw_poll, void (*)(struct eth_driver *));
FIELD(struct raw_iface_funcs, print_state, void (*)(struct eth_driver *));
FIELD(struct raw_iface_funcs, low_level_init, void (*)(struct eth_driver *, uint8_t *, int *));
FIELD(struct raw_iface_funcs, get_mac, void (*)(struct eth_driver *, uint8_t *));
FIELD(struct raw_iface_funcs, raw_tx, ethif_raw_tx);
FIELD(struct raw_iface_funcs, raw_handleIRQ, ethif_raw_handleIRQ_t);
FIELD(struct raw_iface_funcs, raw_poll, ethif_raw_poll);
FIELD(struct raw_iface_funcs, print_state, ethif_print_state_t);
FIELD(struct raw_iface_funcs, low_level_init, ethif_low_level_init_t);
FIELD(struct raw_iface_funcs, get_mac, ethif_get_mac);
FIELD(struct raw_iface_callbacks, tx_complete, void (*)(void *, void *));
FIELD(struct raw_iface_callbacks, rx_complete, void (*)(void *, unsigned int, void **, unsigned int *));
FIELD(struct raw_iface_callbacks, allocate_rx_buf, uintptr_t (*)(void *, size_t, void **));
FIELD(struct raw_iface_callbacks, tx_complete, ethif_raw_tx_complete);
FIELD(struct raw_iface_callbacks, rx_complete, ethif_raw_rx_complete);
FIELD(struct raw_iface_callbacks, allocate_rx_buf, ethif_raw_allocate_rx_buf);
FIELD(struct eth_driver, eth_data, void *);
FIELD(struct eth_driver, i_fn, struct raw_iface_funcs);
FIELD(struct eth_driver, i_cb, struct raw_iface_callbacks);
FIELD(struct eth_driver, cb_cookie, void *);
FIELD(struct eth_driver, io_ops, ps_io_ops_t);
FIELD(struct eth_driver, dma_alignment, int);

/* libvirtio, before 3.11 of libethdrivers */
CONSTANT(VRING_DESC_F_NEXT, 1);
CONSTANT(VRING_DESC_F_WRITE, 2);
CONSTANT(VRING_DESC_F_INDIRECT, 4);
CONSTANT(VRING_USED_F_NO_NOTIFY, 1);
CONSTANT(VRING_AVAIL_F_NO_INTERRUPT, 1);
FIELD(struct vring_desc, addr, uint64_t);
FIELD(struct vring_desc, len, uint32_t);
FIELD(struct vring_desc, flags, uint16_t);
FIELD(struct vring_desc, next, uint16_t);
CONSTANT(sizeof(struct vring_desc), 16);
CONSTANT(offsetof(struct vring_desc, next), 14);
FIELD(struct vring_avail, flags, uint16_t);
FIELD(struct vring_avail, idx, uint16_t);
FIELD(struct vring_avail, ring, uint16_t[]);
CONSTANT(offsetof(struct vring_avail, ring), 4);
FIELD(struct vring_used_elem, id, uint32_t);
FIELD(struct vring_used_elem, len, uint32_t);
FIELD(struct vring_used, flags, uint16_t);
FIELD(struct vring_used, idx, uint16_t);
FIELD(struct vring_used, ring, struct vring_used_elem[]);
CONSTANT(offsetof(struct vring_used, ring), 4);
FIELD(struct vring, num, unsigned int);
FIELD(struct vring, desc, struct vring_desc *);
FIELD(struct vring, avail, struct vring_avail *);
FIELD(struct vring, used, struct vring_used *);

/* libsel4vmmplatsupport */
CONSTANT(IOPORT_FREE, 0);
CONSTANT(IOPORT_ADDR, 1);
SAME(enum ioport_type, ioport_type_t);
SAME(vmm_io_port_list_t, struct vmm_io_list);
SAME(vmm_pci_space_t, struct vmm_pci_space);
FIELD(ioport_range_t, start, uint16_t);
FIELD(ioport_range_t, end, uint16_t);
FIELD(ioport_range_t, size, uint16_t);
SAME(struct ioport_range, ioport_range_t);
CONSTANT(offsetof(ioport_range_t, size), 4);
CONSTANT(X86_IO_PCI_CONFIG_START, 0xcf8);
CONSTANT(X86_IO_PCI_CONFIG_END, 0xcff);
CONSTANT(RX_QUEUE, 0);
CONSTANT(TX_QUEUE, 1);
#if FROM_3_11
CONSTANT(VQUEUE_NUM_VRINGS, 10);
#define RINGS VQUEUE_NUM_VRINGS
#else
#define RINGS 2
#endif
SAME(struct v_queue, vqueue_t);
FIELD(vqueue_t, status, int);
FIELD(vqueue_t, queue, uint16_t);
FIELD(vqueue_t, vring, struct vring[RINGS]);
FIELD(vqueue_t, queue_size, uint16_t[RINGS]);
FIELD(vqueue_t, queue_pfn, uint32_t[RINGS]);
FIELD(vqueue_t, last_idx, uint16_t[RINGS]);
SAME(struct virtio_emul, virtio_emul_t);
FIELD(virtio_emul_t, internal, void *);
FIELD(virtio_emul_t, io_in, int (*)(virtio_emul_t *, unsigned int, unsigned int, unsigned int *));
FIELD(virtio_emul_t, io_out, int (*)(virtio_emul_t *, unsigned int, unsigned int, unsigned int));
FIELD(virtio_emul_t, notify, void (*)(virtio_emul_t *));
FIELD(virtio_emul_t, device_io_in, bool (*)(virtio_emul_t *, unsigned int, unsigned int, unsigned int *));
FIELD(virtio_emul_t, device_io_out, bool (*)(virtio_emul_t *, unsigned int, unsigned int, unsigned int));
FIELD(virtio_emul_t, virtq, vqueue_t);
FIELD(virtio_emul_t, vm, vm_t *);
void ring_used_add(virtio_emul_t *emul, struct vring *vring, struct vring_used_elem elem);
struct vring_desc ring_desc(virtio_emul_t *emul, struct vring *vring, uint16_t idx);
uint16_t ring_avail_idx(virtio_emul_t *emul, struct vring *vring);
uint16_t ring_avail(virtio_emul_t *emul, struct vring *vring, uint16_t idx);
SAME(struct virtio_net, virtio_net_t);
FIELD(virtio_net_t, iobase, unsigned int);
FIELD(virtio_net_t, emul, virtio_emul_t *);
FIELD(virtio_net_t, emul_driver, struct eth_driver *);
FIELD(virtio_net_t, emul_driver_funcs, struct raw_iface_funcs);
FIELD(virtio_net_t, ioops, ps_io_ops_t);
#if FROM_3_11
virtio_net_t *common_make_virtio_net(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *ioport,
                                     ioport_range_t ioport_range, ioport_type_t port_type, unsigned int interrupt_pin,
                                     unsigned int interrupt_line, struct raw_iface_funcs backend);
#else
virtio_net_t *common_make_virtio_net(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *ioport,
                                     ioport_range_t ioport_range, ioport_type_t port_type, unsigned int interrupt_pin,
                                     unsigned int interrupt_line, struct raw_iface_funcs backend,
                                     bool emulate_bar_access);
#endif
struct raw_iface_funcs virtio_net_default_backend(void);

/* camkes-vm's Init */
CONSTANT(VIRTIO_IOPORT_SIZE, 0x400);
void make_virtio_net(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *io_ports);
void virtio_net_notify(vm_t *vm);
#if FROM_3_11
CONSTANT(VIRTIO_NET_IRQ, 6);
CONSTANT(VIRTIO_CON_IRQ, 9);
#endif

/* camkes-vm's VMM for Arm */
#if __has_include(<vmlinux.h>)
int register_async_event_handler(seL4_Word badge, async_event_handler_fn_t callback, void *cookie);
static void start_module(vm_t *vm, void *cookie)
{
    (void)vm;
    (void)cookie;
}
DEFINE_MODULE(probe, NULL, start_module)
#endif
