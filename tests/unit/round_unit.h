/* What the tests of rounds share: an account with members, and instead of a server a hand that says
 * how each calendar is. The line and the procedure of exchange/ are defined here instead of in
 * their own files; the linker then leaves those out.
 */
#ifndef LATCHKEY_ROUND_UNIT_H
#define LATCHKEY_ROUND_UNIT_H

#include "tests/unit/engine_unit.h"

#include "engine/round.h"
#include "exchange/calendars.h"
#include "platform/str.h"

enum { AT_A_TIME = 50, SEEN_MAX = 32768 };

struct calendars {
	struct calendars_query q;
	const struct line *line;
	uint64_t timer;
	int64_t n[AT_A_TIME];
	char address[AT_A_TIME][64];
	int count;
};

struct line {
	enum method method;
	struct connection c;
};

/* The world behind the line. */
static struct hand {
	struct loop *loop;
	/* What is said of an address; NULL: by its beginning (judge). */
	void (*judge)(const char *address, struct calendar_facts *f);
	int hold;	 /* nobody is answered */
	int64_t lose_at; /* so many were told: then the connection is lost; 0 */
	enum reason loses;
	int other;	     /* the connection has changed */
	const char *refuses; /* no sight is given: why */
	int opens;	     /* other lines than the sight's are opened */
	/* what was seen */
	int64_t asked, told;
	int running, most, sights, refused, lines;
	const struct line *line; /* by which the one who is told was looked at */
	char first[64];
} hand;

/* --- the line --- */

enum method line_method(const struct line *l)
{
	return l->method;
}

/* A client is known by its line. */
struct client *line_client(const struct line *l)
{
	return (struct client *)(uintptr_t)l;
}

const struct connection *line_connection(const struct line *l)
{
	return &l->c;
}

int line_refused(const struct line *l, const struct outcome *o, struct err *e)
{
	(void)l, (void)o, (void)e;
	hand.refused++;
	return 0;
}

/* Asked for by members' own sign-ins only: mail does not go out of a mailbox. */
struct line *line_stored(
	const struct line_tools *t, const struct connection *c, const char *slot, struct err *e)
{
	struct line *l;

	(void)t;
	if (!hand.opens) {
		ERR(e, ERR_INTERNAL, NULL, "no line");
		return NULL;
	}
	assert_string_equal(slot, PURPOSE_CURRENT);
	l = calloc(1, sizeof(*l));
	assert_non_null(l);
	l->c.id = c->id;
	l->c.owner = c->owner;
	hand.lines++;
	return l;
}

void line_free(struct line *l)
{
	hand.lines -= l != NULL;
	free(l);
}

static inline struct sight *sight_made(
	struct engine *eng, int64_t account, enum conn_stage stage, struct err *e)
{
	struct sight *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->eng = eng;
	arena_init(&s->rows, ARENA);
	if (hand.refuses ||
		store_connection_staged(eng->db, &s->rows, account, stage, &s->look.c, e) <= 0) {
		arena_done(&s->rows);
		free(s);
		ERR(e, ERR_CONFLICT, hand.refuses ? hand.refuses : "No connection.", "no sight");
		return NULL;
	}
	s->look.secret.version = "v1";
	s->line = arena_alloc(&s->rows, sizeof(*s->line));
	s->line->c = s->look.c;
	s->line->method = verdict_method_parse(s->look.c.method);
	hand.other = 0;
	hand.sights++;
	return s;
}

struct sight *sight_open(struct engine *eng, int64_t account, struct err *e)
{
	return sight_made(eng, account, CONN_LIVE, e);
}

struct sight *sight_open_draft(
	struct engine *eng, int64_t account, int64_t connection, struct err *e)
{
	struct sight *s = sight_made(eng, account, CONN_DRAFT, e);

	assert_true(!s || s->look.c.id == connection);
	return s;
}

void sight_free(struct sight *s)
{
	if (!s)
		return;
	hand.sights--;
	arena_done(&s->rows);
	free(s);
}

