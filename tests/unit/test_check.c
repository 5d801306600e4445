/* The check of a connection: every way a stage can end, what is told of it, what is skipped after
 * it, and stops at every moment.
 */
#include "tests/unit/probe_unit.h"

#include "exchange/check.h"

#define OUTSIDE "boss@example.test"

enum { STEPS_MAX = 20, ROW_STEPS = 12, TURNS = 300, TITLE = 80 };

struct told {
	char title[TITLE];
	enum step_state state;
	enum reason reason;
	char say[200];
};

struct world {
	struct unit_org org; /* first: it answers what is asked to write */
	struct check *run;
	/* how things are */
	int64_t inbox, clock;
	int undated, zoneless, foreign;
	enum reason mailbox, member, outside; /* why they do not open; OK: they do */
	enum reason people;		      /* questions about others come to nothing */
	enum reason whole;		      /* one that acts as the outside one does */
	int inbox_opens, untold;	      /* whatever the calendar does; no rights are told */
	int alone;			      /* no member is named */
	enum reason busy;
	enum reason mail;    /* of the looks for the invitation ... */
	int mail_fails;	     /* ... so many of them */
	const char *primary; /* address of our own mailbox; NULL: the one that was given */
	/* what was heard */
	struct told told[STEPS_MAX];
	int count;
	int done, failed, gone;
};

/* --- the server --- */

static void own_folders(struct world *w, const struct client_call *k, struct folders_result *r)
{
	const struct folders_query *q = k->query;

	r->list = arena_array(k->how.a, q->count, sizeof(*r->list));
	r->count = q->count;
	for (size_t i = 0; i < q->count; i++)
		r->list[i].total = q->list[i].kind == FOLDER_INBOX ? w->inbox : 0;
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
		if (w->inbox_opens && q->list[i].kind == FOLDER_INBOX)
			r->list[i].ended.reason = REASON_OK;
	}
}

