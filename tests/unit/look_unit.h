/* What tests of the look share: a name server, certificates of every kind, a world to look from.
 */
#ifndef LATCHKEY_LOOK_UNIT_H
#define LATCHKEY_LOOK_UNIT_H

#include "tests/unit/dns_unit.h"
#include "tests/unit/tls_unit.h"

#include <stdlib.h>
#include "exchange/client.h"
#include "exchange/egress.h"
#include "exchange/look.h"
#include "exchange/transport.h"
#include "platform/clock.h"
#include "platform/config.h"

enum { PACKET = 512, STEPS = 64, PATIENCE_MS = 15000 };

enum cert_name {
	NO_CERT,
	GOOD,
	EXPIRED,
	FUTURE,
	SOON,
	OTHER,
	SELF,
	STRANGER,
	ADDRESS,
	MIDDLE,
	ROOT,
	STRANGE_ROOT,
	CERTS
};

/* What the name server says, in order. "later" is the second answer to the same name. */
static const struct zone {
	const char *name;
	const char *first[5];
	const char *later;
} zones[] = {
	{ "good.test", { "127.0.0.1" }, NULL },
	{ "next.test", { "127.0.0.1" }, NULL },
	{ "two.test", { "127.0.0.2", "127.0.0.1" }, NULL },
	{ "rebind.test", { "127.0.0.1" }, "10.9.9.9" },
	{ "inner.test", { "169.254.169.254" }, NULL },
	{ "mixed.test", { "127.0.0.1", "10.1.2.3" }, NULL },
	{ "five.test", { "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.1" }, NULL },
};

struct world {
	struct loop *loop;
	struct arena a;
	struct resolve *resolve;
	struct egress *egress;
	struct transport *transport;
	struct look_tools tools;
	struct cert certs[CERTS];
	char dir[64];
	char ca[96];
	char list[96];
	int dns;
	int asked[COUNT(zones)];
	/* what was heard */
	struct job_step steps[STEPS];
	int last;    /* highest number */
	int running; /* steps seen running */
	int done;
	int ok;
	const char *outcome;
	struct look_end end;
};

/* --- a name server --- */

static inline size_t add_address(unsigned char *p, const char *text)
{
	static const unsigned char head[] = { 0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, 0, 0, 0, 4 };

	memcpy(p, head, sizeof(head));
	assert_int_equal(inet_pton(AF_INET, text, p + sizeof(head)), 1);
	return sizeof(head) + 4;
}

/* Fills the answers of one question; how many. */
static inline int answer_name(struct world *w, const char *name, unsigned char *p, size_t *n)
{
	int count = 0;

	for (size_t i = 0; i < COUNT(zones); i++) {
		const struct zone *z = &zones[i];

		if (strcmp(z->name, name) != 0)
			continue;
		if (w->asked[i]++ && z->later) {
			*n += add_address(p + *n, z->later);
			return 1;
		}
		for (; count < 5 && z->first[count]; count++)
			*n += add_address(p + *n, z->first[count]);
	}
	return count;
}

static inline void on_question(void *ptr, int fd, int events)
{
	struct world *w = ptr;
	unsigned char p[PACKET];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	char name[256];
	ssize_t got = recvfrom(fd, p, sizeof(p), 0, (struct sockaddr *)&from, &size);
	size_t n;

	(void)events;
	assert_true(got > 16);
	n = 12 + read_name(p + 12, name, sizeof(name)) + 4;
	p[2] = 0x81;
	p[3] = 0x80;
	memset(p + 6, 0, 6);
	if (p[n - 3] == TYPE_A)
		p[7] = (unsigned char)answer_name(w, name, p, &n);
	assert_true(sendto(fd, p, n, 0, (struct sockaddr *)&from, size) > 0);
}

static inline void start_dns(struct world *w, char *servers, size_t size)
{
	struct sockaddr_in sa = { .sin_family = AF_INET };
	socklen_t len = sizeof(sa);

	w->dns = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	sa.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(w->dns, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(w->dns, (struct sockaddr *)&sa, &len), 0);
	snprintf(servers, size, "127.0.0.1:%d", ntohs(sa.sin_port));
	loop_watch(w->loop, w->dns, LOOP_READ, on_question, w);
}

/* --- the world --- */

static inline void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

#define NAMES "DNS:good.test,DNS:two.test,DNS:rebind.test,DNS:mixed.test"

static inline void make_certs(struct world *w)
{
	const struct {
		enum cert_name name, by;
		struct cert_order order;
	} orders[] = {
		{ ROOT, NO_CERT, { "Test Root", NULL, NULL, 1, -100, 1000 } },
		{ STRANGE_ROOT, NO_CERT, { "Strange Root", NULL, NULL, 1, -100, 1000 } },
		{ MIDDLE, ROOT, { "Test Middle", NULL, NULL, 1, -100, 900 } },
		{ GOOD, MIDDLE, { "good.test", NAMES, NULL, 0, -10, 200 } },
		{ EXPIRED, MIDDLE, { "good.test", NAMES, NULL, 0, -10, -1 } },
		{ FUTURE, MIDDLE, { "good.test", NAMES, NULL, 0, 5, 200 } },
		{ SOON, MIDDLE, { "good.test", NAMES, NULL, 0, -10, 12 } },
		{ OTHER, MIDDLE, { "next.test", "DNS:next.test", NULL, 0, -10, 200 } },
		{ SELF, NO_CERT, { "good.test", NAMES, NULL, 0, -10, 200 } },
		{ STRANGER, STRANGE_ROOT, { "good.test", NAMES, NULL, 0, -10, 200 } },
		{ ADDRESS, MIDDLE, { "by address", "IP:127.0.0.1", NULL, 0, -10, 200 } },
	};

	for (size_t i = 0; i < COUNT(orders); i++) {
		struct cert_order o = orders[i].order;

		o.by = orders[i].by ? &w->certs[orders[i].by] : NULL;
		w->certs[orders[i].name] = cert_make(&o);
	}
}

