/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <lab/confine.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <vhost_user/guard.h>
#include <vhost_user/memory.h>

#define PAGE 4096u

/* Whether runs of bytes from `a` and from `b` share one. Neither passes the end of all addresses. */
static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b ? b - a < a_size : a - b < b_size;
}

static bool table_is_sound(const struct vhost_user_table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct vhost_user_region *region = &table->regions[i];
        uint64_t fields = region->guest_address | region->user_address | region->offset | region->size;
        if (region->size == 0 || fields % PAGE != 0 || region->size - 1u > UINT64_MAX - region->guest_address
            || region->size - 1u > UINT64_MAX - region->user_address
            || region->size > (uint64_t)INT64_MAX - (region->offset & INT64_MAX) || region->offset > INT64_MAX) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            const struct vhost_user_region *other = &table->regions[j];
            if (overlap(region->guest_address, region->size, other->guest_address, other->size)
                || overlap(region->user_address, region->size, other->user_address, other->size)) {
                return false;
            }
        }
    }
    return true;
}

/* Maps one region. Its file's pages may be huge ones, on which mappings of it begin and end. */
static enum vhost_user_fault map_region(struct vhost_user_memory *memory, const struct vhost_user_region *region,
                                        int descriptor)
{
    struct vhost_user_mapping *mapping = &memory->mappings[memory->count];
    struct stat file;
    struct statfs system;
    if (lab_fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) || fstatfs(descriptor, &system) != 0
        || (system.f_type != TMPFS_MAGIC && system.f_type != HUGETLBFS_MAGIC)
        || !topoc_vq_within(region->offset, region->size, (uint64_t)file.st_size)) {
        return VHOST_USER_FAULT_FILE;
    }
    uint64_t page = system.f_type == HUGETLBFS_MAGIC ? (uint64_t)system.f_bsize : PAGE;
    uint64_t before = region->offset % page;
    uint64_t bytes = (before + region->size + page - 1u) / page * page;
    mapping->bytes = (size_t)bytes;
    mapping->start = mmap(NULL, mapping->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor,
                          (off_t)(region->offset - before));
    if (mapping->start == MAP_FAILED) {
        return VHOST_USER_FAULT_MAPPING;
    }
    mapping->guard = vhost_user_guard_add(mapping->start, mapping->bytes);
    if (mapping->guard < 0) {
        munmap(mapping->start, mapping->bytes);
        return VHOST_USER_FAULT_MAPPING;
    }
    mapping->user_address = region->user_address;
    memory->regions[memory->count].base = (unsigned char *)mapping->start + before;
    memory->regions[memory->count].address = region->guest_address;
    memory->regions[memory->count].size = region->size;
    memory->count++;
    return VHOST_USER_SOUND;
}

enum vhost_user_fault vhost_user_memory_map(struct vhost_user_memory *memory, const struct vhost_user_table *table,
                                            const int *descriptors)
{
    memset(memory, 0, sizeof(*memory));
    if (table->count == 0 || table->count > VHOST_USER_REGIONS_MAX || !table_is_sound(table)) {
        return VHOST_USER_FAULT_REGION;
    }
    for (uint32_t i = 0; i < table->count; i++) {
        enum vhost_user_fault fault = map_region(memory, &table->regions[i], descriptors[i]);
        if (fault != VHOST_USER_SOUND) {
            vhost_user_memory_unmap(memory);
            return fault;
        }
    }
    return VHOST_USER_SOUND;
}

void vhost_user_memory_unmap(struct vhost_user_memory *memory)
{
    for (uint32_t i = 0; i < memory->count; i++) {
        vhost_user_guard_remove(memory->mappings[i].guard);
        munmap(memory->mappings[i].start, memory->mappings[i].bytes);
    }
    memset(memory, 0, sizeof(*memory));
}

bool vhost_user_memory_is_gone(const struct vhost_user_memory *memory)
{
    for (uint32_t i = 0; i < memory->count; i++) {
        if (vhost_user_guard_is_gone(memory->mappings[i].guard)) {
            return true;
        }
    }
    return false;
}

void *vhost_user_memory_at(const struct vhost_user_memory *memory, uint64_t user_address, uint64_t bytes)
{
    for (uint32_t i = 0; i < memory->count; i++) {
        uint64_t offset = user_address - memory->mappings[i].user_address;
        if (user_address >= memory->mappings[i].user_address
            && topoc_vq_within(offset, bytes, memory->regions[i].size)) {
            return memory->regions[i].base + (size_t)offset;
        }
    }
    return NULL;
}
