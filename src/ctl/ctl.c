/* Ctl: small things that every command needs: its options, its numbers, its errors, the database.
 */
#include "ctl.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "platform/str.h"
#include "store/migrate.h"

enum {
	WORD_MAX = 32, /* longer words are near to nothing */
	NEAR = 3       /* so many letters are another word, not a slip */
};

int ctl_fail(struct err *e, enum err_code code, const char *fmt, ...)
{
	char text[sizeof(e->say)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return ERR(e, code, text, "%s", text);
}

const char *ctl_flag(const struct ctl *c, const char *name)
{
	size_t i;

	for (i = 0; c->cmd->flags[i].name; i++) {
		if (strcmp(c->cmd->flags[i].name, name) == 0)
			return c->flags[i];
	}
	return NULL;
}

int ctl_flag_int(const struct ctl *c, const char *name, int64_t initial, int64_t max, int64_t *out,
	struct err *e)
{
	const char *text = ctl_flag(c, name);

	*out = initial;
	if (!text || str_int(text, 1, max, out) == 0)
		return 0;
	return ctl_fail(e, ERR_INPUT, "--%s needs a number from 1 to %lld, not \"%.40s\".", name,
		(long long)max, text);
}

int ctl_id(const char *text, const char *what, int64_t *out, struct err *e)
{
	if (str_int(text, 1, INT64_MAX, out) == 0)
		return 0;
	return ctl_fail(e, ERR_INPUT, "\"%.40s\" is not the number of %s.", text, what);
}

/* Number of letters to change, add or take away to make b of a. */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1], i, k, old, keep, n = strlen(b);

	if (n > WORD_MAX || strlen(a) > WORD_MAX)
		return WORD_MAX;
	for (k = 0; k <= n; k++)
		row[k] = k;
	for (i = 0; a[i]; i++) {
		old = row[0]++;
		for (k = 1; k <= n; k++) {
			keep = row[k];
			row[k] = old + (a[i] != b[k - 1]);
			row[k] = row[k] < keep + 1 ? row[k] : keep + 1;
			row[k] = row[k] < row[k - 1] + 1 ? row[k] : row[k - 1] + 1;
			old = keep;
		}
	}
	return row[n];
}

const char *ctl_nearest(const char *word, const void *names, size_t n, size_t step)
{
	const char *best = NULL, *name;
	size_t i, d, least = NEAR;

	for (i = 0; i < n; i++) {
		name = *(const char *const *)((const char *)names + i * step);
		d = distance(word, name);
		if (d < least && d < strlen(name)) {
			least = d;
			best = name;
		}
	}
	return best;
}

int ctl_audited(struct ctl *c, enum audit_action action, const char *about, const char *detail,
	struct err *e)
{
	int rc;

	if (db_begin(c->db, DB_WRITE, e) < 0)
		return -1;
	rc = svc_audit(&c->svc, action, about, detail, e);
	return svc_audit_commit(&c->svc, rc, action, e);
}

/* Who types: the name that signed in, also behind sudo, which only root can pretend. */
static const char *caller(struct ctl *c)
{
	const char *sudo = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *pw = getpwuid(getuid());

	if (!str_empty(sudo))
		return arena_strdup(&c->arena, sudo);
	if (pw)
		return arena_strdup(&c->arena, pw->pw_name);
	return arena_printf(&c->arena, "uid %lu", (unsigned long)getuid());
}

/* The two reasons that ops can mend, in their words; any other stays as it is. */
static int not_open(struct ctl *c, struct err *e)
{
	const char *path = c->cf.database;

	if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0)
		return -1;
	if (errno == ENOENT)
		return ctl_fail(e, ERR_SETUP,
			"There is no database %.120s. Make it with \"latchkey init\".", path);
	if (errno == EACCES)
		return ctl_fail(e, ERR_DENIED,
			"%s: %.120s. Root and members of its group may use the database: run this "
			"with sudo.",
			strerror(errno), path);
	return -1;
}

int ctl_open(struct ctl *c, int flags, int check, struct err *e)
{
	if (db_sqlite_open(c->cf.database, flags, &c->db, e) < 0)
		return not_open(c, e);
	c->svc = (struct svc){ .db = c->db, .a = &c->arena, .cf = &c->cf };
	c->svc.who = (struct actor){
		.kind = ACTOR_OPS, .name = caller(c), .address = "", .request = ""
	};
	return check ? migrate_check(c->db, e) : 0;
}
