/* Notice: what account admins are told without having asked.
 *
 * Rules: the name of a notice, kept in the store, makes that it is told once: for a secret its
 * version and the number of days, for a state the connection. An all-clear goes only to those who
 * were told that something is wrong. tell() is the one place from which words leave.
 */
#include "notice.h"

#include <stdio.h>
#include "engine.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "store/store.h"

enum { DAY = 86400, NAME = 120, EXPIRY_ARENA = 32 << 20 };

/* One thing to tell. */
struct notice {
	const char *kind;
	const char *name;  /* told once under it */
	const char *group; /* what belongs together goes out together */
	const char *about; /* the mailbox */
	const char *say;
};

/* 1 told, 0 it was before, -1. */
static int tell(struct engine *eng, int64_t account, const struct notice *n, struct err *e)
{
	int rc = store_notice_once(eng->db, account, n->name, e);

	if (rc == 1)
		log_info("notice", LF_S("kind", n->kind), LF_I("account", account),
			LF_S("group", n->group), LF_S("about", n->about), LF_S("say", n->say));
	return rc;
}

/* --- states --- */

static void name_of(char out[NAME], const struct connection *c, const char *what)
{
	snprintf(out, NAME, "connection:%lld%s%s", (long long)c->id, *what ? ":" : "", what);
}

/* Was anything told that is over now? 1, 0 or -1. */
static int forget(struct engine *eng, const struct connection *c, struct err *e)
{
	static const char *const what[] = { "stopped", "unreachable" };
	char name[NAME];
	int any = 0;

	for (size_t i = 0; i < sizeof(what) / sizeof(what[0]); i++) {
		int rc;

		name_of(name, c, what[i]);
		rc = store_notice_drop(eng->db, c->account, name, e);
		if (rc < 0)
			return -1;
		any |= rc;
	}
	return any;
}

static int trouble(struct engine *eng, const struct connection *c, const struct health *h,
	const char *what, struct err *e)
{
	char name[NAME], group[NAME], kind[NAME];
	const struct notice n = { kind, name, group, c->mailbox, h->say };

	name_of(name, c, what);
	name_of(group, c, "");
	snprintf(kind, sizeof(kind), "connection_%s", what);
	return tell(eng, c->account, &n, e) < 0 ? -1 : 0;
}

/* The name of an all-clear has the time in it: the next one is another. */
static int all_clear(
	struct engine *eng, const struct connection *c, const struct health *h, struct err *e)
{
	char name[NAME], group[NAME], since[32];
	const struct notice n = { "connection_well", name, group, c->mailbox, h->say };
	int any = forget(eng, c, e);

	if (any <= 0)
		return any;
	snprintf(since, sizeof(since), "well:%lld", (long long)h->since);
	name_of(name, c, since);
	name_of(group, c, "");
	return tell(eng, c->account, &n, e) < 0 ? -1 : 0;
}

int notice_state(
	struct engine *eng, const struct connection *c, const struct health *h, struct err *e)
{
	switch (h->state) {
	case HEALTH_WELL:
	case HEALTH_SLOWED:
		return all_clear(eng, c, h, e);
	case HEALTH_STOPPED:
		return trouble(eng, c, h, "stopped", e);
	case HEALTH_UNREACHABLE:
		return clock_now() - h->since < NOTICE_AWAY ? 0
							    : trouble(eng, c, h, "unreachable", e);
	case HEALTH_NEW:
	case HEALTH_PAUSED:
	case HEALTH__MAX:
		break;
	}
	return 0;
}

/* --- ends of secrets --- */

static const int64_t days_before[] = { 0, 1, 7, 14, 30, 60 };

/* Which notice is due; -1 none yet. Of several that were missed only the last is told. */
static int64_t due(int64_t expires, int64_t now)
{
	for (size_t i = 0; i < sizeof(days_before) / sizeof(days_before[0]); i++)
		if (expires - now <= days_before[i] * DAY)
			return days_before[i];
	return -1;
}

static int audit(
	struct engine *eng, const struct connection *c, const struct notice *n, struct err *e)
{
	struct audit row = { .account = c->account,
		.kind = ACTOR_ENGINE,
		.actor = "engine",
		.action = "credential.expiry",
		.about = n->about,
		.detail = n->say,
		.address = "",
		.request = "" };

	return store_audit_add(eng->db, &row, e);
}

static int expiry_rows(struct engine *eng, const struct connection *c, const struct credential *cr,
	int64_t days, struct err *e)
{
	char name[NAME], group[NAME], at[40], say[200];
	const struct notice n = { "credential_expiry", name, group, c->mailbox, say };
	int rc;

	clock_text(at, sizeof(at), cr->expires);
	snprintf(name, sizeof(name), "expiry:%s:%lld", cr->version, (long long)days);
	name_of(group, c, "");
	snprintf(say, sizeof(say), "The %s %s %s. Enter a new one %s.",
		cr->certificate[0] ? "certificate" : "secret", days ? "ends on" : "has ended on",
		at, days ? "before that day" : "to sign in again");
	rc = tell(eng, c->account, &n, e);
	return rc == 1 ? audit(eng, c, &n, e) : rc;
}

int notice_expiry(
	struct engine *eng, const struct connection *c, const struct credential *cr, struct err *e)
{
	int64_t days = due(cr->expires, clock_now());

	if (days < 0)
		return 0;
	if (db_begin(eng->db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(eng->db, expiry_rows(eng, c, cr, days, e), e);
}

/* One page of secrets; *after moves on. Returns how many, or -1. */
static int expiry_page(struct engine *eng, struct arena *a, int64_t *after, struct err *e)
{
	struct credential *list;
	int n = store_credential_expiring(
		eng->db, a, clock_now() + INT64_C(60) * DAY + 1, *after, &list, e);

	for (int i = 0; i < n; i++) {
		struct connection c;
		int rc = store_connection_get(
			eng->db, a, list[i].account, list[i].connection, &c, e);

		if (rc == 1 && c.stage == CONN_LIVE)
			rc = notice_expiry(eng, &c, &list[i], e);
		if (rc < 0)
			return -1;
		*after = list[i].id;
	}
	return n;
}

int notice_expiries(struct engine *eng, struct err *e)
{
	struct arena a;
	int64_t after = 0;
	int n;

	arena_init(&a, EXPIRY_ARENA);
	do {
		arena_reset(&a);
		n = expiry_page(eng, &a, &after, e);
	} while (n > 0);
	arena_done(&a);
	return n;
}
