/* Health: how live connections do.
 *
 * Rules: one table says what follows; one function applies an event to a row, which is read,
 * counted and saved in one transaction with its audit row and notices. The gate has the last word
 * on a sign-in: what it has refused is stopped here too, whoever met the refusal.
 */
#include "health.h"

#include <stdio.h>
#include <string.h>
#include "chronicle.h"
#include "engine.h"
#include "exchange/clean.h"
#include "notice.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/str.h"
#include "slots.h"
#include "store/store.h"

enum { DAY = 86400, MINUTE = 60, ARENA = 8 << 20, COUNT_ARENA = 64 << 20, SAY = 900 };

/* --- the table --- */

/* A single failure in a good time is no news: servers restart, networks blink, and whoever reads
 * "unreachable" on a page acts on it. So the first one leaves the state and brings the next look
 * near; only that one's failure is told. A refused sign-in is told at once: it does not blink. */
#define AFTER(here, hiccup)                                                                        \
	{                                                                                          \
		[HEARD_NOTHING] = (here), [HEARD_WELL] = HEALTH_WELL,                              \
		[HEARD_SLOWED] = HEALTH_SLOWED, [HEARD_HICCUP] = (hiccup),                         \
		[HEARD_PASSING] = HEALTH_UNREACHABLE, [HEARD_LASTING] = HEALTH_UNREACHABLE,        \
		[HEARD_REFUSED] = HEALTH_STOPPED, [HEARD_PAUSED] = HEALTH_PAUSED,                  \
		[HEARD_RESUMED] = (here)                                                           \
	}

/* Of a new connection nothing good is known that could blink. One that is stopped is looked at
 * again only because its secret is another, or may be tried once more: then trouble on the way is
 * what is known, and it goes on by itself. Nothing but a person ends a pause: what was under way
 * when it began comes in later. */
static const enum health_state table[HEALTH__MAX][HEARD__MAX] = {
	[HEALTH_NEW] = AFTER(HEALTH_NEW, HEALTH_UNREACHABLE),
	[HEALTH_WELL] = AFTER(HEALTH_WELL, HEALTH_WELL),
	[HEALTH_SLOWED] = AFTER(HEALTH_SLOWED, HEALTH_SLOWED),
	[HEALTH_UNREACHABLE] = AFTER(HEALTH_UNREACHABLE, HEALTH_UNREACHABLE),
	[HEALTH_STOPPED] = AFTER(HEALTH_STOPPED, HEALTH_UNREACHABLE),
	[HEALTH_PAUSED] = {
		[HEARD_NOTHING] = HEALTH_PAUSED,
		[HEARD_WELL] = HEALTH_PAUSED,
		[HEARD_SLOWED] = HEALTH_PAUSED,
		[HEARD_HICCUP] = HEALTH_PAUSED,
		[HEARD_PASSING] = HEALTH_PAUSED,
		[HEARD_LASTING] = HEALTH_PAUSED,
		[HEARD_REFUSED] = HEALTH_PAUSED,
		[HEARD_PAUSED] = HEALTH_PAUSED,
		[HEARD_RESUMED] = HEALTH_NEW,
	},
};

enum health_state health_next(enum health_state s, enum health_event ev)
{
	return table[s][ev];
}

/* Trouble is a hiccup only where the attempt before was none. */
static enum health_event trouble(enum temper t, int64_t fails)
{
	switch (t) {
	case TEMPER_STOPPED:
		return HEARD_REFUSED;
	case TEMPER_PASSING:
		return fails == 0 ? HEARD_HICCUP : HEARD_PASSING;
	case TEMPER_LASTING:
		break;
	}
	return HEARD_LASTING;
}

enum health_event health_event(const struct outcome *o, int own, int64_t fails)
{
	const struct reason_row *r = reason_row(o->reason);

	if (o->reason == REASON_OK)
		return HEARD_WELL;
	if (o->reason == REASON_SIGNIN_WAITING || (r->scope != SCOPE_CONNECTION && !own))
		return HEARD_NOTHING;
	return o->reason == REASON_SLOWED ? HEARD_SLOWED : trouble(r->temper, fails);
}

