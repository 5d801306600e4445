/* Members' own sign-ins: whose line a member is looked at by, what a refusal and a shut door say
 * about whom, when the server is away. How each calendar is says the hand of round_unit.h.
 */
#include "tests/unit/round_unit.h"

#include "engine/own.h"

enum { MEMBERS = 120 };

/* Members of an account with the method personal, in the order in which they are asked for. */
struct team {
	struct bed d;
	struct sight *sight;
	struct own *own;
	struct roster_due due[MEMBERS];
	char address[MEMBERS][40];
	int count, given, ended;
	int told[MEMBERS];
	struct calendar_facts facts[MEMBERS];
	int64_t by[MEMBERS]; /* owner of the line; 0 the account's, -1 none was used */
	enum reason end;
};

/* --- how it is with them --- */

/* By the beginning of an address. */
static const struct kind {
	const char *begin;
	enum reason attempt;
	const char *code;
} kinds[] = {
	{ "ok", REASON_OK, "" },
	{ "room", REASON_OK, "" },
	{ "wrong", REASON_SIGNIN_REFUSED, "" },
	{ "held", REASON_SIGNIN_STOPPED, "password_expired" },
	{ "door", REASON_EWS_REFUSED, "" },
	{ "moving", REASON_MOVING, "" },
	{ "away", REASON_SERVER_DOWN, "" },
};

/* Of the account's own mailbox. */
static enum reason witness;

static void judge_own(const char *address, struct calendar_facts *f)
{
	const int ours = str_starts(address, "svc@");
	const struct kind *k = kinds;

	while (!ours && !str_starts(address, k->begin))
		k++;
	if (ours)
		hand.line = NULL; /* nobody is told of it */
	f->seen.attempt = ours ? witness : k->attempt;
	outcome_set(&f->outcome, f->seen.attempt, NEXT_NOTHING, ours ? "" : k->code);
	if (f->seen.attempt == REASON_OK && !str_starts(address, "room")) {
		f->seen.calendar = f->seen.read = f->seen.create = SEEN_YES;
		f->has_verdict = verdict_of(METHOD_PERSONAL, &f->seen, &f->verdict);
	} else if (f->seen.attempt == REASON_OK) {
		f->seen.busy = SEEN_YES;
		f->has_verdict = verdict_of(METHOD_DEDICATED, &f->seen, &f->verdict);
	}
}

/* --- a team --- */

static void make(struct team *t, void **state)
{
	struct err e;

	memset(t, 0, sizeof(*t));
	bed_make(&t->d, *state, "personal");
	hand.opens = 1;
	hand.judge = judge_own;
	witness = REASON_OK;
	t->sight = sight_open(&t->d.b->eng, t->d.account, &e);
	assert_non_null(t->sight);
}

static void done(struct team *t)
{
	sight_free(t->sight);
	assert_int_equal(hand.running, 0);
	assert_int_equal(hand.lines, 0);
}

/* A row of the member's own, with the way of the live connection, and a secret in a slot of it. */
static int64_t enter(struct team *t, int64_t member, const char *slot)
{
	struct connection c = t->sight->look.c;
	struct credential cr = { .account = t->d.account,
		.purpose = slot,
		.version = "own",
		.key_id = "k1",
		.sealed = "x",
		.sealed_len = 1 };
	struct err e;

	c.id = 0;
	c.owner = member;
	c.stage = CONN_SPARE;
	c.login = "own";
	assert_ok(store_connection_save(t->d.db, &c, &e));
	cr.connection = c.id;
	assert_ok(store_credential_reserve(t->d.db, t->d.account, c.id, slot, &cr.id, &e));
	assert_ok(store_credential_save(t->d.db, &cr, &e));
	return c.id;
}

/* slot NULL: nothing was entered. */
static int64_t join(struct team *t, const char *begin, const char *slot)
{
	const int n = t->count++;
	const enum member_kind kind = str_starts(begin, "room") ? MEMBER_ROOM : MEMBER_PERSON;
	int64_t id;

	snprintf(t->address[n], sizeof(t->address[n]), "%s%d@example.test", begin, n);
	id = add_one(&t->d, t->address[n], kind);
	t->due[n] = (struct roster_due){ .kind = kind, .s.member = id, .address = t->address[n] };
	if (slot)
		enter(t, id, slot);
	return id;
}

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct team *t = ptr;

	if (t->given == t->count)
		return 0;
	*n = t->given;
	*address = t->address[t->given++];
	return 1;
}

