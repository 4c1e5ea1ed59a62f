/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * The process of a filter of a lab: `topoc-device --filter 3`. It has two links and no guest. Its rules are a library
 * that the supervisor has compiled of the same C as the component on seL4 has; it is loaded before the process confines
 * itself, and what carries and judges frames is the component's, too (topoc/filter_carry.h).
 *
 *     LAB_FILTER   the page of counters, the library
 *     LAB_LINK     of end 0 and of end 1
 *     LAB_START
 *     LAB_LINK again, where a VM's device has died; LAB_STOP
 */

#define _GNU_SOURCE

#include "filter.h"

#include "device.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lab/confine.h>
#include <lab/filter_stats.h>
#include <lab/frame.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <topoc/filter_carry.h>
#include <unistd.h>

_Static_assert(sizeof(struct topoc_filter_counters) == sizeof(struct lab_filter_rule_stats),
               "the page has the counters");

/* Packets of one direction before the other has its turn. */
#define FILTER_BUDGET 256u

static const uint64_t one_ring = 1;

struct filter_end {
    struct lab_memory send;
    struct lab_memory receive;
    uint32_t *ends;
    int bell;
    int peer_bell;
    uint32_t generation; /* 0: not given yet */
};

struct filter_process {
    int epoll;
    int control;
    enum lab_phase phase;
    uint32_t frame_max;
    struct lab_filter_stats *page;
    struct lab_filter_stats before; /* the page as it was: what is counted here is added */
    struct topoc_filter_bridge bridge;
    struct filter_end ends[2];
    uint64_t due[LAB_FILTER_RULES_MAX];
};

static void filter_signal(void *context)
{
    const struct filter_end *end = context;
    (void)!write(end->peer_bell, &one_ring, sizeof(one_ring));
}

static bool filter_watch(struct filter_process *filter, int descriptor, uint32_t events)
{
    struct epoll_event event;
    memset(&event, 0, sizeof(event));
    event.events = events;
    event.data.fd = descriptor;
    return epoll_ctl(filter->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

/* -- Messages. -- */

static bool filter_load(struct filter_process *filter, const struct lab_filter *said, int library,
                        struct lab_verdict *verdict)
{
    char path[40];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", library);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct topoc_filter_rules *rules = handle == NULL ? NULL : dlsym(handle, "topoc_filter_rules");
    if (rules == NULL || rules->count != said->rule_count) {
        return lab_refuse(verdict, LAB_REFUSED_GUEST, said->rule_count, "the library of rules cannot be loaded");
    }
    topoc_filter_init(&filter->bridge.filter, rules,
                      (struct topoc_filter_counters *)(void *)filter->page->rules, filter->due);
    return true;
}

static bool filter_told(struct filter_process *filter, const void *message, struct lab_received *with,
                        struct lab_verdict *verdict)
{
    const struct lab_filter *said = message;
    struct lab_memory page;
    if (said->version != LAB_VERSION) {
        return lab_refuse(verdict, LAB_REFUSED_VERSION, LAB_VERSION,
                          "topoc and topoc-device are of different versions: install both anew");
    }
    if (said->rule_count > LAB_FILTER_RULES_MAX || said->frame_max < LAB_ETHERNET_HEADER
        || said->frame_max > LAB_FRAME_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->rule_count, "more than 256 rules, or the longest frame");
    }
    if (!lab_memory_map(&page, with->descriptors[0], (uint32_t)sizeof(*filter->page), verdict)) {
        return false;
    }
    filter->page = (struct lab_filter_stats *)(void *)page.base;
    if (filter->page->magic != LAB_FILTER_STATS_MAGIC) {
        memset(filter->page, 0, sizeof(*filter->page));
        filter->page->magic = LAB_FILTER_STATS_MAGIC;
    }
    filter->page->starts++;
    filter->before = *filter->page;
    filter->frame_max = said->frame_max + LAB_TRAILER_BYTES;
    filter->bridge.frame_max = filter->frame_max;
    filter->bridge.trailer = LAB_TRAILER_BYTES;
    for (uint32_t i = 0; i < 2; i++) {
        filter->bridge.ends[i].frame = malloc(filter->frame_max);
        if (filter->bridge.ends[i].frame == NULL) {
            return lab_refuse(verdict, LAB_REFUSED_SYSTEM, ENOMEM, "no memory for frames");
        }
    }
    if (!filter_load(filter, said, with->descriptors[1], verdict)) {
        return false;
    }
    filter->phase = LAB_PHASE_TOLD;
    return true;
}

static bool filter_check_link(const struct filter_process *filter, const struct lab_link *said,
                              const struct lab_received *with, struct lab_verdict *verdict)
{
    if (said->number > 1 || said->generation <= filter->ends[said->number].generation) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->number, "a filter has ends 0 and 1, which become newer");
    }
    if (said->queue_length > TOPOC_VQ_LENGTH_MAX || !topoc_vq_length_valid(said->queue_length)
        || said->memory > LAB_MEMORY_MAX) {
        return lab_refuse(verdict, LAB_REFUSED_NUMBER, said->queue_length, "the length of the queue, or its memory");
    }
    if (!lab_is_bell(with->descriptors[2]) || !lab_is_bell(with->descriptors[3])) {
        return lab_refuse(verdict, LAB_REFUSED_DESCRIPTORS, 2, "a bell is an eventfd with EFD_NONBLOCK");
    }
    return true;
}

