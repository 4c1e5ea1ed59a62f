/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* libsel4camkes' calls (camkes/virtqueue.h). */

#include <string.h>

#include <camkes/virtqueue.h>
#include <camkes/virtqueue_template.h>
#include <topoc/vq_libvirtqueue_driver.h>

#define BLOCK TOPOC_LIBVIRTQUEUE_BLOCK

camkes_virtqueue_channel_t camkes_virtqueue_channels[MAX_CAMKES_VIRTQUEUE_ID + 1];
int num_registered_virtqueue_channels = 0;

/* -- Channels. -- */

int camkes_virtqueue_channel_register(int virtqueue_id, const char *interface_name, unsigned queue_len, size_t size,
                                      volatile void *buf, void (*notify)(void), seL4_CPtr recv_notification,
                                      seL4_Word recv_badge, virtqueue_role_t role)
{
    if (virtqueue_id < 0 || virtqueue_id > MAX_CAMKES_VIRTQUEUE_ID || buf == NULL || notify == NULL
        || (role != VIRTQUEUE_DRIVER && role != VIRTQUEUE_DEVICE)) {
        return -1;
    }
    camkes_virtqueue_channel_t *channel = &camkes_virtqueue_channels[virtqueue_id];
    if (channel->role != VIRTQUEUE_UNASSIGNED) {
        return -1;
    }
    channel->channel_buffer = buf;
    channel->channel_buffer_size = size;
    channel->queue_len = queue_len;
    channel->notify = notify;
    channel->recv_notification = recv_notification;
    channel->recv_badge = recv_badge;
    channel->role = role;
    channel->buffer_allocated = 0;
    channel->interface_name = interface_name;
    num_registered_virtqueue_channels++;
    return 0;
}

camkes_virtqueue_channel_t *get_virtqueue_channel(virtqueue_role_t role, unsigned int camkes_virtqueue_id)
{
    if (camkes_virtqueue_id > MAX_CAMKES_VIRTQUEUE_ID || role == VIRTQUEUE_UNASSIGNED) {
        return NULL;
    }
    camkes_virtqueue_channel_t *channel = &camkes_virtqueue_channels[camkes_virtqueue_id];
    return channel->role == role ? channel : NULL;
}

int camkes_virtqueue_get_id_from_name(const char *interface_name)
{
    for (int i = 0; interface_name != NULL && i <= MAX_CAMKES_VIRTQUEUE_ID; i++) {
        const char *name = camkes_virtqueue_channels[i].interface_name;
        if (name != NULL && strcmp(name, interface_name) == 0) {
            return i;
        }
    }
    return -1;
}

int camkes_virtqueue_channel_num(void)
{
    return num_registered_virtqueue_channels;
}

/* Where a channel's parts lie. False where they do not fit. */
static bool parts(const camkes_virtqueue_channel_t *channel, struct topoc_vq_rings *rings, unsigned char **pool,
                  size_t *pool_size)
{
    unsigned char *memory = (unsigned char *)(uintptr_t)channel->channel_buffer;
    unsigned length = channel->queue_len;
    if (!topoc_vq_length_valid(length) || length > TOPOC_COMPAT_QUEUE_MAX || (uintptr_t)memory % sizeof(uint64_t) != 0) {
        return false;
    }
    size_t origin = topoc_libvirtqueue_origin((uint16_t)length);
    if (channel->channel_buffer_size < origin + BLOCK) {
        return false;
    }
    *rings = topoc_libvirtqueue_rings_at(memory, (uint16_t)length);
    *pool = memory + origin;
    *pool_size = channel->channel_buffer_size - origin;
    return true;
}

int camkes_virtqueue_driver_init_with_recv(virtqueue_driver_t *driver, unsigned int camkes_virtqueue_id,
                                           seL4_CPtr *recv_notification, seL4_CPtr *recv_badge)
{
    const camkes_virtqueue_channel_t *channel = get_virtqueue_channel(VIRTQUEUE_DRIVER, camkes_virtqueue_id);
    struct topoc_vq_rings rings;
    unsigned char *pool;
    size_t pool_size;
    if (driver == NULL || channel == NULL || !parts(channel, &rings, &pool, &pool_size)) {
        return -1;
    }
    if (recv_notification != NULL) {
        *recv_notification = channel->recv_notification;
    }
    if (recv_badge != NULL) {
        *recv_badge = channel->recv_badge;
    }
    virtqueue_init_driver(driver, channel->queue_len, (vq_vring_avail_t *)(void *)rings.available,
                          (vq_vring_used_t *)(void *)rings.used, (vq_vring_desc_t *)(void *)rings.descriptors,
                          channel->notify, pool);
    driver->topoc_pool = pool;
    driver->topoc_pool_size = pool_size;
    return 0;
}

