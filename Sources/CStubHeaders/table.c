/* SPDX-License-Identifier: BSD-2-Clause */

#include "CStubHeaders.h"

/* `#embed` is of C23; clang has it in C11, and warns. */
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char generated_autoconf[] = {
#embed "headers/generated/autoconf.h"
};
static const unsigned char generated_camkes[] = {
#embed "headers/generated/camkes.h"
};
static const unsigned char generated_sel4_sel4_arch_types_gen[] = {
#embed "headers/generated/sel4/sel4_arch/types_gen.h"
};
static const unsigned char generated_sel4_shared_types_gen[] = {
#embed "headers/generated/sel4/shared_types_gen.h"
};
static const unsigned char generated_sel4_syscall[] = {
#embed "headers/generated/sel4/syscall.h"
};
static const unsigned char libc_assert[] = {
#embed "headers/libc/assert.h"
};
static const unsigned char libc_errno[] = {
#embed "headers/libc/errno.h"
};
static const unsigned char libc_inttypes[] = {
#embed "headers/libc/inttypes.h"
};
static const unsigned char libc_limits[] = {
#embed "headers/libc/limits.h"
};
static const unsigned char libc_stdarg[] = {
#embed "headers/libc/stdarg.h"
};
static const unsigned char libc_stdbool[] = {
#embed "headers/libc/stdbool.h"
};
static const unsigned char libc_stddef[] = {
#embed "headers/libc/stddef.h"
};
static const unsigned char libc_stdint[] = {
#embed "headers/libc/stdint.h"
};
static const unsigned char libc_stdio[] = {
#embed "headers/libc/stdio.h"
};
static const unsigned char libc_stdlib[] = {
#embed "headers/libc/stdlib.h"
};
static const unsigned char libc_string[] = {
#embed "headers/libc/string.h"
};
static const unsigned char libc_sys_types[] = {
#embed "headers/libc/sys/types.h"
};
static const unsigned char tree_3_11_virtio_virtio_ring[] = {
#embed "headers/tree-3.11/virtio/virtio_ring.h"
};
static const unsigned char tree_3_11_virtio_irq[] = {
#embed "headers/tree-3.11/virtio_irq.h"
};
static const unsigned char tree_3_9_ethdrivers_virtio_virtio_ring[] = {
#embed "headers/tree-3.9/ethdrivers/virtio/virtio_ring.h"
};
static const unsigned char tree_arm_vmlinux[] = {
#embed "headers/tree-arm/vmlinux.h"
};
static const unsigned char tree_camkes_dataport[] = {
#embed "headers/tree/camkes/dataport.h"
};
static const unsigned char tree_camkes_virtqueue[] = {
#embed "headers/tree/camkes/virtqueue.h"
};
static const unsigned char tree_camkes_virtqueue_template[] = {
#embed "headers/tree/camkes/virtqueue_template.h"
};
static const unsigned char tree_ethdrivers_raw[] = {
#embed "headers/tree/ethdrivers/raw.h"
};
static const unsigned char tree_platsupport_io[] = {
#embed "headers/tree/platsupport/io.h"
};
static const unsigned char tree_sel4_sel4[] = {
#embed "headers/tree/sel4/sel4.h"
};
static const unsigned char tree_sel4vm_boot[] = {
#embed "headers/tree/sel4vm/boot.h"
};
static const unsigned char tree_sel4vm_guest_irq_controller[] = {
#embed "headers/tree/sel4vm/guest_irq_controller.h"
};
static const unsigned char tree_sel4vm_guest_memory[] = {
#embed "headers/tree/sel4vm/guest_memory.h"
};
static const unsigned char tree_sel4vm_guest_ram[] = {
#embed "headers/tree/sel4vm/guest_ram.h"
};
static const unsigned char tree_sel4vm_guest_vm[] = {
#embed "headers/tree/sel4vm/guest_vm.h"
};
static const unsigned char tree_sel4vmmplatsupport_arch_ioport_defs[] = {
#embed "headers/tree/sel4vmmplatsupport/arch/ioport_defs.h"
};
static const unsigned char tree_sel4vmmplatsupport_drivers_pci[] = {
#embed "headers/tree/sel4vmmplatsupport/drivers/pci.h"
};
static const unsigned char tree_sel4vmmplatsupport_drivers_virtio_net[] = {
#embed "headers/tree/sel4vmmplatsupport/drivers/virtio_net.h"
};
static const unsigned char tree_sel4vmmplatsupport_drivers_virtio_pci_emul[] = {
#embed "headers/tree/sel4vmmplatsupport/drivers/virtio_pci_emul.h"
};
static const unsigned char tree_sel4vmmplatsupport_ioports[] = {
#embed "headers/tree/sel4vmmplatsupport/ioports.h"
};
static const unsigned char tree_topoc_stub_vring[] = {
#embed "headers/tree/topoc_stub_vring.h"
};
static const unsigned char tree_utils_arith[] = {
#embed "headers/tree/utils/arith.h"
};
static const unsigned char tree_utils_util[] = {
#embed "headers/tree/utils/util.h"
};
static const unsigned char tree_utils_zf_log[] = {
#embed "headers/tree/utils/zf_log.h"
};
static const unsigned char tree_virtio_net[] = {
#embed "headers/tree/virtio_net.h"
};
static const unsigned char tree_virtqueue[] = {
#embed "headers/tree/virtqueue.h"
};
static const unsigned char tree_vm[] = {
#embed "headers/tree/vm.h"
};

