/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A link of which one end is upstream's: libvirtqueue and libsel4camkes as a checkout has them, called as its VMM calls
 * them. Each scenario of the command line ends with 0, or says what went wrong.
 */

#define TOPOC_LINK_LAYOUT 3

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include <topoc/link.h>

#include <virtqueue.h>
#include <camkes/virtqueue.h>
#include <virtqueue_common.h>

#define LENGTH 256
#define SIZE 32768u
#define BLOCK 128u
#define LONGEST 1514u
#define FRAMES 100000u

/* What a CAmkES component defines; no queue is looked up by its id here. */
camkes_virtqueue_channel_t camkes_virtqueue_channels[MAX_CAMKES_VIRTQUEUE_ID + 1];
int num_registered_virtqueue_channels;

static _Alignas(4096) unsigned char memory[SIZE];
static const char *volatile fault; /* what went wrong, first */

static void expect(bool right, const char *what)
{
    if (!right && fault == NULL) {
        fault = what;
    }
}

static uint32_t mix(uint32_t number)
{
    number = (number + 1) * 2654435761u;
    return number ^ number >> 15;
}

/* -- Frames: Ethernet, IPv4 with its length, the number, and bytes that follow from it. -- */

static uint32_t frame_length(uint32_t number)
{
    uint32_t kind = mix(number) % 4;
    return kind == 0 ? LONGEST : kind == 1 ? BLOCK * (1 + mix(number) / 4 % 11) : 60 + mix(number) / 4 % 1454;
}

static uint32_t frame_make(unsigned char *frame, uint32_t number)
{
    uint32_t length = frame_length(number);
    for (uint32_t i = 0; i < length; i++) {
        frame[i] = (unsigned char)(number * 31 + i * 7);
    }
    frame[12] = 0x08;
    frame[13] = 0x00;
    frame[16] = (unsigned char)((length - 14) >> 8);
    frame[17] = (unsigned char)(length - 14);
    memcpy(frame + 20, &number, 4);
    return length;
}

/* Whether a frame is this number's: whole, and as it was sent. */
static bool frame_is(const unsigned char *frame, uint32_t length, uint32_t number)
{
    unsigned char wanted[LONGEST];
    return length == frame_make(wanted, number) && memcmp(frame, wanted, length) == 0;
}

/* -- Upstream's ends. -- */

static void upstream_driver_init(virtqueue_driver_t *driver)
{
    if (camkes_virtqueue_driver_init_common(driver, memory, LENGTH, SIZE, NULL, BLOCK) != 0) {
        fault = "upstream's driver side could not be made";
    }
}

static uint32_t blocks_of(uint32_t length)
{
    return (length + BLOCK - 1) / BLOCK;
}

/* Takes used chains back as the VMM does; the answer is how many blocks came back. */
static uint32_t upstream_reclaim(virtqueue_driver_t *driver)
{
    virtqueue_ring_object_t handle;
    uint32_t bytes;
    uint32_t blocks = 0;
    while (virtqueue_get_used_buf(driver, &handle, &bytes)) {
        void *buffer;
        unsigned length;
        vq_flags_t flag;
        while (camkes_virtqueue_driver_gather_buffer(driver, &handle, &buffer, &length, &flag) == 0) {
            camkes_virtqueue_buffer_free(driver, buffer);
            blocks++;
        }
    }
    return blocks;
}

static uint32_t upstream_blocks(const virtqueue_driver_t *driver)
{
    return (uint32_t)((const struct vq_buf_alloc *)driver->cookie)->free_list_size;
}

/* Takes the next frame as the VMM does: asks for its size, and copies so much. The answer is its length, or 0. */
static uint32_t upstream_receive(virtqueue_device_t *device, unsigned char *frame, bool forget)
{
    virtqueue_ring_object_t handle;
    if (!virtqueue_get_available_buf(device, &handle)) {
        return 0;
    }
    uint32_t length = virtqueue_scattered_available_size(device, &handle);
    if (forget) {
        return length; /* the guest has no room: nothing is given back */
    }
    expect(length <= LONGEST, "upstream sees a frame that is too long");
    camkes_virtqueue_device_gather_copy_buffer(device, &handle, frame, length <= LONGEST ? length : LONGEST);
    return length;
}

/* -- One thread. -- */

