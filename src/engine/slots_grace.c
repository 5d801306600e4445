/* Slots, the end: what was replaced goes.
 *
 * Rules: a former secret goes when its grace has ended, which ops set; a former connection, with
 * the secret it was used with, when nobody can go back to it any more. Both are audited, in
 * batches, each in a transaction of its own.
 */
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "platform/clock.h"
#include "slots.h"
#include "store/store.h"

/* A row may be as long as its checks let it; the arena has room for all that one page has. */
enum { PAGE_ARENA = 128 << 20, HOUR = 3600, DAY = 86400, BATCH = 100 };

/* What went, and of whose mailbox, for the audit log. */
static int tell_erased(
	struct engine *eng, const struct connection *c, const char *what, struct err *e)
{
	const struct chronicle row = { .account = c->account,
		.action = slots_action(c, "credential.erased"),
		.about = c->mailbox,
		.detail = what };

	return chronicle_add(eng, &row, e);
}

static int erase_secrets(struct engine *eng, struct arena *a, int64_t before, struct err *e)
{
	struct credential *list;
	int n = store_credential_former(eng->db, a, before, &list, e);

	for (int i = 0; i < n; i++) {
		const struct credential *cr = &list[i];
		struct connection c;
		int rc = store_connection_get(eng->db, a, cr->account, cr->connection, &c, e);

		if (rc < 0 ||
			store_credential_remove(
				eng->db, cr->account, cr->connection, cr->purpose, e) < 0 ||
			(rc == 1 &&
				tell_erased(eng, &c,
					arena_printf(
						a, "version %s, its grace has ended", cr->version),
					e) < 0))
			return -1;
	}
	return n;
}

static int erase_connections(struct engine *eng, struct arena *a, int64_t before, struct err *e)
{
	struct connection *list;
	int n = store_connection_former(eng->db, a, before, &list, e);

	for (int i = 0; i < n; i++) {
		const struct connection *c = &list[i];

		if (store_connection_remove(eng->db, c->account, c->id, e) < 0 ||
			tell_erased(eng, c,
				arena_printf(a,
					"the connection by %s that was in use before, with "
					"its secrets: its %d days have ended",
					c->host, BACK_DAYS),
				e) < 0)
			return -1;
	}
	return n;
}

/* Up to when what became former goes. */
struct ends {
	int64_t secrets, connections;
};

/* One batch, in one transaction: how many went, or -1. */
static int erase(struct engine *eng, const struct ends *before, struct err *e)
{
	struct arena a;
	int n, more;

	if (db_begin_patient(eng->db, e) < 0)
		return -1;
	arena_init(&a, PAGE_ARENA);
	n = erase_secrets(eng, &a, before->secrets, e);
	more = n < 0 ? -1 : erase_connections(eng, &a, before->connections, e);
	n = db_finish(eng->db, more < 0 ? -1 : n + more, e);
	arena_done(&a);
	return n;
}

int64_t slots_grace(struct engine *eng, int64_t now, struct err *e)
{
	const struct ends before = { .secrets = now - eng->cf->grace_hours * HOUR + 1,
		.connections = now - BACK_DAYS * DAY + 1 };
	int64_t all = 0;
	int n;

	do {
		n = erase(eng, &before, e);
		if (n < 0)
			return -1;
		all += n;
	} while (n >= BATCH);
	if (all > 0)
		chronicle_seal(eng);
	return all;
}
