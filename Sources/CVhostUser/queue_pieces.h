/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* A frame in pieces, cut up as the guest's chains are. */

#pragma once

#include <vhost_user/queue.h>

struct vhost_user_pieces {
    const struct topoc_vq_frame *pieces;
    uint32_t count;
    uint32_t bytes; /* of all */
    uint32_t at;    /* the piece to go on with, and what was taken of it */
    uint32_t done;
};

/* Takes the next `bytes` bytes, which there are, as at most VHOST_USER_PIECES_MAX parts. How many. */
static inline uint32_t vhost_user_pieces_cut(struct vhost_user_pieces *pieces, uint32_t bytes,
                                             struct topoc_vq_frame *part)
{
    uint32_t count = 0;
    while (bytes > 0) {
        const struct topoc_vq_frame *piece = &pieces->pieces[pieces->at];
        uint32_t left = piece->length - pieces->done;
        uint32_t length = left < bytes ? left : bytes;
        part[count].base = piece->base + pieces->done;
        part[count].length = length;
        count++;
        bytes -= length;
        pieces->done += length;
        if (pieces->done == piece->length) {
            pieces->at++;
            pieces->done = 0;
        }
    }
    return count;
}

/* Writes num_buffers of a struct virtio_net_hdr (virtio 1.2, 5.1.6). */
static inline void vhost_user_header_set_buffers(unsigned char *header, uint16_t buffers)
{
    memcpy(header + 10, &buffers, sizeof(buffers));
}
