/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What a front end and this back end have agreed upon: the state that messages change. A session reads and writes no
 * socket; it is given messages, maps memory, and starts and stops queues.
 *
 * The order of messages that it wants: SET_OWNER before every other that sets something, but for the protocol features;
 * features, memory, and a ring's length and addresses before its SET_VRING_KICK, which starts it; none of these of a
 * ring that runs, until GET_VRING_BASE has stopped it. Memory may be renewed while rings run.
 */

#pragma once

#include <vhost_user/memory.h>
#include <vhost_user/queue.h>

enum vhost_user_ring_number {
    VHOST_USER_RECEIVE,  /* to the guest */
    VHOST_USER_TRANSMIT, /* from the guest */
    VHOST_USER_RINGS
};

struct vhost_user_ring {
    uint32_t length;
    uint32_t base; /* SET_VRING_BASE's */
    struct vhost_user_ring_addresses addresses;
    bool placed;  /* the addresses have been said */
    bool started;
    bool enabled;
    bool served;   /* it has been enabled since it was started */
    bool reported; /* the front end has been told that its driver broke the queue */
    int kick;
    int call;
    int error;
    struct vhost_user_queue queue; /* while it is started */
};

/* What a session tells of what messages do. `context` is the caller's. */
struct vhost_user_hooks {
    void *context;
    /* A ring has started: its kick is to be waited for. False: that cannot be. */
    bool (*started)(void *context, enum vhost_user_ring_number ring, int kick);
    /* It has stopped: the kick is about to be closed. */
    void (*stopped)(void *context, enum vhost_user_ring_number ring);
    /* Frames of the guest that were completed without being sent. */
    void (*lost)(void *context, uint32_t frames);
};

struct vhost_user_session {
    struct vhost_user_hooks hooks;
    uint64_t offered;
    uint64_t features; /* agreed upon; 0 until then */
    uint64_t protocol_features;
    uint32_t frame_max; /* the longest Ethernet frame, in bytes */
    uint32_t inherited; /* a bit for each ring that a dead back end may have served, and this one has not yet: see below */
    bool owned;
    struct vhost_user_memory memory;
    struct vhost_user_ring rings[VHOST_USER_RINGS];
};

/*
 * Makes a session; between connections it is closed and opened again. `restarted`: a back end before this one died, and
 * may have sent on what it did not give back: it is given back and not sent, once.
 *
 * How far it came stands in a split ring. Of a packed one the front end would have to know, or share a region with its
 * back ends (GET_INFLIGHT_FD); QEMU's and DPDK's do neither for virtio-net, and say the first position again. From there
 * the guest would be given back what it has not given, so such a ring is not started until its driver has made it anew.
 */
void vhost_user_session_init(struct vhost_user_session *session, const struct vhost_user_hooks *hooks,
                             uint32_t frame_max, bool offload, bool restarted);

/* The front end is gone: stops and forgets all, so that the next one finds a new session. */
void vhost_user_session_close(struct vhost_user_session *session);

/* Whether a header may stand before a payload that is to be read. */
enum vhost_user_fault vhost_user_header_check(const struct vhost_user_header *header);

/*
 * Does what a message says. All descriptors of the message are the session's, or closed. `reply` is set where
 * `has_reply` is, also of a message that is a fault: there it says no. After a fault the session is of no use until it
 * is closed.
 */
enum vhost_user_fault vhost_user_session_take(struct vhost_user_session *session, struct vhost_user_message *message,
                                              struct vhost_user_message *reply, bool *has_reply);

/* The queue of a ring that runs, and whose driver keeps to the rules; or NULL. */
struct vhost_user_queue *vhost_user_session_queue(struct vhost_user_session *session,
                                                  enum vhost_user_ring_number ring);

/* Whether a ring's driver has broken the rules, once; the front end hears of it through the ring's eventfd. */
bool vhost_user_session_broke(struct vhost_user_session *session, enum vhost_user_ring_number ring);

/* Whether all features of a set were agreed upon. */
static inline bool vhost_user_session_has(const struct vhost_user_session *session, uint64_t features)
{
    return (session->features & features) == features;
}
