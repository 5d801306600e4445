/* Ctl members: everyone of an account as they stand: list them, have them looked at, export them,
 * make scripts for the Exchange admin about them.
 *
 * Rules: as a page would, by the same service; a long list is printed as it comes, a portion in
 * memory at a time.
 */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "exchange/boundary.h"
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "service/svc_check.h"
#include "service/svc_roster.h"
#include "service/svc_script.h"

enum {
	LIMIT = 1000, /* members listed unless told otherwise */
	LIMIT_MAX = 10000000,
	PORTION = 500,
	MEMORY = 16 << 20,
	FILE_MAX = 4 << 20, /* one portion of a file */
	DAY = 24 * 60 * 60
};

static const char *const roles[ROLE__MAX] = { "member", "admin" };

/* --- whom --- */

static int bad(struct err *e, const char *flag, const char *word)
{
	return ctl_fail(
		e, ERR_INPUT, "There is no %s \"%.40s\". latchkey(1) names them.", flag, word);
}

static int read_role(const char *word, struct roster_filter *f, struct err *e)
{
	for (int i = 0; i < ROLE__MAX; i++) {
		if (strcmp(roles[i], word) == 0)
			f->role = i;
	}
	return f->role < 0 ? bad(e, "role", word) : 0;
}

static int read_filter(struct ctl *c, struct roster_filter *f, struct err *e)
{
	const char *word;

	if (ctl_people_choose(c, e) < 0)
		return -1;
	*f = roster_all(c->svc.who.account, ctl_flag(c, "rooms") ? MEMBER_ROOM : MEMBER_PERSON);
	if ((word = ctl_flag(c, "status")) && (f->status = svc_roster_status(word)) < 0)
		return bad(e, "status", word);
	if ((word = ctl_flag(c, "reason")) && !(f->reason = svc_roster_reason(word)))
		return bad(e, "reason", word);
	if ((word = ctl_flag(c, "who")) && (f->fixer = svc_roster_fixer(word)) < 0)
		return bad(e, "actor", word);
	if ((word = ctl_flag(c, "role")) && read_role(word, f, e) < 0)
		return -1;
	if ((word = ctl_flag(c, "reach"))) {
		f->reach = (int)boundary_reach_parse(word);
		if (f->reach == REACH__MAX)
			return bad(e, "reach", word);
	}
	if (ctl_flag(c, "stale"))
		f->stale_before = clock_now() - DAY;
	f->search = ctl_flag(c, "search");
	return 0;
}

/* Those whose addresses were given behind the first `from` words, else all that the options find.
 */
static int read_pick(struct ctl *c, int from, struct roster_pick *out, struct err *e)
{
	struct member m;
	int64_t *ids;

	*out = (struct roster_pick){ 0 };
	if (read_filter(c, &out->f, e) < 0)
		return -1;
	if (c->argc <= from)
		return 0;
	ids = arena_array(&c->arena, (size_t)(c->argc - from), sizeof(*ids));
	for (int i = from; i < c->argc; i++) {
		const char *email = str_lower(arena_strdup(&c->arena, c->argv[i]));
		int rc = store_member_by_email(c->db, &c->arena, c->svc.who.account, email, &m, e);

		if (rc == 0)
			return ctl_fail(e, ERR_MISSING,
				"Nobody in account %lld has the address %.80s.",
				(long long)c->svc.who.account, c->argv[i]);
		if (rc < 0)
			return -1;
		ids[i - from] = m.id;
	}
	out->ids = ids;
	out->count = (size_t)(c->argc - from);
	return 0;
}

/* --- list --- */

static void print_row(struct ctl *c, struct ctl_stream *s, const struct roster_row *row)
{
	const struct standing *is = &row->s;
	const struct ctl_cell cells[] = { C_INT(is->member), C_TEXT(row->email), C_TEXT(row->name),
		C_TEXT(roles[row->role == ROLE_ADMIN]), C_TEXT(reason_status_code(is->status)),
		C_TEXT(is->reason), C_TEXT(is->fixer ? reason_fixer_code(is->fixer) : ""),
		C_TIME(is->since), C_TIME(is->checked_at), C_TEXT(is->tried) };

	ctl_out_stream(c, s, cells);
}

