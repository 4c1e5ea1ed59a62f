/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What a device is told before it runs: the VM, its interfaces, and that all has been said. */

#include "device.h"

#include <errno.h>
#include <lab/confine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vhost_user/guest_side.h>

#define BUSY_POLL_MAX 1000000u

static const struct lab_guest_side *lab_setup_side(uint32_t kind)
{
    switch (kind) {
    case LAB_GUEST_TAP:
        return &lab_tap_side;
    case LAB_GUEST_VHOST_USER:
        return &lab_vhost_user_side;
    default:
        return NULL;
    }
}

static bool lab_setup_check_vm(const struct lab_vm *said, struct lab_verdict *verdict)
{
    if (said->version != LAB_VERSION) {
        return lab_refuse(verdict, LAB_REFUSED_VERSION, LAB_VERSION,
                          "topoc and topoc-device are of different versions: install both anew");
    }
    if (lab_setup_side(said->guest) == NULL) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->guest, "no such kind of guest");
    }
    if (said->interface_count == 0 || said->interface_count > LAB_INTERFACES_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->interface_count, "a VM has 1 to 8 interfaces");
    }
    if (said->link_count > LAB_LINKS_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->link_count, "a VM has at most 256 links");
    }
    if (said->frame_max < TOPOC_SWITCH_HEADER || said->frame_max > LAB_FRAME_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->frame_max, "the longest frame has 14 to 65550 bytes");
    }
    if (said->offload > 1u || said->restarted > 1u) {
        return lab_refuse(verdict, LAB_REFUSED_MESSAGE, said->offload, "`offload` and `restarted` are 0 or 1");
    }
    if (said->batch > LAB_BATCH_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->batch, "a batch has at most 256 frames");
    }
    if (said->layout != TOPOC_LINK_LAYOUT) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->layout, "another program has links of this layout");
    }
    if (said->busy_poll > BUSY_POLL_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->busy_poll, "busy polling is for at most a second");
    }
    return true;
}

/* A page that is new has a magic number of 0; another that is not ours is overwritten as if it were new. */
static void lab_setup_page(struct lab_device *device)
{
    struct lab_stats *page = device->page;
    if (page->magic != LAB_STATS_MAGIC || page->version != LAB_VERSION) {
        memset(page, 0, (size_t)lab_stats_bytes(device->vm.link_count));
        page->magic = LAB_STATS_MAGIC;
        page->version = LAB_VERSION;
    }
    page->starts++;
    device->wakeups_before = page->wakeups;
    for (uint32_t i = 0; i < LAB_INTERFACES_MAX; i++) {
        page->interfaces[i].state = LAB_GUEST_GONE;
    }
}

bool lab_setup_vm(struct lab_device *device, const void *message, struct lab_received *with,
                  struct lab_verdict *verdict)
{
    const struct lab_vm *said = message;
    struct lab_memory page;
    if (!lab_setup_check_vm(said, verdict)
        || !lab_memory_map(&page, with->descriptors[0], (uint32_t)lab_stats_bytes(said->link_count), verdict)) {
        return false;
    }
    device->ports = calloc(said->interface_count, sizeof(*device->ports));
    device->wires = calloc(said->link_count + 1u, sizeof(*device->wires));
    if (device->ports == NULL || device->wires == NULL) {
        free(device->ports);
        free(device->wires);
        device->ports = NULL;
        device->wires = NULL;
        lab_memory_unmap(&page);
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, ENOMEM, "no memory for the VM");
    }
    device->vm = *said;
    device->vm.batch = said->batch == 0 ? LAB_BATCH_MAX : said->batch;
    device->page = (struct lab_stats *)(void *)page.base;
    lab_setup_page(device);
    for (uint32_t i = 0; i < said->interface_count; i++) {
        device->ports[i].device = device;
        device->ports[i].number = i;
        device->ports[i].descriptor = -1;
        device->ports[i].side = lab_setup_side(said->guest);
        device->ports[i].expires = LAB_NEVER;
        device->ports[i].page = &device->page->interfaces[i];
        device->ports[i].before = device->page->interfaces[i];
        device->ports[i].state_told = true;
    }
    device->phase = LAB_PHASE_TOLD;
    return true;
}

