/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What topoc emits and links: Sources/CVirtqueue, with the layout that TOPOC_LINK_LAYOUT names. Both ends poll, as those
 * of all peers do, so nobody is asked whether he wants a signal; what that costs stands in the table of costs.
 */

#include <topoc/link.h>

#include "../peer.h"

#define PEER_BATCHES
#define PEER_SWITCH
#define QUEUE_LENGTH 256

#if defined(OURS_PORTABLE)
#define PEER_COPY "memcpy"
#define ours_copy memcpy
#elif defined(OURS_NATIVE)
#include "../copy.h"
#define PEER_COPY EXACT_COPY
#define ours_copy exact_copy
#define TOPOC_SWITCH_COPY exact_copy
#else
#include <topoc/copy.h>
#define PEER_COPY "exact, chosen for the processor"
#define ours_copy topoc_copy
#define TOPOC_SWITCH_COPY topoc_copy
#endif

struct tx {
    topoc_link_driver driver;
    uint32_t ends[QUEUE_LENGTH];
};

struct rx {
    topoc_link_device device;
};

static bool link_open(struct link *link, uint32_t bytes)
{
    struct tx *tx = link->sender;
    struct rx *rx = link->receiver;
    _Static_assert(sizeof(*tx) <= LINK_STATE && sizeof(*rx) <= LINK_STATE, "the states fit");
    unsigned char *buffer;
    return topoc_link_driver_init(&tx->driver, link->region, link->region_bytes, QUEUE_LENGTH, tx->ends)
           && topoc_link_device_init(&rx->device, link->region, link->region_bytes, QUEUE_LENGTH)
           && (bytes == 0 || topoc_link_reserve(&tx->driver, bytes, &buffer) == TOPOC_VQ_READY);
}

#ifdef OURS_ASKS
static unsigned asked_for_signals;
#endif

/* Copies a frame into the link; staged or published afterwards. */
PER_FRAME bool put(struct tx *tx, const void *frame, uint32_t bytes)
{
    unsigned char *buffer;
    if (topoc_link_reserve(&tx->driver, bytes, &buffer) != TOPOC_VQ_READY) {
        return false;
    }
    ours_copy(buffer, frame, bytes);
    return true;
}

PER_FRAME bool tx_send(struct tx *tx, const void *frame, uint32_t bytes)
{
    if (!put(tx, frame, bytes)) {
        return false;
    }
    topoc_link_publish(&tx->driver, bytes);
#ifdef OURS_ASKS
    asked_for_signals += topoc_link_driver_must_signal(&tx->driver);
#endif
    return true;
}

PER_FRAME uint32_t tx_send_batch(struct tx *tx, const struct frames *frames, uint64_t first, uint32_t bytes,
                                 uint32_t count)
{
    uint32_t some = 0;
    while (some < count && put(tx, frames->octets[(first + some) % FRAME_KINDS], bytes)) {
        topoc_link_stage(&tx->driver, bytes);
        some++;
    }
    topoc_link_flush(&tx->driver);
    return some;
}

PER_FRAME uint32_t rx_receive(struct rx *rx, void *frame)
{
    struct topoc_vq_frame found;
    if (topoc_link_peek(&rx->device, &found) != TOPOC_VQ_READY || found.length > FRAME_STRIDE) {
        return 0;
    }
    ours_copy(frame, found.base, found.length);
    topoc_link_commit(&rx->device);
    return found.length;
}

PER_FRAME uint32_t rx_receive_batch(struct rx *rx, uint8_t (*frames)[FRAME_STRIDE], uint32_t *lengths,
                                    uint32_t count)
{
    uint32_t some = 0;
    while (some < count && (lengths[some] = rx_receive(rx, frames[some])) != 0) {
        some++;
    }
    return some;
}

PER_FRAME void tx_idle(struct tx *tx)
{
    (void)tx;
}

PER_FRAME void rx_idle(struct rx *rx)
{
    (void)rx;
}

#include "ours_switch.h"
#include "../loops.h"
