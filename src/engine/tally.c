/* Tally: what one look at a member's calendar means.
 *
 * Rules: only a verdict changes how a member stands. What was not seen this time is not missing: of
 * a member who stands as before it is known what was known. Looks are the nearer, the newer and the
 * worse what was found; everybody is looked at daily.
 */
#include "tally.h"

#include <stdio.h>
#include <string.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY, EVER = INT32_MAX };

/* --- when to look again --- */

/* Of what has stood for less than `age` seconds: so many until the next look. The first that fits.
 */
static const struct rung {
	enum status status;
	int age, pause;
} ladder[] = {
	{ STATUS_ACTION, DAY, 15 * MINUTE },
	{ STATUS_ACTION, WEEK, HOUR },
	{ STATUS_ACTION, EVER, 6 * HOUR },
	{ STATUS_BLOCKED, DAY, 15 * MINUTE },
	{ STATUS_BLOCKED, WEEK, HOUR },
	{ STATUS_BLOCKED, EVER, 6 * HOUR },
	{ STATUS_LIMITED, DAY, 30 * MINUTE },
	{ STATUS_LIMITED, WEEK, 3 * HOUR },
	{ STATUS_LIMITED, EVER, 12 * HOUR },
	{ STATUS_CONNECTED, DAY, HOUR },
	{ STATUS_CONNECTED, WEEK, 6 * HOUR },
};

/* Of all others; with what is late it stays below a day. */
enum { DAILY = 22 * HOUR };

static int64_t settled(const struct standing *s, int64_t now)
{
	for (size_t i = 0; i < sizeof(ladder) / sizeof(ladder[0]); i++) {
		const struct rung *r = &ladder[i];

		if (r->status == s->status && now - s->since < r->age)
			return r->pause;
	}
	return DAILY;
}

static int64_t failing(int64_t fails)
{
	int64_t pause = TALLY_RETRY;

	while (--fails > 0 && pause < TALLY_RETRY_MAX)
		pause *= 2;
	return pause < TALLY_RETRY_MAX ? pause : TALLY_RETRY_MAX;
}

/* Up to an eighth earlier, so that those who were looked at together spread. */
int64_t tally_pause(const struct standing *s, int64_t now, unsigned noise)
{
	const int64_t pause = s->fails > 0 ? failing(s->fails) : settled(s, now);

	return pause - (int64_t)(noise % (unsigned)(pause / 8 + 1));
}

/* --- what was found --- */

static int64_t grants_of(const struct evidence *v)
{
	const enum seen found[GRANT__MAX] = {
		[GRANT_BUSY] = v->busy,
		[GRANT_OPEN] = v->calendar,
		[GRANT_READ] = v->read,
		[GRANT_CREATE] = v->create,
		[GRANT_CHANGE] = v->change,
		[GRANT_REMOVE] = v->remove,
		[GRANT_SEND] = v->sends,
		[GRANT_INBOX] = v->inbox,
	};
	int64_t grants = 0;

	for (enum grant g = 0; g < GRANT__MAX; g++)
		grants = grant_with(grants, g, found[g]);
	return grants;
}

/* Those that were not seen now, as they were known. Busy time is not asked of who can be read: that
 * it was closed once says nothing about that. */
static int64_t grants_kept(int64_t now, int64_t before)
{
	if (grant_seen(now, GRANT_READ) == SEEN_YES && grant_seen(before, GRANT_BUSY) == SEEN_NO)
		before = grant_with(before, GRANT_BUSY, SEEN_UNKNOWN);
	for (enum grant g = 0; g < GRANT__MAX; g++)
		if (grant_seen(now, g) == SEEN_UNKNOWN)
			now = grant_with(now, g, grant_seen(before, g));
	return now;
}

/* An inbox that opens is more than a calendar, whatever the calendar does; and whether nothing but
 * the calendar opens is not known before the inbox was seen. */
static enum reach reach_of(enum reach verdict, int64_t grants)
{
	const enum seen inbox = grant_seen(grants, GRANT_INBOX);

	if (inbox == SEEN_YES)
		return REACH_FULL;
	return verdict == REACH_CALENDAR && inbox == SEEN_UNKNOWN ? REACH_UNKNOWN : verdict;
}

/* "create events: yes" */
static const char *const grant_names[GRANT__MAX] = {
	[GRANT_BUSY] = "see busy time",
	[GRANT_OPEN] = "open the calendar",
	[GRANT_READ] = "read events",
	[GRANT_CREATE] = "create events",
	[GRANT_CHANGE] = "change events",
	[GRANT_REMOVE] = "remove events",
	[GRANT_SEND] = "send invitations",
	[GRANT_INBOX] = "open the inbox",
};

