/* Service: boundaries.
 *
 * Rules: numbers are kept ones, so that a page about a million costs what one about ten does. What
 * is meant is an admin's word alone: nothing is suggested, and nothing that is measured changes it.
 */
#include "svc_boundary.h"

#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/csv.h"
#include "platform/str.h"
#include "svc_check.h"
#include "svc_work.h"

enum { PORTION = 500, MEMORY = 16 << 20 };

/* --- how it is --- */

static int count_kind(struct svc *s, struct boundary_view *v, enum member_kind kind, struct err *e)
{
	struct boundary_ages ages;
	struct roster_count *list;
	int n = store_roster_counts(s->db, s->a, s->who.account, kind, &list, e);

	if (n < 0 || store_boundary_ages(s->db, s->who.account, kind, &ages, e) < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		if (list[i].status == STATUS_OFF)
			continue;
		v->n[kind][list[i].reach] += list[i].n;
		v->of[boundary_fit(v->said.level, list[i].reach)] += list[i].n;
		v->all += list[i].n;
	}
	if (ages.oldest && (!v->ages.oldest || ages.oldest < v->ages.oldest))
		v->ages.oldest = ages.oldest;
	if (ages.newest > v->ages.newest)
		v->ages.newest = ages.newest;
	return 0;
}

int svc_boundary_look(struct svc *s, struct boundary_view *out, struct err *e)
{
	const int64_t account = s->who.account;
	int rc;

	*out = (struct boundary_view){ .method = "" };
	if (store_boundary_get(s->db, s->a, account, &out->said, e) < 0)
		return -1;
	rc = store_connection_staged(s->db, s->a, account, CONN_LIVE, &out->live, e);
	if (rc < 0)
		return -1;
	if (rc == 1)
		out->method = out->live.method;
	else
		out->live = (struct connection){ 0 };
	for (enum member_kind k = 0; k < MEMBER__MAX; k++)
		if (count_kind(s, out, k, e) < 0)
			return -1;
	if (store_boundary_whose(s->db, s->a, &out->said, &out->whose, e) < 0)
		return -1;
	out->trying = store_job_open(s->db, account, BOUNDARY_KIND, e);
	return out->trying < 0 ? -1 : 0;
}

const char *svc_boundary_moot(const struct boundary_view *v)
{
	const char *inside = boundary_inside(v->whose);

	return *inside ? inside : boundary_pointless(v->method);
}

int svc_boundary_alarm(const struct boundary_view *v)
{
	return v->said.opens == SEEN_YES && !*svc_boundary_moot(v);
}

int64_t svc_boundary_above(const struct boundary_view *v, enum level l)
{
	int64_t n = 0;

	for (enum member_kind k = 0; k < MEMBER__MAX; k++)
		for (enum reach r = 0; r < REACH__MAX; r++)
			n += boundary_fit(l, r) == FIT_MORE ? v->n[k][r] : 0;
	return n;
}

/* "1,204 mailboxes" */
static const char *mailboxes(struct arena *a, int64_t n)
{
	const int64_t millions = n / 1000000, thousands = n / 1000 % 1000, rest = n % 1000;
	const char *number = millions ? arena_printf(a, "%lld,%03lld,%03lld", (long long)millions,
						(long long)thousands, (long long)rest)
		: thousands ? arena_printf(a, "%lld,%03lld", (long long)thousands, (long long)rest)
			    : arena_printf(a, "%lld", (long long)rest);

	return arena_printf(a, "%s %s", number, n == 1 ? "mailbox" : "mailboxes");
}

const char *svc_boundary_sentence(struct arena *a, const struct boundary_view *v)
{
	const int64_t more = v->of[FIT_MORE], less = v->of[FIT_LESS],
		      unknown = v->of[FIT_UNMEASURED];

	if (svc_boundary_alarm(v))
		return arena_printf(a, "%s opens, and it must stay shut.", v->said.outside);
	if (v->said.level == LEVEL_UNSAID)
		return "Nobody has said how far Latchkey is meant to reach.";
	if (more && less)
		return arena_printf(a,
			"Latchkey reaches more than you intend in %s, and less in %s.",
			mailboxes(a, more), mailboxes(a, less));
	if (more || less)
		return arena_printf(a, "Latchkey reaches %s than you intend in %s.",
			more ? "more" : "less", mailboxes(a, more + less));
	if (v->all == unknown)
		return "How far Latchkey reaches is not measured in any mailbox yet.";
	return arena_printf(a, "Latchkey reaches as far as you intend in all %s that %s measured.",
		mailboxes(a, v->all - unknown), v->all - unknown == 1 ? "is" : "are");
}

/* --- what is meant --- */

static const char *said(struct arena *a, const struct boundary *b)
{
	return arena_printf(a, "Intended: %s. Must stay shut: %s.", boundary_level_title(b->level),
		str_empty(b->outside) ? "none named" : b->outside);
}

/* Whoever is to be reached, and the mailbox that reaches them, are no such mailbox. */
static int check_outside(struct svc *s, const struct boundary *b, struct err *e)
{
	enum whose whose;

	if (store_boundary_whose(s->db, s->a, b, &whose, e) < 0)
		return -1;
	return whose == WHOSE_NOBODYS
		? 0
		: ERR(e, ERR_FORM, boundary_inside(whose), "boundary: outside is inside");
}

