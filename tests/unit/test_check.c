/* The check of a connection: every way a stage can end, what is told of it, what is skipped after
 * it, and stops at every moment.
 */
#include "tests/unit/probe_unit.h"

#include "exchange/check.h"

#define OUTSIDE "boss@example.test"

enum { STEPS_MAX = 20, ROW_STEPS = 8, TURNS = 300, TITLE = 80, ALL_STEPS = 17 };

struct told {
	char key[16], title[TITLE];
	enum step_state state;
	enum reason reason;
	char say[240];
	int ran;
};

struct world {
	struct unit_org org; /* first: it answers what is asked to write */
	struct check *run;
	/* how things are */
	int64_t inbox, clock;
	int undated, zoneless, foreign, spans;
	int odd_zone;	      /* minutes that the server's clock changes later; -1 no rules */
	enum reason zones;    /* why it does not tell rules */
	enum reason name_end; /* why the directory does not tell a name */
	enum reason mailbox, member, outside; /* why they do not open; OK: they do */
	enum reason people;		      /* questions about others come to nothing */
	enum reason whole;		      /* one that acts as the outside one does */
	int inbox_opens, untold;	      /* whatever the calendar does; no rights are told */
	int alone;			      /* 1 no member is named; 2 nobody at all */
	enum reason busy;
	enum reason mail;    /* of the looks for the invitation ... */
	int mail_fails;	     /* ... so many of them */
	const char *primary; /* address of our own mailbox; NULL: the one that was given */
	/* what was heard */
	struct told told[STEPS_MAX];
	int count;   /* steps that have ended */
	int waiting; /* ... that were announced */
	int done, failed, gone;
};

/* --- the server --- */

static void own_folders(struct world *w, const struct client_call *k, struct folders_result *r)
{
	const struct folders_query *q = k->query;

	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	r->count = q->count;
	for (size_t i = 0; i < q->count; i++)
		r->list[i] = (struct folder_seen){ .lies_in = "",
			.total = q->list[i].kind == FOLDER_INBOX ? w->inbox : 0 };
}

static enum reason shut(const struct world *w, const char *address)
{
	if (!address)
		return REASON_OK;
	return strcmp(address, OUTSIDE) == 0 ? w->outside : w->member;
}

static void folders(
	struct world *w, const struct client_call *k, struct outcome *o, struct folders_result *r)
{
	const struct folders_query *q = k->query;
	const int outside = k->how.impersonate && strcmp(k->how.impersonate, OUTSIDE) == 0;

	if (w->people != REASON_OK || (outside && w->whole != REASON_OK)) {
		unit_fail(o, outside ? w->whole : w->people, NEXT_NOTHING);
		return;
	}
	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	r->count = q->count;
	for (size_t i = 0; i < q->count; i++) {
		const char *whose = q->list[i].mailbox ? q->list[i].mailbox : k->how.impersonate;

		r->list[i] = (struct folder_seen){ .ended.reason = shut(w, whose),
			.rights_told = !w->untold,
			.rights = RIGHT_READ | RIGHT_CREATE,
			.item_rights = -1 };
		if (q->list[i].kind == FOLDER_INBOX && (w->inbox_opens || q->list[i].mailbox))
			r->list[i].ended.reason = w->inbox_opens ? REASON_OK : REASON_NOT_DELEGATED;
	}
}

static void busy(struct world *w, const struct client_call *k, struct busy_result *r)
{
	static const struct zone_rules berlin = { -60, { 0, 10, 5, 0, 10800 },
		{ -60, 3, 5, 0, 7200 } };
	const struct busy_query *q = k->query;

	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0].ended.reason = w->busy;
	r->list[0].has_zone = !w->zoneless;
	r->list[0].zone = berlin;
	if (w->odd_zone == 7)
		r->list[0].zone.daylight.second += 420;
	if (q->to - q->from < 2 * 86400)
		return;
	assert_int_equal(q->to - q->from, 14 * 86400);
	assert_string_equal(q->mailboxes[0], OWNER);
	r->list[0].spans = arena_array(k->how.a, 4, sizeof(struct busy_span));
	for (r->list[0].count = 0; r->list[0].count < (size_t)w->spans; r->list[0].count++)
		r->list[0].spans[r->list[0].count] =
			(struct busy_span){ .start = q->from + (int64_t)r->list[0].count * 7200,
				.end = q->from + (int64_t)r->list[0].count * 7200 + 3600,
				.kind = r->list[0].count == 3 ? BUSY_FREE : BUSY_BUSY };
}

