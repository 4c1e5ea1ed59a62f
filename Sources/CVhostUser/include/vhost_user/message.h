/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Messages of the vhost-user protocol, as they stand on the socket. Source: docs/interop/vhost-user.rst of QEMU, whose
 * names of messages and bits these are.
 */

#pragma once

#include <stddef.h>
#include <stdint.h>

enum vhost_user_request {
    VHOST_USER_GET_FEATURES = 1,
    VHOST_USER_SET_FEATURES = 2,
    VHOST_USER_SET_OWNER = 3,
    VHOST_USER_RESET_OWNER = 4,
    VHOST_USER_SET_MEM_TABLE = 5,
    VHOST_USER_SET_VRING_NUM = 8,
    VHOST_USER_SET_VRING_ADDR = 9,
    VHOST_USER_SET_VRING_BASE = 10,
    VHOST_USER_GET_VRING_BASE = 11,
    VHOST_USER_SET_VRING_KICK = 12,
    VHOST_USER_SET_VRING_CALL = 13,
    VHOST_USER_SET_VRING_ERR = 14,
    VHOST_USER_GET_PROTOCOL_FEATURES = 15,
    VHOST_USER_SET_PROTOCOL_FEATURES = 16,
    VHOST_USER_SET_VRING_ENABLE = 18,
    VHOST_USER_NET_SET_MTU = 20,
    VHOST_USER_REQUEST_END
};

/* Of a header's flags. */
#define VHOST_USER_VERSION_MASK 0x3u
#define VHOST_USER_VERSION 0x1u
#define VHOST_USER_REPLY 0x4u
#define VHOST_USER_NEED_REPLY 0x8u

/* Feature bits: virtio 1.2, 5.1.3 and 6, and the one that says that there are protocol features. */
#define VHOST_USER_FEATURE(bit) (UINT64_C(1) << (bit))
#define VIRTIO_NET_CSUM VHOST_USER_FEATURE(0)
#define VIRTIO_NET_GUEST_CSUM VHOST_USER_FEATURE(1)
#define VIRTIO_NET_MTU VHOST_USER_FEATURE(3)
#define VIRTIO_NET_GUEST_TSO4 VHOST_USER_FEATURE(7)
#define VIRTIO_NET_GUEST_TSO6 VHOST_USER_FEATURE(8)
#define VIRTIO_NET_HOST_TSO4 VHOST_USER_FEATURE(11)
#define VIRTIO_NET_HOST_TSO6 VHOST_USER_FEATURE(12)
#define VIRTIO_NET_MRG_RXBUF VHOST_USER_FEATURE(15)
#define VIRTIO_INDIRECT_DESC VHOST_USER_FEATURE(28)
#define VIRTIO_EVENT_IDX VHOST_USER_FEATURE(29)
#define VHOST_USER_PROTOCOL_FEATURES VHOST_USER_FEATURE(30)
#define VIRTIO_VERSION_1 VHOST_USER_FEATURE(32)
#define VIRTIO_RING_PACKED VHOST_USER_FEATURE(34)
#define VIRTIO_IN_ORDER VHOST_USER_FEATURE(35)

/* Protocol features. */
#define VHOST_USER_PROTOCOL_REPLY_ACK VHOST_USER_FEATURE(3)
#define VHOST_USER_PROTOCOL_MTU VHOST_USER_FEATURE(4)

/* Regions of a memory table, and so descriptors of a message, at most. */
#define VHOST_USER_REGIONS_MAX 8u

/* Of the payload of SET_VRING_KICK, _CALL and _ERR: the ring's number, and that no descriptor comes with it. */
#define VHOST_USER_RING_MASK 0xffu
#define VHOST_USER_NO_DESCRIPTOR 0x100u

struct vhost_user_header {
    uint32_t request;
    uint32_t flags;
    uint32_t size; /* of the payload, in bytes */
};

/* A region's first address as the guest's driver knows it, and as the front end does. */
struct vhost_user_region {
    uint64_t guest_address;
    uint64_t size;
    uint64_t user_address;
    uint64_t offset; /* of the region in its file */
};

struct vhost_user_table {
    uint32_t count;
    uint32_t padding;
    struct vhost_user_region regions[VHOST_USER_REGIONS_MAX];
};

struct vhost_user_ring_state {
    uint32_t ring;
    uint32_t value;
};

/* Addresses as the front end knows them. In a packed ring `used` and `available` are the event structures. */
struct vhost_user_ring_addresses {
    uint32_t ring;
    uint32_t flags;
    uint64_t descriptors;
    uint64_t used;
    uint64_t available;
    uint64_t log;
};

union vhost_user_payload {
    uint64_t value;
    struct vhost_user_ring_state state;
    struct vhost_user_ring_addresses addresses;
    struct vhost_user_table table;
};

/* A message with the descriptors that came with it. Whoever has it closes them. */
struct vhost_user_message {
    struct vhost_user_header header;
    union vhost_user_payload payload;
    int descriptors[VHOST_USER_REGIONS_MAX];
    uint32_t descriptor_count;
};
