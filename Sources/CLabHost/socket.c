/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <CLabHost.h>

#include <errno.h>

#if defined(__linux__)

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* An abstract name begins with a zero byte and is in no directory: it goes with the socket. unix(7) */
static int address_of(const char *name, struct sockaddr_un *address, socklen_t *size)
{
    size_t length = strlen(name);
    if (length > sizeof(address->sun_path) - 1) {
        errno = ENAMETOOLONG;
        return -1;
    }
    *address = (struct sockaddr_un) {
        .sun_family = AF_UNIX
    };
    memcpy(address->sun_path + 1, name, length);
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
    return 0;
}

static int closed(int file)
{
    int error = errno;
    close(file);
    errno = error;
    return -1;
}

int topoc_lab_listen(const char *name)
{
    struct sockaddr_un address;
    socklen_t size;
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (file == -1) {
        return -1;
    }
    if (address_of(name, &address, &size) == -1 || bind(file, (struct sockaddr *)&address, size) == -1
        || listen(file, SOMAXCONN) == -1) {
        return closed(file);
    }
    return file;
}

int topoc_lab_connect(const char *name)
{
    struct sockaddr_un address;
    socklen_t size;
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file == -1) {
        return -1;
    }
    if (address_of(name, &address, &size) == -1 || connect(file, (struct sockaddr *)&address, size) == -1) {
        return closed(file);
    }
    return file;
}

int topoc_lab_accept(int listener, uid_t *user)
{
    int file = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (file == -1) {
        return -1;
    }
    struct ucred peer;
    socklen_t size = sizeof(peer);
    if (getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) == -1) {
        return closed(file);
    }
    *user = peer.uid;
    return file;
}

int topoc_lab_pair(int ends[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends);
}

int topoc_lab_send(int socket, const void *bytes, size_t size, int file)
{
    const char *rest = bytes;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    while (size > 0) {
        struct iovec part = { .iov_base = (void *)(size_t)rest, .iov_len = size };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        if (file != -1) {
            message.msg_control = control.bytes;
            message.msg_controllen = sizeof(control.bytes);
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int));
            memcpy(CMSG_DATA(header), &file, sizeof(file));
        }
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent == -1 && errno == EINTR) {
            continue;
        }
        if (sent == -1) {
            return -1;
        }
        /* It went with the first byte. */
        file = -1;
        rest += sent;
        size -= (size_t)sent;
    }
    return 0;
}

ssize_t topoc_lab_receive(int socket, void *bytes, size_t capacity, int *file)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec part = { .iov_base = bytes, .iov_len = capacity };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof(control.bytes)
    };
    *file = -1;
    ssize_t size;
    do {
        size = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (size == -1 && errno == EINTR);
    struct cmsghdr *header = size == -1 ? NULL : CMSG_FIRSTHDR(&message);
    /* There is room for one; the kernel closes what does not fit. */
    if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS
        && header->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(file, CMSG_DATA(header), sizeof(*file));
    }
    return size;
}

#else

int topoc_lab_listen(const char *name)
{
    (void)name;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_connect(const char *name)
{
    (void)name;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_accept(int listener, uid_t *user)
{
    (void)listener;
    (void)user;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_pair(int ends[2])
{
    (void)ends;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_send(int socket, const void *bytes, size_t size, int file)
{
    (void)socket;
    (void)bytes;
    (void)size;
    (void)file;
    errno = ENOSYS;
    return -1;
}

ssize_t topoc_lab_receive(int socket, void *bytes, size_t capacity, int *file)
{
    (void)socket;
    (void)bytes;
    (void)capacity;
    (void)file;
    errno = ENOSYS;
    return -1;
}

#endif
