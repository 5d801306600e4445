/* Watch: looks at live connections when it is time to.
 *
 * Rules: the store says which are due, and the row is moved on before anything is asked, so that a
 * connection is looked at once at a time and a crash costs one lease. A connection that works keeps
 * its line between looks, and with it the signed-in connection; a line is never older than the row
 * and the secret it was made of. After a refusal nothing is asked: the row says stopped, and only
 * another secret, or a person, makes it due.
 */
#include "watch.h"

#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "exchange/clean.h"
#include "exchange/egress.h"
#include "exchange/mailbox.h"
#include "health.h"
#include "keeper.h"
#include "line.h"
#include "notice.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "store/store.h"

enum {
	LOOK_ARENA = 8 << 20,	   /* rows of one look */
	ANSWER_ARENA = 16 << 20,   /* what was answered */
	TURN_ARENA = 1 << 20,	   /* what is due */
	COUNT_MS = 60 * 1000,	   /* between two counts of days, */
	EXPIRY_MS = 60 * 60 * 1000 /* and two looks for secrets that end */
};

/* A connection that is looked at, or whose line is kept for the next time. */
struct seat {
	struct seat *next;
	struct watch *w;
	struct arena rows; /* of the look */
	struct health_look look;
	struct line *line;
	struct client_call *call; /* NULL: nothing is asked now */
	struct arena answer;
};

struct watch {
	struct engine *eng;
	struct line_tools tools;
	struct seat *seats;
	int flying, kept;
	uint64_t timer;
	int begun;		     /* the first looks are spread */
	int64_t count_at, expiry_at; /* clock_mono_ms */
};

/* --- seats --- */

static struct seat *seat_of(struct watch *w, const struct connection *c)
{
	struct seat *s = w->seats;

	while (s && s->look.c.id != c->id)
		s = s->next;
	return s;
}

static struct seat *seat_new(struct watch *w)
{
	struct seat *s = calloc(1, sizeof(*s));

	if (!s)
		die("watch: out of memory");
	s->w = w;
	arena_init(&s->rows, LOOK_ARENA);
	arena_init(&s->answer, ANSWER_ARENA);
	s->next = w->seats;
	w->seats = s;
	w->kept++;
	return s;
}

static void seat_free(struct seat *s)
{
	struct seat **p = &s->w->seats;

	while (*p != s)
		p = &(*p)->next;
	*p = s->next;
	s->w->kept--;
	s->w->flying -= s->call != NULL;
	line_free(s->line);
	arena_done(&s->rows);
	arena_done(&s->answer);
	free(s);
}

/* --- one look --- */

/* The end: what came of it, and whether the line stays for the next time. When it cannot be told,
 * the lease ends and the same line, which remembers a refusal, is asked again. */
static void landed(struct seat *s, const struct outcome *o)
{
	const int stopped = reason_row(o->reason)->temper == TEMPER_STOPPED;
	int told = 0, keep = o->reason == REASON_OK || o->reason == REASON_SLOWED;
	struct err e;

	if (stopped && s->line)
		told = line_refused(s->line, o, &e);
	if (told == 0)
		told = health_looked(s->w->eng, &s->look, o, &e);
	if (told < 0)
		log_err("watch.untold", &e);
	if (!s->line || !(keep || told < 0) || s->w->kept > WATCH_KEPT)
		seat_free(s);
	else
		arena_reset(&s->answer);
}

static void on_answer(void *ptr, const struct outcome *o, const void *result)
{
	const struct folders_result *r = result;
	struct outcome out = *o;
	struct seat *s = ptr;

	s->call = NULL;
	s->w->flying--;
	if (o->reason == REASON_OK && r->count == 0)
		outcome_set(&out, REASON_BAD_ANSWER, NEXT_NOTHING, NULL);
	else if (o->reason == REASON_OK)
		outcome_set(&out, r->list[0].ended.reason, NEXT_NOTHING, r->list[0].ended.code);
	out.reason = mailbox_own(out.reason);
	landed(s, &out);
}

/* One folder, without its content. */
static void ask(struct seat *s)
{
	static const struct folder_ask calendar = { NULL, FOLDER_CALENDAR };
	static const struct folders_query query = { &calendar, 1, 0 };
	struct client *c = line_client(s->line);
	const struct client_how how = { .a = &s->answer,
		.impersonate = client_acts_as(c),
		.deadline_ms = WATCH_DEADLINE_MS,
		.done = on_answer,
		.ptr = s };

	s->call = client_ask(c, EXCHANGE_OPEN_FOLDERS, &query, &how);
	s->w->flying++;
}

/* A row or a secret that cannot be used is trouble of the connection that lasts. A busy store is
 * none: its lease ends. */
