/* Service: people from a file.
 *
 * Rules: reading changes nobody: rows wait with a verdict each until an admin has looked at them.
 * What is begun is begun whole, with its row in the log; the engine, or the command line, then does
 * it in portions (store_import.c), and only a store that fails stops it. What came of it is another
 * row, written with the last portion.
 */
#include "svc_import.h"

#include <inttypes.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "svc_import_read.h"
#include "svc_mail.h"

enum {
	READ_PORTION = 2000, /* rows in one transaction, so that others can write in between */
	ROWS_MEMORY = 64 << 20,
	FILE_NAME_MAX = 200
};

const char *svc_import_verdict(enum import_verdict v)
{
	static const char *const names[IMPORT_VERDICT__MAX] = { "new", "changed", "same", "twice",
		"refused" };

	return names[v];
}

/* --- reading --- */

/* A file while it is read. */
struct reading {
	struct svc *s;
	struct arena a; /* of a portion */
	struct csv csv;
	struct import_columns columns;
	struct import i;
	int64_t admins; /* who can sign in, and are left admins by the rows so far */
};

static void refuse(struct import_row *r, const char *say)
{
	r->verdict = IMPORT_REFUSED;
	r->say = say;
}

static const char *role_name(enum role role)
{
	return role == ROLE_ADMIN ? "account admin" : "member";
}

/* What changes, in words. */
static const char *changes_say(struct arena *a, const struct member *was, const struct member *is)
{
	const char *say = "";

	if (strcmp(was->name, is->name) != 0)
		say = arena_printf(a, "Name: \"%s\" becomes \"%s\". ", was->name, is->name);
	if (strcmp(was->calendar, is->calendar) != 0)
		say = arena_printf(a, "%sCalendar: %s becomes %s. ", say,
			*was->calendar ? was->calendar : was->email,
			*is->calendar ? is->calendar : is->email);
	if (was->role != is->role)
		say = arena_printf(a, "%sRole: %s becomes %s. ", say, role_name(was->role),
			role_name(is->role));
	if (was->off_at)
		say = arena_printf(a, "%sDeactivated, and stays so. ", say);
	return str_trim(arena_strdup(a, say));
}

/* A row about somebody who is there. */
static void judge_known(struct reading *w, struct import_row *r, const struct member *was)
{
	struct member is;
	int changes = import_changes(r, was, &is);

	if (r->kind >= 0 && r->kind != (int64_t)was->kind) {
		refuse(r,
			"The address is there already, as the other kind of the two. Remove it "
			"there first, or leave its kind as it is.");
		return;
	}
	if (was->kind == MEMBER_ROOM && is.role == ROLE_ADMIN) {
		refuse(r, "A room cannot be an account admin. Leave its role empty.");
		return;
	}
	if (was->role == ROLE_ADMIN && is.role != ROLE_ADMIN) {
		if (w->admins - import_is_admin(was) < 1) {
			refuse(r, IMPORT_LAST_ADMIN);
			return;
		}
		w->admins -= import_is_admin(was);
	}
	r->verdict = changes ? IMPORT_CHANGED : IMPORT_SAME;
	r->say = changes_say(&w->a, was, &is);
	w->i.admins += is.role == ROLE_ADMIN && was->role != ROLE_ADMIN;
}

static void judge_new(struct reading *w, struct import_row *r)
{
	r->verdict = IMPORT_NEW;
	r->kind = r->kind < 0 ? MEMBER_PERSON : r->kind;
	if (strcmp(r->calendar, r->email) == 0)
		r->calendar = "";
	if (r->role != ROLE_ADMIN)
		return;
	r->say = "Becomes an account admin once they are invited and sign in.";
	w->i.admins++;
}

static int judge(struct reading *w, struct import_row *r, struct err *e)
{
	struct db *db = w->s->db;
	struct member was;
	int64_t line;
	int rc = store_import_line(db, w->i.id, r->email, &line, e);

	if (rc < 0)
		return -1;
	if (rc > 0) {
		r->verdict = IMPORT_TWICE;
		r->say = arena_printf(&w->a,
			"Line %" PRId64 " has the same address. This one is left out.", line);
		return 0;
	}
	rc = store_member_by_email(db, &w->a, w->i.account, r->email, &was, e);
	if (rc < 0)
		return -1;
	if (rc > 0)
		judge_known(w, r, &was);
	else
		judge_new(w, r);
	return 0;
}

static int read_row(struct reading *w, struct err *e)
{
	struct import_row r;

	if (++w->i.rows > IMPORT_ROWS_MAX)
		return ERR(e, ERR_FORM,
			"There are more than 250,000 lines in it. Give it in several parts.",
			"import: over %d rows", IMPORT_ROWS_MAX);
	w->i.last = w->csv.line;
	if (import_row_read(&w->a, &w->csv, &w->columns, &r) && judge(w, &r, e) < 0)
		return -1;
	return store_import_row_add(w->s->db, w->i.id, &r, e);
}

