/* Notice: what account admins are told without having asked.
 *
 * Rules: the name of a notice, kept in the store, makes that it is told once: for a secret its
 * version and the number of days, for a state the connection. An all-clear goes only to those who
 * were told that something is wrong. tell() is the one place from which words leave.
 */
#include "notice.h"

#include <stdio.h>
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "exchange/clean.h"
#include "mail/mail_text.h"
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "platform/url.h"
#include "store/store_mail.h"

enum { DAY = 86400, NAME = NOTICE_NAME, PARAMS = 4096, EXPIRY_ARENA = 128 << 20 };

/* One thing to tell about a connection. */
struct notice {
	const char *kind; /* of mail */
	const char *name; /* told once under it */
	int64_t at;	  /* since when it is so */
};

/* What the words of a kind of mail ask for. */
struct pair {
	const char *key;
	const char *text; /* NULL: num counts */
	int64_t num;
};

/* Rows may hold any length: what a mail would cut is cut here. */
static const char *params_of(struct buf *b, const struct pair *p)
{
	char text[MAIL_VALUE_MAX + 1];

	for (; p->key; p++) {
		if (p->text)
			clean_text(text, sizeof(text), p->text, strlen(p->text));
		else
			snprintf(text, sizeof(text), "%lld", (long long)p->num);
		if (url_pair(b, p->key, text) < 0)
			die("notice: parameters over their maximum");
	}
	return buf_str(b);
}

/* The one place from which words leave: 1 told, 0 it was before, -1. What concerns the connections
 * of an account may become one mail. */
static int tell(struct engine *eng, const struct connection *c, const struct notice *n,
	const struct pair *words, struct err *e)
{
	struct mail m = { .account = c->account, .kind = n->kind, .group = "connections" };
	struct buf b;
	int rc = store_notice_once(eng->db, c->account, n->name, n->at, e);

	if (rc <= 0)
		return rc;
	buf_init(&b, PARAMS);
	m.params = params_of(&b, words);
	if (store_mail_admins(eng->db, &m, e) < 0)
		rc = -1;
	else
		log_info("notice", LF_S("kind", n->kind), LF_I("account", c->account),
			LF_I("connection", c->id), LF_S("name", n->name));
	buf_done(&b);
	return rc;
}

/* --- states --- */

static void name_of(char out[NAME], const struct connection *c, const char *what)
{
	store_notice_name(out, c->id, what);
}

static int trouble(struct engine *eng, const struct connection *c, const struct health *h,
	const char *kind, struct err *e)
{
	const struct pair words[] = {
		{ "connection", c->mailbox, 0 },
		{ "since", NULL, h->since },
		{ "reason", h->say, 0 },
		{ 0 },
	};
	char name[NAME];
	const struct notice n = { kind, name, h->since };

	name_of(name, c, kind);
	return tell(eng, c, &n, words, e) < 0 ? -1 : 0;
}

static const char *const troubles[] = { MAIL_STOPPED, MAIL_UNREACHABLE };
enum { TROUBLES = sizeof(troubles) / sizeof(troubles[0]) };

/* Forget what was told and is over. *since: of the first of it. 1, 0 nothing was told, -1. */
static int forget(struct engine *eng, const struct connection *c, int64_t *since, struct err *e)
{
	char name[NAME];
	int64_t at;
	int any = 0;

	for (size_t i = 0; i < TROUBLES; i++) {
		int rc;

		name_of(name, c, troubles[i]);
		rc = store_notice_drop(eng->db, c->account, name, &at, e);
		if (rc < 0)
			return -1;
		if (rc == 1 && (!any || at < *since))
			*since = at;
		any |= rc;
	}
	return any;
}

/* The name has the time in it: the next all-clear is another. */
static int all_clear(
	struct engine *eng, const struct connection *c, const struct health *h, struct err *e)
{
	struct pair words[] = {
		{ "connection", c->mailbox, 0 },
		{ "at", NULL, h->since },
		{ "since", NULL, 0 },
		{ 0 },
	};
	char name[NAME], what[64];
	const struct notice n = { MAIL_WELL, name, h->since };
	int any = forget(eng, c, &words[2].num, e);

	if (any <= 0)
		return any;
	snprintf(what, sizeof(what), MAIL_WELL ":%lld", (long long)h->since);
	name_of(name, c, what);
	return tell(eng, c, &n, words, e) < 0 ? -1 : 0;
}

int notice_state(
	struct engine *eng, const struct connection *c, const struct health *h, struct err *e)
{
	switch (h->state) {
	case HEALTH_WELL:
	case HEALTH_SLOWED:
		return all_clear(eng, c, h, e);
	case HEALTH_STOPPED:
		return trouble(eng, c, h, MAIL_STOPPED, e);
	case HEALTH_UNREACHABLE:
		return h->since > clock_now() - NOTICE_AWAY
			? 0
			: trouble(eng, c, h, MAIL_UNREACHABLE, e);
	case HEALTH_NEW:
	case HEALTH_PAUSED:
	case HEALTH__MAX:
		break;
	}
	return 0;
}

/* --- secrets --- */

int notice_switched(
	struct engine *eng, const struct connection *c, const struct credential *cr, struct err *e)
{
	const struct pair words[] = {
		{ "connection", c->mailbox, 0 },
		{ "at", NULL, clock_now() },
		{ "by", str_empty(cr->by_name) ? "somebody" : cr->by_name, 0 },
		{ "version", cr->version, 0 },
		{ 0 },
	};
	char name[NAME];
	const struct notice n = { MAIL_SWITCHED, name, clock_now() };

	snprintf(name, sizeof(name), "switched:%s", cr->version);
	return tell(eng, c, &n, words, e) < 0 ? -1 : 0;
}

static const int64_t days_before[] = { 0, 1, 7, 14, 30, 60 };

/* Which notice is due; -1 none yet. Of several that were missed only the last is told. */
static int64_t due(int64_t expires, int64_t now)
{
	for (size_t i = 0; i < sizeof(days_before) / sizeof(days_before[0]); i++)
		if (expires - now <= days_before[i] * DAY)
			return days_before[i];
	return -1;
}

static int audit(struct engine *eng, const struct connection *c, const char *say, struct err *e)
{
	const struct chronicle row = { .account = c->account,
		.action = "credential.expiry",
		.about = c->mailbox,
		.detail = say };

	return chronicle_add(eng, &row, e);
}

static const char *what_of(const struct connection *c, const struct credential *cr)
{
	if (cr->certificate[0])
		return "certificate";
	return strcmp(c->signin, "app") == 0 || strcmp(c->signin, "user") == 0 ? "client secret"
									       : "password";
}

static int expiry_rows(struct engine *eng, const struct connection *c, const struct credential *cr,
	int64_t days, struct err *e)
{
	const struct pair words[] = {
		{ "connection", c->mailbox, 0 },
		{ "what", what_of(c, cr), 0 },
		{ "until", NULL, cr->expires },
		{ "days", NULL, (cr->expires - clock_now() + DAY - 1) / DAY },
		{ 0 },
	};
	char name[NAME], at[40], say[200];
	const struct notice n = { days ? MAIL_EXPIRY : MAIL_EXPIRED, name, clock_now() };
	int rc;

	snprintf(name, sizeof(name), "expiry:%s:%lld", cr->version, (long long)days);
	rc = tell(eng, c, &n, words, e);
	if (rc <= 0)
		return rc;
	clock_text(at, sizeof(at), cr->expires);
	snprintf(say, sizeof(say), "The %s %s %s.", what_of(c, cr),
		days ? "ends on" : "has ended on", at);
	return audit(eng, c, say, e);
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
