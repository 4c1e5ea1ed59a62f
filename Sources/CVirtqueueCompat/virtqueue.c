/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* libvirtqueue's calls (virtqueue.h) over vq_access.h: each shared value is read once, checked, then used. */

#include <string.h>

#include <topoc/vq_libvirtqueue_driver.h>
#include <virtqueue.h>

#include "notify.h"

#define NONE 0xffffffffu
#define STEP 0x10000u /* ring objects count their steps above the sixteen bits of a descriptor's number */

enum record_state {
    RECORD_FREE,
    RECORD_ADDED, /* in a chain that grows or is outstanding, and not its head */
    RECORD_HEAD,  /* the head of a chain that is outstanding */
    RECORD_USED   /* of a chain that the device gave back, not gathered yet */
};

/* The driver whose chain this thread adds to. */
static _Thread_local virtqueue_driver_t *growing;

static bool length_valid(unsigned queue_len)
{
    return topoc_vq_length_valid(queue_len) && queue_len <= TOPOC_COMPAT_QUEUE_MAX;
}

void topoc_compat_publish(void)
{
    virtqueue_driver_t *vq = growing;
    growing = NULL;
    if (vq == NULL || vq->topoc_head >= vq->queue_len) {
        return;
    }
    topoc_store_u16(&vq->avail_ring->ring[vq->topoc_available], (uint16_t)vq->topoc_head);
    vq->topoc_records[vq->topoc_head].state = RECORD_HEAD;
    vq->topoc_available = (vq->topoc_available + 1u) & (vq->queue_len - 1u);
    vq->topoc_outstanding++;
    vq->topoc_head = vq->queue_len;
    vq->topoc_tail = vq->queue_len;
    /* Releases the chain and its buffers to virtqueue_get_available_buf, or to libvirtqueue's. */
    topoc_store_release_u16(&vq->avail_ring->idx, (uint16_t)vq->topoc_available);
}

void virtqueue_init_desc_table(vq_vring_desc_t *table, unsigned queue_len)
{
    for (unsigned i = 0; i < queue_len; i++) {
        topoc_store_u64(&table[i].addr, 0);
        topoc_store_u32(&table[i].len, 0);
        topoc_store_u16(&table[i].flags, 0);
        topoc_store_u16(&table[i].next, (uint16_t)(i + 1u));
    }
}

void virtqueue_init_avail_ring(vq_vring_avail_t *ring)
{
    topoc_store_u16(&ring->flags, 0);
    topoc_store_u16(&ring->idx, 0);
}

void virtqueue_init_used_ring(vq_vring_used_t *ring)
{
    topoc_store_u16(&ring->flags, 0);
    topoc_store_u16(&ring->idx, 0);
}

void virtqueue_init_ring_object(virtqueue_ring_object_t *obj)
{
    obj->cur = NONE;
    obj->first = NONE;
}

void virtqueue_init_driver(virtqueue_driver_t *vq, unsigned queue_len, vq_vring_avail_t *avail_ring,
                           vq_vring_used_t *used_ring, vq_vring_desc_t *desc, void (*notify)(void), void *cookie)
{
    if (growing == vq) {
        growing = NULL;
    }
    memset(vq, 0, sizeof(*vq));
    vq->notify = topoc_compat_notify(notify);
    vq->cookie = cookie;
    vq->avail_ring = avail_ring;
    vq->used_ring = used_ring;
    vq->desc_table = desc;
    if (!length_valid(queue_len)) {
        vq->topoc_broken = true;
        return;
    }
    vq->queue_len = queue_len;
    vq->u_ring_last_seen = queue_len - 1u;
    vq->topoc_head = queue_len;
    vq->topoc_tail = queue_len;
    vq->topoc_early = queue_len;
    for (unsigned i = 0; i < queue_len; i++) {
        vq->topoc_records[i].next = (uint16_t)(i + 1u);
    }
    virtqueue_init_desc_table(desc, queue_len);
    virtqueue_init_used_ring(used_ring);
    virtqueue_init_avail_ring(avail_ring);
}

void virtqueue_init_device(virtqueue_device_t *vq, unsigned queue_len, vq_vring_avail_t *avail_ring,
                           vq_vring_used_t *used_ring, vq_vring_desc_t *desc, void (*notify)(void), void *cookie)
{
    memset(vq, 0, sizeof(*vq));
    vq->notify = notify;
    vq->cookie = cookie;
    vq->avail_ring = avail_ring;
    vq->used_ring = used_ring;
    vq->desc_table = desc;
    if (!length_valid(queue_len)) {
        vq->topoc_broken = true;
        return;
    }
    vq->queue_len = queue_len;
    vq->a_ring_last_seen = queue_len - 1u;
}

