/*
 * Sim: which host names the world has, who answers for each, and where it listens.
 *
 * Every face has a port of its own, so that a client without name service reaches it; and every
 * port serves every name, so that a client with one needs a single port. The Host header decides; a
 * name nobody has goes to the port's own face.
 */
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>
#include "sim/fault.h"
#include "sim/item.h"
#include "sim/scenario.h"
#include "sim/soap.h"
#include "sim/token.h"

enum { TICK_MS = 100 };

const struct face_kind face_kinds[] = {
	{ "ews", ews_face, true },
	{ "autodiscover", autodiscover_face, true },
	{ "signin", token_face, true },
	{ "website", website_face, true },
	{ "hostile", hostile_face, true },
	{ "plain", autodiscover_face, false },
	{ NULL, NULL, false },
};

static const struct face_kind *kind_of(const char *name)
{
	const struct face_kind *k = face_kinds;

	while (k->name != NULL && !same(k->name, name))
		k++;
	return k;
}

struct face *face_of_kind(struct sim *s, const char *kind)
{
	for (struct face *f = s->faces; f != NULL; f = f->next)
		if (same(f->kind->name, kind))
			return f;
	return NULL;
}

static struct face *face_named(struct sim *s, const char *host, size_t n, bool tls)
{
	for (struct face *f = s->faces; f != NULL; f = f->next)
		if (f->kind->tls == tls && strlen(f->host) == n &&
			strncasecmp(f->host, host, n) == 0)
			return f;
	return NULL;
}

struct face *face_by_host(struct sim *s, const char *host)
{
	return host == NULL ? NULL : face_named(s, host, strcspn(host, ":"), true);
}

struct front_end *face_front_end(struct face *f, struct connection *c)
{
	struct front_end *fe;
	uint64_t n = 0, turn;

	if (f->premise == NULL || f->premise->front_ends == NULL)
		return NULL;
	for (fe = f->premise->front_ends; fe != NULL; fe = fe->next)
		n++;
	turn = connection_number(c) % n;
	for (fe = f->premise->front_ends; turn > 0; turn--)
		fe = fe->next;
	return fe;
}

char *face_url(const struct face *f, const char *path)
{
	const struct sim *s = f->sim;
	int shared = f->kind->tls ? s->https_port : s->http_port;
	int port = shared != 0 ? shared : f->port;
	const char *scheme = f->kind->tls ? "https" : "http";

	if (port == (f->kind->tls ? 443 : 80))
		return format("%s://%s%s", scheme, f->host, path);
	return format("%s://%s:%d%s", scheme, f->host, port, path);
}

/* One request: the face its Host names, and within it the path. */

static bool is_autodiscover(const char *path)
{
	static const char prefix[] = "/autodiscover/";

	return strncasecmp(path, prefix, sizeof(prefix) - 1) == 0;
}

static struct face *face_asked(struct face *own, const struct request *r)
{
	const char *host = request_header(r, "Host");
	struct face *f = NULL;

	if (host != NULL)
		f = face_named(own->sim, host, strcspn(host, ":"), own->kind->tls);
	return f != NULL ? f : own;
}

/* What tests read about the faces that keep no journal of their own. */
static void journal(
	struct face *f, const struct request *r, const struct answer *a, const struct fault *bad)
{
	struct entry e = {
		.at_ms = world_now_ms(f->sim->world),
		.connection = connection_number(r->on),
		.face = f->kind->name,
		.host = f->host,
		.method = r->method,
		.path = r->path,
		.op = same(f->kind->name, "signin") ? token_op(r) : NULL,
		.agent = request_header(r, "User-Agent"),
		.request_id = request_header(r, "client-request-id"),
		.fault = bad == NULL ? NULL : bad->kind->name,
		.status = a->status == 0 ? 200 : a->status,
		.bytes_in = (int64_t)r->body.len,
		.bytes_out = (int64_t)a->body.len,
		.took_us = loop_us() - r->arrived,
	};

	journal_add(f->sim->journal, &e);
}

/* Every web server tells the time; here it is the world's. */
static void date(const struct world *w, struct answer *a)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct civil t = civil_of(world_now(w));

	text_printf(&a->head, "Date: %.3s, %02d %.3s %d %02d:%02d:%02d GMT\r\n",
		&days[3 * t.weekday], t.day, &months[3 * (t.month - 1)], t.year, t.hour, t.minute,
		t.second);
}

/* An own server answers for both on all its names; in the cloud other machines do autodiscovery. */
static bool discovers(const struct face *f, const struct request *r)
{
	return is_autodiscover(r->path) || !f->kind->tls ||
		(f->premise->online && !same(f->kind->name, "ews"));
}

/* EWS and autodiscovery know the caller: they look for faults and keep the journal themselves. */
static void serve(void *arg, struct request *r, struct answer *a)
{
	struct face *f = face_asked(arg, r);
	struct fault_at at = { .face = f->kind->name, .host = f->host };
	struct fault *bad;

	r->listener_arg = f;
	date(f->sim->world, a);
	if (f->premise != NULL && discovers(f, r)) {
		autodiscover_face(f, r, a);
		return;
	}
	if (f->premise != NULL) {
		ews_face(f, r, a);
		return;
	}
	at.op = same(f->kind->name, "signin") ? token_op(r) : NULL;
	bad = fault_take(f->sim->world, FAULT_INSTEAD, &at);
	if (bad != NULL) {
		fault_instead(bad, r, a);
	} else {
		f->kind->handler(f, r, a);
		bad = fault_take(f->sim->world, FAULT_AFTER, &at);
		if (bad != NULL)
			fault_after(bad, a);
	}
	journal(f, r, a, bad);
}

