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
#include <linux/if_tun.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct order {
    int process;
    const char *name;
    int header;
    /* What comes of it. */
    int file;
    int error;
};

/* A thread's network is its own, so that of the program stays as it is. */
static void *open_there(void *argument)
{
    struct order *order = argument;
    if (setns(order->process, CLONE_NEWNET) == -1) {
        order->error = errno;
        return NULL;
    }
    int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file == -1) {
        order->error = errno;
        return NULL;
    }
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
    if (order->header != 0) {
        request.ifr_flags |= IFF_VNET_HDR;
    }
    memcpy(request.ifr_name, order->name, strlen(order->name));
    if (ioctl(file, TUNSETIFF, &request) == -1
        || (order->header != 0 && ioctl(file, TUNSETVNETHDRSZ, &order->header) == -1)) {
        order->error = errno;
        close(file);
        return NULL;
    }
    order->file = file;
    return NULL;
}

int topoc_lab_open_tap(int process, const char *name, int header)
{
    struct order order = { .process = process, .name = name, .header = header, .file = -1 };
    if (strlen(name) >= IFNAMSIZ) {
        errno = ENAMETOOLONG;
        return -1;
    }
    pthread_t thread;
    order.error = pthread_create(&thread, NULL, open_there, &order);
    if (order.error == 0) {
        pthread_join(thread, NULL);
    }
    errno = order.error;
    return order.file;
}

#else

int topoc_lab_open_tap(int process, const char *name, int header)
{
    (void)process;
    (void)name;
    (void)header;
    errno = ENOSYS;
    return -1;
}

#endif
