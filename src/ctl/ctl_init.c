/* Ctl init: from an empty machine to a portal that its first admin can open; and schema upgrades.
 *
 * Rules: everything is made only when it is not there, so init can run again after whatever stopped
 * it. A key is never overwritten: what it sealed would be lost. Files get their owners before
 * anything is written to them.
 */
#include "ctl.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "engine/keyring.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "store/migrate.h"

enum { ANSWER_MAX = 300 /* bytes of an answer; names and addresses are shorter */ };

/* What init found and made. */
struct made {
	struct ctl *c;
	struct ctl_table *t;
};

/* One line of the answer: what, whether it was made or kept, and where. */
static void note(struct made *m, const char *what, const char *state, const char *where)
{
	CTL_ROW(m->c, m->t, C_TEXT(what), C_TEXT(state), C_TEXT(where));
}

/* Users */

static int need_user(struct ctl *c, const char *name, struct err *e)
{
	uid_t uid;

	if (ctl_place_user(name, &uid) == 0)
		return 0;
	return ctl_fail(e, ERR_SETUP, "There is no user %s. Make it: %s", name,
		ctl_place_make_user(c, name));
}

/* Making users is left to ops: names and numbers may come from a directory service. The web
 * server's group comes with the web server. */
static int check_users(struct ctl *c, struct err *e)
{
	const struct config *cf = &c->cf;
	gid_t gid;

	if (ctl_place_group(cf->group, &gid) < 0)
		return ctl_fail(e, ERR_SETUP, "There is no group %s. Make it: %s", cf->group,
			ctl_place_make_group(c, cf->group));
	if (need_user(c, cf->engine_user, e) < 0 || need_user(c, cf->web_user, e) < 0)
		return -1;
	if (ctl_place_group(cf->socket_group, &gid) == 0)
		return 0;
	return ctl_fail(e, ERR_SETUP,
		"There is no group %s, which the web server should have. Install the web server "
		"first, or name its group as socket_group in the settings.",
		cf->socket_group);
}

/* Directories */

/* Make path and what is missing above it; only path itself gets owner and mode. */
static int make_directory(struct made *m, const struct ctl_place *p, struct err *e)
{
	char *path = arena_strdup(&m->c->arena, p->path), *slash;
	mode_t before = umask(022); /* for what is missing above, as /var/lib */
	int rc = 0;

	for (slash = path + 1; rc == 0 && (slash = strchr(slash, '/')) != NULL; slash++) {
		*slash = '\0';
		rc = mkdir(path, 0755) < 0 && errno != EEXIST;
		*slash = '/';
	}
	if (rc == 0)
		rc = mkdir(path, 0700);
	umask(before);
	if (rc != 0)
		return ctl_fail(e, ERR_SETUP, "%s cannot be made: %s", p->path, strerror(errno));
	note(m, p->what, "made", p->path);
	return ctl_place_own(p, e);
}

/* Has nobody put anything there yet? */
static int is_empty(const char *path)
{
	const struct dirent *d;
	DIR *dir = opendir(path);
	int empty = dir != NULL;

	while (empty && (d = readdir(dir)) != NULL)
		empty = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
	if (dir)
		closedir(dir);
	return empty;
}

/* An empty directory gets what it should have. One with something in it may be shared with others,
 * so it is left to the eyes of ops (doctor). */
static int mend_directory(struct made *m, const struct ctl_place *p, struct err *e)
{
	if (!is_empty(p->path)) {
		note(m, p->what, "kept, see doctor", p->path);
		return 0;
	}
	note(m, p->what, "mended", p->path);
	return ctl_place_own(p, e);
}

/* In the order of the table, so that a directory that two settings share is made by its first row.
 */