/* 1 there are more, 0 that was all, -1. */
static int read_portion(struct reading *w, struct err *e)
{
	int rc = 1;

	arena_reset(&w->a);
	if (db_begin(w->s->db, DB_WRITE, e) < 0)
		return -1;
	for (int n = 0; n < READ_PORTION && rc > 0; n++) {
		rc = csv_next(&w->csv, e);
		if (rc > 0)
			rc = read_row(w, e) < 0 ? -1 : 1;
	}
	if (rc == 0)
		rc = store_import_ready(w->s->db, &w->i, e);
	return db_finish(w->s->db, rc, e);
}

/* The row that others hang on; what was read before goes. */
static int read_begin(struct reading *w, struct err *e)
{
	struct db *db = w->s->db;
	int64_t all;
	int rc;

	if (store_member_counts(db, w->i.account, &w->admins, &all, e) < 0 ||
		db_begin(db, DB_WRITE, e) < 0)
		return -1;
	rc = store_import_clear(db, w->i.account, w->i.by, e);
	if (rc == 0)
		rc = store_import_add(db, &w->i, &w->i.id, e);
	return db_finish(db, rc, e);
}

static int read_all(struct reading *w, struct err *e)
{
	int rc = 1;

	while (rc > 0)
		rc = read_portion(w, e);
	return rc;
}

/* Half a list is of use to nobody. */
static void read_failed(struct reading *w)
{
	struct err lost;

	if (store_import_remove(w->s->db, w->i.account, w->i.id, &lost) < 0)
		log_err("import.left", &lost);
}

static int read_file(struct reading *w, const struct svc_file *f, struct err *e)
{
	struct err ignored;

	csv_open(&w->csv, f->data, f->len, f->delimiter);
	if (import_columns_find(&w->a, &w->csv, f->columns, &w->columns, e) < 0)
		return -1;
	w->i.shape = import_columns_say(w->s->a, &w->csv, &w->columns);
	if (w->columns.header && csv_next(&w->csv, &ignored) < 0)
		return -1;
	if (read_begin(w, e) < 0)
		return -1;
	if (read_all(w, e) == 0)
		return 0;
	read_failed(w);
	return -1;
}

int svc_import_read(struct svc *s, const struct svc_file *f, int64_t *id, struct err *e)
{
	struct reading *w = arena_alloc(s->a, sizeof(*w));
	int rc;

	w->s = s;
	w->i = (struct import){ .account = s->who.account,
		.name = svc_audit_clean(s->a, f->name, FILE_NAME_MAX),
		.by = s->who.member,
		.by_name = s->who.name };
	arena_init(&w->a, ROWS_MEMORY);
	rc = read_file(w, f, e);
	arena_done(&w->a);
	*id = w->i.id;
	return rc;
}

/* --- beginning --- */

static int get(struct svc *s, int64_t id, struct import *out, struct err *e)
{
	int rc = store_import_get(s->db, s->a, s->who.account, id, out, e);

	if (rc == 0)
		return ERR(e, ERR_MISSING, NULL, "no import %" PRId64 " in the account", id);
	return rc < 0 ? -1 : 0;
}

static int begin_log(struct svc *s, const struct import *i, struct err *e)
{
	int64_t n[IMPORT_VERDICT__MAX];

	if (store_import_counts(s->db, i, n, e) < 0)
		return -1;
	if (n[IMPORT_NEW] + n[IMPORT_CHANGED] == 0)
		return ERR(e, ERR_CONFLICT,
			"There is nothing to import: nobody in it is new, and nothing would "
			"change.",
			"import %" PRId64 ": nothing to do", i->id);
	return svc_audit(s, AUDIT_MEMBERS_IMPORT, import_about(i),
		arena_printf(s->a,
			"%" PRId64 " to add, %" PRId64 " to change, of these %" PRId64
			" become account admin; %" PRId64 " lines refused.",
			n[IMPORT_NEW], n[IMPORT_CHANGED], i->admins, n[IMPORT_REFUSED]),
		e);
}

/* The engine's part of it; job 0 is none. */
static int queue(struct svc *s, const struct import *i, int64_t *job, struct err *e)
{
	const struct job j = { .account = s->who.account,
		.kind = IMPORT_KIND,
		.params = arena_printf(s->a, "import=%" PRId64, i->id),
		.run_at = clock_now(),
		.by = s->who.member,
		.by_name = s->who.name,
		.request = s->who.request };
	int64_t open = store_job_open(s->db, j.account, IMPORT_KIND, e);

	if (open < 0)
		return -1;
	if (open > 0)
		return ERR(e, ERR_CONFLICT,
			"Another import is running. Begin this one when it has ended.",
			"import: %" PRId64 " open", open);
	return store_job_add(s->db, &j, job, e);
}

static int begin_rows(struct svc *s, int64_t id, int64_t *job, struct import *i, struct err *e)
{
	int64_t none = 0;
	int rc;

	if (get(s, id, i, e) < 0 || (job && queue(s, i, job, e) < 0))
		return -1;
	rc = store_import_begin(s->db, i->account, i->id, job ? *job : none, e);
	if (rc == 0)
		return ERR(e, ERR_CONFLICT, "It has begun already, so nothing more is done.",
			"import %" PRId64 " is not ready", id);
	return rc < 0 ? -1 : begin_log(s, i, e);
}

