/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <fcntl.h>
#include <lab/confine.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vhost_user/event.h>

/* The inode that all eventfds have. */
static struct stat events;

bool vhost_user_event_learn(void)
{
    int event = eventfd(0, EFD_CLOEXEC);
    if (event < 0) {
        return false;
    }
    bool known = lab_fstat(event, &events) == 0;
    close(event);
    return known;
}

/* A few other things of the kernel's have that inode, too; of these only an eventfd takes eight bytes of zero. */
bool vhost_user_event_admit(int descriptor)
{
    struct stat theirs;
    uint64_t nothing = 0;
    if (lab_fstat(descriptor, &theirs) != 0 || theirs.st_dev != events.st_dev || theirs.st_ino != events.st_ino) {
        return false;
    }
    int flags = fcntl(descriptor, F_GETFL);
    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0
           && write(descriptor, &nothing, sizeof(nothing)) == (ssize_t)sizeof(nothing);
}

void vhost_user_event_signal(int descriptor)
{
    uint64_t one = 1;
    if (descriptor >= 0) {
        /* Where it cannot be written it is full, and so says what it should. */
        (void)!write(descriptor, &one, sizeof(one));
    }
}

void vhost_user_event_clear(int descriptor)
{
    uint64_t count;
    struct iovec piece = { .iov_base = &count, .iov_len = sizeof(count) };
    /* Whatever the front end has made of its flags. */
    (void)!preadv2(descriptor, &piece, 1, -1, RWF_NOWAIT);
}

void vhost_user_event_close(int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
        *descriptor = -1;
    }
}
