/* Alert: what broke, who is told, and when it is over.
 *
 * Rules: the events of members are the source, and the cursor moves in the transaction of the mails
 * that they lead to, so a killed engine tells nothing twice. Who broke is kept until they are as
 * well as before, or are gone; a cause has as many as are kept with it. Admins are told when all
 * events are seen, so that a mass break is one mail. Who stands worse because somebody has switched
 * to another connection did not break: the comparison has said so before.
 */
#include "alert.h"

#include <string.h>
#include "engine.h"
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/url.h"
#include "remind.h"
#include "store/store_mail.h"
#include "store/store_remind.h"

enum { DAY = 86400, TURN_ARENA = 32 << 20 };

enum alert_step alert_step(const struct alert *t, int64_t now)
{
	if (t->n == 0)
		return t->told_at ? ALERT_CLEAR : ALERT_FORGET;
	if (!t->told_at)
		return now >= t->since + ALERT_COLLECT ? ALERT_TELL : ALERT_WAIT;
	if (t->n <= t->told_n || now < t->told_at + ALERT_COLLECT)
		return ALERT_WAIT;
	return t->n >= 2 * t->told_n || now >= t->told_at + ALERT_AGAIN ? ALERT_TELL : ALERT_WAIT;
}

static const struct reason_row *row_of(const char *code)
{
	const enum reason r = reason_parse(code);

	return reason_row(r < REASON__MAX ? r : REASON_INTERNAL);
}

/* --- one event --- */

static int broke(const struct member_event *v)
{
	return (v->was == STATUS_CONNECTED || v->was == STATUS_LIMITED) && v->is > v->was &&
		v->is <= STATUS_BLOCKED;
}

/* At once, if it is so still and theirs to mend; once a day at the most. */
static int tell_member(
	struct engine *eng, struct arena *a, const struct roster_row *m, struct err *e)
{
	const struct member_event told = { .account = m->s.account,
		.member = m->s.member,
		.what = MEMBER_ALERTED,
		.was = m->s.status,
		.is = m->s.status,
		.was_reason = m->s.reason,
		.reason = m->s.reason };
	struct mail mail = { .account = m->s.account,
		.member = m->s.member,
		.kind = MAIL_BROKEN,
		.dedupe = arena_printf(a, MAIL_BROKEN ":%lld", (long long)(clock_now() / DAY)) };
	const char *mailbox;
	int rc;

	if (m->silent_at || !member_must_act(m->kind, &m->s))
		return 0;
	mailbox = remind_mailbox(eng, a, m->s.account, e);
	mail.params = mailbox ? remind_params(eng, a, m, mailbox, e) : NULL;
	rc = mail.params ? store_mail_add(eng->db, &mail, e) : -1;
	return rc > 0 ? store_event_add(eng->db, &told, e) : rc;
}

/* It has this cause from now on. known: it broke before. */
static int has_broken(struct engine *eng, struct arena *a, const struct member_event *v,
	const struct breakage *known, struct err *e)
{
	const struct breakage b = { v->account, v->member, v->reason, known ? known->was : v->was };
	struct alert cause = { .account = v->account, .reason = v->reason, .since = v->at };
	struct roster_row m;
	int rc = store_roster_get(eng->db, a, v->account, v->member, &m, e);

	if (rc <= 0)
		return rc;
	cause.fixer = strcmp(m.s.reason, v->reason) == 0 ? m.s.fixer : row_of(v->reason)->fixer;
	if (store_broken_save(eng->db, &b, e) < 0 || store_alert_begin(eng->db, &cause, e) < 0)
		return -1;
	return broke(v) && m.s.status == v->is ? tell_member(eng, a, &m, e) : 0;
}

static int look_at(struct engine *eng, struct arena *a, const struct member_event *v, struct err *e)
{
	struct breakage known;
	int rc;

	if (v->what != MEMBER_VERDICT && v->what != MEMBER_SWITCHED && v->what != MEMBER_STOPPED)
		return 0;
	rc = store_broken_get(eng->db, a, v->account, v->member, &known, e);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return v->what == MEMBER_VERDICT && broke(v) ? has_broken(eng, a, v, NULL, e) : 0;
	if (v->what == MEMBER_STOPPED || (v->is != STATUS_NOT_CHECKED && v->is <= known.was))
		return store_broken_drop(eng->db, v->account, v->member, e);
	return v->is == STATUS_NOT_CHECKED || v->what == MEMBER_SWITCHED
		? 0
		: has_broken(eng, a, v, &known, e);
}