/* Upstream sends; frames of many blocks come whole and in order, by copy and as segments. */
static void upstream_to_ours(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char frame[LONGEST];
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    uint32_t blocks = upstream_blocks(&driver);
    uint32_t sent = 0;
    uint32_t received = 0;
    uint32_t turn = 0;
    while (received < FRAMES && fault == NULL) {
        for (uint32_t batch = mix(turn++) % 20; batch > 0 && sent < FRAMES; batch--) {
            blocks += upstream_reclaim(&driver);
            uint32_t length = frame_make(frame, sent);
            if (blocks_of(length) > blocks) {
                break;
            }
            expect(camkes_virtqueue_driver_scatter_send_buffer(&driver, frame, length) == 0, "upstream cannot send");
            blocks -= blocks_of(length);
            sent++;
        }
        for (uint32_t batch = mix(turn++) % 20; batch > 0; batch--) {
            struct topoc_vq_frame piece;
            uint32_t length = 0;
            enum topoc_vq_status status = topoc_link_peek(&device, &piece);
            if (status == TOPOC_VQ_READY) {
                length = piece.length;
                memcpy(frame, piece.base, length);
            } else if (status == TOPOC_VQ_CHAIN && received % 2 == 0) {
                status = topoc_link_copy(&device, frame, sizeof(frame), &length);
            } else if (status == TOPOC_VQ_CHAIN) {
                struct topoc_vq_segment segments[12];
                struct topoc_vq_chain chain;
                status = topoc_link_chain(&device, segments, 12, &chain);
                for (uint32_t i = 0; status == TOPOC_VQ_READY && i < chain.readable; i++) {
                    memcpy(frame + length, segments[i].base, segments[i].length);
                    length += segments[i].length;
                }
            }
            if (status == TOPOC_VQ_EMPTY) {
                break;
            }
            expect(status == TOPOC_VQ_READY, "our device side cannot take a frame");
            expect(frame_is(frame, length, received), "a frame from upstream is not the one that was sent");
            topoc_link_commit(&device);
            received++;
        }
        topoc_link_device_flush(&device);
        expect(device.fault == TOPOC_VQ_SOUND, "our device side broke");
    }
    upstream_reclaim(&driver);
    blocks = 0;
    for (void *block; camkes_virtqueue_buffer_alloc(&driver, &block, 1) == 0;) {
        blocks++;
    }
    expect(blocks == upstream_blocks(&driver), "blocks of upstream's did not come back");
}

/* Ours sends; upstream forgets each seventh frame, and ours gets its buffers back all the same. */
static void ours_to_upstream(void)
{
    static uint32_t ends[LENGTH];
    topoc_link_driver driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    expect(topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends), "our driver side could not be made");
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not");
    uint32_t sent = 0;
    uint32_t received = 0;
    uint32_t turn = 0;
    while (received < FRAMES && fault == NULL) {
        for (uint32_t batch = mix(turn++) % 400; batch > 0 && sent < FRAMES; batch--) {
            unsigned char *buffer;
            enum topoc_vq_status status = topoc_link_reserve(&driver, frame_length(sent), &buffer);
            if (status == TOPOC_VQ_FULL) {
                break;
            }
            expect(status == TOPOC_VQ_READY, "our driver side cannot send");
            topoc_link_stage(&driver, frame_make(buffer, sent));
            sent++;
        }
        topoc_link_flush(&driver);
        for (uint32_t batch = mix(turn++) % 400; batch > 0; batch--) {
            bool forget = received % 7 == 6 && received + 1 < sent; /* the last of all is never forgotten for good */
            uint32_t length = upstream_receive(&device, frame, forget);
            if (length == 0) {
                break;
            }
            expect(forget ? length == frame_length(received) : frame_is(frame, length, received),
                   "a frame of ours is not the one that was sent");
            received++;
        }
    }
}

/* Upstream at its limit: rings of 255 small frames, again and again. */
static void full_rings(void)
{
    static uint32_t ends[LENGTH];
    topoc_link_driver driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    expect(topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends), "our driver side could not be made");
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not");
    for (uint32_t round = 0; round < 1000 && fault == NULL; round++) {
        for (uint32_t i = 0; i < 255; i++) {
            unsigned char *buffer;
            expect(topoc_link_reserve(&driver, 64, &buffer) == TOPOC_VQ_READY, "255 frames do not fit");
            memset(buffer, (int)(round + i), 64);
            topoc_link_publish(&driver, 64);
        }
        unsigned char *buffer;
        expect(topoc_link_reserve(&driver, 64, &buffer) == TOPOC_VQ_FULL, "a full ring would look empty to upstream");
        for (uint32_t i = 0; i < 255; i++) {
            expect(upstream_receive(&device, frame, false) == 64 && frame[63] == (unsigned char)(round + i),
                   "a frame of a full ring is lost");
        }
        expect(upstream_receive(&device, frame, false) == 0, "there is a frame too many");
    }
}