/* A sentence of what is another right now; "" when none is that was known before, too. */
static const char *changes(char dst[TALLY_DETAIL], int64_t was, int64_t is)
{
	size_t len = 0;

	dst[0] = '\0';
	for (enum grant g = 0; g < GRANT__MAX; g++) {
		const enum seen now = grant_seen(is, g);

		if (now == grant_seen(was, g) || grant_seen(was, g) == SEEN_UNKNOWN)
			continue;
		len += (size_t)snprintf(dst + len, TALLY_DETAIL - len, "%s %s",
			len == 0		  ? now == SEEN_YES ? "Can now" : "Can no longer"
				: now == SEEN_YES ? ", can now"
						  : ", can no longer",
			grant_names[g]);
	}
	if (len > 0)
		snprintf(dst + len, TALLY_DETAIL - len, ".");
	return dst;
}

static const char *const details[DETAIL__MAX] = {
	[DETAIL_UNKNOWN] = "",
	[DETAIL_NONE] = "none",
	[DETAIL_TIME] = "time",
	[DETAIL_SUBJECT] = "subject",
	[DETAIL_FULL] = "full",
};

static const char *proof_of(
	char dst[PROOF_TEXT], const struct calendar_facts *f, const struct tally_look *look)
{
	const struct outcome *o = &f->outcome;
	const struct proof p = { .code = f->code[0] ? f->code : o->code,
		.said = o->said,
		.server = o->server,
		.version = o->version,
		.request = o->request,
		.theirs = o->theirs,
		.host = look->host,
		.calendar = f->name,
		.detail = details[f->seen.detail] };

	return proof_write(dst, &p);
}

/* --- what happened --- */

static struct member_event *happened(
	const struct roster_due *was, struct tally *t, enum member_what what, int64_t now)
{
	struct member_event *v = &t->events[t->count++];

	*v = (struct member_event){ .account = was->s.account,
		.member = was->s.member,
		.at = now,
		.what = what,
		.was = was->s.status,
		.is = t->is.status,
		.was_reason = was->s.reason,
		.reason = t->is.reason,
		.detail = "",
		.by = "" };
	return v;
}

/* Was the one before by another connection or method? Then nothing has broken, and nothing was
 * mended: somebody has switched. */
static int is_switched(const struct standing *was, const struct tally_look *look)
{
	return was->checked_at > 0 &&
		(was->connection != look->connection || strcmp(was->method, look->method) != 0);
}

/* Never looked at is no reason that was left for another. */
static int moved(const struct standing *was, const struct standing *is)
{
	return was->status != is->status || strcmp(was->reason, is->reason) != 0;
}

static void failed(const struct roster_due *was, const struct calendar_facts *f,
	const struct tally_look *look, struct tally *t)
{
	t->is.tried = reason_row(f->seen.attempt)->code;
	t->is.fails++;
	if (t->is.fails == TALLY_FAILING) {
		struct member_event *v = happened(was, t, MEMBER_FAILING, look->now);

		v->reason = t->is.tried;
		v->detail = f->outcome.said;
	}
}

static void judged(const struct roster_due *was, const struct calendar_facts *f,
	const struct tally_look *look, struct tally *t)
{
	struct standing *is = &t->is;

	is->status = f->verdict.status;
	is->reason = reason_row(f->verdict.reason)->code;
	is->fixer = f->verdict.fixer;
	is->note = reason_row(f->verdict.note)->code;
	is->grants = grants_of(&f->seen);
	is->reach = reach_of(f->verdict.reach, is->grants);
	is->checked_at = look->now;
	is->tried = reason_row(REASON_OK)->code;
	is->fails = 0;
	is->method = look->method;
	is->connection = look->connection;
	is->proof = proof_of(t->proof, f, look);
	if (was->s.fails >= TALLY_FAILING)
		happened(was, t, MEMBER_ANSWERING, look->now);
	if (moved(&was->s, is)) {
		is->since = look->now;
		happened(was, t, is_switched(&was->s, look) ? MEMBER_SWITCHED : MEMBER_VERDICT,
			look->now);
		return;
	}
	is->grants = grants_kept(is->grants, was->s.grants);
	is->reach = reach_of(f->verdict.reach, is->grants);
	changes(t->detail, was->s.grants, is->grants);
	if (t->detail[0] || (was->s.reach != REACH_UNKNOWN && was->s.reach != is->reach))
		happened(was, t, MEMBER_RIGHTS, look->now)->detail = t->detail;
}

static int is_same(const struct standing *was, const struct standing *is)
{
	return !moved(was, is) && was->fixer == is->fixer && strcmp(was->note, is->note) == 0 &&
		was->grants == is->grants && was->reach == is->reach;
}

void tally_of(const struct roster_due *was, const struct calendar_facts *f,
	const struct tally_look *look, struct tally *t)
{
	t->is = was->s;
	t->count = 0;
	t->answered = f->has_verdict;
	t->is.tried_at = look->now;
	if (f->has_verdict)
		judged(was, f, look, t);
	else
		failed(was, f, look, t);
	t->is.next_at = look->now + tally_pause(&t->is, look->now, look->noise);
	t->same = is_same(&was->s, &t->is);
}
