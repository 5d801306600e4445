/* Follow: changes in a calendar, page by page; what was made or changed of ours is read by id. Of
 * what is somebody's own, no more is ever asked for than that it changed.
 *
 * Rules: a page's state counts only when all of the page was told, so that a failure in the midst
 * loses nothing: the same changes come again the next time. An item that is gone by now, or that
 * nobody can read, holds nothing up. One page is in memory at a time.
 */
#include "follow.h"

#include <stdlib.h>
#include <string.h>
#include "errand.h"
#include "platform/err.h"
#include "platform/str.h"

enum { TRIES = 3 };

struct wanted {
	struct item_ref ref;
	int tries;
};

struct follow {
	struct errand e;
	struct follow_job job;
	char *state; /* all up to here was told */
	struct sync_query query;
	struct errand_ask *page; /* the page that is worked on, kept; or NULL */
	const struct sync_result *changes;
	struct wanted *wanted; /* of the page: to be read */
	size_t count, at;      /* from `at` on they wait; below is room to put some back */
	struct portion limit, items;
	int pages;
	int restarted;
};

/* Items of one question. */
struct reading {
	struct items_query query;
	struct wanted *list;
};

static void set_state(struct follow *f, const char *state)
{
	char *copy = strdup(state ? state : "");

	if (!copy)
		die("follow: out of memory");
	free(f->state);
	f->state = copy;
}

static void end(struct follow *f, const struct outcome *o)
{
	const struct follow_job job = f->job;
	const struct outcome outcome = *o;

	if (f->e.over)
		return;
	errand_close(&f->e);
	job.done(job.ptr, &outcome, f->state, f->restarted);
}

static void end_with(struct follow *f, enum reason r, const char *code)
{
	struct outcome o = { 0 };

	outcome_set(&o, r, NEXT_NOTHING, code);
	end(f, &o);
}

/* --- items --- */

static void put_back(struct follow *f, const struct wanted *t, size_t n)
{
	f->at -= n;
	memcpy(f->wanted + f->at, t, n * sizeof(*t));
}

/* Trouble that passes: again; when it stays, the page has to come again. What makes no sense three
 * times never will. */
static void item_failed(struct follow *f, struct wanted *t, enum reason r, const char *code)
{
	if (reason_row(r)->temper == TEMPER_LASTING)
		return;
	if (++t->tries < TRIES)
		put_back(f, t, 1);
	else if (r != REASON_BAD_ANSWER)
		end_with(f, r, code);
}

static void take_items(struct follow *f, struct reading *k, const struct items_result *r)
{
	for (size_t i = 0; i < k->query.count && !f->e.over; i++) {
		const struct item_seen *s = &r->list[i];

		if (s->ended.reason != REASON_OK)
			item_failed(f, &k->list[i], s->ended.reason, s->ended.code);
		else
			f->job.seen(f->job.ptr, s);
	}
}

/* Is it what was asked for, rather than the way to it? What one item holds can make the answer too
 * much, or unreadable. */
static int is_of_items(const struct outcome *o)
{
	return o->next == NEXT_SMALLER || o->reason == REASON_BAD_ANSWER ||
		reason_row(o->reason)->scope == SCOPE_BOOKING;
}

/* An unreadable answer about several says nothing about the connection yet. */
static void on_items(void *ptr, struct errand_ask *ask, const struct outcome *o, const void *result)
{
	struct reading *k = ask->mine;
	struct follow *f = ptr;
	const int blurred = o->reason == REASON_BAD_ANSWER && k->query.count > 1;
	const int hopeless = !blurred && errand_hopeless(&f->e, o);

	if (o->reason == REASON_OK) {
		errand_portion_well(&f->items, (int)k->query.count);
		take_items(f, k, result);
	} else if (hopeless || !is_of_items(o)) {
		end(f, o);
	} else if (k->query.count > 1) {
		errand_portion_halve(&f->items, (int)k->query.count);
		put_back(f, k->list, k->query.count);
	} else {
		item_failed(f, k->list, o->reason, o->code);
	}
}