int svc_import_start(struct svc *s, int64_t id, struct err *e)
{
	struct import i;
	int64_t job = 0;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	if (svc_audit_commit(s, begin_rows(s, id, &job, &i, e), AUDIT_MEMBERS_IMPORT, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, job);
	return 0;
}

int svc_import_begin(struct svc *s, int64_t id, struct import *out, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	if (svc_audit_commit(s, begin_rows(s, id, NULL, out, e), AUDIT_MEMBERS_IMPORT, e) < 0)
		return -1;
	return get(s, id, out, e);
}

/* Whoever is new has no link yet; whoever could sign in before needs none. */
static int invite_row(struct svc *s, const struct import_row *r, struct err *e)
{
	struct member m;
	struct link l;
	int rc = store_member_by_email(s->db, s->a, s->who.account, r->email, &m, e);

	if (rc < 1 || m.user || m.off_at || m.kind != MEMBER_PERSON)
		return rc < 0 ? -1 : 0;
	return svc_account_invite(s, m.email, m.name, m.role, NULL, &l, e);
}

static int invite_all(struct svc *s, const struct import *i, int64_t after, struct err *e)
{
	struct import_row *rows;
	int n = store_import_rows(
		s->db, s->a, i, IMPORT_NEW, (struct page_of){ after, IMPORT_PORTION }, &rows, e);

	for (int k = 0; k < n && rows[k].line <= i->cursor; k++) {
		if (invite_row(s, &rows[k], e) < 0)
			return -1;
	}
	return n < 0 ? -1 : 0;
}

int svc_import_portion(struct svc *s, struct import *i, int invite, struct err *e)
{
	const int64_t after = i->cursor;
	struct svc own = *s;
	struct arena a;
	int rc;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	arena_init(&a, ROWS_MEMORY);
	own.a = &a;
	rc = store_import_portion(s->db, &a, i, IMPORT_PORTION, e);
	if (rc >= 0 && invite && invite_all(&own, i, after, e) < 0)
		rc = -1;
	if (rc == 0 &&
		svc_audit(s, AUDIT_MEMBERS_IMPORTED, import_about(i), import_say(&a, i), e) < 0)
		rc = -1;
	arena_done(&a);
	rc = db_finish(s->db, rc, e);
	if (rc == 0)
		svc_audit_ring(s, AUDIT_MEMBERS_IMPORTED);
	return rc;
}

/* --- ending --- */

static int stop_rows(struct svc *s, int64_t id, int64_t *job, struct err *e)
{
	struct import i;
	int rc;

	if (get(s, id, &i, e) < 0)
		return -1;
	*job = i.job;
	rc = i.job ? store_job_cancel(s->db, i.account, i.job, e) : 0;
	if (rc < 0)
		return -1;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT, "It does not run, so there is nothing to stop.",
			"import %" PRId64 " does not run", id);
	return svc_audit(
		s, AUDIT_MEMBERS_IMPORT_STOPPED, import_about(&i), import_say(s->a, &i), e);
}

int svc_import_stop(struct svc *s, int64_t id, struct err *e)
{
	int64_t job = 0;

	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	if (svc_audit_commit(s, stop_rows(s, id, &job, e), AUDIT_MEMBERS_IMPORT_STOPPED, e) < 0)
		return -1;
	svc_ring(s, BELL_CANCEL, job);
	return 0;
}

static int discard_rows(struct svc *s, int64_t id, struct err *e)
{
	struct import i;

	if (get(s, id, &i, e) < 0)
		return -1;
	if (i.state >= IMPORT_RUNNING)
		return ERR(e, ERR_CONFLICT, "It has begun already, so it is kept for a week.",
			"import %" PRId64 " has begun", id);
	return store_import_remove(s->db, i.account, i.id, e);
}

int svc_import_discard(struct svc *s, int64_t id, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(s->db, discard_rows(s, id, e), e);
}

/* --- one --- */

static int one_rows(struct svc *s, const struct member *m, struct err *e)
{
	int64_t id;

	if (store_member_add(s->db, m, "", s->who.name, &id, e) < 0)
		return e->code == ERR_CONFLICT
			? err_say(e, "This address is in the account already. Nothing is changed.")
			: -1;
	return svc_audit(s, AUDIT_MEMBER_ADDED, m->email,
		arena_printf(s->a, "As %s.", role_name(m->role)), e);
}

int svc_import_one(
	struct svc *s, const struct member *m, const char *session, struct link *out, struct err *e)
{
	struct member own = *m;
	int rc;

	own.account = s->who.account;
	if (strcmp(own.calendar, own.email) == 0)
		own.calendar = "";
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	rc = one_rows(s, &own, e);
	if (rc == 0 && session)
		rc = svc_account_invite(s, own.email, own.name, own.role, session, out, e);
	return svc_audit_commit(s, rc, AUDIT_MEMBER_ADDED, e);
}
