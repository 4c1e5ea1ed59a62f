/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <harness_front.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

bool front_open(struct front *front, struct wire *wire, bool sealed)
{
    size_t bytes = (size_t)FRONT_REGIONS * FRONT_REGION_BYTES;
    memset(front, 0, sizeof(*front));
    front->wire = wire;
    front->socket = -1;
    front->memory = memfd_create("front", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    for (int i = 0; i < 2; i++) {
        front->kicks[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        front->calls[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        front->errors[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    }
    if (front->memory < 0 || ftruncate(front->memory, (off_t)bytes) != 0
        || (sealed && fcntl(front->memory, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)) {
        return false;
    }
    front->base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, front->memory, 0);
    return front->base != MAP_FAILED;
}

void front_close(struct front *front)
{
    front_disconnect(front);
    munmap(front->base, (size_t)FRONT_REGIONS * FRONT_REGION_BYTES);
    close(front->memory);
    for (int i = 0; i < 2; i++) {
        close(front->kicks[i]);
        close(front->calls[i]);
        close(front->errors[i]);
    }
}

bool front_connect(struct front *front, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1u + strlen(name));
    memcpy(address.sun_path + 1, name, strnlen(name, sizeof(address.sun_path) - 1u));
    front->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(front->socket, (struct sockaddr *)&address, size) != 0) {
        return false;
    }
    wire_run(front->wire, -1, 0);
    return true;
}

void front_disconnect(struct front *front)
{
    if (front->socket >= 0) {
        close(front->socket);
        front->socket = -1;
        wire_run(front->wire, -1, 0);
    }
}

bool front_send_bytes(struct front *front, const void *bytes, uint32_t count)
{
    bool sent = send(front->socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)count;
    wire_run(front->wire, -1, 0);
    return sent;
}

bool front_send(struct front *front, const struct vhost_user_message *message)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(message->descriptors))];
    } control;
    /* A size that cannot be has as many bytes behind it as there are. */
    size_t payload = message->header.size < sizeof(message->payload) ? message->header.size : sizeof(message->payload);
    struct iovec pieces[2] = {
        { (void *)(uintptr_t) &message->header, sizeof(message->header) },
        { (void *)(uintptr_t) &message->payload, payload },
    };
    struct msghdr sent = { .msg_iov = pieces, .msg_iovlen = 2 };
    size_t bytes = message->descriptor_count * sizeof(int);
    if (bytes > 0) {
        memset(&control, 0, sizeof(control));
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(bytes);
        memcpy(CMSG_DATA(&control.header), message->descriptors, bytes);
        sent.msg_control = control.bytes;
        sent.msg_controllen = CMSG_SPACE(bytes);
    }
    bool whole = sendmsg(front->socket, &sent, MSG_NOSIGNAL | MSG_DONTWAIT)
                 == (ssize_t)(sizeof(message->header) + payload);
    wire_run(front->wire, -1, 0);
    return whole;
}

enum front_answer front_answer(struct front *front, struct vhost_user_message *reply)
{
    memset(reply, 0, sizeof(*reply));
    ssize_t bytes = recv(front->socket, &reply->header, sizeof(reply->header), MSG_DONTWAIT);
    if (bytes < 0) {
        return errno == EAGAIN ? FRONT_NOTHING : FRONT_CLOSED;
    }
    if (bytes == 0) {
        return FRONT_CLOSED;
    }
    return recv(front->socket, &reply->payload, reply->header.size, MSG_DONTWAIT) == (ssize_t)reply->header.size
           ? FRONT_REPLY : FRONT_CLOSED;
}

static struct vhost_user_message make(enum vhost_user_request request, uint32_t size)
{
    struct vhost_user_message message;
    memset(&message, 0, sizeof(message));
    message.header.request = (uint32_t)request;
    message.header.flags = VHOST_USER_VERSION;
    message.header.size = size;
    return message;
}