int sight_fits(struct sight *s, struct err *e)
{
	(void)s, (void)e;
	return !hand.other;
}

/* --- the procedure --- */

static inline void judge(const char *address, struct calendar_facts *f)
{
	static const struct {
		const char *begin;
		struct verdict v;
		enum reason fails; /* it comes to nothing */
	} rows[] = {
		{ "ok", { STATUS_CONNECTED, REASON_OK, FIXER_NOBODY, REACH_CALENDAR, 0 }, 0 },
		{ "shut", { STATUS_ACTION, REASON_NOT_DELEGATED, FIXER_MEMBER, REACH_NONE, 0 }, 0 },
		{ "gone", { STATUS_BLOCKED, REASON_NO_MAILBOX, FIXER_ADMIN, REACH_NONE, 0 }, 0 },
		{ "busy", { STATUS_LIMITED, REASON_BUSY_ONLY, FIXER_MEMBER, REACH_BUSY, 0 }, 0 },
		{ "sick", { 0 }, REASON_UNAVAILABLE },
		{ "lost", { 0 }, REASON_TIMED_OUT },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_starts(address, rows[i].begin)) {
			f->has_verdict = rows[i].fails == REASON_OK;
			f->seen.attempt = f->outcome.reason = rows[i].fails;
			f->verdict = rows[i].v;
			return;
		}
	fail_msg("nobody is called %s", address);
}

static inline void hand_over(struct calendars *s, const struct outcome *o)
{
	const struct calendars_query q = s->q;

	hand.running--;
	free(s);
	q.done(q.ptr, o);
}

/* As the real one: whoever was given is told, and then the end. */
static inline void hand_lose(struct calendars *s)
{
	struct outcome o = { 0 };

	outcome_set(&o, hand.loses, NEXT_NOTHING, NULL);
	for (int i = 0; i < s->count; i++) {
		struct calendar_facts f = { .n = s->n[i],
			.address = s->address[i],
			.name = "",
			.seen = { .attempt = hand.loses },
			.outcome = o };

		s->q.told(s->q.ptr, &f);
	}
	hand_over(s, &o);
}

static inline void hand_tell(struct calendars *s, int i)
{
	struct calendar_facts f = { .n = s->n[i], .address = s->address[i], .name = "Calendar" };

	hand.line = s->line;
	(hand.judge ? hand.judge : judge)(s->address[i], &f);
	hand.told++;
	s->q.told(s->q.ptr, &f);
}

static inline void hand_turn(void *ptr)
{
	static const struct outcome well;
	struct calendars *s = ptr;
	const char *address;

	if (hand.hold) {
		s->timer = loop_after(hand.loop, 5, hand_turn, s);
		return;
	}
	for (int i = s->count; i-- > 0;)
		hand_tell(s, i);
	s->count = 0;
	while (s->count < AT_A_TIME && s->q.next(s->q.ptr, &s->n[s->count], &address)) {
		snprintf(s->address[s->count++], sizeof(s->address[0]), "%s", address);
		if (hand.asked++ == 0)
			snprintf(hand.first, sizeof(hand.first), "%s", address);
	}
	if (hand.lose_at && hand.told >= hand.lose_at)
		hand_lose(s);
	else if (s->count == 0)
		hand_over(s, &well);
	else
		s->timer = loop_after(hand.loop, 0, hand_turn, s);
}

struct calendars *calendars_start(struct client *c, const struct calendars_query *q)
{
	struct calendars *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->line = (const struct line *)c;
	s->q = *q;
	s->timer = loop_after(hand.loop, 0, hand_turn, s);
	hand.running++;
	hand.most = hand.running > hand.most ? hand.running : hand.most;
	return s;
}

void calendars_stop(struct calendars *s)
{
	if (!s)
		return;
	hand.running--;
	loop_cancel(hand.loop, s->timer);
	free(s);
}

/* --- the account --- */

struct bed {
	struct bench *b;
	struct db *db;
	int64_t account, connection;
};

