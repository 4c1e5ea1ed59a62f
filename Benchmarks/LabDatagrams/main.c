/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Numbered datagrams, counted at both ends: what was lost, came twice, came late or came damaged.
 *
 *     topoc-lab-datagrams receive PORT SECONDS ROUND             until none has come for so many seconds
 *     topoc-lab-datagrams send ADDRESS PORT SECONDS RATE ROUND   so many a second, of 64 to 1400 bytes
 *
 * Each ends with one line of JSON. A receiver waits longer for the first: on a busy host the sender comes late.
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SMALLEST 64
#define LONGEST 1400

/* For the first datagram a receiver waits so many times as long as for the others. */
#define PATIENCE 10

/* Numbers of a round, that a receiver tells apart. The round stands above them. */
#define MOST (1u << 24)

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Steele, Lea and Flood's SplitMix: what a number's bytes are made of. */
static uint64_t mixed(uint64_t state)
{
    state += 0x9e3779b97f4a7c15u;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
    return state ^ (state >> 31);
}

/* The datagram of a number; the result is its size, which the number decides, too. */
static size_t fill(uint8_t *bytes, uint64_t number)
{
    size_t size = (SMALLEST + mixed(number) % (LONGEST - SMALLEST)) & ~(size_t)7;
    memcpy(bytes, &number, sizeof(number));
    for (size_t i = sizeof(number); i < size; i += sizeof(uint64_t)) {
        uint64_t word = mixed(number * LONGEST + i);
        memcpy(bytes + i, &word, sizeof(word));
    }
    return size;
}

static int fail(const char *what)
{
    fprintf(stderr, "topoc-lab-datagrams: %s: %s\n", what, strerror(errno));
    return 1;
}

static int receive(int port, int seconds, uint64_t round)
{
    static uint8_t seen[MOST / 8];
    int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int room = 4 << 20;
    if (socket_ == -1 || bind(socket_, (struct sockaddr *)&place, sizeof(place)) == -1) {
        return fail("no socket");
    }
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    uint64_t received = 0;
    uint64_t twice = 0;
    uint64_t late = 0;
    uint64_t damaged = 0;
    uint64_t stale = 0; /* of another round: a dead device's TAP holds some until the next device reads it */
    uint64_t next = 0;
    int64_t silence = (int64_t)seconds * 1000000000;
    int64_t deadline = now_ns() + PATIENCE * silence;
    while (now_ns() < deadline) {
        struct pollfd ready = { .fd = socket_, .events = POLLIN };
        if (poll(&ready, 1, 100) <= 0) {
            continue;
        }
        uint8_t bytes[2048];
        uint8_t expected[LONGEST];
        ssize_t size;
        while ((size = recv(socket_, bytes, sizeof(bytes), 0)) >= 0) {
            uint64_t number = UINT64_MAX;
            memcpy(&number, bytes, size < 8 ? 0 : sizeof(number));
            if (number / MOST >= MOST || fill(expected, number) != (size_t)size || memcmp(bytes, expected, (size_t)size) != 0) {
                damaged += 1;
                continue;
            }
            if (number / MOST != round) {
                stale += 1;
                continue;
            }
            deadline = now_ns() + silence;
            number %= MOST;
            uint8_t bit = (uint8_t)(1u << (number & 7));
            if ((seen[number / 8] & bit) != 0) {
                twice += 1;
                continue;
            }
            seen[number / 8] |= bit;
            received += 1;
            if (number < next) {
                late += 1;
            } else {
                next = number + 1;
            }
        }
    }
    printf("{\"received\": %" PRIu64 ", \"twice\": %" PRIu64 ", \"late\": %" PRIu64 ", \"damaged\": %" PRIu64
           ", \"stale\": %" PRIu64 "}\n",
           received, twice, late, damaged, stale);
    return 0;
}

static int send_all(const char *address, int port, int seconds, int rate, uint64_t round)
{
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ == -1 || inet_pton(AF_INET, address, &place.sin_addr) != 1) {
        return fail("no socket");
    }
    uint64_t sent = 0;
    uint64_t refused = 0;
    uint64_t goal = (uint64_t)seconds * (uint64_t)rate;
    int64_t begin = now_ns();
    for (uint64_t number = 0; number < goal && number < MOST; number++) {
        uint8_t bytes[LONGEST];
        size_t size = fill(bytes, round * MOST + number);
        int64_t when = begin + (int64_t)(number * 1000000000 / (uint64_t)rate);
        int64_t rest = when - now_ns();
        if (rest > 0) {
            struct timespec pause = { .tv_sec = rest / 1000000000, .tv_nsec = rest % 1000000000 };
            nanosleep(&pause, NULL);
        }
        if (sendto(socket_, bytes, size, 0, (struct sockaddr *)&place, sizeof(place)) == (ssize_t)size) {
            sent += 1;
        } else {
            refused += 1;
        }
    }
    printf("{\"sent\": %" PRIu64 ", \"refused\": %" PRIu64 "}\n", sent, refused);
    return 0;
}

int main(int count, char **words)
{
    if (count == 5 && strcmp(words[1], "receive") == 0) {
        return receive(atoi(words[2]), atoi(words[3]), strtoul(words[4], NULL, 10) % MOST);
    }
    if (count == 7 && strcmp(words[1], "send") == 0 && atoi(words[5]) > 0) {
        return send_all(words[2], atoi(words[3]), atoi(words[4]), atoi(words[5]), strtoul(words[6], NULL, 10) % MOST);
    }
    fprintf(stderr, "usage: topoc-lab-datagrams receive PORT SECONDS ROUND | send ADDRESS PORT SECONDS RATE ROUND\n");
    return 64;
}
