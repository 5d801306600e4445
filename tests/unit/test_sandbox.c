/* The sandbox: what still works behind the lock, what is refused, and what ends the process.
 * Every case runs in a child of its own, because there is no way back. */
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "platform/log.h"
#include "platform/sandbox.h"
#include "platform/sock.h"

#if defined(__SANITIZE_ADDRESS__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

enum { WEB = 1, ENGINE = 2, BOTH = 3 };

/* Made before the lock, as the programs do. */
static struct {
	char dir[64];
	char path[96];
	int door;
	struct sockaddr_in server;
	int server_fd;
	pid_t parent;
} before;

static int missed(const char *what)
{
	(void)!write(STDERR_FILENO, what, strlen(what));
	(void)!write(STDERR_FILENO, "\n", 1);
	return 1;
}

#define NEED(x)                                                                                    \
	do {                                                                                       \
		if (!(x))                                                                          \
			return missed(#x);                                                         \
	} while (0)

/* -- what the programs do all day ------------------------------------------------------------ */

static int sqlite(void)
{
	static const char *const script[] = { "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
		"CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b TEXT) STRICT",
		"BEGIN IMMEDIATE", "INSERT INTO t(b) VALUES(hex(randomblob(20000)))", "COMMIT",
		"INSERT INTO t(b) SELECT b FROM t", "SELECT b FROM t ORDER BY b DESC",
		"CREATE TEMP TABLE u AS SELECT * FROM t", "PRAGMA wal_checkpoint(TRUNCATE)",
		"PRAGMA integrity_check", "DELETE FROM t", "VACUUM", "PRAGMA journal_mode=DELETE",
		"INSERT INTO t(b) VALUES('x')" };
	sqlite3 *one, *two;
	char path[128];

	snprintf(path, sizeof(path), "%s/db", before.dir);
	NEED(sqlite3_open(path, &one) == SQLITE_OK);
	NEED(sqlite3_open(path, &two) == SQLITE_OK);
	NEED(sqlite3_exec(one, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) == SQLITE_OK);
	NEED(sqlite3_exec(two, "SELECT * FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK);
	NEED(sqlite3_close(two) == SQLITE_OK);
	for (size_t i = 0; i < COUNT(script); i++) {
		if (sqlite3_exec(one, script[i], NULL, NULL, NULL) != SQLITE_OK)
			return missed(sqlite3_errmsg(one));
	}
	NEED(sqlite3_close(one) == SQLITE_OK);
	NEED(unlink(path) == 0);
	return 0;
}

static int sodium(void)
{
	unsigned char pk[crypto_box_PUBLICKEYBYTES], sk[crypto_box_SECRETKEYBYTES];
	unsigned char sealed[16 + crypto_box_SEALBYTES];
	char hash[crypto_pwhash_STRBYTES];
	unsigned char *secret;

	NEED(sodium_init() >= 0);
	secret = sodium_malloc(16);
	NEED(secret);
	randombytes_buf(secret, 16);
	NEED(sodium_mprotect_readonly(secret) == 0);
	NEED(sodium_mlock(sk, sizeof(sk)) == 0 && sodium_munlock(sk, sizeof(sk)) == 0);
	crypto_box_keypair(pk, sk);
	NEED(crypto_box_seal(sealed, secret, 16, pk) == 0);
	NEED(crypto_pwhash_str(hash, "a password", 10, 2, 19 << 20) == 0);
	sodium_free(secret);
	return 0;
}

static int files(void)
{
	char one[128], two[128];
	struct stat st;
	FILE *f;
	DIR *d;

	snprintf(one, sizeof(one), "%s/one", before.dir);
	snprintf(two, sizeof(two), "%s/two", before.dir);
	f = fopen(one, "w+e");
	NEED(f && fprintf(f, "%040d\n", 7) == 41 && fflush(f) == 0);
	NEED(fsync(fileno(f)) == 0 && ftruncate(fileno(f), 10) == 0);
	NEED(fchmod(fileno(f), 0640) == 0 && fstat(fileno(f), &st) == 0 && st.st_size == 10);
	NEED(lockf(fileno(f), F_TLOCK, 0) == 0 && fclose(f) == 0);
	NEED(rename(one, two) == 0 && stat(two, &st) == 0 && access(two, R_OK) == 0);
	NEED(access(one, F_OK) < 0 && errno == ENOENT);
	d = opendir(before.dir);
	NEED(d && readdir(d) && closedir(d) == 0);
	NEED(unlink(two) == 0);
	NEED(getcwd(one, sizeof(one)) != NULL);
	return 0;
}

static int unix_sockets(void)
{
	struct err e;
	struct timespec soon = { 0, 1000000 };
	int peer = sock_connect(before.path, SOCK_SEQPACKET, &e), at, flag = 1;
	char c = 0;
	uid_t uid;

	NEED(peer >= 0);
	at = accept4(before.door, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	NEED(at >= 0 && sock_peer(at, &uid, &e) == 0 && uid == geteuid());
	NEED(sock_timeout(at, 10, &e) == 0 && sock_nonblock(at, &e) == 0);
	NEED(ioctl(at, FIONBIO, &flag) == 0);
	NEED(send(peer, "x", 1, MSG_NOSIGNAL) == 1 && recv(at, &c, 1, 0) == 1 && c == 'x');
	NEED(shutdown(at, SHUT_RDWR) == 0 && recv(peer, &c, 1, 0) == 0);
	NEED(nanosleep(&soon, NULL) == 0);
	NEED(close(at) == 0 && close(peer) == 0);
	return 0;
}

static int waiting(void)
{
	struct itimerspec soon = { { 0, 0 }, { 0, 1000000 } };
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	int note = eventfd(0, EFD_CLOEXEC), ends[2];
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	NEED(sigprocmask(SIG_BLOCK, &mask, NULL) == 0);
	NEED(signalfd(-1, &mask, SFD_CLOEXEC) >= 0);
	NEED(ep >= 0 && note >= 0 && timer >= 0);
	NEED(timerfd_settime(timer, 0, &soon, NULL) == 0);
	NEED(epoll_ctl(ep, EPOLL_CTL_ADD, timer, &ev) == 0 && epoll_wait(ep, &ev, 1, 3000) == 1);
	NEED(pipe2(ends, O_CLOEXEC) == 0 && socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	return 0;
}

static int libc(void)
{
	size_t n = 64u << 20;
	char *big = malloc(n);
	time_t now = time(NULL);
	struct tm tm;

	NEED(big);
	memset(big, 1, n);
	big = realloc(big, 2 * n);
	NEED(big);
	free(big);
	NEED(getpwnam("root") && getgrnam("root"));
	NEED(localtime_r(&now, &tm));
	NEED(getrandom(&n, sizeof(n), 0) == sizeof(n));
	log_open("test", LOG_INFO);
	return 0;
}

static int internet_client(void)
{
	struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int tcp = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int udp = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	NEED(tcp >= 0);
	NEED(udp >= 0 || errno == EAFNOSUPPORT);
	NEED(connect(tcp, (struct sockaddr *)&before.server, sizeof(before.server)) == 0 ||
		errno == EINPROGRESS);
	NEED(getaddrinfo("localhost", "443", &hints, &found) == 0 && found);
	freeaddrinfo(found);
	return 0;
}

static int late_library(void)
{
	NEED(dlopen("libBrokenLocale.so.1", RTLD_NOW));
	return 0;
}

static int aborts(void)
{
	abort();
}

static int raises(void)
{
	raise(SIGTERM);
	return 1;
}

/* -- refused with EPERM ---------------------------------------------------------------------- */

#define REFUSED(call)                                                                              \
	do {                                                                                       \
		errno = 0;                                                                         \
		if ((long)(call) != -1 || errno != EPERM)                                          \
			return missed(#call);                                                      \
	} while (0)

static int internet(void)
{
	REFUSED(socket(AF_INET, SOCK_STREAM, 0));
	REFUSED(socket(AF_INET6, SOCK_DGRAM, 0));
	return 0;
}

static int other_families(void)
{
	REFUSED(socket(AF_NETLINK, SOCK_RAW, 0));
	REFUSED(socket(AF_PACKET, SOCK_RAW, 0));
	REFUSED(socket(AF_ALG, SOCK_SEQPACKET, 0));
	REFUSED(socket(AF_VSOCK, SOCK_STREAM, 0));
	return 0;
}

static int new_processes(void)
{
	REFUSED(fork());
	REFUSED(vfork());
	REFUSED(syscall(SYS_clone3, NULL, 0));
	return 0;
}

static int listening(void)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	REFUSED(bind(before.server_fd, (struct sockaddr *)&sa, sizeof(sa)));
	REFUSED(listen(fd, 1));
	return 0;
}

static int other_processes(void)
{
	REFUSED(kill(before.parent, 0));
	REFUSED(kill(0, 0));
	REFUSED(kill(-1, 0));
	REFUSED(syscall(SYS_tgkill, before.parent, before.parent, 0));
	REFUSED(syscall(SYS_pidfd_open, before.parent, 0));
	return kill(getpid(), 0);
}

static int code_in_memory(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	NEED(p != MAP_FAILED);
	REFUSED(mprotect(p, 4096, PROT_READ | PROT_EXEC));
	REFUSED(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0));
	REFUSED(syscall(SYS_pkey_mprotect, p, 4096, PROT_EXEC, -1));
	REFUSED(syscall(SYS_memfd_create, "x", 0));
	return 0;
}

static int code_from_files(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	NEED(fd >= 0);
	REFUSED(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
	NEED(!dlopen("libBrokenLocale.so.1", RTLD_NOW));
	return 0;
}

static int rights(void)
{
	struct rlimit lim;

	NEED(getrlimit(RLIMIT_NOFILE, &lim) == 0);
	REFUSED(setrlimit(RLIMIT_NOFILE, &lim));
	REFUSED(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	REFUSED(syscall(SYS_setuid, 0));
	REFUSED(syscall(SYS_setgroups, 0, NULL));
	REFUSED(syscall(SYS_capset, NULL, NULL));
	REFUSED(syscall(SYS_keyctl, 0, 0));
	REFUSED(syscall(SYS_seccomp, 0, 0, NULL));
	REFUSED(ioctl(STDERR_FILENO, TIOCSTI, "x"));
	REFUSED(symlink("/etc/passwd", "link"));
	REFUSED(link("/etc/passwd", "link"));
	REFUSED(mknod("node", S_IFIFO | 0600, 0));
	return 0;
}

/* -- ends the process ------------------------------------------------------------------------ */

#define DEADLY(name, ...)                                                                          \
	static int name(void)                                                                      \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
		return missed(#name " went on");                                                   \
	}

static char *no_args[] = { NULL };

DEADLY(run_program, execve("/bin/true", no_args, no_args))
DEADLY(run_descriptor, syscall(SYS_execveat, before.door, "", no_args, no_args, AT_EMPTY_PATH))
DEADLY(trace, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
DEADLY(read_other, syscall(SYS_process_vm_readv, before.parent, NULL, 0, NULL, 0, 0))
DEADLY(write_other, syscall(SYS_process_vm_writev, before.parent, NULL, 0, NULL, 0, 0))
DEADLY(load_bpf, syscall(SYS_bpf, 0, NULL, 0))
DEADLY(load_module, syscall(SYS_init_module, NULL, 0, ""))
DEADLY(load_module_file, syscall(SYS_finit_module, before.door, "", 0))
DEADLY(load_kernel, syscall(SYS_kexec_load, 0, 0, NULL, 0))
DEADLY(mount_disk, syscall(SYS_mount, "", "", "", 0, NULL))
DEADLY(change_root, (void)!chroot("/"))
DEADLY(new_namespace, syscall(SYS_unshare, 0))
DEADLY(enter_namespace, syscall(SYS_setns, before.door, 0))
DEADLY(uring, syscall(SYS_io_uring_setup, 1, NULL))
DEADLY(fault_handler, syscall(SYS_userfaultfd, 0))
DEADLY(perf, syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0))
DEADLY(open_handle, syscall(SYS_open_by_handle_at, AT_FDCWD, NULL, 0))

struct deed {
	const char *name;
	int (*fn)(void);
	int kinds;
	int signo;  /* that ends it; 0: it returns 0 */
	int strict; /* not in a sanitizer build, which has the short list */
};

#define DEED(fn, ...)                                                                              \
	{                                                                                          \
#fn, fn, __VA_ARGS__                                                               \
	}

static const struct deed deeds[] = {
	DEED(sqlite, BOTH, 0, 0),
	DEED(sodium, BOTH, 0, 0),
	DEED(files, BOTH, 0, 0),
	DEED(unix_sockets, BOTH, 0, 0),
	DEED(waiting, BOTH, 0, 0),
	DEED(libc, BOTH, 0, 0),
	DEED(internet_client, ENGINE, 0, 0),
	DEED(late_library, ENGINE, 0, 0),
	DEED(aborts, BOTH, SIGABRT, 0),
	DEED(raises, BOTH, SIGTERM, 0),
	DEED(internet, WEB, 0, 0),
	DEED(other_families, BOTH, 0, 0),
	DEED(new_processes, BOTH, 0, 1),
	DEED(listening, BOTH, 0, 1),
	DEED(other_processes, BOTH, 0, 1),
	DEED(code_in_memory, BOTH, 0, 1),
	DEED(code_from_files, WEB, 0, 1),
	DEED(rights, BOTH, 0, 1),
	DEED(run_program, BOTH, SIGSYS, 0),
	DEED(run_descriptor, BOTH, SIGSYS, 0),
	DEED(trace, BOTH, SIGSYS, 1),
	DEED(read_other, BOTH, SIGSYS, 0),
	DEED(write_other, BOTH, SIGSYS, 0),
	DEED(load_bpf, BOTH, SIGSYS, 0),
	DEED(load_module, BOTH, SIGSYS, 0),
	DEED(load_module_file, BOTH, SIGSYS, 0),
	DEED(load_kernel, BOTH, SIGSYS, 0),
	DEED(mount_disk, BOTH, SIGSYS, 0),
	DEED(change_root, BOTH, SIGSYS, 0),
	DEED(new_namespace, BOTH, SIGSYS, 0),
	DEED(enter_namespace, BOTH, SIGSYS, 0),
	DEED(uring, BOTH, SIGSYS, 0),
	DEED(fault_handler, BOTH, SIGSYS, 0),
	DEED(perf, BOTH, SIGSYS, 0),
	DEED(open_handle, BOTH, SIGSYS, 0),
};

/* Fork, run fn in the child, and give its wait status. */
static int status_of(int (*fn)(void *), void *ptr)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		signal(SIGTERM, SIG_DFL);
		_exit(fn(ptr));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

struct locked {
	enum sandbox_kind kind;
	const struct deed *deed;
};

static int lock_and_do(void *ptr)
{
	const struct locked *l = ptr;
	struct err e;

	if (sandbox_lock(l->kind, &e) < 0)
		return missed(e.log);
	return l->deed->fn();
}

static void try_deed(const struct deed *d, enum sandbox_kind kind)
{
	struct locked l = { kind, d };
	int status = status_of(lock_and_do, &l);

	if (d->signo ? !WIFSIGNALED(status) || WTERMSIG(status) != d->signo : status != 0)
		fail_msg("%s, %s: status 0x%x", d->name, kind == SANDBOX_WEB ? "web" : "engine",
			(unsigned)status);
}

static void lock_allows_and_refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(deeds); i++) {
		if (deeds[i].strict && SANITIZED)
			continue;
		if (deeds[i].kinds & WEB)
			try_deed(&deeds[i], SANDBOX_WEB);
		if (deeds[i].kinds & ENGINE)
			try_deed(&deeds[i], SANDBOX_ENGINE);
	}
}

#ifdef __x86_64__
/* The old entry of 32-bit programs has other numbers; it must not be a way round. */
static int old_entry(void)
{
	long rc = 20;

	__asm__ volatile("int $0x80" : "+a"(rc) : : "memory", "r8", "r9", "r10", "r11");
	return missed("int 0x80 went on");
}

static void other_architecture_is_closed(void **state)
{
	static const struct deed d = { "old_entry", old_entry, BOTH, 0, 0 };
	struct locked l = { SANDBOX_WEB, &d };
	int status = status_of(lock_and_do, &l);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_true(WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGSEGV);
}
#endif

static int is_private(void)
{
	struct rlimit core;
	unsigned char *volatile p;

	NEED(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0);
	NEED(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == SANITIZED);
	if (SANITIZED)
		return 0;
	p = malloc(1000); /* glibc fills what it gives out with the complement */
	NEED(p && p[10] == 0x5a && p[900] == 0x5a);
	return 0;
}

static int hardened(void *ptr)
{
	struct err e;

	(void)ptr;
	NEED(sandbox_harden(&e) == 0);
	NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	NEED(umask(0) == 007);
	return is_private();
}

/* A command that runs others with sudo must let them. */
static int only_private(void *ptr)
{
	struct err e;

	(void)ptr;
	(void)umask(022);
	NEED(sandbox_private(&e) == 0);
	NEED(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
	NEED(umask(0) == 022);
	return is_private();
}

static void harden(void **state)
{
	(void)state;
	assert_int_equal(status_of(hardened, NULL), 0);
	assert_int_equal(status_of(only_private, NULL), 0);
}

/* -- users ----------------------------------------------------------------------------------- */

struct change {
	const char *user;
	const char *group;
	const char *why; /* NULL: it works */
};

static int change_user(void *ptr)
{
	const struct change *c = ptr;
	struct err e = { 0 };
	int rc = sandbox_user(c->user, c->group, &e);

	if (!c->why)
		return rc == 0 ? 0 : missed(e.log);
	NEED(rc == -1 && e.code == ERR_SETUP);
	return strstr(e.log, c->why) ? 0 : missed(e.log);
}

static int become_nobody(void *ptr)
{
	const struct passwd *pw = getpwnam("nobody");
	uid_t r, ef, sv;
	gid_t list[8], shared = getgrnam("daemon")->gr_gid;
	gid_t own = pw->pw_gid;
	uid_t uid = pw->pw_uid;

	NEED(change_user(ptr) == 0);
	NEED(getresuid(&r, &ef, &sv) == 0 && r == uid && ef == uid && sv == uid);
	NEED(getresgid(&r, &ef, &sv) == 0 && r == own && ef == own && sv == own);
	NEED(getgroups(COUNT(list), list) == 1 && list[0] == shared);
	NEED(setuid(0) < 0 && setgid(0) < 0 && setgroups(0, NULL) < 0);
	NEED(open("/etc/shadow", O_RDONLY | O_CLOEXEC) < 0);
	return 0;
}

static void root_becomes_the_user(void **state)
{
	struct change c = { "nobody", "daemon", NULL };

	(void)state;
	if (geteuid() != 0 || !getpwnam("nobody") || !getgrnam("daemon"))
		skip();
	assert_int_equal(status_of(become_nobody, &c), 0);
}

static int no_groups(void *ptr)
{
	NEED(change_user(ptr) == 0);
	return getgroups(0, NULL) == 0 ? 0 : missed("groups are left");
}

static void no_shared_group(void **state)
{
	struct change c = { "nobody", "", NULL };

	(void)state;
	if (geteuid() != 0 || !getpwnam("nobody"))
		skip();
	assert_int_equal(status_of(no_groups, &c), 0);
}

static void wrong_users_are_named(void **state)
{
	static struct change cases[] = {
		{ "no-such-user", "daemon", "user \"no-such-user\" does not exist" },
		{ "root", "daemon", "is root" },
		{ "", "no-such-group", NULL },
		{ "", "", NULL },
	};
	struct change group = { "nobody", "no-such-group",
		"group \"no-such-group\" does not exist" };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(status_of(change_user, &cases[i]), 0);
	if (geteuid() == 0 && getpwnam("nobody"))
		assert_int_equal(status_of(change_user, &group), 0);
}

static int nobody_then_change(void *ptr)
{
	const struct passwd *pw = getpwnam("nobody");

	NEED(setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) == 0);
	return change_user(ptr);
}

static void others_must_be_the_user_already(void **state)
{
	struct change same = { "nobody", "daemon", NULL };
	struct change other = { "daemon", "daemon", "must be root or user \"daemon\"" };

	(void)state;
	if (geteuid() != 0 || !getpwnam("nobody") || !getpwnam("daemon"))
		skip();
	assert_int_equal(status_of(nobody_then_change, &same), 0);
	assert_int_equal(status_of(nobody_then_change, &other), 0);
}

static int half_nobody(void *ptr)
{
	const struct passwd *pw = getpwnam("nobody");

	NEED(seteuid(pw->pw_uid) == 0); /* the real and the saved user are root still */
	return change_user(ptr);
}

static void half_a_change_is_none(void **state)
{
	struct change same = { "nobody", "daemon", "must be root or user" };

	(void)state;
	if (geteuid() != 0 || !getpwnam("nobody"))
		skip();
	assert_int_equal(status_of(half_nobody, &same), 0);
}

static int setup(void **state)
{
	socklen_t size = sizeof(before.server);
	struct err e;

	(void)state;
	before.parent = getpid();
	snprintf(before.dir, sizeof(before.dir), "/tmp/test_sandbox.XXXXXX");
	if (!mkdtemp(before.dir))
		return -1;
	snprintf(before.path, sizeof(before.path), "%s/s", before.dir);
	before.door = sock_listen(before.path, SOCK_SEQPACKET, 0600, NULL, &e);
	before.server.sin_family = AF_INET;
	before.server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	before.server_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (before.door < 0 ||
		bind(before.server_fd, (struct sockaddr *)&before.server, size) < 0 ||
		listen(before.server_fd, 8) < 0)
		return -1;
	return getsockname(before.server_fd, (struct sockaddr *)&before.server, &size);
}

static int teardown(void **state)
{
	(void)state;
	close(before.door);
	close(before.server_fd);
	unlink(before.path);
	return rmdir(before.dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lock_allows_and_refuses),
#ifdef __x86_64__
		cmocka_unit_test(other_architecture_is_closed),
#endif
		cmocka_unit_test(harden),
		cmocka_unit_test(root_becomes_the_user),
		cmocka_unit_test(no_shared_group),
		cmocka_unit_test(wrong_users_are_named),
		cmocka_unit_test(others_must_be_the_user_already),
		cmocka_unit_test(half_a_change_is_none),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
