/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * An Ethernet switch of one interface of one VM, over the links to its peers.
 *
 *     topoc_switch_init(&sw, &config, &where)          once
 *     topoc_switch_send(&sw, frame, length, cookie)    a frame of the guest: DONE, or WAITS until config.done(cookie)
 *     topoc_switch_send_chain(&sw, segments, n, …)     the same, of a frame in several pieces
 *     topoc_switch_flush(&sw)                          after a batch of these: publish, and signal the peers that ask
 *     topoc_switch_publish(&sw)                        within a batch: publish only, for peers that are awake
 *     topoc_switch_resume(&sw)                         when a peer signalled: parked frames that find room now
 *     topoc_switch_receive(&sw, budget, deliver, …)    when a peer signalled, or the guest has room again
 *     topoc_switch_listen(&sw)                         before sleeping: true if there is work, so do not sleep
 *     topoc_switch_ready(&sw), topoc_switch_expire(&sw) for a caller that can leave frames with the guest, below
 *
 * A handler of signals, where all links signal one badge or one eventfd:
 *
 *     do {
 *         topoc_switch_resume(&sw);
 *         result = topoc_switch_receive(&sw, 256, deliver, context);
 *     } while (result == TOPOC_SWITCH_MORE || (result == TOPOC_SWITCH_IDLE && topoc_switch_listen(&sw)));
 *
 * After TOPOC_SWITCH_BLOCKED the same is done when the guest has given receive buffers.
 *
 * Where a ring is full the frame is parked: it stays in the caller's memory until all its links have taken it, and frames
 * of a link keep their order. The bound: a link may have no more frames parked than there are free records (Choudhury
 * and Hahne's dynamic threshold), so that one peer that takes nothing holds at most half of the records, k of them
 * k / (k + 1), and there is always room for a frame to a peer that is only slow. Beyond its share a frame is dropped
 * for that link and counted. parked_count must be less than the frames that the guest can have under way, or peers
 * that take nothing stop the guest.
 *
 * A caller that can leave frames with the guest loses none to a slow peer: it asks topoc_switch_ready before it takes
 * one, and calls topoc_switch_expire by a timer while frames are parked; a peer that took nothing for a whole period is
 * stalled, loses what is parked for it and holds nobody up until it takes frames again.
 *
 * No call allocates, logs, sleeps or loops for longer than its budget, the links and the parked frames.
 */

#pragma once

#include <topoc/switch_init.h>
#include <topoc/switch_receive.h>
#include <topoc/switch_send.h>
#include <topoc/switch_types.h>
