/* Signins: members' own sign-ins in bulk, for integration tests.
 *
 *	signins CONF ACCOUNT < LINES	a line: number of the member, login, password; blanks
 *between
 *
 * What as many forms and proofs would leave behind: rows as service/svc_own.c makes them, sealed by
 * service/svc_secret.c, but at once in the slot "current", where otherwise only the engine moves
 * what it has proved. So a test of ten thousand need not sign in ten thousand times before it
 * begins.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "service/svc_own.h"
#include "service/svc_secret.h"

enum { LINE = 1000, ROWS = 1 << 20 };

static int enter(struct svc *s, const struct connection *live, const char *login,
	const struct secret *secret, struct err *e)
{
	const struct svc_secrets sec = { .secret = secret, .certificate = "" };
	struct connection c = *live;
	struct member m;

	if (store_member_get(s->db, s->a, s->who.account, s->who.member, &m, e) <= 0)
		return -1;
	c.id = 0;
	c.owner = m.id;
	c.stage = CONN_SPARE;
	c.login = login;
	c.mailbox = str_empty(m.calendar) ? m.email : m.calendar;
	c.name = c.mailbox;
	c.edited_by = s->who.name;
	return store_connection_save(s->db, &c, e) < 0 ||
			svc_secret_set(s, &c, PURPOSE_CURRENT, &sec, e) < 0
		? -1
		: 0;
}

/* One line; the rows it needs are gone afterwards. */
static int read_line(
	struct svc *s, struct arena *a, const struct connection *live, char *line, struct err *e)
{
	char login[LINE], password[LINE];
	struct secret *secret;
	long long member;
	int rc;

	if (sscanf(line, "%lld %s %s", &member, login, password) != 3)
		return ERR(e, ERR_INPUT, NULL, "a line must be: member, login, password");
	s->a = a;
	s->who.member = member;
	secret = secret_new(password, strlen(password));
	rc = enter(s, live, login, secret, e);
	secret_free(secret);
	arena_reset(a);
	return rc;
}

static int read_all(struct svc *s, struct err *e)
{
	struct connection live;
	struct arena a;
	char line[LINE];
	int rc = store_connection_staged(s->db, s->a, s->who.account, CONN_LIVE, &live, e);

	if (rc <= 0)
		return rc < 0 ? -1 : ERR(e, ERR_MISSING, NULL, "no live connection");
	arena_init(&a, ROWS);
	rc = 0;
	while (rc == 0 && fgets(line, sizeof(line), stdin))
		rc = read_line(s, &a, &live, line, e);
	arena_done(&a);
	return rc;
}

int main(int argc, char **argv)
{
	struct config cf;
	struct arena a;
	struct err e;
	struct svc s = { .a = &a, .cf = &cf, .who = { .name = "signins" } };
	int rc;

	log_open("signins", LOG_WARN);
	seal_init();
	if (argc != 3 || str_int(argv[2], 1, INT64_MAX, &s.who.account) < 0)
		die("usage: signins CONF ACCOUNT");
	arena_init(&a, ROWS);
	rc = config_load(&cf, argv[1], &a, &e) < 0 ||
			db_sqlite_open(cf.database, 0, &s.db, &e) < 0 ||
			db_begin(s.db, DB_WRITE, &e) < 0
		? -1
		: db_finish(s.db, read_all(&s, &e), &e);
	if (rc < 0)
		log_err("signins", &e);
	if (s.db)
		db_close(s.db);
	arena_done(&a);
	return rc < 0 ? 1 : 0;
}
