/* Service: what would become of members by another connection.
 *
 * Rules: the engine tries; here it is asked for, counted and put in words. What was tried of a
 * draft that was changed since is not told as if it were about the draft. Numbers are kept, so that
 * a page costs the same however many members there are.
 */
#include "svc_trial.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/csv.h"
#include "platform/fold.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_roster.h"
#include "svc_work.h"

enum { PORTION = 500, MEMORY = 16 << 20, NAMED_MAX = 3, NUMBER = 24 };

/* --- reading --- */

static int64_t members(struct svc *s, struct err *e)
{
	int64_t all = 0;

	for (enum member_kind k = 0; k < MEMBER__MAX; k++) {
		struct roster_filter f = roster_all(s->who.account, k);
		struct roster_count *list;
		int n = store_roster_counts(s->db, s->a, f.account, k, &list, e);

		if (n < 0)
			return -1;
		all += roster_kept(list, n, &f);
		f.status = STATUS_OFF;
		all -= roster_kept(list, n, &f);
	}
	return all;
}

static int read_tried(struct svc *s, struct svc_trial *t, struct err *e)
{
	struct trial_head h;
	int rc = store_trial_head(s->db, s->a, t->to.account, t->to.id, &h, e);

	if (rc <= 0)
		return rc;
	t->seen_at = h.seen_at;
	rc = store_trial_fits(s->db, s->a, &t->to, e);
	t->fits = rc == 1;
	t->stale = rc == 0;
	if (rc <= 0)
		return rc;
	if (store_trial_counts(s->db, t->to.id, t->n, e) < 0)
		return -1;
	for (int i = 0; i < TRIAL__MAX; i++)
		t->tried += t->n[i];
	return 0;
}

int svc_trial_read(struct svc *s, struct svc_trial *out, struct err *e)
{
	*out = (struct svc_trial){ 0 };
	if (svc_switch_sides(s, &out->sides, e) < 0)
		return -1;
	if (!out->sides.live.id)
		return 0;
	if (out->sides.proved)
		out->to = out->sides.draft;
	else
		out->to = out->sides.former;
	if (!out->to.id)
		return 0;
	out->back = !out->sides.proved;
	out->all = members(s, e);
	return out->all < 0 ? -1 : read_tried(s, out, e);
}

/* --- words --- */

static const char *const ways[][2] = {
	{ "personal", "with members’ own sign-ins" },
	{ "dedicated", "with the dedicated mailbox alone" },
	{ "delegate", "by delegate access" },
	{ "impersonation", "by impersonation" },
};

const char *svc_trial_way(struct arena *a, const struct svc_trial *t)
{
	const char *way = "by the new connection";
	char *text;

	if (t->back)
		way = "with the former connection";
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(ways[i][0], t->to.method) == 0 &&
			strcmp(t->to.method, t->sides.live.method) != 0)
			way = ways[i][1];
	text = arena_printf(a, "%s%s", t->back ? "back " : "", way);
	text[0] = (char)toupper((unsigned char)text[0]);
	return text;
}

static const char *many(struct arena *a, int64_t n)
{
	struct buf b;
	const char *text = "nobody";

	if (n == 0)
		return text;
	buf_init(&b, NUMBER * 2);
	buf_number(&b, n);
	text = arena_strdup(a, buf_str(&b));
	buf_done(&b);
	return text;
}

const char *svc_trial_say(struct arena *a, const struct svc_trial *t)
{
	const char *way = svc_trial_way(a, t);

	if (t->tried == 0)
		return arena_printf(a,
			t->back ? "%s it is not known yet what would change."
				: "%s nobody was tried yet.",
			way);
	return arena_printf(a, "%s %s would gain and %s would lose.", way,
		many(a, t->n[TRIAL_GAIN] + t->n[TRIAL_BETTER]),
		many(a, t->n[TRIAL_LOSE] + t->n[TRIAL_WORSE]));
}

/* --- whom --- */

struct ids {
	int64_t *list;
	size_t count;
};

