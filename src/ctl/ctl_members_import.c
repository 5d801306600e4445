/* Ctl members import: people from a file, as the page imports them, without the engine.
 *
 * Rules: the same rows are read and judged, and the same portions done, as from the page; a command
 * that was killed is given again, and then changes only what is left.
 */
#include "ctl.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "platform/str.h"
#include "service/svc_import.h"
#include "service/svc_mail.h"

enum { SHOWN_MAX = 20000 /* lines that are listed */, SHOWN_PEOPLE = 50 };

static int read_stdin(struct buf *b, struct err *e)
{
	char piece[65536];
	size_t n;

	while ((n = fread(piece, 1, sizeof(piece), stdin)) > 0)
		buf_add(b, piece, n);
	if (ferror(stdin))
		return ctl_fail(e, ERR_SETUP, "Standard input could not be read.");
	return 0;
}

static int read_all(const char *path, struct buf *b, struct err *e)
{
	int rc = strcmp(path, "-") == 0 ? read_stdin(b, e) : buf_file(b, path, e);

	if (rc == 0 && !buf_ok(b))
		return ctl_fail(e, ERR_TOO_BIG, "It is over %d MiB. Give it in several parts.",
			IMPORT_FILE_MAX >> 20);
	return rc;
}

/* One sign, or its name. */
static int delimiter_of(const char *text, char *out, struct err *e)
{
	static const struct {
		const char *name;
		char sign;
	} names[] = { { "tab", '\t' }, { "comma", ',' }, { "semicolon", ';' }, { "bar", '|' } };

	*out = '\0';
	for (size_t i = 0; text && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].name, text) == 0)
			*out = names[i].sign;
	}
	if (!text || *out)
		return 0;
	*out = text[0];
	if (text[0] && !text[1] && text[0] > ' ' && text[0] != '"')
		return 0;
	return ctl_fail(e, ERR_INPUT,
		"A delimiter is one sign, or tab, comma, semicolon or bar, not \"%.20s\".", text);
}

static int read_file(struct ctl *c, struct import *i, struct err *e)
{
	const char *path = c->argv[0], *columns = ctl_flag(c, "columns");
	const char *slash = strrchr(path, '/');
	struct svc_file f = { .columns = columns ? columns : "" };
	struct buf b;
	int64_t id;
	int rc;

	if (delimiter_of(ctl_flag(c, "delimiter"), &f.delimiter, e) < 0)
		return -1;
	if (strcmp(path, "-") != 0)
		f.name = slash ? slash + 1 : path;
	buf_init(&b, IMPORT_FILE_MAX);
	rc = read_all(path, &b, e);
	f.data = b.p;
	f.len = b.len;
	if (rc == 0)
		rc = svc_import_read(&c->svc, &f, &id, e);
	buf_done(&b);
	if (rc < 0)
		return -1;
	return store_import_get(c->db, &c->arena, c->svc.who.account, id, i, e) < 0 ? -1 : 0;
}

/* On one line that is written over; on a terminal only. */
static void progress(const struct ctl *c, const struct import *i)
{
	if (c->json || c->quiet || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%lld added, %lld changed%s", (long long)i->added, (long long)i->changed,
		i->state == IMPORT_DONE ? "\n" : " ");
}

static int run_all(struct ctl *c, struct import *i, struct err *e)
{
	const int invite = ctl_flag(c, "invite") != NULL;
	int rc;

	if (svc_import_begin(&c->svc, i->id, i, e) < 0)
		return -1;
	do {
		rc = svc_import_portion(&c->svc, i, invite, e);
		if (rc >= 0)
			progress(c, i);
	} while (rc > 0);
	if (rc == 0 && invite)
		svc_mail_ring(&c->svc);
	return rc;
}

/* Of a dry run all lines, else those that need somebody: those who are refused. */
static int list_rows(
	struct ctl *c, const struct import *i, int dry, struct ctl_table **out, struct err *e)
{
	static const char *const keys[] = { "line", "verdict", "email", "name", "say", NULL };
	struct import_row *rows;
	struct ctl_table *t = ctl_out_new(c, keys);
	int n = store_import_rows(c->db, &c->arena, i, dry ? -1 : IMPORT_REFUSED,
		(struct page_of){ 0, c->json ? SHOWN_MAX : SHOWN_PEOPLE }, &rows, e);

	for (int k = 0; k < n; k++)
		CTL_ROW(c, t, C_INT(rows[k].line), C_TEXT(svc_import_verdict(rows[k].verdict)),
			C_TEXT(rows[k].email), C_TEXT(rows[k].name), C_TEXT(rows[k].say));
	*out = t;
	return n < 0 ? -1 : 0;
}

/* What there was in it, and what became of it. */
static int report(struct ctl *c, const struct import *i, int dry, struct err *e)
{
	int64_t n[IMPORT_VERDICT__MAX];
	struct ctl_table *t;

	if (store_import_counts(c->db, i, n, e) < 0 || list_rows(c, i, dry, &t, e) < 0)
		return -1;
	CTL_RECORD(c, { "account", C_INT(i->account) }, { "read_as", C_TEXT(i->shape) },
		{ "lines", C_INT(i->rows) }, { "new", C_INT(n[IMPORT_NEW]) },
		{ "changed", C_INT(n[IMPORT_CHANGED]) }, { "same", C_INT(n[IMPORT_SAME]) },
		{ "twice", C_INT(n[IMPORT_TWICE]) }, { "refused", C_INT(n[IMPORT_REFUSED]) },
		{ "admins", C_INT(i->admins) }, { "dry_run", C_BOOL(dry) },
		{ "members_added", C_INT(i->added) }, { "members_changed", C_INT(i->changed) },
		{ dry ? "rows" : "refused_rows", C_TABLE(t) });
	return n[IMPORT_REFUSED] > 0;
}

/* An invitation that nobody gets would be lost: its link is printed nowhere. */
static int can_invite(struct ctl *c, struct err *e)
{
	int ready = ctl_flag(c, "invite") ? svc_mail_ready(&c->svc, e) : 1;

	if (ready == 0)
		return ctl_fail(e, ERR_SETUP,
			"There is no way for mail yet, so nobody can be invited by mail. Set "
			"smtp_url or a connection, or leave --invite out.");
	return ready < 0 ? -1 : 0;
}

static int nothing_to_do(struct ctl *c, const struct import *i, struct err *e)
{
	int64_t n[IMPORT_VERDICT__MAX];

	if (store_import_counts(c->db, i, n, e) < 0)
		return -1;
	return n[IMPORT_NEW] + n[IMPORT_CHANGED] == 0;
}

int ctl_members_import(struct ctl *c, struct err *e)
{
	int dry = ctl_flag(c, "dry-run") != NULL, rc, bad;
	struct import i;

	if (ctl_people_choose(c, e) < 0 || can_invite(c, e) < 0 || read_file(c, &i, e) < 0)
		return -1;
	rc = dry ? 1 : nothing_to_do(c, &i, e);
	if (rc < 0 || (rc == 0 && run_all(c, &i, e) < 0))
		return -1;
	bad = report(c, &i, dry, e);
	/* What was only looked at is kept for nobody. */
	if (bad < 0 || (rc > 0 && store_import_remove(c->db, i.account, i.id, e) < 0))
		return -1;
	if (rc > 0 && !dry)
		ctl_out_say(c, "Nothing is changed: nobody in it is new, and nothing differs.");
	return bad;
}
