/* Sandbox: what a process gives up after its start, for good.
 *
 * Rules: the system-call filter is a list of what is needed; all else fails with EPERM, and what
 * only an intruder would try ends the process. Sockets are limited by family: the web tier has Unix
 * sockets only, the engine has IP too; neither may bind or listen, so both open what they listen on
 * before the lock. Nothing may be started, neither a program nor a thread nor a process. Memory is
 * never writable and executable; the web tier cannot even map code. Name services need no netlink:
 * c-ares does not use it, and glibc goes on without it.
 */
#include "sandbox.h"

#include <errno.h>
#include <grp.h>
#include <malloc.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "str.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { PERTURB = 0xa5 };

/* Allowed to both kinds with any arguments. Several are older or newer names of one call: which one
 * libc uses depends on the machine. */
static const int allowed[] = {
	/* files */
	SCMP_SYS(access), SCMP_SYS(chmod), SCMP_SYS(close), SCMP_SYS(close_range), SCMP_SYS(dup),
	SCMP_SYS(dup2), SCMP_SYS(dup3), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
	SCMP_SYS(fallocate), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(fchown),
	SCMP_SYS(fcntl), SCMP_SYS(fdatasync), SCMP_SYS(flock), SCMP_SYS(fstat), SCMP_SYS(fsync),
	SCMP_SYS(ftruncate), SCMP_SYS(getcwd), SCMP_SYS(getdents64), SCMP_SYS(lseek),
	SCMP_SYS(lstat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(newfstatat), SCMP_SYS(open),
	SCMP_SYS(openat), SCMP_SYS(pipe2), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev), SCMP_SYS(read), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(readv), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(stat),
	SCMP_SYS(statx), SCMP_SYS(umask), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(write),
	SCMP_SYS(writev),
	/* memory */
	SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mlock), SCMP_SYS(mlock2), SCMP_SYS(mremap),
	SCMP_SYS(msync), SCMP_SYS(munlock), SCMP_SYS(munmap),
	/* waiting and time */
	SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_pwait2),
	SCMP_SYS(epoll_wait), SCMP_SYS(eventfd2), SCMP_SYS(futex), SCMP_SYS(gettimeofday),
	SCMP_SYS(nanosleep), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pselect6), SCMP_SYS(select),
	SCMP_SYS(time), SCMP_SYS(timerfd_create), SCMP_SYS(timerfd_gettime),
	SCMP_SYS(timerfd_settime),
	/* signals and the end */
	SCMP_SYS(alarm), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigpending), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigtimedwait), SCMP_SYS(setitimer),
	SCMP_SYS(sigaltstack), SCMP_SYS(signalfd4),
	/* sockets that are open already; connecting needs a socket, which is limited below */
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(connect), SCMP_SYS(getpeername),
	SCMP_SYS(getsockname), SCMP_SYS(getsockopt), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
	SCMP_SYS(sendmmsg), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(setsockopt),
	SCMP_SYS(shutdown),
	/* the process about itself */
	SCMP_SYS(getegid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getgroups),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getrandom), SCMP_SYS(getresgid),
	SCMP_SYS(getresuid), SCMP_SYS(getrlimit), SCMP_SYS(getrusage), SCMP_SYS(gettid),
	SCMP_SYS(getuid), SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_yield), SCMP_SYS(sysinfo),
	SCMP_SYS(uname)
};

/* Ends the process: nothing of ours or of our libraries calls these, not even by mistake. */
static const int deadly[] = {
#if !SANITIZED /* the leak check at the end of a sanitizer build traces itself */
	SCMP_SYS(ptrace),
#endif
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise), SCMP_SYS(pidfd_getfd),
	SCMP_SYS(kcmp), SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(mount),
	SCMP_SYS(umount2), SCMP_SYS(move_mount), SCMP_SYS(open_tree), SCMP_SYS(fsopen),
	SCMP_SYS(fsmount), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(setns),
	SCMP_SYS(unshare), SCMP_SYS(open_by_handle_at), SCMP_SYS(swapon), SCMP_SYS(swapoff),
	SCMP_SYS(acct), SCMP_SYS(ioperm), SCMP_SYS(iopl), SCMP_SYS(syslog), SCMP_SYS(sethostname),
	SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime),
	SCMP_SYS(adjtimex), SCMP_SYS(quotactl), SCMP_SYS(personality)
};

enum {
	WEB = 1 << SANDBOX_WEB,
	ENGINE = 1 << SANDBOX_ENGINE,
	BOTH = WEB | ENGINE,
	OWN_PID = -1 /* in place of a value */
};

