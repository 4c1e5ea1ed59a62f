/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The device process of a VM of a lab: `topoc-device 3`, started by the supervisor with one end of a socket of messages
 * (lab/control.h) as descriptor 3. With several descriptors it is several devices, which share a thread. With
 * `--filter 3` it is the process of a filter.
 */

#define _GNU_SOURCE

#include "device.h"
#include "filter.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* The descriptor that an argument names, or -1. */
static int descriptor_of(const char *argument)
{
    char *end;
    errno = 0;
    long number = strtol(argument, &end, 10);
    return errno == 0 && end != argument && *end == '\0' && number >= 0 && number <= 65535 ? (int)number : -1;
}

/* A device has what it is sent, and nothing that whoever started it left open: its sockets and 0 to 2 stay. */
static void close_others(int count, char **arguments)
{
    int highest = 2;
    for (int i = 1; i < count; i++) {
        int descriptor = descriptor_of(arguments[i]);
        highest = descriptor > highest ? descriptor : highest;
    }
    for (int descriptor = 3; descriptor < highest; descriptor++) {
        bool named = false;
        for (int i = 1; i < count; i++) {
            named = named || descriptor_of(arguments[i]) == descriptor;
        }
        if (!named) {
            close(descriptor);
        }
    }
    close_range((unsigned int)highest + 1u, ~0u, 0);
}

int main(int count, char **arguments)
{
    struct lab_loop loop;
    if (count < 2) {
        fprintf(stderr, "topoc-device: started by `topoc lab`, with the descriptor of its socket: topoc-device 3\n");
        return 2;
    }
    bool filters = count == 3 && strcmp(arguments[1], "--filter") == 0;
    close_others(count, arguments);
    signal(SIGPIPE, SIG_IGN);
    if (filters) {
        return lab_filter_run(descriptor_of(arguments[2]));
    }
    prctl(PR_SET_TIMERSLACK, 1ul, 0ul, 0ul, 0ul); /* frames are delayed by what was asked, not by 50 us more */
    if (!lab_loop_init(&loop)) {
        fprintf(stderr, "topoc-device: epoll: %s\n", strerror(errno));
        return 1;
    }
    loop.device_count = (uint32_t)count - 1u;
    loop.running = loop.device_count;
    loop.devices = calloc(loop.device_count, sizeof(*loop.devices));
    if (loop.devices == NULL) {
        fprintf(stderr, "topoc-device: no memory for %u devices\n", loop.device_count);
        return 1;
    }
    for (uint32_t i = 0; i < loop.device_count; i++) {
        if (!lab_device_init(&loop.devices[i], &loop, descriptor_of(arguments[i + 1u]))) {
            fprintf(stderr, "topoc-device: descriptor %s: %s\n", arguments[i + 1u], strerror(errno));
            return 1;
        }
    }
    if (!lab_loop_run(&loop)) {
        fprintf(stderr, "topoc-device: waiting: %s\n", strerror(errno));
        return 1;
    }
    return 0;
}