static void zones(struct world *w, const struct client_call *k, struct zones_result *r)
{
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0] = (struct zone_seen){ .id = "W. Europe Standard Time",
		.has_rules = w->odd_zone >= 0,
		.rules = { -60, { 0, 10, 5, 0, 10800 }, { -60, 3, 5, 0, 7200 } },
		.rules_until = INT64_MAX };
	if (w->odd_zone == 60)
		r->list[0].rules.standard.second += 3600;
	if (w->odd_zone == 61)
		r->list[0].rules = (struct zone_rules){ .bias = -60 };
}

static void resolve(const struct world *w, const struct client_call *k, struct people_result *r)
{
	static const struct person own = { "Calendar Service", OWN, "Mailbox" };

	struct person *p = arena_memdup(k->how.a, &own, sizeof(own));

	if (w->primary)
		p->address = w->primary;
	r->list = p;
	r->count = 1;
}

static void meeting_mail(struct world *w, const struct client_call *k, struct mail_result *r)
{
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = w->foreign ? 1 : 0;
	r->total = w->foreign;
	r->list[0] = (struct mail_seen){ .for_whom = OUTSIDE };
}

static void answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct world *w = ptr;
	const unsigned want =
		k->op == EXCHANGE_OPEN_FOLDERS ? ((const struct folders_query *)k->query)->want : 0;

	if (want & FOLDER_WANT_COUNTS) {
		o->date = w->undated ? 0 : UNIT_NOW + w->clock;
		if (w->mailbox != REASON_OK)
			unit_fail(o, w->mailbox, NEXT_NOTHING);
		else
			own_folders(w, k, r);
	} else if (want & FOLDER_WANT_RIGHTS) {
		folders(w, k, o, r);
	} else if (k->op == EXCHANGE_GET_BUSY) {
		busy(w, k, r);
	} else if (k->op == EXCHANGE_SERVER_ZONES) {
		if (w->zones != REASON_OK)
			unit_fail(o, w->zones, NEXT_NOTHING);
		else
			zones(w, k, r);
	} else if (k->op == EXCHANGE_RESOLVE_NAME) {
		if (w->name_end != REASON_OK)
			unit_fail(o, w->name_end, NEXT_NOTHING);
		else
			resolve(w, k, r);
	} else if (k->op == EXCHANGE_FIND_MAIL &&
		!((const struct mail_query *)k->query)->subject[0]) {
		meeting_mail(w, k, r);
	} else if (k->op == EXCHANGE_FIND_MAIL && w->mail_fails > 0) {
		unit_fail(o, w->mail, NEXT_NOTHING);
		w->mail_fails--;
	} else {
		org_answer(&w->org, k, o, r);
	}
}

/* --- running it --- */

/* Announced all at once and in order; each runs at most once, and ends once, in order. */
static void on_step(void *ptr, const struct check_step *s)
{
	struct world *w = ptr;
	struct told *t = &w->told[s->n - 1];

	assert_false(w->done || w->gone || w->run == NULL);
	assert_in_range(s->n, 1, s->count);
	assert_true(s->count <= STEPS_MAX);
	assert_true(s->ms >= 0);
	if (s->state == STEP_WAITING) {
		assert_int_equal(s->n, ++w->waiting);
		assert_int_equal(w->count, 0);
		snprintf(t->key, sizeof(t->key), "%s", s->key);
		snprintf(t->title, sizeof(t->title), "%s", s->title);
		return;
	}
	assert_int_equal(w->waiting, s->count);
	assert_int_equal(s->n, w->count + 1);
	assert_string_equal(t->key, s->key);
	assert_string_equal(t->title, s->title);
	if (s->state == STEP_RUNNING) {
		assert_false(t->ran++);
		return;
	}
	w->count++;
	snprintf(t->say, sizeof(t->say), "%s", s->say);
	assert_true(s->say[0]);
	t->state = s->state;
	t->reason = s->reason;
}