static void unopened(struct seat *s, const struct err *e)
{
	struct outcome o = { 0 };

	log_err("watch.closed", e);
	if (e->code == ERR_BUSY) {
		seat_free(s);
		return;
	}
	outcome_set(&o, REASON_INTERNAL, NEXT_NOTHING, NULL);
	clean_text(o.said, sizeof(o.said), e->say, strlen(e->say));
	landed(s, &o);
}

static void look(struct seat *s)
{
	struct err e;

	if (s->line && s->look.proof)
		client_fresh(line_client(s->line));
	s->w->tools.keys = s->w->eng->keys; /* they may have been read anew */
	if (!s->line)
		s->line = line_stored(&s->w->tools, &s->look.c, PURPOSE_CURRENT, &e);
	if (s->line)
		ask(s);
	else
		unopened(s, &e);
}

/* Is the line that is kept made of this row and secret? */
static int fits(const struct seat *s, const struct health_look *l)
{
	return s->look.c.rev == l->c.rev && strcmp(s->look.secret.version, l->secret.version) == 0;
}

/* 0 or -1. The rows of the look move into the seat. */
static int begin(struct watch *w, const struct connection *which, struct err *e)
{
	struct seat *old = seat_of(w, which), *s;
	int rc;

	if (old && old->call)
		return 0;
	s = seat_new(w);
	rc = health_begin(w->eng, &s->rows, which, &s->look, e);
	if (rc == 1 && old && fits(old, &s->look)) {
		s->line = old->line;
		old->line = NULL;
	}
	if (old)
		seat_free(old);
	if (rc == 1)
		look(s);
	else
		seat_free(s);
	return rc < 0 ? -1 : 0;
}

/* --- turns --- */

/* Ops may have changed the list since the last look; a bad one leaves the old in force. */
static void load_egress(struct watch *w)
{
	struct err e;

	if (egress_load(w->eng->tools.egress, &e) < 0)
		log_err("egress.kept", &e);
}

static int begin_due(struct watch *w, struct err *e)
{
	struct connection *list;
	struct arena a;
	int n, rc = 0;

	arena_init(&a, TURN_ARENA);
	n = store_health_due(w->eng->db, &a, clock_now(), &list, e);
	if (n > 0)
		load_egress(w);
	for (int i = 0; i < n && rc == 0 && w->flying < WATCH_MOST; i++)
		rc = begin(w, &list[i], e);
	arena_done(&a);
	return n < 0 ? -1 : rc;
}

/* Lines of connections that are not in use any more, or not in this way, hold a secret for
 * nothing. */
static int sweep(struct watch *w, struct err *e)
{
	struct arena a;
	int rc = 0;

	arena_init(&a, LOOK_ARENA);
	for (struct seat *s = w->seats, *next; s && rc >= 0; s = next) {
		next = s->next;
		arena_reset(&a);
		rc = s->call ? 1 : health_same(w->eng, &a, &s->look, e);
		if (rc == 0)
			seat_free(s);
	}
	arena_done(&a);
	return rc < 0 ? -1 : 0;
}

static int regular(struct watch *w, struct err *e)
{
	const int64_t now = clock_mono_ms();

	if (now >= w->count_at) {
		if (health_count(w->eng, e) < 0 || sweep(w, e) < 0)
			return -1;
		w->count_at = now + COUNT_MS;
	}
	if (now >= w->expiry_at) {
		if (notice_expiries(w->eng, e) < 0)
			return -1;
		w->expiry_at = now + EXPIRY_MS;
	}
	return 0;
}

/* What nobody has looked at while no engine ran is looked at soon, but not all at once. */
static int spread(struct watch *w, struct err *e)
{
	if (!w->begun && store_health_spread(w->eng->db, clock_now(), WATCH_SPREAD, e) < 0)
		return -1;
	w->begun = 1;
	return 0;
}

static void on_turn(void *ptr)
{
	struct watch *w = ptr;
	struct err e;

	loop_cancel(w->eng->loop, w->timer);
	if ((spread(w, &e) < 0 || begin_due(w, &e) < 0 || regular(w, &e) < 0) && e.code != ERR_BUSY)
		log_err("watch.turn", &e);
	w->timer = loop_after(w->eng->loop, WATCH_POLL_MS, on_turn, w);
}

struct watch *watch_new(struct engine *eng)
{
	struct watch *w = calloc(1, sizeof(*w));

	if (!w)
		die("watch: out of memory");
	w->eng = eng;
	w->tools = (struct line_tools){
		.cf = eng->cf, .net = &eng->tools, .gate = keeper_gate(eng->keeper), .db = eng->db
	};
	w->timer = loop_after(eng->loop, 0, on_turn, w);
	return w;
}

void watch_wake(struct watch *w)
{
	on_turn(w);
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	loop_cancel(w->eng->loop, w->timer);
	while (w->seats)
		seat_free(w->seats);
	free(w);
}
