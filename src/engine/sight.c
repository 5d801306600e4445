/* Sight: what the members of an account are looked at with.
 *
 * Rule: only a connection that works is looked with. What members have of their own is own.c's.
 */
#include "sight.h"

#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "exchange/egress.h"
#include "keeper.h"
#include "platform/log.h"
#include "store/store.h"

enum { ROWS = 4 << 20 };

/* May the connection be asked about everybody? */
static int may_look(struct sight *s, struct err *e)
{
	const struct connection *c = &s->look.c;
	struct health h;
	int rc = store_health_get(s->eng->db, &s->rows, c->account, c->id, &h, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && h.state == HEALTH_STOPPED)
		return ERR(e, ERR_CONFLICT,
			"The sign-in of the connection was refused, so nothing is tried. An "
			"account admin enters the new secret first.",
			"sight: stopped");
	return 0;
}

static int read_secret(struct sight *s, struct credential *out, struct err *e)
{
	const struct connection *c = &s->look.c;
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = PURPOSE_CURRENT
	};

	return store_credential_find(s->eng->db, &s->rows, &like, out, e);
}

static int read_live(struct sight *s, int64_t account, struct err *e)
{
	int rc = store_connection_staged(s->eng->db, &s->rows, account, CONN_LIVE, &s->look.c, e);

	if (rc == 1)
		rc = read_secret(s, &s->look.secret, e);
	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"There is no connection, so no calendar can be looked at. An account admin "
			"sets it up first.",
			"sight: no live connection");
	return rc < 0 ? -1 : may_look(s, e);
}

static int read_draft(struct sight *s, int64_t account, int64_t connection, struct err *e)
{
	int rc = store_connection_get(s->eng->db, &s->rows, account, connection, &s->look.c, e);

	if (rc == 1)
		rc = s->look.c.stage == CONN_DRAFT ? read_secret(s, &s->look.secret, e) : 0;
	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"The new connection is not there any more, or was not proved yet.",
			"sight: no draft %lld", (long long)connection);
	return rc < 0 ? -1 : 0;
}

static struct sight *sight_new(struct engine *eng)
{
	struct sight *s = calloc(1, sizeof(*s));
	struct err late;

	if (!s)
		die("sight: out of memory");
	s->eng = eng;
	s->tools = (struct line_tools){ .cf = eng->cf,
		.net = &eng->tools,
		.gate = keeper_gate(eng->keeper),
		.db = eng->db,
		.keys = eng->keys };
	arena_init(&s->rows, ROWS);
	if (egress_load(eng->tools.egress, &late) < 0)
		log_err("egress.kept", &late);
	return s;
}

/* rc: of reading its rows. */
static struct sight *ready(struct sight *s, int rc, struct err *e)
{
	if (rc == 0)
		s->line = line_stored(&s->tools, &s->look.c, PURPOSE_CURRENT, e);
	if (s->line)
		return s;
	sight_free(s);
	return NULL;
}

struct sight *sight_open(struct engine *eng, int64_t account, struct err *e)
{
	struct sight *s = sight_new(eng);

	return ready(s, read_live(s, account, e), e);
}

struct sight *sight_open_draft(
	struct engine *eng, int64_t account, int64_t connection, struct err *e)
{
	struct sight *s = sight_new(eng);

	s->trial = 1;
	return ready(s, read_draft(s, account, connection, e), e);
}

void sight_free(struct sight *s)
{
	if (!s)
		return;
	line_free(s->line);
	arena_done(&s->rows);
	free(s);
}

/* Of a draft: nobody has changed it, and it is one still. */
static int same_draft(struct sight *s, struct arena *a, struct err *e)
{
	const struct connection *c = &s->look.c;
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = PURPOSE_CURRENT
	};
	struct connection now;
	struct credential secret = { 0 };
	int rc = store_connection_get(s->eng->db, a, c->account, c->id, &now, e);

	if (rc == 1)
		rc = store_credential_find(s->eng->db, a, &like, &secret, e);
	return rc <= 0 ? rc
		       : now.stage == CONN_DRAFT && now.rev == c->rev &&
			strcmp(secret.version, s->look.secret.version) == 0;
}

int sight_fits(struct sight *s, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, ROWS);
	rc = s->trial ? same_draft(s, &a, e) : health_same(s->eng, &a, &s->look, e);
	arena_done(&a);
	return rc;
}
