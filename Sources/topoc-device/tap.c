/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A guest behind a TAP: a network namespace. A frame is a system call, in each direction; there is nothing to batch but
 * the publishing on links. A Unix socket of packets (SOCK_SEQPACKET) serves as well, with the same header before each
 * frame.
 */

#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Frames that are read in a row, at most. */
#define ROW_MAX 64u
/* So many rows have to be full before longer ones are tried: one too long costs a read in vain. */
#define FULL_ROWS 8u

/* A frame on its way: the packet, and its bytes with the header before them and one byte more than may be. */
struct lab_tap_slot {
    struct lab_packet packet;
    struct lab_tap_slot *next;
    unsigned char bytes[];
};

struct lab_tap {
    struct lab_port *port;
    struct lab_watch watch;
    uint32_t events; /* that are waited for */
    uint32_t row;    /* frames that are read before Linux is asked whether there are more */
    uint32_t full_rows;
    uint32_t frame_max;
    bool gone; /* its other side has closed */
    struct lab_tap_slot *free;
    unsigned char *slots;
};

static void lab_tap_wait_for(struct lab_tap *tap, uint32_t events)
{
    if (tap->events != events) {
        tap->events = events;
        lab_watch_change(tap->port, &tap->watch, events);
    }
}

static void lab_tap_leave(struct lab_tap *tap)
{
    tap->gone = true;
    lab_watch_remove(tap->port, &tap->watch);
    lab_port_state(tap->port, LAB_GUEST_GONE, "the interface is gone");
}

static void lab_tap_event(struct lab_watch *watch, uint32_t events)
{
    struct lab_tap *tap = watch->context;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        lab_port_kick(tap->port);
    }
    if ((events & EPOLLOUT) != 0) {
        lab_port_room(tap->port);
    }
}

/* Sets a TAP up for headers of 12 bytes and the agreed offloads. False, with the reason. */
static bool lab_tap_set_up(int descriptor, const struct lab_vm *vm, char *text)
{
    const unsigned int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    struct ifreq request;
    int header = sizeof(struct lab_offload);
    unsigned long offload = vm->offload != 0 ? TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN : 0;
    memset(&request, 0, sizeof(request));
    if (ioctl(descriptor, TUNGETIFF, &request) != 0) {
        int type = 0;
        socklen_t size = sizeof(type);
        if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET) {
            return true;
        }
        snprintf(text, LAB_TEXT_MAX, "the descriptor is neither a TAP nor a socket of packets");
        return false;
    }
    if (((unsigned int)request.ifr_flags & flags) != flags) {
        snprintf(text, LAB_TEXT_MAX, "the TAP was not made with IFF_TAP, IFF_NO_PI and IFF_VNET_HDR");
        return false;
    }
    if (ioctl(descriptor, TUNSETVNETHDRSZ, &header) != 0 || ioctl(descriptor, TUNSETOFFLOAD, offload) != 0) {
        snprintf(text, LAB_TEXT_MAX, "the TAP refuses its settings: %s", strerror(errno));
        return false;
    }
    return true;
}

/* Slots for the frames that can wait, and one that is read into. */
static bool lab_tap_make_slots(struct lab_tap *tap)
{
    size_t bytes = sizeof(struct lab_tap_slot) + sizeof(struct lab_offload) + tap->frame_max + 1u;
    bytes = (bytes + 63u) & ~(size_t)63u;
    tap->slots = aligned_alloc(64, bytes * (LAB_PARKED_MAX + 1u));
    if (tap->slots == NULL) {
        return false;
    }
    for (size_t i = 0; i <= LAB_PARKED_MAX; i++) {
        struct lab_tap_slot *slot = (struct lab_tap_slot *)(void *)(tap->slots + i * bytes);
        slot->next = tap->free;
        tap->free = slot;
    }
    return true;
}

static void lab_tap_close(void *guest)
{
    struct lab_tap *tap = guest;
    if (!tap->gone) {
        lab_watch_remove(tap->port, &tap->watch);
    }
    close(tap->watch.descriptor);
    free(tap->slots);
    free(tap);
}

