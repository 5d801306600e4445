/* Ctl egress: where the engine may connect to: show, change, try.
 *
 * Rules: the same code judges here and in the engine, which reads the list again whenever it has
 * changed. A change and its audit row are one.
 */
#include "ctl.h"

#include <string.h>
#include "exchange/egress.h"
#include "platform/loop.h"
#include "platform/str.h"

/* A question to the name servers, and its answer. */
struct question {
	struct loop *loop;
	struct addresses *found;
	struct err *e;
	int rc;
};

/* The one answer to the one question: the loop has nothing else to wait for. */
static void answered(void *ptr, const struct addresses *found, const struct err *e)
{
	struct question *q = ptr;

	q->rc = e ? -1 : 0;
	if (e)
		*q->e = *e;
	else
		*q->found = *found;
	loop_stop(q->loop);
}

/* Blocks until the answer or the resolver's own time limit. */
int ctl_egress_resolve(struct ctl *c, const char *host, struct addresses *found, struct err *e)
{
	struct question q = { .loop = loop_new(), .found = found, .e = e, .rc = -1 };
	struct resolve *r = resolve_new(q.loop, c->cf.dns_servers, e);

	if (r) {
		resolve_ask(r, host, answered, &q);
		loop_run(q.loop);
		resolve_free(r);
	}
	loop_free(q.loop);
	return q.rc;
}

int ctl_egress_list(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "kind", "entry", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct egress_list *l = arena_alloc(&c->arena, sizeof(*l));
	char text[EGRESS_TEXT];
	size_t i;

	if (egress_file_list(c->cf.egress_file, l, e) < 0)
		return -1;
	for (i = 0; i < l->count; i++) {
		egress_entry_text(&l->list[i], text, sizeof(text));
		CTL_ROW(c, t, C_TEXT(l->list[i].is_name ? "name" : "address"),
			C_TEXT(arena_strdup(&c->arena, text)));
	}
	ctl_out_table(c, t, "Nothing is allowed beyond the usual destinations.");
	return 0;
}

/* The entry of the command line, its ports as a second word or behind a blank. */
static int parse(struct ctl *c, struct egress_entry *en, struct err *e)
{
	const char *text = c->argv[0];

	if (c->argc > 1)
		text = arena_printf(&c->arena, "%s %s", text, c->argv[1]);
	if (egress_entry_parse(text, en, e) == 0)
		return 0;
	return ctl_fail(e, ERR_INPUT,
		"\"%.60s\" is no entry: %s. It needs ADDRESS[/BITS] or NAME, then PORT or "
		"PORT-PORT unless it is 443.",
		text, e->log);
}

typedef int change_fn(const char *file, const struct egress_entry *en, struct err *e);

/* The write lock comes first, so that a change which cannot be written down is not made. */
static int change(
	struct ctl *c, change_fn *fn, const char *done, const char *already, struct err *e)
{
	struct egress_entry en;
	char text[EGRESS_TEXT];
	int rc, changed;

	if (parse(c, &en, e) < 0)
		return -1;
	egress_entry_text(&en, text, sizeof(text));
	if (db_begin(c->db, DB_WRITE, e) < 0)
		return -1;
	rc = changed = fn(c->cf.egress_file, &en, e);
	if (changed < 0)
		ctl_fail(e, e->code, "The list cannot be changed. %s", e->log);
	if (changed > 0)
		rc = svc_audit(&c->svc, AUDIT_EGRESS, text, done, e);
	if (svc_audit_commit(&c->svc, rc, AUDIT_EGRESS, e) < 0)
		return -1;
	CTL_RECORD(c, { "entry", C_TEXT(text) }, { "changed", C_BOOL(changed) },
		{ "now", C_TEXT(changed ? done : already) });
	return 0;
}

int ctl_egress_allow(struct ctl *c, struct err *e)
{
	return change(c, egress_file_add, "Added to the list.", "It was on the list already.", e);
}

int ctl_egress_deny(struct ctl *c, struct err *e)
{
	return change(c, egress_file_remove, "Taken off the list.", "It was not on the list.", e);
}

/* Check */

/* Texts are copied, because the verdict is used again for the next address. */
static void check_row(
	struct ctl *c, struct ctl_table *t, const struct address *a, const struct egress_verdict *v)
{
	char text[INET6_ADDRSTRLEN];

	address_text(a, text, sizeof(text));
	CTL_ROW(c, t, C_TEXT(arena_strdup(&c->arena, text)), C_BOOL(v->allowed), C_TEXT(v->class),
		C_TEXT(v->rule),
		C_TEXT(v->allowed ? "It would connect." : arena_strdup(&c->arena, v->say)));
}

/* Address by address, and then as the engine would decide about the whole answer: one address of
 * the never kind refuses them all. */
static int check(struct ctl *c, const struct egress *g, const char *host, int port, struct err *e)
{
	static const char *const columns[] = { "address", "allowed", "class", "rule", "say", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	struct addresses found, allowed;
	struct egress_verdict v;
	size_t i;
	int ok;

	if (ctl_egress_resolve(c, host, &found, e) < 0)
		return -1;
	for (i = 0; i < found.count; i++) {
		egress_check(g, host, &found.list[i], port, &v);
		check_row(c, t, &found.list[i], &v);
	}
	ok = egress_choose(g, host, port, &found, &allowed, &v);
	CTL_RECORD(c, { "host", C_TEXT(host) }, { "port", C_INT(port) }, { "allowed", C_BOOL(ok) },
		{ "say", C_TEXT(ok ? "The engine would connect." : v.say) },
		{ "fix", C_TEXT(v.fix) }, { "addresses", C_TABLE(t) });
	return ok ? 0 : CTL_FAILED;
}

int ctl_egress_check(struct ctl *c, struct err *e)
{
	struct egress *g;
	const char *host;
	int64_t port;
	int rc;

	if (ctl_jobs_host(c, c->argv[0], &host, &port, e) < 0)
		return -1;
	g = egress_new(c->cf.egress_file, (int)c->cf.tenancy);
	rc = egress_load(g, e);
	if (rc == 0)
		rc = check(c, g, str_lower(arena_strdup(&c->arena, host)), (int)port, e);
	egress_free(g);
	return rc;
}
