/* Page_audit: the log: search, page by page, and as a file.
 *
 * Rules: keyset pages only, so that page 10,000 costs what page 1 does. The file is written piece
 * by piece in memory of its own; what does not fit is cut, and the last row says so.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/csv.h"
#include "platform/str.h"
#include "platform/url.h"

enum {
	PAGE = 50,
	DAY = 24 * 60 * 60,
	URL_MAX = 2048,
	CSV_ROWS = 100000,
	CSV_CHUNK = 500,
	CSV_MEMORY = 8 << 20,		      /* of one chunk */
	CSV_BYTES = RESPONSE_MAX - (64 << 10) /* room for one more row and the last word */
};

/* Who did it: the choice of the filter, and the word beside the name. */
static const struct kind {
	struct page_option option;
	const char *tag;
} kinds[ACTOR__MAX] = {
	[ACTOR_NOBODY] = { { "nobody", "Nobody signed in" }, "nobody" },
	[ACTOR_MEMBER] = { { "member", "Members" }, "member" },
	[ACTOR_ADMIN] = { { "admin", "Account admins" }, "admin" },
	[ACTOR_ENGINE] = { { "engine", "Engine" }, "service" },
	[ACTOR_OPS] = { { "ops", "Ops" }, "ops" },
};

/* The colour of an event, by the icon of its action; all others are neutral. */
static const struct page_option classes[] = {
	{ "ok", "is-ok" },
	{ "check", "is-ok" },
	{ "blocked", "is-blocked" },
	{ "stop", "is-action" },
	{ "cross", "is-action" },
	{ "clock", "is-limited" },
};

/* The class of the icon's colour. */
static const char *class_of(const char *icon)
{
	size_t i;

	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		if (strcmp(classes[i].value, icon) == 0)
			return classes[i].name;
	}
	return "is-info";
}

/* Rows without a name come from before a sign-in, or from the engine. */
static const char *actor_of(const struct audit *row)
{
	return page_name(row->actor, row->kind == ACTOR_ENGINE ? "Engine" : "Unknown");
}

/* The small word beside the name. */
static const char *tag_of(const struct audit *row)
{
	return (unsigned)row->kind < ACTOR__MAX ? kinds[row->kind].tag : "";
}

/* What, and how it looks: a newer program may have written actions that this one does not know. */
static void what(struct view *v, const struct audit *row)
{
	const struct audit_info *info = svc_audit_named(row->action);
	const char *icon = info ? info->icon : "info";

	view_set(v, M_EVENT_SAY, info ? info->say : row->action);
	view_set(v, M_EVENT_ICON, icon);
	view_set(v, M_EVENT_CLASS, class_of(icon));
}

void page_event(struct page *p, struct view *v, const struct audit *row)
{
	const char *who = actor_of(row);
	int same = str_empty(row->about) || strcmp(row->about, who) == 0;

	what(v, row);
	view_set(v, M_EVENT_WHO, same ? who : arena_printf(p->svc.a, "%s, %s", who, row->about));
	page_time(v, M_EVENT_AT_ISO, M_EVENT_AT, row->at, p->svc.a);
}

/* "a41f…09c2" */
static const char *fingerprint(struct arena *a, const unsigned char hash[32])
{
	return arena_printf(
		a, "%02x%02x\xe2\x80\xa6%02x%02x", hash[0], hash[1], hash[30], hash[31]);
}

/* Set a text, and show its place only when there is one. */
static void optional(struct view *v, enum marker m, const char *text)
{
	view_set(v, m, text);
	if (!str_empty(text))
		view_show(v, m);
}

/* One row of the table. */
static void event(struct page *p, struct view *v, const struct audit *row)
{
	char iso[32];

	what(v, row);
	clock_iso(iso, sizeof(iso), row->at);
	view_set(v, M_EVENT_AT_ISO, iso);
	view_set(v, M_EVENT_AT, arena_strndup(p->svc.a, iso + 11, 8));
	view_set(v, M_EVENT_WHO, actor_of(row));
	view_set(v, M_EVENT_KIND, tag_of(row));
	view_set(v, M_EVENT_FROM, row->address);
	view_set(v, M_EVENT_HASH, fingerprint(p->svc.a, row->hash));
	optional(v, M_EVENT_DETAIL, row->detail);
	optional(v, M_EVENT_ABOUT, row->about);
}

/* Rows under the day they belong to. */
static void events(struct page *p, const struct audit *list, int n)
{
	struct view *day = NULL;
	char text[40];
	int i;

	view_show(p->view, n ? M_EVENTS : M_NO_EVENTS);
	for (i = 0; i < n; i++) {
		if (!day || list[i].at / DAY != list[i - 1].at / DAY) {
			day = view_add(p->view, M_DAY);
			clock_text(text, sizeof(text), list[i].at);
			text[strcspn(text, ",")] = '\0';
			view_set(day, M_DAY_NAME, text);
		}
		event(p, view_add(day, M_EVENT), &list[i]);
	}
}