static void ask_items(struct follow *f)
{
	struct errand_ask *ask = errand_ask(&f->e);
	struct reading *k = arena_alloc(&ask->a, sizeof(*k));
	size_t n = f->count - f->at;
	struct item_ref *refs;

	if (n > (size_t)f->items.now)
		n = (size_t)f->items.now;
	k->list = arena_memdup(&ask->a, f->wanted + f->at, n * sizeof(*k->list));
	refs = arena_array(&ask->a, n, sizeof(*refs));
	for (size_t i = 0; i < n; i++)
		refs[i] = k->list[i].ref;
	f->at += n;
	k->query = (struct items_query){ refs, n };
	ask->mine = k;
	ask->impersonate = f->job.impersonate;
	ask->anchor = f->query.mailbox;
	errand_send(ask, EXCHANGE_GET_ITEMS, &k->query, on_items);
}

/* --- pages --- */

/* What is gone is told at once, the rest is to be read. */
static void take_page(struct follow *f, struct errand_ask *ask, const struct sync_result *r)
{
	f->page = ask;
	ask->keep = 1;
	f->changes = r;
	f->wanted = arena_array(&ask->a, r->count, sizeof(*f->wanted));
	f->count = f->at = 0;
	for (size_t i = 0; i < r->count && !f->e.over; i++) {
		const struct change *c = &r->list[i];

		if (c->kind == CHANGE_REMOVED)
			f->job.gone(f->job.ptr, c->item.id);
		else if (c->ours)
			f->wanted[f->count++].ref = c->item;
	}
}

static void on_page(void *ptr, struct errand_ask *ask, const struct outcome *o, const void *result)
{
	struct follow *f = ptr;

	errand_hopeless(&f->e, o);
	if (o->reason == REASON_OK) {
		take_page(f, ask, result);
	} else if (o->next == NEXT_AGAIN_FRESH && !f->restarted) {
		f->restarted = 1;
		set_state(f, "");
	} else if (o->next == NEXT_SMALLER && f->limit.now > 1) {
		errand_portion_halve(&f->limit, f->limit.now);
	} else {
		end(f, o);
	}
}

static void ask_page(struct follow *f)
{
	struct errand_ask *ask = errand_ask(&f->e);

	f->query.state = f->state;
	f->query.limit = f->limit.now;
	ask->impersonate = f->job.impersonate;
	ask->anchor = f->query.mailbox;
	errand_send(ask, EXCHANGE_SYNC_CALENDAR, &f->query, on_page);
}

/* All of the page is told: 1 when there is another. */
static int turn_page(struct follow *f)
{
	const struct sync_result *r = f->changes;
	int more = r->more, same = strcmp(r->state ? r->state : "", f->state) == 0;

	set_state(f, r->state);
	errand_drop(f->page);
	f->page = NULL;
	if (more && (same || ++f->pages >= FOLLOW_PAGES)) {
		end_with(f, REASON_BAD_ANSWER, "");
		return 0;
	}
	if (!more)
		end_with(f, REASON_OK, "");
	return more;
}

static void step(void *ptr)
{
	struct follow *f = ptr;

	while (f->page && f->at < f->count && errand_room(&f->e) > 0)
		ask_items(f);
	if (f->e.flying > 0)
		return;
	if (!f->page || turn_page(f))
		ask_page(f);
}

static void freed(void *ptr)
{
	struct follow *f = ptr;

	free(f->state);
	free(f);
}

struct follow *follow_start(struct client *c, const struct follow_job *job)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (!f)
		die("follow: out of memory");
	f->job = *job;
	set_state(f, job->state);
	f->query.mailbox = str_empty(job->mailbox) ? NULL : job->mailbox;
	f->limit = (struct portion){ .now = EXCHANGE_SYNC_MAX, .most = EXCHANGE_SYNC_MAX };
	f->items = (struct portion){ .now = EXCHANGE_ITEMS_MAX, .most = EXCHANGE_ITEMS_MAX };
	f->e = (struct errand){
		.client = c, .step = step, .freed = freed, .ptr = f, .most = FOLLOW_FLYING
	};
	errand_begin(&f->e);
	return f;
}

void follow_stop(struct follow *f)
{
	if (f)
		errand_close(&f->e);
}
