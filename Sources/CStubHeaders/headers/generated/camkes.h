/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

/**
 * What CAmkES writes for a component of camkes-vm's `Init`: its attributes, each as a constant. CAmkES gives the array
 * as many elements as the assembly does, and includes more than this.
 */

#include <camkes/dataport.h>
#include <stdint.h>
#include <stdlib.h>
#include <utils/util.h>
#include <platsupport/io.h>

/** An entry of `vswitch_layout`: a peer's MAC address, and the ids of the two virtqueues that lead there and back. */
struct vswitch_mapping {
    char *mac_addr;
    int send_id;
    int recv_id;
};

extern const struct vswitch_mapping vswitch_layout[2];
extern const char *vswitch_mac_address;

const char *get_instance_name(void);
