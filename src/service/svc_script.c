/* Service: scripts for the Exchange admin.
 *
 * Rules: a script is made fresh from what is known at the moment; nothing of it is stored. Whoever
 * is deactivated is in none. People come by list and id, a portion in one statement, so that a
 * script for a million needs no more memory than one for ten.
 */
#include "svc_script.h"

#include <stdlib.h>
#include <string.h>
#include "exchange/verdict.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "store/store_roster.h"
#include "svc_check.h"
#include "svc_roster.h"

enum { PORTION = 500, NAMED = 10, MEMORY = 16 << 20, EXACT = INT32_MAX, NAME_MAX = 200 };

/* --- what fits --- */

/* The rest of a premise, when there is a connection. */
static int premise_of(struct svc *s, struct svc_premise *p, struct err *e)
{
	struct health h = { 0 };

	if (store_health_get(s->db, s->a, s->who.account, p->c.id, &h, e) < 0)
		return -1;
	p->method = verdict_method_parse(p->c.method);
	p->premise = script_premise_of(p->c.kind, h.version ? h.version : "");
	return 1;
}

int svc_script_premise(struct svc *s, struct svc_premise *out, struct err *e)
{
	int rc;

	*out = (struct svc_premise){ .method = METHOD__MAX };
	rc = store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &out->c, e);
	if (rc == 0)
		rc = store_connection_staged(s->db, s->a, s->who.account, CONN_DRAFT, &out->c, e);
	if (rc <= 0)
		return rc;
	return premise_of(s, out, e) < 0 ? -1 : 0;
}

int svc_script_premise_next(struct svc *s, struct svc_premise *out, struct err *e)
{
	struct connection live;
	int rc;

	*out = (struct svc_premise){ .method = METHOD__MAX, .next = 1 };
	rc = store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &live, e);
	if (rc > 0)
		rc = store_connection_staged(s->db, s->a, s->who.account, CONN_DRAFT, &out->c, e);
	return rc > 0 ? premise_of(s, out, e) : rc;
}

int svc_script_counts(struct svc *s, struct svc_premise *p, struct err *e)
{
	for (int k = 0; k < MEMBER__MAX; k++) {
		p->kinds[k] = store_roster_counts(
			s->db, s->a, s->who.account, (enum member_kind)k, &p->kept[k], e);
		if (p->kinds[k] < 0)
			return -1;
	}
	return 0;
}

int svc_script_fits(const struct svc_premise *p, enum script_kind k)
{
	return p->c.id && p->method < METHOD__MAX && script_fits(k, p->method, p->premise);
}

static int64_t kept(const struct svc_premise *p, const struct roster_filter *f)
{
	return roster_kept(p->kept[f->kind], p->kinds[f->kind], f);
}

int64_t svc_script_lack(const struct svc_premise *p, enum script_kind k)
{
	const enum reason *r = script_row(k)->reasons;
	int64_t n = 0;

	for (; r && !p->next && *r != REASON_OK; r++) {
		for (int kind = 0; kind < MEMBER__MAX; kind++) {
			struct roster_filter f = roster_all(0, (enum member_kind)kind);

			f.reason = reason_row(*r)->code;
			n += kept(p, &f);
		}
	}
	return n;
}

enum script_kind svc_script_of(const struct svc_premise *p, const char *reason)
{
	for (int k = 0; k < SCRIPT__MAX; k++) {
		const enum reason *r = script_row((enum script_kind)k)->reasons;

		if (!r || !svc_script_fits(p, (enum script_kind)k))
			continue;
		for (; *r != REASON_OK; r++) {
			if (strcmp(reason_row(*r)->code, reason) == 0)
				return (enum script_kind)k;
		}
	}
	return SCRIPT__MAX;
}

/* --- whom it is about --- */

static void list_add(struct svc_script *x, const struct roster_filter *f)
{
	if (x->count < SCRIPT_LISTS)
		x->lists[x->count++] = *f;
}

/* Whoever lacks it, or everybody. */
static void lists_usual(struct svc *s, struct svc_script *x)
{
	for (int kind = 0; kind < MEMBER__MAX; kind++) {
		struct roster_filter f = roster_all(s->who.account, (enum member_kind)kind);
		const enum reason *r = x->row->reasons;

		if (x->row->whole || x->next || !r) {
			list_add(x, &f);
			continue;
		}
		for (; *r != REASON_OK; r++) {
			f.reason = reason_row(*r)->code;
			list_add(x, &f);
		}
	}
}

