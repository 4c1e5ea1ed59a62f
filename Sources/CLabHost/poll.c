/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#include <CLabHost.h>

#include <errno.h>

#if defined(__linux__)

#include <sys/epoll.h>

int topoc_lab_poll_new(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

int topoc_lab_poll_add(int poll, int file, uint64_t number)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = number };
    return epoll_ctl(poll, EPOLL_CTL_ADD, file, &event);
}

void topoc_lab_poll_remove(int poll, int file)
{
    epoll_ctl(poll, EPOLL_CTL_DEL, file, NULL);
}

int topoc_lab_poll_wait(int poll, uint64_t numbers[TOPOC_LAB_POLL_MAX])
{
    struct epoll_event events[TOPOC_LAB_POLL_MAX];
    int count;
    do {
        count = epoll_wait(poll, events, TOPOC_LAB_POLL_MAX, -1);
    } while (count == -1 && errno == EINTR);
    for (int i = 0; i < count; i++) {
        numbers[i] = events[i].data.u64;
    }
    return count;
}

#else

int topoc_lab_poll_new(void)
{
    errno = ENOSYS;
    return -1;
}

int topoc_lab_poll_add(int poll, int file, uint64_t number)
{
    (void)poll;
    (void)file;
    (void)number;
    errno = ENOSYS;
    return -1;
}

void topoc_lab_poll_remove(int poll, int file)
{
    (void)poll;
    (void)file;
}

int topoc_lab_poll_wait(int poll, uint64_t numbers[TOPOC_LAB_POLL_MAX])
{
    (void)poll;
    (void)numbers;
    errno = ENOSYS;
    return -1;
}

#endif