static const struct roster_due *on_who(void *ptr, int64_t n)
{
	struct team *t = ptr;

	return &t->due[n];
}

static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct team *t = ptr;

	assert_string_equal(f->address, t->address[f->n]);
	t->told[f->n]++;
	t->facts[f->n] = *f;
	t->by[f->n] = hand.line ? hand.line->c.owner : -1;
	hand.line = NULL;
}

static void on_done(void *ptr, const struct outcome *o)
{
	struct team *t = ptr;

	t->own = NULL;
	t->ended++;
	t->end = o->reason;
}

static void begin(struct team *t)
{
	const struct own_query q = {
		{ .next = on_next, .told = on_told, .done = on_done, .ptr = t }, on_who
	};

	t->given = t->ended = 0;
	memset(t->told, 0, sizeof(t->told));
	t->own = own_start(t->sight, &q);
}

static void look(struct team *t)
{
	begin(t);
	spin_until(t->d.b, t->ended);
	assert_int_equal(t->ended, 1);
	for (int i = 0; i < t->count; i++)
		assert_int_equal(t->told[i], i < t->given);
}

/* What was told of the nth. */
static void assert_told(const struct team *t, int n, enum status status, enum reason why)
{
	assert_true(t->facts[n].has_verdict);
	assert_int_equal(t->facts[n].verdict.status, status);
	assert_int_equal(t->facts[n].verdict.reason, why);
}

static void assert_nothing(const struct team *t, int n, enum reason why)
{
	assert_false(t->facts[n].has_verdict);
	assert_int_equal(t->facts[n].seen.attempt, why);
}

/* --- tests --- */

/* Everybody by their own sign-in, rooms by the account's, who has none by nobody's. */
static void test_each(void **state)
{
	static struct team t;
	int64_t anna, bert;

	make(&t, state);
	anna = join(&t, "ok", PURPOSE_CURRENT);
	join(&t, "ok", NULL);
	join(&t, "room", NULL);
	bert = join(&t, "wrong", PURPOSE_CURRENT);
	join(&t, "moving", PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_OK);
	assert_string_equal(hand.first, "svc@example.test");
	assert_told(&t, 0, STATUS_CONNECTED, REASON_OK);
	assert_int_equal(t.by[0], anna);
	assert_told(&t, 1, STATUS_ACTION, REASON_OWN_SIGNIN);
	assert_int_equal(t.facts[1].verdict.fixer, FIXER_MEMBER);
	assert_int_equal(t.by[1], -1);
	assert_told(&t, 2, STATUS_CONNECTED, REASON_OK);
	assert_int_equal(t.by[2], 0);
	assert_told(&t, 3, STATUS_ACTION, REASON_SIGNIN_REFUSED);
	assert_int_equal(t.by[3], bert);
	assert_int_equal(hand.refused, 1);
	assert_nothing(&t, 4, REASON_MOVING);
	done(&t);
}

/* What waits to be proved, or was entered for another way, is not used. */
static void test_unfit(void **state)
{
	static struct team t;
	int64_t anna;

	make(&t, state);
	join(&t, "ok", PURPOSE_NEXT);
	anna = join(&t, "ok", PURPOSE_CURRENT);
	run(t.d.db, "UPDATE connection SET host = 'old.example.test' WHERE owner IS NOT NULL");
	look(&t);
	assert_told(&t, 0, STATUS_ACTION, REASON_OWN_SIGNIN);
	assert_told(&t, 1, STATUS_ACTION, REASON_OWN_SIGNIN);
	enter(&t, anna, PURPOSE_NEXT);
	look(&t);
	assert_told(&t, 1, STATUS_ACTION, REASON_OWN_SIGNIN);
	enter(&t, anna, PURPOSE_CURRENT);
	look(&t);
	assert_told(&t, 1, STATUS_CONNECTED, REASON_OK);
	done(&t);
}

/* That a seal does not open is nothing that is known of the member. */
static void test_closed(void **state)
{
	static struct team t;

	make(&t, state);
	hand.opens = 0;
	for (int i = 0; i < 5; i++)
		join(&t, "ok", PURPOSE_CURRENT);
	look(&t);
	for (int i = 0; i < 5; i++)
		assert_nothing(&t, i, REASON_INTERNAL);
	assert_int_equal(t.end, REASON_OK);
	done(&t);
}

