/* A scripted organisation for tests of the probe and of what uses it: a calendar of a member's, the
 * dedicated mailbox with its calendar and inbox, some things in them that are nobody's to touch,
 * and any question failing. Time is counted, not waited for.
 */
#ifndef LATCHKEY_PROBE_UNIT_H
#define LATCHKEY_PROBE_UNIT_H

#include "tests/unit/loop_unit.h"
#include "tests/unit/script_unit.h"

#include "exchange/verdict.h"
#include "platform/clock.h"

#define OWNER "anna@example.test"
#define OWN "svc@example.test"

enum { THINGS = 12, FAULTS = 2, STEPS = 200, MEETING_DAYS = 400, UNIT_NOW = 1795420800 };

/* What becomes of a question. */
enum fate { FATE_WELL, FATE_LOST, FATE_DONE_LOST, FATE_REFUSED, FATE_SIGNIN, FATE__MAX };

enum place { IN_OWNER, IN_OWN, IN_INBOX };

struct thing {
	int there, foreign;
	enum place place;
	char id[16];
	const char *tag, *uid, *subject;
	int64_t start, end;
};

struct unit_org {
	struct client client;
	struct arena a;
	struct thing things[THINGS];
	int made;
	int asked;
	struct {
		int at; /* the question it is for, from 1; 0 none */
		enum fate fate;
	} faults[FAULTS];
	enum method method;
	const char *owner; /* in whose calendar it is made */
	int64_t mail_at;   /* the invitation comes so long after the meeting; -1 never */
	int64_t coming;	   /* and is under way until then; 0 = is not */
	const char *from, *sender;
	int no_read;		   /* items cannot be read back */
	int no_mail_from, no_mail; /* the inbox does not open: after so many looks, for so many */
	enum reason create, keep;  /* making is refused; removing is */
	enum reason change;
	int changed;
	int back;      /* what was removed is found again at the last look */
	int unsent;    /* what is refused was saved all the same */
	int64_t late;  /* what is lost arrives so much later; 0 never */
	int64_t lands; /* one is under way until then; 0 = is not */
	struct booking landing;
	int refused;
};

/* All of platform/clock.c that the code under test and what it stands on need; the monotonic clock
 * is the loop's. */
static int64_t unit_time;

int64_t clock_mono_ms(void)
{
	return unit_time;
}

int64_t clock_mono_us(void)
{
	return unit_time * 1000;
}

int64_t clock_now(void)
{
	return UNIT_NOW;
}

int64_t clock_now_ms(void)
{
	return (int64_t)UNIT_NOW * 1000;
}

void clock_iso(char *dst, size_t size, int64_t t)
{
	snprintf(dst, size, "%lld", (long long)t);
}

void clock_text(char *dst, size_t size, int64_t t)
{
	clock_iso(dst, size, t);
}

static inline struct thing *org_add(
	struct unit_org *w, enum place place, const char *tag, const char *uid, const char *subject)
{
	for (int i = 0; i < THINGS; i++) {
		struct thing *t = &w->things[i];

		if (t->there)
			continue;
		*t = (struct thing){
			.there = 1, .place = place, .tag = tag, .uid = uid, .subject = subject
		};
		snprintf(t->id, sizeof(t->id), "id-%d", ++w->made);
		return t;
	}
	fail_msg("no room");
	return NULL;
}

static inline void org_foreign(
	struct unit_org *w, enum place place, const char *uid, const char *subject)
{
	org_add(w, place, "", uid, subject)->foreign = 1;
}

/* Things that are ours; things that are not. */
static inline int org_left(const struct unit_org *w, int foreign)
{
	int n = 0;

	for (int i = 0; i < THINGS; i++)
		n += w->things[i].there && w->things[i].foreign == foreign;
	return n;
}

static inline struct thing *org_by_id(struct unit_org *w, const char *id)
{
	for (int i = 0; i < THINGS; i++)
		if (w->things[i].there && strcmp(w->things[i].id, id) == 0)
			return &w->things[i];
	return NULL;
}

/* --- mail --- */

static inline void org_deliver(struct unit_org *w)
{
	if (!w->coming || w->client.loop->now < w->coming)
		return;
	for (int i = 0; i < THINGS; i++) {
		const struct thing t = w->things[i];

		if (t.place != IN_INBOX && !t.foreign && t.there && t.tag[0]) {
			w->coming = 0;
			org_add(w, IN_INBOX, "", t.uid, t.subject);
			org_add(w, IN_OWN, "", t.uid, t.subject);
			return;
		}
	}
}

/* --- the server --- */

static inline enum place org_place(const struct unit_org *w)
{
	return strcmp(w->owner, OWN) == 0 ? IN_OWN : IN_OWNER;
}

