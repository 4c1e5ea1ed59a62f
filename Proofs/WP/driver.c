/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The driver side: a buffer that is reserved lies whole in the pool of the link, and the pool stays sound, whatever the
 * device gives back.
 */

struct topoc_vq_walk;
void proof_clear(struct topoc_vq_walk *walk);

#include <topoc/vq_pool.h>

/*@ predicate lines(integer bytes) = bytes % 64 == 0;

    predicate pool(struct topoc_vq_pool *p) =
        \valid(p->base + p->start + (0 .. p->size - 1)) && 0 <= p->start && p->size <= 0x7fffffff
        && p->start + p->size <= 0x7fffffff
        && 0 <= p->head <= p->limit <= p->size && p->tail <= p->size
        && lines(p->head) && lines(p->limit) && lines(p->tail) && lines(p->size);

    predicate ends(uint32_t *at, integer count, integer size) =
        \valid(at + (0 .. count - 1)) && \forall integer i; 0 <= i < count ==> at[i] <= size && lines(at[i]);

*/

/* What the six lowest bits are, and that a mask leaves no more than it has; the provers know little of bits. */
/*@ axiomatic bits {
        axiom line: \forall integer x; 0 <= x <= 0xffffffff ==> (0xffffffc0 & x) == x - x % 64;
        axiom mask: \forall integer x, m; 0 <= x && 0 <= m ==> 0 <= (x & m) && (x & m) <= x && (x & m) <= m;
    } */

#define SOUND \
    \valid(driver) && pool(&driver->pool) && ends(driver->ends, driver->rings.length, driver->pool.size) \
    && \separated(driver->ends + (0 .. driver->rings.length - 1), driver)

#if TOPOC_LINK_LAYOUT == 1
#define BROKEN driver->fault, driver->staged, driver->asked, driver->pool.limit
#define RETURNED driver->oldest
#define STAGED driver->next, driver->staged, driver->head_flags
#define PUBLISHED driver->staged
#else
#define BROKEN driver->fault, driver->published, driver->asked, driver->pool.limit
#define RETURNED driver->oldest, driver->seen
#define STAGED driver->next
#define PUBLISHED driver->published
#endif

#include <topoc/link.h>

/*@ requires \valid_read(pool) && pool->head <= pool->limit;
    assigns \nothing;
    ensures none: length == 0 ==> !\result;
    ensures fits: length > 0 ==> (\result <==> length <= pool->limit - pool->head);
*/
static inline bool topoc_vq_pool_fits(const struct topoc_vq_pool *pool, uint32_t length);

/*@ requires \valid(pool) && pool(pool) && 0 < length;
    assigns pool->head, pool->tail, pool->limit;
    ensures pool(pool);
    ensures \result ==> length <= pool->limit - pool->head;
*/
static inline bool topoc_vq_pool_find(struct topoc_vq_pool *pool, bool used, uint32_t length);

/*@ requires \valid_read(pool) && pool((struct topoc_vq_pool *)pool);
    assigns \nothing;
    ensures \result == pool->start + pool->head;
*/
static inline uint32_t topoc_vq_pool_offset(const struct topoc_vq_pool *pool);

/*@ requires \valid_read(pool) && pool((struct topoc_vq_pool *)pool);
    assigns \nothing;
    ensures \result == pool->base + pool->start + pool->head;
*/
static inline unsigned char *topoc_vq_pool_buffer(const struct topoc_vq_pool *pool);

/*@ assigns \nothing; */
static inline void topoc_vq_pool_prefetch(const unsigned char *line, uint32_t bytes);

/*@ requires \valid(pool) && pool(pool) && 0 < length <= pool->limit - pool->head;
    assigns pool->head;
    ensures pool(pool);
    ensures \result == pool->head && \old(pool->head) + length <= \result <= pool->size;
*/
static inline uint32_t topoc_vq_pool_take(struct topoc_vq_pool *pool, uint32_t length);

/*@ requires \valid(pool) && pool(pool);
    assigns pool->limit;
    ensures pool(pool) && pool->limit == pool->head;
*/
static inline void topoc_vq_pool_close(struct topoc_vq_pool *pool);

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
/*@ requires \valid_read(rings);
    assigns \nothing;
    ensures \result == rings->length;
*/
static inline uint16_t topoc_packed_length(const struct topoc_packed_rings *rings);