static inline int64_t bed_add(struct bed *d, const char *method, enum conn_stage stage)
{
	struct connection c = { .account = d->account,
		.name = "c",
		.scheme = "https",
		.host = "mail.example.test",
		.port = 443,
		.signin = "ntlm",
		.binding = "off",
		.mailbox = "svc@example.test",
		.method = method,
		.stage = stage };
	struct credential cr = { .account = d->account,
		.purpose = PURPOSE_CURRENT,
		.version = "v1",
		.key_id = "k1",
		.sealed = "x",
		.sealed_len = 1 };
	struct health h = { .account = d->account,
		.state = HEALTH_WELL,
		.reason = "ok",
		.say = "",
		.version = "",
		.next_at = clock_now() + 300,
		.counted_to = clock_now() };
	struct err e;

	assert_ok(store_connection_save(d->db, &c, &e));
	cr.connection = h.connection = c.id;
	assert_ok(store_credential_reserve(d->db, d->account, c.id, cr.purpose, &cr.id, &e));
	assert_ok(store_credential_save(d->db, &cr, &e));
	if (stage == CONN_LIVE)
		assert_ok(store_health_save(d->db, &h, &e));
	return c.id;
}

static inline void bed_connect(struct bed *d, const char *method)
{
	d->connection = bed_add(d, method, CONN_LIVE);
}

static inline void bed_make(struct bed *d, struct bench *b, const char *method)
{
	struct err e;

	*d = (struct bed){ .b = b, .db = b->eng.db };
	hand = (struct hand){ .loop = b->eng.loop };
	b->cf.check_minutes = 5;
	assert_ok(store_account_add(d->db, "Acme", &d->account, &e));
	bed_connect(d, method);
}

static inline int64_t add_one(struct bed *d, const char *email, enum member_kind kind)
{
	const struct member m = { .account = d->account, .email = email, .name = "", .kind = kind };
	struct err e;
	int64_t id = 0;

	assert_ok(store_member_add(d->db, &m, "", "", &id, &e));
	return id;
}

/* "ok0001@example.test" and so on. */
static inline void add_many(struct bed *d, const char *begin, int n)
{
	struct err e;

	assert_ok(db_begin(d->db, DB_WRITE, &e));
	for (int i = 0; i < n; i++) {
		char email[64];

		snprintf(email, sizeof(email), "%s%05d@example.test", begin, i);
		add_one(d, email, MEMBER_PERSON);
	}
	assert_ok(db_commit(d->db, &e));
}

static inline struct roster_row row_of(struct bed *d, int64_t id)
{
	struct roster_row row = { 0 };
	struct err e;

	assert_int_equal(store_roster_get(d->db, &d->b->a, d->account, id, &row, &e), 1);
	return row;
}

/* What happened to members since they were added. */
#define EVENTS "SELECT count(*) FROM member_event WHERE what > 0"

/* What is kept is what would be counted. */
#define COUNTED                                                                                    \
	"SELECT account_id, kind, status, reason, fixer, reach, count(*) FROM member "             \
	"GROUP BY account_id, kind, status, reason, fixer, reach"
#define KEPT                                                                                       \
	"SELECT account_id, kind, status, reason, fixer, reach, n FROM member_count WHERE n > 0"

static inline void assert_counts(struct bed *d)
{
	assert_int_equal(number(d->db, "SELECT count(*) FROM (" COUNTED " EXCEPT " KEPT ")"), 0);
	assert_int_equal(number(d->db, "SELECT count(*) FROM (" KEPT " EXCEPT " COUNTED ")"), 0);
}

/* Somebody else writes, and nobody can beside them. */
static inline struct db *lock_out(struct bed *d)
{
	struct db *other = file_db(&d->b->place, DB_OPEN_HASTY);
	struct err e;

	assert_ok(db_begin(other, DB_WRITE, &e));
	return other;
}

static inline void let_in(struct db *other)
{
	db_rollback(other);
	db_close(other);
}

#endif
