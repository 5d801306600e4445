/* Check, other people's mailboxes: the busy time of a person, the rights over their calendar and
 * how far they reach; and a mailbox that must stay shut.
 *
 * Rules: counts and rights, never contents. What a method does not use is not asked for, and said
 * to be skipped. A mailbox counts as shut only when that was seen.
 */
#include "busy.h"
#include "check_work.h"
#include "platform/clock.h"

enum { DAY = 86400, BUSY_DAYS = 14 };

/* Why a step would prove nothing. */
static const struct {
	enum check_row row;
	enum method method;
	const char *say;
} pointless[] = {
	{ CHECK_BUSY, METHOD_PERSONAL, "This sign-in opens no mailbox but its own." },
	{ CHECK_RIGHTS, METHOD_PERSONAL, "This sign-in opens no mailbox but its own." },
	{ CHECK_REACH, METHOD_PERSONAL, "This sign-in opens no mailbox but its own." },
	{ CHECK_OUTSIDE, METHOD_PERSONAL, "This sign-in opens no mailbox but its own." },
	{ CHECK_RIGHTS, METHOD_DEDICATED, "Only busy time is read; nobody's calendar is opened." },
	{ CHECK_OUTSIDE, METHOD_DEDICATED, "Only busy time is read; nobody's calendar is opened." },
};

static const char *why_pointless(const struct check *k, enum check_row row)
{
	for (size_t i = 0; i < sizeof(pointless) / sizeof(pointless[0]); i++)
		if (pointless[i].row == row && pointless[i].method == k->q.method)
			return pointless[i].say;
	return NULL;
}

/* --- busy time --- */

static const char *busy_say(struct check *k, const struct busy_seen *b)
{
	const struct busy_query *q = &k->busy_query;
	const size_t n = busy_tidy(b->spans, b->count, q->from, q->to);

	return arena_printf(k->q.a, "%zu busy %s in the coming %d days%s.", n,
		n == 1 ? "block" : "blocks", BUSY_DAYS,
		b->merged_only ? ", told by the half hour" : "");
}

/* Where calendars open, busy time is read from those that do: the rights decide. */
static enum step_state busy_state(const struct check *k, enum reason r)
{
	return k->q.method == METHOD_DEDICATED || reason_row(r)->scope == SCOPE_CONNECTION
		? STEP_FAILED
		: STEP_NOTE;
}

static void on_busy(void *ptr, const struct outcome *o, const void *result)
{
	static const struct busy_seen missing = { .ended.reason = REASON_BAD_ANSWER };
	const struct busy_result *r = result;
	struct check *k = ptr;
	const struct busy_seen *b = o->reason == REASON_OK && r->count ? &r->list[0] : &missing;
	struct check_step s = check_wrong(o, NULL);

	k->busy = NULL;
	if (o->reason == REASON_OK) {
		s.reason = b->ended.reason;
		outcome_set(&s.end, s.reason, NEXT_NOTHING, b->ended.code);
	}
	k->sees = s.reason == REASON_OK;
	s.state = k->sees ? STEP_OK : busy_state(k, s.reason);
	if (k->sees)
		s.say = busy_say(k, b);
	check_end(k, CHECK_BUSY, &s);
	check_next(k);
}

void check_busy(struct check *k)
{
	const char *why = why_pointless(k, CHECK_BUSY);
	const int64_t today = clock_now() / DAY * DAY;
	const struct client_how how = {
		.a = k->q.a, .impersonate = client_acts_as(k->c), .done = on_busy, .ptr = k
	};

	if (why) {
		check_skip(k, CHECK_BUSY, why);
		check_next(k);
		return;
	}
	k->busy_query = (struct busy_query){ &k->q.member, 1, today, today + BUSY_DAYS * DAY };
	check_begin(k, CHECK_BUSY);
	k->busy = client_get_busy(k->c, &k->busy_query, &how);
}

/* --- rights and reach --- */

/* "Found: read, create. Not told: change, delete." */
static const char *rights_say(struct check *k)
{
	static const char *const groups[] = {
		[SEEN_YES] = "Found", [SEEN_NO] = "Missing", [SEEN_UNKNOWN] = "Not told"
	};
	static const enum seen order[] = { SEEN_YES, SEEN_NO, SEEN_UNKNOWN };
	const struct evidence *e = &k->facts.seen;
	const struct {
		const char *name;
		enum seen seen;
	} rights[] = { { "read", e->read }, { "create", e->create }, { "change", e->change },
		{ "delete", e->remove } };
	const char *say = "";

	for (size_t g = 0; g < sizeof(order) / sizeof(order[0]); g++) {
		const char *list = "";

		for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++)
			if (rights[i].seen == order[g])
				list = arena_printf(k->q.a, "%s%s%s", list, list[0] ? ", " : "",
					rights[i].name);
		if (list[0])
			say = arena_printf(k->q.a, "%s%s: %s. ", say, groups[order[g]], list);
	}
	return arena_printf(k->q.a, "%sNeeded: read, create, change, delete.", say);
}

/* Why nothing is known. */
static enum reason lost(const struct check *k)
{
	const enum reason r = k->facts.seen.attempt;