static int print_rows(struct ctl *c, struct ctl_stream *s, const struct roster_filter *f,
	int64_t limit, struct err *e)
{
	struct roster_row *rows;
	struct arena a;
	int64_t after = 0;
	int n, most;

	arena_init(&a, MEMORY);
	do {
		most = limit - s->rows < PORTION ? (int)(limit - s->rows) : PORTION;
		arena_reset(&a);
		n = store_roster_walk(c->db, &a, f, after, most, &rows, e);
		for (int i = 0; i < n; i++)
			print_row(c, s, &rows[i]);
		if (n > 0)
			after = rows[n - 1].s.member;
	} while (n == PORTION);
	arena_done(&a);
	return n < 0 ? -1 : 0;
}

int ctl_members_list(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "id", "email", "name", "role", "status", "reason",
		"who", "since", "checked", "tried", NULL };
	static const int width[] = { 8, 32, 24, 6, 13, 24, 14, 20, 20, 0 };
	struct ctl_stream s = { .keys = keys, .width = width };
	struct roster_filter f;
	int64_t limit;

	if (ctl_flag_int(c, "limit", LIMIT, LIMIT_MAX, &limit, e) < 0 ||
		read_filter(c, &f, e) < 0 || print_rows(c, &s, &f, limit, e) < 0)
		return -1;
	ctl_out_stream_end(c, &s, "Nobody matches.");
	if (s.rows == limit)
		ctl_out_say(c, "There may be more: --limit N");
	return 0;
}

/* --- check --- */

int ctl_members_check(struct ctl *c, struct err *e)
{
	struct roster_pick pick;
	int64_t job;

	if (read_pick(c, 0, &pick, e) < 0 ||
		svc_check_start(&c->svc, &pick, svc_roster_about(&c->svc, &pick), &job, e) < 0)
		return -1;
	if (ctl_flag(c, "wait"))
		return ctl_jobs_follow(c, job, e);
	CTL_RECORD(c, { "job", C_INT(job) });
	ctl_out_say(c, "Watch it with \"latchkey jobs wait %lld\".", (long long)job);
	return 0;
}

/* --- export --- */

/* A file that is there already may be somebody's. */
static FILE *open_file(const char *path, struct err *e)
{
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : dup(1);
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");

	if (!to)
		ctl_fail(e, ERR_INPUT, "%s cannot be made: %s.", path ? path : "The output",
			strerror(errno));
	return to;
}

static int write_rows(struct ctl *c, struct svc_export *x, FILE *to, struct err *e)
{
	struct buf b;
	int rc = 1;

	buf_init(&b, FILE_MAX);
	svc_roster_titles(&b);
	do {
		if (fwrite(b.p, 1, b.len, to) != b.len)
			rc = ctl_fail(
				e, ERR_FULL, "The file could not be written: %s.", strerror(errno));
		buf_clear(&b);
		if (rc == 1)
			rc = svc_roster_lines(&c->svc, x, &b, e);
	} while (rc >= 0 && b.len > 0);
	buf_done(&b);
	return rc;
}

int ctl_members_export(struct ctl *c, struct err *e)
{
	const char *path = ctl_flag(c, "output");
	struct roster_pick pick = { 0 };
	struct svc_export x;
	FILE *to;
	int rc;

	if (read_filter(c, &pick.f, e) < 0)
		return -1;
	to = open_file(path, e);
	if (!to)
		return -1;
	rc = svc_roster_export(&c->svc, &pick, &x, e);
	if (rc == 0) {
		rc = write_rows(c, &x, to, e);
		svc_roster_export_done(&x);
	}
	if (fclose(to) != 0 && rc >= 0)
		rc = ctl_fail(e, ERR_FULL, "The file could not be written: %s.", strerror(errno));
	return rc < 0 ? -1 : 0;
}

/* --- script --- */

