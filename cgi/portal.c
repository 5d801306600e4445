/* Portal: latchkey.fcgi: a supervisor and its workers, or one request as plain CGI.
 *
 * Rules: the supervisor opens the socket, gives up root for good, loads the templates and forks; it
 * reads nothing from anybody but ops. A worker answers one request after another and may be killed
 * at any instruction. It accepts connections itself, with time-outs, and hands them to libfcgi,
 * which would otherwise accept and then wait for ever for the rest of a header. An alarm ends a
 * worker that is stuck; a worker whose supervisor is gone stops after its request.
 */
#define _GNU_SOURCE 1 /* accept4, explicit_bzero, sigtimedwait */
#include <errno.h>
#include <fcgiapp.h>
#include <fastcgi.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "dispatch.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/password.h"
#include "platform/sandbox.h"
#include "platform/sock.h"
#include "platform/str.h"

#define PROGRAM "latchkey.fcgi"

enum {
	EXIT_USAGE = 64,
	CONFIG_ARENA = 1 << 20,
	CGI_DRAIN = 32 << 20,
	PEER_MS = 10 * 1000, /* longest silence of the web server within a request, at most */
	WORKERS = 256,	     /* of all generations */
	QUICK_MS = 1000,     /* a worker that dies sooner was not able to work */
	PAUSE_MS = 100,	     /* before it is replaced; doubled each time */
	PAUSE_MAX_MS = 10 * 1000
};

static const char usage[] =
	"usage: latchkey.fcgi [-c FILE] [-hV]\n"
	"  -c FILE  settings (" CONFIG_FILE ")\n"
	"  -h       this text\n"
	"  -V       version\n"
	"Without a CGI environment it serves FastCGI: on standard input when that is\n"
	"a listening socket, else on the socket of the settings. As CGI it takes no\n"
	"options; LATCHKEY_CONF in the environment names the settings.\n";

/* Settings with the memory their texts live in, so that a reload can let go of the old ones. */
struct settings {
	struct config cf;
	struct arena a;
};

/* What the supervisor knows of a child. */
struct worker {
	pid_t pid; /* 0: a free place */
	int generation;
	int64_t started;
	int64_t kill_at; /* told to stop, killed then; 0: not told */
};

/* The supervisor. A worker is forked with a copy and looks at settings and listener only. */
struct portal {
	const char *file; /* of the settings; NULL: the usual one */
	struct settings *settings;
	int listener;
	pid_t pid;
	struct worker workers[WORKERS];
	int generation;	    /* counts reloads */
	int quick;	    /* deaths in a row */
	int64_t not_before; /* no new worker until then */
	int stopping;
};

/* Settings */

/* New settings, or NULL: those in use are not touched. */
static struct settings *settings_load(const char *file, struct err *e)
{
	struct settings *s = calloc(1, sizeof(*s));

	if (!s)
		die("out of memory");
	arena_init(&s->a, CONFIG_ARENA);
	if (config_load(&s->cf, file, &s->a, e) == 0)
		return s;
	arena_done(&s->a);
	free(s);
	return NULL;
}

static void settings_free(struct settings *s)
{
	arena_done(&s->a);
	free(s);
}

/* What every process that answers needs, when it is already the right user. */
static int prepare(struct world *w, const struct config *cf, struct err *e)
{
	const char *slash = strrchr(cf->database, '/');
	char *lock = NULL;
	int rc;

	dispatch_init(w, cf);
	lock = arena_printf(&w->arena, "%.*s/password.lock",
		slash ? (int)(slash - cf->database) : 1, slash ? cf->database : ".");
	rc = password_init(lock, e);
	arena_reset(&w->arena);
	/* No reason to give up: people are told what is wrong, and it may come back. */
	if (rc == 0 && dispatch_open(w) < 0)
		log_err("store.away", &w->why);
	return rc < 0 ? -1 : sandbox_lock(SANDBOX_WEB, e);
}

/* FastCGI: one request on a connection */

struct served {
	FCGX_Request r;
	unsigned seconds; /* that a worker may be silent for */
};

static const char *fcgi_param(void *ptr, const char *name)
{
	const struct served *s = ptr;

	return FCGX_GetParam(name, s->r.envp);
}

