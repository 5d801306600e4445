/* Own: looks at members with their own sign-ins.
 *
 * Rules: a secret is only used for the way it was entered for: when the account's connection leads
 * elsewhere by now, the member is asked for it again. A refusal is the member's own, and stops only
 * this one, who stands from then on as they were refused. When nobody gets an answer any more, the
 * server is away, and it ends as a whole. A door that is shut (403) is the member's when it is open
 * to others: so the account's own mailbox is looked at before anybody.
 */
#include "own.h"

#include <stdlib.h>
#include <string.h>
#include "engine.h"
#include "platform/err.h"
#include "platform/log.h"
#include "store/store.h"

enum { ROWS = 4 << 20 };

/* One member under way. */
struct flight {
	struct own *o; /* NULL: free */
	int64_t n;
	const char *address;
	struct line *line; /* NULL: the account's */
	struct calendars *calendars;
	int witness;	/* the account's own mailbox: nobody is told */
	uint64_t timer; /* it has ended */
};

struct own {
	struct sight *s;
	struct own_query q;
	struct flight flights[OWN_FLYING];
	int flying, dry;
	int begun;  /* the witness was asked */
	int worked; /* somebody gets through */
	int lost;   /* in a row */
	struct outcome end;
	uint64_t timer;
};

static void on_turn(void *ptr);

static void turn(struct own *o)
{
	if (!o->timer)
		o->timer = loop_after(o->s->eng->loop, 0, on_turn, o);
}

/* --- telling --- */

/* What is known without asking anybody. */
static void tell_attempt(struct own *o, int64_t n, const char *address, enum reason why)
{
	struct calendar_facts f = { .n = n, .address = address, .name = "" };

	f.seen.attempt = why;
	outcome_set(&f.outcome, why, NEXT_NOTHING, NULL);
	f.has_verdict = verdict_of(METHOD_PERSONAL, &f.seen, &f.verdict);
	o->q.q.told(o->q.q.ptr, &f);
}

/* --- one member --- */

static void land(struct flight *fl)
{
	struct own *o = fl->o;

	loop_cancel(o->s->eng->loop, fl->timer);
	calendars_stop(fl->calendars);
	line_free(fl->line);
	memset(fl, 0, sizeof(*fl));
	o->flying--;
}

static void on_landed(void *ptr)
{
	struct flight *fl = ptr;
	struct own *o = fl->o;

	fl->timer = 0;
	land(fl);
	turn(o);
}

/* No answer, or none that says anything about the member. */
static int is_lost(const struct calendar_facts *f)
{
	return !f->has_verdict && reason_row(f->seen.attempt)->scope == SCOPE_CONNECTION &&
		reason_row(f->seen.attempt)->temper != TEMPER_STOPPED;
}

/* What was seen with a sign-in of one's own, with what is known of others and from before. */
static void see(const struct own *o, struct calendar_facts *f)
{
	if (o->worked)
		f->seen.others = SEEN_YES;
	if (f->seen.attempt == REASON_SIGNIN_STOPPED)
		f->seen.attempt = outcome_refusal(&f->outcome);
	f->has_verdict = verdict_of(METHOD_PERSONAL, &f->seen, &f->verdict);
}

static void count_lost(struct own *o, const struct calendar_facts *f)
{
	if (is_lost(f)) {
		o->lost++;
		o->end = f->outcome;
	} else {
		o->lost = 0;
	}
}

static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct flight *fl = ptr;
	struct own *o = fl->o;
	struct calendar_facts mine = *f;
	struct err e;

	o->worked |= f->seen.attempt == REASON_OK && f->seen.calendar == SEEN_YES;
	if (fl->witness)
		return;
	mine.n = fl->n;
	if (fl->line) {
		if (reason_row(f->seen.attempt)->temper == TEMPER_STOPPED &&
			line_refused(fl->line, &f->outcome, &e) < 0)
			log_err("own.untold", &e);
		see(o, &mine);
	}
	count_lost(o, &mine);
	o->q.q.told(o->q.q.ptr, &mine);
}

static void on_done(void *ptr, const struct outcome *out)
{
	struct flight *fl = ptr;

	(void)out;
	fl->calendars = NULL;
	fl->timer = loop_after(fl->o->s->eng->loop, 0, on_landed, fl);
}

