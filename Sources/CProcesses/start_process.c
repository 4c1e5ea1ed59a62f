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
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* linux/close_range.h; old headers lack it. */
#define CLOSE_ON_EXEC (1u << 2)

/* Becomes the program. Returns, with the errno, only where it cannot. */
static int become(const char *path, char *const arguments[], char *const environment[], const int files[],
                  size_t count, pid_t parent)
{
    int copies[16];
    if (count > sizeof(copies) / sizeof(copies[0])) {
        return EMFILE;
    }
    if (setpgid(0, 0) == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL) == -1) {
        return errno;
    }
    /* The parent may have ended before the kernel was told to care. */
    if (getppid() != parent) {
        return ESRCH;
    }
    /* First out of the way, then into place: a file may stand where another is to be. */
    for (size_t i = 0; i < count; i++) {
        copies[i] = fcntl(files[i], F_DUPFD_CLOEXEC, (int)count);
        if (copies[i] == -1) {
            return errno;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (dup2(copies[i], (int)i) == -1) {
            return errno;
        }
    }
    /* Kernels before 5.11 do not know this; there descriptors that were opened without O_CLOEXEC pass on. */
    syscall(SYS_close_range, (unsigned int)count, ~0u, CLOSE_ON_EXEC);
    for (int i = 1; i < NSIG; i++) {
        signal(i, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environment);
    return errno;
}

int topoc_start_process(const char *path, char *const arguments[], char *const environment[], const int files[],
                        size_t count, pid_t *process, int *ending)
{
    /* Brings the errno of the child; ends without a word when the program is there. */
    int failure[2];
    if (pipe2(failure, O_CLOEXEC) == -1) {
        return errno;
    }
    pid_t parent = getpid();
    *process = fork();
    if (*process == 0) {
        /* Above the places that the program's own files take. */
        int word = fcntl(failure[1], F_DUPFD_CLOEXEC, (int)count);
        int error = word == -1 ? errno : become(path, arguments, environment, files, count, parent);
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

int topoc_start_process(const char *path, char *const arguments[], char *const environment[], const int files[],
                        size_t count, pid_t *process, int *ending)
{
    (void)path;
    (void)arguments;
    (void)environment;
    (void)files;
    (void)count;
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