static int make_directories(struct made *m, struct err *e)
{
	struct ctl_place p[CTL_PLACES_MAX];
	size_t i, n = ctl_place_list(m->c, p);
	const char *wrong;
	int missing, rc = 0;

	for (i = 0; i < n && rc == 0; i++) {
		if (p[i].type != S_IFDIR)
			continue;
		wrong = ctl_place_wrong(m->c, &p[i], &missing);
		if (missing)
			rc = make_directory(m, &p[i], e);
		else if (wrong)
			rc = mend_directory(m, &p[i], e);
		else
			note(m, p[i].what, "kept", p[i].path);
	}
	return rc;
}

/* Keys */

/* Only when it is missing: one that does not fit may be half of a rotation (keys rotate), or
 * somebody's doing (doctor), and is never silently replaced. */
static int make_public(struct made *m, const struct keyring *k, struct err *e)
{
	const char *path = m->c->cf.public_keys;
	int there = access(path, F_OK) == 0;

	if (!there && keyring_write_public(k, path, e) < 0)
		return -1;
	note(m, "public keys", there ? "kept" : "made", path);
	return 0;
}

/* The ring that there is, or a new one with one key. */
static struct keyring *first_ring(struct made *m, struct err *e)
{
	struct ctl *c = m->c;
	struct keyring *k;

	if (*c->cf.key_command || access(c->cf.key_file, F_OK) == 0) {
		k = ctl_keys_load(c, e);
		if (k)
			note(m, "key file", "kept",
				*c->cf.key_command ? "key_command" : c->cf.key_file);
		return k;
	}
	/* A public key without its private half: something was lost, and must not be covered up. */
	if (access(c->cf.public_keys, F_OK) == 0) {
		ctl_fail(e, ERR_CONFLICT,
			"%.80s is there and the private keys are not. Bring the key file back from "
			"its copy; a new key could not open what the old one sealed.",
			c->cf.public_keys);
		return NULL;
	}
	k = keyring_new();
	if (!keyring_generate(k, e) || ctl_keys_write(c, k, c->cf.key_file, e) < 0) {
		keyring_free(k);
		return NULL;
	}
	note(m, "key file", "made", c->cf.key_file);
	return k;
}

/* The private half first: a public key without it would seal what nobody can open. */
static int make_keys(struct made *m, struct err *e)
{
	struct keyring *k = first_ring(m, e);
	int rc = k ? make_public(m, k, e) : -1;

	keyring_free(k);
	return rc;
}

/* Database */

/* An older schema is not touched: upgrading is a decision of its own, with a backup before it. */
static int make_database(struct made *m, struct err *e)
{
	struct ctl *c = m->c;
	int before;

	if (ctl_open(c, DB_OPEN_CREATE, 0, e) < 0)
		return -1;
	before = migrate_current(c->db, e);
	if (before < 0)
		return -1;
	/* 0 is a new file, or one that an interrupted init left empty. */
	if (before > 0 && before < migrate_newest())
		return ctl_fail(e, ERR_SCHEMA,
			"There is a database with schema %d. Bring it to %d with \"latchkey "
			"migrate\".",
			before, migrate_newest());
	if (migrate_run(c->db, migrate_newest(), e) < 0 || migrate_check(c->db, e) < 0)
		return -1;
	note(m, "database", before ? "kept" : "made", c->cf.database);
	return ctl_place_own_database(c, e);
}

/* The first account */

/* Ask for one line; "" when there is none. */
static const char *ask(struct ctl *c, const char *question)
{
	char line[ANSWER_MAX];

	fprintf(stderr, "%s: ", question);
	if (!fgets(line, sizeof(line), stdin))
		return "";
	return str_trim(arena_strdup(&c->arena, line));
}

/* Nobody can answer with --json or from a script; then what is missing stays missing. */
static const char *given_or_asked(struct ctl *c, const char *flag, const char *question)
{
	const char *value = ctl_flag(c, flag);

	if (value)
		return value;
	return !c->json && isatty(STDIN_FILENO) ? ask(c, question) : "";
}

