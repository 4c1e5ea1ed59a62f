/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <host_memory.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

int topoc_host_memory_create(size_t size)
{
    int descriptor = memfd_create("topoc-link", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) {
        return -1;
    }
    if (ftruncate(descriptor, (off_t)size) != 0
        || fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        int error = errno;
        close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

int topoc_host_memory_is_sealed(int descriptor)
{
    int seals = fcntl(descriptor, F_GET_SEALS);
    return seals < 0 ? -1 : (seals & F_SEAL_SHRINK) != 0;
}

int topoc_host_doorbell_create(void)
{
    return eventfd(0, EFD_CLOEXEC);
}
