/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device side: what is handed out lies whole in the memory of the queue, and no copy leaves its two ends.
 *
 * Contracts stand here, on declarations behind the definitions, so that the emitted headers have none; what a loop
 * keeps is put into a copy of the headers (loops.txt).
 */

struct topoc_vq_walk;
void proof_clear(struct topoc_vq_walk *walk);

#include <topoc/vq_types.h>

/*@ predicate region(struct topoc_vq_region *r) = r->size <= UINTPTR_MAX && \valid(r->base + (0 .. r->size - 1));

    predicate memory(struct topoc_vq_memory *m) =
        \valid_read(m) && \valid_read(m->regions + (0 .. m->count - 1))
        && \forall integer i; 0 <= i < m->count ==> region(m->regions + i);

    predicate whole(unsigned char *base, integer length) = \valid(base + (0 .. length - 1));
*/

#if TOPOC_LINK_LAYOUT == 1 /* TOPOC_LAYOUT_PACKED */
#define POOL region(&device->pool)
#else
#define POOL (0 == 0)
#endif
#define SOUND \
    \valid(device) && memory(&device->memory) && POOL \
    && \separated(device->memory.regions + (0 .. device->memory.count - 1), &device->taken, &device->memory)

/* What a break changes, what is taken of a frame, what giving back changes; what reading changes. */
#if TOPOC_LINK_LAYOUT == 1 /* TOPOC_LAYOUT_PACKED */
#define BROKEN device->fault, device->taken, device->batch, device->returned, device->asked
#define TAKEN device->taken
#define GIVEN device->returned, device->batch, device->held_bytes, device->head_flags
#define READ device->id
#define AVAILABLE device->taken
#define LOOKS device->taken
#else
#define BROKEN device->fault, device->taken, device->held, device->batch, device->asked
#define TAKEN device->taken, device->taken_bytes, device->writable
#define GIVEN device->returned, device->batch, device->held_bytes, device->held
#define READ device->id
#define AVAILABLE device->available
#if TOPOC_LINK_LAYOUT == 3 /* TOPOC_LAYOUT_LIBVIRTQUEUE */
#define LOOKS device->looks
#else
#define LOOKS device->taken
#endif
#endif

#define CURSOR(c) (c).table, (c).entries, (c).index, (c).indirect, (c).begun, (c).flags
#define CHAIN(c) (c).readable, (c).writable, (c).readable_bytes, (c).writable_bytes
#define SEGMENT(s) (s).base, (s).length
#define WALK(w) \
    CURSOR((w)->cursor), CHAIN((w)->chain), (w)->first, (w)->last_length, (w)->own, (w)->more, (w)->settled, \
    (w)->whole

/* The table of regions lies apart from what is written. */
#define APART(...) \separated(device->memory.regions + (0 .. device->memory.count - 1), __VA_ARGS__)

/*@ requires \valid(walk);
    assigns WALK(walk);
    ensures walk->chain.readable == 0 && walk->chain.writable == 0 && walk->first.length == 0;
    ensures walk->chain.readable_bytes == 0 && walk->chain.writable_bytes == 0 && walk->first.base == \null;
*/
void proof_clear(struct topoc_vq_walk *walk);

#include <topoc/link.h>

/*@ assigns \nothing;
    ensures \result <==> offset + length <= size;
*/
static inline bool topoc_vq_within(uint64_t offset, uint64_t length, uint64_t size);

/*@ requires memory(memory);
    assigns \nothing;
    ensures length > 0 ==> \result == \null || whole(\result, length);
*/
static inline unsigned char *topoc_vq_translate(const struct topoc_vq_memory *memory, uint64_t address,
                                                uint32_t length);

/* What a layout's own functions change: nothing, or the device's state. */

#if TOPOC_LINK_LAYOUT != TOPOC_LAYOUT_PACKED
/*@ assigns \nothing; */
static inline uint16_t TOPOC_LINK(capacity)(uint16_t length);

/*@ assigns \nothing; */
static inline uint16_t TOPOC_LINK(index)(uint16_t position, uint16_t length);

/*@ assigns \nothing; */
static inline uint32_t TOPOC_LINK(ahead)(uint16_t index, uint16_t position, uint16_t length);