/* Which there are for this organisation's Exchange. */
static int list_scripts(struct ctl *c, const struct svc_premise *p)
{
	static const char *const keys[] = { "kind", "members", "what_it_does", NULL };
	struct ctl_table *t = ctl_out_new(c, keys);

	for (int k = 0; k < SCRIPT__MAX; k++) {
		const struct script_row *row = script_row((enum script_kind)k);
		const int64_t lack = svc_script_lack(p, (enum script_kind)k);

		if (svc_script_fits(p, (enum script_kind)k))
			CTL_ROW(c, t, C_TEXT(row->code), row->people ? C_INT(lack) : C_NONE,
				C_TEXT(row->say));
	}
	ctl_out_table(c, t, "No script is for this connection.");
	return 0;
}

/* As a pick in words; "" when whoever lacks it is meant. */
static int read_whom(struct ctl *c, const char **out, struct err *e)
{
	static const char *const filters[] = { "status", "reason", "who", "stale", "search", "role",
		"reach", "rooms" };
	int chosen = c->argc > 1;
	struct roster_pick pick;
	struct buf b;

	*out = "";
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++)
		chosen |= ctl_flag(c, filters[i]) != NULL;
	if (read_pick(c, 1, &pick, e) < 0)
		return -1;
	if (!chosen)
		return 0;
	buf_init(&b, FILE_MAX);
	roster_pick_write(&b, &pick);
	*out = arena_strdup(&c->arena, buf_str(&b));
	buf_done(&b);
	return 0;
}

/* As a page reads it for people, as PowerShell wants it for a file. */
static int write_script(
	struct ctl *c, struct svc_script_text *t, FILE *to, int windows, struct err *e)
{
	struct buf b, file;
	int rc, first = 1;

	buf_init(&b, FILE_MAX);
	buf_init(&file, FILE_MAX);
	do {
		buf_clear(&b);
		buf_clear(&file);
		rc = svc_script_more(&c->svc, t, &b, e);
		if (rc >= 0 && windows && script_file(&file, buf_str(&b), b.len, first) < 0)
			rc = ctl_fail(e, ERR_TOO_BIG, "A portion of the script is too big.");
		first = 0;
		const struct buf *from = windows ? &file : &b;

		if (rc >= 0 && from->len > 0 && fwrite(from->p, 1, from->len, to) != from->len)
			rc = ctl_fail(
				e, ERR_FULL, "The file could not be written: %s.", strerror(errno));
	} while (rc > 0);
	buf_done(&file);
	buf_done(&b);
	return rc;
}

static int make_script(
	struct ctl *c, const struct svc_script *x, enum script_part part, struct err *e)
{
	const char *path = ctl_flag(c, "output");
	struct svc_script_text t;
	FILE *to;
	int rc;

	if (x->q.people == 0 && x->row->people && x->kind != SCRIPT_ALLOW)
		return ctl_fail(e, ERR_MISSING, "Nobody lacks what this script gives.");
	to = open_file(path, e);
	if (!to)
		return -1;
	svc_script_text(x, part, 0, &t);
	rc = write_script(c, &t, to, path != NULL, e);
	svc_script_text_done(&t);
	if (fclose(to) != 0 && rc >= 0)
		rc = ctl_fail(e, ERR_FULL, "The file could not be written: %s.", strerror(errno));
	if (rc < 0 && path)
		unlink(path);
	return rc < 0 ? -1 : svc_script_downloaded(&c->svc, x, part, e);
}

int ctl_members_script(struct ctl *c, struct err *e)
{
	const char *word = ctl_flag(c, "part"), *whom;
	enum script_part part = word ? script_part_parse(word) : SCRIPT_RUN;
	struct svc_premise p;
	struct svc_script x;
	enum script_kind k;

	if (part == SCRIPT_PART__MAX)
		return bad(e, "part", word);
	if (ctl_people_choose(c, e) < 0 || svc_script_premise(&c->svc, &p, e) < 0 ||
		svc_script_counts(&c->svc, &p, e) < 0)
		return -1;
	if (c->argc == 0)
		return list_scripts(c, &p);
	k = script_parse(c->argv[0]);
	if (k == SCRIPT__MAX)
		return bad(e, "script", c->argv[0]);
	if (read_whom(c, &whom, e) < 0 || svc_script_read(&c->svc, &p, k, whom, &x, e) < 0)
		return -1;
	return make_script(c, &x, part, e);
}