/* Twice as long after each failure, and never together with all others. */
static int64_t backoff(int64_t fails, unsigned noise)
{
	int64_t s = HEALTH_AGAIN;

	while (--fails > 0 && s < HEALTH_BACKOFF)
		s *= 2;
	s = s < HEALTH_BACKOFF ? s : HEALTH_BACKOFF;
	return s - s / 8 + (int64_t)(noise % (unsigned)(s / 8 + 1));
}

static int64_t within(int64_t n, int64_t least, int64_t most)
{
	return n < least ? least : n > most ? most : n;
}

int64_t health_pause(const struct health *h, int64_t wait_ms, int64_t every, unsigned noise)
{
	switch (h->state) {
	case HEALTH_UNREACHABLE:
		return backoff(h->fails, noise);
	case HEALTH_WELL:
		return h->fails > 0 ? HEALTH_AGAIN : every;
	case HEALTH_SLOWED:
		return within((wait_ms + 999) / 1000, HEALTH_AGAIN, HEALTH_SLOWED_MAX);
	case HEALTH_NEW:
		return HEALTH_AGAIN;
	case HEALTH_STOPPED:
	case HEALTH_PAUSED:
	case HEALTH__MAX:
		break;
	}
	return 0;
}

const char *health_name(enum health_state s)
{
	static const char *const names[HEALTH__MAX] = { "new", "well", "slowed", "unreachable",
		"stopped", "paused" };

	return names[s];
}

/* --- counting --- */

static int64_t *share(struct health_day *d, enum health_state s)
{
	switch (s) {
	case HEALTH_WELL:
		return &d->well;
	case HEALTH_SLOWED:
		return &d->slowed;
	case HEALTH_UNREACHABLE:
	case HEALTH_STOPPED:
		return &d->down;
	case HEALTH_PAUSED:
		return &d->paused;
	case HEALTH_NEW:
	case HEALTH__MAX:
		break;
	}
	return NULL;
}

/* The seconds up to now, each to its day. After a gap, or when the clock was set back, nobody knows
 * how it did. */
static int count(struct db *db, struct health *h, int64_t now, struct err *e)
{
	int64_t from = h->counted_to >= now - HEALTH_GAP ? h->counted_to : now, until;

	h->counted_to = now;
	for (; from < now; from = until) {
		struct health_day d = { .day = from / DAY };
		int64_t *seconds = share(&d, h->state);

		until = (d.day + 1) * DAY < now ? (d.day + 1) * DAY : now;
		if (!seconds)
			continue;
		*seconds = until - from;
		if (store_health_count(db, h->connection, &d, e) < 0)
			return -1;
	}
	return 0;
}

static int called(struct db *db, int64_t connection, int failed, int64_t ms, struct err *e)
{
	const struct health_calls one = { .minute = clock_now() / MINUTE,
		.calls = 1,
		.failed = failed,
		.ms = failed ? 0 : ms,
		.slowest = failed ? 0 : ms };

	return store_health_called(db, connection, &one, e);
}

/* --- what is said --- */

static const char *evidence(struct arena *a, const struct connection *c, const struct outcome *o)
{
	const struct reason_row *r = reason_row(outcome_refusal(o));
	char *out = arena_alloc(a, SAY);
	const char *text = r->say;

	if (o->reason == REASON_OK)
		text = arena_printf(a, "The mailbox %s opened.", c->mailbox);
	else if (o->said[0])
		text = arena_printf(a, "%s It said: %s", r->say, o->said);
	clean_text(out, SAY, text, strlen(text));
	return out;
}

/* --- a row in its transaction --- */

/* A connection with its row and secret, as they are now. */
struct known {
	struct connection c;
	struct credential secret; /* id 0: there is none */
	struct health h;
};

/* Nothing is known yet. */
static struct health fresh(const struct connection *c)
{
	const int64_t now = clock_now();

	return (struct health){ .connection = c->id,
		.account = c->account,
		.reason = "",
		.say = "",
		.version = "",
		.since = now,
		.counted_to = now };
}

/* 1, 0 it is not live (any more), -1. */
static int load(struct engine *eng, struct arena *a, const struct connection *which,
	struct known *k, struct err *e)
{
	const struct credential like = {
		.account = which->account, .connection = which->id, .purpose = PURPOSE_CURRENT
	};
	int rc = store_connection_get(eng->db, a, which->account, which->id, &k->c, e);

