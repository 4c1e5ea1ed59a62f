/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The page of counters. What this process counts by itself stands there already; the switch's counters are added. */

#include "device.h"

/* Of what is as old as this, the page is brought up to date; in nanoseconds. */
#define LAB_PAGE_PERIOD UINT64_C(50000000)

_Static_assert((int)LAB_DROP_LENGTH == (int)TOPOC_DROP_LENGTH, "the first causes are the switch's");
_Static_assert((int)LAB_DROP_REFUSED == (int)TOPOC_DROP_REFUSED, "in its order");
_Static_assert((int)LAB_DROP_CUT == (int)TOPOC_DROP_COUNT, "and the lab's own follow");

static void lab_show(uint64_t *counter, uint64_t value)
{
    __atomic_store_n(counter, value, __ATOMIC_RELAXED);
}

static enum lab_link_state lab_counters_state(const struct lab_wire *wire)
{
    if (wire->cut) {
        return LAB_LINK_CUT;
    }
    switch (wire->state->state) {
    case TOPOC_LINK_BROKEN:
        return LAB_LINK_BROKEN;
    case TOPOC_LINK_STALLED:
        return LAB_LINK_STALLED;
    case TOPOC_LINK_LIVE:
        break;
    }
    return LAB_LINK_LIVE;
}

static void lab_counters_wire(struct lab_wire *wire)
{
    const struct topoc_switch_counters *counters = &wire->state->counters;
    const struct lab_link_stats *before = &wire->before;
    struct lab_link_stats *page = wire->page;
    lab_show(&page->generation, wire->generation);
    lab_show(&page->state, lab_counters_state(wire));
    lab_show(&page->sent.frames, before->sent.frames + counters->sent_frames);
    lab_show(&page->sent.bytes,
             before->sent.bytes + counters->sent_bytes - counters->sent_frames * LAB_TRAILER_BYTES);
    for (uint32_t i = 0; i < TOPOC_DROP_COUNT; i++) {
        lab_show(&page->sent.drops[i], before->sent.drops[i] + counters->send_drops[i]);
        lab_show(&page->received.drops[i], before->received.drops[i] + counters->receive_drops[i]);
    }
    lab_show(&page->parked_frames, before->parked_frames + counters->parked_frames);
    lab_show(&page->parked_now, wire->state->parked);
    lab_show(&page->delayed_now, wire->impairment.count);
}

void lab_counters_show(struct lab_device *device, uint64_t now)
{
    for (uint32_t i = 0; i < device->vm.link_count; i++) {
        lab_counters_wire(&device->wires[i]);
    }
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        struct lab_port *port = &device->ports[i];
        for (uint32_t j = 0; j < TOPOC_DROP_COUNT; j++) {
            lab_show(&port->page->from_guest.drops[j], port->before.from_guest.drops[j] + port->sw.drops[j]);
        }
    }
    lab_show(&device->page->wakeups, device->wakeups_before + device->loop->wakeups);
    lab_show(&device->page->updated, now);
}

void lab_device_moved(struct lab_device *device)
{
    if (device->counted == LAB_NEVER) {
        device->counted = lab_now() + LAB_PAGE_PERIOD;
        lab_device_by(device, device->counted);
    }
}
