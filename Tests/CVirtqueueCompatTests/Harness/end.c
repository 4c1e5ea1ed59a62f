/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * One end of a virtqueue, or both, written as users of libsel4camkes write it: against its calls alone. Compiled over
 * ours and over upstream's, so that either can be at either end.
 *
 *     end send|receive FILE COUNT LONGEST    one end, in the memory that FILE holds
 *     end both FILE COUNT LONGEST            both, in two threads
 *
 * Frame number n has 1 + n mod LONGEST bytes, which count up from n. The receiver says how many frames were right.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <camkes/virtqueue.h>
#include <camkes/virtqueue_template.h>
#include <virtqueue.h>

#define QUEUE_LENGTH 256
#define SHARED 32768

enum id { SEND, RECEIVE };

static unsigned long count;
static unsigned long longest;
static int *made; /* behind the queue's memory: the driver side has been made */

static void notify(void)
{
}

static unsigned long length_of(unsigned long number)
{
    return 1 + number % longest;
}

static void fill(unsigned char *frame, unsigned long number)
{
    for (unsigned long i = 0; i < length_of(number); i++) {
        frame[i] = (unsigned char)(number + i);
    }
}

/* What a device does when it is notified of used buffers. */
static void reclaim(virtqueue_driver_t *queue)
{
    virtqueue_ring_object_t handle;
    uint32_t written;
    while (virtqueue_get_used_buf(queue, &handle, &written)) {
        void *buffer;
        unsigned size;
        vq_flags_t flags;
        while (camkes_virtqueue_driver_gather_buffer(queue, &handle, &buffer, &size, &flags) == 0) {
            camkes_virtqueue_buffer_free(queue, buffer);
        }
    }
}

static void *sender(void *result)
{
    static virtqueue_driver_t queue;
    static unsigned char frame[65536];
    if (camkes_virtqueue_driver_init(&queue, SEND) != 0) {
        return NULL;
    }
    __atomic_store_n(made, 1, __ATOMIC_RELEASE);
    unsigned long under_way = 0;
    for (unsigned long number = 0; number < count; number++) {
        fill(frame, number);
        /* Upstream's ring looks empty when it is full, so that a user of it must keep count. */
        unsigned long blocks = (length_of(number) + 127) / 128;
        while (under_way + blocks > 150) {
            if (VQ_DRV_POLL(&queue)) {
                virtqueue_ring_object_t handle;
                uint32_t written;
                virtqueue_get_used_buf(&queue, &handle, &written);
                void *buffer;
                unsigned size;
                vq_flags_t flags;
                while (camkes_virtqueue_driver_gather_buffer(&queue, &handle, &buffer, &size, &flags) == 0) {
                    camkes_virtqueue_buffer_free(&queue, buffer);
                    under_way--;
                }
            } else {
                sched_yield();
            }
        }
        if (camkes_virtqueue_driver_scatter_send_buffer(&queue, frame, length_of(number)) < 0) {
            return NULL;
        }
        under_way += blocks;
        queue.notify();
    }
    reclaim(&queue);
    *(int *)result = 0;
    return result;
}

static void *receiver(void *result)
{
    static virtqueue_device_t queue;
    static unsigned char frame[65536];
    static unsigned char expected[65536];
    unsigned long right = 0;
    while (__atomic_load_n(made, __ATOMIC_ACQUIRE) == 0) {
        sched_yield();
    }
    if (camkes_virtqueue_device_init(&queue, RECEIVE) != 0) {
        return NULL;
    }
    for (unsigned long number = 0; number < count;) {
        virtqueue_ring_object_t handle;
        if (!VQ_DEV_POLL(&queue)) {
            sched_yield();
            continue;
        }
        if (!virtqueue_get_available_buf(&queue, &handle)) {
            return NULL;
        }
        size_t length = virtqueue_scattered_available_size(&queue, &handle);
        if (length > sizeof(frame) || camkes_virtqueue_device_gather_copy_buffer(&queue, &handle, frame, length) < 0) {
            return NULL;
        }
        fill(expected, number);
        right += length == length_of(number) && memcmp(frame, expected, length) == 0;
        number++;
        queue.notify();
    }
    printf("%lu\n", right);
    *(int *)result = 0;
    return result;
}

int main(int arguments, char **argument)
{
    if (arguments != 5) {
        return 2;
    }
    count = strtoul(argument[3], NULL, 10);
    longest = strtoul(argument[4], NULL, 10);
    int file = open(argument[2], O_RDWR);
    unsigned char *memory = mmap(NULL, SHARED + 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) {
        return 2;
    }
    made = (int *)(memory + SHARED);
    if (camkes_virtqueue_channel_register(SEND, "send", QUEUE_LENGTH, SHARED, memory, notify, 0, 0, VIRTQUEUE_DRIVER) != 0
        || camkes_virtqueue_channel_register(RECEIVE, "receive", QUEUE_LENGTH, SHARED, memory, notify, 0, 0,
                                             VIRTQUEUE_DEVICE) != 0) {
        return 2;
    }
    int sent = 1;
    int received = 1;
    pthread_t thread;
    if (strcmp(argument[1], "send") == 0) {
        sender(&sent);
        return sent;
    }
    if (strcmp(argument[1], "receive") == 0) {
        receiver(&received);
        return received;
    }
    pthread_create(&thread, NULL, sender, &sent);
    receiver(&received);
    pthread_join(thread, NULL);
    return sent + received;
}