static inline int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char servers[32];
	struct err e;

	assert_non_null(w);
	arena_init(&w->a, 16 << 20);
	snprintf(w->dir, sizeof(w->dir), "/tmp/test_look.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	snprintf(w->ca, sizeof(w->ca), "%s/ca", w->dir);
	snprintf(w->list, sizeof(w->list), "%s/egress", w->dir);
	make_certs(w);
	cert_write(&w->certs[ROOT], w->ca);
	write_text(w->list, "127.0.0.0/8 1024-65535\n");
	w->loop = loop_new();
	start_dns(w, servers, sizeof(servers));
	w->resolve = resolve_new(w->loop, servers, &e);
	assert_non_null(w->resolve);
	w->egress = egress_new(w->list, TENANCY_MULTI);
	assert_ok(egress_load(w->egress, &e));
	w->transport = transport_new(w->loop, w->egress, w->ca, "Latchkey/test", &e);
	assert_non_null(w->transport);
	transport_limit(w->transport, 1000, 2000);
	w->tools = (struct look_tools){ w->loop, w->resolve, w->egress, w->transport };
	*state = w;
	return 0;
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	transport_free(w->transport);
	resolve_free(w->resolve);
	egress_free(w->egress);
	loop_watch(w->loop, w->dns, 0, NULL, NULL);
	close(w->dns);
	loop_free(w->loop);
	for (size_t i = GOOD; i < CERTS; i++)
		cert_free(&w->certs[i]);
	unlink(w->ca);
	unlink(w->list);
	rmdir(w->dir);
	arena_done(&w->a);
	free(w);
	return 0;
}

/* --- looking --- */

static inline void on_step(void *ptr, const struct job_step *s)
{
	struct world *w = ptr;

	assert_true(s->n >= 1 && s->n <= STEPS);
	assert_false(w->done);
	w->steps[s->n - 1] = *s;
	w->running += s->state == STEP_RUNNING;
	if (s->n > w->last)
		w->last = (int)s->n;
}

static inline void on_done(void *ptr, const struct look_end *e)
{
	struct world *w = ptr;

	w->done++;
	w->ok = e->ok;
	w->outcome = e->outcome;
	w->end = *e;
}

static inline void look_by(struct world *w, const struct look_query *q)
{
	const struct look_listener listener = { on_step, on_done, w };
	int64_t end = clock_mono_ms() + PATIENCE_MS;

	memset(w->steps, 0, sizeof(w->steps));
	memset(w->asked, 0, sizeof(w->asked));
	w->last = w->done = w->running = 0;
	look_start(&w->tools, &w->a, q, &listener);
	assert_int_equal(w->last, 0); /* nothing is told before the caller has its look */
	while (!w->done && clock_mono_ms() < end)
		loop_turn(w->loop, 50);
	assert_int_equal(w->done, 1);
}

static inline void look(struct world *w, const char *host, int port)
{
	const struct look_query q = { .host = host, .port = port };

	look_by(w, &q);
}

/* A letter a step: + ok, n note, F failed, - skipped, ? anything else. */
static const char *states(const struct world *w)
{
	static const char letters[] = "??+nF-";
	static char text[STEPS + 1];

	for (int i = 0; i < w->last; i++)
		text[i] = letters[w->steps[i].state];
	text[w->last] = '\0';
	return text;
}

static inline int holds(const char *text, const char *part)
{
	return text && strstr(text, part);
}

static inline int says(const struct job_step *s, const char *part)
{
	return holds(s->say, part) || holds(s->why, part) || holds(s->fix, part) ||
		holds(s->raw, part);
}

static inline void show(const struct world *w)
{
	for (int i = 0; i < w->last; i++) {
		const struct job_step *s = &w->steps[i];

		print_message("%d %s [%d] %s | %s | %s | %s\n", i + 1, s->title, (int)s->state,
			s->say ? s->say : "", s->why ? s->why : "", s->fix ? s->fix : "",
			s->raw ? s->raw : "");
	}
	print_message("outcome: %s\n", w->outcome);
}

/* Every finished look: a failure has cause and help, and nothing is left open. */
static inline void check_manners(const struct world *w)
{
	int failed = 0;

	for (int i = 0; i < w->last; i++) {
		const struct job_step *s = &w->steps[i];

		assert_true(s->state >= STEP_OK);
		assert_non_null(s->title);
		assert_true(s->say && s->say[0]);
		if (s->state == STEP_FAILED)
			assert_true(s->why && s->why[0] && s->fix && s->fix[0]);
		failed += s->state == STEP_FAILED;
	}
	assert_int_equal(failed, !w->ok);
	assert_true(w->outcome[0]);
}

#define R401                                                                                       \
	"HTTP/1.1 401 Unauthorized\r\nServer: Microsoft-IIS/10.0\r\nX-FEServer: EX01\r\n"          \
	"request-id: 1\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n"               \
	"Content-Length: 0\r\n\r\n"

#endif
