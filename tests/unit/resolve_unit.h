/* What the tests of the resolver share: a small name server that lives in the same loop. */
#ifndef LATCHKEY_RESOLVE_UNIT_H
#define LATCHKEY_RESOLVE_UNIT_H

#include "tests/unit/dns_unit.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "platform/clock.h"
#include "platform/resolve.h"

enum { TYPE_CNAME = 5, TYPE_AAAA = 28, TYPE_SRV = 33, PACKET = 1500 };
enum { NOERROR = 0, SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5, SILENT = 100, GARBAGE, REBIND };

/* What the server says of each name. */
static const struct zone {
	const char *name;
	int rcode;
	const char *v4[24];
	const char *v6[4];
	const char *alias;
	int v6_silent;
	/* services: a target in wire form, as there may be names that are none */
	struct srv {
		unsigned char priority, weight;
		int port;
		const char *target;
	} srv[12];
} zones[] = {
	{ .name = "good.test", .v4 = { "192.0.2.10", "192.0.2.11" }, .v6 = { "2001:db8::10" } },
	{ .name = "four.test", .v4 = { "192.0.2.4" } },
	{ .name = "six.test", .v6 = { "2001:db8::6" } },
	{ .name = "twice.test", .v4 = { "192.0.2.7", "192.0.2.7", "192.0.2.8", "192.0.2.7" } },
	{ .name = "many.test",
		.v4 = { "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6",
			"10.0.0.7", "10.0.0.8", "10.0.0.9", "10.0.0.10", "10.0.0.11", "10.0.0.12",
			"10.0.0.13", "10.0.0.14", "10.0.0.15", "10.0.0.16", "10.0.0.17",
			"10.0.0.18", "10.0.0.19", "10.0.0.20" } },
	{ .name = "alias.test", .v4 = { "192.0.2.9" }, .alias = "real.test" },
	{ .name = "half.test", .v4 = { "192.0.2.5" }, .v6_silent = 1 },
	{ .name = "none.test" },
	{ .name = "gone.test", .rcode = NXDOMAIN },
	{ .name = "broken.test", .rcode = SERVFAIL },
	{ .name = "refused.test", .rcode = REFUSED },
	{ .name = "silent.test", .rcode = SILENT },
	{ .name = "garbage.test", .rcode = GARBAGE },
	{ .name = "rebind.test", .rcode = REBIND },
	{ .name = "_s._tcp.one.test", .srv = { { 0, 0, 443, "\4MAIL\3One\4test" } } },
	{ .name = "_s._tcp.sorted.test",
		.srv = { { 30, 0, 443, "\1c\4test" }, { 10, 9, 444, "\1a\4test" },
			{ 20, 0, 65535, "\1b\4test" } } },
	{ .name = "_s._tcp.equals.test",
		.srv = { { 1, 5, 443, "\1a\4test" }, { 1, 5, 443, "\1b\4test" },
			{ 0, 0, 443, "\5first\4test" } } },
	{ .name = "_s._tcp.weights.test",
		.srv = { { 1, 0, 443, "\5never\4test" }, { 1, 255, 443, "\6always\4test" } } },
	{ .name = "_s._tcp.off.test", .srv = { { 0, 0, 0, "" }, { 0, 0, 443, "" } } },
	{ .name = "_s._tcp.odd.test",
		.srv = { { 0, 0, 0, "\4zero\4test" }, { 0, 0, 443, "\3a_b\4test" },
			{ 0, 0, 443, "\003127\0011" }, { 1, 0, 443, "\4good\4test" } } },
	{ .name = "_s._tcp.many.test",
		.srv = { { 9, 0, 9, "\1x\4test" }, { 8, 0, 8, "\1x\4test" },
			{ 7, 0, 7, "\1x\4test" }, { 6, 0, 6, "\1x\4test" },
			{ 5, 0, 5, "\1x\4test" }, { 4, 0, 4, "\1x\4test" },
			{ 3, 0, 3, "\1x\4test" }, { 2, 0, 2, "\1x\4test" },
			{ 1, 0, 1, "\1x\4test" }, { 10, 0, 10, "\1x\4test" } } },
	{ .name = "_s._tcp.none.test" },
	{ .name = "_s._tcp.gone.test", .rcode = NXDOMAIN },
	{ .name = "_s._tcp.broken.test", .rcode = SERVFAIL },
	{ .name = "_s._tcp.garbage.test", .rcode = GARBAGE },
	{ .name = "_s._tcp.silent.test", .rcode = SILENT },
};

struct answer {
	int calls;
	int failed;
	struct addresses found;
	struct err err;
};

struct world {
	struct loop *loop;
	struct resolve *r;
	int fd;
	int asked; /* questions the server has seen */
	char servers[32];
	struct answer answer;
};