static bool lab_is_power(uint32_t number)
{
    return number != 0 && (number & (number - 1u)) == 0;
}

bool lab_setup_interface(struct lab_device *device, const void *message, struct lab_received *with,
                         struct lab_verdict *verdict)
{
    const struct lab_interface *said = message;
    const unsigned char *table = (const unsigned char *)message + sizeof(*said);
    size_t entry_bytes = (size_t)said->entry_count * sizeof(uint64_t);
    size_t displacement_bytes = (size_t)said->displacement_count * sizeof(uint16_t);
    if (said->number >= device->vm.interface_count || device->ports[said->number].given) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->number, "no such interface, or one that was given before");
    }
    if (!lab_is_power(said->entry_count) || said->entry_count > LAB_TABLE_MAX
        || !lab_is_power(said->displacement_count) || said->displacement_count > LAB_TABLE_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->entry_count,
                          "a MAC table has powers of two up to 1024 of entries and displacements");
    }
    if (said->head.size != sizeof(*said) + entry_bytes + displacement_bytes) {
        return lab_refuse(verdict, LAB_REFUSED_MESSAGE, said->head.size, "the message is not as long as its table");
    }
    if (said->pinned > 1u || said->zero != 0 || said->link_count > device->vm.link_count) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->link_count, "`pinned`, `zero` or the number of links");
    }
    struct lab_port *port = &device->ports[said->number];
    port->states = calloc(said->link_count + 1u, sizeof(*port->states));
    port->wires = calloc(said->link_count + 1u, sizeof(struct lab_wire *));
    if (port->states == NULL || port->wires == NULL) {
        free(port->states);
        free(port->wires);
        port->states = NULL;
        port->wires = NULL;
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, ENOMEM, "no memory for the interface");
    }
    memcpy(port->entries, table, entry_bytes);
    memcpy(port->displacements, table + entry_bytes, displacement_bytes);
    port->table = (struct topoc_mac_table) {
        .entries = port->entries, .displacements = port->displacements, .multiplier = said->multiplier,
        .entry_mask = said->entry_count - 1u, .bucket_mask = said->displacement_count - 1u
    };
    port->address = said->address;
    port->pinned = said->pinned != 0;
    port->link_count = said->link_count;
    port->descriptor = with->descriptors[0];
    with->descriptors[0] = -1;
    port->given = true;
    return true;
}

/* Whether all that LAB_VM announced has been said. */
static bool lab_setup_is_whole(const struct lab_device *device, struct lab_verdict *verdict)
{
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        if (!device->ports[i].given) {
            return lab_refuse(verdict, LAB_REFUSED_ORDER, i, "an interface is missing: LAB_INTERFACE comes before");
        }
    }
    for (uint32_t i = 0; i < device->vm.link_count; i++) {
        if (device->wires[i].port == NULL) {
            return lab_refuse(verdict, LAB_REFUSED_ORDER, i, "a link is missing: LAB_LINK comes before");
        }
    }
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        for (uint32_t j = 0; j < device->ports[i].link_count; j++) {
            if (device->ports[i].wires[j] == NULL) {
                return lab_refuse(verdict, LAB_REFUSED_ORDER, j, "a place of an interface has no link");
            }
        }
    }
    return true;
}

bool lab_setup_start(struct lab_device *device, const void *message, struct lab_received *with,
                     struct lab_verdict *verdict)
{
    (void)message;
    (void)with;
    if (!lab_setup_is_whole(device, verdict)) {
        return false;
    }
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        if (!lab_port_begin(&device->ports[i], verdict)) {
            return false;
        }
    }
    int error = lab_device_confine(device);
    if (error != 0) {
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, (uint32_t)error, "the process cannot be confined (seccomp)");
    }
    device->phase = LAB_PHASE_RUNNING;
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        device->ports[i].from_guest = true;
        lab_port_room(&device->ports[i]);
    }
    return true;
}
