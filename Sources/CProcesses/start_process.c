/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <CProcesses.h>

#include <errno.h>

#if defined(__linux__)

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/close_range.h; old headers lack it. */
#define CLOSE_ON_EXEC (1u << 2)

/* Of its own: network, processes, mounts, host name. A process enters these of another. */
#define NAMESPACES (CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS)

/* What a user namespace is told of the user, who is its root. Written before the fork: there is no printf after it. */
struct maps {
    char user[32];
    char group[32];
};

static void describe(struct maps *maps)
{
    snprintf(maps->user, sizeof(maps->user), "0 %u 1", (unsigned int)geteuid());
    snprintf(maps->group, sizeof(maps->group), "0 %u 1", (unsigned int)getegid());
}

/* The result is 0, or an errno. */
static int tell(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file == -1) {
        return errno;
    }
    int error = write(file, text, strlen(text)) == -1 ? errno : 0;
    close(file);
    return error;
}

/* Into a user namespace, as its root. */
static int become_root(const struct maps *maps)
{
    if (unshare(CLONE_NEWUSER) == -1) {
        return errno;
    }
    int error = tell("/proc/self/setgroups", "deny");
    if (error == 0) {
        error = tell("/proc/self/uid_map", maps->user);
    }
    return error == 0 ? tell("/proc/self/gid_map", maps->group) : error;
}

/* Into the namespaces of another, where the parent has entered that of processes. Stays in its directory. */
static int enter(int neighbour)
{
    char directory[PATH_MAX];
    if (getcwd(directory, sizeof(directory)) == NULL
        || setns(neighbour, NAMESPACES & ~CLONE_NEWPID) == -1) {
        return errno;
    }
    return chdir(directory) == -1 ? errno : 0;
}

/* Alone, in namespaces and session as told; not outliving the parent unless told. The result is 0, or an errno. */
static int settle(const struct topoc_start *start, const struct maps *maps, pid_t parent)
{
    int error = start->root ? become_root(maps) : 0;
    if (error == 0 && start->neighbour != -1) {
        error = enter(start->neighbour);
    }
    if (error != 0) {
        return error;
    }
    if (start->detached) {
        return setsid() == -1 ? errno : 0;
    }
    if (setpgid(0, 0) == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL) == -1) {
        return errno;
    }
    /* The parent may have ended before the kernel was told to care. From other namespaces of processes it is not seen. */
    pid_t now = getppid();
    return now == parent || now == 0 ? 0 : ESRCH;
}

/* Becomes the program. Returns, with the errno, only where it cannot. */
static int become(const char *path, char *const arguments[], char *const environment[],
                  const struct topoc_start *start)
{
    int copies[16];
    if (start->count > sizeof(copies) / sizeof(copies[0])) {
        return EMFILE;
    }
    /* First out of the way, then into place: a file may stand where another is to be. */
    for (size_t i = 0; i < start->count; i++) {
        copies[i] = fcntl(start->files[i], F_DUPFD_CLOEXEC, (int)start->count);
        if (copies[i] == -1) {
            return errno;
        }
    }
    for (size_t i = 0; i < start->count; i++) {
        if (dup2(copies[i], (int)i) == -1) {
            return errno;
        }
    }
    /* Kernels before 5.11 do not know this; there descriptors that were opened without O_CLOEXEC pass on. */
    syscall(SYS_close_range, (unsigned int)start->count, ~0u, CLOSE_ON_EXEC);
    for (int i = 1; i < NSIG; i++) {
        signal(i, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
    return errno;
}

/* Two processes from here on: 0 in the new one. */
static pid_t divide(const struct topoc_start *start)
{
    if (start->neighbour != -1 && setns(start->neighbour, CLONE_NEWPID) == -1) {
        return -1;
    }
    if (start->isolated) {
        /* As fork(), with namespaces; what glibc's fork would mend in the child is not used there. */
        return (pid_t)syscall(SYS_clone, NAMESPACES | SIGCHLD, 0, 0, 0, 0);
    }
    return fork();
}

int topoc_start_process(const char *path, char *const arguments[], char *const environment[],
                        const struct topoc_start *start, pid_t *process, int *ending)
{
    /* Brings the errno of the child; ends without a word when the program is there. */
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) == -1) {
        return errno;
    }
    struct maps maps;
    describe(&maps);
    pid_t parent = getpid();
    *process = divide(start);
    if (*process == 0) {
        int error = settle(start, &maps, parent);
        /* Above the places that the program's own files take. */
        int word = fcntl(failure[1], F_DUPFD_CLOEXEC, (int)start->count);
        if (word == -1) {
            error = errno;
        }
        if (error == 0) {
            error = become(path, arguments, environment, start);
        }
        if (word != -1) {
            (void)!write(word, &error, sizeof(error));
        }
        _exit(127);
    }
    int error = *process == -1 ? errno : 0;
    close(failure[1]);
    if (error == 0) {
        ssize_t size;
        do {
            size = read(failure[0], &error, sizeof(error));
        } while (size == -1 && errno == EINTR);
        if (size != (ssize_t)sizeof(error)) {
            *ending = (int)syscall(SYS_pidfd_open, *process, 0);
            error = *ending == -1 ? errno : 0;
        }
        if (error != 0) {
            kill(*process, SIGKILL);
            while (waitpid(*process, NULL, 0) == -1 && errno == EINTR) {
            }
        }
    }
    close(failure[0]);
    return error;
}

int topoc_memory_file(const char *name)
{
    return memfd_create(name, MFD_CLOEXEC);
}

#else

int topoc_start_process(const char *path, char *const arguments[], char *const environment[],
                        const struct topoc_start *start, pid_t *process, int *ending)
{
    (void)path;
    (void)arguments;
    (void)environment;
    (void)start;
    (void)process;
    (void)ending;
    return ENOSYS;
}

int topoc_memory_file(const char *name)
{
    (void)name;
    errno = ENOSYS;
    return -1;
}

#endif