/* -- Driver side. -- */

int virtqueue_add_available_buf(virtqueue_driver_t *vq, virtqueue_ring_object_t *obj, void *buf, unsigned len,
                                vq_flags_t flag)
{
    bool begins = obj->first >= vq->queue_len;
    if (begins || growing != vq) {
        topoc_compat_publish();
    }
    unsigned slot = vq->free_desc_head;
    if (vq->topoc_broken || slot >= vq->queue_len) {
        return 0;
    }
    if (begins ? vq->topoc_outstanding + 1u >= vq->queue_len
        : obj->first != vq->topoc_head || obj->cur != vq->topoc_tail) {
        return 0; /* one more would look like none; or the chain has been published */
    }
    struct topoc_compat_record *record = &vq->topoc_records[slot];
    vq->free_desc_head = record->next;
    record->buffer = buf;
    record->length = len;
    record->flags = (uint8_t)flag;
    record->next = (uint16_t)vq->queue_len;
    record->state = RECORD_ADDED;
    vq_vring_desc_t *desc = &vq->desc_table[slot];
    topoc_store_u64(&desc->addr, (uint64_t)(uintptr_t)buf);
    topoc_store_u32(&desc->len, len);
    topoc_store_u16(&desc->flags, (uint16_t)flag);
    topoc_store_u16(&desc->next, (uint16_t)vq->queue_len);
    if (begins) {
        obj->first = slot;
        vq->topoc_head = slot;
        growing = vq;
    } else {
        vq->topoc_records[vq->topoc_tail].next = (uint16_t)slot;
        topoc_store_u16(&vq->desc_table[vq->topoc_tail].next, (uint16_t)slot);
    }
    obj->cur = slot;
    vq->topoc_tail = slot;
    return 1;
}

static void free_record(virtqueue_driver_t *vq, unsigned slot)
{
    vq->topoc_records[slot].state = RECORD_FREE;
    vq->topoc_records[slot].next = (uint16_t)vq->free_desc_head;
    vq->free_desc_head = slot;
}

void topoc_compat_abandon(virtqueue_driver_t *vq)
{
    if (growing != vq) {
        return;
    }
    for (unsigned slot = vq->topoc_head; slot < vq->queue_len;) {
        unsigned next = vq->topoc_records[slot].next;
        free_record(vq, slot);
        slot = next;
    }
    vq->topoc_head = vq->queue_len;
    vq->topoc_tail = vq->queue_len;
    growing = NULL;
}

/* Looks at the used ring's next entry. The head of an outstanding chain, or queue_len. */
static unsigned next_used(virtqueue_driver_t *vq, uint32_t *len)
{
    unsigned next = (vq->u_ring_last_seen + 1u) & (vq->queue_len - 1u);
    topoc_compat_publish();
    if (vq->topoc_broken) {
        return vq->queue_len;
    }
    /* Acquires what virtqueue_add_used_buf, or libvirtqueue's, wrote before it. */
    unsigned index = topoc_load_acquire_u16(&vq->used_ring->idx);
    if (index == next) {
        return vq->queue_len;
    }
    uint32_t id = topoc_load_u32(&vq->used_ring->ring[next].id);
    *len = topoc_load_u32(&vq->used_ring->ring[next].len);
    if (index >= vq->queue_len || id >= vq->queue_len || vq->topoc_records[id].state != RECORD_HEAD) {
        vq->topoc_broken = true;
        return vq->queue_len;
    }
    return id;
}

/* The device has done with a chain: its buffers can be gathered. */
static void return_chain(virtqueue_driver_t *vq, unsigned head)
{
    for (unsigned slot = head; slot < vq->queue_len; slot = vq->topoc_records[slot].next) {
        vq->topoc_records[slot].state = RECORD_USED;
    }
    vq->topoc_outstanding--;
}

int virtqueue_driver_poll(virtqueue_driver_t *vq)
{
    uint32_t len;
    return vq->topoc_early < vq->queue_len || next_used(vq, &len) < vq->queue_len;
}

int virtqueue_get_used_buf(virtqueue_driver_t *vq, virtqueue_ring_object_t *robj, uint32_t *len)
{
    unsigned head = vq->topoc_early;
    if (head < vq->queue_len) {
        *len = vq->topoc_early_length;
        vq->topoc_early = vq->queue_len;
    } else {
        head = next_used(vq, len);
        if (head >= vq->queue_len) {
            return 0;
        }
        return_chain(vq, head);
    }
    robj->first = head;
    robj->cur = head;
    vq->u_ring_last_seen = (vq->u_ring_last_seen + 1u) & (vq->queue_len - 1u);
    return 1;
}