static inline void org_list(struct unit_org *w, struct arena *a, enum place place, const char *tag,
	struct events_result *r)
{
	r->list = arena_array(a, THINGS, sizeof(*r->list));
	for (int i = 0; i < THINGS; i++) {
		const struct thing *t = &w->things[i];

		if (t->there && t->place == place && (!tag || strcmp(t->tag, tag) == 0))
			r->list[r->count++] = (struct event){ .id = arena_strdup(a, t->id),
				.change_key = "k",
				.uid = t->uid,
				.tag = t->tag };
	}
}

static inline const struct thing *org_make(struct unit_org *w, const struct booking *b)
{
	struct thing *t = org_add(w, org_place(w), arena_strdup(&w->a, b->tag), "uid-probe",
		arena_strdup(&w->a, b->subject));

	t->start = b->start;
	t->end = b->end;
	assert_int_equal(b->kind, BUSY_FREE);
	assert_true(b->start > UNIT_NOW + (int64_t)(MEETING_DAYS - 1) * 86400);
	if (b->send == SEND_NONE || w->create != REASON_OK)
		return t;
	assert_int_equal(b->attendee_count, 1);
	assert_string_equal(b->attendees[0].address, OWN);
	if (w->mail_at >= 0)
		w->coming = w->client.loop->now + w->mail_at + 1;
	return t;
}

static inline void org_create(
	struct unit_org *w, const struct client_call *k, struct outcome *o, struct item_ref *r)
{
	if (w->create != REASON_OK)
		unit_fail(o, w->create, NEXT_NOTHING);
	if (w->create != REASON_OK && !w->unsent)
		return;
	*r = (struct item_ref){ arena_strdup(&w->a, org_make(w, k->query)->id), "k" };
}

static inline void org_lose(struct unit_org *w, const struct client_call *k)
{
	if (k->op != EXCHANGE_CREATE_BOOKING || !w->late)
		return;
	w->landing = *(const struct booking *)k->query;
	w->lands = w->client.loop->now + w->late;
}

static inline void org_land(struct unit_org *w)
{
	if (!w->lands || w->client.loop->now < w->lands)
		return;
	w->lands = 0;
	org_make(w, &w->landing);
}

static inline void org_read(
	struct unit_org *w, const struct client_call *k, struct outcome *o, struct items_result *r)
{
	const struct items_query *q = k->query;
	const struct thing *t = org_by_id(w, q->list[0].id);

	if (w->no_read) {
		unit_fail(o, REASON_READ_ONLY, NEXT_NOTHING);
		return;
	}
	r->list = arena_array(k->how.a, 1, sizeof(*r->list));
	r->count = 1;
	r->list[0].ended.reason = t ? REASON_OK : REASON_BOOKING_GONE;
	if (!t)
		return;
	r->list[0] = (struct item_seen){ .ref = { q->list[0].id, "k" },
		.folder = "folder",
		.tag = t->tag,
		.uid = t->uid,
		.organizer = w->owner,
		.start = t->start,
		.end = t->end };
}

static inline void org_change(
	struct unit_org *w, const struct client_call *k, struct outcome *o, struct item_ref *r)
{
	const struct change_query *q = k->query;
	struct thing *t = org_by_id(w, q->item.id);

	assert_int_equal(q->fields, BOOKING_LOCATION);
	assert_int_equal(q->to.send, SEND_NONE);
	if (w->change != REASON_OK || !t) {
		unit_fail(o, t ? w->change : REASON_BOOKING_GONE, NEXT_NOTHING);
		return;
	}
	assert_false(t->foreign);
	w->changed++;
	*r = (struct item_ref){ arena_strdup(&w->a, t->id), "k" };
}

static inline void org_remove(struct unit_org *w, const struct client_call *k, struct outcome *o)
{
	const struct remove_query *q = k->query;
	struct thing *t = org_by_id(w, q->item.id);

	if (w->keep != REASON_OK) {
		unit_fail(o, w->keep, NEXT_NOTHING);
		return;
	}
	assert_true(q->hard);
	assert_int_equal(q->send, SEND_NONE);
	if (!t) {
		unit_fail(o, REASON_BOOKING_GONE, NEXT_NOTHING);
		return;
	}
	assert_false(t->foreign);
	assert_int_equal(q->message, t->place == IN_INBOX);
	t->there = 0;
	/* Mail that is under way comes although its meeting is gone. */
	if (w->coming && t->tag[0] && t->place != IN_INBOX) {
		org_add(w, IN_INBOX, "", t->uid, t->subject);
		org_add(w, IN_OWN, "", t->uid, t->subject);
		w->coming = 0;
	}
}

static inline void org_mail(
	struct unit_org *w, const struct client_call *k, struct outcome *o, struct mail_result *r)
{
	const struct mail_query *q = k->query;

