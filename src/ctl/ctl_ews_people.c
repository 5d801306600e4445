/* Ctl ews people: what the directory knows: names, lists, rooms, delegates, time zones; and the
 * table of reasons.
 */
#include "ctl_ews.h"

#include <string.h>
#include "exchange/people.h"
#include "exchange/zone.h"
#include "platform/str.h"

/* One question whose answer is a list: `print` prints it, when it was well, and returns 0, or
 * CTL_FAILED when that is not all. */
struct question {
	struct ctl_ews *x;
	int (*print)(struct ctl_ews *x, const void *result);
	int rc;
};

static void on_answer(void *ptr, const struct outcome *o, const void *result)
{
	struct question *q = ptr;

	if (o->reason == REASON_OK)
		q->rc = q->print(q->x, result);
	ctl_ews_done(q->x, o);
}

/* Wait for the answer, and close. */
static int answered(const struct question *q, const char *member, struct err *e)
{
	static const char *const nothing[] = { NULL };
	struct ctl_ews *x = q->x;
	struct ctl *c = x->c;

	ctl_ews_wait(x);
	if (x->end.reason == REASON_OK)
		return ctl_ews_close(x, q->rc, e);
	if (c->json)
		ctl_out_table(c, ctl_out_new(c, nothing), "");
	return ctl_ews_close(x, ctl_ews_told_beside(x, &x->end, member), e);
}

static int ask(struct ctl_ews *x, enum exchange_op op, const void *query,
	int (*print)(struct ctl_ews *x, const void *result), struct err *e)
{
	struct question q = { x, print, 0 };
	const struct client_how how = ctl_ews_how(x, NULL, on_answer, &q);

	client_ask(ctl_ews_client(x), op, query, &how);
	return answered(&q, NULL, e);
}

/* --- time zones --- */

static int print_zones(struct ctl_ews *x, const void *result)
{
	static const char *const keys[] = { "id", "iana", "name", NULL };
	struct ctl_table *t = ctl_out_new(x->c, keys);
	const struct zones_result *r = result;
	char iana[ZONE_NAME];

	for (size_t i = 0; i < r->count; i++) {
		if (zone_to_iana(r->list[i].id, iana) < 0)
			iana[0] = '\0';
		CTL_ROW(x->c, t, C_TEXT(r->list[i].id), C_TEXT(arena_strdup(&x->a, iana)),
			C_TEXT(r->list[i].name));
	}
	ctl_out_table(x->c, t, "The server named no time zone.");
	return 0;
}

/* Windows names are asked for; IANA names are taken, too. */
static const char *const *zone_names(struct ctl_ews *x)
{
	const char **ids = arena_array(&x->a, CTL_ARGS_MAX, sizeof(*ids));
	char windows[ZONE_NAME];

	for (int i = 0; i < x->c->argc; i++)
		ids[i] = zone_to_windows(x->c->argv[i], windows) == 0 ? arena_strdup(&x->a, windows)
								      : x->c->argv[i];
	return ids;
}

int ctl_ews_zones(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = ctl_ews_open(c, e);
	struct zones_query q;

	if (!x)
		return -1;
	q = (struct zones_query){ .ids = zone_names(x), .count = (size_t)c->argc };
	return ask(x, EXCHANGE_SERVER_ZONES, &q, print_zones, e);
}

/* --- names --- */

static int print_people(struct ctl_ews *x, const void *result)
{
	static const char *const keys[] = { "address", "name", "kind", NULL };
	struct ctl_table *t = ctl_out_new(x->c, keys);
	const struct people_result *r = result;

	for (size_t i = 0; i < r->count; i++)
		CTL_ROW(x->c, t, C_TEXT(r->list[i].address), C_TEXT(r->list[i].name),
			C_TEXT(r->list[i].type));
	ctl_out_table(x->c, t, "Nobody.");
	if (r->more)
		ctl_out_warn(x->c, 0, "cut", "There are more; ask for something longer.");
	return r->more ? CTL_FAILED : 0;
}

int ctl_ews_people(struct ctl *c, struct err *e)
{
	const struct resolve_query q = { c->argv[0] };
	struct ctl_ews *x = ctl_ews_open(c, e);

	return x ? ask(x, EXCHANGE_RESOLVE_NAME, &q, print_people, e) : -1;
}

/* --- lists and rooms --- */

struct walk {
	struct ctl_ews *x;
	struct ctl_stream out;
	int cut;
};

