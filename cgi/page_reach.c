/* Page_reach: the picture of how far Latchkey reaches, for the overview: people, Latchkey,
 * Exchange, and what opens in mailboxes, as it was measured.
 *
 * Rules: it draws what there is, and nothing that is only planned; numbers are kept ones, with when
 * they were measured. It is drawn twice, wide and tall, of the same numbers, which make the words
 * that are read aloud, too.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/str.h"
#include "service/svc_boundary.h"

enum {
	BOXES_MAX = 4,
	MOMENT = 60, /* seconds */
	/* the wide one: where boxes stand around, how high they are */
	MIDDLE = 118,
	HEIGHT = 48,
	/* the tall one */
	FIRST = 432,
	TALL_HEIGHT = 56,
	TALL_PITCH = 76,
	HOST_MAX = 19 /* characters of a server's name that there is room for */
};

/* What opens together. */
struct box {
	enum fit fit;
	int64_t n;
	const char *name; /* behind the number */
	const char *one;
	const char *say;   /* below it */
	const char *aloud; /* "whole mailboxes" */
};

static int64_t of(const struct boundary_view *b, enum reach r)
{
	return b->n[MEMBER_PERSON][r] + b->n[MEMBER_ROOM][r];
}

/* Those that there are, the farthest first. */
static int boxes_of(const struct boundary_view *b, struct box out[BOXES_MAX])
{
	const enum level l = b->said.level;
	const int64_t none = of(b, REACH_NONE), unknown = of(b, REACH_UNKNOWN);
	const struct box all[BOXES_MAX] = {
		{ boundary_fit(l, REACH_FULL), of(b, REACH_FULL), "mailboxes", "mailbox",
			"all of it opens", "open as a whole" },
		{ boundary_fit(l, REACH_CALENDAR), of(b, REACH_CALENDAR), "calendars", "calendar",
			"the calendar opens", "open their calendar" },
		{ boundary_fit(l, REACH_BUSY), of(b, REACH_BUSY), "mailboxes", "mailbox",
			"busy time only", "show their busy time only" },
		{ none ? boundary_fit(l, REACH_NONE) : FIT_UNMEASURED, none + unknown, "mailboxes",
			"mailbox",
			!unknown	? "nothing opens"
				: !none ? "not measured yet"
					: "shut or not measured",
			"are shut or not measured" },
	};
	int n = 0;

	for (int i = 0; i < BOXES_MAX; i++)
		if (all[i].n > 0)
			out[n++] = all[i];
	return n;
}

/* --- drawing --- */

/* The middle of a box. */
static int wide_at(int i, int n)
{
	static const int pitches[BOXES_MAX + 1] = { 0, 0, 88, 70, 55 };

	return MIDDLE - (n - 1) * pitches[n] / 2 + i * pitches[n];
}

static int tall_at(int i)
{
	return FIRST + i * TALL_PITCH + TALL_HEIGHT / 2;
}

static const char *wide_wires(struct arena *a, int n)
{
	const char *path =
		arena_printf(a, "M776 118h18M794 %dV%d", wide_at(0, n), wide_at(n - 1, n));

	for (int i = 0; i < n; i++)
		path = arena_printf(
			a, "%sM794 %dh22M808 %dl9 7-9 7", path, wide_at(i, n), wide_at(i, n) - 7);
	return path;
}

static const char *tall_wires(struct arena *a, int n)
{
	const char *path = arena_printf(a, "M40 406V%d", tall_at(n - 1));

	for (int i = 0; i < n; i++)
		path = arena_printf(
			a, "%sM40 %dh22M54 %dl9 7-9 7", path, tall_at(i), tall_at(i) - 7);
	return path;
}

static const char *named(struct arena *a, const struct box *x)
{
	return page_count(a, x->n, x->one, x->name);
}

static void draw(struct page *p, const struct box *list, int n)
{
	struct arena *a = p->svc.a;

	for (int i = 0; i < n; i++) {
		struct view *v = view_add(p->view, M_BOX);

		view_set(v, M_BOX_CLASS, page_fit_class(list[i].fit));
		view_set(v, M_BOX_Y, arena_printf(a, "%d", wide_at(i, n) - HEIGHT / 2));
		view_set(v, M_BOX_TALL_Y, arena_printf(a, "%d", tall_at(i) - TALL_HEIGHT / 2));
		view_set(v, M_BOX_NAME, named(a, &list[i]));
		view_set(v, M_BOX_SAY, list[i].say);
	}
	view_set(p->view, M_WIRES, wide_wires(a, n));
	view_set(p->view, M_WIRES_TALL, tall_wires(a, n));
	view_set(p->view, M_TALL_HEIGHT,
		arena_printf(a, "%d", tall_at(n - 1) + TALL_HEIGHT / 2 + 2));
}