static int has(const struct ids *x, int64_t id)
{
	for (size_t i = 0; i < x->count; i++)
		if (x->list[i] == id)
			return 1;
	return 0;
}

static void add_id(struct ids *x, int64_t id)
{
	if (x->count < ROSTER_IDS_MAX && !has(x, id))
		x->list[x->count++] = id;
}

/* The numbers of members have gaps, so that one behind a gap is taken more often: for a sample that
 * is good enough. */
static int pick_sample(struct svc *s, int64_t n, struct ids *out, struct err *e)
{
	int64_t first, last;

	if (store_trial_span(s->db, s->who.account, &first, &last, e) < 0)
		return -1;
	for (int64_t i = 0; i < n && last >= first; i++) {
		struct roster_due *row;
		char hex[NUMBER];
		int rc;

		seal_random_hex(hex, 12);
		rc = store_standing_walk(s->db, s->a, s->who.account,
			first - 1 + strtoll(hex, NULL, 16) % (last - first + 1), 1, &row, e);
		if (rc < 0)
			return -1;
		if (rc > 0)
			add_id(out, row->s.member);
	}
	return 0;
}

/* Addresses that nobody active has: some of them, and how many. */
struct strangers {
	const char *names;
	int count;
};

static int pick_one(
	struct svc *s, const char *word, struct ids *out, struct strangers *x, struct err *e)
{
	struct member m;
	int rc = store_member_by_email(s->db, s->a, s->who.account, word, &m, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && !m.off_at) {
		add_id(out, m.id);
		return 0;
	}
	if (x->count++ < NAMED_MAX)
		x->names = arena_printf(s->a, "%s%s%s", x->names, *x->names ? ", " : "", word);
	return 0;
}

static int pick_typed(struct svc *s, const char *text, struct ids *out, struct err *e)
{
	char *rest = arena_strdup(s->a, text), *word;
	struct strangers x = { .names = "" };

	while ((word = strsep(&rest, " ,;\t\n")) != NULL) {
		if (*word && pick_one(s, str_lower(word), out, &x, e) < 0)
			return -1;
		if (out->count == ROSTER_IDS_MAX)
			break;
	}
	if (x.count > 0)
		return ERR(e, ERR_INPUT,
			arena_printf(s->a, "No active member has the address %s%s.", x.names,
				x.count > NAMED_MAX ? ", and more" : ""),
			"trial: %d strangers", x.count);
	if (out->count == 0)
		return ERR(e, ERR_INPUT, "Enter the address of a member.", "trial: no addresses");
	return 0;
}

static int pick(
	struct svc *s, const struct svc_trial_ask *k, struct roster_pick *out, struct err *e)
{
	struct ids ids = { .list = arena_array(s->a, ROSTER_IDS_MAX, sizeof(*ids.list)) };
	int rc = 0;

	*out = (struct roster_pick){ .f = roster_all(s->who.account, MEMBER_PERSON) };
	out->f.status = k->status;
	if (k->all || k->status >= 0)
		return 0;
	rc = k->sample > 0 ? pick_sample(s, k->sample, &ids, e)
			   : pick_typed(s, k->addresses, &ids, e);
	if (rc == 0 && ids.count == 0)
		rc = ERR(e, ERR_CONFLICT, "There is no member to try it with.", "trial: nobody");
	out->ids = ids.list;
	out->count = ids.count;
	return rc;
}

/* --- the job --- */

static int may(struct svc *s, struct err *e)
{
	struct svc_sides sides;

	if (svc_switch_sides(s, &sides, e) < 0)
		return -1;
	if (!sides.live.id || !sides.proved)
		return ERR(e, ERR_CONFLICT,
			"There is no other connection that has proved itself, so nothing can be "
			"tried. Test it first.",
			"trial: no draft");
	return 0;
}

static const char *about(struct svc *s, const struct svc_trial_ask *k, const struct roster_pick *p)
{
	return k->all ? "All members" : svc_roster_about(s, p);
}

