/* Service: switching between connections.
 *
 * Rules: rows change their stage, and nothing else; so whatever is done here can be undone by doing
 * it the other way round. Both sides are compared with what the page showed, in the transaction
 * that changes them. What waited in "next" of the one that goes is thrown away: it was entered for
 * what was in use.
 */
#include "svc_switch.h"

#include <string.h>
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "svc_mail.h"
#include "svc_secret.h"

enum { DAY = 86400 };

/* --- reading --- */

/* The secret that the row was used with, or has proved itself with: 1, 0 or -1. */
static int current_of(
	struct svc *s, const struct connection *c, struct credential *out, struct err *e)
{
	const struct credential like = {
		.account = c->account, .connection = c->id, .purpose = PURPOSE_CURRENT
	};

	return c->id ? store_credential_find(s->db, s->a, &like, out, e) : 0;
}

static int read_draft(struct svc *s, struct svc_sides *out, struct err *e)
{
	unsigned char policy[SEAL_HASH];
	struct credential cr;
	int rc = current_of(s, &out->draft, &cr, e);

	out->version = "";
	if (rc <= 0)
		return rc;
	store_connection_policy(&out->draft, policy);
	out->proved = memcmp(policy, cr.policy, sizeof(policy)) == 0;
	if (out->proved)
		out->version = cr.version;
	return 0;
}

/* Of several the one that was in use last, which was not made last when somebody went back. */
static int read_former(struct svc *s, struct svc_sides *out, struct err *e)
{
	struct credential cr;
	struct connection *list;
	int n = store_connection_list(s->db, s->a, s->who.account, &list, e), rc;

	for (int i = 0; i < n; i++) {
		if (list[i].stage == CONN_FORMER && list[i].staged_at >= out->former.staged_at)
			out->former = list[i];
	}
	rc = n < 0 ? -1 : current_of(s, &out->former, &cr, e);
	if (rc < 0)
		return -1;
	out->back_until = out->former.staged_at + BACK_DAYS * DAY;
	if (rc == 0 || out->back_until <= clock_now()) {
		out->former = (struct connection){ 0 };
		out->back_until = 0;
	}
	return 0;
}

int svc_switch_sides(struct svc *s, struct svc_sides *out, struct err *e)
{
	const int64_t account = s->who.account;

	*out = (struct svc_sides){ 0 };
	if (store_connection_staged(s->db, s->a, account, CONN_LIVE, &out->live, e) < 0 ||
		store_connection_staged(s->db, s->a, account, CONN_DRAFT, &out->draft, e) < 0)
		return -1;
	return read_draft(s, out, e) < 0 ? -1 : read_former(s, out, e);
}

/* --- is it what was shown? --- */

static int is_row(const struct connection *c, int64_t id, int64_t rev)
{
	return c->id == id && (id == 0 || c->rev == rev);
}

static int not_shown(struct err *e, const struct connection *c, int64_t id)
{
	return ERR(e, ERR_CONFLICT,
		"The connections are not what you saw: one of them was changed while you had this "
		"page open. Nothing was switched. Look at what holds now, and decide again.",
		"connection %lld is at revision %lld, and %lld was shown", (long long)c->id,
		(long long)c->rev, (long long)id);
}

static int check(const struct svc_sides *now, const struct connection *to,
	const struct svc_switch *w, struct err *e)
{
	if (!to->id || !is_row(to, w->to, w->rev))
		return not_shown(e, to, w->to);
	if (!is_row(&now->live, w->live, w->live_rev))
		return not_shown(e, &now->live, w->live);
	return 0;
}

/* --- telling --- */

static const char *way_of(struct svc *s, const struct connection *c)
{
	return arena_printf(s->a, "%s by %s as %s", c->method, c->host, c->mailbox);
}

static int audit(struct svc *s, enum audit_action action, const struct connection *from,
	const struct connection *to, struct err *e)
{
	return svc_audit(s, action, to->mailbox,
		from->id ? arena_printf(s->a, "from %s to %s", way_of(s, from), way_of(s, to))
			 : arena_printf(s->a, "to %s; nothing was in use", way_of(s, to)),
		e);
}

/* Every admin hears of it, whoever did it. */
static int tell_admins(struct svc *s, const char *kind, const struct connection *c,
	const char *former, struct err *e)
{
	const char *const pairs[][2] = {
		{ "connection", way_of(s, c) },
		{ "at", arena_printf(s->a, "%lld", (long long)clock_now()) },
		{ "until", arena_printf(s->a, "%lld", (long long)clock_now() + BACK_DAYS * DAY) },
		{ "by", str_empty(s->who.name) ? "somebody" : s->who.name },
		{ "former", former },
		{ NULL, NULL },
	};
	const struct mail_order o = {
		.kind = kind, .params = url_form(s->a, pairs), .group = "connections"
	};

	return svc_mail_admins(s, &o, e);
}