static void *lab_tap_open(struct lab_port *port, const struct lab_vm *vm, int descriptor, char *text)
{
    struct lab_tap *tap = calloc(1, sizeof(*tap));
    int flags = fcntl(descriptor, F_GETFL);
    if (tap == NULL || !lab_tap_set_up(descriptor, vm, text)) {
        close(descriptor);
        free(tap);
        return NULL;
    }
    tap->port = port;
    tap->frame_max = vm->frame_max;
    tap->row = 1;
    tap->events = EPOLLIN;
    tap->watch.descriptor = descriptor;
    tap->watch.ready = lab_tap_event;
    tap->watch.context = tap;
    if (!lab_tap_make_slots(tap) || flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0
        || !lab_watch_add(port, &tap->watch, tap->events)) {
        snprintf(text, LAB_TEXT_MAX, "the TAP cannot be waited for: %s", strerror(errno));
        tap->gone = true;
        lab_tap_close(tap);
        return NULL;
    }
    lab_port_state(port, LAB_GUEST_READY, "");
    return tap;
}

/* Hands a frame that was read to the port. */
static void lab_tap_send(struct lab_tap *tap, struct lab_tap_slot *slot, size_t bytes)
{
    struct lab_packet *packet = &slot->packet;
    tap->free = slot->next;
    memcpy(&packet->offload, slot->bytes, sizeof(packet->offload));
    packet->segments[0].base = slot->bytes + sizeof(packet->offload);
    packet->segments[0].length = (uint32_t)(bytes - sizeof(packet->offload));
    packet->count = 1;
    if (lab_port_send(tap->port, packet)) {
        slot->next = tap->free;
        tap->free = slot;
    }
}

static uint32_t lab_tap_transmit(void *guest, uint32_t budget)
{
    struct lab_tap *tap = guest;
    uint32_t most = budget < tap->row ? budget : tap->row;
    uint32_t taken = 0;
    while (!tap->gone && taken < most && tap->free != NULL && lab_port_ready(tap->port)) {
        struct lab_tap_slot *slot = tap->free;
        ssize_t bytes = read(tap->watch.descriptor, slot->bytes, sizeof(struct lab_offload) + tap->frame_max + 1u);
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes < 0 && errno == EAGAIN) {
            /* Fewer than were hoped for: the next time a row ends with what has come by then. */
            tap->row = taken > 0 ? taken : 1u;
            return taken;
        }
        if (bytes < (ssize_t)sizeof(struct lab_offload)) {
            lab_tap_leave(tap); /* an error, or the end */
            return taken;
        }
        lab_tap_send(tap, slot, (size_t)bytes);
        taken++;
    }
    /*
     * There may be more, which Linux says without a further read. Where rows are full again and again, they get longer.
     */
    if (taken == tap->row && ++tap->full_rows % FULL_ROWS == 0 && tap->row < ROW_MAX) {
        tap->row *= 2u;
    }
    return taken < budget ? taken : budget - 1u;
}

static void lab_tap_done(void *guest, struct lab_packet *packet)
{
    struct lab_tap *tap = guest;
    struct lab_tap_slot *slot = (struct lab_tap_slot *)(void *)packet;
    slot->next = tap->free;
    tap->free = slot;
}

static enum lab_delivered lab_tap_deliver(void *guest, const struct lab_delivery *delivery)
{
    struct lab_tap *tap = guest;
    struct iovec pieces[TOPOC_SWITCH_SEGMENTS + 3u];
    struct lab_offload offload = delivery->offload;
    pieces[0].iov_base = &offload;
    pieces[0].iov_len = sizeof(offload);
    for (uint32_t i = 0; i < delivery->count; i++) {
        pieces[i + 1u].iov_base = delivery->segments[i].base;
        pieces[i + 1u].iov_len = delivery->segments[i].length;
    }
    if (tap->gone) {
        return LAB_DISCARDED;
    }
    ssize_t written;
    do {
        written = writev(tap->watch.descriptor, pieces, (int)delivery->count + 1);
    } while (written < 0 && errno == EINTR);
    if (written < 0 && errno == EAGAIN) {
        return LAB_NO_ROOM;
    }
    return written < 0 ? LAB_DISCARDED : LAB_DELIVERED;
}

static void lab_tap_flush(void *guest)
{
    (void)guest; /* each frame was given to Linux by itself */
}

/* Linux says by itself what there is. Frames are left to it while links have no room. */
static bool lab_tap_listen(void *guest, bool for_room)
{
    struct lab_tap *tap = guest;
    uint32_t frames = lab_port_ready(tap->port) ? (uint32_t)EPOLLIN : 0u;
    if (!tap->gone) {
        lab_tap_wait_for(tap, frames | (for_room ? (uint32_t)EPOLLOUT : 0u));
    }
    return false;
}

const struct lab_guest_side lab_tap_side = {
    .open = lab_tap_open,
    .close = lab_tap_close,
    .transmit = lab_tap_transmit,
    .done = lab_tap_done,
    .deliver = lab_tap_deliver,
    .flush = lab_tap_flush,
    .listen = lab_tap_listen,
    .poll = NULL
};
