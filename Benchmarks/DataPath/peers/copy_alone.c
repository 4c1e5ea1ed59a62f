/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Copy in and copy out through a place in shared memory, with no queue: once with libc's memcpy, once with ours. */

#include "../peer.h"
#include "../copy.h"

#define PEER_ONE_THREAD
#ifdef COPY_EXACT
#define PEER_SYMBOL peer_copy_exact
#define PEER_NAME "exact copy alone"
#define PEER_COPY EXACT_COPY
#define COPY exact_copy
#else
#define PEER_SYMBOL peer_copy_memcpy
#define PEER_NAME "memcpy alone"
#define PEER_COPY "memcpy"
#define COPY memcpy
#endif

/* As many places, in turn, as frames of this size fit. */
struct tx {
    uint8_t *region;
    uint32_t places, stride, place, bytes;
};

struct rx {
    uint8_t *region;
    uint32_t places, stride, place, bytes;
};

static bool link_open(struct link *link, uint32_t bytes)
{
    const uint32_t stride = (bytes + LINE - 1) / LINE * LINE;
    const uint32_t places = link->region_bytes / stride > 256 ? 256 : link->region_bytes / stride;
    *(struct tx *)link->sender = (struct tx) {
        link->region, places, stride, 0, bytes
    };
    *(struct rx *)link->receiver = (struct rx) {
        link->region, places, stride, 0, bytes
    };
    return places > 0;
}

PER_FRAME bool tx_send(struct tx *tx, const void *frame, uint32_t bytes)
{
    COPY(tx->region + (size_t)tx->place * tx->stride, frame, bytes);
    tx->place = tx->place + 1 == tx->places ? 0 : tx->place + 1;
    return true;
}

PER_FRAME uint32_t rx_receive(struct rx *rx, void *frame)
{
    COPY(frame, rx->region + (size_t)rx->place * rx->stride, rx->bytes);
    rx->place = rx->place + 1 == rx->places ? 0 : rx->place + 1;
    return rx->bytes;
}

PER_FRAME void tx_idle(struct tx *tx)
{
    (void)tx;
}

PER_FRAME void rx_idle(struct rx *rx)
{
    (void)rx;
}

#include "../loops.h"
