/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A guest of a test: a network namespace of its own with a TAP in it, `namespace 10.0.0.1 02:00:00:00:00:01`. It sends
 * the TAP over descriptor 3, answers UDP datagrams to port 7 (echo), and does what comes over descriptor 3:
 * struct exchange, answered by struct exchanged. Where no namespace can be made it exits with 77.
 */

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <lab/control.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SKIPPED 77
#define ECHO_PORT 7
#define DATAGRAM_MAX 65000

struct exchange {
    struct lab_head head;
    uint32_t address; /* as in memory of struct in_addr */
    uint32_t count;
    uint32_t bytes;  /* of a datagram */
    uint32_t window; /* datagrams under way */
};

struct exchanged {
    struct lab_head head;
    uint32_t answered; /* whole, and each once */
    uint32_t wrong;
    uint64_t median; /* nanoseconds there and back */
    uint64_t total;  /* of all */
};

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "namespace: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static void write_text(const char *path, const char *text)
{
    int file = open(path, O_WRONLY);
    require(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text), path);
    close(file);
}

static void enter(void)
{
    char map[64];
    unsigned int user = getuid();
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
        exit(SKIPPED);
    }
    write_text("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", user);
    write_text("/proc/self/uid_map", map);
}

static int make_tap(const char *address, const char *mac)
{
    struct ifreq request;
    struct sockaddr_in *internet = (struct sockaddr_in *)(void *)&request.ifr_addr;
    int tap = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (tap < 0) {
        exit(SKIPPED);
    }
    memset(&request, 0, sizeof(request));
    strcpy(request.ifr_name, "eth0");
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    require(ioctl(tap, TUNSETIFF, &request) == 0, "TUNSETIFF");
    memset(&request.ifr_hwaddr, 0, sizeof(request.ifr_hwaddr));
    request.ifr_hwaddr.sa_family = ARPHRD_ETHER;
    unsigned char *octets = (unsigned char *)request.ifr_hwaddr.sa_data;
    require(sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", octets, octets + 1, octets + 2, octets + 3, octets + 4,
                   octets + 5) == 6, "the MAC address");
    require(ioctl(control, SIOCSIFHWADDR, &request) == 0, "SIOCSIFHWADDR");
    memset(internet, 0, sizeof(*internet));
    internet->sin_family = AF_INET;
    require(inet_pton(AF_INET, address, &internet->sin_addr) == 1, "the address");
    require(ioctl(control, SIOCSIFADDR, &request) == 0, "SIOCSIFADDR");
    inet_pton(AF_INET, "255.255.255.0", &internet->sin_addr);
    require(ioctl(control, SIOCSIFNETMASK, &request) == 0, "SIOCSIFNETMASK");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    require(ioctl(control, SIOCSIFFLAGS, &request) == 0, "SIOCSIFFLAGS");
    close(control);
    return tap;
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static int compare(const void *one, const void *other)
{
    uint64_t left = *(const uint64_t *)one;
    uint64_t right = *(const uint64_t *)other;
    return (left > right) - (left < right);
}

/* A number, and bytes that follow from it. */
static void fill(unsigned char *datagram, uint32_t number, uint32_t bytes)
{
    memset(datagram, (int)(number & 0xffu), bytes);
    memcpy(datagram, &number, sizeof(number));
}

static void exchange(const struct exchange *wanted, struct exchanged *result)
{
    static unsigned char sent[DATAGRAM_MAX];
    static unsigned char received[DATAGRAM_MAX];
    struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(ECHO_PORT), .sin_addr = { wanted->address } };
    int local = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct timeval patience = {.tv_sec = 30 };
    uint64_t *times = calloc(wanted->count, sizeof(*times));
    uint32_t next = 0;
    require(local >= 0 && times != NULL, "a socket and memory");
    setsockopt(local, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    uint64_t begin = now();
    while (result->answered + result->wrong < wanted->count) {
        while (next < wanted->count && next < result->answered + wanted->window) {
            fill(sent, next, wanted->bytes);
            times[next++] = now();
            require(sendto(local, sent, wanted->bytes, 0, (struct sockaddr *)&peer, sizeof(peer)) >= 0, "sendto");
        }
        ssize_t bytes = recv(local, received, sizeof(received), 0);
        if (bytes < 0) {
            break; /* lost */
        }
        fill(sent, result->answered, wanted->bytes);
        if (bytes == (ssize_t)wanted->bytes && memcmp(sent, received, wanted->bytes) == 0) {
            times[result->answered] = now() - times[result->answered];
            result->answered++;
        } else {
            result->wrong++;
        }
    }
    result->total = now() - begin;
    qsort(times, result->answered, sizeof(*times), compare);
    result->median = result->answered > 0 ? times[result->answered / 2u] : 0;
    free(times);
    close(local);
}

static void answer(int echo)
{
    static unsigned char datagram[DATAGRAM_MAX];
    struct sockaddr_in peer;
    socklen_t size = sizeof(peer);
    ssize_t bytes = recvfrom(echo, datagram, sizeof(datagram), MSG_DONTWAIT, (struct sockaddr *)&peer, &size);
    if (bytes >= 0) {
        sendto(echo, datagram, (size_t)bytes, 0, (struct sockaddr *)&peer, size);
    }
}

int main(int count, char **arguments)
{
    static _Alignas(16) unsigned char message[LAB_MESSAGE_MAX];
    struct lab_received received;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(ECHO_PORT) };
    require(count == 3, "namespace ADDRESS MAC");
    enter();
    int tap = make_tap(arguments[1], arguments[2]);
    int echo = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    require(bind(echo, (struct sockaddr *)&any, sizeof(any)) == 0, "bind");
    struct lab_done ready = {.head = lab_head_make(LAB_DONE, sizeof(ready), 1)};
    require(lab_send(3, &ready, sizeof(ready), &tap, 1) == 0, "sending the TAP");
    for (;;) {
        struct pollfd polled[2] = { { 3, POLLIN, 0 }, { echo, POLLIN, 0 } };
        poll(polled, 2, -1);
        if (polled[1].revents != 0) {
            answer(echo);
        }
        if (polled[0].revents != 0) {
            if (lab_receive(3, message, &received) != 1) {
                return 0;
            }
            struct exchanged result = {.answered = 0 };
            exchange((const struct exchange *)(void *)message, &result);
            result.head = lab_head_make(LAB_DONE, sizeof(result), 1);
            require(lab_send(3, &result, sizeof(result), NULL, 0) == 0, "answering");
        }
    }
}
