/* Patrol: looks at members when it is time to.
 *
 * Rules: the store says where somebody is due, and their rows are moved on before anything is
 * asked, so a killed engine costs one lease. An account has one round at a time, and few accounts
 * do at once, in turn, so that what has waited while no engine ran is looked at one after the
 * other. What all were looked at with is a row: when it is another now, jobs look at all, and the
 * row is written with them. A line is kept between rounds. Where the connection could not go on,
 * the next round waits, ever longer, until one ends well. Trouble with one account, or with keeping
 * house, keeps nobody else from being looked at.
 */
#include "patrol.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "job.h"
#include "job_kinds.h"
#include "platform/clock.h"
#include "platform/log.h"
#include "platform/url.h"
#include "round.h"
#include "store/store.h"
#include "store/store_trial.h"

enum { TURN_ARENA = 8 << 20, PARAMS_MAX = 4096, DAY = 86400, KEEP_MS = 60 * 60 * 1000 };

/* One account: a round, or a line that is kept for the next. */
struct beat {
	struct beat *next;
	struct patrol_beats *p;
	int64_t account;
	struct sight *sight;
	struct round *round; /* NULL: none */
	int taken;	     /* those of this round are */
	int fails;	     /* rounds in a row that the connection ended */
	int64_t not_before;  /* clock_now */
};

struct patrol_beats {
	struct engine *eng;
	struct beat *beats;
	int rounds, kept;
	int64_t after; /* connection up to which accounts were seen to */
	int64_t from;  /* those before it have had their turn */
	int64_t left;  /* the first one of this walk for which there was no room; 0 */
	uint64_t timer;
	int64_t tidy_at, keep_at; /* clock_mono_ms */
};

/* --- beats --- */

static struct beat *beat_of(struct patrol_beats *p, int64_t account)
{
	struct beat *b = p->beats;

	while (b && b->account != account)
		b = b->next;
	return b;
}

static struct beat *beat_new(struct patrol_beats *p, int64_t account)
{
	struct beat *b = calloc(1, sizeof(*b));

	if (!b)
		die("patrol: out of memory");
	b->p = p;
	b->account = account;
	b->next = p->beats;
	p->beats = b;
	p->kept++;
	return b;
}

static void beat_free(struct beat *b)
{
	struct beat **at = &b->p->beats;

	while (*at != b)
		at = &(*at)->next;
	*at = b->next;
	b->p->kept--;
	b->p->rounds -= b->round != NULL;
	round_stop(b->round);
	sight_free(b->sight);
	free(b);
}

/* When the clock was set back nobody waits for longer than ever. */
static int must_wait(const struct beat *b)
{
	const int64_t left = b->not_before - clock_now();

	return left > 0 && left <= PATROL_BACKOFF_MAX;
}

/* There is nothing left to remember. */
static int is_idle(const struct beat *b)
{
	return !b->round && !b->sight && b->fails == 0;
}

static void drop_sight(struct beat *b)
{
	sight_free(b->sight);
	b->sight = NULL;
}

/* --- a round --- */

static int on_more(void *ptr, struct arena *a, struct roster_due **out, struct err *e)
{
	struct beat *b = ptr;
	struct db *db = b->p->eng->db;
	int left = PATROL_TURN - b->taken, n;

	if (left <= 0)
		return 0;
	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	n = store_standing_due(db, a, b->account, clock_now() + PATROL_LEASE,
		left < ROUND_PAGE ? left : ROUND_PAGE, out, e);
	n = db_finish(db, n, e);
	b->taken += n > 0 ? n : 0;
	return n;
}

static void back_off(struct beat *b)
{
	int64_t s = PATROL_BACKOFF;

	for (int i = 0; i < b->fails && s < PATROL_BACKOFF_MAX; i++)
		s *= 2;
	b->fails++;
	b->not_before = clock_now() + (s < PATROL_BACKOFF_MAX ? s : PATROL_BACKOFF_MAX);
}

static void on_done(
	void *ptr, enum round_end end, const struct outcome *o, const struct round_sum *sum)
{
	struct beat *b = ptr;

	b->round = NULL;
	b->p->rounds--;
	log_write(end == ROUND_LOST ? LOG_WARN : LOG_DEBUG, "patrol.round",
		LOG_FIELDS(LF_I("account", b->account), LF_I("members", sum->done),
			LF_I("failed", sum->failed), LF_S("reason", reason_row(o->reason)->code)));
	if (end == ROUND_LOST)
		back_off(b);
	else
		b->fails = 0;
	if (end != ROUND_DONE || b->p->kept > PATROL_KEPT)
		drop_sight(b);
}