static int say_rows(struct svc *s, const struct boundary *b, struct err *e)
{
	int rc = check_outside(s, b, e);

	if (rc == 0)
		rc = store_boundary_save(s->db, b, e);
	else
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"Another admin was faster and has changed this. What they said is in "
			"force; look at it and save again.",
			"boundary: another revision");
	return rc < 0 ? -1 : svc_audit(s, AUDIT_BOUNDARY_SAID, "Boundary", said(s->a, b), e);
}

int svc_boundary_say(struct svc *s, const struct boundary *b, struct err *e)
{
	struct boundary row = *b;

	row.account = s->who.account;
	row.edited_by = s->who.name;
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return svc_audit_commit(s, say_rows(s, &row, e), AUDIT_BOUNDARY_SAID, e);
}

/* --- trying --- */

static int may_try(struct svc *s, struct err *e)
{
	struct connection live;
	struct boundary b;
	enum whose whose;
	const char *why;

	if (store_boundary_get(s->db, s->a, s->who.account, &b, e) < 0)
		return -1;
	if (str_empty(b.outside))
		return ERR(e, ERR_CONFLICT,
			"No mailbox is named that must stay shut. Name one first.",
			"boundary: none named");
	if (svc_check_can(s, e) < 0 ||
		store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &live, e) < 0 ||
		store_boundary_whose(s->db, s->a, &b, &whose, e) < 0)
		return -1;
	why = whose == WHOSE_NOBODYS ? boundary_pointless(live.method) : boundary_inside(whose);
	return *why ? ERR(e, ERR_CONFLICT, why, "boundary: pointless") : 0;
}

int svc_boundary_measure(struct svc *s, int64_t *job, struct err *e)
{
	const struct svc_work w = { .kind = BOUNDARY_KIND,
		.most = 1,
		.full = "It is being tried already.",
		.may = may_try,
		.action = AUDIT_BOUNDARY_MEASURED,
		.about = "Mailbox outside" };

	return svc_work_start(s, &w, "", job, e);
}

/* --- as a file --- */

/* Columns of the file: they stay. */
static const char *const titles[] = { "made", "account", "kind", "email", "name", "calendar",
	"status", "method", "intended", "measured", "verdict", "busy", "open", "read", "create",
	"change", "delete", "send", "inbox", "checked" };
enum { TITLES = sizeof(titles) / sizeof(titles[0]) };

static void cell_time(struct buf *b, int64_t t, int last)
{
	char iso[32] = "";

	if (t)
		clock_iso(iso, sizeof(iso), t);
	csv_cell(b, iso, last);
}

void svc_boundary_titles(struct buf *b)
{
	for (int i = 0; i < TITLES; i++)
		csv_cell(b, titles[i], i == TITLES - 1);
}

static void line(const struct svc_boundary_file *f, struct buf *b, const struct roster_row *row)
{
	static const char *const seen[] = {
		[SEEN_UNKNOWN] = "", [SEEN_NO] = "no", [SEEN_YES] = "yes"
	};
	const struct standing *s = &row->s;

	cell_time(b, f->made, 0);
	csv_cell(b, f->account, 0);
	csv_cell(b, row->kind == MEMBER_ROOM ? "room" : "person", 0);
	csv_cell(b, row->email, 0);
	csv_cell(b, row->name, 0);
	csv_cell(b, row->calendar, 0);
	csv_cell(b, reason_status_code(s->status), 0);
	csv_cell(b, s->method, 0);
	csv_cell(b, boundary_level_code(f->said.level), 0);
	csv_cell(b, boundary_reach_code(s->reach), 0);
	csv_cell(b, boundary_fit_code(boundary_fit(f->said.level, s->reach)), 0);
	for (int g = 0; g < GRANT__MAX; g++)
		csv_cell(b, seen[grant_seen(s->grants, (enum grant)g)], 0);
	cell_time(b, s->checked_at, 1);
}

int svc_boundary_lines(struct svc *s, struct svc_boundary_file *f, struct buf *b, struct err *e)
{
	const struct roster_filter all = roster_all(s->who.account, f->kind);
	struct roster_row *rows;
	int n;

	arena_reset(&f->a);
	n = store_roster_walk(s->db, &f->a, &all, f->after, PORTION, &rows, e);
	for (int i = 0; i < n; i++)
		line(f, b, &rows[i]);
	if (n < 0)
		return -1;
	if (n == PORTION) {
		f->after = rows[n - 1].s.member;
		return 1;
	}
	f->after = 0;
	return ++f->kind < MEMBER__MAX;
}

void svc_boundary_export_done(void *f)
{
	arena_done(&((struct svc_boundary_file *)f)->a);
}

int svc_boundary_export(struct svc *s, struct svc_boundary_file *out, struct err *e)
{
	struct account account;
	int rc;

	*out = (struct svc_boundary_file){ .made = clock_now() };
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = store_boundary_get(s->db, s->a, s->who.account, &out->said, e);
	if (rc >= 0)
		rc = store_account_get(s->db, s->a, s->who.account, &account, e);
	if (rc >= 0)
		rc = svc_audit(s, AUDIT_BOUNDARY_EXPORTED, "All members and rooms",
			said(s->a, &out->said), e);
	if (svc_audit_commit(s, rc, AUDIT_BOUNDARY_EXPORTED, e) < 0)
		return -1;
	out->account = account.name;
	arena_init(&out->a, MEMORY);
	return 0;
}