static void on_done(void *ptr, int failed)
{
	struct world *w = ptr;

	assert_false(w->done || w->gone);
	w->done = 1;
	w->failed = failed;
}

static void on_gone(void *ptr)
{
	struct world *w = ptr;

	assert_false(w->done || w->gone);
	w->gone = 1;
}

static void init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	org_init(&w->org);
	w->org.client.answer = answer;
	w->org.client.world = w;
	w->outside = REASON_NOT_DELEGATED;
}

static void begin(struct world *w, int write)
{
	const struct check_query q = { .method = w->org.method,
		.mailbox = OWN,
		.member = w->alone ? "" : OWNER,
		.outside = w->alone > 1 ? "" : OUTSIDE,
		.write = write,
		.a = &w->org.a,
		.step = on_step,
		.done = on_done,
		.ptr = w };

	w->run = check_start(&w->org.client, &q);
	assert_int_equal(w->count, 0);
}

static void run(struct world *w)
{
	begin(w, 1);
	for (int n = 0; !w->done && n < TURNS; n++)
		org_turn(&w->org);
	assert_true(w->done);
	assert_int_equal(org_left(&w->org, 1), ORG_FOREIGN);
}

/* --- what is told --- */

struct want {
	const char *key;
	enum step_state state;
	enum reason reason;
};

/* Where nothing is wrong: of a delegate it is not proved that invitations leave until one does. */
static const struct want good[ALL_STEPS] = {
	{ "signin", STEP_OK, 0 },
	{ "address", STEP_OK, 0 },
	{ "version", STEP_OK, 0 },
	{ "empty", STEP_OK, 0 },
	{ "foreign_mail", STEP_OK, 0 },
	{ "zone", STEP_OK, 0 },
	{ "clock", STEP_OK, 0 },
	{ "busy", STEP_OK, 0 },
	{ "rights", STEP_NOTE, REASON_SENDING_UNPROVED },
	{ "reach", STEP_OK, 0 },
	{ "outside", STEP_OK, 0 },
	{ "made", STEP_OK, 0 },
	{ "organizer", STEP_OK, 0 },
	{ "invitation", STEP_OK, 0 },
	{ "changed", STEP_OK, 0 },
	{ "removed", STEP_OK, 0 },
	{ "gone", STEP_OK, 0 },
};

#define FAILS(key, why)                                                                            \
	{                                                                                          \
		key, STEP_FAILED, REASON_##why                                                     \
	}
#define NOTES(key, why)                                                                            \
	{                                                                                          \
		key, STEP_NOTE, REASON_##why                                                       \
	}
#define OPENS(key)                                                                                 \
	{                                                                                          \
		key, STEP_OK, REASON_OK                                                            \
	}
#define SKIPS(key)                                                                                 \
	{                                                                                          \
		key, STEP_SKIPPED, REASON_NOT_CHECKED                                              \
	}
#define UNMADE SKIPS("organizer"), SKIPS("invitation"), SKIPS("changed")

