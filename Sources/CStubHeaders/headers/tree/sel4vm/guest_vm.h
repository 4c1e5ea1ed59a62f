/* SPDX-License-Identifier: BSD-2-Clause */

#pragma once

#include <autoconf.h>
#include <sel4/sel4.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <platsupport/io.h>

typedef struct vm vm_t;
typedef struct vm_vcpu vm_vcpu_t;

struct vm_vcpu {
    struct vm *vm;
    unsigned int vcpu_id;
};

struct vm {
    unsigned int num_vcpus;
    struct vm_vcpu *vcpus[CONFIG_MAX_NUM_NODES];
    seL4_CPtr host_endpoint;
    ps_io_ops_t *io_ops;
    char *vm_name;
    unsigned int vm_id;
    bool vm_initialised;
};