/* The kind of actor the filter names; -1: anyone. */
static int kind_of(const char *who)
{
	int i;

	for (i = 0; i < ACTOR__MAX; i++) {
		if (strcmp(kinds[i].option.value, who) == 0)
			return i;
	}
	return -1;
}

/* The filter of this request; a field that was not understood does not filter. */
static struct audit_filter filter(struct page *p)
{
	int64_t until = form_num(&p->form, "until");
	struct audit_filter f = {
		.account = p->svc.who.account,
		.before = form_num(&p->form, "before"),
		.until = until ? until + DAY : 0,
		.kind = kind_of(form_text(&p->form, "who")),
		.text = form_text(&p->form, "q"),
	};

	if (str_empty(f.text))
		f.text = NULL;
	return f;
}

/* A link that keeps the filter; before 0: from the newest. */
static const char *url(struct page *p, const char *path, int64_t before)
{
	static const char *const kept[] = { "q", "who", "until" };
	const char *text;
	struct buf b;
	size_t i;

	buf_init(&b, URL_MAX);
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		text = form_text(&p->form, kept[i]);
		if (*text)
			url_pair(&b, kept[i], text);
	}
	if (before)
		url_pair(&b, "before", arena_printf(p->svc.a, "%" PRId64, before));
	text = arena_printf(p->svc.a, "%s%s%s", path, b.len ? "?" : "", buf_str(&b));
	buf_done(&b);
	return text;
}

/* What is said of the chain: by how far it is sealed, and whether the sealed row is still the one
 * that was sealed. */
struct chain {
	int sealed;
	int same;
	int64_t waiting; /* rows after the seal */
	struct audit_seal seal;
};

/* One seal, one head, one row: the whole chain is for the command line to walk. */
static int chain_read(struct page *p, struct chain *c, struct err *e)
{
	unsigned char hash[32];
	struct audit *row = NULL;
	int64_t head;
	int n = 0;

	c->sealed = store_audit_seal_last(p->svc.db, p->svc.a, &c->seal, e);
	if (c->sealed < 0 || store_audit_head(p->svc.db, &head, hash, e) < 0)
		return -1;
	if (c->sealed)
		n = store_audit_walk(p->svc.db, p->svc.a, c->seal.seq, 1, &row, e);
	c->same = n == 1 && row->seq == c->seal.seq && memcmp(row->hash, c->seal.hash, 32) == 0;
	c->waiting = head - (c->sealed ? c->seal.seq : 0);
	return n < 0 ? -1 : 0;
}

static const struct chain_face {
	const char *class;
	const char *icon;
	const char *title;
	const char *say;
} chain_faces[] = {
	{ "is-ok", "ok", "The log is sealed",
		"Each row carries the fingerprint of the one before, so no row can change "
		"unseen." },
	{ "is-limited", "clock", "The log is not sealed yet",
		"The engine seals its newest row every minute while it runs." },
	{ "is-action", "action", "New rows are not sealed now",
		"The engine is not running. Ops can start it." },
	{ "is-blocked", "stop", "The log does not match its seal",
		"A row that the engine has sealed was changed or is gone. Tell your ops team "
		"now." },
};

/* The worst that is true. */
static const struct chain_face *chain_face(const struct chain *c, int alive)
{
	if (c->sealed && !c->same)
		return &chain_faces[3];
	if (!alive && c->waiting)
		return &chain_faces[2];
	return &chain_faces[c->sealed ? 0 : 1];
}

static int chain(struct page *p, struct err *e)
{
	const struct chain_face *face;
	struct chain c;

	if (chain_read(p, &c, e) < 0)
		return -1;
	face = chain_face(&c, svc_engine_alive(&p->session->pulse));
	view_set(p->view, M_SEAL_CLASS, face->class);
	view_set(p->view, M_SEAL_ICON, face->icon);
	view_set(p->view, M_SEAL_TITLE, face->title);
	view_set(p->view, M_SEAL_SAY, face->say);
	if (!c.sealed)
		return 0;
	view_show(p->view, M_SEAL);
	view_num(p->view, M_SEAL_SEQ, c.seal.seq);
	page_time(p->view, M_SEAL_AT_ISO, M_SEAL_AT, c.seal.at, p->svc.a);
	if (c.waiting > 0)
		view_set(p->view, M_SEAL_MORE,
			arena_printf(p->svc.a, "; %s newer",
				page_count(p->svc.a, c.waiting, "row is", "rows are")));
	return 0;
}

