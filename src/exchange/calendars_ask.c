/* Calendars: the questions of each lane and what their answers say about each person.
 *
 * Rules: what a question lost is never evidence about a mailbox. Too much at once means less from
 * now on, and the same people again. A reason that speaks of one mailbox, met for a question about
 * several, is found by asking each alone.
 */
#include "calendars_work.h"

#include "platform/clock.h"
#include "platform/str.h"

enum { DAY = 86400, TRIES = 3 };

/* --- questions --- */

/* Folders for each person in a question: the calendar, and the inbox, which tells whether more than
 * the calendar opens. */
enum { EACH = 2 };

static void ask_folders(struct errand_ask *k, const struct party *p)
{
	struct folder_ask *list = arena_array(&k->a, p->count * EACH, sizeof(*list));
	struct folders_query *q = arena_alloc(&k->a, sizeof(*q));

	for (size_t i = 0; i < p->count * EACH; i++)
		list[i] = (struct folder_ask){
			.mailbox = p->lane == LANE_EXPLICIT ? p->list[i / EACH]->address : NULL,
			.kind = i % EACH == 0 ? FOLDER_CALENDAR : FOLDER_INBOX,
		};
	*q = (struct folders_query){ list, p->count * EACH, FOLDER_WANT_RIGHTS };
	if (p->lane == LANE_IMPERSONATED)
		k->impersonate = p->list[0]->address;
	if (p->lane == LANE_EXPLICIT && p->count == 1)
		k->anchor = p->list[0]->address;
	errand_send(k, EXCHANGE_OPEN_FOLDERS, q, calendars_answer);
}

static void ask_busy(struct errand_ask *k, const struct party *p)
{
	struct busy_query *q = arena_alloc(&k->a, sizeof(*q));
	const char **names = arena_array(&k->a, p->count, sizeof(*names));
	int64_t today = clock_now() / DAY * DAY;

	for (size_t i = 0; i < p->count; i++)
		names[i] = p->list[i]->address;
	*q = (struct busy_query){ names, p->count, today, today + DAY };
	errand_send(k, EXCHANGE_GET_BUSY, q, calendars_answer);
}

void calendars_ask(struct calendars *s, enum lane_kind lane, size_t count)
{
	struct errand_ask *k = errand_ask(&s->e);
	struct party *p = arena_alloc(&k->a, sizeof(*p));

	p->lane = lane;
	p->list = arena_array(&k->a, count, sizeof(struct visit *));
	while (p->count < count)
		p->list[p->count++] = calendars_take(&s->lanes[lane].waiting);
	s->lanes[lane].flying += count;
	k->mine = p;
	if (lane == LANE_BUSY)
		ask_busy(k, p);
	else
		ask_folders(k, p);
}

/* --- answers --- */

static void keep_text(char *dst, size_t size, const char *text)
{
	if (str_copy(dst, size, str_empty(text) ? "" : text) < 0)
		dst[0] = '\0';
}

static void keep_code(char dst[EXCHANGE_CODE], const char *code)
{
	keep_text(dst, EXCHANGE_CODE, code);
}

/* Is it this lane that says how the person is? The main one, or the busy time of who is closed. */
static int decides(const struct calendars *s, const struct visit *v, enum lane_kind lane)
{
	return lane == s->main || (lane == LANE_BUSY && v->ways[s->main].calendar != SEEN_YES);
}

static void keep_part(
	const struct calendars *s, struct visit *v, enum lane_kind lane, const struct part *ended)
{
	if (ended->reason == REASON_OK || !decides(s, v, lane) || (lane != s->main && v->code[0]))
		return;
	keep_code(v->code, ended->code);
	keep_text(v->said, sizeof(v->said), ended->said);
}

/* The question about this person came to nothing. */
static void lost(struct calendars *s, struct visit *v, enum lane_kind lane, const struct outcome *o)
{
	v->ways[lane].attempt = o->reason;
	if (decides(s, v, lane)) {
		keep_code(v->code, o->code);
		v->outcome = *o;
	}
	calendars_on(s, v, lane);
}

/* Trouble on the way to one mailbox of several. */
static int says_nothing(const struct part *ended)
{
	if (ended->reason == REASON_OK)
		return 0;
	return ended->reason == REASON_NOT_CHECKED ||
		reason_row(ended->reason)->scope == SCOPE_CONNECTION;
}

/* Only part of an answer is missing: once more at the end of the queue, and not for ever. */
static int again(
	struct calendars *s, struct visit *v, enum lane_kind lane, const struct part *ended)
{
	struct lane *l = &s->lanes[lane];

	if (!says_nothing(ended))
		return 0;
	if (++v->tries < TRIES) {
		calendars_put(&l->waiting, v);
		return 1;
	}
	v->ways[lane].attempt = ended->reason;
	return 0;
}

/* Only a refusal is one: trouble that passes tells nothing. */
static enum seen opens(const struct folder_seen *f)
{
	if (f->ended.reason != REASON_OK)
		return verdict_telling(f->ended.reason) ? SEEN_NO : SEEN_UNKNOWN;
	return !f->rights_told || (f->rights & RIGHT_READ) ? SEEN_YES : SEEN_NO;
}

static void see_folders(
	struct calendars *s, struct visit *v, enum lane_kind lane, const struct folder_seen *f)
{
	struct evidence *w = &v->ways[lane];

