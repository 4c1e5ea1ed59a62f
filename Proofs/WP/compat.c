/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The copies of the compatibility layer, between a caller's memory and buffers of a link: both lie whole where they must,
 * for pools of any size and whatever a peer's descriptors say. libvirtqueue's own calls have contracts and no proof: they
 * hand out what a descriptor says, and leave the pool where it is.
 */

struct topoc_vq_walk;
void proof_clear(struct topoc_vq_walk *walk);

#include <topoc/vq_types.h>
#include <camkes/virtqueue.h>

/*@ predicate bytes(unsigned char *at, integer count) = count > 0 ==> \valid(at + (0 .. count - 1)); */

#define POOL(vq) (vq != \null && \valid(vq) && vq->topoc_pool != \null && bytes(vq->topoc_pool, vq->topoc_pool_size))
#define APART \
    \separated(vq, handle, buffer, size, flag) && \valid(handle) && \valid(buffer) && \valid(size) && \valid(flag)

/*@ assigns \nothing;
    ensures \result <==> offset + length <= size;
*/
static inline bool topoc_vq_within(uint64_t offset, uint64_t length, uint64_t size);

/*@ requires \valid_read(vq);
    assigns \nothing;
    ensures \result <= TOPOC_COMPAT_BLOCKS_MAX && \result * 128 <= vq->topoc_pool_size;
*/
static size_t block_count(const virtqueue_driver_t *vq);

/* -- libvirtqueue's calls. -- */

/*@ assigns *robj, *buf, *len, *flag, vq->topoc_broken;
    ensures 0 <= (uintptr_t)*buf;
*/
int virtqueue_gather_available(virtqueue_device_t *vq, virtqueue_ring_object_t *robj, void **buf, unsigned *len,
                               vq_flags_t *flag);

/*@ assigns vq->topoc_used; */
int virtqueue_add_used_buf(virtqueue_device_t *vq, virtqueue_ring_object_t *robj, uint32_t len);

#define RECORDS \
    vq->u_ring_last_seen, vq->topoc_early, vq->topoc_early_length, vq->topoc_outstanding, vq->topoc_broken, \
    vq->free_desc_head, vq->topoc_records[0 .. TOPOC_COMPAT_QUEUE_MAX - 1]

/*@ assigns *robj, *buf, *len, *flag, RECORDS;
    ensures 0 <= (uintptr_t)*buf;
*/
int virtqueue_gather_used(virtqueue_driver_t *vq, virtqueue_ring_object_t *robj, void **buf, unsigned *len,
                          vq_flags_t *flag);

/*@ assigns *obj; */
void virtqueue_init_ring_object(virtqueue_ring_object_t *obj);

/*@ assigns \nothing; */
void topoc_compat_publish(void);

/* -- libsel4camkes' calls. -- */

/*@ requires POOL(vq) && APART;
    assigns *handle, *buffer, *size, *flag, vq->topoc_broken;
    ensures said: \result == 0 || \result == -1;
    ensures whole: \result == 0 ==> bytes((unsigned char *)*buffer, *size);
*/
int camkes_virtqueue_device_gather_buffer(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, void **buffer,
                                          unsigned *size, vq_flags_t *flag);

/*@ requires POOL(vq) && \valid(handle) && \separated(vq, handle) && bytes(buffer, size);
    assigns *handle, vq->topoc_broken, vq->topoc_used;
*/
static int device_copy(virtqueue_device_t *vq, virtqueue_ring_object_t *handle, unsigned char *buffer, size_t size,
                       bool to_chain);

/*@ requires POOL(vq) && APART;
    assigns *handle, *buffer, *size, *flag, RECORDS;
    ensures said: \result == 0 || \result == -1;
    ensures whole: \result == 0 ==> bytes((unsigned char *)*buffer, *size);
*/
int camkes_virtqueue_driver_gather_buffer(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void **buffer,
                                          unsigned *size, vq_flags_t *flag);

/*@ assigns virtqueue->topoc_blocks[0 .. TOPOC_COMPAT_BLOCKS_MAX / 32 - 1]; */
void camkes_virtqueue_buffer_free(virtqueue_driver_t *virtqueue, void *buffer);

/*@ requires POOL(vq) && \valid(handle) && \separated(vq, handle) && bytes((unsigned char *)buffer, size);
    assigns *handle, RECORDS, vq->topoc_blocks[0 .. TOPOC_COMPAT_BLOCKS_MAX / 32 - 1];
*/
int camkes_virtqueue_driver_gather_copy_buffer(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void *buffer,
                                               size_t size);

/*@ requires POOL(virtqueue) && \valid(buf) && \separated(virtqueue, buf);
    assigns *buf, virtqueue->topoc_blocks[0 .. TOPOC_COMPAT_BLOCKS_MAX / 32 - 1];
    ensures said: \result == 0 || \result == -1;
    ensures whole: \result == 0 ==> bytes((unsigned char *)*buf, alloc_size);
*/
int camkes_virtqueue_buffer_alloc(virtqueue_driver_t *virtqueue, void **buf, size_t alloc_size);

#define GROWS vq->topoc_head, vq->topoc_tail, vq->topoc_available, vq->topoc_outstanding, vq->topoc_broken, \
    vq->free_desc_head, vq->topoc_records[0 .. TOPOC_COMPAT_QUEUE_MAX - 1]

/*@ assigns *handle, GROWS; */
static int add(virtqueue_driver_t *vq, virtqueue_ring_object_t *handle, void *buffer, size_t size);

/*@ assigns GROWS, vq->topoc_blocks[0 .. TOPOC_COMPAT_BLOCKS_MAX / 32 - 1]; */
static void give_up(virtqueue_driver_t *vq, const virtqueue_ring_object_t *handle);

/*@ requires POOL(vq) && (buffer != \null ==> bytes((unsigned char *)buffer, size));
    assigns GROWS, vq->topoc_blocks[0 .. TOPOC_COMPAT_BLOCKS_MAX / 32 - 1];
*/
int camkes_virtqueue_driver_scatter_send_buffer(virtqueue_driver_t *vq, void *buffer, size_t size);

#include <camkes_virtqueue.c>