static void busy(struct world *w, const struct client_call *k, struct busy_result *r)
{
	static const struct zone_rules berlin = { -60, { 0, 10, 5, 0, 10800 },
		{ -60, 3, 5, 0, 7200 } };

	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0].ended.reason = w->busy;
	r->list[0].has_zone = !w->zoneless;
	r->list[0].zone = berlin;
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
	} else if (k->op == EXCHANGE_RESOLVE_NAME) {
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

static void on_step(void *ptr, const struct check_step *s)
{
	struct world *w = ptr;
	struct told *t = &w->told[w->count];

	assert_false(w->done || w->gone || w->run == NULL);
	assert_true(w->count < STEPS_MAX);
	assert_int_equal(s->n, ++w->count);
	snprintf(t->title, sizeof(t->title), "%s", s->title);
	snprintf(t->say, sizeof(t->say), "%s", s->say);
	assert_true(s->say[0]);
	assert_true(s->ms >= 0);
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
		.outside = OUTSIDE,
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
	const char *title; /* how it begins */
	enum step_state state;
	enum reason reason;
};

#define IN                                                                                         \
	{ "Signed in", STEP_OK, 0 },                                                               \
	{                                                                                          \
		"Server version", STEP_OK, 0                                                       \
	}
#define EMPTY                                                                                      \
	{                                                                                          \
		"Mailbox is empty", STEP_OK, 0                                                     \
	}
#define PLACE                                                                                      \
	{ "Time zone", STEP_OK, 0 },                                                               \
	{                                                                                          \
		"Clock", STEP_OK, 0                                                                \
	}
#define MEMBER                                                                                     \
	{                                                                                          \
		"Calendar of " OWNER, STEP_NOTE, REASON_SENDING_UNPROVED                           \
	}
#define SCOPE                                                                                      \
	{                                                                                          \
		OUTSIDE " must not open", STEP_OK, 0                                               \
	}
#define MADE                                                                                       \
	{                                                                                          \
		"Test meeting is made", STEP_OK, 0                                                 \
	}
#define ORGANIZER                                                                                  \
	{                                                                                          \
		"Organizer", STEP_OK, 0                                                            \
	}
#define INVITED                                                                                    \
	{                                                                                          \
		"Invitation", STEP_OK, 0                                                           \
	}
#define REMOVED                                                                                    \
	{                                                                                          \
		"Test meeting is removed", STEP_OK, 0                                              \
	}
#define WRITTEN MADE, ORGANIZER, INVITED, REMOVED
#define NOT_REACHED                                                                                \
	{ "A member's calendar", STEP_SKIPPED, REASON_NOT_CHECKED },                               \
		{ "A mailbox outside", STEP_SKIPPED, REASON_NOT_CHECKED },                         \
	{                                                                                          \
		"Writing and sending", STEP_SKIPPED, REASON_NOT_CHECKED                            \
	}

static const struct row {
	const char *name;
	struct want want[ROW_STEPS];
	const char *say; /* somewhere in what was said; NULL */
	int64_t inbox, clock;
	int undated, zoneless, foreign;
	enum reason mailbox, member, outside_opens, people, busy, create, keep, mail;
	int mail_fails;
	int64_t mail_at;
	int no_read;
	const char *primary, *from;
} rows[] = {
	{ .name = "all good",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, WRITTEN },
		.say = "From " OWNER ", sent by " OWN },
	{ .name = "refused",
		.want = { { "Signed in", STEP_FAILED, REASON_SIGNIN_REFUSED }, NOT_REACHED },
		.mailbox = REASON_SIGNIN_REFUSED },
	{ .name = "another address of it",
		.want = { { "Signed in", STEP_OK, 0 }, { "Address", STEP_NOTE, REASON_ALIAS },
			{ "Server version", STEP_OK, 0 }, EMPTY, PLACE, MEMBER, SCOPE, WRITTEN },
		.say = "Its primary address is calendars@corp.example.",
		.primary = "calendars@corp.example" },
	{ .name = "nobody answers",
		.want = { { "Signed in", STEP_FAILED, REASON_UNREACHABLE }, NOT_REACHED },
		.mailbox = REASON_UNREACHABLE },
	{ .name = "foreign mail",
		.want = { IN, { "Mailbox is empty", STEP_FAILED, REASON_FOREIGN_MAIL }, PLACE,
			MEMBER, SCOPE, WRITTEN },
		.say = "1 meeting messages",
		.foreign = 1,
		.inbox = 1 },
	{ .name = "more foreign mail",
		.want = { IN, { "Mailbox is empty", STEP_FAILED, REASON_FOREIGN_MAIL }, PLACE,
			MEMBER, SCOPE, WRITTEN },
		.say = "1 or more meeting messages",
		.foreign = 7,
		.inbox = 9 },
	{ .name = "not empty",
		.want = { IN, { "Mailbox is empty", STEP_NOTE, REASON_NOT_EMPTY }, PLACE, MEMBER,
			SCOPE, WRITTEN },
		.say = "Inbox 3, sent 0, calendar 0 items.",
		.inbox = 3 },
	{ .name = "counts hidden",
		.want = { IN, { "Mailbox is empty", STEP_NOTE, REASON_BAD_ANSWER }, PLACE, MEMBER,
			SCOPE, WRITTEN },
		.say = "does not tell how many",
		.inbox = -1 },
	{ .name = "no zone",
		.want = { IN, EMPTY, { "Time zone", STEP_NOTE, 0 }, { "Clock", STEP_OK, 0 }, MEMBER,
			SCOPE, WRITTEN },
		.zoneless = 1 },
	{ .name = "no date",
		.want = { IN, EMPTY, { "Time zone", STEP_OK, 0 }, MEMBER, SCOPE, WRITTEN },
		.undated = 1 },
	{ .name = "clock ahead",
		.want = { IN, EMPTY, { "Time zone", STEP_OK, 0 },
			{ "Clock", STEP_FAILED, REASON_CLOCK }, MEMBER, SCOPE, WRITTEN },
		.say = "+301 seconds",
		.clock = 301 },
	{ .name = "clock behind",
		.want = { IN, EMPTY, { "Time zone", STEP_OK, 0 },
			{ "Clock", STEP_FAILED, REASON_CLOCK }, MEMBER, SCOPE, WRITTEN },
		.say = "-301 seconds",
		.clock = -301 },
	{ .name = "clock bearable",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, WRITTEN },
		.say = "-300 seconds",
		.clock = -300 },
	{ .name = "clock bearable ahead",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, WRITTEN },
		.say = "+300 seconds",
		.clock = 300 },
	{ .name = "member limited",
		.want = { IN, EMPTY, PLACE, { "Calendar of", STEP_FAILED, REASON_BUSY_ONLY }, SCOPE,
			WRITTEN },
		.member = REASON_NOT_DELEGATED },
	{ .name = "member without a mailbox",
		.want = { IN, EMPTY, PLACE, { "Calendar of", STEP_FAILED, REASON_NO_MAILBOX },
			{ OUTSIDE, STEP_NOTE, REASON_NO_MAILBOX }, WRITTEN },
		.member = REASON_NO_MAILBOX,
		.busy = REASON_NO_MAILBOX },
	{ .name = "scope too wide",
		.want = { IN, EMPTY, PLACE, MEMBER, { OUTSIDE, STEP_FAILED, REASON_SCOPE_WIDE },
			WRITTEN },
		.outside_opens = 1 },
	{ .name = "others cannot be asked",
		.want = { IN, EMPTY, PLACE, { "Calendar of", STEP_FAILED, REASON_TIMED_OUT },
			{ OUTSIDE, STEP_FAILED, REASON_TIMED_OUT }, WRITTEN },
		.people = REASON_TIMED_OUT },
	{ .name = "writing refused",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE,
			{ "Test meeting is made", STEP_FAILED, REASON_READ_ONLY }, REMOVED },
		.create = REASON_READ_ONLY },
	{ .name = "sending refused",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE,
			{ "Test meeting is made", STEP_FAILED, REASON_SENDING_REFUSED }, REMOVED },
		.create = REASON_SENDING_REFUSED },
	{ .name = "not read back",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, { "Test meeting is made", STEP_NOTE, 0 },
			INVITED, REMOVED },
		.no_read = 1 },
	{ .name = "no invitation",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, MADE, ORGANIZER,
			{ "Invitation", STEP_FAILED, REASON_SENDING_UNPROVED }, REMOVED },
		.say = "within a minute",
		.mail_at = -1 },
	{ .name = "invitation not looked for",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, MADE, ORGANIZER,
			{ "Invitation", STEP_NOTE, REASON_READ_ONLY }, REMOVED },
		.say = "could not be looked for",
		.mail = REASON_READ_ONLY,
		.mail_fails = 1 },
	{ .name = "invitation looked for again",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, WRITTEN },
		.mail = REASON_TIMED_OUT,
		.mail_fails = 5 },
	{ .name = "from somebody else",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, MADE, ORGANIZER,
			{ "Invitation", STEP_NOTE, 0 }, REMOVED },
		.say = "not in the owner's name. From " OWN ".",
		.from = OWN },
	{ .name = "from nobody knows whom",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, MADE, ORGANIZER,
			{ "Invitation", STEP_NOTE, 0 }, REMOVED },
		.say = "does not tell from whom",
		.from = "" },
	{ .name = "left",
		.want = { IN, EMPTY, PLACE, MEMBER, SCOPE, MADE, ORGANIZER, INVITED,
			{ "Test meeting is removed", STEP_FAILED, REASON_READ_ONLY } },
		.say = "Left behind: the test meeting in the calendar",
		.keep = REASON_READ_ONLY },
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
	if (strncmp(t->title, x->title, strlen(x->title)) != 0 || t->state != x->state ||
		t->reason != x->reason)
		fail_msg("%s: not \"%s\" but \"%s\", %d, %s: %s", name, x->title, t->title,
			(int)t->state, reason_row(t->reason)->code, t->say);
}