	keep_part(s, v, lane, &f[0].ended);
	if (again(s, v, lane, &f[0].ended))
		return;
	if (w->attempt == REASON_OK) {
		verdict_folder(w, &f[0]);
		if (w->calendar == SEEN_UNKNOWN)
			w->attempt = f[0].ended.reason;
		w->inbox = opens(&f[1]);
		if (f[0].ended.reason == REASON_OK && f[0].name &&
			str_copy(v->name, sizeof(v->name), f[0].name) < 0)
			v->name[0] = '\0';
	}
	calendars_on(s, v, lane);
}

static void see_busy(struct calendars *s, struct visit *v, const struct part *ended)
{
	struct evidence *w = &v->ways[LANE_BUSY];

	keep_part(s, v, LANE_BUSY, ended);
	if (again(s, v, LANE_BUSY, ended))
		return;
	if (ended->reason == REASON_OK) {
		w->busy = SEEN_YES;
	} else if (verdict_telling(ended->reason)) {
		w->busy = SEEN_NO;
		w->busy_why = ended->reason;
	} else {
		w->attempt = ended->reason;
	}
	calendars_on(s, v, LANE_BUSY);
}

/* A person at their place in the result; what is missing there was not looked at. */
static void see(struct calendars *s, const struct party *p, size_t i, const void *result)
{
	static const struct folder_seen missing[2] = {
		{ .ended = { .reason = REASON_BAD_ANSWER } },
		{ .ended = { .reason = REASON_BAD_ANSWER } },
	};
	const struct folders_result *folders = result;
	const struct folder_seen *f = missing;
	const struct busy_result *busy = result;
	const size_t at = i * EACH;

	if (p->lane == LANE_BUSY) {
		see_busy(s, p->list[i], i < busy->count ? &busy->list[i].ended : &missing->ended);
		return;
	}
	if (at + EACH <= folders->count)
		f = &folders->list[at];
	/* Servers open only so many mailboxes at a time. */
	if (p->count > 1 && says_nothing(&f->ended))
		errand_portion_halve(&s->lanes[p->lane].size, (int)p->count);
	see_folders(s, p->list[i], p->lane, f);
}

/* One person's reason that came for the question as a whole. */
static void see_refusal(
	struct calendars *s, struct visit *v, enum lane_kind lane, const struct outcome *o)
{
	struct folder_seen f[2] = { 0 };

	f[0].ended.reason = o->reason;
	keep_code(f[0].ended.code, o->code);
	f[0].ended.said = o->said;
	f[1].ended = f[0].ended;
	if (lane == LANE_BUSY)
		see_busy(s, v, &f[0].ended);
	else
		see_folders(s, v, lane, f);
}

static void smaller(struct calendars *s, const struct party *p, const struct outcome *o)
{
	struct lane *l = &s->lanes[p->lane];

	if (p->count == 1) {
		lost(s, p->list[0], p->lane, o);
		return;
	}
	errand_portion_halve(&l->size, (int)p->count);
	for (size_t i = p->count; i-- > 0;)
		calendars_return(&l->waiting, p->list[i]);
}

/* Nobody can be impersonated: that ends only a lane that is looked at besides. */
static int closes(struct calendars *s, const struct party *p, const struct outcome *o)
{
	struct lane *l = &s->lanes[p->lane];
	struct visit *v;

	if (p->lane == s->main || p->lane != LANE_IMPERSONATED ||
		o->reason != REASON_IMPERSONATION_SETUP)
		return 0;
	l->closed = 1;
	while ((v = calendars_take(&l->waiting)) != NULL)
		lost(s, v, p->lane, o);
	return 1;
}

static void apart(struct calendars *s, const struct party *p)
{
	for (size_t i = 0; i < p->count; i++) {
		p->list[i]->alone = 1;
		calendars_put(&s->lanes[p->lane].waiting, p->list[i]);
	}
}

static void failed(struct calendars *s, const struct party *p, const struct outcome *o)
{
	for (size_t i = 0; i < p->count && !s->e.over; i++) {
		if (reason_row(o->reason)->scope == SCOPE_MEMBER)
			see_refusal(s, p->list[i], p->lane, o);
		else
			lost(s, p->list[i], p->lane, o);
	}
}

/* Does this answer end it all? */
static int hopeless(struct calendars *s, const struct party *p, const struct outcome *o)
{
	if (closes(s, p, o))
		return 0;
	if (p->lane != LANE_IMPERSONATED || !calendars_turns(o->reason))
		return errand_hopeless(&s->e, o);
	if (p->lane == s->main && !s->worked && reason_row(o->reason)->scope == SCOPE_CONNECTION)
		return ++s->strays >= STRAYS_MAX;
	s->e.proven = 1;
	s->e.failed = 0;
	return 0;
}

void calendars_answer(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	struct calendars *s = ptr;
	const struct party *p = k->mine;
	struct lane *l = &s->lanes[p->lane];

	l->flying -= p->count;
	for (size_t i = 0; i < p->count && p->lane == s->main; i++)
		p->list[i]->outcome = *o;
	if (errand_blurred(o, p->count)) {
		apart(s, p);
	} else if (hopeless(s, p, o)) {
		for (size_t i = p->count; i-- > 0;)
			calendars_return(&l->waiting, p->list[i]);
		calendars_give_up(s, o);
	} else if (o->reason == REASON_OK) {
		errand_portion_well(&l->size, (int)p->count);
		for (size_t i = 0; i < p->count && !s->e.over; i++)
			see(s, p, i, result);
	} else if (o->next == NEXT_SMALLER) {
		smaller(s, p, o);
	} else {
		failed(s, p, o);
	}
}