int svc_trial_start(struct svc *s, const struct svc_trial_ask *k, int64_t *job, struct err *e)
{
	struct svc_work w = { .kind = TRIAL_KIND,
		.most = TRIAL_OPEN_MAX,
		.full = "A trial is running already. Wait until it has ended, or stop it.",
		.may = may,
		.action = AUDIT_TRIAL };
	char id[NUMBER];
	struct svc_sides sides;
	struct roster_pick who;
	struct buf b;
	int rc;

	if (svc_switch_sides(s, &sides, e) < 0 || pick(s, k, &who, e) < 0)
		return -1;
	w.about = about(s, k, &who);
	snprintf(id, sizeof(id), "%" PRId64, sides.draft.id);
	buf_init(&b, SVC_WORK_PARAMS);
	url_pair(&b, "connection", id);
	if (k->all)
		url_pair(&b, "all", "1");
	else
		roster_pick_write(&b, &who);
	rc = svc_work_start(s, &w, buf_ok(&b) ? buf_str(&b) : NULL, job, e);
	buf_done(&b);
	return rc;
}

int svc_trial_stop(struct svc *s, int64_t job, struct err *e)
{
	static const struct svc_work_end end = { .kind = TRIAL_KIND,
		.action = AUDIT_TRIAL_STOPPED,
		.about = "Trial of another connection",
		.counts = 1 };

	return svc_work_stop(s, &end, 1, job, e);
}

/* --- as a file --- */

int svc_trial_export(struct svc *s, const struct svc_trial *t, int change,
	struct svc_trial_file *out, struct err *e)
{
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = svc_audit(s, AUDIT_TRIAL_EXPORTED, svc_trial_way(s->a, t), NULL, e);
	if (svc_audit_commit(s, rc, AUDIT_TRIAL_EXPORTED, e) < 0)
		return -1;
	*out = (struct svc_trial_file){ .at = { .account = t->to.account,
						.connection = t->to.id,
						.change = change,
						.limit = PORTION } };
	arena_init(&out->a, MEMORY);
	return 0;
}

void svc_trial_titles(struct buf *b)
{
	static const char *const titles[] = { "email", "name", "kind", "change", "now",
		"now_reason", "then", "then_reason", "tried" };
	enum { TITLES = sizeof(titles) / sizeof(titles[0]) };

	for (int i = 0; i < TITLES; i++)
		csv_cell(b, titles[i], i == TITLES - 1);
}

static void line(struct buf *b, const struct trial_row *row)
{
	char iso[32];

	clock_iso(iso, sizeof(iso), row->s.tried_at);
	csv_cell(b, row->email, 0);
	csv_cell(b, row->name, 0);
	csv_cell(b, row->kind == MEMBER_ROOM ? "room" : "person", 0);
	csv_cell(b, trial_change_code(row->change), 0);
	csv_cell(b, reason_status_code(row->status), 0);
	csv_cell(b, row->reason, 0);
	csv_cell(b, row->change == TRIAL_UNSEEN ? "" : reason_status_code(row->s.status), 0);
	csv_cell(b, row->change == TRIAL_UNSEEN ? row->s.tried : row->s.reason, 0);
	csv_cell(b, iso, 1);
}

/* The key of the last row lies in the arena that begins anew: so it is copied first. */
int svc_trial_lines(struct svc *s, struct svc_trial_file *x, struct buf *b, struct err *e)
{
	char key[FOLD_MAX + 1];
	struct trial_row *rows;
	int n;

	snprintf(key, sizeof(key), "%s", x->at.key ? x->at.key : "");
	x->at.key = key;
	arena_reset(&x->a);
	n = store_trial_list(s->db, &x->a, &x->at, &rows, e);
	for (int i = 0; i < n; i++)
		line(b, &rows[i]);
	x->at.key = n > 0 ? rows[n - 1].key : NULL;
	x->at.id = n > 0 ? rows[n - 1].s.member : 0;
	return n < 0 ? -1 : n == PORTION;
}

void svc_trial_export_done(void *x)
{
	arena_done(&((struct svc_trial_file *)x)->a);
}