	if (rc <= 0 || k->c.stage != CONN_LIVE)
		return rc < 0 ? -1 : 0;
	memset(&k->secret, 0, sizeof(k->secret));
	if (store_credential_find(eng->db, a, &like, &k->secret, e) < 0)
		return -1;
	rc = store_health_get(eng->db, a, which->account, which->id, &k->h, e);
	if (rc == 0)
		k->h = fresh(which);
	return rc < 0 ? -1 : 1;
}

static int audit_row(struct engine *eng, struct arena *a, const struct known *k, const char *before,
	struct err *e)
{
	const struct chronicle row = { .account = k->c.account,
		.action = "connection.state",
		.about = k->c.mailbox,
		.detail = arena_printf(
			a, "from %s to %s: %s", before, health_name(k->h.state), k->h.say) };

	return chronicle_add(eng, &row, e);
}

/* Pause and resume have rows of their own, written by whoever did it. */
static int audit(struct engine *eng, struct arena *a, const struct known *k,
	enum health_state before, struct err *e)
{
	const enum health_state now = k->h.state;

	if (now == before || now == HEALTH_PAUSED || before == HEALTH_PAUSED)
		return 0;
	return audit_row(eng, a, k, health_name(before), e);
}

/* For ops, once the row is written. */
static void report(const struct known *k, enum health_state before)
{
	const enum log_level level =
		k->h.state == HEALTH_STOPPED || k->h.state == HEALTH_UNREACHABLE ? LOG_WARN
										 : LOG_INFO;

	if (k->h.state != before)
		log_write(level, "connection.state",
			LOG_FIELDS(LF_I("account", k->c.account), LF_I("connection", k->c.id),
				LF_S("state", health_name(k->h.state)),
				LF_S("before", health_name(before)), LF_S("reason", k->h.reason),
				LF_I("fails", k->h.fails)));
}

/* The event in the row: state and next look. */
static void apply(struct engine *eng, struct known *k, enum health_event ev, int64_t wait_ms)
{
	struct health *h = &k->h;
	const enum health_state next = health_next(h->state, ev);
	int64_t wait;

	if (next != h->state)
		h->since = clock_now();
	h->state = next;
	wait = health_pause(h, wait_ms, eng->cf->check_minutes * MINUTE, (unsigned)clock_mono_us());
	h->next_at = wait > 0 ? clock_now() + wait : 0;
	if (h->proof_at > clock_now() && h->proof_at < h->next_at)
		h->next_at = h->proof_at;
}

/* What an outcome adds to a row, besides its state. */
static void take(struct arena *a, struct known *k, enum health_event ev, const struct outcome *o)
{
	const int good = ev == HEARD_WELL || ev == HEARD_SLOWED;
	struct health *h = &k->h;

	h->tried_at = clock_now();
	h->fails = good ? 0 : h->fails + 1;
	h->refused += ev == HEARD_REFUSED && o->reason != REASON_SIGNIN_STOPPED;
	if (ev == HEARD_WELL)
		h->ok_at = h->tried_at;
	if (o->version[0])
		h->version = o->version;
	h->reason = reason_row(outcome_refusal(o))->code;
	h->say = evidence(a, &k->c, o);
}

/* Elapsed time goes to the state that was; then the row, its audit row and its notices. */
static int save(struct engine *eng, struct arena *a, struct known *k, enum health_state before,
	struct err *e)
{
	if (store_health_save(eng->db, &k->h, e) < 0 || audit(eng, a, k, before, e) < 0)
		return -1;
	return notice_state(eng, &k->c, &k->h, e);
}

static int is_trouble(enum health_event ev)
{
	return ev == HEARD_HICCUP || ev == HEARD_PASSING || ev == HEARD_LASTING ||
		ev == HEARD_REFUSED;
}

/* An outcome in the row of a live connection. ms: of the call. */
static int enter(struct engine *eng, struct arena *a, struct known *k, enum health_event ev,
	const struct outcome *o, struct err *e)
{
	const enum health_state before = k->h.state;

	if (count(eng->db, &k->h, clock_now(), e) < 0)
		return -1;
	if (ev != HEARD_NOTHING && before != HEALTH_PAUSED) {
		take(a, k, ev, o);
		apply(eng, k, ev, o->wait_ms);
	}
	if (save(eng, a, k, before, e) < 0)
		return -1;
	return called(eng->db, k->c.id, is_trouble(ev), o->ms, e);
}