static const struct row {
	const char *name;
	struct want but[ROW_STEPS]; /* all else is as in `good` ... */
	int over;		    /* ... or skipped */
	const char *say;	    /* somewhere in what was said; NULL */
	int64_t inbox, clock;
	int undated, zoneless, foreign, spans, odd_zone;
	enum reason mailbox, member, outside_opens, people, busy, create, keep, change, mail;
	enum reason zones, name_end;
	int mail_fails;
	int64_t mail_at;
	int no_read, back;
	const char *primary, *from;
} rows[] = {
	{ .name = "all good", .say = "From " OWNER ", sent by " OWN },
	{ .name = "rights", .say = "Found: read, create. Not told: change, delete. Needed: read" },
	{ .name = "organizer", .say = OWNER ", the owner of the calendar." },
	{ .name = "zone", .say = "W. Europe Standard Time (Europe/Berlin). Clocks change at " },
	{ .name = "short day", .say = "1806195600 (an all-day event then lasts 23:00 hours)" },
	{ .name = "long day", .say = "1824944400 (an all-day event then lasts 25:00 hours)" },
	{ .name = "nothing planned", .say = "0 busy blocks in the coming 14 days." },
	{ .name = "one plan", .say = "1 busy block in the coming 14 days.", .spans = 1 },
	{ .name = "plans", .say = "3 busy blocks in the coming 14 days.", .spans = 4 },
	{ .name = "refused",
		.but = { FAILS("signin", SIGNIN_REFUSED) },
		.over = 1,
		.say = "because \xe2\x80\x9cSigned in, mailbox opens\xe2\x80\x9d failed",
		.mailbox = REASON_SIGNIN_REFUSED },
	{ .name = "another address of it",
		.but = { NOTES("address", ALIAS) },
		.say = "Its primary address is calendars@corp.example.",
		.primary = "calendars@corp.example" },
	{ .name = "hidden",
		.but = { SKIPS("address") },
		.say = "The directory does not show",
		.name_end = REASON_NOTHING_FOUND },
	{ .name = "nobody answers",
		.but = { FAILS("signin", UNREACHABLE) },
		.over = 1,
		.mailbox = REASON_UNREACHABLE },
	{ .name = "foreign mail",
		.but = { NOTES("empty", NOT_EMPTY), FAILS("foreign_mail", FOREIGN_MAIL) },
		.say = "1 meeting messages",
		.foreign = 1,
		.inbox = 1 },
	{ .name = "more foreign mail",
		.but = { NOTES("empty", NOT_EMPTY), FAILS("foreign_mail", FOREIGN_MAIL) },
		.say = "1 or more meeting messages",
		.foreign = 7,
		.inbox = 9 },
	{ .name = "not empty",
		.but = { NOTES("empty", NOT_EMPTY) },
		.say = "Inbox 3, sent 0, calendar 0 items.",
		.inbox = 3 },
	{ .name = "counts hidden",
		.but = { NOTES("empty", BAD_ANSWER) },
		.say = "does not tell how many",
		.inbox = -1 },
	{ .name = "no zone", .but = { NOTES("zone", OK) }, .zoneless = 1 },
	{ .name = "a zone that nobody knows",
		.but = { NOTES("zone", OK) },
		.say = "UTC+1:00, with changes",
		.odd_zone = 7 },
	{ .name = "clocks change an hour later",
		.but = { FAILS("zone", ZONE) },
		.say = "on the server: 1806195600, by +60 minutes.",
		.odd_zone = 60 },
	{ .name = "clocks do not change there",
		.but = { FAILS("zone", ZONE) },
		.say = "on the server: never.",
		.odd_zone = 61 },
	{ .name = "rules of no kind", .but = { NOTES("zone", UNSUPPORTED) }, .odd_zone = -1 },
	{ .name = "rules not told",
		.but = { NOTES("zone", UNSUPPORTED) },
		.say = "could not be compared",
		.zones = REASON_UNSUPPORTED },
	{ .name = "no date",
		.but = { NOTES("clock", OK) },
		.say = "does not tell what time",
		.undated = 1 },
	{ .name = "clock ahead",
		.but = { FAILS("clock", CLOCK) },
		.say = "+301 seconds",
		.clock = 301 },
	{ .name = "clock behind",
		.but = { FAILS("clock", CLOCK) },
		.say = "-301 seconds",
		.clock = -301 },
	{ .name = "clock bearable", .say = "-300 seconds", .clock = -300 },
	{ .name = "clock bearable ahead", .say = "+300 seconds", .clock = 300 },
	{ .name = "member limited",
		.but = { FAILS("rights", BUSY_ONLY), NOTES("reach", BUSY_ONLY) },
		.say = "Busy time only.",
		.member = REASON_NOT_DELEGATED },
	{ .name = "member shut",
		.but = { NOTES("busy", BUSY_DENIED), FAILS("rights", NOT_DELEGATED),
			NOTES("reach", NOT_DELEGATED) },
		.say = "None: neither",
		.member = REASON_NOT_DELEGATED,
		.busy = REASON_BUSY_DENIED },
	{ .name = "member without a mailbox",
		.but = { NOTES("busy", NO_MAILBOX), FAILS("rights", NO_MAILBOX),
			NOTES("reach", NO_MAILBOX), NOTES("outside", NO_MAILBOX) },
		.member = REASON_NO_MAILBOX,
		.busy = REASON_NO_MAILBOX },
	{ .name = "busy time is lost on the way",
		.but = { FAILS("busy", SERVER_DOWN) },
		.busy = REASON_SERVER_DOWN },
	{ .name = "scope too wide", .but = { FAILS("outside", SCOPE_WIDE) }, .outside_opens = 1 },
	{ .name = "others cannot be asked",
		.but = { FAILS("rights", TIMED_OUT), SKIPS("reach"), FAILS("outside", TIMED_OUT) },
		.people = REASON_TIMED_OUT },
	{ .name = "writing refused",
		.but = { FAILS("made", READ_ONLY), UNMADE },
		.create = REASON_READ_ONLY },
	{ .name = "sending refused",
		.but = { FAILS("made", SENDING_REFUSED), UNMADE },
		.create = REASON_SENDING_REFUSED },
	{ .name = "not read back",
		.but = { NOTES("made", OK), NOTES("organizer", OK) },
		.say = "could not be read back",
		.no_read = 1 },
	{ .name = "no invitation",
		.but = { FAILS("invitation", SENDING_UNPROVED) },
		.say = "within a minute",
		.mail_at = -1 },
	{ .name = "invitation not looked for",
		.but = { NOTES("invitation", READ_ONLY) },
		.say = "could not be looked for",
		.mail = REASON_READ_ONLY,
		.mail_fails = 1 },
	{ .name = "invitation looked for again", .mail = REASON_TIMED_OUT, .mail_fails = 5 },
	{ .name = "from somebody else",
		.but = { NOTES("invitation", OK) },
		.say = "not in the owner's name. From " OWN ".",
		.from = OWN },
	{ .name = "from nobody knows whom",
		.but = { NOTES("invitation", OK) },
		.say = "does not tell from whom",
		.from = "" },
	{ .name = "not to be changed",
		.but = { FAILS("changed", READ_ONLY) },
		.change = REASON_READ_ONLY },
	{ .name = "left",
		.but = { FAILS("removed", READ_ONLY), SKIPS("gone") },
		.say = "Left behind: the test meeting in the calendar",
		.keep = REASON_READ_ONLY },
	{ .name = "there again",
		.but = { FAILS("gone", OUTCOME_UNKNOWN) },
		.say = "it is still there",
		.back = 1 },
};