int camkes_virtqueue_device_init_with_recv(virtqueue_device_t *device, unsigned int camkes_virtqueue_id,
                                           seL4_CPtr *recv_notification, seL4_CPtr *recv_badge)
{
    const camkes_virtqueue_channel_t *channel = get_virtqueue_channel(VIRTQUEUE_DEVICE, camkes_virtqueue_id);
    struct topoc_vq_rings rings;
    unsigned char *pool;
    size_t pool_size;
    if (device == NULL || channel == NULL || !parts(channel, &rings, &pool, &pool_size)) {
        return -1;
    }
    if (recv_notification != NULL) {
        *recv_notification = channel->recv_notification;
    }
    if (recv_badge != NULL) {
        *recv_badge = channel->recv_badge;
    }
    virtqueue_init_device(device, channel->queue_len, (vq_vring_avail_t *)(void *)rings.available,
                          (vq_vring_used_t *)(void *)rings.used, (vq_vring_desc_t *)(void *)rings.descriptors,
                          channel->notify, pool);
    device->topoc_pool = pool;
    device->topoc_pool_size = pool_size;
    return 0;
}

/* -- Blocks. -- */

static size_t block_count(const virtqueue_driver_t *vq)
{
    size_t count = vq->topoc_pool_size / BLOCK;
    return count < TOPOC_COMPAT_BLOCKS_MAX ? count : TOPOC_COMPAT_BLOCKS_MAX;
}

int camkes_virtqueue_buffer_alloc(virtqueue_driver_t *virtqueue, void **buf, size_t alloc_size)
{
    if (virtqueue == NULL || virtqueue->topoc_pool == NULL || alloc_size > BLOCK) {
        return -1;
    }
    size_t count = block_count(virtqueue);
    for (size_t i = 0; i < count; i++) {
        uint32_t *word = &virtqueue->topoc_blocks[i / 32u];
        uint32_t bit = 1u << (i % 32u);
        if (*word == UINT32_MAX) {
            i |= 31u; /* none in this word */
        } else if ((*word & bit) == 0) {
            *word |= bit;
            *buf = virtqueue->topoc_pool + i * BLOCK;
            return 0;
        }
    }
    return -1;
}

void camkes_virtqueue_buffer_free(virtqueue_driver_t *virtqueue, void *buffer)
{
    if (virtqueue == NULL || virtqueue->topoc_pool == NULL) {
        return;
    }
    size_t block = ((uintptr_t)buffer - (uintptr_t)virtqueue->topoc_pool) / BLOCK;
    if (block < block_count(virtqueue)) {
        virtqueue->topoc_blocks[block / 32u] &= ~(1u << (block % 32u));
    }
}

/* -- Offsets. -- */

void *camkes_virtqueue_device_offset_to_buffer(virtqueue_device_t *virtqueue, uintptr_t offset)
{
    return offset < virtqueue->topoc_pool_size ? virtqueue->topoc_pool + offset : NULL;
}

void *camkes_virtqueue_driver_offset_to_buffer(virtqueue_driver_t *virtqueue, uintptr_t offset)
{
    return offset < virtqueue->topoc_pool_size ? virtqueue->topoc_pool + offset : NULL;
}

/* -- Driver side. -- */

/* Adds a run of bytes of the pool to a chain. */
static int add(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void *buffer, size_t size)
{
    uintptr_t offset = (uintptr_t)buffer - (uintptr_t)vq->topoc_pool;
    if (!topoc_vq_within(offset, size, vq->topoc_pool_size)) {
        return -1;
    }
    return virtqueue_add_available_buf(vq, handle, (void *)offset, (unsigned)size, VQ_RW) ? 0 : -1;
}