static void compare(const struct world *w, const struct row *r)
{
	int i, failed = 0;

	for (i = 0; i < ROW_STEPS && r->want[i].title; i++) {
		compare_step(r->name, &r->want[i], &w->told[i]);
		failed |= r->want[i].state == STEP_FAILED;
	}
	if (i != w->count)
		fail_msg("%s: %s besides", r->name, w->told[i].title);
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

enum { OWN_STEPS = 5 /* before those of other people's mailboxes */ };

/* What is said of other people's mailboxes with each method, and that nothing is said without
 * having been seen. */
static const struct scope {
	const char *name;
	enum method method;
	enum reason member, outside, whole, busy;
	int alone, inbox_opens, untold, acts;
	struct want want[2];
	const char *say;
} scopes[] = {
#define P METHOD_PERSONAL
#define D METHOD_DEDICATED
#define G METHOD_DELEGATE
#define I METHOD_IMPERSONATION
#define SHUT REASON_NOT_DELEGATED
#define OPENS                                                                                      \
	{                                                                                          \
		"Calendar of", STEP_OK, 0                                                          \
	}
#define HOLDS                                                                                      \
	{                                                                                          \
		OUTSIDE, STEP_OK, 0                                                                \
	}
#define FAILS(title, why)                                                                          \
	{                                                                                          \
		title, STEP_FAILED, REASON_##why                                                   \
	}
#define SKIPS(title)                                                                               \
	{                                                                                          \
		title, STEP_SKIPPED, REASON_NOT_CHECKED                                            \
	}
	{ "personal", P, 0, 0, .want = { SKIPS("Calendar of " OWNER), SKIPS(OUTSIDE " must not") },
		.say = "no mailbox but its own" },
	{ "personal, no member", P, 0, 0, .alone = 1, .want = { SKIPS(OUTSIDE) } },
	{ "dedicated", D, 0, 0, .want = { OPENS, SKIPS(OUTSIDE) }, .say = "Only busy time" },
	{ "dedicated, busy time cannot be told", D, 0, 0, .busy = REASON_UNSUPPORTED,
		.want = { FAILS("Calendar of", UNSUPPORTED), SKIPS(OUTSIDE) } },
	{ "delegate, rights are not told", G, 0, SHUT, .untold = 1,
		.want = { FAILS("Calendar of", NOT_CHECKED), HOLDS },
		.say = "does not tell what is allowed" },
	{ "delegate, busy time is lost", G, 0, SHUT, .busy = REASON_UNAVAILABLE,
		.want = { { "Calendar of", STEP_NOTE, REASON_SENDING_UNPROVED }, HOLDS } },
	{ "delegate, opens", G, 0, 0, .alone = 1, .want = { FAILS(OUTSIDE, SCOPE_WIDE) } },
	{ "delegate, there is nobody", G, 0, SHUT, .busy = REASON_NO_MAILBOX, .alone = 1,
		.want = { { OUTSIDE, STEP_NOTE, REASON_NO_MAILBOX } }, .say = "proves nothing" },
	{ "nobody to act as", I, 0, REASON_NO_MAILBOX, .alone = 1,
		.want = { { OUTSIDE, STEP_NOTE, REASON_NO_MAILBOX } }, .say = "proves nothing" },
	{ "refused", I, 0, 0, .whole = REASON_IMPERSONATION_REFUSED, .want = { OPENS, HOLDS } },
	{ "refused, nobody else is seen", I, 0, 0, .whole = REASON_IMPERSONATION_REFUSED,
		.alone = 1, .want = { HOLDS } },
	{ "refused, busy time is lost", I, 0, 0, .whole = REASON_IMPERSONATION_REFUSED,
		.busy = REASON_UNAVAILABLE, .want = { OPENS, HOLDS } },
	{ "403", I, 0, 0, .whole = REASON_EWS_REFUSED, .want = { OPENS, HOLDS } },
	{ "permission missing", I, 0, 0, .whole = REASON_PERMISSION_MISSING,
		.want = { OPENS, HOLDS } },
	{ "403, nobody else is seen", I, 0, 0, .whole = REASON_EWS_REFUSED, .alone = 1,
		.want = { FAILS(OUTSIDE, EWS_REFUSED) } },
	{ "403, acting as our own mailbox works", I, 0, 0, .whole = REASON_EWS_REFUSED, .alone = 1,
		.acts = 1, .want = { HOLDS } },
	{ "403, the member does not open", I, REASON_ADDRESS_REFUSED, 0,
		.whole = REASON_EWS_REFUSED, .busy = REASON_ADDRESS_REFUSED,
		.want = { FAILS("Calendar of", ADDRESS_REFUSED), FAILS(OUTSIDE, EWS_REFUSED) } },
	{ "lost on the way", I, 0, 0, .whole = REASON_TIMED_OUT,
		.want = { OPENS, FAILS(OUTSIDE, TIMED_OUT) } },
	{ "opens", I, 0, 0, .want = { OPENS, FAILS(OUTSIDE, SCOPE_WIDE) } },
	{ "without a calendar, the inbox opens", I, 0, SHUT, .inbox_opens = 1,
		.want = { OPENS, FAILS(OUTSIDE, SCOPE_WIDE) } },
	{ "without a calendar, the inbox is shut", I, 0, SHUT, .want = { OPENS, HOLDS } },
};

static void test_scopes(void **state)
{
	static struct world w;

	(void)state;
	for (size_t i = 0; i < COUNT(scopes); i++) {
		const struct scope *x = &scopes[i];
		const int count = OWN_STEPS + 2 - x->alone;

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

/* Nothing was made, so nothing is said to be left. */
static void test_nothing_made(void **state)
{
	static struct world w;

	(void)state;
	init(&w);
	w.org.faults[0].at = 1;
	w.org.faults[0].fate = FATE_REFUSED;
	run(&w);
	assert_string_equal(w.told[w.count - 2].title, "Test meeting is made");
	assert_int_equal(w.told[w.count - 2].state, STEP_FAILED);
	assert_int_equal(w.told[w.count - 1].state, STEP_OK);
	assert_string_equal(w.told[w.count - 1].say, "Nothing was made.");
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
		assert_int_equal(w.count, wrong ? 1 : 5);
		assert_int_equal(w.failed, wrong);
		org_done(&w.org);
	}
	init(&w);
	w.org.method = METHOD_DEDICATED;
	w.org.owner = OWN;
	run(&w);
	assert_int_equal(w.failed, 0);
	assert_string_equal(w.told[w.count - 1].title, "Test meeting is removed");
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
		cmocka_unit_test(test_nothing_made),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