/* --- one cause --- */

static const char *number(struct arena *a, int64_t n)
{
	return arena_printf(a, "%lld", (long long)n);
}

static int tell_admins(
	struct engine *eng, struct arena *a, const struct alert *t, const char *kind, struct err *e)
{
	const struct reason_row *row = row_of(t->reason);
	const char *const pairs[][2] = {
		{ "n", number(a, t->n > 0 ? t->n : t->told_n) },
		{ "title", row->title },
		{ "reason", row->say },
		{ "who",
			t->fixer == FIXER_NOBODY ? "nobody has to, it passes by itself"
						 : reason_fixer(t->fixer) },
		{ "since", number(a, t->since) },
		{ "code", row->code },
		{ NULL, NULL },
	};
	const struct mail m = { .account = t->account, .kind = kind, .params = url_form(a, pairs) };

	if (store_mail_admins(eng->db, &m, e) < 0)
		return -1;
	log_info("alert", LF_S("kind", kind), LF_I("account", t->account),
		LF_S("reason", t->reason), LF_I("members", t->n));
	return 0;
}

static int say(struct engine *eng, struct arena *a, struct alert *t, struct err *e)
{
	switch (alert_step(t, clock_now())) {
	case ALERT_WAIT:
		break;
	case ALERT_TELL:
		if (tell_admins(eng, a, t, MAIL_BREAKS, e) < 0)
			return -1;
		t->told_at = clock_now();
		t->told_n = t->n;
		return store_alert_told(eng->db, t, e);
	case ALERT_CLEAR:
		if (tell_admins(eng, a, t, MAIL_MENDED, e) < 0)
			return -1;
		return store_alert_drop(eng->db, t->account, t->reason, e);
	case ALERT_FORGET:
		return store_alert_drop(eng->db, t->account, t->reason, e);
	}
	return 0;
}

/* --- one account --- */

/* Events that are not looked at yet. */
struct news {
	struct reminding said;
	struct member_event *events;
	int n;
};

static int read_news(
	struct engine *eng, struct arena *a, int64_t account, struct news *out, struct err *e)
{
	if (store_reminding_get(eng->db, a, account, &out->said, e) < 0)
		return -1;
	out->n = store_event_since(eng->db, a, account,
		(struct page_of){ out->said.cursor, ALERT_PORTION }, &out->events, e);
	return out->n < 0 ? -1 : 0;
}

/* In a write transaction. */
static int take(struct engine *eng, struct arena *a, int64_t account, struct err *e)
{
	struct alert *causes;
	struct news w;
	int count;

	if (read_news(eng, a, account, &w, e) < 0)
		return -1;
	for (int i = 0; i < w.n && !w.said.alerts_off; i++) {
		if (look_at(eng, a, &w.events[i], e) < 0)
			return -1;
	}
	if (w.n > 0 && store_reminding_cursor(eng->db, account, w.events[w.n - 1].id, e) < 0)
		return -1;
	if (w.n == ALERT_PORTION)
		return w.n;
	count = store_alert_list(eng->db, a, account, &causes, e);
	for (int i = 0; i < count; i++) {
		if (say(eng, a, &causes[i], e) < 0)
			return -1;
	}
	return count < 0 ? -1 : w.n;
}

/* Is there anything to write? 1, 0, -1. */
static int has_news(struct engine *eng, struct arena *a, int64_t account, struct err *e)
{
	struct alert *causes;
	struct news w;
	int any, count;

	if (read_news(eng, a, account, &w, e) < 0)
		return -1;
	any = w.n > 0;
	count = any ? 0 : store_alert_list(eng->db, a, account, &causes, e);
	for (int i = 0; i < count; i++)
		any |= alert_step(&causes[i], clock_now()) != ALERT_WAIT;
	return count < 0 ? -1 : any;
}

int alert_turn(struct engine *eng, int64_t account, struct err *e)
{
	struct arena a;
	int rc;

	arena_init(&a, TURN_ARENA);
	rc = has_news(eng, &a, account, e);
	if (rc == 1)
		rc = db_begin(eng->db, DB_WRITE, e) < 0
			? -1
			: db_finish(eng->db, take(eng, &a, account, e), e);
	arena_done(&a);
	return rc;
}
