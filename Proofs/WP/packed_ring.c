/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The packed ring's contract, for queues of any length: a frame is told in the descriptor at its position's slot and in no
 * other, and the device that comes to this position takes just what stands there, if its flags are those of the lap.
 */

#include "slots.h"

/* The flags of a descriptor that is available in a position's lap; ../Ring/laps.c tells them from all others. */
/*@ axiomatic laps { logic integer lap(integer position, integer length); } */

#define STATE 0x8080 /* TOPOC_PACKED_STATE */

/*@ requires \valid_read(rings);
    assigns \nothing;
    ensures \result == rings->length;
*/
static inline uint16_t topoc_packed_length(const struct topoc_packed_rings *rings);

/*@ assigns \nothing;
    ensures \result == lap(position, length);
*/
static inline uint16_t topoc_packed_available(uint16_t position, uint16_t length);

/* -- Driver side. -- */

#define ENDS driver->ends[0 .. driver->rings.length - 1]
#define DRIVER \
    (\valid(driver) && LENGTH(driver) > 0 && driver->next <= 0xffff && \valid(&DESCRIPTORS(driver)) && \valid(&ENDS) \
    && \separated(driver, &DESCRIPTORS(driver), &ENDS))
#define AT driver->rings.descriptors[SLOT(driver, (uint16_t)\old(driver->next))]

/*@ predicate same{K, L}(struct topoc_packed_descriptor *it) =
        \at(it->address, K) == \at(it->address, L) && \at(it->length, K) == \at(it->length, L)
        && \at(it->id, K) == \at(it->id, L);
*/

/*@ requires DRIVER && slot < LENGTH(driver);
    assigns driver->next, driver->ends[slot], driver->pool.head;
    ensures next: driver->next == (uint16_t)(\old(driver->next) + 1);
*/
TOPOC_VQ_OFTEN void topoc_packed_driver_take(struct topoc_packed_driver *driver, uint16_t slot, uint32_t length);

/*@ requires DRIVER && driver->staged <= 0xffff;
    assigns driver->staged, DESCRIPTORS(driver).flags;
    ensures none: driver->staged == 0;
    ensures kept: \forall integer i; 0 <= i < LENGTH(driver) ==> same{Pre, Post}(driver->rings.descriptors + i);
    ensures first: \old(driver->staged) != 0 ==>
            driver->rings.descriptors[SLOT(driver, (uint32_t)(driver->next - \old(driver->staged)))].flags
            == (uint16_t)driver->head_flags;
*/
TOPOC_VQ_OFTEN void topoc_packed_driver_flush(struct topoc_packed_driver *driver);

/*@ requires DRIVER && driver->staged < 0xffff && driver->pool.start + driver->pool.head <= 0x7fffffff;
    assigns driver->next, driver->staged, driver->head_flags, driver->pool.head, ENDS, DESCRIPTORS(driver);
    ensures next: driver->next == (uint16_t)(\old(driver->next) + 1);
    ensures address: AT.address == driver->pool.start + \old(driver->pool.head);
    ensures length: AT.length == length;
    ensures id: AT.id == SLOT(driver, (uint16_t)\old(driver->next));
    ensures first: \old(driver->staged) == 0 ==>
            driver->head_flags == lap((uint16_t)\old(driver->next), LENGTH(driver));
    ensures later: \old(driver->staged) != 0 && driver->staged != 0 ==>
            AT.flags == lap((uint16_t)\old(driver->next), LENGTH(driver));
    ensures others: \forall integer i; 0 <= i < LENGTH(driver) && i != SLOT(driver, (uint16_t)\old(driver->next)) ==>
            same{Pre, Post}(driver->rings.descriptors + i);
*/
TOPOC_VQ_OFTEN void topoc_packed_driver_stage(struct topoc_packed_driver *driver, uint32_t length);

/* -- Device side. -- */

#define GIVEN \
    device->fault, device->taken, device->batch, device->returned, device->asked, device->held_bytes, device->head_flags
#define NEXT device->rings.descriptors[SLOT(device, (uint16_t)device->next)]
#define IN_POOL(at, count) (0 <= (at) - device->pool.address && (at) - device->pool.address + (count) <= device->pool.size)

/*@ assigns \nothing;
    ensures \result <==> offset + length <= size;
*/
static inline bool topoc_vq_within(uint64_t offset, uint64_t length, uint64_t size);

/*@ assigns \nothing; */
static inline unsigned char *topoc_vq_translate(const struct topoc_vq_memory *memory, uint64_t address,
                                                uint32_t length);

/*@ requires \valid_read(device) && \valid(base) && \separated(device, base);
    assigns *base;
    ensures place: IN_POOL(address, bytes) ==>
            \result && *base == device->pool.base + (address - device->pool.address);
*/
TOPOC_VQ_OFTEN bool topoc_packed_device_at(const struct topoc_packed_device *device, uint64_t address, uint32_t bytes,
                                           const unsigned char **base);

/*@ assigns GIVEN;
    ensures \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status topoc_packed_device_break(struct topoc_packed_device *device,
                                                             enum topoc_vq_fault fault);

/*@ assigns GIVEN, DESCRIPTORS(device); */
TOPOC_VQ_SELDOM void topoc_packed_device_flush(struct topoc_packed_device *device);

/*@ assigns device->taken;
    ensures \result == status;
*/
TOPOC_VQ_OFTEN enum topoc_vq_status topoc_packed_device_nothing(struct topoc_packed_device *device,
                                                                enum topoc_vq_status status);

/*@ assigns device->taken; */
TOPOC_VQ_OFTEN void topoc_packed_device_take(struct topoc_packed_device *device, uint32_t bytes, uint16_t descriptors,
                                             bool writable);

/*@ requires \valid(device) && LENGTH(device) > 0 && device->next <= 0xffff && \valid(&DESCRIPTORS(device));
    requires \valid(frame) && \separated(device, frame, &DESCRIPTORS(device));
    assigns GIVEN, device->id, *frame, DESCRIPTORS(device);
    ensures lap: \result == TOPOC_VQ_READY ==> (NEXT.flags & STATE) == lap((uint16_t)device->next, LENGTH(device));
    ensures length: \result == TOPOC_VQ_READY ==> frame->length == NEXT.length;
    ensures id: \result == TOPOC_VQ_READY ==> device->id == NEXT.id;
    ensures place: \result == TOPOC_VQ_READY && IN_POOL(NEXT.address, NEXT.length) ==>
            frame->base == device->pool.base + (NEXT.address - device->pool.address);
    ensures empty: \result == TOPOC_VQ_EMPTY ==>
            (\old(NEXT.flags) & STATE) != lap((uint16_t)device->next, LENGTH(device));
    ensures next: device->next == \old(device->next);
*/
TOPOC_VQ_OFTEN enum topoc_vq_status topoc_packed_device_peek(struct topoc_packed_device *device,
                                                             struct topoc_vq_frame *frame);
