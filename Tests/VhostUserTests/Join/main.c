/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * join [--offload] [--restarted] NAME NAME: two vhost-user back ends, joined back to back, on listening sockets of
 * these paths or abstract names. Ends when its standard input does, and says what became of each guest's frames, a
 * line each.
 */

#include <errno.h>
#include <harness_wire.h>
#include <inttypes.h>
#include <lab/frame.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
    struct lab_vm vm = { .frame_max = 1514 };
    int listening[WIRE_ENDS];
    char text[LAB_TEXT_MAX];
    int at = 1;
    for (; at < count && words[at][0] == '-'; at++) {
        if (strcmp(words[at], "--offload") == 0) {
            vm.offload = 1;
            vm.frame_max = LAB_FRAME_MAX;
        } else if (strcmp(words[at], "--restarted") == 0) {
            vm.restarted = 1;
        } else {
            break;
        }
    }
    if (count - at != WIRE_ENDS) {
        fprintf(stderr, "usage: join [--offload] [--restarted] NAME NAME\n");
        return 2;
    }
    for (int i = 0; i < WIRE_ENDS; i++) {
        listening[i] = wire_listen(words[at + i]);
        if (listening[i] < 0) {
            fprintf(stderr, "join: %s: %s\n", words[at + i], strerror(errno));
            return 1;
        }
    }
    struct wire *wire = wire_open(listening, &vm, text);
    if (wire == NULL) {
        fprintf(stderr, "join: %s\n", text);
        return 1;
    }
    printf("ready\n");
    fflush(stdout);
    wire_run(wire, STDIN_FILENO, -1);
    for (int i = 0; i < WIRE_ENDS; i++) {
        struct wire_counts counts = wire_count(wire, i);
        uint64_t dropped = 0;
        for (int j = 0; j < LAB_DROP_COUNT; j++) {
            dropped += counts.drops[j];
        }
        printf("%d sent %" PRIu64 " bytes %" PRIu64 " delivered %" PRIu64 " discarded %" PRIu64 " dropped %" PRIu64
               " lost %" PRIu64 " interrupts %" PRIu64 " state %d %s\n", i, counts.sent, counts.bytes,
               counts.delivered, counts.discarded, dropped, counts.lost, counts.interrupts, (int)counts.state,
               counts.text);
    }
    wire_close(wire);
    return 0;
}