int virtqueue_gather_used(virtqueue_driver_t *vq, virtqueue_ring_object_t *robj, void **buf, unsigned *len,
                          vq_flags_t *flag)
{
    unsigned slot = robj->cur;
    if (slot >= vq->queue_len) {
        return 0;
    }
    if (vq->topoc_records[slot].state == RECORD_HEAD && vq->topoc_early >= vq->queue_len) {
        /* There are callers that read the used ring themselves, gather, and take the entry off the ring thereafter. */
        uint32_t length;
        if (next_used(vq, &length) == slot) {
            vq->topoc_early = slot;
            vq->topoc_early_length = length;
            return_chain(vq, slot);
        }
    }
    struct topoc_compat_record *record = &vq->topoc_records[slot];
    if (record->state != RECORD_USED) {
        return 0;
    }
    *buf = record->buffer;
    *len = record->length;
    *flag = (vq_flags_t)record->flags;
    robj->cur = record->next;
    free_record(vq, slot);
    return 1;
}

/* -- Device side. -- */

int virtqueue_device_poll(virtqueue_device_t *vq)
{
    topoc_compat_publish();
    if (vq->topoc_broken) {
        return 0;
    }
    /* Acquires what topoc_compat_publish, or libvirtqueue's sender, wrote before it. */
    unsigned index = topoc_load_acquire_u16(&vq->avail_ring->idx);
    if (index >= vq->queue_len) {
        vq->topoc_broken = true;
        return 0;
    }
    return ((vq->a_ring_last_seen + 1u) & (vq->queue_len - 1u)) != index;
}

int virtqueue_get_available_buf(virtqueue_device_t *vq, virtqueue_ring_object_t *robj)
{
    if (!virtqueue_device_poll(vq)) {
        return 0;
    }
    unsigned next = (vq->a_ring_last_seen + 1u) & (vq->queue_len - 1u);
    unsigned head = topoc_load_u16(&vq->avail_ring->ring[next]);
    if (head >= vq->queue_len) {
        vq->topoc_broken = true;
        return 0;
    }
    vq->a_ring_last_seen = next;
    robj->first = head;
    robj->cur = head;
    return 1;
}

uint32_t virtqueue_scattered_available_size(virtqueue_device_t *vq, virtqueue_ring_object_t *robj)
{
    uint64_t size = 0;
    unsigned cur = robj->first;
    for (unsigned step = 0; cur < vq->queue_len && step < vq->queue_len; step++) {
        size += topoc_load_u32(&vq->desc_table[cur].len);
        cur = topoc_load_u16(&vq->desc_table[cur].next);
    }
    uint64_t most = vq->topoc_pool != NULL ? vq->topoc_pool_size : UINT32_MAX;
    return (uint32_t)(size < most ? size : most);
}

int virtqueue_gather_available(virtqueue_device_t *vq, virtqueue_ring_object_t *robj, void **buf, unsigned *len,
                               vq_flags_t *flag)
{
    unsigned slot = robj->cur & (STEP - 1u);
    uint32_t steps = robj->cur & ~(STEP - 1u);
    if (slot >= vq->queue_len || vq->topoc_broken) {
        return 0;
    }
    if (steps / STEP >= vq->queue_len) {
        vq->topoc_broken = true; /* a cycle */
        return 0;
    }
    const vq_vring_desc_t *desc = &vq->desc_table[slot];
    *buf = (void *)(uintptr_t)topoc_load_u64(&desc->addr);
    *len = topoc_load_u32(&desc->len);
    *flag = (vq_flags_t)topoc_load_u16(&desc->flags);
    unsigned next = topoc_load_u16(&desc->next);
    robj->cur = next < vq->queue_len ? steps + STEP + next : NONE;
    return 1;
}

int virtqueue_add_used_buf(virtqueue_device_t *vq, virtqueue_ring_object_t *robj, uint32_t len)
{
    if (vq->topoc_broken || robj->first >= vq->queue_len) {
        return 0;
    }
    topoc_store_u32(&vq->used_ring->ring[vq->topoc_used].id, robj->first);
    topoc_store_u32(&vq->used_ring->ring[vq->topoc_used].len, len);
    vq->topoc_used = (vq->topoc_used + 1u) & (vq->queue_len - 1u);
    /* Releases the entry, and the bytes of the buffers, to virtqueue_get_used_buf, or to libvirtqueue's. */
    topoc_store_release_u16(&vq->used_ring->idx, (uint16_t)vq->topoc_used);
    return 1;
}
