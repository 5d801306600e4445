/*
 * Autodiscover: where is the mailbox of this address. Three ways to ask, one directory. Everyone
 * who is signed in may ask about anyone; the JSON way needs no sign-in at all. The sign-in never
 * wants a channel binding, as on real front ends (EWS.md 3.1).
 */
#include "sim/autodiscover.h"

#include <stdlib.h>
#include <string.h>
#include <libxml/parser.h>
#include "sim/fault.h"
#include "sim/page.h"

/* Names */

/* A GUID that stays the same for the same thing in the same world: settings are compared by tests.
 */
void discover_guid(const struct world *w, const char *of, char out[37])
{
	uint64_t a = mix(w->seed, hash_nocase(of)), b = mix(a, w->seed);

	snprintf(out, 37, "%08x-%04x-4%03x-%04x-%012llx", (unsigned)(a >> 32),
		(unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff),
		(unsigned)(0x8000 | (b >> 48 & 0x3fff)),
		(unsigned long long)(b & 0xffffffffffffULL));
}

const char *discover_internal_host(const struct premise *p)
{
	return p->internal_host != NULL ? p->internal_host : p->host;
}

/* A host that has a face here is told with its port: most worlds do not listen on 443. */
char *discover_url(const struct discover *d, const char *host, const char *path)
{
	const struct face *f = face_by_host(d->sim, host);

	return f != NULL ? face_url(f, path) : format("https://%s%s", host, path);
}

char *discover_ews(const struct discover *d, bool internal)
{
	return discover_url(d, internal ? discover_internal_host(d->premise) : d->premise->host,
		"/EWS/Exchange.asmx");
}

/* Only the form matters to clients; the two hashes keep DNs of equal names apart. */
char *discover_legacy_dn(const struct discover *d, const struct mailbox *m)
{
	const char *at = strchr(m->address, '@');
	const char *organisation = d->premise->online ? "ExchangeLabs" : d->world->organisation;
	uint64_t a = mix(d->world->seed, hash_nocase(m->address));

	if (organisation == NULL)
		organisation = "First Organization";
	return format("/o=%s/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/"
		      "cn=%016llx%016llx-%.*s",
		organisation, (unsigned long long)a, (unsigned long long)mix(a, 1),
		(int)(at != NULL ? at - m->address : 0), m->address);
}

char *discover_server(const struct discover *d, const struct mailbox *m)
{
	const char *at = strchr(m->address, '@');
	char guid[37];

	/* before Exchange 2013 clients were told a machine */
	if (d->premise->product->major < 15)
		return copy(discover_internal_host(d->premise));
	discover_guid(d->world, m->address, guid);
	return format("%s%s", guid, at != NULL ? at : "");
}

/* Routing */

/* Whose autodiscovery answers for the domain of this address. */
static struct premise *premise_of_address(const struct world *w, const char *address)
{
	const char *at = strrchr(address, '@');
	const struct domain *d = at == NULL ? NULL : world_domain(w, at + 1);

	return d == NULL ? NULL : d->premise;
}

/* An address of the mailbox whose domain is its home's: where others are sent on to. */
static const char *address_at_home(
	const struct world *w, const struct mailbox *m, const char *but_not)
{
	if (premise_of_address(w, m->address) == m->home && !same_nocase(m->address, but_not))
		return m->address;
	for (char **alias = m->aliases; alias != NULL && *alias != NULL; alias++)
		if (premise_of_address(w, *alias) == m->home && !same_nocase(*alias, but_not))
			return *alias;
	return NULL;
}

/* A mailbox is settled here when it lives here, and also where it is said to live still: a stale
 * directory is what a client meets after a move. */
struct route discover_route(const struct discover *d, const char *address)
{
	struct route to = { .kind = ROUTE_UNKNOWN };
	struct mailbox *m = world_mailbox(d->world, address);

	if (m == NULL || !m->enabled)
		return to;
	to.mailbox = m;
	if (m->home == d->premise || m->knows == d->premise) {
		to.kind = ROUTE_HERE;
		return to;
	}
	to.elsewhere = m->home;
	to.address = address_at_home(d->world, m, address);
	if (to.address != NULL)
		to.kind = ROUTE_ADDRESS;
	else if (d->premise->online)
		to.kind = ROUTE_URL;
	return to;
}

/* The address's own domain first: a client trusts a redirection within its domain most. */
char *discover_host(const struct world *w, const struct premise *p, const char *address)
{
	const char *at = strrchr(address, '@');
	const struct domain *own = at == NULL ? NULL : world_domain(w, at + 1);

	if (own != NULL && own->premise == p)
		return format("autodiscover.%s", own->name);
	for (const struct domain *d = w->domains; d != NULL; d = d->next)
		if (d->premise == p)
			return format("autodiscover.%s", d->name);
	return copy(p->host);
}