/* What is there of the old memory is carried before it goes; what the other end has no room for is lost. */
static void filter_let_go(struct filter_process *filter, uint32_t number)
{
    struct filter_end *end = &filter->ends[number];
    if (end->generation == 0) {
        return;
    }
    topoc_filter_carry(&filter->bridge, number, TOPOC_VQ_LENGTH_MAX, lab_now());
    lab_memory_unmap(&end->send);
    lab_memory_unmap(&end->receive);
    free(end->ends);
    end->ends = NULL;
    close(end->bell);
    close(end->peer_bell);
}

static bool filter_link(struct filter_process *filter, const void *message, struct lab_received *with,
                        struct lab_verdict *verdict)
{
    const struct lab_link *said = message;
    uint16_t length = (uint16_t)said->queue_length;
    struct filter_end next = { .generation = said->generation };
    topoc_link_driver driver;
    topoc_link_device device;
    unsigned char *buffer;
    if (!filter_check_link(filter, said, with, verdict)
        || !lab_memory_map(&next.send, with->descriptors[0], said->memory, verdict)) {
        return false;
    }
    if (!lab_memory_map(&next.receive, with->descriptors[1], said->memory, verdict)) {
        lab_memory_unmap(&next.send);
        return false;
    }
    next.ends = calloc(length, sizeof(*next.ends));
    if (next.ends == NULL || !topoc_link_driver_init(&driver, next.send.base, said->memory, length, next.ends)
        || !topoc_link_device_init(&device, next.receive.base, said->memory, length)
        || topoc_link_reserve(&driver, filter->frame_max, &buffer) != TOPOC_VQ_READY
        || !filter_watch(filter, with->descriptors[2], EPOLLIN | EPOLLET)) {
        lab_memory_unmap(&next.send);
        lab_memory_unmap(&next.receive);
        free(next.ends);
        return lab_refuse(verdict, LAB_REFUSED_MEMORY, said->memory, "the memory is too small, or its bell unheard");
    }
    filter_let_go(filter, said->number);
    next.bell = with->descriptors[2];
    next.peer_bell = with->descriptors[3];
    with->descriptors[2] = -1;
    with->descriptors[3] = -1;
    filter->ends[said->number] = next;
    struct topoc_filter_end *end = &filter->bridge.ends[said->number];
    end->driver = driver;
    end->device = device;
    end->broken = false;
    end->listening = false;
    end->signal = filter_signal;
    end->context = &filter->ends[said->number];
    return true;
}

static bool filter_start(struct filter_process *filter, struct lab_verdict *verdict)
{
    if (filter->ends[0].generation == 0 || filter->ends[1].generation == 0) {
        return lab_refuse(verdict, LAB_REFUSED_ORDER, 0, "a link is missing: LAB_LINK comes before");
    }
    int error = lab_confine(0);
    if (error != 0) {
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, (uint32_t)error, "the process cannot be confined (seccomp)");
    }
    filter->phase = LAB_PHASE_RUNNING;
    return true;
}

