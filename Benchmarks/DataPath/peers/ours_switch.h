/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Our switch, Sources/CVSwitch, as a VM uses it: every frame of the guest goes through topoc_switch_send, its source
 * address is checked, its destination found, what was sent is counted, and topoc_switch_flush publishes it and asks each
 * peer whether it wants a signal.
 */

#pragma once

#include <stdlib.h>
#include <topoc/switch.h>

#define TABLE_ENTRIES 512u
#define TABLE_BUCKETS 256u

static uint64_t entries[TABLE_ENTRIES];
static uint16_t displacements[TABLE_BUCKETS];
static struct topoc_mac_table table = {
    .entries = entries,
    .displacements = displacements,
    .multiplier = UINT64_C(0x9e3779b97f4a7c15),
    .entry_mask = TABLE_ENTRIES - 1,
    .bucket_mask = TABLE_BUCKETS - 1,
};
static struct topoc_switch sw;
static struct topoc_switch_link switch_links[LINKS_MAX];
static uint32_t switch_ends[LINKS_MAX][QUEUE_LENGTH];

static uint32_t bucket_of(uint64_t address)
{
    return (uint32_t)topoc_mac_hash(address, table.multiplier) & table.bucket_mask;
}

static uint32_t slot_of(uint64_t address, uint32_t displacement)
{
    return ((uint32_t)(topoc_mac_hash(address, table.multiplier) >> 40) ^ displacement) & table.entry_mask;
}

/* Places the addresses of one bucket with a displacement at which none of them meets another. */
static bool place(const uint8_t (*macs)[6], uint32_t count, uint32_t bucket, uint16_t displacement)
{
    uint32_t placed[MACS_MAX];
    uint32_t used = 0;
    bool free = true;
    for (uint32_t i = 0; i < count && free; i++) {
        const uint64_t address = topoc_mac_number(macs[i]);
        if (bucket_of(address) == bucket) {
            const uint32_t slot = slot_of(address, displacement);
            free = entries[slot] == TOPOC_MAC_NO_LINK;
            if (free) {
                entries[slot] = address << 16 | i;
                placed[used++] = slot;
            }
        }
    }
    for (uint32_t i = 0; i < used && !free; i++) {
        entries[placed[i]] = TOPOC_MAC_NO_LINK;
    }
    displacements[bucket] = displacement;
    return free;
}

/* What topoc's compiler does: a perfect hash of the addresses. */
static bool open_table(const uint8_t (*macs)[6], uint32_t count)
{
    for (uint32_t i = 0; i < TABLE_ENTRIES; i++) {
        entries[i] = TOPOC_MAC_NO_LINK;
    }
    memset(displacements, 0, sizeof(displacements));
    /* The fullest buckets first, while there is room for them. */
    for (uint32_t size = count; size > 0; size--) {
        for (uint32_t bucket = 0; bucket < TABLE_BUCKETS; bucket++) {
            uint32_t members = 0;
            for (uint32_t i = 0; i < count; i++) {
                members += bucket_of(topoc_mac_number(macs[i])) == bucket;
            }
            uint32_t displacement = 0;
            while (members == size && !place(macs, count, bucket, (uint16_t)displacement)) {
                if (++displacement == TABLE_ENTRIES) {
                    return false;
                }
            }
        }
    }
    return true;
}

PER_FRAME int look_up_one(const uint8_t mac[6])
{
    return topoc_mac_find(&table, topoc_mac_number(mac));
}

static void signal_nobody(void *context)
{
    (void)context;
}

static bool open_switch(struct link *links, uint32_t count, const uint8_t (*macs)[6])
{
    const struct topoc_switch_config config = {
        .address = topoc_mac_number(frame_source),
        .sources = TOPOC_SOURCES_PINNED,
        .frame_max = 1514,
        .table = &table,
        .links = switch_links,
        .link_count = (uint16_t)count,
    };
    uint32_t where;
    if (!open_table(macs, count)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct topoc_switch_link *link = &switch_links[i];
        if (!topoc_link_driver_init(&link->driver, links[i].region, links[i].region_bytes, QUEUE_LENGTH, switch_ends[i])
            || !topoc_link_device_init(&link->device, links[i].region, links[i].region_bytes, QUEUE_LENGTH)) {
            return false;
        }
        link->peer = topoc_mac_number(macs[i]);
        link->signal = signal_nobody;
        /* The receivers poll, as those of all peers do. */
        topoc_link_device_mute(&((struct rx *)links[i].receiver)->device);
    }
    return topoc_switch_init(&sw, &config, &where) == TOPOC_SWITCH_SOUND;
}

PER_FRAME uint32_t flood(struct link *links, uint32_t count, const void *frame, uint32_t bytes)
{
#ifdef OURS_WITHOUT_SWITCH
    uint32_t taken = 0;
    for (uint32_t i = 0; i < count; i++) {
        taken += tx_send(links[i].sender, frame, bytes);
    }
    return taken;
#else
    (void)links;
    return topoc_switch_send(&sw, frame, bytes, NULL) == TOPOC_SWITCH_DONE ? count : 0;
#endif
}

PER_FRAME void flood_end(void)
{
    topoc_switch_flush(&sw);
}