/* How many a filter finds who are not deactivated. */
static int64_t list_count(
	struct svc *s, const struct svc_premise *p, const struct roster_filter *f, struct err *e)
{
	struct roster_filter off = *f;
	int64_t all = kept(p, f), gone;

	if (all < 0)
		all = store_roster_count(s->db, f, EXACT, e);
	if (all <= 0 || f->status >= 0)
		return f->status == STATUS_OFF && all > 0 ? 0 : all;
	off.status = STATUS_OFF;
	gone = kept(p, &off);
	if (gone < 0)
		gone = store_roster_count(s->db, &off, EXACT, e);
	return gone < 0 ? -1 : all - gone;
}

/* A member of the selection: 1, 0 gone or deactivated, -1. */
static int picked(struct svc *s, struct arena *a, int64_t id, struct roster_row *out, struct err *e)
{
	int rc = store_roster_get(s->db, a, s->who.account, id, out, e);

	return rc == 1 ? out->s.status != STATUS_OFF : rc;
}

static int count_people(
	struct svc *s, const struct svc_premise *p, struct svc_script *x, struct err *e)
{
	struct roster_row row;
	int used = 0;

	for (size_t i = 0; x->pick.ids && i < x->pick.count; i++) {
		int rc = picked(s, s->a, x->pick.ids[i], &row, e);

		if (rc < 0)
			return -1;
		x->people += rc;
	}
	for (int i = 0; i < x->count; i++) {
		int64_t n = list_count(s, p, &x->lists[i], e);

		if (n < 0)
			return -1;
		x->people += n;
		if (n > 0)
			x->lists[used++] = x->lists[i];
	}
	x->count = used;
	return 0;
}

static int query_of(struct svc *s, const struct svc_premise *p, struct svc_script *x, struct err *e)
{
	enum { ROOM = 40 };
	char *made = arena_alloc(s->a, ROOM);
	struct account account;
	int rc = store_account_get(s->db, s->a, s->who.account, &account, e);

	if (rc <= 0)
		return rc < 0 ? -1 : ERR(e, ERR_MISSING, NULL, "script: no account");
	clock_text(made, ROOM, clock_now());
	x->q = (struct script_query){ .kind = x->kind,
		.premise = p->premise,
		.organisation = account.name,
		.mailbox = p->c.mailbox,
		.app = p->c.client_id ? p->c.client_id : "",
		.tag = arena_printf(s->a, "latchkey-%lld", (long long)s->who.account),
		.agent = "Latchkey/*",
		.made = made,
		.people = x->people };
	return 0;
}

int svc_script_read(struct svc *s, const struct svc_premise *p, enum script_kind k,
	const char *pick, struct svc_script *out, struct err *e)
{
	*out = (struct svc_script){ .kind = k, .text = pick, .next = p->next };
	if (k >= SCRIPT__MAX || !svc_script_fits(p, k))
		return ERR(e, ERR_MISSING,
			"There is no such script for the connection of this organisation.",
			"script: does not fit");
	out->row = script_row(k);
	if (out->row->people && *pick) {
		if (roster_pick_read(s->a, pick, s->who.account, &out->pick, e) < 0)
			return -1;
		if (!out->pick.ids)
			list_add(out, &out->pick.f);
	} else if (out->row->people) {
		lists_usual(s, out);
	}
	return count_people(s, p, out, e) < 0 ? -1 : query_of(s, p, out, e);
}

const char *svc_script_about(struct svc *s, const struct svc_script *x)
{
	if (!x->row->people)
		return "The whole organisation";
	if (*x->text)
		return svc_roster_about(s, &x->pick);
	return x->row->whole || x->next ? "All members and rooms" : "Whoever lacks it";
}

/* --- whom it leaves out --- */

/* Does a filter without a search find who works and stands so? */
static int finds(const struct roster_filter *f, const struct roster_row *m)
{
	const struct standing *st = &m->s;

	if (f->kind != m->kind || (f->status >= 0 && st->status != (enum status)f->status) ||
		(f->role >= 0 && m->role != f->role) ||
		(f->reach >= 0 && st->reach != (enum reach)f->reach))
		return 0;
	if ((f->reason || f->fixer >= 0) && st->status <= STATUS_CONNECTED)
		return 0;
	if (f->stale_before && (!st->checked_at || st->checked_at >= f->stale_before))
		return 0;
	return (!f->reason || strcmp(f->reason, st->reason) == 0) &&
		(f->fixer < 0 || st->fixer == (enum fixer)f->fixer);
}

/* Is one in the script? */
static int named(const struct svc_script *x, const struct roster_row *m)
{
	for (size_t i = 0; x->pick.ids && i < x->pick.count; i++) {
		if (x->pick.ids[i] == m->s.member)
			return 1;
	}
	return !x->pick.ids && finds(&x->pick.f, m);
}