/* -- A frame that upstream is still at. -- */

/* Copies `bytes` into blocks and chains them, as libsel4camkes' scatter does; `handle` goes on with its chain. */
static void upstream_chain(virtqueue_driver_t *driver, virtqueue_ring_object_t *handle, const unsigned char *bytes,
                           uint32_t length)
{
    void *block;
    expect(camkes_virtqueue_buffer_alloc(driver, &block, length) == 0, "upstream has no block");
    memcpy(block, bytes, length);
    uintptr_t offset = (uintptr_t)block - (uintptr_t)((struct vq_buf_alloc *)driver->cookie)->buffer;
    expect(virtqueue_add_available_buf(driver, handle, (void *)offset, length, VQ_RW) == 1, "upstream has no entry");
}

static uint32_t looks_until_taken(topoc_link_device *device, unsigned char *frame, uint32_t *length)
{
    uint32_t looks = 0;
    while (looks < 5000) {
        struct topoc_vq_frame piece;
        enum topoc_vq_status status = topoc_link_peek(device, &piece);
        looks++;
        if (status == TOPOC_VQ_CHAIN) {
            status = topoc_link_copy(device, frame, LONGEST, length);
        } else if (status == TOPOC_VQ_READY) {
            *length = piece.length;
            memcpy(frame, piece.base, piece.length);
        }
        if (status == TOPOC_VQ_READY) {
            return looks;
        }
        expect(status == TOPOC_VQ_EMPTY, "a frame that is not complete is a fault");
    }
    return 0;
}

/* The headers of `type` that promise `length` bytes in all, where the type has a length. */
static void frame_header(unsigned char *frame, uint32_t type, uint32_t length, bool tagged)
{
    uint32_t at = tagged ? 18 : 14;
    if (tagged) {
        memcpy(frame + 12, "\x81\x00\x00\x05", 4);
    }
    uint32_t promised = type == 0x0800 ? length - at : length - at - 40;
    uint32_t field = at + (type == 0x0800 ? 2 : 4);
    type = type == 0 ? length - at : type;
    frame[at - 2] = (unsigned char)(type >> 8);
    frame[at - 1] = (unsigned char)type;
    frame[field] = (unsigned char)(promised >> 8);
    frame[field + 1] = (unsigned char)promised;
}

/* Ours waits for the rest of a frame, whose end its header tells; a frame that fills its last block is not waited for. */
static void unfinished(void)
{
    const uint32_t types[] = {0x0800, 0x86dd, 0};
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char sent[LONGEST];
    unsigned char frame[LONGEST];
    uint32_t length = 0;
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    for (uint32_t round = 0; round < 3 * 2 * 11; round++) {
        uint32_t total = round % 2 == 0 ? BLOCK * (1 + round / 6) : BLOCK * (1 + round / 6) + 100;
        virtqueue_ring_object_t handle;
        virtqueue_init_ring_object(&handle);
        memset(sent, (int)round, sizeof(sent));
        frame_header(sent, types[round % 3], total, round % 4 == 0);
        for (uint32_t at = 0; at < total; at += BLOCK) {
            if (at > 0) {
                expect(looks_until_taken(&device, frame, &length) == 0, "a frame is taken before its end");
                expect(topoc_link_device_listen(&device) == TOPOC_VQ_EMPTY, "an unfinished frame keeps ours awake");
            }
            upstream_chain(&driver, &handle, sent + at, total - at < BLOCK ? total - at : BLOCK);
        }
        expect(topoc_link_device_listen(&device) == TOPOC_VQ_READY, "a complete frame is slept over");
        expect(looks_until_taken(&device, frame, &length) == 1, "a complete frame is not taken at once");
        expect(length == total && memcmp(frame, sent, total) == 0, "an unfinished frame came out wrong");
        topoc_link_commit(&device);
        topoc_link_device_flush(&device);
        upstream_reclaim(&driver);
    }
}

