/* Remind: who is reminded, and when.
 *
 * Rules: the next one is counted from the last that was sent, so that those which had to wait never
 * come close together. While the connection is paused, stopped or away for long, nobody is
 * reminded: they could not prove that it is mended; and afterwards only who was looked at again.
 * What was sent is written with the mail.
 */
#include "remind.h"

#include <stdlib.h>
#include "alert.h"
#include "engine.h"
#include "fault.h"
#include "mail/mail_reason.h"
#include "notice.h"
#include "platform/buf.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/seal.h"
#include "platform/url.h"
#include "store/store_mail.h"
#include "store/store_remind.h"

enum { DAY = 86400, PARAMS = 4096, TURN_ARENA = 32 << 20, SOON_MS = 20 };

struct remind {
	struct engine *eng;
	uint64_t timer;
	int faults;
};

/* --- the rule --- */

int64_t remind_next(int64_t sent, int64_t now)
{
	static const int64_t gaps[REMIND_MOST] = { 1, 3 - 1, 7 - 3, 14 - 7 };

	return sent >= 0 && sent < REMIND_MOST ? now + gaps[sent] * DAY : 0;
}

void remind_verdict(const struct roster_due *m, const struct standing *is, int64_t *remind_n,
	int64_t *remind_at)
{
	const int goes_on = member_must_act(m->kind, &m->s);

	*remind_n = *remind_at = 0;
	if (!member_must_act(m->kind, is))
		return;
	*remind_n = goes_on ? m->remind_n : 0;
	if (!m->silent_at)
		*remind_at = goes_on ? m->remind_at : remind_next(0, clock_now());
}

/* --- one member --- */

const char *remind_mailbox(struct engine *eng, struct arena *a, int64_t account, struct err *e)
{
	struct connection c;
	int rc = store_connection_staged(eng->db, a, account, CONN_LIVE, &c, e);

	return rc < 0 ? NULL : rc == 0 ? "" : c.mailbox;
}

const char *remind_params(struct engine *eng, struct arena *a, const struct roster_row *m,
	const char *mailbox, struct err *e)
{
	char fresh[SEAL_TOKEN_HEX + 1];
	const char *key;

	seal_token(fresh);
	if (store_remind_key(eng->db, a, m, fresh, &key, e) < 0)
		return NULL;
	return url_form(a,
		(const char *const[][2]){ { "reason", mail_reason(m->s.reason) },
			{ "mailbox", mailbox },
			{ "since", arena_printf(a, "%lld", (long long)m->s.since) },
			{ "stop", key }, { NULL, NULL } });
}

/* The mail, unless there was one today: 1, 0, -1. */
static int queue(struct engine *eng, struct arena *a, const struct roster_row *m,
	const char *mailbox, struct err *e)
{
	struct mail mail = { .account = m->s.account,
		.member = m->s.member,
		.kind = MAIL_REMINDER,
		.dedupe = arena_printf(a, MAIL_REMINDER ":%lld", (long long)(clock_now() / DAY)) };

	mail.params = remind_params(eng, a, m, mailbox, e);
	return mail.params ? store_mail_add(eng->db, &mail, e) : -1;
}

int remind_send(struct engine *eng, struct arena *a, struct roster_row *m, const char *mailbox,
	const char *by, struct err *e)
{
	const struct member_event v = { .account = m->s.account,
		.member = m->s.member,
		.what = MEMBER_REMINDED,
		.was = m->s.status,
		.is = m->s.status,
		.was_reason = m->s.reason,
		.reason = m->s.reason,
		.by = by };
	int rc;

	if (m->silent_at)
		return REMIND_SILENT;
	if (!member_must_act(m->kind, &m->s))
		return REMIND_NEEDLESS;
	rc = queue(eng, a, m, mailbox, e);
	if (rc < 0)
		return -1;
	if (rc == 0 && by)
		return REMIND_TODAY;
	m->remind_n += rc;
	m->remind_at = remind_next(m->remind_n, clock_now());
	if (store_remind_sent(eng->db, m, e) < 0 || (rc && store_event_add(eng->db, &v, e) < 0))
		return -1;
	return rc ? REMIND_SENT : REMIND_TODAY;
}

/* --- one account --- */

