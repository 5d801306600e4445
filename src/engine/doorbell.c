/* Doorbell: the engine's end.
 *
 * Rules: who rings is asked of the kernel before a byte is read; what is not a bell ends its
 * connection; a peer that keeps still is hung up on. No peer can make the engine wait or spin.
 */
#include "doorbell.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "platform/log.h"
#include "platform/sock.h"

enum { REST_MS = 1000 /* when the kernel gives no descriptor */ };

struct peer {
	struct doorbell *d;
	int fd; /* -1: free */
	uint64_t timer;
};

struct doorbell {
	struct loop *loop;
	struct doorbell_config cf;
	int fd;
	uint64_t timer;
	struct peer peers[DOORBELL_PEERS];
};

static void hang_up(struct peer *p)
{
	if (p->fd < 0)
		return;
	loop_cancel(p->d->loop, p->timer);
	loop_watch(p->d->loop, p->fd, 0, NULL, NULL);
	close(p->fd);
	p->fd = -1;
}

static void on_idle(void *ptr)
{
	hang_up(ptr);
}

static void keep(struct peer *p)
{
	loop_cancel(p->d->loop, p->timer);
	p->timer = loop_after(p->d->loop, p->d->cf.idle_ms, on_idle, p);
}

static void on_peer(void *ptr, int fd, int events)
{
	struct peer *p = ptr;
	struct bell b;
	struct err e;
	int rc = bell_read(fd, &b, &e);

	(void)events;
	if (rc < 0)
		log_err("doorbell.noise", &e);
	if (rc != 1) {
		hang_up(p);
		return;
	}
	p->d->cf.ring(p->d->cf.ptr, b.verb, b.job);
	bell_answer(fd, b.job);
	keep(p);
}

static int is_friend(const struct doorbell *d, int fd)
{
	uid_t uid = (uid_t)-1;
	struct err e;

	if (sock_peer(fd, &uid, &e) < 0) {
		log_err("doorbell.peer", &e);
		return 0;
	}
	for (size_t i = 0; i < DOORBELL_FRIENDS; i++) {
		if (d->cf.friends[i] == uid)
			return 1;
	}
	log_warn("doorbell.stranger", LF_I("uid", uid));
	return 0;
}

static struct peer *free_peer(struct doorbell *d)
{
	for (size_t i = 0; i < DOORBELL_PEERS; i++) {
		if (d->peers[i].fd < 0)
			return &d->peers[i];
	}
	log_warn("doorbell.full", LF_I("peers", DOORBELL_PEERS));
	return NULL;
}

static void admit(struct doorbell *d, int fd)
{
	struct peer *p = is_friend(d, fd) ? free_peer(d) : NULL;

	if (!p) {
		close(fd);
		return;
	}
	p->fd = fd;
	loop_watch(d->loop, fd, LOOP_READ, on_peer, p);
	keep(p);
}

static void on_listen(void *ptr, int fd, int events);

static void on_rested(void *ptr)
{
	struct doorbell *d = ptr;

	d->timer = 0;
	loop_watch(d->loop, d->fd, LOOP_READ, on_listen, d);
}

/* When no connection can be taken, the socket stays ready: look away for a while. */
static void on_listen(void *ptr, int fd, int events)
{
	struct doorbell *d = ptr;
	int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (peer >= 0) {
		admit(d, peer);
		return;
	}
	if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
		return;
	log_error("doorbell.accept", LF_S("why", strerror(errno)));
	loop_watch(d->loop, d->fd, 0, NULL, NULL);
	d->timer = loop_after(d->loop, REST_MS, on_rested, d);
}

struct doorbell *doorbell_new(struct loop *l, const struct doorbell_config *cf, struct err *e)
{
	struct doorbell *d;
	int fd = sock_listen(cf->path, SOCK_SEQPACKET, 0660, cf->group, e);

	if (fd < 0)
		return NULL;
	if (sock_nonblock(fd, e) < 0) {
		close(fd);
		return NULL;
	}
	d = calloc(1, sizeof(*d));
	if (!d)
		die("doorbell: out of memory");
	d->loop = l;
	d->cf = *cf;
	if (d->cf.idle_ms == 0)
		d->cf.idle_ms = DOORBELL_IDLE_MS;
	d->fd = fd;
	for (size_t i = 0; i < DOORBELL_PEERS; i++)
		d->peers[i] = (struct peer){ .d = d, .fd = -1 };
	loop_watch(l, fd, LOOP_READ, on_listen, d);
	return d;
}

/* The socket's file stays: whoever starts next replaces it. */
void doorbell_free(struct doorbell *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < DOORBELL_PEERS; i++)
		hang_up(&d->peers[i]);
	loop_cancel(d->loop, d->timer);
	loop_watch(d->loop, d->fd, 0, NULL, NULL);
	close(d->fd);
	free(d);
}