/* --- outcomes --- */

int health_soon(struct engine *eng, const struct connection *c, struct err *e)
{
	struct known k;
	struct arena a;
	int rc;

	if (db_begin_patient(eng->db, e) < 0)
		return -1;
	arena_init(&a, ARENA);
	rc = load(eng, &a, c, &k, e);
	if (rc == 1 && k.h.next_at > clock_now()) {
		k.h.next_at = clock_now();
		rc = store_health_save(eng->db, &k.h, e);
	}
	arena_done(&a);
	return db_finish(eng->db, rc < 0 ? -1 : 0, e);
}

static int same(const struct known *k, const struct health_look *l)
{
	return k->c.rev == l->c.rev && strcmp(k->secret.version, l->secret.version) == 0;
}

/* A conclusive answer is what the second look after a change of secret was for. */
static int looked(struct engine *eng, struct arena *a, struct known *k, const struct health_look *l,
	const struct outcome *o, struct err *e)
{
	enum health_event ev = health_event(o, 1, k->h.fails);

	if (!k->secret.id || !same(k, l)) {
		k->h.next_at = clock_now();
		return store_health_save(eng->db, &k->h, e);
	}
	if (l->proof && (ev == HEARD_WELL || ev == HEARD_REFUSED))
		k->h.proof_at = 0;
	return enter(eng, a, k, ev, o, e);
}

/* l: the look whose outcome it is; NULL: of any other call. */
static int learn(struct engine *eng, const struct connection *c, const struct health_look *l,
	const struct outcome *o, struct err *e)
{
	enum health_state before = HEALTH_NEW;
	struct known k;
	struct arena a;
	int rc;

	if (db_begin_patient(eng->db, e) < 0)
		return -1;
	arena_init(&a, ARENA);
	rc = load(eng, &a, c, &k, e);
	if (rc == 1) {
		before = k.h.state;
		rc = l ? looked(eng, &a, &k, l, o, e)
		       : enter(eng, &a, &k, health_event(o, 0, k.h.fails), o, e);
		rc = rc < 0 ? -1 : 1;
	}
	rc = db_finish(eng->db, rc, e);
	if (rc == 1)
		report(&k, before);
	arena_done(&a);
	return rc < 0 ? -1 : 0;
}

int health_heard(struct engine *eng, const struct connection *c, const struct outcome *o,
	int64_t ms, struct err *e)
{
	struct outcome took = *o;

	took.ms = ms;
	return learn(eng, c, NULL, &took, e);
}

int health_looked(
	struct engine *eng, const struct health_look *l, const struct outcome *o, struct err *e)
{
	return learn(eng, &l->c, l, o, e);
}

/* --- looks --- */

/* What a person did, or a refusal somebody else met: told without asking anybody. */
static int enter_quiet(struct engine *eng, struct arena *a, struct known *k, enum health_event ev,
	const char *reason, struct err *e)
{
	const enum health_state before = k->h.state;
	struct outcome o = { 0 };

	if (count(eng->db, &k->h, clock_now(), e) < 0)
		return -1;
	if (ev == HEARD_REFUSED) {
		outcome_set(&o, REASON_SIGNIN_STOPPED, NEXT_NOTHING, reason);
		k->h.reason = reason_row(outcome_refusal(&o))->code;
		k->h.say = evidence(a, &k->c, &o);
	}
	apply(eng, k, ev, 0);
	return save(eng, a, k, before, e);
}

/* 1 there is to be asked, 0 there is not, -1. */
static int begin(struct engine *eng, struct arena *a, struct known *k, struct err *e)
{
	const int64_t now = clock_now();
	struct signin refused;
	int rc;

	if (k->c.paused_at)
		return k->h.state == HEALTH_PAUSED ? 0
						   : enter_quiet(eng, a, k, HEARD_PAUSED, NULL, e);
	if (!k->secret.id)
		return 0;
	if (k->h.state == HEALTH_PAUSED && enter_quiet(eng, a, k, HEARD_RESUMED, NULL, e) < 0)
		return -1;
	rc = store_signin_refused(eng->db, a, k->secret.version, &refused, e);
	if (rc < 0)
		return -1;
	if (rc == 1)
		return enter_quiet(eng, a, k, HEARD_REFUSED, refused.reason, e);
	k->h.next_at = now + HEALTH_LEASE;
	if (store_health_save(eng->db, &k->h, e) < 0 ||
		store_credential_used(eng->db, k->c.account, k->secret.id, e) < 0)
		return -1;
	return 1;
}