/* --- switching --- */

/* What is in use goes, and with it what waits to replace its secret. */
static int leave(struct svc *s, const struct connection *live, struct err *e)
{
	if (!live->id)
		return 0;
	return store_connection_leave(s->db, live->account, live->id, s->who.name, e) < 0 ||
			svc_secret_remove(s, live, PURPOSE_NEXT, e) < 0 ||
			svc_test_stop_all(s, live->id, e) < 0
		? -1
		: 0;
}

/* Whoever was told of trouble hears when the one in its place is well. */
static int take(struct svc *s, const struct connection *from, const struct connection *to,
	enum audit_action action, struct err *e)
{
	if (leave(s, from, e) < 0 ||
		store_connection_stage(s->db, to->account, to->id, CONN_LIVE, e) < 0 ||
		(from->id && store_notice_moved(s->db, to->account, from->id, to->id, e) < 0))
		return -1;
	if (tell_admins(s, MAIL_MOVED, to, from->id ? way_of(s, from) : "none", e) < 0)
		return -1;
	return audit(s, action, from, to, e);
}

static int switch_rows(struct svc *s, const struct svc_switch *w, struct err *e)
{
	struct svc_sides now;

	if (svc_switch_sides(s, &now, e) < 0 || check(&now, &now.draft, w, e) < 0)
		return -1;
	if (w->version && strcmp(w->version, now.version) != 0)
		return not_shown(e, &now.draft, w->to);
	if (!now.proved)
		return ERR(e, ERR_CONFLICT,
			"It has not proved itself yet, so it cannot be switched to. Test it first.",
			"draft %lld is not proved", (long long)now.draft.id);
	return take(s, &now.live, &now.draft, AUDIT_CONNECTION_SWITCHED, e);
}

static int back_rows(struct svc *s, const struct svc_switch *w, struct err *e)
{
	struct svc_sides now;

	if (svc_switch_sides(s, &now, e) < 0)
		return -1;
	if (!now.former.id)
		return ERR(e, ERR_CONFLICT,
			"There is nothing to go back to any more: its days have ended, or it was "
			"erased. Nothing was switched.",
			"no former connection to go back to");
	if (check(&now, &now.former, w, e) < 0)
		return -1;
	return take(s, &now.live, &now.former, AUDIT_CONNECTION_BACK, e);
}

static int disconnect_rows(struct svc *s, int64_t live, int64_t rev, const char *why, struct err *e)
{
	struct svc_sides now;

	if (svc_switch_sides(s, &now, e) < 0)
		return -1;
	if (!now.live.id)
		return ERR(e, ERR_CONFLICT,
			"No connection is in use: somebody disconnected it before you.",
			"connection %lld is not live any more", (long long)live);
	if (!is_row(&now.live, live, rev))
		return not_shown(e, &now.live, live);
	if (leave(s, &now.live, e) < 0 || tell_admins(s, MAIL_GONE, &now.live, "", e) < 0)
		return -1;
	return svc_audit(s, AUDIT_CONNECTION_DISCONNECTED, now.live.mailbox,
		arena_printf(s->a, "%s%s%s", way_of(s, &now.live), *why ? ": " : "", why), e);
}

/* The transaction ends; the engine looks at its connections, and at the tests that were stopped. */
static int finish(struct svc *s, int rc, enum audit_action action, struct err *e)
{
	if (svc_audit_commit(s, rc, action, e) < 0)
		return -1;
	svc_ring(s, BELL_JOB, 0);
	svc_ring(s, BELL_CANCEL, 0);
	return 0;
}

int svc_switch(struct svc *s, const struct svc_switch *w, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return finish(s, switch_rows(s, w, e), AUDIT_CONNECTION_SWITCHED, e);
}

int svc_switch_back(struct svc *s, const struct svc_switch *w, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return finish(s, back_rows(s, w, e), AUDIT_CONNECTION_BACK, e);
}

int svc_switch_disconnect(struct svc *s, int64_t live, int64_t rev, const char *why, struct err *e)
{
	if (db_begin(s->db, DB_WRITE, e) < 0)
		return -1;
	return finish(s, disconnect_rows(s, live, rev, why, e), AUDIT_CONNECTION_DISCONNECTED, e);
}