static void arrange(struct world *w, const struct row *r)
{
	w->inbox = r->inbox;
	w->clock = r->clock;
	w->undated = r->undated;
	w->zoneless = r->zoneless;
	w->foreign = r->foreign;
	w->mailbox = r->mailbox;
	w->member = r->member;
	w->outside = r->outside_opens ? REASON_OK : REASON_NOT_DELEGATED;
	w->people = r->people;
	w->busy = r->busy;
	w->org.create = r->create;
	w->org.keep = r->keep;
	w->org.change = r->change;
	w->org.back = r->back;
	w->spans = r->spans;
	w->odd_zone = r->odd_zone;
	w->zones = r->zones;
	w->name_end = r->name_end;
	w->org.mail_at = r->mail_at;
	w->mail = r->mail;
	w->mail_fails = r->mail_fails;
	w->primary = r->primary;
	if (r->from)
		w->org.from = r->from;
	w->org.no_read = r->no_read;
}

static int says(const struct world *w, const char *text)
{
	int found = 0;

	for (int i = 0; i < w->count; i++)
		found |= strstr(w->told[i].say, text) != NULL;
	return found;
}

static void compare_step(const char *name, const struct want *x, const struct told *t)
{
	if (strcmp(t->key, x->key) != 0 || t->state != x->state || t->reason != x->reason)
		fail_msg("%s: not \"%s\" but \"%s\", %d, %s: %s", name, x->key, t->key,
			(int)t->state, reason_row(t->reason)->code, t->say);
}

