/* Service: lists of members in words and as a file.
 *
 * Rules: the words of statuses, reasons and actors are those of the one table. A file is read by
 * id, a portion in one statement, so that nobody waits for whoever loads it; members who come or go
 * meanwhile are in it or are not.
 */
#include "svc_roster.h"

#include <string.h>
#include "exchange/boundary.h"
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/csv.h"
#include "platform/str.h"

enum { PORTION = 500, MEMORY = 16 << 20 };

static const char *const roles[ROLE__MAX] = { "member", "admin" };

/* --- codes --- */

int svc_roster_status(const char *code)
{
	for (int i = 0; i < STATUS__MAX; i++) {
		if (strcmp(reason_status_code((enum status)i), code) == 0)
			return i;
	}
	return -1;
}

int svc_roster_fixer(const char *code)
{
	for (int i = FIXER_NOBODY + 1; i < FIXER__MAX; i++) {
		if (strcmp(reason_fixer_code((enum fixer)i), code) == 0)
			return i;
	}
	return -1;
}

const char *svc_roster_reason(const char *code)
{
	enum reason r = reason_parse(code);

	return r == REASON_OK || r == REASON_NOT_CHECKED || r == REASON__MAX ? NULL
									     : reason_row(r)->code;
}

/* --- words --- */

static const char *title_of(const char *code)
{
	enum reason r = reason_parse(code);

	return r < REASON__MAX ? reason_row(r)->title : code;
}

static void add(struct arena *a, const char **text, const char *word)
{
	*text = arena_printf(a, "%s%s%s", *text, **text ? ", " : "", word);
}

const char *svc_roster_words(struct arena *a, const struct roster_filter *f)
{
	const char *who = f->kind == MEMBER_ROOM ? "rooms" : "members", *text = "";

	if (f->status >= 0)
		add(a, &text, reason_status_title((enum status)f->status));
	if (f->reason)
		add(a, &text, title_of(f->reason));
	if (f->fixer >= 0)
		add(a, &text, arena_printf(a, "%s must act", reason_fixer((enum fixer)f->fixer)));
	if (f->role >= 0)
		add(a, &text, f->role == ROLE_ADMIN ? "Account admins" : "No account admins");
	if (f->reach >= 0)
		add(a, &text,
			arena_printf(a, "Reached: %s", boundary_reach_title((enum reach)f->reach)));
	if (f->stale_before)
		add(a, &text, "Seen more than a day ago");
	if (f->search)
		add(a, &text, arena_printf(a, "Found by \xe2\x80\x9c%s\xe2\x80\x9d", f->search));
	return *text ? arena_printf(a, "All %s: %s", who, text) : arena_printf(a, "All %s", who);
}

const char *svc_roster_about(struct svc *s, const struct roster_pick *pick)
{
	struct roster_row row;
	struct err lost;

	if (!pick->ids)
		return svc_roster_words(s->a, &pick->f);
	if (pick->count == 1 &&
		store_roster_get(s->db, s->a, s->who.account, pick->ids[0], &row, &lost) == 1)
		return str_empty(row.name) ? row.email : row.name;
	return arena_printf(s->a, "%zu members", pick->count);
}

/* --- as a file --- */

/* What a calendar was seen to allow. Words of the file: they stay. */
static const char *const grants[GRANT__MAX] = {
	[GRANT_BUSY] = "busy",
	[GRANT_OPEN] = "open",
	[GRANT_READ] = "read",
	[GRANT_CREATE] = "create",
	[GRANT_CHANGE] = "change",
	[GRANT_REMOVE] = "delete",
	[GRANT_SEND] = "send",
	[GRANT_INBOX] = "inbox",
};

static void cell_grants(struct arena *a, struct buf *b, int64_t found)
{
	const char *text = "";

	for (int g = 0; g < GRANT__MAX; g++) {
		if (grant_seen(found, (enum grant)g) == SEEN_YES)
			text = arena_printf(a, "%s%s%s", text, *text ? " " : "", grants[g]);
	}
	csv_cell(b, text, 0);
}

static void cell_time(struct buf *b, int64_t t, int last)
{
	char iso[32] = "";

	if (t)
		clock_iso(iso, sizeof(iso), t);
	csv_cell(b, iso, last);
}

void svc_roster_titles(struct buf *b)
{
	static const char *const titles[] = { "email", "name", "role", "calendar", "status",
		"reason", "who", "rights", "since", "checked", "tried" };
	enum { TITLES = sizeof(titles) / sizeof(titles[0]) };

	for (int i = 0; i < TITLES; i++)
		csv_cell(b, titles[i], i == TITLES - 1);
}

static void line(struct arena *a, struct buf *b, const struct roster_row *row)
{
	const struct standing *s = &row->s;

	csv_cell(b, row->email, 0);
	csv_cell(b, row->name, 0);
	csv_cell(b, roles[row->role == ROLE_ADMIN], 0);
	csv_cell(b, row->calendar, 0);
	csv_cell(b, reason_status_code(s->status), 0);
	csv_cell(b, s->reason, 0);
	csv_cell(b, s->fixer ? reason_fixer_code(s->fixer) : "", 0);
	cell_grants(a, b, s->grants);
	cell_time(b, s->since, 0);
	cell_time(b, s->checked_at, 0);
	cell_time(b, s->tried_at, 1);
}

/* Of a selection: whoever has gone meanwhile is no line. 1, 0 there are no more, -1. */
static int picked(struct svc *s, struct svc_export *x, struct buf *b, struct err *e)
{
	struct roster_row row;
	int rc = 0;

	for (int i = 0; i < PORTION && (size_t)x->after < x->pick.count; i++) {
		rc = store_roster_get(
			s->db, &x->a, s->who.account, x->pick.ids[x->after++], &row, e);
		if (rc < 0)
			return -1;
		if (rc == 1)
			line(&x->a, b, &row);
	}
	return (size_t)x->after < x->pick.count;
}

static int walked(struct svc *s, struct svc_export *x, struct buf *b, struct err *e)
{
	struct roster_row *rows;
	int n = store_roster_walk(s->db, &x->a, &x->pick.f, x->after, PORTION, &rows, e);

	for (int i = 0; i < n; i++)
		line(&x->a, b, &rows[i]);
	if (n > 0)
		x->after = rows[n - 1].s.member;
	return n < 0 ? -1 : n == PORTION;
}

int svc_roster_lines(struct svc *s, struct svc_export *x, struct buf *b, struct err *e)
{
	arena_reset(&x->a);
	return x->pick.ids ? picked(s, x, b, e) : walked(s, x, b, e);
}

void svc_roster_export_done(void *x)
{
	arena_done(&((struct svc_export *)x)->a);
}

int svc_roster_export(
	struct svc *s, const struct roster_pick *pick, struct svc_export *out, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = svc_audit(s, AUDIT_MEMBERS_EXPORTED, svc_roster_about(s, pick), NULL, e);
	if (svc_audit_commit(s, rc, AUDIT_MEMBERS_EXPORTED, e) < 0)
		return -1;
	*out = (struct svc_export){ .pick = *pick };
	arena_init(&out->a, MEMORY);
	return 0;
}