static int on_accept(void *arg, struct connection *c)
{
	struct face *f = arg;
	struct front_end *fe = face_front_end(f, c);
	struct fault_at at = { .face = f->kind->name, .host = f->host };

	if (fe != NULL)
		at.front_end = fe->name;
	return fault_accept(f->sim->world, &at);
}

/* Making faces */

static struct face *face_add(struct sim *s, const char *kind, const char *host)
{
	struct face *f = need(sizeof(*f)), **end = &s->faces;

	f->sim = s;
	f->kind = kind_of(kind);
	f->host = copy(host);
	while (*end != NULL)
		end = &(*end)->next;
	*end = f;
	return f;
}

/* The sign-in of the cloud stands beside its mail host: outlook.example.test, login.example.test.
 */
static void face_add_signin(struct sim *s, const struct premise *p)
{
	const char *dot = strchr(p->host, '.');
	char *host = format("login%s", dot != NULL ? dot : ".localhost");

	if (face_by_host(s, host) == NULL)
		face_add(s, "signin", host);
	free(host);
}

static void faces_of_premise(struct sim *s, struct premise *p)
{
	face_add(s, "ews", p->host)->premise = p;
	if (p->internal_host != NULL && !same_nocase(p->internal_host, p->host))
		face_add(s, "ews", p->internal_host)->premise = p;
	if (p->online)
		face_add_signin(s, p);
}

static void faces_of_domain(struct sim *s, struct domain *d)
{
	char *host = format("autodiscover.%s", d->name);
	const char *kind = same(d->website, "hostile") ? "hostile" : "website";

	face_add(s, "autodiscover", host)->premise = d->premise;
	face_add(s, "plain", host)->premise = d->premise;
	free(host);
	if (face_by_host(s, d->name) == NULL)
		face_add(s, kind, d->name)->domain = d;
}

static char **face_names(const struct sim *s)
{
	char **names;
	int n = 0;

	for (const struct face *f = s->faces; f != NULL; f = f->next)
		n++;
	names = need(((size_t)n + 1) * sizeof(*names));
	n = 0;
	for (const struct face *f = s->faces; f != NULL; f = f->next)
		if (f->kind->tls)
			names[n++] = f->host;
	return names;
}

static bool listen_on(struct face *f, int port, char **why)
{
	struct sim *s = f->sim;
	struct listener *l = http_listen(s->http, s->address, port, f->kind->tls, why);

	if (l == NULL)
		return false;
	http_handler(l, serve, on_accept, f);
	if (f->listener != NULL) {
		f->shared = l;
		return true;
	}
	f->listener = l;
	f->port = http_port(l);
	if (f->premise != NULL && same(f->kind->name, "ews") && f->premise->port == 0)
		f->premise->port = f->port;
	return true;
}

void faces_open(struct sim *s, char **why)
{
	char **names;
	struct face *shared;

	*why = NULL;
	for (struct premise *p = s->world->premises; p != NULL; p = p->next)
		faces_of_premise(s, p);
	for (struct domain *d = s->world->domains; d != NULL; d = d->next)
		faces_of_domain(s, d);
	names = face_names(s);
	s->tls = tls_new(names, world_now(s->world));
	free(names);
	s->http = http_new(s->loop, s->tls);
	for (struct face *f = s->faces; f != NULL; f = f->next)
		if (!listen_on(f, 0, why))
			return;
	shared = s->faces;
	if (shared != NULL && s->https_port != 0 && !listen_on(shared, s->https_port, why))
		return;
	shared = face_of_kind(s, "plain");
	if (shared != NULL && s->http_port != 0)
		listen_on(shared, s->http_port, why);
}

void faces_close(struct sim *s)
{
	struct face *next;

	if (s->http != NULL)
		http_free(s->http);
	if (s->tls != NULL)
		tls_free(s->tls);
	for (struct face *f = s->faces; f != NULL; f = next) {
		next = f->next;
		free(f->host);
		free(f);
	}
	s->faces = NULL;
}

void faces_refresh(struct sim *s)
{
	for (struct face *f = s->faces; f != NULL; f = f->next) {
		bool refuse = fault_refuses(s->world, f->kind->name, f->host);

		http_refuse(f->listener, refuse);
		if (f->shared != NULL)
			http_refuse(f->shared, refuse);
	}
}

json_t *faces_json(const struct sim *s)
{
	json_t *all = json_object(), *list = json_array();

	for (const struct face *f = s->faces; f != NULL; f = f->next) {
		char *url = face_url(f, same(f->kind->name, "ews") ? "/EWS/Exchange.asmx" : "/");
		json_t *one = json_pack("{s:s, s:s, s:i, s:s}", "kind", f->kind->name, "host",
			f->host, "port", f->port, "url", url);

		if (f->premise != NULL)
			json_object_set_new(one, "premise", json_string(f->premise->name));
		json_array_append_new(list, one);
		free(url);
	}
	json_object_set_new(all, "address", json_string(s->address));
	if (s->ca_path != NULL)
		json_object_set_new(all, "ca", json_string(s->ca_path));
	json_object_set_new(all, "faces", list);
	return all;
}

/* Time */

void sim_tick(struct sim *s)
{
	scenario_tick(s->world);
	post_tick(s->world);
	faces_refresh(s);
}

static void on_tick(void *arg)
{
	struct sim *s = arg;

	sim_tick(s);
	loop_after(s->loop, TICK_MS, on_tick, s);
}

void sim_start_clock(struct sim *s)
{
	loop_after(s->loop, TICK_MS, on_tick, s);
}