#define HEADER(PATH, TEXT) { PATH, TEXT, sizeof(TEXT) }

static const cstub_header_t headers[] = {
    HEADER("generated/autoconf.h", generated_autoconf),
    HEADER("generated/camkes.h", generated_camkes),
    HEADER("generated/sel4/sel4_arch/types_gen.h", generated_sel4_sel4_arch_types_gen),
    HEADER("generated/sel4/shared_types_gen.h", generated_sel4_shared_types_gen),
    HEADER("generated/sel4/syscall.h", generated_sel4_syscall),
    HEADER("libc/assert.h", libc_assert),
    HEADER("libc/errno.h", libc_errno),
    HEADER("libc/inttypes.h", libc_inttypes),
    HEADER("libc/limits.h", libc_limits),
    HEADER("libc/stdarg.h", libc_stdarg),
    HEADER("libc/stdbool.h", libc_stdbool),
    HEADER("libc/stddef.h", libc_stddef),
    HEADER("libc/stdint.h", libc_stdint),
    HEADER("libc/stdio.h", libc_stdio),
    HEADER("libc/stdlib.h", libc_stdlib),
    HEADER("libc/string.h", libc_string),
    HEADER("libc/sys/types.h", libc_sys_types),
    HEADER("tree-3.11/virtio/virtio_ring.h", tree_3_11_virtio_virtio_ring),
    HEADER("tree-3.11/virtio_irq.h", tree_3_11_virtio_irq),
    HEADER("tree-3.9/ethdrivers/virtio/virtio_ring.h", tree_3_9_ethdrivers_virtio_virtio_ring),
    HEADER("tree-arm/vmlinux.h", tree_arm_vmlinux),
    HEADER("tree/camkes/dataport.h", tree_camkes_dataport),
    HEADER("tree/camkes/virtqueue.h", tree_camkes_virtqueue),
    HEADER("tree/camkes/virtqueue_template.h", tree_camkes_virtqueue_template),
    HEADER("tree/ethdrivers/raw.h", tree_ethdrivers_raw),
    HEADER("tree/platsupport/io.h", tree_platsupport_io),
    HEADER("tree/sel4/sel4.h", tree_sel4_sel4),
    HEADER("tree/sel4vm/boot.h", tree_sel4vm_boot),
    HEADER("tree/sel4vm/guest_irq_controller.h", tree_sel4vm_guest_irq_controller),
    HEADER("tree/sel4vm/guest_memory.h", tree_sel4vm_guest_memory),
    HEADER("tree/sel4vm/guest_ram.h", tree_sel4vm_guest_ram),
    HEADER("tree/sel4vm/guest_vm.h", tree_sel4vm_guest_vm),
    HEADER("tree/sel4vmmplatsupport/arch/ioport_defs.h", tree_sel4vmmplatsupport_arch_ioport_defs),
    HEADER("tree/sel4vmmplatsupport/drivers/pci.h", tree_sel4vmmplatsupport_drivers_pci),
    HEADER("tree/sel4vmmplatsupport/drivers/virtio_net.h", tree_sel4vmmplatsupport_drivers_virtio_net),
    HEADER("tree/sel4vmmplatsupport/drivers/virtio_pci_emul.h", tree_sel4vmmplatsupport_drivers_virtio_pci_emul),
    HEADER("tree/sel4vmmplatsupport/ioports.h", tree_sel4vmmplatsupport_ioports),
    HEADER("tree/topoc_stub_vring.h", tree_topoc_stub_vring),
    HEADER("tree/utils/arith.h", tree_utils_arith),
    HEADER("tree/utils/util.h", tree_utils_util),
    HEADER("tree/utils/zf_log.h", tree_utils_zf_log),
    HEADER("tree/virtio_net.h", tree_virtio_net),
    HEADER("tree/virtqueue.h", tree_virtqueue),
    HEADER("tree/vm.h", tree_vm),
};

const cstub_header_t *cstub_headers(size_t *count)
{
    *count = sizeof(headers) / sizeof(headers[0]);
    return headers;
}