	assert_int_equal(q->folder, FOLDER_INBOX);
	assert_true(q->subject[0]);
	if (w->no_mail_from-- <= 0 && w->no_mail-- > 0) {
		unit_fail(o, REASON_TIMED_OUT, NEXT_NOTHING);
		return;
	}
	r->list = arena_array(k->how.a, THINGS, sizeof(*r->list));
	for (int i = 0; i < THINGS; i++) {
		const struct thing *t = &w->things[i];

		if (t->there && t->place == IN_INBOX && strcmp(t->subject, q->subject) == 0)
			r->list[r->count++] = (struct mail_seen){ .ref = { t->id, "k" },
				.from = w->from,
				.sender = w->sender,
				.for_whom = "" };
	}
}

static inline int org_writes(enum exchange_op op)
{
	return op == EXCHANGE_CREATE_BOOKING || op == EXCHANGE_REMOVE_ITEM ||
		op == EXCHANGE_CHANGE_BOOKING;
}

static inline void org_do(
	struct unit_org *w, const struct client_call *k, struct outcome *o, void *r)
{
	struct folders_result *folders = r;

	switch (k->op) {
	case EXCHANGE_FIND_TAGGED:
		/* Who makes and removes names a zone; who looks at the end does not. */
		org_list(w, k->how.a, org_place(w),
			w->back && !k->how.zone ? NULL
						: ((const struct tagged_query *)k->query)->tag,
			r);
		break;
	case EXCHANGE_LIST_EVENTS:
		assert_null(((const struct events_query *)k->query)->mailbox);
		org_list(w, k->how.a, IN_OWN, NULL, r);
		break;
	case EXCHANGE_CREATE_BOOKING:
		org_create(w, k, o, r);
		break;
	case EXCHANGE_CHANGE_BOOKING:
		org_change(w, k, o, r);
		break;
	case EXCHANGE_REMOVE_ITEM:
		org_remove(w, k, o);
		break;
	case EXCHANGE_GET_ITEMS:
		org_read(w, k, o, r);
		break;
	case EXCHANGE_OPEN_FOLDERS:
		folders->list = arena_array(k->how.a, 1, sizeof(*folders->list));
		folders->list[0].id = "folder";
		folders->count = 1;
		break;
	case EXCHANGE_FIND_MAIL:
		org_mail(w, k, o, r);
		break;
	default:
		fail_msg("nobody should ask for %d", (int)k->op);
	}
}

static inline enum fate org_fate(struct unit_org *w)
{
	w->asked++;
	for (int i = 0; i < FAULTS; i++)
		if (w->faults[i].at == w->asked)
			return w->faults[i].fate;
	return FATE_WELL;
}

static inline void org_answer(void *ptr, const struct client_call *k, struct outcome *o, void *r)
{
	struct unit_org *w = ptr;
	const enum fate f = org_fate(w);

	if (w->method == METHOD_IMPERSONATION && k->how.impersonate)
		assert_true(strcmp(k->how.impersonate, w->owner) == 0 || w->client.acts_as);
	org_land(w);
	org_deliver(w);
	if (w->refused || f == FATE_SIGNIN) {
		unit_fail(o, w->refused ? REASON_SIGNIN_STOPPED : REASON_SIGNIN_REFUSED,
			NEXT_NOTHING);
		w->refused = 1;
		return;
	}
	if (f == FATE_WELL || (f == FATE_DONE_LOST && org_writes(k->op)))
		org_do(w, k, o, r);
	if (f == FATE_LOST)
		org_lose(w, k);
	if (f == FATE_REFUSED)
		unit_fail(o, REASON_READ_ONLY, NEXT_NOTHING);
	else if (f != FATE_WELL)
		unit_fail(o, org_writes(k->op) ? REASON_OUTCOME_UNKNOWN : REASON_TIMED_OUT,
			NEXT_NOTHING);
}

/* --- its life --- */

static inline void org_init(struct unit_org *w)
{
	memset(w, 0, sizeof(*w));
	unit_time = 0;
	seal_init();
	unit_open(&w->client, org_answer, w);
	arena_init(&w->a, 16 << 20);
	w->method = METHOD_DELEGATE;
	w->owner = OWNER;
	w->from = OWNER;
	w->sender = OWN;
	org_foreign(w, IN_OWNER, "uid-a", "Budget");
	org_foreign(w, IN_OWN, "uid-b", "Holiday");
	org_foreign(w, IN_OWN, "uid-", "");
	org_foreign(w, IN_OWN, "", "no uid");
	org_foreign(w, IN_INBOX, "uid-c", "Latchkey connection test");
	org_foreign(w, IN_INBOX, "", "Welcome");
}

enum { ORG_FOREIGN = 6 };

static inline void org_done(struct unit_org *w)
{
	unit_close(&w->client);
	arena_done(&w->a);
}

/* One answer, or the next timer; 0 when nothing happens any more. */
static inline int org_turn(struct unit_org *w)
{
	const int64_t before = w->client.loop->now;
	const uint64_t last = w->client.loop->last;

	if (unit_answer_one(&w->client))
		return 1;
	loop_turn(w->client.loop, 0);
	unit_time = w->client.loop->now;
	return w->client.pending || w->client.loop->now > before || w->client.loop->last > last;
}

#endif
