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
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct order {
    int network; /* where: what setns(2) takes */
    const char *name;
    int header;
    pid_t process; /* to whose network it goes */
    /* What comes of it. */
    int file;
    int error;
};

/* A TAP of the order's name, in the network of this thread. The result is 0, or an errno. */
static int open_tap(struct order *order)
{
    int file = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file == -1) {
        return errno;
    }
    struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI };
    if (order->header != 0) {
        request.ifr_flags |= IFF_VNET_HDR;
    }
    memcpy(request.ifr_name, order->name, strlen(order->name));
    if (ioctl(file, TUNSETIFF, &request) == -1
        || (order->header != 0 && ioctl(file, TUNSETVNETHDRSZ, &order->header) == -1)) {
        int error = errno;
        close(file);
        return error;
    }
    order->file = file;
    return 0;
}

/* Asks the kernel over rtnetlink(7) that a device gets another network. The result is 0, or an errno. */
static int ask_to_move(int socket, unsigned int device, pid_t process)
{
    struct {
        struct nlmsghdr head;
        struct ifinfomsg link;
        struct rtattr attribute;
        pid_t process;
    } request = {
        .head = { .nlmsg_len = sizeof(request), .nlmsg_type = RTM_SETLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
        .link = { .ifi_family = AF_UNSPEC, .ifi_index = (int)device },
        .attribute = { .rta_len = RTA_LENGTH(sizeof(pid_t)), .rta_type = IFLA_NET_NS_PID },
        .process = process,
    };
    struct {
        struct nlmsghdr head;
        struct nlmsgerr result;
        char more[256];
    } answer;
    if (send(socket, &request, sizeof(request), 0) == -1) {
        return errno;
    }
    ssize_t size;
    do {
        size = recv(socket, &answer, sizeof(answer), 0);
    } while (size == -1 && errno == EINTR);
    if (size == -1) {
        return errno;
    }
    return size < (ssize_t)(sizeof(answer.head) + sizeof(answer.result)) || answer.head.nlmsg_type != NLMSG_ERROR
           ? EPROTO : -answer.result.error;
}

/* The device of the order's name leaves the network of this thread. The result is 0, or an errno. */
static int move_tap(struct order *order)
{
    unsigned int device = if_nametoindex(order->name);
    if (device == 0) {
        return errno;
    }
    int file = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (file == -1) {
        return errno;
    }
    int error = ask_to_move(file, device, order->process);
    close(file);
    return error;
}

static void *begin_there(void *argument)
{
    struct order *order = argument;
    if (setns(order->network, CLONE_NEWNET) == -1) {
        order->error = errno;
    } else {
        order->error = order->process == 0 ? open_tap(order) : move_tap(order);
    }
    return NULL;
}

/* A thread's network is its own, so that of the program stays as it is. The result is 0, or an errno. */
static int perform(struct order *order)
{
    if (strlen(order->name) >= IFNAMSIZ) {
        return ENAMETOOLONG;
    }
    pthread_t thread;
    int error = pthread_create(&thread, NULL, begin_there, order);
    if (error != 0) {
        return error;
    }
    pthread_join(thread, NULL);
    return order->error;
}

int topoc_lab_open_tap(int network, const char *name, int header)
{
    struct order order = { .network = network, .name = name, .header = header, .file = -1 };
    errno = perform(&order);
    return order.file;
}

int topoc_lab_move_tap(int network, const char *name, pid_t process)
{
    struct order order = { .network = network, .name = name, .process = process, .file = -1 };
    errno = perform(&order);
    return errno == 0 ? 0 : -1;
}

int topoc_lab_network(pid_t process)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/ns/net", (long)process);
    return open(path, O_RDONLY | O_CLOEXEC);
}

#else

int topoc_lab_open_tap(int network, const char *name, int header)
{
    (void)network;
    (void)name;
    (void)header;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_move_tap(int network, const char *name, pid_t process)
{
    (void)network;
    (void)name;
    (void)process;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_network(pid_t process)
{
    (void)process;
    errno = ENOSYS;
    return -1;
}

#endif
