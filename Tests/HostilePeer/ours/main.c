/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* Runs each attack in a process of its own, under an alarm, and prints `layout TAB key TAB outcome`. */

#include "ours.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int said = 1;

void say(const char *format, ...)
{
    char text[256];
    va_list list;
    va_start(list, format);
    int bytes = vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    if (bytes > 0 && write(said, text, strlen(text)) < 0) {
        _exit(3);
    }
}

void say_nothing_to_attack(const char *what)
{
    say("nothing to attack: this layout has no %s", what);
}

struct bench *bench_open(uint32_t bytes)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    unsigned char *memory = aligned_alloc(4096, bytes);
    if (bench == NULL || memory == NULL) {
        exit(1);
    }
    memset(memory, 0, bytes);
    bench->memory = memory;
    if (!topoc_link_driver_init(&bench->driver, memory, bytes, QUEUE_LENGTH, bench->ends)
        || !topoc_link_device_init(&bench->device, memory, bytes, QUEUE_LENGTH)) {
        say("refused when it is made");
        exit(0);
    }
    bench->descriptors = bench->driver.rings.descriptors;
    return bench;
}

enum topoc_vq_status bench_send(struct bench *bench, uint32_t length, unsigned char fill)
{
    unsigned char *buffer;
    enum topoc_vq_status status = topoc_link_reserve(&bench->driver, length, &buffer);
    if (status == TOPOC_VQ_READY) {
        memset(buffer, fill, length);
        topoc_link_publish(&bench->driver, length);
    }
    return status;
}

enum topoc_vq_status bench_receive(struct bench *bench, unsigned char *bytes, uint32_t *length)
{
    struct topoc_vq_frame frame;
    enum topoc_vq_status status = topoc_link_peek(&bench->device, &frame);
    if (status == TOPOC_VQ_READY && frame.length > FRAME_MAX) {
        topoc_link_commit(&bench->device);
        *length = frame.length;
        return TOPOC_VQ_REFUSED;
    }
    if (status == TOPOC_VQ_READY) {
        memcpy(bytes, frame.base, frame.length);
        *length = frame.length;
    } else if (status == TOPOC_VQ_CHAIN) {
        status = topoc_link_copy(&bench->device, bytes, FRAME_MAX, length);
    }
    if (status == TOPOC_VQ_READY) {
        topoc_link_commit(&bench->device);
    }
    return status;
}

static const char *fault_name(enum topoc_vq_fault fault)
{
    static const char *const names[] = {
        "sound", "an index", "a descriptor number", "an id", "an address", "a length", "a chain", "flags",
    };
    return (unsigned int)fault < sizeof(names) / sizeof(names[0]) ? names[fault] : "unknown";
}

/* A broken end stays broken, and does not write or change anything. */
static void say_broken(struct bench *bench, enum topoc_vq_fault fault, bool device)
{
    static unsigned char before[REGION];
    unsigned char bytes[FRAME_MAX];
    uint32_t length;
    memcpy(before, bench->memory, REGION);
    for (int i = 0; i < 3; i++) {
        if (device) {
            topoc_link_device_flush(&bench->device);
            topoc_link_device_mute(&bench->device);
            topoc_link_device_must_signal(&bench->device);
            if (topoc_link_device_listen(&bench->device) != TOPOC_VQ_BROKEN
                || bench_receive(bench, bytes, &length) != TOPOC_VQ_BROKEN || bench->device.fault != fault) {
                say("broken, and whole again; ");
            }
        } else {
            topoc_link_flush(&bench->driver);
            topoc_link_driver_mute(&bench->driver);
            topoc_link_driver_must_signal(&bench->driver);
            if (topoc_link_driver_listen(&bench->driver) != TOPOC_VQ_BROKEN
                || bench_send(bench, 64, 1) != TOPOC_VQ_BROKEN || bench->driver.fault != fault) {
                say("broken, and whole again; ");
            }
        }
    }
    if (memcmp(before, bench->memory, REGION) != 0) {
        say("written to after it broke; ");
    }
    say("the link is broken (%s)", fault_name(fault));
}

void say_received(struct bench *bench)
{
    unsigned char bytes[FRAME_MAX];
    uint32_t length = 0;
    enum topoc_vq_status status = bench_receive(bench, bytes, &length);
    if (status == TOPOC_VQ_BROKEN) {
        say_broken(bench, bench->device.fault, true);
    } else if (status == TOPOC_VQ_READY) {
        bool whole = length == 64;
        for (uint32_t i = 0; i < length; i++) {
            whole = whole && bytes[i] == 'A';
        }
        say(whole ? "the frame is delivered as it was sent" : "a frame of %u other bytes is delivered", length);
    } else {
        say("nothing is delivered");
    }
}

void say_reclaimed(struct bench *bench)
{
    enum topoc_vq_status status = topoc_link_driver_listen(&bench->driver);
    if (status == TOPOC_VQ_BROKEN) {
        say_broken(bench, bench->driver.fault, false);
    } else {
        say(status == TOPOC_VQ_READY ? "buffers are taken back" : "nothing is taken back");
    }
}

static int run(const struct attack *attack)
{
    static const char *const layouts[] = {"", "packed", "split", "libvirtqueue"};
    int ends[2];
    int status;
    char text[1024] = "";
    fflush(stdout);
    if (pipe(ends) != 0) {
        return 1;
    }
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        said = ends[1];
        alarm(20);
        attack->run();
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    ssize_t got;
    while (used + 1 < sizeof(text) && (got = read(ends[0], text + used, sizeof(text) - used - 1)) > 0) {
        used += (size_t)got;
    }
    close(ends[0]);
    waitpid(child, &status, 0);
    bool hangs = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
    bool fine = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    printf("%s\t%s\t%s%s\n", layouts[TOPOC_LINK_LAYOUT], attack->key, text, fine ? "" : hangs ? "endless loop" : "crash");
    return 0;
}

int main(void)
{
    const struct attack *const rooms[] = {device_side, driver_side, honest, through_switch};
    for (unsigned int room = 0; room < sizeof(rooms) / sizeof(rooms[0]); room++) {
        for (const struct attack *attack = rooms[room]; attack->key != NULL; attack++) {
            if (run(attack) != 0) {
                perror("ours");
                return 1;
            }
        }
    }
    return 0;
}
