/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include "end.h"

#include <stdlib.h>
#include <unistd.h>

uint32_t exchange_roll(struct exchange *x, uint32_t bound)
{
    x->random ^= x->random << 13;
    x->random ^= x->random >> 7;
    x->random ^= x->random << 17;
    return (uint32_t)(x->random >> 33) % bound;
}

static uint32_t mix(uint32_t number)
{
    number *= 2654435761u;
    return number ^ number >> 15;
}

static uint32_t frame_length(uint32_t number)
{
    return FRAME_MIN + mix(number) % (FRAME_MAX - FRAME_MIN + 1u);
}

/* A frame says its number, and all else follows from that. */
static unsigned char frame_byte(uint32_t number, uint32_t at)
{
    return at < 4 ? (unsigned char)(number >> (8u * at)) : (unsigned char)(number * 31u + at * 7u);
}

bool exchange_fail(struct exchange *x, const char *fault)
{
    if (x->result.fault == NULL) {
        x->result.fault = fault;
    }
    return false;
}

/* Cuts `bytes` bytes of a slot of a queue into at most `most` parts, which lie in both regions in turn. */
static uint16_t cut(struct exchange *x, uint32_t ring, uint32_t slot, uint32_t bytes, uint32_t most,
                    struct topoc_vq_part *parts)
{
    uint16_t count = 0;
    uint32_t used[FRONT_REGIONS] = { 0 };
    uint32_t start = FRONT_REGION_BYTES / 2u + (ring * BUFFERS + slot) * SLOT;
    while (bytes > 0) {
        uint32_t region = count % FRONT_REGIONS;
        uint32_t length = count + 1u == most || bytes == 1 ? bytes : 1u + exchange_roll(x, bytes);
        parts[count].address = FRONT_GUEST_ADDRESS(region) + start + used[region];
        parts[count].length = length;
        used[region] += length;
        bytes -= length;
        count++;
    }
    return count;
}

static unsigned char *at(struct end *end, uint64_t address)
{
    uint64_t region = address >= FRONT_GUEST_ADDRESS(1);
    return end->front.base + region * FRONT_REGION_BYTES + (address - FRONT_GUEST_ADDRESS(region));
}

static void kick(struct end *end, uint32_t ring)
{
    uint64_t one = 1;
    if (driver_queue_publish(&end->queues[ring]) && write(end->front.kicks[ring], &one, sizeof(one)) < 0) {
        abort();
    }
}

/* Whether the driver is awake: if it sleeps, only a call wakes it. */
static bool awake(struct exchange *x, struct end *end, uint32_t ring)
{
    uint64_t count;
    if (end->queues[ring].sleeps && read(end->front.calls[ring], &count, sizeof(count)) > 0) {
        end->queues[ring].sleeps = false;
        x->result.interrupts++;
        DRIVER_CALL(&end->queues[ring], mute);
    }
    return !end->queues[ring].sleeps;
}

void end_transmit(struct exchange *x, struct end *end)
{
    for (uint32_t i = 1u + exchange_roll(x, 8); i > 0 && end->sent < x->setup->frames; i--) {
        struct topoc_vq_part parts[PARTS];
        uint32_t bytes = HEADER + frame_length(end->sent);
        uint32_t at_byte = 0;
        if (end->sent - end->completed == BUFFERS) {
            break;
        }
        uint32_t slot = end->next_slot[VHOST_USER_TRANSMIT];
        uint16_t count = cut(x, VHOST_USER_TRANSMIT, slot, bytes, 1u + exchange_roll(x, PARTS), parts);
        for (uint16_t part = 0; part < count; part++) {
            for (uint32_t b = 0; b < parts[part].length; b++, at_byte++) {
                at(end, parts[part].address)[b] = at_byte < HEADER ? 0 : frame_byte(end->sent, at_byte - HEADER);
            }
        }
        if (driver_queue_add(&end->queues[VHOST_USER_TRANSMIT], parts, count, 0, end->sent) != TOPOC_VQ_READY) {
            break;
        }
        end->next_slot[VHOST_USER_TRANSMIT] = (slot + 1u) % BUFFERS;
        end->sent++;
        x->result.sent++;
    }
    kick(end, VHOST_USER_TRANSMIT);
}