/* Where the header tells nothing, ours looks many times, without sleep; and what is followed is complete at once. */
static void untold(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char sent[LONGEST];
    unsigned char frame[LONGEST];
    uint32_t length = 0;
    virtqueue_ring_object_t handle;
    virtqueue_ring_object_t next;
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    memset(sent, 0x88, sizeof(sent));
    virtqueue_init_ring_object(&handle);
    upstream_chain(&driver, &handle, sent, BLOCK);
    for (uint32_t i = 0; i < 400; i++) {
        struct topoc_vq_frame piece;
        expect(topoc_link_peek(&device, &piece) == TOPOC_VQ_CHAIN, "a full block is taken at the first look");
        expect(topoc_link_copy(&device, frame, LONGEST, &length) == TOPOC_VQ_EMPTY, "a frame is taken too early");
        expect(topoc_link_device_listen(&device) == TOPOC_VQ_READY, "ours sleeps over what may be a frame");
    }
    upstream_chain(&driver, &handle, sent, 1);
    expect(looks_until_taken(&device, frame, &length) == 1 && length == BLOCK + 1, "the end was not seen");
    topoc_link_commit(&device);
    virtqueue_init_ring_object(&handle);
    upstream_chain(&driver, &handle, sent, BLOCK);
    expect(looks_until_taken(&device, frame, &length) > 900 && length == BLOCK, "a full block is never taken");
    topoc_link_commit(&device);
    virtqueue_init_ring_object(&handle);
    virtqueue_init_ring_object(&next);
    upstream_chain(&driver, &handle, sent, BLOCK);
    upstream_chain(&driver, &next, sent, 5);
    expect(looks_until_taken(&device, frame, &length) == 1 && length == BLOCK, "what is followed is complete");
}

/* Upstream runs out of blocks in the midst of frames: those arrive cut short, all others whole, and nothing stops. */
static void exhausted(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char frame[LONGEST];
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    uint32_t blocks = upstream_blocks(&driver);
    for (uint32_t round = 0; round < 1000 && fault == NULL; round++) {
        uint32_t sent = 0;
        uint32_t cut = 0;
        while (blocks > 0) {
            uint32_t length = frame_make(frame, sent);
            if (camkes_virtqueue_driver_scatter_send_buffer(&driver, frame, length) != 0) {
                cut = blocks * BLOCK;
                blocks = 0;
            } else {
                blocks -= blocks_of(length);
            }
            sent++;
        }
        for (uint32_t i = 0; i < sent; i++) {
            uint32_t length = 0;
            bool last = i + 1 == sent;
            uint32_t looks = looks_until_taken(&device, frame, &length);
            if (last && cut > 0) {
                expect(looks == 0, "a frame that upstream cut short is taken for a whole one");
                break;
            }
            expect(looks == 1 && frame_is(frame, length, i), "a frame before the one that was cut is not whole");
            topoc_link_commit(&device);
        }
        topoc_link_device_flush(&device);
        blocks += upstream_reclaim(&driver);
        if (cut > 0) {
            /* The next frame shows that nothing follows. */
            uint32_t length = frame_make(frame, 1);
            expect(camkes_virtqueue_driver_scatter_send_buffer(&driver, frame, length) == 0, "upstream cannot go on");
            blocks -= blocks_of(length);
            expect(looks_until_taken(&device, frame, &length) == 1 && length == cut, "a cut frame stays in the way");
            topoc_link_commit(&device);
            expect(looks_until_taken(&device, frame, &length) == 1 && frame_is(frame, length, 1), "the next is lost");
            topoc_link_commit(&device);
            topoc_link_device_flush(&device);
            blocks += upstream_reclaim(&driver);
        }
    }
    expect(device.fault == TOPOC_VQ_SOUND, "our device side broke");
}

/* -- Two threads. -- */

/* Waits for the other thread, which may want this processor. */
static void wait_a_little(void)
{
    static _Thread_local uint32_t waits;
    if (++waits % 64 == 0) {
        sched_yield();
    }
}

static void *upstream_sender(void *argument)
{
    virtqueue_driver_t *driver = argument;
    unsigned char frame[LONGEST];
    uint32_t blocks = upstream_blocks(driver);
    for (uint32_t sent = 0; sent < FRAMES && fault == NULL; sent++) {
        uint32_t length = frame_make(frame, sent);
        while ((blocks += upstream_reclaim(driver)) < blocks_of(length) && fault == NULL) {
            wait_a_little();
        }
        expect(camkes_virtqueue_driver_scatter_send_buffer(driver, frame, length) == 0, "upstream cannot send");
        blocks -= blocks_of(length);
    }
    return NULL;
}

