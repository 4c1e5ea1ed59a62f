/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * Two threads over one link for some seconds, built with clang's ThreadSanitizer: frames of all sizes, batches of all
 * sizes, and both sides sleep on an eventfd when they find nothing. A race, a frame that is torn, lost, doubled or out of
 * order, and a wake-up that does not come within ten seconds are failures.
 *
 * ThreadSanitizer takes topoc_fence for a fence of the machine and learns no order from it. It need not: the core's
 * fences only order "I sleep" against "I did something"; what one side wrote reaches the other by release and acquire.
 * The core is built as it is: clang, unlike gcc, has no warning about the fence to silence. An eventfd tells
 * ThreadSanitizer of an order too, so some races could hide behind a signal; between signals, thousands of frames pass.
 *
 *   stress SECONDS SEED
 */

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <topoc/link.h>
#include <unistd.h>

#define LENGTH 16u
#define SIZE 8192u
#define FRAME_MAX 1514u
#define PATIENCE_MS 10000

static _Alignas(4096) unsigned char memory[SIZE];
static int to_receiver;
static int to_sender;
static uint64_t seed;
static double seconds;
static atomic_bool stopping;
static atomic_uint_fast64_t sent;
static uint64_t received;
static uint64_t sleeps[2];

/* The same numbers on both sides, so that the receiver knows each frame. */
static uint32_t number_of(uint64_t frame)
{
    uint64_t mixed = (frame + seed) * 0x9e3779b97f4a7c15u;
    mixed ^= mixed >> 29;
    mixed *= 0xbf58476d1ce4e5b9u;
    return (uint32_t)(mixed >> 32);
}

/* Never the 128 bytes that, in libvirtqueue's layout, may be the begin of a longer frame. */
static uint32_t length_of(uint64_t frame)
{
    uint32_t any = 1u + number_of(frame) / 8 % (FRAME_MAX - 1u);
    return number_of(frame) % 4 == 0 ? any + (any >= 128 ? 1u : 0u) : 60u + number_of(frame) / 8 % 40;
}

static void fail(const char *what, uint64_t frame)
{
    printf("stress: frame %llu: %s\n", (unsigned long long)frame, what);
    exit(1);
}

static void notify(int descriptor)
{
    uint64_t one = 1;
    if (write(descriptor, &one, sizeof(one)) != sizeof(one)) {
        fail("the signal cannot be sent", 0);
    }
}

static void wait_for(int descriptor, uint64_t frame, const char *who, uint64_t *count)
{
    struct pollfd entry = {.fd = descriptor, .events = POLLIN};
    uint64_t signals;
    (*count)++;
    if (poll(&entry, 1, PATIENCE_MS) != 1) {
        fail(who, frame);
    }
    if (read(descriptor, &signals, sizeof(signals)) != sizeof(signals)) {
        fail("the signal cannot be read", frame);
    }
}

static void *send_frames(void *link)
{
    topoc_link_driver *driver = link;
    unsigned char bytes[FRAME_MAX];
    uint64_t frame = 0;
    while (!atomic_load_explicit(&stopping, memory_order_relaxed)) {
        uint32_t batch = 1u + number_of(~frame) % 9u;
        while (batch > 0) {
            uint32_t length = length_of(frame);
            unsigned char *buffer;
            enum topoc_vq_status status = topoc_link_reserve(driver, length, &buffer);
            if (status == TOPOC_VQ_FULL) {
                topoc_link_flush(driver);
                if (topoc_link_driver_must_signal(driver)) {
                    notify(to_receiver);
                }
                status = topoc_link_driver_listen(driver);
                if (status == TOPOC_VQ_EMPTY) {
                    wait_for(to_sender, frame, "the sender was not woken", &sleeps[0]);
                }
                topoc_link_driver_mute(driver);
                continue;
            }
            if (status != TOPOC_VQ_READY) {
                fail("the sender's queue broke", frame);
            }
            memset(bytes, (int)(number_of(frame) & 0xff), length);
            memcpy(buffer, bytes, length);
            topoc_link_stage(driver, length);
            frame++;
            batch--;
        }
        topoc_link_flush(driver);
        if (topoc_link_driver_must_signal(driver)) {
            notify(to_receiver);
        }
        if (number_of(frame) % 64 == 0) {
            usleep(50); /* long enough for the receiver to fall asleep */
        }
    }
    atomic_store(&sent, frame);
    return NULL;
}

static void *receive_frames(void *link)
{
    topoc_link_device *device = link;
    unsigned char bytes[FRAME_MAX];
    while (true) {
        struct topoc_vq_frame frame;
        enum topoc_vq_status status = topoc_link_peek(device, &frame);
        if (status == TOPOC_VQ_READY) {
            if (frame.length != length_of(received)) {
                fail("its length is another's", received);
            }
            memcpy(bytes, frame.base, frame.length);
            for (uint32_t i = 0; i < frame.length; i++) {
                if (bytes[i] != (number_of(received) & 0xff)) {
                    fail("its bytes are another's", received);
                }
            }
            topoc_link_commit(device);
            received++;
            continue;
        }
        if (status != TOPOC_VQ_EMPTY) {
            fail("the receiver's queue broke", received);
        }
        if (topoc_link_device_must_signal(device)) {
            notify(to_sender);
        }
        if (topoc_link_device_listen(device) == TOPOC_VQ_EMPTY) {
            if (received == atomic_load(&sent)) {
                return NULL;
            }
            wait_for(to_receiver, received, "the receiver was not woken", &sleeps[1]);
        }
        topoc_link_device_mute(device);
        if (number_of(received) % 64 == 1) {
            usleep(50); /* long enough for the sender to fill the queue and fall asleep */
        }
    }
}

int main(int count, char **arguments)
{
    static uint32_t ends[LENGTH];
    static topoc_link_driver driver;
    static topoc_link_device device;
    pthread_t threads[2];
    seconds = count > 1 ? atof(arguments[1]) : 2;
    seed = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    to_receiver = eventfd(0, 0);
    to_sender = eventfd(0, 0);
    atomic_store(&sent, UINT64_MAX);
    if (to_receiver < 0 || to_sender < 0 || !topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends)
        || !topoc_link_device_init(&device, memory, SIZE, LENGTH)
        || pthread_create(&threads[1], NULL, receive_frames, &device) != 0
        || pthread_create(&threads[0], NULL, send_frames, &driver) != 0) {
        fail("the link cannot be made", 0);
    }
    struct timespec span = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&span, NULL);
    atomic_store(&stopping, true);
    pthread_join(threads[0], NULL);
    notify(to_receiver); /* it may sleep, with nothing left to come */
    pthread_join(threads[1], NULL);
    if (received == 0) {
        fail("nothing was received", 0);
    }
    printf("%llu frames, %llu sleeps\n", (unsigned long long)received, (unsigned long long)(sleeps[0] + sleeps[1]));
    return 0;
}
