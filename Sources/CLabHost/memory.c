/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <CLabHost.h>

#include <errno.h>
#include <limits.h>

#if defined(__linux__)

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

int topoc_lab_memory(const char *name, size_t size)
{
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file == -1) {
        return -1;
    }
    if (ftruncate(file, (off_t)size) == -1
        || fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == -1) {
        int error = errno;
        close(file);
        errno = error;
        return -1;
    }
    return file;
}

int topoc_lab_bell(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

int topoc_lab_pipe(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC) == -1) {
        return -1;
    }
    /* A smaller one serves, too: see pipe(7) for who may have which. */
    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
    if (fcntl(ends[1], F_SETFL, O_NONBLOCK) == -1) {
        int error = errno;
        close(ends[0]);
        close(ends[1]);
        errno = error;
        return -1;
    }
    return 0;
}

static long clamped(rlim_t limit)
{
    return limit > LONG_MAX ? LONG_MAX : (long)limit;
}

long topoc_lab_descriptor_limit(long needed)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1) {
        return LONG_MAX;
    }
    if (clamped(limit.rlim_cur) < needed && clamped(limit.rlim_max) >= needed) {
        limit.rlim_cur = (rlim_t)needed;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    return clamped(limit.rlim_cur) < needed ? clamped(limit.rlim_max) : clamped(limit.rlim_cur);
}

long topoc_lab_process_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_NPROC, &limit) == -1 ? LONG_MAX : clamped(limit.rlim_cur);
}

#else

int topoc_lab_pipe(int ends[2])
{
    (void)ends;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_memory(const char *name, size_t size)
{
    (void)name;
    (void)size;
    errno = ENOSYS;
    return -1;
}

int topoc_lab_bell(void)
{
    errno = ENOSYS;
    return -1;
}

long topoc_lab_descriptor_limit(long needed)
{
    (void)needed;
    return LONG_MAX;
}

long topoc_lab_process_limit(void)
{
    return LONG_MAX;
}

#endif
