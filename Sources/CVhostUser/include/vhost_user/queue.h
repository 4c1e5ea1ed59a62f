/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A queue of a guest's network device, of which this process is the device side: split or packed, as was agreed. The
 * core checks every descriptor; a queue whose driver breaks the rules is broken until it is started again.
 */

#pragma once

#include <topoc/vq_packed_device.h>
#include <topoc/vq_split_device.h>

/* Descriptors of a ring, at most: as many as QEMU lets virtio-net have. */
#define VHOST_USER_LENGTH_MAX 1024u

/* Pieces that a frame is given in, and chains that it may take up, at most. */
#define VHOST_USER_PIECES_MAX 72u

/* In a chain of the guest, at most. */
#define VHOST_USER_CHAIN_BYTES_MAX (16u << 20)

/* Where the parts of a ring are, in this process. In a packed ring `available` is the driver's event structure. */
struct vhost_user_parts {
    void *descriptors;
    void *available;
    void *used;
    uint16_t length;
};

struct vhost_user_queue {
    bool packed;
    bool asked; /* the guest was asked to signal when it gives buffers */
    union {
        struct topoc_split_device split;
        struct topoc_packed_device packed;
    } device;
};

/* How many bytes each part of a ring has; 0 where the length cannot be. */
struct vhost_user_part_sizes {
    uint32_t descriptors;
    uint32_t available;
    uint32_t used;
};

struct vhost_user_part_sizes vhost_user_queue_sizes(uint16_t length, bool packed);

/*
 * Starts at position `base`, as SET_VRING_BASE says it: of a split ring the next entry of the available ring; of a
 * packed one a slot, and in bit 15 its wrap counter. What a split ring's used index says was taken and not given back
 * stands at the begin again; `taken` says how many chains these are. A packed ring does not say: the half of its base
 * that is for used descriptors is set by QEMU and not by DPDK, and both mean that nothing was taken. False where the
 * position cannot be.
 */
bool vhost_user_queue_start(struct vhost_user_queue *queue, const struct vhost_user_parts *parts, bool packed,
                            const struct topoc_vq_memory *memory, struct topoc_vq_features features, uint32_t base,
                            uint32_t *taken);

/*
 * Whether `base` is the first position of a packed ring, and the ring is one in which a device came further: no slot of a
 * new one says that it was used, nor that it is available in an odd lap.
 */
bool vhost_user_queue_is_stale(const struct vhost_user_parts *parts, bool packed, uint32_t base);

/* Gives back what is held. The position to go on from, as above. */
uint32_t vhost_user_queue_stop(struct vhost_user_queue *queue);

/* The first fault of the queue's driver, or TOPOC_VQ_SOUND. */
enum topoc_vq_fault vhost_user_queue_fault(const struct vhost_user_queue *queue);

/* -- From the guest. -- */

/*
 * Copies the next chain to `capacity` bytes of private memory. READY: it has `length` bytes; EMPTY; REFUSED: it has
 * more than `capacity`; BROKEN. `destination` may have been written whatever is returned.
 */
enum topoc_vq_status vhost_user_queue_take(struct vhost_user_queue *queue, unsigned char *destination,
                                           uint32_t capacity, uint32_t *length);

/* Whether there is a chain to take, or to write into. */
bool vhost_user_queue_has(const struct vhost_user_queue *queue);

/* Takes the chain that was looked at off the ring; vhost_user_queue_flush gives it back. */
void vhost_user_queue_commit(struct vhost_user_queue *queue);

/* As topoc_split_device_listen. */
enum topoc_vq_status vhost_user_queue_listen(struct vhost_user_queue *queue);

/* Takes the chains that there are, at most so many, and gives them back. How many. */
uint32_t vhost_user_queue_discard(struct vhost_user_queue *queue, uint32_t most);

/* -- To the guest. -- */

/*
 * Copies the pieces, one behind the other, into the guest's next chain, or where `merge` allows it into as many chains
 * as it takes, at most VHOST_USER_PIECES_MAX. The first piece begins with a header of virtio-net, whose number of
 * buffers is written. READY: vhost_user_queue_flush gives it to the guest; EMPTY: the guest has no room, nothing was
 * changed, and it was asked to signal when it has; REFUSED: the guest's chains will never hold so much; BROKEN.
 */
enum topoc_vq_status vhost_user_queue_give(struct vhost_user_queue *queue, const struct topoc_vq_frame *pieces,
                                           uint32_t count, unsigned char *header, bool merge);

/* -- Both. -- */

/* Asks for no signals. */
void vhost_user_queue_mute(struct vhost_user_queue *queue);

/* Gives back what was committed. Whether the guest wants a signal for it. */
bool vhost_user_queue_flush(struct vhost_user_queue *queue);