/* A sign-in that is held back stands as it was refused: the next look is no other verdict. */
static void test_held(void **state)
{
	static struct team t;

	make(&t, state);
	join(&t, "held", PURPOSE_CURRENT);
	look(&t);
	assert_told(&t, 0, STATUS_ACTION, REASON_PASSWORD_EXPIRED);
	done(&t);
}

/* Shut for many in a row, and open for the account's own mailbox: it is each one's own door. */
static void test_door(void **state)
{
	static struct team t;

	make(&t, state);
	for (int i = 0; i < 10; i++)
		join(&t, "door", PURPOSE_CURRENT);
	join(&t, "ok", PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_OK);
	for (int i = 0; i < 10; i++)
		assert_told(&t, i, STATUS_BLOCKED, REASON_MEMBER_EWS_REFUSED);
	assert_told(&t, 10, STATUS_CONNECTED, REASON_OK);
	done(&t);
}

/* Shut for everybody who was asked: nobody is blamed, and it ends. A member for whom it is open is
 * a witness as well. */
static void test_shut(void **state)
{
	static struct team t;

	make(&t, state);
	witness = REASON_EWS_REFUSED;
	for (int i = 0; i < 20; i++)
		join(&t, "door", PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_EWS_REFUSED);
	assert_true(t.given < 20);
	for (int i = 0; i < t.given; i++)
		assert_nothing(&t, i, REASON_EWS_REFUSED);
	done(&t);
	make(&t, state);
	witness = REASON_EWS_REFUSED;
	join(&t, "ok", PURPOSE_CURRENT);
	for (int i = 0; i < OWN_FLYING; i++)
		join(&t, "moving", PURPOSE_CURRENT);
	for (int i = 0; i < 10; i++)
		join(&t, "door", PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_OK);
	for (int i = 1 + OWN_FLYING; i < t.count; i++)
		assert_told(&t, i, STATUS_BLOCKED, REASON_MEMBER_EWS_REFUSED);
	done(&t);
}

/* So many without an answer in a row are no chance. */
static void test_away(void **state)
{
	static struct team t;

	make(&t, state);
	for (int i = 0; i < 20; i++)
		join(&t, i % OWN_LOST == 0 ? "ok" : "away", PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_OK);
	assert_int_equal(t.given, 20);
	done(&t);
	make(&t, state);
	join(&t, "ok", PURPOSE_CURRENT);
	for (int i = 0; i < 40; i++)
		join(&t, "away", PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_SERVER_DOWN);
	assert_true(t.given <= 1 + OWN_LOST + OWN_FLYING);
	assert_told(&t, 0, STATUS_CONNECTED, REASON_OK);
	for (int i = 1; i < t.given; i++)
		assert_nothing(&t, i, REASON_SERVER_DOWN);
	done(&t);
}

/* A few lines at a time, each closed when it is not needed any more. */
static void test_many(void **state)
{
	static struct team t;

	make(&t, state);
	for (int i = 0; i < MEMBERS; i++)
		join(&t, i % 5 == 1 ? "room" : "ok", i % 5 == 0 ? NULL : PURPOSE_CURRENT);
	look(&t);
	assert_int_equal(t.end, REASON_OK);
	assert_int_equal(t.given, MEMBERS);
	assert_int_equal(hand.most, OWN_FLYING);
	done(&t);
}

/* Ended at any moment: without a word, and nothing is left open. */
static void test_stop(void **state)
{
	static struct team t;

	make(&t, state);
	own_stop(NULL);
	for (int i = 0; i < 12; i++)
		join(&t, "ok", PURPOSE_CURRENT);
	for (int turns = 0; turns < 12; turns++) {
		begin(&t);
		for (int i = 0; i < turns && !t.ended; i++)
			loop_turn(t.d.b->eng.loop, 20);
		own_stop(t.own);
		assert_int_equal(hand.running, 0);
		assert_int_equal(hand.lines, 0);
	}
	done(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		bench_test(test_each),
		bench_test(test_unfit),
		bench_test(test_closed),
		bench_test(test_held),
		bench_test(test_door),
		bench_test(test_shut),
		bench_test(test_away),
		bench_test(test_many),
		bench_test(test_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
