/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The contract of the layouts of three parts, for queues of any length: a frame is told in the descriptor at its
 * position's slot and in no other, the available index says up to which, and the device takes the head that stands at its
 * own position's slot. That it then reads this descriptor is not followed: it may be an indirect table's.
 */

#include "slots.h"

/* What the available index says of a position; ../Ring/laps.c tells how far it is ahead of another. */
/*@ axiomatic indices { logic integer told(integer position, integer length); } */

/*@ assigns \nothing;
    ensures \result == told(position, length);
*/
static inline uint16_t TOPOC_LINK(index)(uint16_t position, uint16_t length);

/* -- Driver side. -- */

#define ENDS driver->ends[0 .. driver->rings.length - 1]
#define INDEX driver->rings.available->index
#define DRIVER \
    (\valid(driver) && LENGTH(driver) > 0 && driver->next <= 0xffff && \valid(&DESCRIPTORS(driver)) && \valid(&ENDS) \
    && \valid(&INDEX) && \separated(driver, &DESCRIPTORS(driver), &ENDS, &INDEX))
#define AT driver->rings.descriptors[SLOT(driver, (uint16_t)\old(driver->next))]

/*@ predicate same{K, L}(struct topoc_vq_descriptor *it) =
        \at(it->address, K) == \at(it->address, L) && \at(it->length, K) == \at(it->length, L);

    predicate link{K, L}(struct topoc_vq_descriptor *it) =
        \at(it->next, K) == \at(it->next, L) && \at(it->flags, K) == \at(it->flags, L);
*/

/*@ requires DRIVER;
    assigns driver->published, INDEX;
    ensures published: driver->published == driver->next;
    ensures index: \old(driver->published) != driver->next ==> INDEX == told((uint16_t)driver->next, LENGTH(driver));
*/
TOPOC_VQ_OFTEN void TOPOC_LINK(driver_flush)(topoc_link_driver *driver);

/*@ requires DRIVER && driver->pool.start + driver->pool.head <= 0x7fffffff;
    assigns driver->next, driver->published, driver->pool.head, INDEX, ENDS, DESCRIPTORS(driver);
    ensures next: driver->next == (uint16_t)(\old(driver->next) + 1);
    ensures address: AT.address == driver->pool.start + \old(driver->pool.head);
    ensures length: AT.length == length;
    ensures others: \forall integer i; 0 <= i < LENGTH(driver) && i != SLOT(driver, (uint16_t)\old(driver->next)) ==>
            same{Pre, Post}(driver->rings.descriptors + i);
    ensures links: \forall integer i; 0 <= i < LENGTH(driver) ==> link{Pre, Post}(driver->rings.descriptors + i);
*/
TOPOC_VQ_OFTEN void TOPOC_LINK(driver_stage)(topoc_link_driver *driver, uint32_t length);

/* -- Device side. -- */

#define HEADS device->rings.available->ring[0 .. device->rings.length - 1]

/*@ assigns \nothing; */
static inline uint32_t TOPOC_LINK(ahead)(uint16_t index, uint16_t position, uint16_t length);

/*@ assigns \nothing; */
static inline uint16_t TOPOC_LINK(capacity)(uint16_t length);

/*@ assigns device->fault, device->taken, device->held, device->batch, device->asked;
    ensures \result == TOPOC_VQ_BROKEN;
*/
static inline enum topoc_vq_status TOPOC_LINK(device_break)(topoc_link_device *device, enum topoc_vq_fault fault);

/*@ requires \valid(device) && LENGTH(device) > 0 && device->next <= 0xffff && \valid(cursor) && \valid(settled);
    requires \valid_read(&device->rings.available->index) && \valid_read(&HEADS);
    requires \separated(device, cursor, settled, &device->rings.available->index, &HEADS);
    assigns device->fault, device->taken, device->held, device->batch, device->asked, device->available, device->id,
            *cursor, *settled;
    ensures head: \result == TOPOC_VQ_READY ==>
            device->id == device->rings.available->ring[SLOT(device, device->next)];
    ensures cursor: \result == TOPOC_VQ_READY ==> cursor->index == device->id && cursor->index < LENGTH(device);
    ensures next: device->next == \old(device->next);
*/
TOPOC_VQ_OFTEN enum topoc_vq_status TOPOC_LINK(device_begin)(topoc_link_device *device,
                                                             struct topoc_vq_cursor *cursor, bool *settled);
