/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Moves frames between two TAP devices, of which the first is in another process's network namespace: the least that a
 * VMM does between a guest and a bridge, and a peer that the lab's devices are measured beside.
 *
 *     topoc-lab-forwarder PROCESS NAME-THERE NAME-HERE
 */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A frame that was not cut into segments, and the header before it. */
#define LARGEST (10 + 65550)

/* So many frames of one side before the other has its turn. */
#define BURST 64

static int open_tap(const char *name)
{
    int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
    snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
    if (file == -1 || ioctl(file, TUNSETIFF, &request) == -1
        || ioctl(file, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) == -1) {
        fprintf(stderr, "no TAP device %s: %s\n", name, strerror(errno));
        return -1;
    }
    return file;
}

static void move(int from, int to)
{
    static char frame[LARGEST];
    for (int i = 0; i < BURST; i++) {
        ssize_t size = read(from, frame, sizeof(frame));
        if (size <= 0) {
            return;
        }
        /* A device that is down or full loses the frame, as a cable would. */
        ssize_t written = write(to, frame, (size_t)size);
        (void)written;
    }
}

int main(int count, char **words)
{
    if (count != 4) {
        fprintf(stderr, "usage: topoc-lab-forwarder PROCESS NAME-THERE NAME-HERE\n");
        return 64;
    }
    int here = open_tap(words[3]);
    char path[64];
    snprintf(path, sizeof(path), "/proc/%s/ns/net", words[1]);
    int space = open(path, O_RDONLY | O_CLOEXEC);
    if (here == -1 || space == -1 || setns(space, CLONE_NEWNET) == -1) {
        fprintf(stderr, "cannot enter the namespace of %s: %s\n", words[1], strerror(errno));
        return 1;
    }
    int there = open_tap(words[2]);
    if (there == -1) {
        return 1;
    }
    puts("ready");
    fflush(stdout);
    struct pollfd ends[] = { { .fd = here, .events = POLLIN }, { .fd = there, .events = POLLIN } };
    for (;;) {
        if (poll(ends, 2, -1) == -1 && errno != EINTR) {
            return 1;
        }
        if (ends[0].revents != 0) {
            move(here, there);
        }
        if (ends[1].revents != 0) {
            move(there, here);
        }
    }
}