/* What a row says of a step, or else. */
static struct want wanted(const struct row *r, const struct want *usual)
{
	for (int i = 0; i < ROW_STEPS && r->but[i].key; i++)
		if (strcmp(r->but[i].key, usual->key) == 0)
			return r->but[i];
	return r->over ? (struct want)SKIPS(usual->key) : *usual;
}

static void compare(const struct world *w, const struct row *r)
{
	int failed = 0;

	assert_int_equal(w->count, ALL_STEPS);
	for (int i = 0; i < ALL_STEPS; i++) {
		const struct want x = wanted(r, &good[i]);

		compare_step(r->name, &x, &w->told[i]);
		failed |= x.state == STEP_FAILED;
	}
	if (w->failed != failed)
		fail_msg("%s: ends as %d", r->name, w->failed);
	if (r->say && !says(w, r->say))
		fail_msg("%s: nobody said %s", r->name, r->say);
}

static void test_rows(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		init(&w);
		arrange(&w, &rows[i]);
		run(&w);
		compare(&w, &rows[i]);
		if (rows[i].keep == REASON_OK)
			assert_int_equal(org_left(&w.org, 0), 0);
		org_done(&w.org);
	}
}

enum { OWN_STEPS = 7 /* before those of other people's mailboxes */ };

/* What is said of other people's mailboxes with each method, and that nothing is said without
 * having been seen. */