/* The one person of this flight. */
static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct flight *fl = ptr;

	if (!fl->address)
		return 0;
	*n = fl->n;
	*address = fl->address;
	fl->address = NULL;
	return 1;
}

int own_row(struct db *db, struct arena *a, const struct connection *live, int64_t member,
	struct connection *out, struct err *e)
{
	struct connection *list;
	int n = store_connection_own(db, a, live->account, member, &list, e);

	for (int i = 0; i < n; i++) {
		const struct credential like = { .account = live->account,
			.connection = list[i].id,
			.purpose = PURPOSE_CURRENT };
		struct credential cr;
		int rc = store_connection_same_way(&list[i], live)
			? store_credential_find(db, a, &like, &cr, e)
			: 0;

		if (rc != 0) {
			*out = list[i];
			return rc;
		}
	}
	return n < 0 ? -1 : 0;
}

static struct line *open_line(
	struct own *o, const struct roster_due *m, struct arena *a, int *missing, struct err *e)
{
	struct connection c;
	int rc = own_row(o->s->eng->db, a, &o->s->look.c, m->s.member, &c, e);

	*missing = rc == 0;
	return rc == 1 ? line_stored(&o->s->tools, &c, PURPOSE_CURRENT, e) : NULL;
}

static void fly(struct own *o, enum method method, const struct flight *with)
{
	struct calendars_query q = {
		.method = method, .next = on_next, .told = on_told, .done = on_done
	};
	struct flight *fl = o->flights;

	while (fl->o)
		fl++;
	*fl = *with;
	fl->o = o;
	q.ptr = fl;
	o->flying++;
	fl->calendars = calendars_start(line_client(fl->line ? fl->line : o->s->line), &q);
}

/* The next member: 1, 0 there is none now. */
static int begin_one(struct own *o)
{
	const struct roster_due *m;
	const char *address = "";
	struct line *line = NULL;
	struct arena a;
	struct err e;
	int missing = 0;
	int64_t n;

	if (!o->q.q.next(o->q.q.ptr, &n, &address)) {
		o->dry = 1;
		return 0;
	}
	m = o->q.who(o->q.q.ptr, n);
	if (m->kind == MEMBER_ROOM) {
		fly(o, METHOD_DEDICATED, &(struct flight){ .n = n, .address = address });
		return 1;
	}
	arena_init(&a, ROWS);
	line = open_line(o, m, &a, &missing, &e);
	arena_done(&a);
	if (line) {
		fly(o, METHOD_PERSONAL,
			&(struct flight){ .n = n, .address = address, .line = line });
		return 1;
	}
	if (!missing)
		log_err("own.closed", &e);
	tell_attempt(o, n, address, missing ? REASON_OWN_SIGNIN : REASON_INTERNAL);
	return 1;
}

/* Alone, before anybody else. */
static void begin_witness(struct own *o)
{
	o->begun = 1;
	fly(o, METHOD_PERSONAL, &(struct flight){ .address = o->s->look.c.mailbox, .witness = 1 });
}

/* --- all of them --- */

static void free_own(struct own *o)
{
	loop_cancel(o->s->eng->loop, o->timer);
	for (size_t i = 0; i < OWN_FLYING; i++)
		if (o->flights[i].o)
			land(&o->flights[i]);
	free(o);
}

static void finish(struct own *o)
{
	static const struct outcome well;
	const struct calendars_query q = o->q.q;
	const struct outcome end = o->lost >= OWN_LOST ? o->end : well;

	free_own(o);
	q.done(q.ptr, &end);
}

static void on_turn(void *ptr)
{
	struct own *o = ptr;

	o->timer = 0;
	if (!o->begun) {
		begin_witness(o);
		return;
	}
	while (!o->dry && o->lost < OWN_LOST && o->flying < OWN_FLYING && begin_one(o))
		;
	if (o->flying == 0 && (o->dry || o->lost >= OWN_LOST))
		finish(o);
}

struct own *own_start(struct sight *s, const struct own_query *q)
{
	struct own *o = calloc(1, sizeof(*o));

	if (!o)
		die("own: out of memory");
	o->s = s;
	o->q = *q;
	turn(o);
	return o;
}

void own_stop(struct own *o)
{
	if (o)
		free_own(o);
}