/* How many of those who work are named. */
static int64_t named_count(struct svc *s, const struct svc_premise *p, const struct svc_script *x,
	enum status status, struct err *e)
{
	struct roster_filter f = x->pick.f;
	struct roster_row row;
	int64_t n = 0;

	for (size_t i = 0; x->pick.ids && i < x->pick.count; i++) {
		int rc = picked(s, s->a, x->pick.ids[i], &row, e);

		if (rc < 0)
			return -1;
		n += rc && row.s.status == status;
	}
	if (x->pick.ids || (f.status >= 0 && f.status != (int)status))
		return n;
	f.status = (int)status;
	n = kept(p, &f);
	return n < 0 ? store_roster_count(s->db, &f, EXACT, e) : n;
}

/* The first of them with this status. */
static int outside_some(struct svc *s, const struct svc_script *x, const struct roster_filter *f,
	struct svc_outside *out, struct err *e)
{
	struct roster_row *rows;
	int64_t after = 0;
	int n;

	do {
		n = store_roster_walk(s->db, s->a, f, after, NAMED * 2, &rows, e);
		for (int i = 0; i < n && out->shown < NAMED; i++) {
			if (!named(x, &rows[i]))
				out->first[out->shown++] = rows[i];
			after = rows[i].s.member;
		}
	} while (n == NAMED * 2 && out->shown < NAMED && out->shown < out->n);
	return n < 0 ? -1 : 0;
}

int svc_script_outside(struct svc *s, const struct svc_premise *p, const struct svc_script *x,
	struct svc_outside *out, struct err *e)
{
	static const enum status works[] = { STATUS_CONNECTED, STATUS_LIMITED };

	*out = (struct svc_outside){ .first = arena_array(s->a, NAMED, sizeof(*out->first)) };
	if (!x->row->whole || x->next || !*x->text)
		return 0;
	for (size_t i = 0; i < sizeof(works) / sizeof(works[0]); i++) {
		const int64_t in = named_count(s, p, x, works[i], e);

		if (in < 0)
			return -1;
		out->n -= in;
		for (int k = 0; k < MEMBER__MAX; k++) {
			struct roster_filter f = roster_all(s->who.account, (enum member_kind)k);

			f.status = (int)works[i];
			out->n += kept(p, &f);
		}
	}
	/* Of a search it is not known without looking for each: then the number must do. */
	for (size_t i = 0; out->n > 0 && !x->pick.f.search && i < sizeof(works) / sizeof(works[0]);
		i++) {
		for (int k = 0; k < MEMBER__MAX; k++) {
			struct roster_filter f = roster_all(s->who.account, (enum member_kind)k);

			f.status = (int)works[i];
			if (outside_some(s, x, &f, out, e) < 0)
				return -1;
		}
	}
	return 0;
}

/* --- its text --- */

