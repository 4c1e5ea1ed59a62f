/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The limit: a ring that trusts its peer. One producer, one consumer, an index line each, every frame in a slot
 * of whole lines, lengths beside each other. Nothing that is read from shared memory is checked, so this is no way to
 * talk to a stranger; it says what the checks and the layout of a real queue cost.
 */

#include "../peer.h"
#include "../copy.h"

#define PEER_COPY EXACT_COPY
#define PEER_BATCHES
#define PEER_SWITCH

#define ENTRIES_MAX 256

struct shared {
    _Alignas(2 * LINE) _Atomic(uint32_t) filled; /* the producer's: slots filled so far */
    _Alignas(2 * LINE) _Atomic(uint32_t) emptied; /* the consumer's: slots emptied so far */
    _Alignas(2 * LINE) uint32_t lengths[ENTRIES_MAX];
    _Alignas(2 * LINE) uint8_t slots[];
};

struct tx {
    struct shared *ring;
    uint32_t entries, stride, slot;
    uint32_t filled, emptied_seen;
};

struct rx {
    struct shared *ring;
    uint32_t entries, stride, slot;
    uint32_t emptied, filled_seen;
};

static bool link_open(struct link *link, uint32_t bytes)
{
    struct shared *ring = link->region;
    const uint32_t stride = (bytes + LINE - 1) / LINE * LINE;
    uint32_t entries = (uint32_t)(link->region_bytes - sizeof(*ring)) / stride;
    entries = entries > ENTRIES_MAX ? ENTRIES_MAX : entries;
    *(struct tx *)link->sender = (struct tx) {
        .ring = ring, .entries = entries, .stride = stride
    };
    *(struct rx *)link->receiver = (struct rx) {
        .ring = ring, .entries = entries, .stride = stride
    };
    return entries > 0;
}

/* Slots that can be filled; looks at the consumer's line only where what it last said is not enough. */
PER_FRAME uint32_t tx_room(struct tx *tx, uint32_t wanted)
{
    uint32_t room = tx->entries - (tx->filled - tx->emptied_seen);
    if (__builtin_expect(room < wanted, 0)) {
        /* Acquire: with the consumer's release in rx_publish, its reads of the slot are over. */
        tx->emptied_seen = atomic_load_explicit(&tx->ring->emptied, memory_order_acquire);
        room = tx->entries - (tx->filled - tx->emptied_seen);
    }
    return room;
}

PER_FRAME void tx_fill(struct tx *tx, const void *frame, uint32_t bytes)
{
    tx->ring->lengths[tx->slot] = bytes;
    exact_copy(tx->ring->slots + (size_t)tx->slot * tx->stride, frame, bytes);
    tx->slot = tx->slot + 1 == tx->entries ? 0 : tx->slot + 1;
    tx->filled++;
}

PER_FRAME void tx_publish(struct tx *tx)
{
    /* Release: with the consumer's acquire in rx_count, it sees the slots whole. */
    atomic_store_explicit(&tx->ring->filled, tx->filled, memory_order_release);
}

PER_FRAME bool tx_send(struct tx *tx, const void *frame, uint32_t bytes)
{
    if (tx_room(tx, 1) == 0) {
        return false;
    }
    tx_fill(tx, frame, bytes);
    tx_publish(tx);
    return true;
}

PER_FRAME uint32_t tx_send_batch(struct tx *tx, const struct frames *frames, uint64_t first, uint32_t bytes,
                                 uint32_t count)
{
    const uint32_t room = tx_room(tx, count);
    const uint32_t some = count < room ? count : room;
    for (uint32_t i = 0; i < some; i++) {
        tx_fill(tx, frames->octets[(first + i) % FRAME_KINDS], bytes);
    }
    if (some != 0) {
        tx_publish(tx);
    }
    return some;
}

PER_FRAME void tx_idle(struct tx *tx)
{
    (void)tx;
}

PER_FRAME uint32_t rx_count(struct rx *rx, uint32_t wanted)
{
    uint32_t count = rx->filled_seen - rx->emptied;
    if (__builtin_expect(count < wanted, 0)) {
        /* Acquire: with the producer's release in tx_publish. */
        rx->filled_seen = atomic_load_explicit(&rx->ring->filled, memory_order_acquire);
        count = rx->filled_seen - rx->emptied;
    }
    return count;
}

PER_FRAME uint32_t rx_take(struct rx *rx, void *frame)
{
    const uint32_t bytes = rx->ring->lengths[rx->slot];
    exact_copy(frame, rx->ring->slots + (size_t)rx->slot * rx->stride, bytes);
    rx->slot = rx->slot + 1 == rx->entries ? 0 : rx->slot + 1;
    rx->emptied++;
    return bytes;
}

PER_FRAME void rx_publish(struct rx *rx)
{
    /* Release: with the producer's acquire in tx_room. */
    atomic_store_explicit(&rx->ring->emptied, rx->emptied, memory_order_release);
}

PER_FRAME uint32_t rx_receive(struct rx *rx, void *frame)
{
    if (rx_count(rx, 1) == 0) {
        return 0;
    }
    const uint32_t bytes = rx_take(rx, frame);
    rx_publish(rx);
    return bytes;
}

PER_FRAME uint32_t rx_receive_batch(struct rx *rx, uint8_t (*frames)[FRAME_STRIDE], uint32_t *lengths,
                                    uint32_t count)
{
    const uint32_t there = rx_count(rx, count);
    const uint32_t some = count < there ? count : there;
    for (uint32_t i = 0; i < some; i++) {
        lengths[i] = rx_take(rx, frames[i]);
    }
    if (some != 0) {
        rx_publish(rx);
    }
    return some;
}

PER_FRAME void rx_idle(struct rx *rx)
{
    (void)rx;
}

/* The limit of a look-up: the last octet is the answer, and nothing else is looked at. */
static bool open_table(const uint8_t (*macs)[6], uint32_t count)
{
    (void)macs;
    (void)count;
    return true;
}

PER_FRAME int look_up_one(const uint8_t mac[6])
{
    return (int)mac_index(mac);
}

static bool open_switch(struct link *links, uint32_t count, const uint8_t (*macs)[6])
{
    (void)links;
    (void)count;
    (void)macs;
    return true;
}

PER_FRAME uint32_t flood(struct link *links, uint32_t count, const void *frame, uint32_t bytes)
{
    uint32_t taken = 0;
    for (uint32_t i = 0; i < count; i++) {
        taken += tx_send(links[i].sender, frame, bytes);
    }
    return taken;
}

PER_FRAME void flood_end(void)
{
}

#include "../loops.h"
