/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/* The two programs: one sends frames, one receives them; both sleep when they find nothing to do. */

#include "model.h"

/* Frames take one line or two, if the pool has more than LENGTH. */
static uint32_t frame_length(uint32_t frame)
{
    return (settings.lines > LENGTH && frame % 2 == 1 ? 100u : 50u) + frame % 8;
}

static unsigned char payload(uint32_t frame, uint32_t at)
{
    return (unsigned char)(frame * 2u + at / TOPOC_VQ_LINE);
}

static bool driver_must_signal(topoc_link_driver *driver)
{
    if (!settings.copies) {
        return topoc_link_driver_must_signal(driver);
    }
    topoc_link_fence(); /* topoc_switch_flush */
    return topoc_link_driver_ask(driver);
}

static bool device_must_signal(topoc_link_device *device)
{
    if (!settings.copies) {
        return topoc_link_device_must_signal(device);
    }
    if (!topoc_link_device_unasked(device)) {
        return false;
    }
    topoc_link_fence(); /* topoc_switch_signal_room */
    return topoc_link_device_ask(device);
}

void driver_step(struct program *self)
{
    topoc_link_driver *driver = &self->side.driver;
    enum topoc_vq_status status;
    unsigned char *buffer = NULL;
    switch (self->phase) {
    case RESERVE:
        status = topoc_link_reserve(driver, frame_length(self->frames), &buffer);
        expect(status == TOPOC_VQ_READY || status == TOPOC_VQ_FULL, "the sender's queue broke");
        if (status == TOPOC_VQ_FULL) {
            self->phase = self->staged > 0 ? FLUSH : LISTEN;
            break;
        }
        for (uint32_t at = 0; at < frame_length(self->frames); at += TOPOC_VQ_LINE) {
            model_store(buffer + at, 1, payload(self->frames, at), ORDER_RELAXED, __func__);
        }
        if (self->staged == 0 && self->frames + 1u == settings.frames) {
            topoc_link_publish(driver, frame_length(self->frames)); /* the last, if it is alone: in one step */
        } else {
            topoc_link_stage(driver, frame_length(self->frames));
        }
        self->frames++;
        self->staged++;
        self->last = self->frames == settings.frames;
        self->phase = self->staged == settings.batch || self->last ? FLUSH : RESERVE;
        break;
    case FLUSH:
        topoc_link_flush(driver);
        self->staged = 0;
        self->phase = SIGNAL;
        break;
    case SIGNAL:
        if (driver_must_signal(driver)) {
            perform((struct operation) {
                .kind = OPERATION_SIGNAL, .location = 1
            });
        }
        self->phase = self->last ? DRAIN : RESERVE;
        break;
    case DRAIN:
        self->phase = driver->oldest == driver->next ? DONE : LISTEN;
        break;
    case LISTEN:
        status = topoc_link_driver_listen(driver);
        expect(status != TOPOC_VQ_BROKEN, "the sender's queue broke");
        self->phase = status == TOPOC_VQ_READY ? AWAKE : SLEEP;
        break;
    case SLEEP:
        perform((struct operation) {
            .kind = OPERATION_WAIT
        });
        self->phase = AWAKE;
        break;
    default:
        topoc_link_driver_mute(driver);
        if (self->last) {
            expect(TOPOC_LINK(driver_reclaim)(driver) != TOPOC_VQ_BROKEN, "the sender's queue broke");
        }
        self->phase = self->last ? DRAIN : RESERVE;
        break;
    }
}

void device_step(struct program *self)
{
    topoc_link_device *device = &self->side.device;
    struct topoc_vq_frame frame = {.base = NULL};
    unsigned char bytes[2 * TOPOC_VQ_LINE];
    enum topoc_vq_status status;
    switch (self->phase) {
    case PEEK:
        if (settings.copies) {
            status = topoc_link_copy(device, bytes, sizeof(bytes), &frame.length);
        } else {
            status = topoc_link_peek(device, &frame);
        }
        if (status == TOPOC_VQ_EMPTY) {
            self->phase = GIVE_BACK;
            break;
        }
        expect(status == TOPOC_VQ_READY, "the receiver's queue broke");
        expect(frame.length == frame_length(self->frames), "a frame of a wrong length: torn, doubled or out of order");
        if (!settings.copies) {
            model_copy(bytes, frame.base, frame.length);
        }
        for (uint32_t at = 0; at < frame.length; at += TOPOC_VQ_LINE) {
            expect(bytes[at] == payload(self->frames, at), "a frame's bytes are another's");
        }
        topoc_link_commit(device);
        self->frames++;
        self->last = self->frames == settings.frames;
        self->phase = self->last ? FLUSH : PEEK;
        break;
    case FLUSH:
        topoc_link_device_flush(device);
        self->phase = GIVE_BACK;
        break;
    case GIVE_BACK:
        if (device_must_signal(device)) {
            perform((struct operation) {
                .kind = OPERATION_SIGNAL, .location = 0
            });
        }
        self->phase = self->last ? DONE : LISTEN;
        break;
    case LISTEN:
        status = topoc_link_device_listen(device);
        expect(status != TOPOC_VQ_BROKEN, "the receiver's queue broke");
        self->phase = status == TOPOC_VQ_EMPTY ? SLEEP : AWAKE;
        break;
    case SLEEP:
        perform((struct operation) {
            .kind = OPERATION_WAIT
        });
        self->phase = AWAKE;
        break;
    default:
        topoc_link_device_mute(device);
        self->phase = PEEK;
        break;
    }
}

void programs_begin(void)
{
    uint32_t size = OVERHEAD + TOPOC_VQ_LINE * settings.lines;
    unsigned int wanted = settings.start + settings.frames;
    memset(&running, 0, sizeof(running));
    initialising = true;
    if (size > MEMORY_SIZE
        || !topoc_link_driver_init(&running[0].side.driver, memory, size, LENGTH, running[0].ends)
        || !topoc_link_device_init(&running[1].side.device, memory, size, LENGTH)) {
        give_up("the queue cannot be made");
    }
    for (unsigned int i = 0; i < settings.start; i++) {
        running[0].last = true; /* so that each frame is flushed by itself */
        running[0].phase = RESERVE;
        running[1].phase = PEEK;
        settings.frames = i + 1;
        driver_step(&running[0]);
        driver_step(&running[0]);
        device_step(&running[1]);
        device_step(&running[1]);
        topoc_link_driver_must_signal(&running[0].side.driver);
        topoc_link_device_must_signal(&running[1].side.device);
    }
    settings.frames = wanted;
    for (unsigned int t = 0; t < 2; t++) {
        running[t].last = 0;
        running[t].staged = 0;
    }
    initialising = false;
    running[0].phase = RESERVE;
    running[1].phase = PEEK;
    memory_begin(&initial, size);
    for (unsigned int t = 0; t < 2; t++) {
        initial.threads[t].program = running[t];
    }
    states_add(&initial);
}