static inline size_t put_record(
	unsigned char *p, const unsigned char *owner, int type, const void *data, size_t n)
{
	const unsigned char head[] = { owner[0], owner[1], 0, (unsigned char)type, 0, 1, 0, 0, 0, 0,
		0, (unsigned char)n };

	memcpy(p, head, sizeof(head));
	memcpy(p + sizeof(head), data, n);
	return sizeof(head) + n;
}

static const struct zone *find_zone(const char *name)
{
	for (size_t i = 0; i < COUNT(zones); i++) {
		if (strcmp(zones[i].name, name) == 0)
			return &zones[i];
	}
	return NULL;
}

/* Appends the records of z to the answer of n bytes; the number of records. */
static inline int put_zone(const struct zone *z, int type, unsigned char *p, size_t *n)
{
	static const unsigned char question[] = { 0xc0, 12 };
	const char *const *list = type == TYPE_A ? z->v4 : z->v6;
	unsigned char owner[2] = { 0xc0, 12 }, raw[16];
	int count = 0;

	if (z->alias) {
		owner[1] = (unsigned char)(*n + 12);
		*n += put_record(p + *n, question, TYPE_CNAME, "\4real\4test", 11);
		count++;
	}
	for (; *list; list++, count++) {
		inet_pton(type == TYPE_A ? AF_INET : AF_INET6, *list, raw);
		*n += put_record(p + *n, owner, type, raw, type == TYPE_A ? 4 : 16);
	}
	return count;
}

static inline int put_services(const struct zone *z, unsigned char *p, size_t *n)
{
	static const unsigned char question[] = { 0xc0, 12 };
	unsigned char raw[64] = { 0 };
	int count = 0;

	for (const struct srv *s = z->srv; s->target; s++, count++) {
		size_t len = strlen(s->target) + 1;

		raw[1] = s->priority;
		raw[3] = s->weight;
		raw[4] = (unsigned char)(s->port >> 8);
		raw[5] = (unsigned char)s->port;
		memcpy(raw + 6, s->target, len);
		*n += put_record(p + *n, question, TYPE_SRV, raw, 6 + len);
	}
	return count;
}

/* A public address the first time, this machine from then on. */
static inline int put_rebound(int asked, int type, unsigned char *p, size_t *n)
{
	static const unsigned char question[] = { 0xc0, 12 };

	if (type != TYPE_A)
		return 0;
	*n += put_record(
		p + *n, question, TYPE_A, asked <= 2 ? "\x5d\xb8\xd8\x22" : "\x7f\0\0\1", 4);
	return 1;
}

static inline void serve(void *ptr, int fd, int events)
{
	struct world *w = ptr;
	unsigned char p[PACKET] = { 0 };
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	char name[256] = "";
	const struct zone *z;
	size_t n;
	int type, rcode, count = 0;

	(void)events;
	if (recvfrom(fd, p, sizeof(p), 0, (struct sockaddr *)&from, &size) < 12)
		return;
	w->asked++;
	n = 12 + read_name(p + 12, name, sizeof(name));
	type = p[n + 1];
	n += 4;
	z = find_zone(name);
	rcode = z ? z->rcode : NXDOMAIN;
	if (rcode == SILENT || (z && z->v6_silent && type == TYPE_AAAA))
		return;
	if (rcode == REBIND)
		count = put_rebound(w->asked, type, p, &n);
	else if (rcode == NOERROR && z && type == TYPE_SRV)
		count = put_services(z, p, &n);
	else if (rcode == NOERROR && z)
		count = put_zone(z, type, p, &n);
	p[2] = 0x81; /* answer, recursion desired */
	p[3] = (unsigned char)(0x80 | (rcode < SILENT ? rcode : NOERROR));
	p[7] = (unsigned char)count;
	if (rcode == GARBAGE) {
		p[7] = 9;
		memset(p + n, 0xff, 20);
		n += 20;
	}
	(void)!sendto(fd, p, n, 0, (struct sockaddr *)&from, size);
}

static inline int setup(void **state)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t size = sizeof(sa);
	struct world *w = calloc(1, sizeof(*w));
	struct err e;

	if (!w)
		return -1;
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || bind(w->fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 ||
		getsockname(w->fd, (struct sockaddr *)&sa, &size) < 0)
		return -1;
	snprintf(w->servers, sizeof(w->servers), "127.0.0.1:%d", ntohs(sa.sin_port));
	w->loop = loop_new();
	loop_watch(w->loop, w->fd, LOOP_READ, serve, w);
	w->r = resolve_new(w->loop, w->servers, &e);
	*state = w;
	return w->r ? 0 : -1;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	resolve_free(w->r);
	loop_free(w->loop);
	close(w->fd);
	free(w);
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
