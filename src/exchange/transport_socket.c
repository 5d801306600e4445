/* Transport socket: where a connection may lead, and whether it may still be used.
 *
 * Rules: a socket is opened to a checked address only, and the egress guard is asked about it once
 * more. Before a connection is used again it must be quiet: what comes unasked is the server's
 * farewell, or the end of an answer that nobody waits for. The library takes a farewell in TLS for
 * a sign of life; the request would be lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "egress.h"
#include "transport_parts.h"

/* The address the library is about to connect to, if it is one of those it was told. */
static const struct address *checked_address(
	const struct transport_target *to, const struct curl_sockaddr *sa)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memcpy(&v4, &sa->addr, sizeof(v4));
	memcpy(&v6, (const void *)&sa->addr, sizeof(v6));
	if (ntohs(sa->family == AF_INET ? v4.sin_port : v6.sin6_port) != to->port)
		return NULL;
	for (size_t i = 0; i < to->addresses.count; i++) {
		const struct address *a = &to->addresses.list[i];

		if (a->family != sa->family)
			continue;
		if (a->family == AF_INET ? v4.sin_addr.s_addr == a->v4.s_addr
					 : IN6_ARE_ADDR_EQUAL(&v6.sin6_addr, &a->v6))
			return a;
	}
	return NULL;
}

static int is_allowed(const struct transport_seat *s, const struct curl_sockaddr *sa)
{
	const struct transport_target *to = s->target;
	const struct address *a = checked_address(to, sa);
	const struct egress *guard = s->line->t->egress;
	struct egress_verdict verdict;

	if (!a || !to->guarded)
		return a != NULL;
	return to->plain ? egress_check_plain(guard, to->host, a, to->port, &verdict)
			 : egress_check(guard, to->host, a, to->port, &verdict);
}

int transport_socket_no_sign(const struct transport_seat *s)
{
	return s->pool && transport_pool_binds(s->pool) && s->pool->signing != s->line;
}

/* May this transfer open a connection? If not, why is noted. */
static int may_open(struct transport_seat *s)
{
	if (s->sent && !s->complete)
		s->repeats = 1;
	else if (s->leg == TRANSPORT_LEG_LAST)
		s->lost = 1;
	else if (transport_socket_no_sign(s))
		s->bounced = 1;
	else
		return 1;
	return 0;
}

/* Without a free place it goes unwatched. */
static void remember(struct transport_line *line, int fd)
{
	for (int i = 0; i < TRANSPORT_SOCKETS; i++) {
		if (line->known[i].fd == 0) {
			line->known[i] = (struct transport_socket){ .fd = fd };
			return;
		}
	}
}

curl_socket_t transport_socket_open(void *ptr, curlsocktype purpose, struct curl_sockaddr *sa)
{
	struct transport_seat *s = ptr;
	int fd;

	if (!may_open(s))
		return CURL_SOCKET_BAD;
	if (purpose != CURLSOCKTYPE_IPCXN || !is_allowed(s, sa)) {
		s->refused = 1;
		return CURL_SOCKET_BAD;
	}
	fd = socket(sa->family, sa->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, sa->protocol);
	if (fd < 0)
		return CURL_SOCKET_BAD;
	if (!s->opened)
		memset(&s->tls, 0, sizeof(s->tls));
	s->opened = 1;
	s->sent_before = s->sent;
	s->line->sockets++;
	remember(s->line, fd);
	return fd;
}

int transport_socket_close(void *ptr, curl_socket_t fd)
{
	struct transport_line *line = ptr;

	for (int i = 0; i < TRANSPORT_SOCKETS; i++) {
		if (line->known[i].fd == fd)
			line->known[i] = (struct transport_socket){ 0 };
	}
	if (--line->sockets == 0)
		line->proven = 0;
	loop_watch(line->t->loop, fd, 0, NULL, NULL);
	return close(fd);
}

/* --- connections that were opened before --- */

static int local_port(int fd)
{
	struct sockaddr_storage sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	socklen_t size = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &size) < 0)
		return 0;
	memcpy(&v4, &sa, sizeof(v4));
	memcpy(&v6, &sa, sizeof(v6));
	return ntohs(sa.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
}

/* The library does not tell its descriptor, but the port on our side, which is as good. */
static int find_socket(struct transport_line *line, int port)
{
	for (int i = 0; i < TRANSPORT_SOCKETS; i++) {
		struct transport_socket *k = &line->known[i];

		if (k->fd > 0 && k->port == 0)
			k->port = local_port(k->fd);
		if (k->fd > 0 && k->port == port)
			return k->fd;
	}
	return -1;
}

int transport_socket_quiet(struct transport_line *line, int port)
{
	int fd = find_socket(line, port);
	char byte;

	return fd < 0 ||
		(recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
			(errno == EAGAIN || errno == EINTR));
}