/*@ assigns \nothing; */
static inline uint16_t topoc_packed_used(uint16_t position, uint16_t length);
#else
/*@ assigns \nothing; */
static inline uint32_t TOPOC_LINK(ahead)(uint16_t index, uint16_t position, uint16_t length);

/*@ assigns \nothing; */
static inline uint32_t TOPOC_LINK(used_step)(uint32_t chains);

/*@ assigns \nothing; */
static inline uint16_t TOPOC_LINK(capacity)(uint16_t length);
#endif

/*@ requires SOUND;
    assigns BROKEN;
    ensures SOUND && \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(driver_break)(topoc_link_driver *driver, enum topoc_vq_fault fault);

/*@ requires SOUND;
    assigns BROKEN, RETURNED, driver->pool.tail;
    ensures SOUND;
    ensures driver->pool.head == \old(driver->pool.head);
*/
static inline enum topoc_vq_status TOPOC_LINK(driver_reclaim)(topoc_link_driver *driver);

/*@ requires SOUND;
    assigns BROKEN, RETURNED, driver->stop, driver->pool.head, driver->pool.tail;
    ensures SOUND;
    ensures \result == TOPOC_VQ_READY ==> 0 < length <= driver->pool.limit - driver->pool.head;
*/
static enum topoc_vq_status TOPOC_LINK(driver_find)(topoc_link_driver *driver, uint32_t length);

/*@ requires SOUND && \valid(buffer) && \separated(driver, buffer, driver->ends + (0 .. driver->rings.length - 1));
    assigns BROKEN, RETURNED, driver->stop, driver->pool.head, driver->pool.tail, *buffer;
    ensures SOUND;
    ensures room: \result == TOPOC_VQ_READY ==> 0 < length <= driver->pool.limit - driver->pool.head;
    ensures whole: \result == TOPOC_VQ_READY ==> \valid(*buffer + (0 .. length - 1));
*/
static inline enum topoc_vq_status TOPOC_LINK(driver_reserve)(topoc_link_driver *driver, uint32_t length,
                                                              unsigned char **buffer);

/* -- What was reserved is staged. -- */

#define RESERVED driver->rings.length > 0 && 0 < length <= driver->pool.limit - driver->pool.head
#define TAKEN driver->ends[0 .. driver->rings.length - 1], driver->pool.head

/*@ assigns \nothing; */
TOPOC_VQ_OFTEN bool topoc_vq_pool_is_half(const struct topoc_vq_pool *pool, uint32_t count, uint32_t length);

#if TOPOC_LINK_LAYOUT == TOPOC_LAYOUT_PACKED
/*@ assigns \nothing; */
static inline uint16_t topoc_packed_available(uint16_t position, uint16_t length);

/*@ assigns \nothing; */
static inline uint64_t topoc_packed_rest(uint32_t length, uint16_t id, uint16_t flags);

/*@ requires SOUND && RESERVED && slot < driver->rings.length;
    assigns driver->next, TAKEN;
    ensures SOUND;
*/
TOPOC_VQ_OFTEN void topoc_packed_driver_take(struct topoc_packed_driver *driver, uint16_t slot, uint32_t length);
#else
/*@ assigns \nothing; */
static inline uint16_t TOPOC_LINK(index)(uint16_t position, uint16_t length);
#endif

/*@ requires SOUND && driver->rings.length > 0;
    assigns PUBLISHED;
    ensures SOUND;
*/
TOPOC_VQ_OFTEN void TOPOC_LINK(driver_flush)(topoc_link_driver *driver);

/*@ requires SOUND && RESERVED;
    assigns STAGED, PUBLISHED, TAKEN;
    ensures SOUND;
*/
TOPOC_VQ_OFTEN void TOPOC_LINK(driver_stage)(topoc_link_driver *driver, uint32_t length);

/*@ requires SOUND && RESERVED;
    assigns STAGED, PUBLISHED, TAKEN;
    ensures SOUND;
*/
TOPOC_VQ_OFTEN void TOPOC_LINK(driver_publish)(topoc_link_driver *driver, uint32_t length);