/* FCGX_GetStr waits until it has all of n or the stream ends, early or not. */
static long fcgi_read(void *ptr, char *dst, size_t n)
{
	const struct served *s = ptr;
	int got = FCGX_GetStr(dst, (int)n, s->r.in);

	return got <= 0 && FCGX_GetError(s->r.in) != 0 ? -1 : got;
}

/* In one go: libfcgi cuts it into records of 8 KiB. A worker whose answer leaves in portions is not
 * stuck: what is left of its time counts anew for each. */
static int fcgi_write(void *ptr, const char *src, size_t n)
{
	const struct served *s = ptr;

	alarm(s->seconds);
	return FCGX_PutStr(src, (int)n, s->r.out) == (int)n ? 0 : -1;
}

/* The variables hold cookies, and small blocks that are freed keep what was in them. */
static void wipe_params(FCGX_Request *r)
{
	char **p;

	for (p = r->envp; p && *p; p++)
		explicit_bzero(*p, strlen(*p));
}

/* The web server has nothing more to say, so that the connection can just be closed. After a body
 * that may not have been read to its end, libfcgi waits until the other side has taken the answer.
 */
static int without_body(const FCGX_Request *r)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", r->envp);

	return !length || !*length || strcmp(length, "0") == 0;
}

/* libfcgi is given the connection as if it had kept it open from a request before; its listening
 * socket is none, so that it gives up when this one is no good. */
static void serve(struct world *w, int fd)
{
	struct served s = { .seconds = (unsigned)w->cf->request_timeout };
	struct request_io io = { &s, fcgi_param, fcgi_read, fcgi_write };
	FCGX_Request *r = &s.r;

	FCGX_InitRequest(r, -1, FCGI_FAIL_ACCEPT_ON_INTR);
	r->ipcFd = fd;
	r->keepConnection = 1; /* else FCGX_Accept_r begins by closing it */
	if (FCGX_Accept_r(r) == 0) {
		if (r->role == FCGI_RESPONDER)
			dispatch_run(w, &io);
		r->keepConnection = without_body(r);
		wipe_params(r);
		FCGX_Finish_r(r);
		if (r->ipcFd >= 0)
			close(r->ipcFd);
		r->ipcFd = -1;
	} else {
		log_info("fcgi.refused", LF_S("why", "not a whole FastCGI request"));
	}
	/* A web server that wanted to keep the connection would keep this worker, too. */
	FCGX_Free(r, 1);
}

/* A worker */

/* Set by SIGTERM, which is blocked but while waiting for a connection. */
static volatile sig_atomic_t told_to_stop;

static void on_term(int signo)
{
	(void)signo;
	told_to_stop = 1;
}

/* SIGTERM stays blocked; *waiting is the mask in which it is not. libfcgi has handlers of its own
 * for SIGPIPE and SIGUSR1, which would break off a request. */
static void worker_signals(sigset_t *waiting)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGPIPE, SIGUSR1, SIGUSR2 };
	struct sigaction term = { .sa_handler = on_term };
	sigset_t blocked;
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGALRM, SIG_DFL); /* the end: nothing of a stuck request can be trusted */
	sigemptyset(&term.sa_mask);
	sigaction(SIGTERM, &term, NULL);
	sigemptyset(waiting);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* Wait and accept: a descriptor, or -1 when there is none (after all). Trouble that would come back
 * at once ends the worker: the supervisor knows how to be patient. */
static int worker_accept(int poll, int listener, const sigset_t *waiting)
{
	struct epoll_event event;
	int fd;

	if (epoll_pwait(poll, &event, 1, -1, waiting) < 1)
		return -1;
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM))
		die("accept: %s", strerror(errno));
	return fd;
}

/* A silent peer must be given up before the alarm ends the worker. */
static int peer_ms(const struct config *cf)
{
	int64_t half = cf->request_timeout * 1000 / 2;

	return half < PEER_MS ? (int)half : PEER_MS;
}

static void worker_loop(struct world *w, int listener, const sigset_t *waiting)
{
	/* One connection wakes one worker. */
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int fd, poll = epoll_create1(EPOLL_CLOEXEC);
	struct err e;

	if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0)
		die("epoll: %s", strerror(errno));
	while (!told_to_stop) {
		fd = worker_accept(poll, listener, waiting);
		if (fd < 0)
			continue;
		alarm((unsigned)w->cf->request_timeout);
		if (sock_timeout(fd, peer_ms(w->cf), &e) < 0) {
			log_err("fcgi.timeout", &e);
			close(fd);
		} else {
			serve(w, fd);
		}
		alarm(0);
	}
	close(poll);
}