static void on_person(void *ptr, const struct people_found *f)
{
	struct walk *w = ptr;
	const struct ctl_cell cells[] = { C_TEXT(f->person->address), C_TEXT(f->person->name),
		C_TEXT(f->person->type), C_TEXT(f->list) };

	ctl_out_stream(w->x->c, &w->out, cells);
}

static void on_walked(void *ptr, const struct outcome *o, const struct people_sum *sum)
{
	struct walk *w = ptr;

	w->cut = sum->cut;
	ctl_ews_done(w->x, o);
}

static int walk(struct ctl *c, const char *list, const char *nobody, struct err *e)
{
	static const char *const keys[] = { "address", "name", "kind", "list", NULL };
	static const int widths[] = { 36, 28, 10, 0 };
	struct walk w = { .x = ctl_ews_open(c, e), .out = { keys, widths, 0 } };
	const struct people_job job = {
		.list = list, .told = on_person, .done = on_walked, .ptr = &w
	};
	int rc;

	if (!w.x)
		return -1;
	people_start(ctl_ews_client(w.x), &job);
	ctl_ews_wait(w.x);
	rc = ctl_ews_listed(w.x, &w.out, nobody, NULL);
	if (w.cut)
		ctl_out_warn(c, 0, "cut",
			"Not all could be read: a list inside did not open, or there are "
			"too many.");
	return ctl_ews_close(w.x, w.cut ? CTL_FAILED : rc, e);
}

int ctl_ews_members(struct ctl *c, struct err *e)
{
	return walk(c, c->argv[0], "The list is empty.", e);
}

int ctl_ews_rooms(struct ctl *c, struct err *e)
{
	return walk(c, "", "No room is in a room list.", e);
}

/* --- delegates --- */

static int print_delegates(struct ctl_ews *x, const void *result)
{
	static const char *const keys[] = { "address", "name", "calendar", "copies", "private",
		"reason", NULL };
	const struct delegates_result *r = result;
	struct ctl_table *t = ctl_out_new(x->c, keys);
	int copies = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct delegate *d = &r->list[i];

		copies |= d->copies;
		CTL_ROW(x->c, t, C_TEXT(d->address), C_TEXT(d->name), C_TEXT(d->calendar),
			C_BOOL(d->copies), C_BOOL(d->sees_private),
			C_TEXT(reason_row(d->ended.reason)->code));
	}
	ctl_out_table(x->c, t, "Nobody is a delegate.");
	if (copies)
		ctl_out_say(x->c,
			"A delegate with copies receives the owner's meeting mail, perhaps only "
			"there.");
	return 0;
}

int ctl_ews_delegates(struct ctl *c, struct err *e)
{
	struct ctl_ews *x = ctl_ews_open(c, e);
	struct delegates_query query;
	struct question q;
	struct client_how how;

	if (!x)
		return -1;
	query = (struct delegates_query){ c->argv[0] };
	q = (struct question){ x, print_delegates, 0 };
	how = ctl_ews_how(x, c->argv[0], on_answer, &q);
	client_list_delegates(ctl_ews_client(x), &query, &how);
	return answered(&q, c->argv[0], e);
}

/* --- reasons --- */

static const char *const scopes[SCOPE__MAX] = { "connection", "member", "booking" };

static void reason_line(struct ctl *c, struct ctl_table *t, const struct reason_row *r)
{
	CTL_ROW(c, t, C_TEXT(r->code), C_TEXT(scopes[r->scope]), C_TEXT(reason_fixer(r->fixer)),
		C_TEXT(r->title));
}

int ctl_ews_reasons(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "code", "about", "who", "title", NULL };
	struct ctl_table *t = ctl_out_new(c, keys);
	const struct reason_row *r;
	enum reason one;

	if (c->argc > 0) {
		one = reason_parse(c->argv[0]);
		if (one == REASON__MAX)
			return ctl_fail(e, ERR_INPUT,
				"There is no reason \"%.40s\". \"latchkey ews reasons\" lists "
				"them.",
				c->argv[0]);
		r = reason_row(one);
		CTL_RECORD(c, { "code", C_TEXT(r->code) }, { "about", C_TEXT(scopes[r->scope]) },
			{ "title", C_TEXT(r->title) }, { "say", C_TEXT(r->say) },
			{ "why", C_TEXT(r->why) }, { "who", C_TEXT(reason_fixer(r->fixer)) },
			{ "steps", C_TEXT(r->steps) }, { "command", C_TEXT(r->command) },
			{ "wait", C_TEXT(r->wait) });
		return 0;
	}
	for (int i = 0; i < REASON__MAX; i++)
		reason_line(c, t, reason_row((enum reason)i));
	ctl_out_table(c, t, "");
	return 0;
}