static const struct scope {
	const char *name;
	enum method method;
	enum reason member, outside, whole, busy;
	int alone, inbox_opens, untold, acts;
	struct want want[4];
	const char *say;
} scopes[] = {
#define P METHOD_PERSONAL
#define D METHOD_DEDICATED
#define G METHOD_DELEGATE
#define I METHOD_IMPERSONATION
#define SHUT REASON_NOT_DELEGATED
#define SEEN OPENS("busy"), OPENS("rights"), OPENS("reach")
#define HOLDS OPENS("outside")
#define OPEN FAILS("outside", SCOPE_WIDE)
	{ "personal", P, 0, 0,
		.want = { SKIPS("busy"), SKIPS("rights"), SKIPS("reach"), SKIPS("outside") },
		.say = "no mailbox but its own" },
	{ "personal, no member", P, 0, 0, .alone = 1, .want = { SKIPS("outside") } },
	{ "dedicated", D, 0, 0,
		.want = { OPENS("busy"), SKIPS("rights"), OPENS("reach"), SKIPS("outside") },
		.say = "Busy time only." },
	{ "dedicated, busy time cannot be told", D, 0, 0, .busy = REASON_UNSUPPORTED,
		.want = { FAILS("busy", UNSUPPORTED), SKIPS("rights"), SKIPS("reach"),
			SKIPS("outside") },
		.say = "busy time was not read" },
	{ "dedicated, closed", D, 0, 0, .busy = REASON_BUSY_DENIED,
		.want = { FAILS("busy", BUSY_DENIED), SKIPS("rights"), SKIPS("reach"),
			SKIPS("outside") } },
	{ "delegate, rights are not told", G, 0, SHUT, .untold = 1,
		.want = { OPENS("busy"), FAILS("rights", NOT_CHECKED), SKIPS("reach"), HOLDS },
		.say = "does not tell what is allowed" },
	{ "delegate, busy time is lost", G, 0, SHUT, .busy = REASON_UNAVAILABLE,
		.want = { NOTES("busy", UNAVAILABLE), NOTES("rights", SENDING_UNPROVED),
			OPENS("reach"), HOLDS },
		.say = "The calendar." },
	{ "delegate, opens", G, 0, 0, .alone = 1, .want = { OPEN } },
	{ "delegate, there is nobody", G, 0, SHUT, .busy = REASON_NO_MAILBOX, .alone = 1,
		.want = { NOTES("outside", NO_MAILBOX) }, .say = "proves nothing" },
	{ "nobody to act as", I, 0, REASON_NO_MAILBOX, .alone = 1,
		.want = { NOTES("outside", NO_MAILBOX) }, .say = "proves nothing" },
	{ "refused", I, 0, 0, .whole = REASON_IMPERSONATION_REFUSED, .want = { SEEN, HOLDS },
		.say = "The whole mailbox" },
	{ "refused, nobody else is seen", I, 0, 0, .whole = REASON_IMPERSONATION_REFUSED,
		.alone = 1, .want = { HOLDS } },
	{ "refused, busy time is lost", I, 0, 0, .whole = REASON_IMPERSONATION_REFUSED,
		.busy = REASON_UNAVAILABLE,
		.want = { NOTES("busy", UNAVAILABLE), OPENS("rights"), OPENS("reach"), HOLDS } },
	{ "403", I, 0, 0, .whole = REASON_EWS_REFUSED, .want = { SEEN, HOLDS } },
	{ "permission missing", I, 0, 0, .whole = REASON_PERMISSION_MISSING,
		.want = { SEEN, HOLDS } },
	{ "403, nobody else is seen", I, 0, 0, .whole = REASON_EWS_REFUSED, .alone = 1,
		.want = { FAILS("outside", EWS_REFUSED) } },
	{ "403, acting as our own mailbox works", I, 0, 0, .whole = REASON_EWS_REFUSED, .alone = 1,
		.acts = 1, .want = { HOLDS } },
	{ "403, the member does not open", I, REASON_ADDRESS_REFUSED, 0,
		.whole = REASON_EWS_REFUSED, .busy = REASON_ADDRESS_REFUSED,
		.want = { NOTES("busy", ADDRESS_REFUSED), FAILS("rights", ADDRESS_REFUSED),
			NOTES("reach", ADDRESS_REFUSED), FAILS("outside", EWS_REFUSED) } },
	{ "lost on the way", I, 0, 0, .whole = REASON_TIMED_OUT,
		.want = { SEEN, FAILS("outside", TIMED_OUT) } },
	{ "opens", I, 0, 0, .want = { SEEN, OPEN } },
	{ "without a calendar, the inbox opens", I, 0, SHUT, .inbox_opens = 1,
		.want = { SEEN, OPEN } },
	{ "without a calendar, the inbox is shut", I, 0, SHUT, .want = { SEEN, HOLDS } },
};

static void test_scopes(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(scopes); i++) {
		const struct scope *x = &scopes[i];
		const int count = OWN_STEPS + (x->alone ? 1 : 4);

		init(&w);
		w.org.method = x->method;
		w.member = x->member;
		w.outside = x->outside;
		w.whole = x->whole;
		w.busy = x->busy;
		w.alone = x->alone;
		w.inbox_opens = x->inbox_opens;
		w.untold = x->untold;
		w.org.client.acts_as = x->acts ? OWN : NULL;
		begin(&w, 0);
		for (int n = 0; !w.done && n < TURNS; n++)
			org_turn(&w.org);
		if (!w.done || w.count != count || (x->say && !says(&w, x->say)))
			fail_msg("%s: %d steps, or nobody said %s", x->name, w.count,
				x->say ? x->say : "");
		for (int n = OWN_STEPS; n < count; n++)
			compare_step(x->name, &x->want[n - OWN_STEPS], &w.told[n]);
		org_done(&w.org);
	}
}

/* What asks a question of its own is seen to run; titles say with which method. */
static void test_running(void **state)
{
	static struct world w;
	char ran[ALL_STEPS + 1] = "";

	(void)state;
	init(&w);
	run(&w);
	for (int i = 0; i < ALL_STEPS; i++)
		ran[i] = w.told[i].ran ? 'r' : '-';
	assert_string_equal(ran, "r------rr-rr-rrrr");
	assert_string_equal(w.told[8].title, "Delegate access to " OWNER);
	org_done(&w.org);
}

