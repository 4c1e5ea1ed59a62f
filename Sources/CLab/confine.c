/*
 * Copyright the topoc developers
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */

#define _GNU_SOURCE

#include <lab/confine.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#define FOREIGN_CALLS 0x40000000u /* of the x32 interface: all numbers from here on */
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#define FOREIGN_CALLS 0x80000000u
#endif

#ifdef ARCHITECTURE

/* Where the 32 bits that a filter can look at stand: of argument `number`, the lower half; both are little-endian. */
#define ARGUMENT(number) ((uint32_t)(offsetof(struct seccomp_data, args) + 8u * (number)))

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(offset))
#define REFUSE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
/* Steps over `count` instructions unless what was loaded is `number`. */
#define UNLESS(number, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(number), 0, (count))
#define ALWAYS(call) UNLESS(call, 1), ALLOW

static const struct sock_filter calls[] = {
    LOAD(offsetof(struct seccomp_data, arch)), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0), REFUSE,
    LOAD(offsetof(struct seccomp_data, nr)), BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, FOREIGN_CALLS, 0, 1), REFUSE,
    /* Frames, bells and messages. What is sent bears no descriptors (sendmsg), and goes to no other address. */
    ALWAYS(SYS_read), ALWAYS(SYS_write), ALWAYS(SYS_readv), ALWAYS(SYS_writev), ALWAYS(SYS_recvmsg),
    UNLESS(SYS_sendto, 6), LOAD(ARGUMENT(4)), UNLESS(0, 3), LOAD(ARGUMENT(4) + 4u), UNLESS(0, 1), ALLOW, REFUSE,
    ALWAYS(SYS_epoll_pwait), ALWAYS(SYS_epoll_pwait2), ALWAYS(SYS_epoll_ctl),
    /* What it is given: looked at, mapped, given up. Of fstat only the call that takes no path. */
    ALWAYS(SYS_fstat), ALWAYS(SYS_close), ALWAYS(SYS_munmap), ALWAYS(SYS_brk),
    UNLESS(SYS_mmap, 4), LOAD(ARGUMENT(2)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1), REFUSE, ALLOW,
    /* Of descriptors that others hold, too, none is made blocking. */
    UNLESS(SYS_fcntl, 10), LOAD(ARGUMENT(1)), UNLESS(F_GETFL, 1), ALLOW, UNLESS(F_GET_SEALS, 1), ALLOW,
    UNLESS(F_SETFL, 3), LOAD(ARGUMENT(2)), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_NONBLOCK, 0, 1), ALLOW, REFUSE,
    /* The C library's own. */
    ALWAYS(SYS_clock_gettime), ALWAYS(SYS_getrandom), ALWAYS(SYS_restart_syscall), ALWAYS(SYS_rt_sigreturn),
    ALWAYS(SYS_exit), ALWAYS(SYS_exit_group)
};
static const struct sock_filter vhost_user[] = {
    ALWAYS(SYS_accept4), ALWAYS(SYS_getsockopt), ALWAYS(SYS_fstatfs), ALWAYS(SYS_preadv2), ALWAYS(SYS_rt_sigaction)
};
static const struct sock_filter rest[] = { REFUSE };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int drop_capabilities(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0 };
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
    memset(none, 0, sizeof(none));
    return syscall(SYS_capset, &header, none) == 0 ? 0 : errno;
}

int lab_confine(unsigned int options)
{
    struct sock_filter filter[COUNT(calls) + COUNT(vhost_user) + COUNT(rest)];
    struct sock_fprog program = {.len = 0, .filter = filter };
    memcpy(filter, calls, sizeof(calls));
    program.len = COUNT(calls);
    if ((options & LAB_CONFINE_VHOST_USER) != 0) {
        memcpy(filter + program.len, vhost_user, sizeof(vhost_user));
        program.len = (unsigned short)(program.len + COUNT(vhost_user));
    }
    memcpy(filter + program.len, rest, sizeof(rest));
    program.len = (unsigned short)(program.len + COUNT(rest));
    int error = drop_capabilities();
    if (error != 0) {
        return error;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0
        || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0) {
        return errno;
    }
    return 0;
}

#else

int lab_confine(unsigned int options)
{
    (void)options;
    return ENOSYS;
}

#endif

int lab_fstat(int descriptor, struct stat *status)
{
    return (int)syscall(SYS_fstat, descriptor, status);
}
