/* Notify: tells systemd that the engine is ready, alive and stopping.
 *
 * Rule: nobody may be listening, and that is fine: a message that cannot be sent is dropped.
 */
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "platform/log.h"
#include "platform/str.h"

struct notify {
	struct loop *loop;
	int fd;		  /* -1: nobody listens */
	int64_t every_ms; /* 0: no watchdog */
	uint64_t timer;
};

static void say(const struct notify *n, const char *text)
{
	if (n->fd >= 0)
		(void)!send(n->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* A name that begins with @ has no file: its first byte is NUL. */
static int dial(const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	int fd;

	if ((path[0] != '/' && path[0] != '@') ||
		str_copy(sa.sun_path, sizeof(sa.sun_path), path) < 0)
		return -1;
	if (path[0] == '@')
		sa.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&sa, size) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

struct notify *notify_new(struct loop *l, const char *path, const char *watchdog)
{
	struct notify *n = calloc(1, sizeof(*n));
	int64_t us = 0;

	if (!n)
		die("notify: out of memory");
	n->loop = l;
	n->fd = str_empty(path) ? -1 : dial(path);
	if (!str_empty(path) && n->fd < 0)
		log_warn("notify.unheard", LF_S("socket", path));
	if (!str_empty(watchdog) && str_int(watchdog, 1, INT64_MAX, &us) == 0)
		n->every_ms = us / 2000; /* half of the time it waits */
	return n;
}

static void on_alive(void *ptr)
{
	struct notify *n = ptr;

	say(n, "WATCHDOG=1");
	n->timer = loop_after(n->loop, n->every_ms, on_alive, n);
}

void notify_ready(struct notify *n)
{
	say(n, "READY=1");
	if (n->fd >= 0 && n->every_ms > 0)
		on_alive(n);
}

void notify_free(struct notify *n)
{
	if (!n)
		return;
	say(n, "STOPPING=1");
	loop_cancel(n->loop, n->timer);
	if (n->fd >= 0)
		close(n->fd);
	free(n);
}