static bool filter_act(struct filter_process *filter, const struct lab_head *head, struct lab_received *with,
                       struct lab_verdict *verdict)
{
    if (head->type == LAB_FILTER && head->size == sizeof(struct lab_filter) && with->descriptor_count == 2
        && filter->phase == LAB_PHASE_NEW) {
        return filter_told(filter, head, with, verdict);
    }
    if (head->type == LAB_LINK && head->size == sizeof(struct lab_link) && with->descriptor_count == 4
        && filter->phase != LAB_PHASE_NEW) {
        return filter_link(filter, head, with, verdict);
    }
    if (head->type == LAB_START && filter->phase == LAB_PHASE_TOLD) {
        return filter_start(filter, verdict);
    }
    if (head->type == LAB_STOP) {
        filter->phase = LAB_PHASE_STOPPED;
        return true;
    }
    return lab_refuse(verdict, LAB_REFUSED_ORDER, head->type, "no message of a filter, or not now");
}

/* False: the process is to end. */
static bool filter_hear(struct filter_process *filter)
{
    _Alignas(8) unsigned char message[LAB_MESSAGE_MAX];
    struct lab_received received = { .descriptor_count = 0 };
    struct lab_verdict verdict = { .reason = 0 };
    int status = lab_receive(filter->control, message, &received);
    if (status < 0 && errno == EAGAIN) {
        return true;
    }
    if (status <= 0) {
        return false;
    }
    const struct lab_head *head = (const struct lab_head *)(const void *)message;
    uint32_t serial = head->serial;
    filter_act(filter, head, &received, &verdict);
    for (uint32_t i = 0; i < received.descriptor_count; i++) {
        if (received.descriptors[i] >= 0) {
            close(received.descriptors[i]);
        }
    }
    if (verdict.reason == 0) {
        struct lab_done done = { lab_head_make(LAB_DONE, sizeof(done), serial) };
        lab_send(filter->control, &done, sizeof(done), NULL, 0);
    } else {
        struct lab_refused refused = { .head = lab_head_make(LAB_REFUSED, sizeof(refused), serial),
                   .reason = verdict.reason, .where = verdict.where
        };
        memcpy(refused.text, verdict.text, sizeof(refused.text));
        lab_send(filter->control, &refused, sizeof(refused), NULL, 0);
    }
    return filter->phase != LAB_PHASE_STOPPED;
}

/* -- Frames. -- */

static void filter_show(struct filter_process *filter)
{
    for (uint32_t i = 0; i < TOPOC_FILTER_UNRULED_CAUSES; i++) {
        lab_count(&filter->page->unruled[i], filter->before.unruled[i] + filter->bridge.filter.unruled[i]
                  - filter->page->unruled[i]);
    }
    for (uint32_t i = 0; i < 2; i++) {
        filter->page->lengths[i] = filter->before.lengths[i] + filter->bridge.ends[i].lengths;
        filter->page->lost[i] = filter->before.lost[i] + filter->bridge.ends[i].lost;
    }
}

/* Carries what there is. True: it may sleep. */
static bool filter_serve(struct filter_process *filter)
{
    uint64_t now = lab_now();
    bool more = topoc_filter_carry(&filter->bridge, 0, FILTER_BUDGET, now);
    more = topoc_filter_carry(&filter->bridge, 1, FILTER_BUDGET, now) || more;
    topoc_filter_flush(&filter->bridge);
    filter_show(filter);
    return !more && !topoc_filter_listen(&filter->bridge);
}

int lab_filter_run(int control)
{
    static struct filter_process filter;
    static const struct timespec at_once;
    filter.control = control;
    filter.epoll = epoll_create1(EPOLL_CLOEXEC);
    int flags = fcntl(control, F_GETFL);
    if (filter.epoll < 0 || flags < 0 || fcntl(control, F_SETFL, flags | O_NONBLOCK) != 0
        || fcntl(control, F_SETFD, FD_CLOEXEC) != 0 || !filter_watch(&filter, control, EPOLLIN)) {
        fprintf(stderr, "topoc-device: descriptor %d: %s\n", control, strerror(errno));
        return 1;
    }
    while (true) {
        struct epoll_event events[4];
        bool sleeps = filter.phase != LAB_PHASE_RUNNING || filter_serve(&filter);
        int count = epoll_pwait2(filter.epoll, events, 4, sleeps ? NULL : &at_once, NULL);
        if (count < 0 && errno != EINTR) {
            return 1;
        }
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == control && !filter_hear(&filter)) {
                return 0;
            }
        }
    }
}
