/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

#pragma once

/* What upstream's VMM device wants of the libraries around it, and no more, so that it compiles on a host. */

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sel4/sel4.h>
#include <utils/util.h>

#define ZF_LOGF(...) ((void)0)
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define ETHIF_TX_COMPLETE 1
#define VIRTIO_IOPORT_SIZE 0x400
#define VIRTIO_NET_IRQ 9
#define IOPORT_FREE 0
#define BOOT_VCPU 0

typedef struct {
    void *vcpus[1];
} vm_t;
typedef struct {
    int unused;
} vmm_pci_space_t;
typedef struct {
    int unused;
} vmm_io_port_list_t;
typedef struct {
    uint16_t start, end, size;
} ioport_range_t;

struct eth_driver {
    struct {
        uintptr_t (*allocate_rx_buf)(void *cookie, size_t bytes, void **buffer);
        void (*rx_complete)(void *cookie, unsigned int count, void **buffers, unsigned int *bytes);
    } i_cb;
    void *cb_cookie;
};

struct raw_iface_funcs {
    int (*raw_tx)(struct eth_driver *driver, unsigned int count, uintptr_t *frames, unsigned int *bytes, void *cookie);
    void (*low_level_init)(struct eth_driver *driver, uint8_t *mac, int *mtu);
    void (*raw_handleIRQ)(struct eth_driver *driver, int irq);
};

typedef struct {
    struct eth_driver *emul_driver;
} virtio_net_t;

struct vswitch_mapping {
    const char *mac_addr;
    int send_id, recv_id;
};

extern const char vswitch_mac_address[];
extern struct vswitch_mapping vswitch_layout[1];

static inline int vm_inject_irq(void *vcpu, int irq)
{
    (void)vcpu;
    (void)irq;
    return 0;
}

static inline struct raw_iface_funcs virtio_net_default_backend(void)
{
    return (struct raw_iface_funcs) {
        0
    };
}

virtio_net_t *common_make_virtio_net(vm_t *vm, vmm_pci_space_t *pci, vmm_io_port_list_t *ports, ioport_range_t range,
                                     int port, int irq, int pin, struct raw_iface_funcs backend);