static int by_number(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of one list those that are not deactivated, in the order in which a file has them. */
static int few_of(
	struct svc *s, const struct roster_filter *f, int64_t *found, int most, struct err *e)
{
	struct roster_place at = { .limit = SCRIPT_SHOWN };
	struct roster_row *rows;
	int n, count = 0;

	do {
		n = store_roster_list(s->db, s->a, f, &at, &rows, e);
		for (int i = 0; i < n && count < most; i++) {
			if (rows[i].s.status != STATUS_OFF)
				found[count++] = rows[i].s.member;
		}
		if (n > 0) {
			at.key = rows[n - 1].key;
			at.id = rows[n - 1].s.member;
		}
	} while (n == SCRIPT_SHOWN && count < most);
	qsort(found, (size_t)count, sizeof(*found), by_number);
	return n < 0 ? -1 : count;
}

int svc_script_few(struct svc *s, const struct svc_script *x, const int64_t **ids, struct err *e)
{
	const int most = x->people > SCRIPT_SHOWN ? SCRIPT_HEAD : SCRIPT_SHOWN;
	int64_t *found = arena_array(s->a, (size_t)most, sizeof(*found));
	int n, count = 0;

	*ids = x->pick.ids ? x->pick.ids : found;
	for (int i = 0; i < x->count && count < most; i++) {
		n = few_of(s, &x->lists[i], found + count, most - count, e);
		if (n < 0)
			return -1;
		count += n;
	}
	return x->pick.ids ? (int)x->pick.count : count;
}

enum stage { BEGIN, PEOPLE, END, OVER };

void svc_script_text(
	const struct svc_script *x, enum script_part part, int64_t most, struct svc_script_text *t)
{
	*t = (struct svc_script_text){ .x = x,
		.q = x->q,
		.ids = x->pick.ids,
		.count = x->pick.count,
		.most = most,
		.stage = BEGIN };
	t->q.part = part;
	arena_init(&t->a, MEMORY);
}

void svc_script_text_done(void *t)
{
	arena_done(&((struct svc_script_text *)t)->a);
}

static int full(const struct svc_script_text *t)
{
	return t->most && t->wrote >= t->most;
}

static int person(
	struct svc_script_text *t, struct buf *b, const struct roster_row *row, struct err *e)
{
	if (row->s.status == STATUS_OFF || full(t))
		return 0;
	t->wrote++;
	return script_person(b, &t->q, str_empty(row->calendar) ? row->email : row->calendar, e);
}

/* 1 there are more, 0 that was the last, -1. */
static int by_ids(struct svc *s, struct svc_script_text *t, struct buf *b, struct err *e)
{
	struct roster_row row;
	int rc = 0;

	for (int i = 0; i < PORTION && (size_t)t->after < t->count && rc >= 0; i++) {
		rc = picked(s, &t->a, t->ids[t->after++], &row, e);
		if (rc == 1)
			rc = person(t, b, &row, e);
	}
	return rc < 0 ? -1 : (size_t)t->after < t->count;
}

static int by_list(struct svc *s, struct svc_script_text *t, struct buf *b, struct err *e)
{
	struct roster_row *rows;
	int n;

	if (t->list == t->x->count)
		return 0;
	n = store_roster_walk(s->db, &t->a, &t->x->lists[t->list], t->after, PORTION, &rows, e);
	for (int i = 0; i < n; i++) {
		if (person(t, b, &rows[i], e) < 0)
			return -1;
		t->after = rows[i].s.member;
	}
	if (n >= 0 && n < PORTION) {
		t->list++;
		t->after = 0;
	}
	return n < 0 ? -1 : t->list < t->x->count;
}

static int people(struct svc *s, struct svc_script_text *t, struct buf *b, struct err *e)
{
	int rc;

	if (!script_names(&t->q))
		return 0;
	rc = t->ids ? by_ids(s, t, b, e) : by_list(s, t, b, e);
	return rc > 0 ? !full(t) : rc;
}

int svc_script_more(struct svc *s, struct svc_script_text *t, struct buf *b, struct err *e)
{
	int rc = 0;

	arena_reset(&t->a);
	if (t->stage == BEGIN)
		rc = script_begin(b, &t->q, e) < 0 ? -1 : 0;
	else if (t->stage == PEOPLE)
		rc = people(s, t, b, e);
	else if (t->stage == END && !full(t))
		rc = script_end(b, &t->q, e);
	if (rc == 0)
		t->stage++;
	return rc < 0 ? -1 : t->stage < OVER;
}

const char *svc_script_file(struct arena *a, const struct svc_script *x, enum script_part part)
{
	struct script_query q = x->q;
	const char *name;
	struct buf b;

	q.part = part;
	buf_init(&b, NAME_MAX);
	name = script_name(&b, &q) == 0 ? arena_strdup(a, buf_str(&b)) : "script.ps1";
	buf_done(&b);
	return name;
}

int64_t svc_script_takes(const struct svc_script *x)
{
	return x->row->seconds * x->people;
}

/* --- what is done with it --- */

int svc_script_downloaded(
	struct svc *s, const struct svc_script *x, enum script_part part, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = svc_audit(s, AUDIT_SCRIPT_DOWNLOADED, svc_script_file(s->a, x, part),
		arena_printf(s->a, "%s.", svc_script_about(s, x)), e);
	return svc_audit_commit(s, rc, AUDIT_SCRIPT_DOWNLOADED, e);
}

int svc_script_check(struct svc *s, const struct svc_script *x, struct err *e)
{
	struct svc_premise p;
	int64_t job, n;

	if (x->pick.ids)
		return svc_check_start(s, &x->pick, svc_script_about(s, x), &job, e);
	if (svc_check_can(s, e) < 0 || svc_script_premise(s, &p, e) < 0 ||
		svc_script_counts(s, &p, e) < 0)
		return -1;
	for (int i = 0; i < x->count; i++) {
		const struct roster_pick pick = { .f = x->lists[i] };

		n = list_count(s, &p, &pick.f, e);
		if (n < 0 ||
			(n > 0 &&
				svc_check_start(s, &pick, svc_roster_about(s, &pick), &job, e) < 0))
			return -1;
	}
	return 0;
}