static void __attribute__((noreturn)) worker_run(struct portal *p)
{
	struct world w;
	sigset_t waiting;
	struct err e;

	worker_signals(&waiting);
	/* The second question is for a supervisor that was gone before the first. */
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0 || getppid() != p->pid)
		exit(EXIT_FAILURE);
	if (prepare(&w, &p->settings->cf, &e) < 0) {
		log_err("worker.start", &e);
		exit(EXIT_FAILURE);
	}
	worker_loop(&w, p->listener, &waiting);
	dispatch_done(&w);
	exit(EXIT_SUCCESS);
}

/* The supervisor */

/* Workers of today's generation that are not told to stop. */
static int64_t count_fresh(const struct portal *p)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < WORKERS; i++)
		n += p->workers[i].pid && !p->workers[i].kill_at &&
			p->workers[i].generation == p->generation;
	return n;
}

/* By pid; pid 0 finds a free place. */
static struct worker *find(struct portal *p, pid_t pid)
{
	size_t i;

	for (i = 0; i < WORKERS; i++) {
		if (p->workers[i].pid == pid)
			return &p->workers[i];
	}
	return NULL;
}

static void spawn(struct portal *p)
{
	struct worker *w = find(p, 0);
	pid_t pid = w ? fork() : -1;

	if (pid == 0)
		worker_run(p);
	if (pid < 0) {
		log_error("worker.fork", LF_S("why", w ? strerror(errno) : "too many workers"));
		p->not_before = clock_mono_ms() + QUICK_MS;
		return;
	}
	*w = (struct worker){ pid, p->generation, clock_mono_ms(), 0 };
	log_debug("worker.started", LF_I("pid", pid));
}

static void spawn_missing(struct portal *p)
{
	while (!p->stopping && clock_mono_ms() >= p->not_before &&
		count_fresh(p) < p->settings->cf.workers)
		spawn(p);
}

/* It finishes its request. What takes longer than any request may is killed. */
static void tell_to_stop(const struct portal *p, struct worker *w)
{
	kill(w->pid, SIGTERM);
	w->kill_at = clock_mono_ms() + p->settings->cf.request_timeout * 1000;
}

static void kill_late(struct portal *p)
{
	size_t i;

	for (i = 0; i < WORKERS; i++) {
		struct worker *w = &p->workers[i];

		if (!w->pid || !w->kill_at || clock_mono_ms() < w->kill_at)
			continue;
		log_warn("worker.killed", LF_I("pid", w->pid));
		kill(w->pid, SIGKILL);
		w->kill_at = INT64_MAX;
	}
}

/* A worker that was not told to stop is gone: the next one at once, but with growing pauses when
 * they cannot even start. */
static void lost(struct portal *p, const struct worker *w, int status)
{
	int64_t now = clock_mono_ms();
	int doublings = p->quick < 10 ? p->quick : 10;
	int64_t pause = (int64_t)PAUSE_MS << doublings;

	log_warn("worker.died", LF_I("pid", w->pid),
		LF_I("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0),
		LF_I("status", WIFEXITED(status) ? WEXITSTATUS(status) : 0),
		LF_I("ms", now - w->started));
	if (now - w->started >= QUICK_MS) {
		p->quick = 0;
		return;
	}
	if (p->quick++ > 0)
		p->not_before = now + (pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS);
}

static void reap(struct portal *p)
{
	struct worker *w;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		w = find(p, pid);
		if (!w)
			continue;
		if (!w->kill_at)
			lost(p, w, status);
		else
			log_debug("worker.stopped", LF_I("pid", pid));
		*w = (struct worker){ 0 };
	}
}

/* The first new worker takes the place of the first old one, and so on. */
static void renew(struct portal *p)
{
	size_t i;

	p->generation++;
	p->not_before = 0;
	for (i = 0; i < WORKERS; i++) {
		struct worker *w = &p->workers[i];

		if (!w->pid || w->kill_at || w->generation == p->generation)
			continue;
		if (count_fresh(p) < p->settings->cf.workers)
			spawn(p);
		tell_to_stop(p, w);
	}
	spawn_missing(p);
}