/* --- words --- */

/* What Latchkey signs in with, by method and by way: two short lines. */
static const struct key {
	const char *method, *signin; /* "" = any */
	const char *whose, *what;
} keys[] = {
	{ "personal", "", "members\xe2\x80\x99 own", "sign-ins, over TLS" },
	{ "", "app", "the application\xe2\x80\x99s", "own key, over TLS" },
	{ "", "user", "one mailbox\xe2\x80\x99s sign-in", "with Microsoft" },
	{ "", "", "one mailbox\xe2\x80\x99s", "password, over TLS" },
};

static const struct key *key_of(const struct connection *live)
{
	size_t i = 0;

	while (i + 1 < sizeof(keys) / sizeof(keys[0]) &&
		((*keys[i].method && strcmp(keys[i].method, live->method) != 0) ||
			(*keys[i].signin && strcmp(keys[i].signin, live->signin) != 0)))
		i++;
	return &keys[i];
}

static const char *exchange_of(const struct connection *live)
{
	return strcmp(live->kind, "office365") == 0 ? "Office 365" : "Exchange";
}

static const char *host_of(struct arena *a, const char *host)
{
	return strlen(host) <= HOST_MAX ? host
					: arena_printf(a, "%.*s\xe2\x80\xa6", HOST_MAX - 1, host);
}

/* How it is done, as short as there is room. */
static const char *way_of(const char *method)
{
	static const char *const ways[][2] = {
		{ "personal", "by own sign-ins" },
		{ "dedicated", "asked for busy time" },
		{ "delegate", "calendars are shared" },
		{ "impersonation", "by impersonation" },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i][0], method) == 0)
			return ways[i][1];
	return "";
}

static const char *aloud(
	struct page *p, const struct boundary_view *b, const struct box *list, int n)
{
	const int own = strcmp(b->live.method, "personal") == 0;
	struct arena *a = p->svc.a;
	const char *text = arena_printf(a,
		"How mailboxes are reached: your people sign in to Latchkey over boundary A, each "
		"with a password of their own. Latchkey calls %s over boundary B as %s: %s. "
		"Measured:",
		exchange_of(&b->live), own ? "each member" : b->live.mailbox,
		page_method_name(b->live.method));

	for (int i = 0; i < n; i++)
		text = arena_printf(a, "%s%s %s %s", text, i ? "," : "",
			page_count(a, list[i].n, "mailbox", "mailboxes"), list[i].aloud);
	return arena_printf(a, "%s.", text);
}

int page_reach(struct page *p, struct err *e)
{
	struct box list[BOXES_MAX];
	struct boundary_view b;
	const struct key *key;
	int n;

	if (svc_boundary_look(&p->svc, &b, e) < 0)
		return -1;
	n = boxes_of(&b, list);
	if (!b.live.id || n == 0)
		return 0;
	key = key_of(&b.live);
	view_show(p->view, M_REACH);
	view_set(p->view, M_REACH_SAY, svc_boundary_sentence(p->svc.a, &b));
	view_set(p->view, M_REACH_ALOUD, aloud(p, &b, list, n));
	view_set(p->view, M_EXCHANGE, exchange_of(&b.live));
	view_set(p->view, M_EXCHANGE_HOST, host_of(p->svc.a, b.live.host));
	view_set(p->view, M_EXCHANGE_WAY, way_of(b.live.method));
	view_set(p->view, M_KEY_WHOSE, key->whose);
	view_set(p->view, M_KEY_WHAT, key->what);
	page_when(p->view, M_OLDEST, M_OLDEST_ISO, b.ages.oldest, p->svc.a);
	if (b.ages.newest - b.ages.oldest >= MOMENT) /* else it is one moment */
		page_when(p->view, M_NEWEST, M_NEWEST_ISO, b.ages.newest, p->svc.a);
	draw(p, list, n);
	return 0;
}