struct vhost_user_message front_value(enum vhost_user_request request, uint64_t value)
{
    bool empty = request == VHOST_USER_GET_FEATURES || request == VHOST_USER_GET_PROTOCOL_FEATURES
                 || request == VHOST_USER_SET_OWNER || request == VHOST_USER_RESET_OWNER;
    struct vhost_user_message message = make(request, empty ? 0 : 8);
    message.payload.value = value;
    return message;
}

struct vhost_user_message front_state(enum vhost_user_request request, uint32_t ring, uint32_t value)
{
    struct vhost_user_message message = make(request, sizeof(struct vhost_user_ring_state));
    message.payload.state.ring = ring;
    message.payload.state.value = value;
    return message;
}

struct vhost_user_message front_event(enum vhost_user_request request, uint32_t ring, int descriptor)
{
    struct vhost_user_message message = make(request, 8);
    message.payload.value = ring | (descriptor < 0 ? VHOST_USER_NO_DESCRIPTOR : 0u);
    message.descriptors[0] = descriptor;
    message.descriptor_count = descriptor < 0 ? 0 : 1;
    return message;
}

struct vhost_user_message front_table(const struct front *front)
{
    struct vhost_user_message message = make(VHOST_USER_SET_MEM_TABLE, 8 + 32 * FRONT_REGIONS);
    message.payload.table.count = FRONT_REGIONS;
    message.descriptor_count = FRONT_REGIONS;
    for (uint32_t i = 0; i < FRONT_REGIONS; i++) {
        message.payload.table.regions[i].guest_address = FRONT_GUEST_ADDRESS(i);
        message.payload.table.regions[i].user_address = FRONT_USER_ADDRESS(i);
        message.payload.table.regions[i].size = FRONT_REGION_BYTES;
        message.payload.table.regions[i].offset = (uint64_t)i * FRONT_REGION_BYTES;
        message.descriptors[i] = front->memory;
    }
    return message;
}

struct front_parts front_parts(uint32_t ring)
{
    uint32_t start = ring * (FRONT_REGION_BYTES / 8u);
    struct front_parts parts = { start, start + 0x8002u, start + 0xa004u, start + 0x10000u };
    return parts;
}

struct vhost_user_message front_addresses(uint32_t ring, bool packed)
{
    struct vhost_user_message message = make(VHOST_USER_SET_VRING_ADDR, sizeof(struct vhost_user_ring_addresses));
    struct front_parts parts = front_parts(ring);
    message.payload.addresses.ring = ring;
    message.payload.addresses.descriptors = FRONT_USER_ADDRESS(0) + parts.descriptors;
    message.payload.addresses.available = FRONT_USER_ADDRESS(0) + parts.available + (packed ? 2u : 0u);
    message.payload.addresses.used = FRONT_USER_ADDRESS(0) + parts.used;
    return message;
}

bool front_start(struct front *front, uint64_t features, uint16_t length, const uint32_t bases[2])
{
    bool packed = (features & VIRTIO_RING_PACKED) != 0;
    struct vhost_user_message reply;
    struct vhost_user_message first[] = {
        front_value(VHOST_USER_SET_OWNER, 0),
        front_value(VHOST_USER_SET_FEATURES, features | VHOST_USER_PROTOCOL_FEATURES),
        front_table(front),
    };
    for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
        front_send(front, &first[i]);
    }
    for (uint32_t ring = 0; ring < 2; ring++) {
        struct vhost_user_message messages[] = {
            front_event(VHOST_USER_SET_VRING_CALL, ring, front->calls[ring]),
            front_event(VHOST_USER_SET_VRING_ERR, ring, front->errors[ring]),
            front_state(VHOST_USER_SET_VRING_NUM, ring, length),
            front_state(VHOST_USER_SET_VRING_BASE, ring, bases[ring]),
            front_addresses(ring, packed),
            front_event(VHOST_USER_SET_VRING_KICK, ring, front->kicks[ring]),
            front_state(VHOST_USER_SET_VRING_ENABLE, ring, 1),
        };
        for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
            front_send(front, &messages[i]);
        }
    }
    return front_answer(front, &reply) == FRONT_NOTHING;
}
