/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vhost_user/event.h>
#include <vhost_user/session.h>
#include <vhost_user/socket.h>

/* Room for more descriptors than a message may have, so that one too many is seen. */
#define DESCRIPTORS_ROOM (VHOST_USER_REGIONS_MAX + 1u)

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(DESCRIPTORS_ROOM * sizeof(int))];
};

int vhost_user_socket_accept(int listening, unsigned int user)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    int socket = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket >= 0 && (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0
                        || (peer.uid != user && peer.uid != 0))) {
        close(socket);
        socket = -1;
    }
    return socket;
}

/* Takes the descriptors out of what was received. False: there are too many; those that have no place are closed. */
static bool take_descriptors(struct msghdr *received, struct vhost_user_message *message)
{
    bool all = (received->msg_flags & MSG_CTRUNC) == 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(received); header != NULL; header = CMSG_NXTHDR(received, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (message->descriptor_count < VHOST_USER_REGIONS_MAX) {
                message->descriptors[message->descriptor_count++] = descriptor;
            } else {
                close(descriptor);
                all = false;
            }
        }
    }
    return all;
}

/* Where the next bytes of a message go. The payload's size is known once the header is there. */
static struct iovec next_piece(struct vhost_user_inbox *inbox)
{
    struct vhost_user_message *message = &inbox->message;
    size_t header = sizeof(message->header);
    struct iovec piece;
    if (inbox->bytes < header) {
        piece.iov_base = (char *)&message->header + inbox->bytes;
        piece.iov_len = header - inbox->bytes;
    } else {
        piece.iov_base = (char *)&message->payload + (inbox->bytes - header);
        piece.iov_len = header + message->header.size - inbox->bytes;
    }
    return piece;
}

enum vhost_user_fault vhost_user_socket_receive(int socket, struct vhost_user_inbox *inbox, bool *complete)
{
    *complete = false;
    for (;;) {
        union control control;
        struct iovec piece = next_piece(inbox);
        if (piece.iov_len == 0) {
            *complete = true;
            return VHOST_USER_SOUND;
        }
        struct msghdr received = {
            .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes),
        };
        ssize_t bytes = recvmsg(socket, &received, MSG_CMSG_CLOEXEC);
        if (bytes < 0 && errno == EINTR) {
            continue;
        }
        if (bytes < 0) {
            return errno == EAGAIN ? VHOST_USER_SOUND : errno == ECONNRESET ? VHOST_USER_GONE : VHOST_USER_FAULT_SOCKET;
        }
        if (!take_descriptors(&received, &inbox->message)) {
            return VHOST_USER_FAULT_DESCRIPTORS;
        }
        if (bytes == 0) {
            return VHOST_USER_GONE;
        }
        inbox->bytes += (uint32_t)bytes;
        if (inbox->bytes == sizeof(inbox->message.header)) {
            enum vhost_user_fault fault = vhost_user_header_check(&inbox->message.header);
            if (fault != VHOST_USER_SOUND) {
                return fault;
            }
        }
    }
}

enum vhost_user_fault vhost_user_socket_send(int socket, const struct vhost_user_message *message)
{
    unsigned char whole[sizeof(message->header) + sizeof(message->payload)];
    size_t size = sizeof(message->header) + message->header.size;
    ssize_t bytes;
    memcpy(whole, &message->header, sizeof(message->header));
    memcpy(whole + sizeof(message->header), &message->payload, message->header.size);
    do {
        bytes = send(socket, whole, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    } while (bytes < 0 && errno == EINTR);
    if (bytes < 0 && (errno == EPIPE || errno == ECONNRESET)) {
        return VHOST_USER_GONE;
    }
    return bytes == (ssize_t)size ? VHOST_USER_SOUND : VHOST_USER_FAULT_REPLIES;
}

void vhost_user_inbox_empty(struct vhost_user_inbox *inbox)
{
    for (uint32_t i = 0; i < inbox->message.descriptor_count; i++) {
        vhost_user_event_close(&inbox->message.descriptors[i]);
    }
    memset(inbox, 0, sizeof(*inbox));
}
