/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <lab/confine.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

bool lab_refuse(struct lab_verdict *verdict, enum lab_refusal reason, uint32_t where, const char *text)
{
    verdict->reason = reason;
    verdict->where = where;
    snprintf(verdict->text, sizeof(verdict->text), "%s", text);
    return false;
}

bool lab_memory_map(struct lab_memory *memory, int descriptor, uint32_t size, struct lab_verdict *verdict)
{
    const int seals = F_SEAL_SHRINK | F_SEAL_GROW;
    struct stat status;
    int have = fcntl(descriptor, F_GET_SEALS);
    if (have < 0 || (have & seals) != seals) {
        return lab_refuse(verdict, LAB_REFUSED_MEMORY, (uint32_t)size,
                          "not a memfd that is sealed with F_SEAL_SHRINK and F_SEAL_GROW");
    }
    if (lab_fstat(descriptor, &status) != 0 || status.st_size < (off_t)size) {
        return lab_refuse(verdict, LAB_REFUSED_MEMORY, (uint32_t)size, "the memfd is shorter than the message says");
    }
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (base == MAP_FAILED) {
        return lab_refuse(verdict, LAB_REFUSED_SYSTEM, (uint32_t)errno, "the memory cannot be mapped");
    }
    memory->base = base;
    memory->size = size;
    memory->file[0] = status.st_dev;
    memory->file[1] = status.st_ino;
    return true;
}

void lab_memory_unmap(struct lab_memory *memory)
{
    if (memory->base != NULL) {
        munmap(memory->base, memory->size);
        memory->base = NULL;
    }
}

bool lab_is_bell(int descriptor)
{
    struct stat status;
    int flags = fcntl(descriptor, F_GETFL);
    /* An eventfd is no file of any kind. */
    return flags >= 0 && (flags & O_NONBLOCK) != 0 && (flags & O_ACCMODE) == O_RDWR
           && lab_fstat(descriptor, &status) == 0 && (status.st_mode & S_IFMT) == 0;
}