/*@ assigns \nothing; */
static inline uint16_t TOPOC_LINK(flags)(uint16_t flags, uint16_t next, uint32_t entries);
#else
/*@ assigns \nothing; */
static inline uint16_t topoc_packed_length(const struct topoc_packed_rings *rings);

/*@ assigns \nothing; */
static inline uint16_t topoc_packed_available(uint16_t position, uint16_t length);

/*@ assigns \nothing; */
static inline uint16_t topoc_packed_used(uint16_t position, uint16_t length);

/*@ requires SOUND && \valid(base) && \separated(device, base) && APART(base);
    assigns *base;
    ensures \result && bytes > 0 ==> \valid_read(*base + (0 .. bytes - 1));
*/
static inline bool topoc_packed_device_at(const struct topoc_packed_device *device, uint64_t address, uint32_t bytes,
                                          const unsigned char **base);

/*@ requires \valid(device);
    assigns TAKEN;
    ensures \result == status;
*/
static inline enum topoc_vq_status topoc_packed_device_nothing(struct topoc_packed_device *device,
                                                               enum topoc_vq_status status);
#endif

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_LIBVIRTQUEUE
/*@ assigns \nothing; */
static inline bool topoc_libvirtqueue_partial(uint32_t length);

/* Taken for granted: it copies the first 24 bytes of a segment that has been checked, and asks for that length. */
/*@ requires \valid_read(walk);
    assigns \nothing;
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_EMPTY || \result == TOPOC_VQ_CHAIN;
*/
static inline enum topoc_vq_status topoc_libvirtqueue_whole(const struct topoc_vq_walk *walk);
#endif

/*@ requires \valid(device);
    assigns GIVEN;
*/
static inline void TOPOC_LINK(device_use)(topoc_link_device *device, uint16_t position, uint16_t id, uint32_t written);

/*@ requires \valid(device);
    assigns GIVEN;
*/
static inline void TOPOC_LINK(device_end_batch)(topoc_link_device *device);

/*@ requires \valid(device);
    assigns BROKEN;
    ensures \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_break)(topoc_link_device *device, enum topoc_vq_fault fault);

/*@ requires \valid(device);
    assigns GIVEN;
*/
static void TOPOC_LINK(device_flush)(topoc_link_device *device);

/*@ requires \valid(device);
    assigns TAKEN;
*/
static inline void TOPOC_LINK(device_take)(topoc_link_device *device, uint32_t bytes, uint16_t descriptors,
                                           bool writable);

/*@ requires \valid(device) && \valid(cursor) && \valid(settled) && \separated(device, cursor, settled);
    assigns BROKEN, READ, AVAILABLE, CURSOR(*cursor), *settled;
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_EMPTY || \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_begin)(topoc_link_device *device, struct topoc_vq_cursor *cursor,
                                                            bool *settled);

/*@ requires \valid(device) && \valid(cursor) && \separated(device, cursor);
    assigns READ, cursor->begun;
*/
static inline struct topoc_vq_piece TOPOC_LINK(device_read)(topoc_link_device *device, struct topoc_vq_cursor *cursor);