/* Can a member prove that it is mended? 1, 0, -1. */
static int provable(struct engine *eng, struct arena *a, int64_t account, struct err *e)
{
	struct connection c;
	struct health h;
	int rc = store_connection_staged(eng->db, a, account, CONN_LIVE, &c, e);

	if (rc <= 0 || c.paused_at)
		return rc < 0 ? -1 : 0;
	rc = store_health_get(eng->db, a, account, c.id, &h, e);
	if (rc <= 0)
		return rc < 0 ? -1 : 1;
	return h.state != HEALTH_STOPPED &&
		!(h.state == HEALTH_UNREACHABLE && h.since <= clock_now() - NOTICE_AWAY);
}

/* In a write transaction. */
static int send_due(struct engine *eng, struct arena *a, int64_t account, struct err *e)
{
	const char *mailbox = remind_mailbox(eng, a, account, e);
	struct roster_row *list;
	int n = mailbox ? store_roster_remind(eng->db, a, account, REMIND_PORTION, &list, e) : -1;

	for (int i = 0; i < n; i++) {
		int rc = remind_send(eng, a, &list[i], mailbox, NULL, e);

		/* Its row said so, and its status does not: it is no longer due. */
		if (rc == REMIND_NEEDLESS) {
			list[i].remind_at = 0;
			rc = store_remind_sent(eng->db, &list[i], e);
		}
		if (rc < 0)
			return -1;
	}
	return n;
}

/* Is there anything to send? 1, 0, -1. */
static int has_due(struct engine *eng, struct arena *a, int64_t account, struct err *e)
{
	struct roster_row *list;
	struct reminding said;
	int rc;

	if (store_reminding_get(eng->db, a, account, &said, e) < 0)
		return -1;
	rc = said.off ? 0 : provable(eng, a, account, e);
	return rc == 1 ? store_roster_remind(eng->db, a, account, 1, &list, e) : rc;
}

int remind_turn(struct engine *eng, int64_t account, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, TURN_ARENA);
	rc = has_due(eng, &a, account, e);
	if (rc == 1)
		rc = db_begin(eng->db, DB_WRITE, e) < 0
			? -1
			: db_finish(eng->db, send_due(eng, &a, account, e), e);
	arena_done(&a);
	if (rc > 0)
		log_info("remind", LF_I("account", account), LF_I("members", rc));
	return rc;
}

/* --- turns --- */

/* 1 there is more, 0, -1. */
static int account_turn(struct engine *eng, int64_t account, struct err *e)
{
	const int alerts = alert_turn(eng, account, e);
	const int sent = alerts < 0 ? -1 : remind_turn(eng, account, e);

	return sent < 0 ? -1 : alerts == ALERT_PORTION || sent == REMIND_PORTION;
}

/* The same of all. What cannot be read of one keeps no other waiting. */
static int turn(struct engine *eng, struct err *e)
{
	struct account *list;
	struct arena a;
	int n, rc = 0, more = 0;

	arena_init(&a, TURN_ARENA);
	n = store_account_list(eng->db, &a, &list, e);
	for (int i = 0; i < n && rc >= 0; i++) {
		rc = account_turn(eng, list[i].id, e);
		more |= rc > 0;
		if (rc < 0 && e->code != ERR_BUSY) {
			log_err("remind.account", e);
			rc = 0;
		}
	}
	arena_done(&a);
	return n < 0 || rc < 0 ? -1 : more;
}

static void on_turn(void *ptr)
{
	struct remind *r = ptr;
	struct err e;
	int rc = turn(r->eng, &e);

	if (rc < 0)
		fault_count(&r->faults, "remind.turn", &e);
	else
		r->faults = 0;
	r->timer = loop_after(r->eng->loop,
		rc < 0		 ? fault_pause(r->faults)
			: rc > 0 ? SOON_MS
				 : REMIND_POLL_MS,
		on_turn, r);
}

struct remind *remind_new(struct engine *eng)
{
	struct remind *r = calloc(1, sizeof(*r));

	if (!r)
		die("remind: out of memory");
	r->eng = eng;
	r->timer = loop_after(eng->loop, 0, on_turn, r);
	return r;
}

void remind_free(struct remind *r)
{
	if (!r)
		return;
	loop_cancel(r->eng->loop, r->timer);
	free(r);
}