/* Allowed when (argument & mask) == value. Several rows for a call: one of them is enough. */
static const struct condition {
	int call;
	int kinds;
	unsigned arg;
	uint64_t mask;
	int64_t value;
} conditions[] = {
	{ SCMP_SYS(socket), BOTH, 0, UINT32_MAX, AF_UNIX },
	{ SCMP_SYS(socket), ENGINE, 0, UINT32_MAX, AF_INET },
	{ SCMP_SYS(socket), ENGINE, 0, UINT32_MAX, AF_INET6 },
	{ SCMP_SYS(socketpair), BOTH, 0, UINT32_MAX, AF_UNIX },
	{ SCMP_SYS(mmap), BOTH, 2, PROT_EXEC, 0 },
	/* libraries that are loaded late, such as sign-in mechanisms: code, but not writable */
	{ SCMP_SYS(mmap), ENGINE, 2, PROT_EXEC | PROT_WRITE, PROT_EXEC },
	{ SCMP_SYS(mprotect), BOTH, 2, PROT_EXEC, 0 },
	{ SCMP_SYS(ioctl), BOTH, 1, UINT32_MAX, FIONREAD },
	{ SCMP_SYS(ioctl), BOTH, 1, UINT32_MAX, FIONBIO },
	{ SCMP_SYS(prlimit64), BOTH, 2, UINT64_MAX, 0 }, /* asking, not setting */
	{ SCMP_SYS(prctl), BOTH, 0, UINT32_MAX, PR_SET_NAME },
	{ SCMP_SYS(kill), BOTH, 0, UINT32_MAX, OWN_PID },
	{ SCMP_SYS(tgkill), BOTH, 0, UINT32_MAX, OWN_PID }, /* abort, raise */
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int check_ids(uid_t uid)
{
	uid_t r, ef, sv;

	return getresuid(&r, &ef, &sv) == 0 && r == uid && ef == uid && sv == uid ? 0 : -1;
}

/* From root to pw, with gid as the only supplementary group. 0 or -1 with errno. */
static int become(const struct passwd *pw, const gid_t *groups, size_t count)
{
	if (setgroups(count, groups) < 0)
		return -1;
	if (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0)
		return -1;
	if (setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0)
		return -1;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 || check_ids(pw->pw_uid) < 0)
		die("sandbox: user %s can become root again", pw->pw_name);
	return 0;
}

int sandbox_user(const char *user, const char *group, struct err *e)
{
	const struct passwd *pw;
	const struct group *gr;

	if (str_empty(user))
		return 0;
	pw = getpwnam(user);
	if (!pw)
		return ERR(e, ERR_SETUP, NULL,
			"user \"%s\" does not exist: create it, or name another in the settings",
			user);
	if (pw->pw_uid == 0)
		return ERR(
			e, ERR_SETUP, NULL, "user \"%s\" is root: name one without rights", user);
	if (geteuid() != 0 && check_ids(pw->pw_uid) < 0)
		return ERR(e, ERR_SETUP, NULL, "started as uid %u: must be root or user \"%s\"",
			(unsigned)geteuid(), user);
	if (geteuid() != 0)
		return 0;
	gr = str_empty(group) ? NULL : getgrnam(group);
	if (!gr && !str_empty(group))
		return ERR(e, ERR_SETUP, NULL,
			"group \"%s\" does not exist: create it, or name another in the settings",
			group);
	if (become(pw, gr ? &gr->gr_gid : NULL, gr ? 1 : 0) < 0)
		return ERR(e, ERR_SETUP, NULL, "becoming user \"%s\": %s", user, strerror(errno));
	return 0;
}

int sandbox_private(struct err *e)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return ERR(e, ERR_SETUP, NULL, "no core dumps: %s", strerror(errno));
	if (!SANITIZED && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return ERR(e, ERR_SETUP, NULL, "not traceable: %s", strerror(errno));
	(void)mallopt(M_PERTURB, PERTURB); /* a sanitizer has its own allocator */
	return 0;
}

int sandbox_harden(struct err *e)
{
	if (sandbox_private(e) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return ERR(e, ERR_SETUP, NULL, "no new privileges: %s", strerror(errno));
	umask(007);
	return 0;
}

static int add_calls(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = seccomp_rule_add(ctx, action, calls[i], 0);
	return rc;
}

static int add_permissions(scmp_filter_ctx ctx, enum sandbox_kind kind)
{
	int rc = add_calls(ctx, SCMP_ACT_ALLOW, allowed, COUNT(allowed));

	for (size_t i = 0; i < COUNT(conditions) && rc == 0; i++) {
		const struct condition *c = &conditions[i];
		int64_t value = c->value == OWN_PID ? getpid() : c->value;

		if (c->kinds & 1 << kind)
			rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, c->call, 1,
				SCMP_CMP64(c->arg, SCMP_CMP_MASKED_EQ, c->mask, (uint64_t)value));
	}
	return rc;
}

/* All families above the last one of this kind, in place of the list. */
static int add_refusals(scmp_filter_ctx ctx, enum sandbox_kind kind)
{
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 1,
		SCMP_A0_64(SCMP_CMP_GT, kind == SANDBOX_WEB ? AF_UNIX : AF_INET6));
}

static int fill(scmp_filter_ctx ctx, enum sandbox_kind kind)
{
	int rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);

	if (rc == 0)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* search, not a walk */
	if (rc == 0)
		rc = add_calls(ctx, SCMP_ACT_KILL_PROCESS, deadly, COUNT(deadly));
	if (rc == 0)
		rc = SANITIZED ? add_refusals(ctx, kind) : add_permissions(ctx, kind);
	return rc == 0 ? seccomp_load(ctx) : rc;
}

int sandbox_lock(enum sandbox_kind kind, struct err *e)
{
	scmp_filter_ctx ctx = seccomp_init(SANITIZED ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!ctx)
		die("seccomp_init: out of memory");
	rc = fill(ctx, kind);
	seccomp_release(ctx);
	if (rc < 0)
		return ERR(e, ERR_SETUP, NULL, "system-call filter: %s", strerror(-rc));
	return 0;
}