/* The line that is kept, or a new one. */
static int open_sight(struct beat *b, struct err *e)
{
	int rc = b->sight ? sight_fits(b->sight, e) : 0;

	if (rc < 0)
		return -1;
	if (rc == 0) {
		drop_sight(b);
		b->sight = sight_open(b->p->eng, b->account, e);
	}
	return b->sight ? 0 : -1;
}

/* A store that is busy is not the connection's trouble. */
static void begin(struct beat *b)
{
	const struct round_work w = { .more = on_more, .done = on_done, .ptr = b };
	struct err e;

	if (open_sight(b, &e) < 0) {
		if (e.code == ERR_BUSY)
			return;
		log_err("patrol.closed", &e);
		back_off(b);
		return;
	}
	b->taken = 0;
	b->round = round_start(b->sight, &w);
	b->p->rounds++;
}

/* --- all of an account --- */

/* Is there anybody? */
static int64_t count_kind(
	struct engine *eng, struct arena *a, int64_t account, enum member_kind kind, struct err *e)
{
	struct roster_count *list;
	int n = store_roster_counts(eng->db, a, account, kind, &list, e);
	int64_t all = 0;

	for (int i = 0; i < n; i++)
		all += list[i].status == STATUS_OFF ? 0 : list[i].n;
	return n < 0 ? -1 : all;
}

static int add_job(struct engine *eng, const struct patrol *p, enum member_kind kind, struct err *e)
{
	const struct roster_pick pick = { .f = roster_all(p->account, kind) };
	struct job j = { .account = p->account,
		.kind = job_check.name,
		.by_name = "engine",
		.run_at = clock_now() };
	char id[24];
	struct buf b;
	int64_t job;
	int rc;

	snprintf(id, sizeof(id), "%" PRId64, p->connection);
	buf_init(&b, PARAMS_MAX);
	url_pair(&b, "method", p->method);
	url_pair(&b, "connection", id);
	roster_pick_write(&b, &pick);
	j.params = buf_str(&b);
	rc = store_job_same(eng->db, &j, &job, e);
	if (rc == 0)
		rc = store_job_add(eng->db, &j, &job, e);
	buf_done(&b);
	return rc < 0 ? -1 : 0;
}

/* 1 it was another and all are looked at now, 0 it is the same, -1. */
static int look_at_all(struct engine *eng, struct arena *a, const struct patrol *now, struct err *e)
{
	struct patrol was;
	int rc = store_patrol_get(eng->db, a, now->account, &was, e);

	if (rc < 0)
		return -1;
	if (rc == 1 && was.connection == now->connection && strcmp(was.method, now->method) == 0 &&
		strcmp(was.version, now->version) == 0)
		return 0;
	for (enum member_kind k = 0; k < MEMBER__MAX; k++) {
		int64_t n = count_kind(eng, a, now->account, k, e);

		if (n < 0 || (n > 0 && add_job(eng, now, k, e) < 0))
			return -1;
	}
	return store_patrol_save(eng->db, now, e) < 0 ? -1 : 1;
}

static int renewed(struct engine *eng, struct arena *a, const struct patrol *now, struct err *e)
{
	int rc = db_begin(eng->db, DB_WRITE, e);

	if (rc == 0)
		rc = db_finish(eng->db, look_at_all(eng, a, now, e), e);
	if (rc == 1)
		log_info("patrol.all", LF_I("account", now->account),
			LF_I("connection", now->connection), LF_S("method", now->method));
	return rc;
}

/* --- turns --- */

/* Whoever is due where all are looked at anyway is left to that. */
static int see_to(struct patrol_beats *p, struct arena *a, const struct patrol *now, struct err *e)
{
	struct beat *b = beat_of(p, now->account);
	int rc = renewed(p->eng, a, now, e);

	if (rc == 1 && b) {
		b->fails = 0;
		b->not_before = 0;
	}
	if (rc != 0)
		return rc;
	if (!b)
		b = beat_new(p, now->account);
	if (b->round || must_wait(b) || now->connection < p->from)
		return 0;
	if (p->left == 0 && p->rounds == PATROL_MOST)
		p->left = now->connection;
	if (p->left == 0)
		begin(b);
	return 0;
}

/* The next page, or the walk begins anew: with whoever has waited. */
static void turn_over(struct patrol_beats *p, const struct patrol *list, int n)
{
	if (n == PATROL_PAGE) {
		p->after = list[n - 1].connection;
		return;
	}
	p->after = 0;
	p->from = p->left;
	p->left = 0;
}

