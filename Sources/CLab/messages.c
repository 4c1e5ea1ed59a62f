/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <errno.h>
#include <lab/control.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Room for the descriptors, aligned as the macros of sys/socket.h expect it. */
union lab_descriptors {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(LAB_DESCRIPTORS_MAX * sizeof(int))];
};

static int lab_send_pieces(int socket, struct iovec *pieces, size_t piece_count, const int *descriptors, uint32_t count)
{
    union lab_descriptors control;
    struct msghdr message;
    ssize_t sent;
    memset(&message, 0, sizeof(message));
    message.msg_iov = pieces;
    message.msg_iovlen = piece_count;
    if (count > LAB_DESCRIPTORS_MAX) {
        errno = EINVAL;
        return -1;
    }
    if (count > 0) {
        memset(&control, 0, sizeof(control));
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
    }
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

int lab_send(int socket, const void *message, uint32_t size, const int *descriptors, uint32_t count)
{
    struct iovec piece = {.iov_base = (void *)(uintptr_t)message, .iov_len = size};
    ssize_t sent;
    if (count > 0) {
        return lab_send_pieces(socket, &piece, 1, descriptors, count);
    }
    /* A device that is confined can do no more than this. */
    do {
        sent = send(socket, message, size, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? -1 : 0;
}

int lab_send_interface(int socket, const struct lab_interface *message, const uint64_t *entries,
                       const uint16_t *displacements, int descriptor)
{
    struct lab_interface head = *message;
    struct iovec pieces[3];
    if (head.entry_count > LAB_TABLE_MAX || head.displacement_count > LAB_TABLE_MAX) {
        errno = EMSGSIZE;
        return -1;
    }
    pieces[0] = (struct iovec) {
        .iov_base = &head, .iov_len = sizeof(head)
    };
    pieces[1] = (struct iovec) {
        .iov_base = (void *)(uintptr_t)entries, .iov_len = head.entry_count * sizeof(*entries)
    };
    pieces[2] = (struct iovec) {
        .iov_base = (void *)(uintptr_t)displacements, .iov_len = head.displacement_count * sizeof(*displacements)
    };
    head.head.size = (uint32_t)(pieces[0].iov_len + pieces[1].iov_len + pieces[2].iov_len);
    return lab_send_pieces(socket, pieces, 3, &descriptor, 1);
}

/* Takes the descriptors out of a message; whatever else came with it is closed or ignored. */
static void lab_take_descriptors(struct msghdr *message, struct lab_received *received)
{
    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL; header = CMSG_NXTHDR(message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (received->descriptor_count < LAB_DESCRIPTORS_MAX) {
                received->descriptors[received->descriptor_count++] = descriptor;
            } else {
                close(descriptor);
            }
        }
    }
}

int lab_receive(int socket, void *buffer, struct lab_received *received)
{
    union lab_descriptors control;
    struct iovec piece = {.iov_base = buffer, .iov_len = LAB_MESSAGE_MAX};
    struct msghdr message;
    struct lab_head head;
    ssize_t size;
    int error = 0;
    received->descriptor_count = 0;
    memset(&message, 0, sizeof(message));
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof(control.bytes);
    do {
        size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size <= 0) {
        received->size = 0;
        return size < 0 ? -1 : 0;
    }
    received->size = (uint32_t)size;
    lab_take_descriptors(&message, received);
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        error = EMSGSIZE;
    } else if ((size_t)size < sizeof(head)) {
        error = EBADMSG;
    } else {
        memcpy(&head, buffer, sizeof(head));
        error = head.size != received->size || head.zero != 0 ? EBADMSG : 0;
    }
    if (error == 0) {
        return 1;
    }
    while (received->descriptor_count > 0) {
        close(received->descriptors[--received->descriptor_count]);
    }
    errno = error;
    return -1;
}