/* Settings of which only a restart takes notice. */
static void warn_unchanged(const struct config *old, const struct config *now)
{
	if (strcmp(old->socket, now->socket) != 0 ||
		strcmp(old->socket_group, now->socket_group) != 0 ||
		strcmp(old->web_user, now->web_user) != 0 || strcmp(old->group, now->group) != 0)
		log_warn(
			"portal.restart", LF_S("why", "socket, users and groups change then only"));
}

/* All of it is good, or all of the old stays. */
static void reload(struct portal *p)
{
	struct err e;
	struct settings *fresh = settings_load(p->file, &e);

	if (!fresh) {
		log_err("config.kept", &e);
		return;
	}
	if (view_init(fresh->cf.templates, &e) < 0) {
		log_err("templates.kept", &e);
		settings_free(fresh);
		return;
	}
	warn_unchanged(&p->settings->cf, &fresh->cf);
	settings_free(p->settings);
	p->settings = fresh;
	log_open(PROGRAM, (enum log_level)fresh->cf.log_level);
	log_info("portal.reload", LF_I("workers", fresh->cf.workers));
	renew(p);
}

/* systemd's protocol: one datagram to the socket it named. Never fails: nobody may be waiting. */
static void notify(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	socklen_t len;
	int fd;

	if (!path || str_copy(to.sun_path, sizeof(to.sun_path), path) < 0)
		return;
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return;
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to, len) < 0)
		log_warn("portal.notify", LF_S("why", strerror(errno)));
	close(fd);
}

static void stop(struct portal *p, int signo)
{
	size_t i;

	if (p->stopping)
		return;
	log_info("portal.stop", LF_I("signal", signo));
	notify("STOPPING=1");
	p->stopping = 1;
	for (i = 0; i < WORKERS; i++) {
		if (p->workers[i].pid && !p->workers[i].kill_at)
			tell_to_stop(p, &p->workers[i]);
	}
}

/* Milliseconds until something is to be done without a signal; -1: nothing is. */
static int64_t next_due(const struct portal *p)
{
	int64_t due = INT64_MAX, now = clock_mono_ms();
	size_t i;

	for (i = 0; i < WORKERS; i++) {
		if (p->workers[i].pid && p->workers[i].kill_at && p->workers[i].kill_at < due)
			due = p->workers[i].kill_at;
	}
	if (!p->stopping && count_fresh(p) < p->settings->cf.workers && p->not_before < due)
		due = p->not_before;
	if (due == INT64_MAX)
		return -1;
	return due > now ? due - now : 0;
}

static int wait_signal(const sigset_t *set, int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	return sigtimedwait(set, NULL, ms < 0 ? NULL : &t);
}

static int any_worker(const struct portal *p)
{
	size_t i;

	for (i = 0; i < WORKERS; i++) {
		if (p->workers[i].pid)
			return 1;
	}
	return 0;
}

/* Signals stay blocked and are taken one by one here, so nothing runs at a bad moment. Several
 * that came together may be one, so each turn looks after everything. */
static void supervise(struct portal *p)
{
	static const int signals[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM };
	sigset_t set;
	size_t i;
	int signo;

	sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_SETMASK, &set, NULL);
	spawn_missing(p);
	log_info("portal.ready", LF_I("workers", p->settings->cf.workers));
	notify("READY=1");
	while (!p->stopping || any_worker(p)) {
		signo = wait_signal(&set, next_due(p));
		if (signo == SIGHUP && !p->stopping)
			reload(p);
		else if (signo == SIGINT || signo == SIGTERM)
			stop(p, signo);
		reap(p);
		kill_late(p);
		spawn_missing(p);
	}
}

/* Standard input when a web server or systemd put a listening socket there. */
static int listening(int fd)
{
	int yes = 0;
	socklen_t len = sizeof(yes);

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &yes, &len) == 0 && yes;
}

static int listen_somewhere(const struct config *cf, struct err *e)
{
	const char *group = str_empty(cf->socket_group) ? NULL : cf->socket_group;
	int fd = STDIN_FILENO;

	if (!listening(fd))
		fd = sock_listen(cf->socket, SOCK_STREAM, 0660, group, e);
	if (fd < 0 || sock_nonblock(fd, e) < 0)
		return -1;
	return fd;
}