int camkes_virtqueue_driver_send_buffer(virtqueue_driver_t *vq, void *buffer, size_t size)
{
    virtqueue_ring_object_t handle;
    virtqueue_init_ring_object(&handle);
    if (add(vq, &handle, buffer, size) < 0) {
        return -1;
    }
    topoc_compat_publish();
    return 0;
}

/* Frees the blocks of a chain that was not sent. */
static void give_up(virtqueue_driver_t *vq, const virtqueue_ring_object_t *handle)
{
    for (unsigned slot = handle->first; slot < vq->queue_len; slot = vq->topoc_records[slot].next) {
        uintptr_t offset = (uintptr_t)vq->topoc_records[slot].buffer;
        camkes_virtqueue_buffer_free(vq, vq->topoc_pool + offset);
    }
    topoc_compat_abandon(vq);
}

int camkes_virtqueue_driver_scatter_send_buffer(virtqueue_driver_t *vq, void *buffer, size_t size)
{
    virtqueue_ring_object_t handle;
    virtqueue_init_ring_object(&handle);
    for (size_t sent = 0; sent < size;) {
        size_t part = size - sent < BLOCK ? size - sent : BLOCK;
        void *block;
        if (camkes_virtqueue_buffer_alloc(vq, &block, part) < 0) {
            give_up(vq, &handle);
            return -1;
        }
        if (buffer != NULL) {
            memcpy(block, (const unsigned char *)buffer + sent, part);
        }
        if (add(vq, &handle, block, part) < 0) {
            camkes_virtqueue_buffer_free(vq, block);
            give_up(vq, &handle);
            return -1;
        }
        sent += part;
    }
    topoc_compat_publish();
    return 0;
}

int camkes_virtqueue_driver_gather_buffer(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void **buffer,
                                          unsigned *size, vq_flags_t *flag)
{
    void *offset;
    if (!virtqueue_gather_used(vq, handle, &offset, size, flag)
        || !topoc_vq_within((uintptr_t)offset, *size, vq->topoc_pool_size)) {
        return -1;
    }
    *buffer = vq->topoc_pool + (uintptr_t)offset;
    return 0;
}

int camkes_virtqueue_driver_gather_copy_buffer(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                               size_t size)
{
    size_t copied = 0;
    void *block;
    unsigned length;
    vq_flags_t flag;
    while (camkes_virtqueue_driver_gather_buffer(vq, handle, &block, &length, &flag) == 0) {
        size_t part = size - copied < length ? size - copied : length;
        if (part > 0) {
            memcpy((unsigned char *)buffer + copied, block, part);
        }
        copied += part;
        camkes_virtqueue_buffer_free(vq, block);
    }
    return 0;
}

/* -- Device side. -- */

int camkes_virtqueue_device_gather_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void **buffer,
                                          unsigned *size, vq_flags_t *flag)
{
    void *offset;
    if (!virtqueue_gather_available(vq, handle, &offset, size, flag)) {
        return -1;
    }
    if (!topoc_vq_within((uintptr_t)offset, *size, vq->topoc_pool_size)) {
        vq->topoc_broken = true;
        return -1;
    }
    *buffer = vq->topoc_pool + (uintptr_t)offset;
    return 0;
}

/* Copies between a chain and `buffer`, one way or the other, and gives the chain back. */
static int device_copy(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, unsigned char *buffer, size_t size,
                       bool to_chain)
{
    size_t copied = 0;
    while (copied < size) {
        void *part;
        unsigned length;
        vq_flags_t flag;
        if (camkes_virtqueue_device_gather_buffer(vq, handle, &part, &length, &flag) < 0) {
            break;
        }
        size_t bytes = size - copied < length ? size - copied : length;
        memcpy(to_chain ? part : buffer + copied, to_chain ? buffer + copied : part, bytes);
        copied += bytes;
    }
    virtqueue_add_used_buf(vq, handle, (uint32_t)copied);
    return copied == size ? 0 : -1;
}

int camkes_virtqueue_device_scatter_copy_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                                size_t size)
{
    return device_copy(vq, handle, buffer, size, true);
}

int camkes_virtqueue_device_gather_copy_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                               size_t size)
{
    return device_copy(vq, handle, buffer, size, false);
}