/* Upstream sends while ours looks: each frame comes whole. */
static void upstream_to_ours_threads(void)
{
    virtqueue_driver_t driver;
    topoc_link_device device;
    unsigned char frame[LONGEST];
    pthread_t sender;
    upstream_driver_init(&driver);
    expect(topoc_link_device_init(&device, memory, SIZE, LENGTH), "our device side could not be made");
    if (fault != NULL || pthread_create(&sender, NULL, upstream_sender, &driver) != 0) {
        expect(false, "no thread");
        return;
    }
    for (uint32_t received = 0; received < FRAMES && fault == NULL;) {
        struct topoc_vq_frame piece;
        uint32_t length = 0;
        enum topoc_vq_status status = topoc_link_peek(&device, &piece);
        if (status == TOPOC_VQ_CHAIN) {
            status = topoc_link_copy(&device, frame, sizeof(frame), &length);
        } else if (status == TOPOC_VQ_READY) {
            length = piece.length;
            memcpy(frame, piece.base, length);
        }
        if (status == TOPOC_VQ_EMPTY) {
            wait_a_little();
            continue;
        }
        expect(status == TOPOC_VQ_READY, "our device side cannot take a frame");
        expect(frame_is(frame, length, received), "a frame from upstream's thread is not the one that was sent");
        topoc_link_commit(&device);
        received++;
    }
    pthread_join(sender, NULL);
}

static void *our_sender(void *argument)
{
    topoc_link_driver *driver = argument;
    for (uint32_t sent = 0; sent < FRAMES && fault == NULL; sent++) {
        unsigned char *buffer;
        enum topoc_vq_status status;
        while ((status = topoc_link_reserve(driver, frame_length(sent), &buffer)) == TOPOC_VQ_FULL && fault == NULL) {
            wait_a_little();
        }
        expect(status == TOPOC_VQ_READY, "our driver side cannot send");
        if (status == TOPOC_VQ_READY) {
            topoc_link_publish(driver, frame_make(buffer, sent));
        }
    }
    return NULL;
}

/* Ours sends while upstream looks. */
static void ours_to_upstream_threads(void)
{
    static uint32_t ends[LENGTH];
    topoc_link_driver driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    pthread_t sender;
    expect(topoc_link_driver_init(&driver, memory, SIZE, LENGTH, ends), "our driver side could not be made");
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not");
    if (fault != NULL || pthread_create(&sender, NULL, our_sender, &driver) != 0) {
        expect(false, "no thread");
        return;
    }
    for (uint32_t received = 0; received < FRAMES && fault == NULL;) {
        uint32_t length = upstream_receive(&device, frame, false);
        if (length > 0) {
            expect(frame_is(frame, length, received), "a frame of our thread is not the one that was sent");
            received++;
        } else {
            wait_a_little();
        }
    }
    pthread_join(sender, NULL);
}

/* Upstream to upstream, for comparison: says how many frames came cut short, and expects nothing. */
static void upstream_alone_threads(void)
{
    virtqueue_driver_t driver;
    virtqueue_device_t device;
    unsigned char frame[LONGEST];
    pthread_t sender;
    uint32_t cut = 0;
    upstream_driver_init(&driver);
    expect(camkes_virtqueue_device_init_common(&device, memory, LENGTH, NULL) == 0, "upstream's could not be made");
    if (fault != NULL || pthread_create(&sender, NULL, upstream_sender, &driver) != 0) {
        expect(false, "no thread");
        return;
    }
    for (uint32_t received = 0; received < FRAMES && fault == NULL;) {
        uint32_t length = upstream_receive(&device, frame, false);
        if (length > 0) {
            cut += length < frame_length(received) ? 1 : 0;
            received++;
        } else {
            wait_a_little();
        }
    }
    pthread_join(sender, NULL);
    printf("%u of %u frames came cut short\n", cut, FRAMES);
}

static const struct {
    const char *name;
    void (*run)(void);
} scenarios[] = {
    {"upstream-to-ours", upstream_to_ours},
    {"ours-to-upstream", ours_to_upstream},
    {"full-rings", full_rings},
    {"unfinished", unfinished},
    {"untold", untold},
    {"exhausted", exhausted},
    {"upstream-to-ours-threads", upstream_to_ours_threads},
    {"ours-to-upstream-threads", ours_to_upstream_threads},
    {"upstream-alone-threads", upstream_alone_threads},
};

int main(int count, char **arguments)
{
    for (size_t i = 0; count == 2 && i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        if (strcmp(arguments[1], scenarios[i].name) == 0) {
            scenarios[i].run();
            if (fault != NULL) {
                printf("%s\n", fault);
            }
            return fault == NULL ? 0 : 1;
        }
    }
    printf("usage: interoperation SCENARIO\n");
    return 2;
}
