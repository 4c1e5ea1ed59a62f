/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* What the supervisor does to links that run: cuts them, impairs them, watches them. */

#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define DELAY_MAX UINT64_C(10000000000)
#define MILLION 1000000u

static bool lab_trouble_names(const struct lab_device *device, uint32_t link, struct lab_verdict *verdict)
{
    return link == LAB_ALL_LINKS || link < device->vm.link_count
           || lab_refuse(verdict, LAB_REFUSED_NUMBER, link, "no such link");
}

/* Which ports take the longer way, and whether anything is captured. */
static void lab_trouble_look(struct lab_device *device)
{
    device->capturing = false;
    for (uint32_t i = 0; i < LAB_CAPTURES_MAX; i++) {
        device->capturing = device->capturing || device->captures[i].on;
    }
    for (uint32_t i = 0; i < device->vm.interface_count; i++) {
        device->ports[i].watched = device->capturing;
    }
    for (uint32_t i = 0; i < device->vm.link_count; i++) {
        struct lab_wire *wire = &device->wires[i];
        wire->port->watched = wire->port->watched || wire->cut || lab_impairment_acts(&wire->impairment);
    }
}

bool lab_trouble_impair(struct lab_device *device, const void *message, struct lab_received *with,
                        struct lab_verdict *verdict)
{
    const struct lab_impair *said = message;
    (void)with;
    if (!lab_trouble_names(device, said->link, verdict)) {
        return false;
    }
    if (said->loss > MILLION) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->loss, "more than a million in a million are lost");
    }
    if (said->delay > DELAY_MAX || said->jitter > said->delay) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, (uint32_t)said->delay,
                          "a delay is at most ten seconds, and its jitter at most the delay");
    }
    if (said->queue_bytes > LAB_MEMORY_MAX || (said->queue_bytes != 0 && said->queue_bytes < LAB_QUEUE_MIN)) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, (uint32_t)said->queue_bytes,
                          "the queue has 128 KiB to LAB_MEMORY_MAX bytes, or 0 for a mebibyte");
    }
    for (uint32_t i = 0; i < device->vm.link_count; i++) {
        struct lab_impairment settings = {.loss = said->loss, .delay = said->delay, .jitter = said->jitter,
                   .rate = said->rate, .random = said->seed + i
        };
        if ((said->link == LAB_ALL_LINKS || said->link == i)
            && !lab_impairment_set(&device->wires[i].impairment, &settings, said->queue_bytes)) {
            return lab_refuse(verdict, LAB_REFUSED_SYSTEM, ENOMEM, "no memory for the frames that wait");
        }
    }
    lab_trouble_look(device);
    return true;
}

bool lab_trouble_cut(struct lab_device *device, const void *message, struct lab_received *with,
                     struct lab_verdict *verdict)
{
    const struct lab_cut *said = message;
    (void)with;
    if (!lab_trouble_names(device, said->link, verdict)) {
        return false;
    }
    if (said->cut > 1u) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->cut, "`cut` is 0 or 1");
    }
    for (uint32_t i = 0; i < device->vm.link_count; i++) {
        if (said->link == LAB_ALL_LINKS || said->link == i) {
            device->wires[i].cut = said->cut != 0;
        }
    }
    lab_trouble_look(device);
    lab_device_moved(device);
    return true;
}

/* The pipe has room again. */
static void lab_trouble_drained(struct lab_watch *watch, uint32_t events)
{
    (void)events;
    lab_capture_flush(watch->context);
}

void lab_trouble_capture_end(struct lab_device *device, struct lab_capturing *capture)
{
    if (capture->buffer == NULL) {
        return;
    }
    lab_loop_remove(device->loop, &capture->pipe);
    close(capture->pipe.descriptor);
    free(capture->buffer);
    *capture = (struct lab_capturing) {
        .on = false
    };
    lab_trouble_look(device);
}

bool lab_trouble_capture(struct lab_device *device, const void *message, struct lab_received *with,
                         struct lab_verdict *verdict)
{
    const struct lab_capture *said = message;
    if (said->number >= LAB_CAPTURES_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->number, "fewer than LAB_CAPTURES_MAX at a time");
    }
    if (said->zero != 0) {
        return lab_refuse(verdict, LAB_REFUSED_MESSAGE, said->zero, "something stands where zero should be");
    }
    struct lab_capturing *capture = &device->captures[said->number];
    if (with->descriptor_count == 0) {
        lab_capture_flush(capture);
        lab_trouble_capture_end(device, capture);
        return true;
    }
    if (!lab_trouble_names(device, said->link, verdict)) {
        return false;
    }
    if (capture->buffer != NULL) {
        return lab_refuse(verdict, LAB_REFUSED_ORDER, said->number, "this capture has begun and not ended");
    }
    int flags = fcntl(with->descriptors[0], F_GETFL);
    if (flags < 0 || (flags & O_NONBLOCK) == 0 || (flags & O_ACCMODE) == O_RDONLY) {
        return lab_refuse(verdict, LAB_REFUSED_DESCRIPTORS, 0, "the write end of a pipe with O_NONBLOCK");
    }
    struct lab_capturing begun = {.on = true, .link = said->link, .length = said->length };
    begun.pipe.descriptor = with->descriptors[0];
    begun.pipe.ready = lab_trouble_drained;
    begun.pipe.context = capture;
    begun.buffer = malloc(LAB_CAPTURE_BYTES);
    if (begun.buffer == NULL) {
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, ENOMEM, "no memory for a capture");
    }
    *capture = begun;
    if (!lab_loop_add(device->loop, &capture->pipe, EPOLLOUT | EPOLLET)) {
        int error = errno;
        free(capture->buffer);
        *capture = (struct lab_capturing) {
            .on = false
        };
        return lab_refuse(verdict, LAB_REFUSED_DESCRIPTORS, (uint32_t)error, "the descriptor cannot be waited for");
    }
    with->descriptors[0] = -1;
    lab_trouble_look(device);
    return true;
}
