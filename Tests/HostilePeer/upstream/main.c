/*
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * What a hostile peer, or an unlucky honest one, does to libvirtqueue, libsel4camkes and libvswitch of a checkout.
 *
 *   upstream            each case, its key, and its outcome, a line each
 *   upstream KEY        one of them
 */

#define _GNU_SOURCE
#include "hostile.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS 2
#define BESIDE 65536u

static int said;

void say(const char *format, ...)
{
    char text[256];
    va_list list;
    va_start(list, format);
    const int bytes = vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    if (bytes > 0 && write(said, text, strlen(text)) < 0) {
        _exit(3);
    }
}

void notify_nobody(void)
{
}

bool bench_open(struct bench *bench, uint32_t bytes)
{
    memset(bench, 0, sizeof(*bench));
#ifdef HOSTILE_SANITIZED
    /* On the heap, so that the sanitizer sees what is beside it. */
    bench->region = aligned_alloc(4096, bytes);
    if (bench->region == NULL) {
        return false;
    }
#else
    uint8_t *memory = mmap(NULL, 2 * BESIDE + bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return false;
    }
    for (uint32_t i = 0; i + sizeof(SECRET) < BESIDE; i += sizeof(SECRET)) {
        memcpy(memory + i, SECRET, sizeof(SECRET));
        memcpy(memory + BESIDE + bytes + i, SECRET, sizeof(SECRET));
    }
    bench->region = memory + BESIDE;
#endif
    memset(bench->region, 0, bytes);
    bench->bytes = bytes;
    if (camkes_virtqueue_driver_init_common(&bench->driver, bench->region, QUEUE_LEN, bytes, notify_nobody, BLOCK) != 0
        || camkes_virtqueue_device_init_common(&bench->device, bench->region, QUEUE_LEN, notify_nobody) != 0) {
        return false;
    }
    bench->available = bench->driver.avail_ring;
    bench->used = bench->driver.used_ring;
    bench->descriptors = bench->driver.desc_table;
    bench->blocks = bench->device.cookie;
    return true;
}

void bench_offer(struct bench *bench, uint16_t head)
{
    bench->available->ring[bench->available->idx] = head;
    bench->available->idx = (bench->available->idx + 1) % QUEUE_LEN;
}

void bench_use(struct bench *bench, uint32_t id)
{
    bench->used->ring[bench->used->idx].id = id;
    bench->used->idx = (bench->used->idx + 1) % QUEUE_LEN;
}

long bench_receive(struct bench *bench, uint8_t *frame, virtqueue_ring_object_t *chain)
{
    if (!virtqueue_get_available_buf(&bench->device, chain)) {
        return -1;
    }
    const uint32_t bytes = virtqueue_scattered_available_size(&bench->device, chain);
    if (bytes > FRAME_BYTES) {
        return -2; /* the guest has no buffer of that size: the VMM stops here */
    }
    camkes_virtqueue_device_gather_copy_buffer(&bench->device, chain, frame, bytes);
    return (long)bytes;
}

unsigned bench_reclaim(struct bench *bench)
{
    virtqueue_ring_object_t chain;
    uint32_t written;
    unsigned blocks = 0;
    while (virtqueue_get_used_buf(&bench->driver, &chain, &written)) {
        void *block;
        unsigned bytes;
        vq_flags_t flags;
        while (camkes_virtqueue_driver_gather_buffer(&bench->driver, &chain, &block, &bytes, &flags) == 0) {
            camkes_virtqueue_buffer_free(&bench->driver, block);
            blocks++;
        }
    }
    return blocks;
}

unsigned bench_free_blocks(const struct bench *bench)
{
    const struct vq_buf_alloc *blocks = bench->driver.cookie;
    unsigned count = 0;
    for (unsigned at = blocks->head; at < blocks->free_list_size && count <= blocks->free_list_size; count++) {
        at = blocks->free_list[at];
    }
    return count;
}

/* Runs a case in a process of its own, and prints its line. */
static void run(const struct hostile_case *one)
{
    int ends[2];
    char text[1024] = "";
    size_t used = 0;
    ssize_t got;
    fflush(stdout);
    if (pipe(ends) != 0) {
        perror("upstream: pipe");
        exit(1);
    }
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        said = ends[1];
#ifdef HOSTILE_SANITIZED
        dup2(ends[1], 2);
#else
        (void)!freopen("/dev/null", "w", stderr);
#endif
        alarm(SECONDS);
        one->run();
        _exit(0);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + used, sizeof(text) - 1 - used)) > 0) {
        used += (size_t)got;
    }
    char rest[4096];
    while (read(ends[0], rest, sizeof(rest)) > 0) {
    }
    close(ends[0]);
    text[used] = 0;
    int status = 0;
    waitpid(child, &status, 0);
    /* Of a sanitizer's report, the line that says what it is. */
    char *finding = strstr(text, "ERROR: ");
    char *runtime = strstr(text, "runtime error: ");
    char *line = finding != NULL ? finding : runtime;
    if (line != NULL) {
        line[strcspn(line, "\n")] = 0;
        char *where = strstr(line, " on ");
        if (where != NULL) {
            *where = 0;
        }
        printf("%s\t%s\t%s\n", one->key, one->title, line);
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
        printf("%s\t%s\t%s%sendless loop\n", one->key, one->title, text, text[0] != 0 ? "; " : "");
    } else if (WIFSIGNALED(status)) {
        printf("%s\t%s\t%s%scrash: %s\n", one->key, one->title, text, text[0] != 0 ? "; " : "",
               strsignal(WTERMSIG(status)));
    } else {
        printf("%s\t%s\t%s\n", one->key, one->title, text);
    }
}

int main(int argc, char **argv)
{
    const struct hostile_case *const lists[] = { driver_against_device, device_against_driver, honest, switch_cases };
    int found = 0;
    for (size_t l = 0; l < sizeof(lists) / sizeof(lists[0]); l++) {
        for (const struct hostile_case *one = lists[l]; one->key != NULL; one++) {
            if (argc < 2 || strcmp(argv[1], one->key) == 0) {
#ifdef HOSTILE_SANITIZED
                if (!one->memory) {
                    continue;
                }
#endif
                run(one);
                found++;
            }
        }
    }
    if (found == 0) {
        fprintf(stderr, "upstream: no case is called '%s'\n", argv[1]);
        return 64;
    }
    return 0;
}
