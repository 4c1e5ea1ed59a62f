/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <vhost_user/guard.h>

/* The handler may run at any instruction of the thread that touches the memory; `bytes` is 0 where a guard is free. */
struct guard {
    uintptr_t start;
    size_t bytes;
    bool gone;
};

static struct guard guards[VHOST_USER_GUARDS_MAX];
static struct sigaction before;
static bool installed;

/* The guard of an address, whose bytes it holds: 0 where there is none. */
static struct guard *guard_at(uintptr_t address, size_t *bytes)
{
    for (unsigned int i = 0; i < VHOST_USER_GUARDS_MAX; i++) {
        *bytes = __atomic_load_n(&guards[i].bytes, __ATOMIC_ACQUIRE);
        if (address - guards[i].start < *bytes) {
            return &guards[i];
        }
    }
    return NULL;
}

/* A system call of Linux that allocates nothing in the process is safe here, though POSIX does not list mmap. */
static void on_bus_error(int signal, siginfo_t *info, void *context)
{
    int error = errno;
    size_t bytes = 0;
    struct guard *guard = guard_at((uintptr_t)info->si_addr, &bytes);
    (void)signal;
    (void)context;
    if (guard != NULL && info->si_code == BUS_ADRERR
        && mmap((void *)guard->start, bytes, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED) {
        __atomic_store_n(&guard->gone, true, __ATOMIC_RELAXED);
    } else {
        /* Not ours: the touch is repeated, and what was there before sees to it. */
        sigaction(SIGBUS, &before, NULL);
        __atomic_store_n(&installed, false, __ATOMIC_RELAXED);
    }
    errno = error;
}

bool vhost_user_guard_install(void)
{
    if (__atomic_exchange_n(&installed, true, __ATOMIC_RELAXED)) {
        return true;
    }
    struct sigaction action = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO };
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGBUS, &action, &before) != 0) {
        __atomic_store_n(&installed, false, __ATOMIC_RELAXED);
        return false;
    }
    return true;
}

int vhost_user_guard_add(void *start, size_t bytes)
{
    for (unsigned int i = 0; i < VHOST_USER_GUARDS_MAX; i++) {
        if (guards[i].bytes == 0) {
            guards[i].start = (uintptr_t)start;
            guards[i].gone = false;
            /* Partner: the load in guard_at. */
            __atomic_store_n(&guards[i].bytes, bytes, __ATOMIC_RELEASE);
            return (int)i;
        }
    }
    return -1;
}

void vhost_user_guard_remove(int guard)
{
    __atomic_store_n(&guards[guard].bytes, 0, __ATOMIC_RELEASE);
}

bool vhost_user_guard_is_gone(int guard)
{
    return __atomic_load_n(&guards[guard].gone, __ATOMIC_RELAXED);
}
