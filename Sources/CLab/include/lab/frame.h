/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A frame on a link of the lab: the Ethernet frame, and behind it a trailer. So the switch finds the Ethernet header
 * where it always is. The trailer says when the frame was sent, and what is left to the receiver of checksums and
 * segmentation. The receiver trusts none of it: lab_offload_is_sound.
 */

#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LAB_ETHERNET_HEADER 14u
#define LAB_FRAME_MAX 65550u /* Ethernet bytes: 65535 of IPv4 and a header, in whole numbers of two bytes */
#define LAB_TRAILER_BYTES 24u

/* Virtio 1.2, 5.1.6: struct virtio_net_hdr with num_buffers. What IFF_VNET_HDR puts before a frame, too. */
#define LAB_OFFLOAD_NEEDS_CSUM 1u
#define LAB_OFFLOAD_DATA_VALID 2u
#define LAB_GSO_NONE 0u
#define LAB_GSO_TCPV4 1u
#define LAB_GSO_UDP 3u
#define LAB_GSO_TCPV6 4u
#define LAB_GSO_UDP_L4 5u
#define LAB_GSO_ECN 0x80u

struct lab_offload {
    uint8_t flags;
    uint8_t gso_type;
    uint16_t hdr_len;     /* bytes of headers that a segment begins with: a hint */
    uint16_t gso_size;    /* bytes of payload of a segment */
    uint16_t csum_start;  /* from the Ethernet header on, in bytes */
    uint16_t csum_offset; /* from csum_start, to the two bytes of the checksum */
    uint16_t num_buffers; /* the receiving device's */
};

struct lab_trailer {
    uint64_t sent; /* CLOCK_MONOTONIC, nanoseconds, when it was taken from the guest */
    struct lab_offload offload;
    uint32_t zero;
};

_Static_assert(sizeof(struct lab_offload) == 12, "virtio 1.2, 5.1.6");
_Static_assert(sizeof(struct lab_trailer) == LAB_TRAILER_BYTES, "a trailer has no holes");

/*
 * Whether a receiver may act upon the header of an Ethernet frame of `length` bytes: all zero where nothing was agreed
 * upon; otherwise a checksum that lies in the frame, a known kind of segmentation with a size, and only with a
 * checksum.
 */
static inline bool lab_offload_is_sound(const struct lab_offload *offload, uint32_t length, bool agreed)
{
    uint32_t kind = offload->gso_type & ~LAB_GSO_ECN;
    uint32_t sum = (uint32_t)offload->csum_start + offload->csum_offset;
    if (!agreed) {
        return (offload->flags & ~LAB_OFFLOAD_DATA_VALID) == 0 && offload->gso_type == LAB_GSO_NONE;
    }
    if ((offload->flags & ~(LAB_OFFLOAD_NEEDS_CSUM | LAB_OFFLOAD_DATA_VALID)) != 0) {
        return false;
    }
    if ((offload->flags & LAB_OFFLOAD_NEEDS_CSUM) != 0
        && (offload->csum_start < LAB_ETHERNET_HEADER || length < 2u || sum > length - 2u)) {
        return false;
    }
    if (kind == LAB_GSO_NONE) {
        return offload->gso_type == LAB_GSO_NONE;
    }
    return (kind == LAB_GSO_TCPV4 || kind == LAB_GSO_UDP || kind == LAB_GSO_TCPV6 || kind == LAB_GSO_UDP_L4)
           && offload->gso_size > 0 && offload->hdr_len <= length
           && (offload->flags & LAB_OFFLOAD_NEEDS_CSUM) != 0;
}