	return r != REASON_OK ? r : REASON_NOT_CHECKED;
}

static void tell_rights(struct check *k)
{
	const struct verdict *v = &k->facts.verdict;
	const int opens = k->facts.seen.calendar == SEEN_YES;
	struct check_step s = check_wrong(&k->facts.outcome, opens ? rights_say(k) : NULL);

	k->works |= opens;
	s.reason = k->facts.has_verdict ? v->reason : lost(k);
	if (!k->facts.has_verdict && opens)
		s.say = "It opens, but the server does not tell what is allowed in it.";
	if (k->facts.has_verdict && v->status == STATUS_CONNECTED) {
		s.reason = v->note;
		s.state = v->note == REASON_OK ? STEP_OK : STEP_NOTE;
	}
	check_end(k, CHECK_RIGHTS, &s);
}

static const char *const reaches[REACH__MAX] = {
	[REACH_NONE] = "None: neither busy time nor the calendar.",
	[REACH_BUSY] = "Busy time only.",
	[REACH_CALENDAR] = "The calendar.",
	[REACH_FULL] = "The whole mailbox, with its mail.",
};

/* Acting as somebody reaches all of the mailbox, which nobody can narrow down (EWS.md 0.11). */
static void tell_reach(struct check *k)
{
	const struct verdict *v = &k->facts.verdict;
	struct check_step s = { .state = STEP_OK };

	if (!k->facts.has_verdict || v->reach == REACH_UNKNOWN) {
		check_skip(k, CHECK_REACH, "It is not known, because the step before failed.");
		return;
	}
	s.say = reaches[v->reach];
	if (v->reach < REACH_CALENDAR) {
		s.state = STEP_NOTE;
		s.reason = v->reason;
	}
	check_end(k, CHECK_REACH, &s);
}

/* --- a mailbox that must not open --- */

/* Was it seen to stay shut? Some servers keep us out in words that mean the connection as long as
 * it works for nobody. */
static int is_shut(const struct check *k)
{
	struct evidence seen = k->facts.seen;
	struct verdict v;

	if (k->works)
		seen.others = SEEN_YES;
	return seen.calendar == SEEN_NO || verdict_of(k->q.method, &seen, &v);
}

/* A mailbox that is not there is shut to everybody. */
static int is_nobody(const struct evidence *seen)
{
	return seen->calendar_why == REASON_NO_MAILBOX || seen->busy_why == REASON_NO_MAILBOX;
}

/* That it opens is the failure here, and who acts as others may open it without a calendar. */
static void tell_outside(struct check *k)
{
	const struct evidence *seen = &k->facts.seen;
	struct check_step s = check_wrong(&k->facts.outcome, NULL);

	s.reason = lost(k);
	if (seen->calendar == SEEN_YES || seen->inbox == SEEN_YES) {
		s.reason = REASON_SCOPE_WIDE;
	} else if (is_nobody(seen)) {
		s.state = STEP_NOTE;
		s.reason = REASON_NO_MAILBOX;
		s.say = "There is no such mailbox, so this proves nothing.";
	} else if (is_shut(k)) {
		s.state = STEP_OK;
		s.reason = REASON_OK;
		s.say = "It does not open.";
	}
	check_end(k, CHECK_OUTSIDE, &s);
}

/* --- both --- */

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct check *k = ptr;

	if (k->asked++)
		return 0;
	*n = 0;
	*address = k->stage == CHECK_OF_MEMBER ? k->q.member : k->q.outside;
	return 1;
}

static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct check *k = ptr;

	k->facts = *f;
	k->told = 1;
}

static void on_people(void *ptr, const struct outcome *o)
{
	struct check *k = ptr;

	k->calendars = NULL;
	if (!k->told)
		k->facts = (struct calendar_facts){ .seen.attempt = o->reason, .outcome = *o };
	if (k->stage == CHECK_OF_MEMBER) {
		tell_rights(k);
		tell_reach(k);
	} else {
		tell_outside(k);
	}
	check_next(k);
}

/* With the dedicated method the busy time that was read is all that is reached. */
static void skip(struct check *k, enum check_row row, const char *why)
{
	check_skip(k, row, why);
	if (row != CHECK_RIGHTS)
		return;
	why = why_pointless(k, CHECK_REACH);
	if (why)
		check_skip(k, CHECK_REACH, why);
	else if (k->sees)
		check_good(k, CHECK_REACH, reaches[REACH_BUSY]);
	else
		check_skip(k, CHECK_REACH, "It is not known, because busy time was not read.");
}

void check_people(struct check *k)
{
	const enum check_row row = k->stage == CHECK_OF_MEMBER ? CHECK_RIGHTS : CHECK_OUTSIDE;
	const struct calendars_query q = {
		.method = k->q.method, .next = on_next, .told = on_told, .done = on_people, .ptr = k
	};
	const char *why = why_pointless(k, row);

	if (why) {
		skip(k, row, why);
		check_next(k);
		return;
	}
	k->told = k->asked = 0;
	check_begin(k, row);
	k->calendars = calendars_start(k->c, &q);
}