/*@ requires \valid(device) && \valid(cursor) && \valid_read(piece) && \separated(device, cursor);
    assigns BROKEN, cursor->index;
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_EMPTY || \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_step)(topoc_link_device *device, struct topoc_vq_cursor *cursor,
                                                           const struct topoc_vq_piece *piece);

/*@ requires SOUND && \valid(walk) && \valid_read(piece) && \separated(device, walk) && APART(walk);
    assigns BROKEN, CURSOR(walk->cursor);
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_enter)(topoc_link_device *device, struct topoc_vq_walk *walk,
                                                            const struct topoc_vq_piece *piece);

/*@ requires SOUND && \valid(walk) && \separated(device, walk) && APART(walk);
    assigns BROKEN, READ, AVAILABLE, GIVEN, WALK(walk);
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_EMPTY || \result == TOPOC_VQ_BROKEN;
    ensures empty: \result == TOPOC_VQ_READY ==> walk->chain.readable == 0 && walk->chain.writable == 0;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_walk)(topoc_link_device *device, struct topoc_vq_walk *walk);

/*@ requires SOUND && \valid(walk) && \valid(segment) && \separated(device, walk, segment) && APART(walk, segment);
    assigns BROKEN, READ, WALK(walk), SEGMENT(*segment);
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_EMPTY || \result == TOPOC_VQ_BROKEN;
    ensures whole: \result == TOPOC_VQ_READY ==> segment->length > 0 && whole(segment->base, segment->length);
    ensures one: \result == TOPOC_VQ_READY ==> walk->chain.readable + walk->chain.writable
            == \old(walk->chain.readable) + \old(walk->chain.writable) + 1;
    ensures none: \result == TOPOC_VQ_EMPTY ==> walk->chain.readable + walk->chain.writable
            == \old(walk->chain.readable) + \old(walk->chain.writable);
*/
static inline enum topoc_vq_status TOPOC_LINK(device_segment)(topoc_link_device *device, struct topoc_vq_walk *walk,
                                                              struct topoc_vq_segment *segment);

/*@ requires SOUND && \valid(walk) && \separated(device, walk) && APART(walk);
    assigns TAKEN, GIVEN, LOOKS, device->written, walk->whole;
    ensures status == TOPOC_VQ_BROKEN ==> \result == TOPOC_VQ_BROKEN;
    ensures \result == TOPOC_VQ_READY || \result == TOPOC_VQ_EMPTY || \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_walked)(topoc_link_device *device, struct topoc_vq_walk *walk,
                                                             enum topoc_vq_status status);

/*@ requires SOUND && \valid(frame) && \separated(device, frame) && APART(frame);
    assigns BROKEN, READ, AVAILABLE, GIVEN, TAKEN, SEGMENT(*frame);
    ensures whole: \result == TOPOC_VQ_READY ==>
            0 < frame->length <= device->bytes_max && \valid_read(frame->base + (0 .. frame->length - 1));
*/
static inline enum topoc_vq_status TOPOC_LINK(device_peek)(topoc_link_device *device, struct topoc_vq_frame *frame);

/*@ requires SOUND && \valid(chain) && \separated(device, chain, segments + (0 .. capacity - 1));
    requires APART(chain) && APART(segments + (0 .. capacity - 1));
    requires capacity > 0 ==> \valid(segments + (0 .. capacity - 1));
    assigns BROKEN, READ, AVAILABLE, GIVEN, TAKEN, LOOKS, device->written, *chain, segments[0 .. capacity - 1];
    ensures few: \result == TOPOC_VQ_READY ==> chain->readable + chain->writable <= capacity;
    ensures whole: \result == TOPOC_VQ_READY ==> \forall integer i; 0 <= i < chain->readable + chain->writable ==>
            segments[i].length > 0 && whole(segments[i].base, segments[i].length);
*/
static inline enum topoc_vq_status TOPOC_LINK(device_chain)(topoc_link_device *device,
                                                            struct topoc_vq_segment *segments, uint16_t capacity,
                                                            struct topoc_vq_chain *chain);

/*@ requires SOUND && \valid(length) && \separated(device, length) && APART(length);
    requires capacity > 0 ==> \valid(destination + (0 .. capacity - 1));
    assigns BROKEN, READ, AVAILABLE, GIVEN, TAKEN, LOOKS, device->written, *length;
    ensures \result == TOPOC_VQ_READY ==> *length <= capacity;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_copy)(topoc_link_device *device, unsigned char *destination,
                                                           uint32_t capacity, uint32_t *length);

/*@ requires SOUND && \valid(written) && \separated(device, written) && APART(written);
    requires count > 0 ==> \valid_read(parts + (0 .. count - 1));
    requires \separated(parts + (0 .. count - 1), device, written);
    requires \forall integer i; 0 <= i < count && parts[i].length > 0 ==>
             \valid_read(parts[i].base + (0 .. parts[i].length - 1));
    assigns BROKEN, READ, AVAILABLE, GIVEN, TAKEN, LOOKS, device->written, *written;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_scatter)(topoc_link_device *device,
                                                              const struct topoc_vq_frame *parts, uint32_t count,
                                                              uint32_t *written);