/* From what root may do to what a worker may be forked from. */
static int start(struct portal *p, struct err *e)
{
	const struct config *cf = &p->settings->cf;

	p->listener = listen_somewhere(cf, e);
	if (p->listener < 0 || sandbox_user(cf->web_user, cf->group, e) < 0 ||
		sandbox_harden(e) < 0)
		return -1;
	return view_init(cf->templates, e);
}

static int run_fcgi(const char *file, struct err *e)
{
	struct portal p = { .file = file, .pid = getpid() };
	int rc;

	p.settings = settings_load(file, e);
	if (!p.settings)
		return -1;
	log_open(PROGRAM, (enum log_level)p.settings->cf.log_level);
	rc = start(&p, e);
	if (rc == 0) {
		FCGX_Init();
		supervise(&p);
	}
	settings_free(p.settings);
	return rc;
}

/* Plain CGI */

static const char *cgi_param(void *ptr, const char *name)
{
	(void)ptr;
	return getenv(name);
}

static long cgi_read(void *ptr, char *dst, size_t n)
{
	(void)ptr;
	return read(STDIN_FILENO, dst, n);
}

static int cgi_write(void *ptr, const char *src, size_t n)
{
	ssize_t done;

	(void)ptr;
	for (; n > 0; n -= (size_t)done) {
		done = write(STDOUT_FILENO, src, n);
		if (done < 0)
			return -1;
		src += done;
	}
	return 0;
}

/* What is left of a refused body, as far as a body may go: a CGI server that still writes it when
 * this process ends can lose the answer. */
static void cgi_drain(void)
{
	char rest[8192];
	long got, left = CGI_DRAIN;

	while (left > 0 && (got = cgi_read(NULL, rest, sizeof(rest))) > 0)
		left -= got;
}

static int cgi_answer(const struct config *cf, struct err *e)
{
	static const struct request_io io = { NULL, cgi_param, cgi_read, cgi_write };
	struct world w;
	int rc;

	if (sandbox_user(cf->web_user, cf->group, e) < 0 || sandbox_harden(e) < 0 ||
		view_init(cf->templates, e) < 0)
		return -1;
	rc = prepare(&w, cf, e);
	if (rc == 0) {
		dispatch_run(&w, &io);
		cgi_drain();
	}
	dispatch_done(&w);
	return rc;
}

/* One request. The alarm is set first: nobody else looks after this process. */
static int run_cgi(const char *file, struct err *e)
{
	struct settings *s = settings_load(file, e);
	int rc;

	if (!s)
		return -1;
	alarm((unsigned)s->cf.request_timeout);
	signal(SIGPIPE, SIG_IGN);
	log_open(PROGRAM, (enum log_level)s->cf.log_level);
	rc = cgi_answer(&s->cf, e);
	settings_free(s);
	return rc;
}

/* Even a portal that cannot start answers, in the words of its error. */
static void cgi_sorry(const struct err *e)
{
	struct buf b;

	buf_init(&b, sizeof(*e) + 200);
	buf_printf(&b,
		"Status: 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"
		"Cache-Control: no-store\r\n\r\n%s\n%s\n",
		err_info(e->code)->title, e->say);
	(void)cgi_write(NULL, buf_str(&b), b.len);
	buf_done(&b);
}

int main(int argc, char **argv)
{
	int option, rc, cgi = !listening(STDIN_FILENO) && getenv("GATEWAY_INTERFACE");
	const char *file = cgi ? getenv("LATCHKEY_CONF") : NULL;
	struct err e;

	/* A CGI server makes arguments of a query without "=": they are a stranger's words. */
	while (!cgi && (option = getopt(argc, argv, "c:hV")) != -1) {
		switch (option) {
		case 'c':
			file = optarg;
			break;
		case 'h':
			return fputs(usage, stdout) < 0;
		case 'V':
			return puts("latchkey.fcgi " LATCHKEY_VERSION) < 0;
		default:
			fputs(usage, stderr);
			return EXIT_USAGE;
		}
	}
	log_open(PROGRAM, LOG_INFO);
	seal_init();
	rc = cgi ? run_cgi(file, &e) : run_fcgi(file, &e);
	if (rc == 0)
		return EXIT_SUCCESS;
	log_err("portal.start", &e);
	if (cgi)
		cgi_sorry(&e);
	return EXIT_FAILURE;
}