/* Only the first account is made here: one that exists keeps its people and links. */
static int make_account(struct made *m, const char **link, int64_t *expires, struct err *e)
{
	struct ctl *c = m->c;
	const char *name, *admin, *person;
	struct account *list;
	struct link l;
	int64_t id;
	int n = store_account_list(c->db, &c->arena, &list, e);

	if (n < 0)
		return -1;
	if (n > 0) {
		note(m, "account", "kept", list[0].name);
		return 0;
	}
	name = given_or_asked(c, "account", "Name of the first account (your organisation)");
	admin = *name ? given_or_asked(c, "admin", "E-mail address of its first admin") : "";
	person = *admin ? given_or_asked(c, "name", "Name of that person") : "";
	if (!*name && !*admin) {
		note(m, "account", "missing", "latchkey account add NAME --admin EMAIL");
		return 0;
	}
	if (svc_account_add(&c->svc, name, admin, person, &id, &l, e) < 0)
		return -1;
	note(m, "account", "made", name);
	*link = svc_account_link_url(&c->svc, &l);
	*expires = l.expires;
	return 0;
}

/* With -q the link is all that was asked for. */
static void print_made(struct made *m, const char *link, int64_t expires)
{
	struct ctl *c = m->c;

	if (c->json || (link && !c->quiet))
		CTL_RECORD(c, { "link", C_TEXT(link) }, { "expires", C_TIME(expires) },
			{ "places", C_TABLE(m->t) });
	else if (link)
		CTL_RECORD(c, { "link", C_TEXT(link) }, { "expires", C_TIME(expires) });
	else if (!c->quiet)
		ctl_out_table(c, m->t, "");
}

int ctl_init(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "what", "state", "where", NULL };
	struct made m = { .c = c, .t = ctl_out_new(c, columns) };
	const char *link = NULL;
	int64_t expires = 0;

	if (ctl_flag(c, "account") && !ctl_flag(c, "admin"))
		return ctl_fail(e, ERR_INPUT, "--account needs --admin EMAIL, too.");
	if (check_users(c, e) < 0 || make_directories(&m, e) < 0 || make_keys(&m, e) < 0 ||
		make_database(&m, e) < 0 || make_account(&m, &link, &expires, e) < 0 ||
		ctl_place_own_database(c, e) < 0)
		return -1;
	print_made(&m, link, expires);
	if (link)
		ctl_out_say(c,
			"The link works once, for the first admin. Hand it over in a way "
			"that nobody else reads.");
	ctl_out_say(c, "Next: start the engine and the portal, then run \"latchkey doctor\".");
	return 0;
}

/* Migrate */

/* Steps are tried in order, each in its own transaction, so that a failed one can be mended and run
 * again. */
int ctl_init_migrate(struct ctl *c, struct err *e)
{
	static const char *const columns[] = { "schema", "title", "state", NULL };
	struct ctl_table *t = ctl_out_new(c, columns);
	int i, from, newest = migrate_newest(), check = ctl_flag(c, "check") != NULL;

	if (ctl_open(c, 0, 0, e) < 0)
		return -1;
	from = migrate_current(c->db, e);
	if (from < 0 || (from > newest && migrate_check(c->db, e) < 0))
		return -1;
	if (!check && from < newest &&
		(migrate_run(c->db, newest, e) < 0 ||
			ctl_audited(c, AUDIT_MIGRATED, "database",
				arena_printf(&c->arena, "From schema %d to %d.", from, newest),
				e) < 0))
		return -1;
	if ((!check || from == newest) && migrate_check(c->db, e) < 0)
		return -1;
	for (i = 1; i <= newest; i++)
		CTL_ROW(c, t, C_INT(i), C_TEXT(migrate_title(i)),
			C_TEXT(i <= from	? "was there"
					: check ? "missing"
						: "made"));
	ctl_out_table(c, t, "");
	return check && from < newest ? CTL_FAILED : 0;
}
