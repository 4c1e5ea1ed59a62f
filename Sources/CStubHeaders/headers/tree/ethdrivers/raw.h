/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/** The two sides of a driver of an Ethernet device: what it does, and what it calls. */

#include <platsupport/io.h>
#include <stdint.h>
#include <stdlib.h>

#define ETHIF_TX_ENQUEUED 0
#define ETHIF_TX_FAILED -1
#define ETHIF_TX_COMPLETE 1

struct eth_driver;

/** Sends a frame that lies in `count` pieces. */
typedef int (*ethif_raw_tx)(struct eth_driver *driver, unsigned int count, uintptr_t *pieces, unsigned int *lengths,
                            void *cookie);
typedef void (*ethif_raw_handleIRQ_t)(struct eth_driver *driver, int irq);
typedef void (*ethif_raw_poll)(struct eth_driver *driver);
typedef void (*ethif_print_state_t)(struct eth_driver *driver);
typedef void (*ethif_low_level_init_t)(struct eth_driver *driver, uint8_t *mac, int *mtu);
typedef void (*ethif_get_mac)(struct eth_driver *driver, uint8_t *mac);

typedef void (*ethif_raw_tx_complete)(void *cb_cookie, void *cookie);
typedef void (*ethif_raw_rx_complete)(void *cb_cookie, unsigned int count, void **cookies, unsigned int *lengths);
/** Gives the address of a buffer of the guest, or 0. */
typedef uintptr_t (*ethif_raw_allocate_rx_buf)(void *cb_cookie, size_t size, void **cookie);

struct raw_iface_funcs {
    ethif_raw_tx raw_tx;
    ethif_raw_handleIRQ_t raw_handleIRQ;
    ethif_raw_poll raw_poll;
    ethif_print_state_t print_state;
    ethif_low_level_init_t low_level_init;
    ethif_get_mac get_mac;
};

struct raw_iface_callbacks {
    ethif_raw_tx_complete tx_complete;
    ethif_raw_rx_complete rx_complete;
    ethif_raw_allocate_rx_buf allocate_rx_buf;
};

struct eth_driver {
    void *eth_data;
    struct raw_iface_funcs i_fn;
    struct raw_iface_callbacks i_cb;
    void *cb_cookie;
    ps_io_ops_t io_ops;
    int dma_alignment;
};