/* Reading */

/* Entities are never wanted in a request; the parser stops where the DTD begins. */
static void refuse_dtd(
	void *arg, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name;
	(void)external;
	(void)system;
	xmlStopParser(arg);
}

xmlDoc *discover_parse(const struct text *body)
{
	xmlParserCtxt *p;
	xmlDoc *doc;

	if (body->len == 0 || body->len > 1 << 20)
		return NULL;
	p = xmlNewParserCtxt();
	if (p == NULL)
		return NULL;
	p->sax->internalSubset = refuse_dtd;
	doc = xmlCtxtReadMemory(p, body->at, (int)body->len, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlFreeParserCtxt(p);
	return doc;
}

char *discover_text(xmlNode *n)
{
	static const char blank[] = " \t\r\n";
	xmlChar *content = n == NULL ? NULL : xmlNodeGetContent(n);
	const char *s = (const char *)content;
	size_t length;
	char *trimmed;

	if (s == NULL)
		return NULL;
	s += strspn(s, blank);
	length = strlen(s);
	while (length > 0 && strchr(blank, s[length - 1]) != NULL)
		length--;
	trimmed = copy_n(s, length);
	xmlFree(content);
	return trimmed;
}

/* Good enough to tell an address from a slip; the directory knows the rest. */
bool discover_is_address(const char *s)
{
	const char *at = strchr(s, '@');

	return at != NULL && at > s && at[1] != '\0' && strchr(at + 1, '@') == NULL &&
		s[strcspn(s, " \t\r\n<>")] == '\0';
}

/* One request */

static const struct way {
	const char *path;
	bool below;	  /* what follows the path belongs to it */
	bool anonymous;	  /* no sign-in */
	int major, minor; /* since this product */
	const char *op;
	void (*answer)(struct discover *d);
} ways[] = {
	{ "/autodiscover/autodiscover.xml", false, false, 8, 0, "Autodiscover", discover_pox },
	{ "/autodiscover/autodiscover.svc", true, false, 14, 0, "AutodiscoverSoap", discover_soap },
	{ "/autodiscover/autodiscover.json", true, true, 15, 1, "AutodiscoverJson", discover_json },
	{ NULL, false, false, 0, 0, NULL, NULL },
};

/* SOAP came with 2010, JSON with 2016; before, the path is simply not there. */
static bool has_way(const struct way *w, const struct premise *p)
{
	const struct product *is = p->product;

	return is->major > w->major || (is->major == w->major && is->minor >= w->minor);
}

/* Paths are compared as IIS does, without case. */
static const struct way *way_of(const struct premise *p, const char *path)
{
	for (const struct way *w = ways; w->path != NULL; w++) {
		size_t n = strlen(w->path);

		if (strncasecmp(path, w->path, n) == 0 && has_way(w, p) &&
			(path[n] == '\0' || (w->below && path[n] == '/')))
			return w;
	}
	return NULL;
}

/* Clients read them from the first, anonymous answer to learn which ways there are. */
static void tell_ways(struct discover *d)
{
	struct answer *a = d->answer;
	char guid[37];

	if (d->premise->product->major < 14)
		return;
	world_guid(d->world, guid);
	answer_header(a, "request-id", guid);
	answer_header(a, "X-SOAP-Enabled", "True");
	answer_header(a, "X-WSSecurity-Enabled", "True");
	answer_header(a, "X-WSSecurity-For", "None");
	if (d->premise->schemes & SCHEME_BEARER)
		answer_header(a, "X-OAuth-Enabled", "True");
	if (d->premise->product->major >= 15 && d->front_end != NULL)
		answer_header(a, "X-FEServer", d->front_end->name);
}

/* Without TLS there is one answer to GET: go there by TLS. Nothing is signed in here. */
static void plain(struct discover *d)
{
	struct face *tls = face_by_host(d->sim, d->face->host);
	char *url;

	if (!same_nocase(d->request->method, "GET") && !same_nocase(d->request->method, "HEAD")) {
		page_status(d->answer, 403);
		return;
	}
	url = tls != NULL ? face_url(tls, d->request->path)
			  : format("https://%s%s", d->face->host, d->request->path);
	page_moved(d->answer, 302, url);
	d->code = "Moved";
	free(url);
}

/* An app without a user is named by its client id, as EWS entries of the journal do. */
static const char *caller_name(const struct discover *d)
{
	if (d->who.identity != NULL)
		return d->who.identity->upn;
	return d->who.app != NULL ? d->who.app->client_id : NULL;
}

static struct fault_at fault_place(const struct discover *d)
{
	return (struct fault_at){ .face = "autodiscover",
		.host = d->face->host,
		.front_end = d->front_end != NULL ? d->front_end->name : NULL,
		.op = d->op,
		.mailbox = d->mailbox,
		.caller = caller_name(d) };
}

static const char *scheme_name(unsigned scheme)
{
	static const struct {
		unsigned scheme;
		const char *name;
	} names[] = { { SCHEME_BASIC, "Basic" }, { SCHEME_NTLM, "NTLM" },
		{ SCHEME_NEGOTIATE, "Negotiate" }, { SCHEME_BEARER, "Bearer" } };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (scheme & names[i].scheme)
			return names[i].name;
	return NULL;
}

/* One entry a request, refused or not; never the secret. */
static void note(const struct discover *d, const struct fault *bad)
{
	const struct request *r = d->request;
	struct entry e = {
		.at_ms = world_now_ms(d->world),
		.connection = connection_number(r->on),
		.face = "autodiscover",
		.host = d->face->host,
		.front_end = d->front_end != NULL ? d->front_end->name : NULL,
		.method = r->method,
		.path = r->path,
		.scheme = scheme_name(d->who.scheme),
		.login = d->who.login,
		.caller = caller_name(d),
		.op = d->op,
		.mailbox = d->mailbox,
		.anchor = request_header(r, "X-AnchorMailbox"),
		.agent = request_header(r, "User-Agent"),
		.request_id = request_header(r, "client-request-id"),
		.code = d->code,
		.fault = bad != NULL ? bad->kind->name : NULL,
		.status = d->answer->status == 0 ? 200 : d->answer->status,
		.items = d->items,
		.bytes_in = (int64_t)r->body.len,
		.bytes_out = (int64_t)d->answer->body.len,
		.took_us = loop_us() - r->arrived,
	};

	journal_add(d->sim->journal, &e);
}

/* Sign in and answer. False: the sign-in is not done. */
static bool answer_by(struct discover *d, const struct way *way)
{
	tell_ways(d);
	if (!way->anonymous &&
		sign_check(d->sim, &(struct door){ d->premise, d->front_end, PROTECTION_OFF },
			d->request, d->answer, &d->who) != SIGN_IN)
		return false;
	way->answer(d);
	return true;
}

static struct discover discover_of(
	struct face *f, struct premise *p, struct request *r, struct answer *a)
{
	struct discover d = { .sim = f->sim,
		.world = f->sim->world,
		.face = f,
		.premise = p,
		.request = r,
		.answer = a };

	if (p != NULL && f->premise == p)
		d.front_end = face_front_end(f, r->on);
	return d;
}

/* The website that stands for Exchange keeps faults and journal of its own. */
void autodiscover_answer(struct face *f, struct premise *p, struct request *r, struct answer *a)
{
	struct discover d = discover_of(f, p, r, a);
	const struct way *way = p == NULL ? NULL : way_of(p, r->path);

	if (way == NULL)
		page_status(a, 404);
	else
		answer_by(&d, way);
	free(d.mailbox);
}

/* What stands before Exchange strikes before the sign-in: a wrong server signs nobody in. Rules for
 * one caller or one address wait until these are known. */
static void serve(struct discover *d)
{
	const struct way *way = way_of(d->premise, d->request->path);
	struct fault_at first, then;
	struct fault *bad;
	bool done = true;

	d->op = way != NULL ? way->op : NULL;
	first = fault_place(d);
	first.anonymous = true;
	bad = fault_take(d->world, FAULT_INSTEAD, &first);
	if (bad != NULL) {
		fault_instead(bad, d->request, d->answer);
		note(d, bad);
		return;
	}
	if (!d->face->kind->tls)
		plain(d);
	else if (way == NULL)
		page_status(d->answer, 404);
	else
		done = answer_by(d, way);
	then = fault_place(d);
	then.before = &first;
	bad = done ? fault_take(d->world, FAULT_INSTEAD, &then) : NULL;
	if (bad != NULL) {
		text_clear(&d->answer->head);
		fault_instead(bad, d->request, d->answer);
	} else if (done) {
		then.before = NULL;
		bad = fault_take(d->world, FAULT_AFTER, &then);
		if (bad != NULL)
			fault_after(bad, d->answer);
	}
	note(d, bad);
}

void autodiscover_face(void *face, struct request *r, struct answer *a)
{
	struct face *f = face;
	struct discover d;

	if (f->premise == NULL) {
		page_status(a, 404);
		return;
	}
	d = discover_of(f, f->premise, r, a);
	serve(&d);
	free(d.mailbox);
}