void end_post(struct exchange *x, struct end *end)
{
    for (uint32_t i = 1u + exchange_roll(x, 8); i > 0 && end->buffers < BUFFERS; i--) {
        uint32_t slot = end->next_slot[VHOST_USER_RECEIVE];
        uint32_t bytes = x->setup->room;
        if ((x->setup->features & VIRTIO_NET_MRG_RXBUF) != 0) {
            bytes -= exchange_roll(x, x->setup->room - x->setup->least + 1u);
        }
        memset(end->slots[slot], 0, sizeof(end->slots[slot]));
        uint16_t count = cut(x, VHOST_USER_RECEIVE, slot, bytes, 1u + exchange_roll(x, PARTS), end->slots[slot]);
        if (driver_queue_add(&end->queues[VHOST_USER_RECEIVE], end->slots[slot], 0, count, slot) != TOPOC_VQ_READY) {
            break;
        }
        end->next_slot[VHOST_USER_RECEIVE] = (slot + 1u) % BUFFERS;
        end->buffers++;
    }
    kick(end, VHOST_USER_RECEIVE);
}

/* Takes what is used of a queue; false: there is nothing, and the driver sleeps. */
static bool take(struct exchange *x, struct end *end, uint32_t ring, uint64_t *token, uint32_t *written)
{
    if (!awake(x, end, ring)) {
        return false;
    }
    enum topoc_vq_status status = driver_queue_take(&end->queues[ring], token, written);
    if (status == TOPOC_VQ_BROKEN) {
        return exchange_fail(x, "a back end broke a queue");
    }
    if (status == TOPOC_VQ_EMPTY && DRIVER_CALL(&end->queues[ring], listen) == TOPOC_VQ_EMPTY) {
        end->queues[ring].sleeps = true;
    }
    return status == TOPOC_VQ_READY;
}

static bool check_frame(struct exchange *x, struct end *end)
{
    uint32_t number = 0;
    uint32_t length = end->frame_bytes - HEADER;
    for (uint32_t i = 0; i < 4; i++) {
        number |= (uint32_t)end->frame[HEADER + i] << (8u * i);
    }
    if (number < end->expected) {
        return exchange_fail(x, "a frame came twice, or late");
    }
    bool all = x->setup->restarts == 0 && x->setup->disconnects == 0;
    if (all && number != end->expected) {
        return exchange_fail(x, "a frame is missing");
    }
    if (length != frame_length(number)) {
        return exchange_fail(x, "a frame has a wrong length");
    }
    for (uint32_t i = 0; i < length; i++) {
        if (end->frame[HEADER + i] != frame_byte(number, i)) {
            return exchange_fail(x, "a frame has wrong bytes");
        }
    }
    end->expected = number + 1u;
    end->received++;
    x->result.received++;
    return true;
}

/* A receive buffer came back: a frame, or a part of one. */
static bool gather(struct exchange *x, struct end *end, uint32_t slot, uint32_t written)
{
    uint32_t room = 0;
    uint32_t left = written;
    if (end->frame_bytes + written > sizeof(end->frame) || (end->frame_bytes == 0 && written < HEADER)) {
        return exchange_fail(x, "a frame is too long or too short");
    }
    for (uint32_t i = 0; i < PARTS; i++) {
        uint32_t length = end->slots[slot][i].length;
        uint32_t bytes = length < left ? length : left;
        room += length;
        memcpy(end->frame + end->frame_bytes, at(end, end->slots[slot][i].address), bytes);
        end->frame_bytes += bytes;
        left -= bytes;
    }
    if (end->frame_buffers == 0) {
        end->frame_buffers = (uint32_t)end->frame[10] | (uint32_t)end->frame[11] << 8u;
        x->result.merged += end->frame_buffers > 1;
        if (end->frame_buffers == 0 || (end->frame_buffers > 1 && (x->setup->features & VIRTIO_NET_MRG_RXBUF) == 0)) {
            return exchange_fail(x, "a frame has a wrong number of buffers");
        }
    }
    end->frame_buffers--;
    if (end->frame_buffers > 0) {
        return written == room || exchange_fail(x, "a buffer is not full, and others follow");
    }
    bool sound = check_frame(x, end);
    end->frame_bytes = 0;
    return sound;
}

void end_receive(struct exchange *x, struct end *end)
{
    uint64_t slot;
    uint32_t written;
    while (take(x, end, VHOST_USER_RECEIVE, &slot, &written)) {
        end->buffers--;
        if (!gather(x, end, (uint32_t)slot, written)) {
            return;
        }
    }
}

void end_complete(struct exchange *x, struct end *end)
{
    uint64_t number;
    uint32_t written;
    while (take(x, end, VHOST_USER_TRANSMIT, &number, &written)) {
        if (number != end->completed) {
            exchange_fail(x, "a frame was completed out of order");
            return;
        }
        end->completed++;
    }
}