static int see_to_due(struct patrol_beats *p, struct err *e)
{
	struct patrol *list;
	struct arena a;
	int n, rc = 0, jobs = 0;

	arena_init(&a, TURN_ARENA);
	n = store_patrol_due(p->eng->db, &a, p->after, &list, e);
	for (int i = 0; i < n && rc >= 0; i++) {
		rc = see_to(p, &a, &list[i], e);
		jobs += rc == 1;
		if (rc < 0 && e->code != ERR_BUSY) {
			log_err("patrol.account", e); /* of this one: others do not wait for it */
			rc = 0;
		}
	}
	turn_over(p, list, n);
	arena_done(&a);
	if (jobs > 0)
		job_queue_wake(p->eng->jobs);
	return n < 0 || rc < 0 ? -1 : 0;
}

/* Marks of a job that has ended hold their members back from being due. */
static int free_marks(struct patrol_beats *p, struct err *e)
{
	int64_t job = 0;
	int rc;

	while ((rc = store_standing_wanted(p->eng->db, job, &job, e)) == 1) {
		int64_t n = store_standing_over(p->eng->db, job, e);

		if (n < 0)
			return -1;
		if (n > 0)
			log_info("patrol.marks", LF_I("about", job), LF_I("members", n));
	}
	return rc;
}

/* Lines that are not in use any more, or of another way, hold a secret for nothing. */
static int sweep(struct patrol_beats *p, struct err *e)
{
	for (struct beat *b = p->beats, *next; b; b = next) {
		int rc = 1;

		next = b->next;
		if (!b->round && b->sight)
			rc = sight_fits(b->sight, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			drop_sight(b);
		if (is_idle(b))
			beat_free(b);
	}
	return 0;
}

/* What was tried of a connection that is gone: a portion each time. */
static int drop_tried(struct patrol_beats *p, struct err *e)
{
	struct db *db = p->eng->db;
	int64_t connection, n;
	int rc = store_trial_orphan(db, &connection, e);

	if (rc <= 0)
		return rc;
	if (db_begin(db, DB_WRITE, e) < 0)
		return -1;
	n = store_trial_clear(db, connection, PATROL_DROPPED, e);
	return db_finish(db, n < 0 ? -1 : 0, e);
}

/* What all counts are today, for those who look back on it. */
static int keep_day(struct patrol_beats *p, struct err *e)
{
	struct account *list;
	struct arena a;
	int n, rc = 0;

	arena_init(&a, TURN_ARENA);
	n = store_account_list(p->eng->db, &a, &list, e);
	for (int i = 0; i < n && rc == 0; i++) {
		rc = store_roster_day_keep(p->eng->db, list[i].id, clock_now() / DAY, e);
		if (rc < 0 && e->code != ERR_BUSY) {
			log_err("patrol.day", e);
			rc = 0;
		}
	}
	arena_done(&a);
	return n < 0 ? -1 : rc;
}

static int regular(struct patrol_beats *p, struct err *e)
{
	const int64_t now = clock_mono_ms();

	if (now >= p->tidy_at) {
		if (free_marks(p, e) < 0 || drop_tried(p, e) < 0 || sweep(p, e) < 0)
			return -1;
		p->tidy_at = now + PATROL_TIDY_MS;
	}
	if (now >= p->keep_at) {
		if (keep_day(p, e) < 0)
			return -1;
		p->keep_at = now + KEEP_MS;
	}
	return 0;
}

static void on_turn(void *ptr)
{
	struct patrol_beats *p = ptr;
	struct err e;

	loop_cancel(p->eng->loop, p->timer);
	if (regular(p, &e) < 0 && e.code != ERR_BUSY)
		log_err("patrol.regular", &e);
	if (see_to_due(p, &e) < 0 && e.code != ERR_BUSY)
		log_err("patrol.turn", &e);
	p->timer = loop_after(p->eng->loop, PATROL_POLL_MS, on_turn, p);
}

struct patrol_beats *patrol_new(struct engine *eng)
{
	struct patrol_beats *p = calloc(1, sizeof(*p));

	if (!p)
		die("patrol: out of memory");
	p->eng = eng;
	p->timer = loop_after(eng->loop, 0, on_turn, p);
	return p;
}

void patrol_wake(struct patrol_beats *p)
{
	on_turn(p);
}

void patrol_free(struct patrol_beats *p)
{
	if (!p)
		return;
	loop_cancel(p->eng->loop, p->timer);
	while (p->beats)
		beat_free(p->beats);
	free(p);
}