/* The choices of the filter, with what is chosen now. */
static void who_options(struct page *p, int chosen)
{
	static const struct page_option anyone = { "", "Anyone" };
	int i;

	page_option(p->view, M_WHO, &anyone, chosen < 0);
	for (i = 0; i < ACTOR__MAX; i++)
		page_option(p->view, M_WHO, &kinds[i].option, i == chosen);
}

int page_audit(struct page *p, struct err *e)
{
	struct audit_filter f = filter(p);
	struct audit *list;
	int n;

	f.limit = PAGE + 1;
	n = store_audit_list(p->svc.db, p->svc.a, &f, &list, e);
	if (n < 0)
		return -1;
	view_set(p->view, M_TITLE, "Audit log");
	view_set(p->view, M_EXPORT_URL, url(p, "/audit.csv", 0));
	view_set(p->view, M_SAY,
		n > PAGE ? "More than 50 events" : page_count(p->svc.a, n, "event", "events"));
	who_options(p, f.kind);
	events(p, list, n > PAGE ? PAGE : n);
	if (f.before) {
		view_show(p->view, M_NEWEST);
		view_set(p->view, M_NEWEST_URL, url(p, "/audit", 0));
	}
	if (n > PAGE) {
		view_show(p->view, M_OLDER);
		view_set(p->view, M_OLDER_URL, url(p, "/audit", list[PAGE - 1].seq));
	}
	return chain(p, e);
}

/* Everything of a row, the whole fingerprint too. */
static void csv_row(struct buf *b, const struct audit *row)
{
	const struct audit_info *info = svc_audit_named(row->action);
	char seq[24], iso[32], hash[65];

	snprintf(seq, sizeof(seq), "%" PRId64, row->seq);
	clock_iso(iso, sizeof(iso), row->at);
	str_hex(hash, row->hash, sizeof(row->hash));
	csv_cell(b, seq, 0);
	csv_cell(b, iso, 0);
	csv_cell(b, tag_of(row), 0);
	csv_cell(b, row->actor, 0);
	csv_cell(b, row->action, 0);
	csv_cell(b, info ? info->say : "", 0);
	csv_cell(b, row->about, 0);
	csv_cell(b, row->detail, 0);
	csv_cell(b, row->address, 0);
	csv_cell(b, row->request, 0);
	csv_cell(b, hash, 1);
}

/* One chunk of rows; f goes on behind it. Rows written, or -1. */
static int csv_chunk(struct page *p, struct audit_filter *f, struct arena *a, struct err *e)
{
	struct audit *list;
	int i, n = store_audit_list(p->svc.db, a, f, &list, e);

	for (i = 0; i < n && p->rs->body.len < CSV_BYTES; i++) {
		csv_row(&p->rs->body, &list[i]);
		f->before = list[i].seq;
	}
	return n < 0 ? -1 : i;
}

/* All rows of the filter, newest first, as far as they fit. */
static int csv_body(struct page *p, struct audit_filter f, struct err *e)
{
	struct arena a;
	int n, rows = 0;

	f.limit = CSV_CHUNK;
	arena_init(&a, CSV_MEMORY);
	while ((n = csv_chunk(p, &f, &a, e)) == CSV_CHUNK && (rows += n) < CSV_ROWS)
		arena_reset(&a);
	arena_done(&a);
	if (n == CSV_CHUNK || p->rs->body.len >= CSV_BYTES) {
		csv_cell(&p->rs->body, "", 0);
		csv_cell(&p->rs->body,
			"This file is full. Older rows follow when you export until an earlier "
			"day.",
			1);
	}
	return n < 0 ? -1 : 0;
}

/* The export is written down before it is made. */
static int csv_audit(struct page *p, struct err *e)
{
	int rc;

	if (db_begin(p->svc.db, DB_WRITE, e) < 0)
		return -1;
	rc = svc_audit(&p->svc, AUDIT_EXPORTED, "audit log", NULL, e);
	return svc_audit_commit(&p->svc, rc, AUDIT_EXPORTED, e);
}

int page_audit_csv(struct page *p, struct err *e)
{
	static const char *const titles[] = { "row", "time", "kind", "who", "action", "what",
		"about", "detail", "from", "request", "fingerprint" };
	enum { TITLES = sizeof(titles) / sizeof(*titles) };
	size_t i;

	if (csv_audit(p, e) < 0)
		return -1;
	p->rs->type = "text/csv; charset=utf-8";
	response_header(p->rs, "Content-Disposition", "attachment; filename=\"audit.csv\"");
	for (i = 0; i < TITLES; i++)
		csv_cell(&p->rs->body, titles[i], i == TITLES - 1);
	return csv_body(p, filter(p), e);
}