static int anew_rows(
	struct engine *eng, struct arena *a, const struct connection *which, struct err *e)
{
	struct known k = { .h = fresh(which) };
	int rc = store_connection_get(eng->db, a, which->account, which->id, &k.c, e);

	k.h.say = "What was kept of its state was damaged. It is looked at anew.";
	k.h.next_at = k.h.since;
	if (rc <= 0 || store_health_save(eng->db, &k.h, e) < 0)
		return rc <= 0 ? rc : -1;
	return audit_row(eng, a, &k, "damaged", e);
}

/* A row that cannot be read says nothing, and what is known begins anew: the connection is due, and
 * no other one waits for it. */
static int begin_anew(
	struct engine *eng, struct arena *a, const struct connection *which, struct err *e)
{
	log_write(LOG_ERROR, "health.damaged",
		LOG_FIELDS(LF_I("account", which->account), LF_I("connection", which->id),
			LF_S("why", e->log)));
	if (db_begin(eng->db, DB_WRITE, e) < 0)
		return -1;
	return db_finish(eng->db, anew_rows(eng, a, which, e), e);
}

int health_begin(struct engine *eng, struct arena *a, const struct connection *which,
	struct health_look *out, struct err *e)
{
	enum health_state before = HEALTH_NEW;
	struct known k = { 0 };
	int rc;

	if (db_begin(eng->db, DB_WRITE, e) < 0)
		return -1;
	rc = load(eng, a, which, &k, e);
	if (rc == 1) {
		before = k.h.state;
		rc = begin(eng, a, &k, e);
	}
	rc = db_finish(eng->db, rc, e);
	if (rc < 0)
		return e->code == ERR_DAMAGED ? begin_anew(eng, a, which, e) : -1;
	report(&k, before);
	*out = (struct health_look){ .c = k.c,
		.secret = k.secret,
		.proof = k.h.proof_at > 0 && k.h.proof_at <= clock_now() };
	return rc;
}

int health_same(struct engine *eng, struct arena *a, const struct health_look *l, struct err *e)
{
	struct known k;
	int rc = load(eng, a, &l->c, &k, e);

	return rc <= 0 ? rc : k.secret.id && !k.c.paused_at && same(&k, l);
}

/* --- time --- */

/* The clock was set back: what lies ahead by more than it ever should would be waited for. */
static void come_back(struct health *h, int64_t now)
{
	if (h->counted_to <= now)
		return;
	h->next_at = h->next_at < now ? h->next_at : now;
	h->since = h->since < now ? h->since : now;
	if (h->proof_at > now + SLOTS_AGAIN_S)
		h->proof_at = now + SLOTS_AGAIN_S;
}

static int count_page(struct engine *eng, struct arena *a, int64_t now, struct err *e)
{
	struct health *list;
	int n = store_health_uncounted(eng->db, a, now - HEALTH_COUNT, &list, e);

	for (int i = 0; i < n; i++) {
		struct health *h = &list[i];
		struct connection c;
		int rc;

		come_back(h, now);
		if (count(eng->db, h, now, e) < 0 || store_health_save(eng->db, h, e) < 0)
			return -1;
		rc = store_connection_get(eng->db, a, h->account, h->connection, &c, e);
		if (rc < 0 || (rc == 1 && notice_state(eng, &c, h, e) < 0))
			return -1;
	}
	return n;
}

int health_count(struct engine *eng, struct err *e)
{
	const int64_t now = clock_now();
	struct arena a;
	int n;

	arena_init(&a, COUNT_ARENA);
	do {
		arena_reset(&a);
		n = db_begin(eng->db, DB_WRITE, e);
		if (n == 0)
			n = db_finish(eng->db, count_page(eng, &a, now, e), e);
	} while (n > 0);
	arena_done(&a);
	return n;
}
