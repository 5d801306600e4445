/* Sight: what the members of an account are looked at with.
 *
 * Rule: only a connection that works is looked with. What members have of their own is own.c's.
 */
#include "sight.h"

#include <stdlib.h>
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

static int read_rows(struct sight *s, int64_t account, struct err *e)
{
	struct credential like = { .account = account, .purpose = PURPOSE_CURRENT };
	struct db *db = s->eng->db;
	int rc = store_connection_staged(db, &s->rows, account, CONN_LIVE, &s->look.c, e);

	if (rc == 1) {
		like.connection = s->look.c.id;
		rc = store_credential_find(db, &s->rows, &like, &s->look.secret, e);
	}
	if (rc == 0)
		return ERR(e, ERR_CONFLICT,
			"There is no connection, so no calendar can be looked at. An account admin "
			"sets it up first.",
			"sight: no live connection");
	return rc < 0 ? -1 : may_look(s, e);
}

struct sight *sight_open(struct engine *eng, int64_t account, struct err *e)
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
	if (read_rows(s, account, e) == 0)
		s->line = line_stored(&s->tools, &s->look.c, PURPOSE_CURRENT, e);
	if (s->line)
		return s;
	sight_free(s);
	return NULL;
}

void sight_free(struct sight *s)
{
	if (!s)
		return;
	line_free(s->line);
	arena_done(&s->rows);
	free(s);
}

int sight_fits(struct sight *s, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, ROWS);
	rc = health_same(s->eng, &a, &s->look, e);
	arena_done(&a);
	return rc;
}
