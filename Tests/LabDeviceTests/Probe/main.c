/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

/*
 * A device that has turned hostile: `probe PROCESS [confined]`. It confines itself as a device does, and then tries to
 * reach what is another process's. What Linux said to each attempt goes over descriptor 3: names and errno, as text.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <lab/confine.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static char report[4096];
static size_t reported;

/* `result` is -1 where the attempt failed, with errno. */
static void tell(const char *attempt, long result)
{
    int error = result == -1 ? errno : 0;
    int length = snprintf(report + reported, sizeof(report) - reported, "%s %d\n", attempt, error);
    reported += (size_t)length;
}

static long try_descriptor_of(const char *format, int process)
{
    char path[64];
    snprintf(path, sizeof(path), format, process);
    return open(path, O_RDWR);
}

static long try_read_memory(int process)
{
    char byte;
    struct iovec here = { &byte, 1 };
    struct iovec there = { (void *) &report, 1 };
    return process_vm_readv(process, &here, 1, &there, 1, 0);
}

static long try_abstract_socket(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0topoc-lab-probe" };
    int other = socket(AF_UNIX, SOCK_DGRAM, 0);
    return other < 0 ? -1 : bind(other, (struct sockaddr *)&address, sizeof(address));
}

static long try_passing_a_descriptor(void)
{
    char byte = 0;
    struct iovec piece = { &byte, 1 };
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { { 0 } };
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes,
               .msg_controllen = sizeof(control.bytes)
    };
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    return sendmsg(3, &message, MSG_DONTWAIT);
}

static long try_executable_memory(void)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? -1 : 0;
}

static long try_child(void)
{
    long child = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0) {
        _exit(0);
    }
    return child;
}

int main(int count, char **arguments)
{
    int ends[2];
    int process = count > 1 ? atoi(arguments[1]) : 0;
    int bell = eventfd(0, EFD_NONBLOCK);
    int pidfd = (int)syscall(SYS_pidfd_open, process, 0);
    if (count > 2) {
        int error = lab_confine(LAB_CONFINE_VHOST_USER);
        if (error != 0) {
            return error;
        }
    }
    tell("open its descriptors", try_descriptor_of("/proc/%d/fd/3", process));
    tell("open its memory", try_descriptor_of("/proc/%d/mem", process));
    tell("open /dev/shm", open("/dev/shm", O_RDONLY | O_DIRECTORY));
    tell("open /proc/self", open("/proc/self/fd", O_RDONLY | O_DIRECTORY));
    tell("ptrace", ptrace(PTRACE_SEIZE, process, NULL, NULL));
    tell("process_vm_readv", try_read_memory(process));
    tell("pidfd_open", syscall(SYS_pidfd_open, process, 0));
    tell("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 3, 0));
    tell("kill", kill(process, 0));
    tell("socket", socket(AF_INET, SOCK_DGRAM, 0));
    tell("abstract socket", try_abstract_socket());
    tell("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    tell("pass a descriptor", try_passing_a_descriptor());
    tell("memfd_create", memfd_create("probe", 0));
    tell("executable memory", try_executable_memory());
    tell("clone", try_child());
    tell("execve", execve("/nowhere", arguments, NULL));
    tell("prctl", prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
    tell("unshare", unshare(0));
    tell("a bell that blocks", fcntl(bell, F_SETFL, 0));
    return write(3, report, reported) == (ssize_t)reported ? 0 : 1;
}