/* Nothing was made, so nothing is said to be left. */
static void test_nothing_made(void **state)
{
	static struct world w;

	(void)state;
	init(&w);
	w.org.faults[0].at = 1;
	w.org.faults[0].fate = FATE_REFUSED;
	run(&w);
	assert_int_equal(w.count, ALL_STEPS);
	for (int i = ALL_STEPS - 6; i < ALL_STEPS; i++) {
		const struct told *t = &w.told[i];

		assert_int_equal(t->state,
			strcmp(t->key, "made") == 0		 ? STEP_FAILED
				: strcmp(t->key, "removed") == 0 ? STEP_OK
								 : STEP_SKIPPED);
	}
	assert_true(says(&w, "Nothing was made."));
	org_done(&w.org);
}

/* What is not asked for is not told, nor skipped. Only delegates and those who act as others write
 * into the member's calendar. */
static void test_short(void **state)
{
	static struct world w;
	struct check_query q = { .method = METHOD_DEDICATED,
		.mailbox = OWN,
		.member = "",
		.outside = "",
		.a = &w.org.a,
		.step = on_step,
		.done = on_done,
		.ptr = &w };

	(void)state;
	for (int wrong = 0; wrong < 2; wrong++) {
		init(&w);
		w.mailbox = wrong ? REASON_SIGNIN_REFUSED : REASON_OK;
		w.run = check_start(&w.org.client, &q);
		for (int n = 0; !w.done && n < TURNS; n++)
			org_turn(&w.org);
		assert_true(w.done);
		assert_int_equal(w.count, OWN_STEPS);
		assert_int_equal(w.failed, wrong);
		org_done(&w.org);
	}
	init(&w);
	w.alone = 2;
	w.org.owner = OWN;
	run(&w);
	assert_int_equal(w.count, ALL_STEPS - 4);
	assert_string_equal(w.told[7].key, "made");
	org_done(&w.org);
	init(&w);
	w.org.method = METHOD_DEDICATED;
	w.org.owner = OWN;
	run(&w);
	assert_int_equal(w.failed, 0);
	assert_int_equal(w.count, ALL_STEPS);
	assert_string_equal(w.told[13].key, "invitation");
	assert_int_equal(w.told[13].state, STEP_SKIPPED);
	assert_int_equal(org_left(&w.org, 0), 0);
	org_done(&w.org);
}

/* Stopped after any number of turns: silence; what was made is taken away before it is gone. */
static int stop_after(struct world *w, int turns, int64_t mail_at)
{
	int steps, at_once;

	init(w);
	w->org.mail_at = mail_at;
	begin(w, 1);
	for (int n = 0; n < turns && !w->done; n++)
		org_turn(&w->org);
	if (w->done) {
		org_done(&w->org);
		return 0;
	}
	steps = w->count;
	at_once = check_stop(w->run, on_gone, w);
	assert_int_equal(w->gone, 0);
	for (int n = 0; !at_once && !w->gone && n < TURNS; n++)
		org_turn(&w->org);
	assert_int_equal(w->gone, !at_once);
	assert_int_equal(w->count, steps);
	assert_null(w->org.client.pending);
	assert_int_equal(org_left(&w->org, 0), 0);
	assert_int_equal(org_left(&w->org, 1), ORG_FOREIGN);
	org_done(&w->org);
	return 1 + !at_once;
}

static void test_stop(void **state)
{
	static struct world w;
	int kinds[3] = { 0 };

	(void)state;
	for (int n = 0, kind = 1; kind; n++) {
		kind = stop_after(&w, n, 0);
		kinds[kind]++;
	}
	for (int n = 0; n < 40; n++)
		kinds[stop_after(&w, n, 9000)]++;
	assert_true(kinds[1] > 4); /* at once */
	assert_true(kinds[2] > 8); /* while it was written */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_scopes),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_nothing_made),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
