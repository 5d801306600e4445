/*
 * Control: the simulator's other side, for tests and for people who try things by hand.
 *
 * A Unix socket that only its owner may open. Each line is a command, and each answer is one line
 * of JSON: an object, with "error" in it when nothing was done. `do` begins a piece of scenario
 * that ends with a line of a single dot; it runs as a whole between two requests. A client that
 * does not read its answers is not read from either; lines and pieces are bounded.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "sim/control.h"

enum { CLIENTS_MOST = 64, LINE_MOST = 1 << 20, PIECE_MOST = 1 << 24, READ_AT_ONCE = 1 << 16 };

struct client {
	struct client *next;
	struct control *control;
	int fd;
	struct text in, out, piece;
	size_t sent;
	bool in_piece, ended;
};

/* Answers */

/* JSON that cannot be written would lose the line count: then an error is said instead. */
static void answer(struct client *c, json_t *o)
{
	char *line = json_dumps(o, JSON_COMPACT);

	text_puts(&c->out, line != NULL ? line : "{\"error\":\"the answer is no text\"}");
	text_puts(&c->out, "\n");
	free(line);
	json_decref(o);
}

/* One line: part of a piece, or a command. */
static void obey(struct client *c, char *line)
{
	if (!c->in_piece && same(line, "do")) {
		c->in_piece = true;
		text_clear(&c->piece);
	} else if (!c->in_piece) {
		answer(c, control_command(c->control->sim, line));
	} else if (!same(line, ".")) {
		if (c->piece.len <= PIECE_MOST)
			text_printf(&c->piece, "%s\n", line);
	} else {
		c->in_piece = false;
		answer(c,
			c->piece.len > PIECE_MOST
				? control_error("more than %d bytes", (int)PIECE_MOST)
				: control_do(c->control->sim, c->piece.at));
	}
}

/* Clients */

/* Out of the list, out of the loop, closed. */
static void client_free(struct client *c)
{
	struct client **at = &c->control->clients;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->control->n_clients--;
	loop_watch(c->control->sim->loop, c->fd, 0, NULL, NULL);
	close(c->fd);
	text_free(&c->in);
	text_free(&c->out);
	text_free(&c->piece);
	free(c);
}

/* False: the client is gone. */
static bool send_out(struct client *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.at + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->sent += (size_t)n;
	}
	text_clear(&c->out);
	c->sent = 0;
	return true;
}

/* Lines that are there, until an answer does not leave at once. */
static bool work(struct client *c)
{
	size_t done = 0;
	char *end;
	bool alive = true;

	while (alive && c->out.len == 0 && done < c->in.len &&
		(end = memchr(c->in.at + done, '\n', c->in.len - done)) != NULL) {
		char *line = c->in.at + done;

		done = (size_t)(end - c->in.at) + 1;
		*end = '\0';
		if (end > line && end[-1] == '\r')
			end[-1] = '\0';
		obey(c, line);
		alive = send_out(c);
	}
	if (done > 0) {
		memmove(c->in.at, c->in.at + done, c->in.len - done + 1);
		c->in.len -= done;
	}
	return alive;
}

/* One read a turn: other clients and the faces have their turn too. */
static bool receive(struct client *c)
{
	char bytes[READ_AT_ONCE];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0) {
		c->ended = true;
		return true;
	}
	text_add(&c->in, bytes, (size_t)n);
	return true;
}

static void on_client(void *arg, int fd, int events)
{
	struct client *c = arg;
	bool alive = true;

	if (events & LOOP_OUT)
		alive = send_out(c);
	if (alive && (events & LOOP_IN))
		alive = receive(c);
	if (alive)
		alive = work(c);
	if (alive && c->out.len == 0 && c->in.len > LINE_MOST) {
		answer(c, control_error("a line of more than %d bytes", (int)LINE_MOST));
		send_out(c);
		alive = false;
	}
	if (!alive || (c->ended && c->out.len == 0)) {
		client_free(c);
		return;
	}
	loop_watch(c->control->sim->loop, fd, c->out.len > 0 ? LOOP_OUT : LOOP_IN, on_client, c);
}

/* Over the bound a client is let in and put out: it learns at once. */
static void on_listen(void *arg, int fd, int events)
{
	struct control *control = arg;
	struct client *c;
	int with = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (with < 0)
		return;
	if (control->n_clients >= CLIENTS_MOST) {
		close(with);
		return;
	}
	c = need(sizeof(*c));
	c->control = control;
	c->fd = with;
	c->next = control->clients;
	control->clients = c;
	control->n_clients++;
	loop_watch(control->sim->loop, with, LOOP_IN, on_client, c);
}

/* The socket */

/* A full queue is somebody too. */
static bool is_alive(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool alive = fd >= 0 &&
		(connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 || errno == EAGAIN);

	if (fd >= 0)
		close(fd);
	return alive;
}

/* What an earlier run left there goes; what somebody listens on and what is no socket stay. NULL =
 * there is room. */
static const char *make_room(const struct sockaddr_un *at)
{
	struct stat st;

	if (lstat(at->sun_path, &st) != 0)
		return NULL;
	if (!S_ISSOCK(st.st_mode))
		return "is there already, and no socket";
	if (is_alive(at))
		return "is the socket of somebody who listens";
	return unlink(at->sun_path) == 0 ? NULL : "is there already, and cannot be removed";
}

/* The mask makes the mode right from the first moment on. */
static int listen_at(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), failed;
	mode_t before;

	if (fd < 0)
		return -1;
	before = umask(0177);
	failed = bind(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 || listen(fd, 16) != 0;
	umask(before);
	if (!failed)
		return fd;
	close(fd);
	return -1;
}

struct control *control_new(struct sim *s, const char *path, char **why)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct control *c;
	const char *taken;
	int fd = -1;

	*why = NULL;
	if (strlen(path) >= sizeof(at.sun_path)) {
		*why = format("%s: the path of a socket is not so long", path);
		return NULL;
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	taken = make_room(&at);
	if (taken != NULL)
		*why = format("%s %s", path, taken);
	else if ((fd = listen_at(&at)) < 0)
		*why = format("%s: %s", path, strerror(errno));
	if (fd < 0)
		return NULL;
	c = need(sizeof(*c));
	c->sim = s;
	c->fd = fd;
	c->path = copy(path);
	loop_watch(s->loop, fd, LOOP_IN, on_listen, c);
	return c;
}

void control_free(struct control *c)
{
	if (c == NULL)
		return;
	while (c->clients != NULL)
		client_free(c->clients);
	loop_watch(c->sim->loop, c->fd, 0, NULL, NULL);
	close(c->fd);
	unlink(c->path);
	free(c->path);
	free(c);
}
