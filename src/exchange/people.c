/* People: who is in a distribution list and the lists inside it, or which rooms there are.
 *
 * Lists are read breadth first, a few at a time. Rules: an address counts once, whatever its case,
 * so that lists that contain each other come to an end; every limit that was reached is told. Only
 * the first list must be readable.
 */
#include "people.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "errand.h"
#include "platform/err.h"
#include "platform/str.h"

enum { KEPT_MAX = 64 << 20, SLOTS_MIN = 256 };

/* Addresses that were met: open addressing, at most half full. */
struct met {
	const char **slots;
	size_t size, count;
};

struct list {
	struct list *next;
	const char *address, *name;
	int depth;
};

struct people {
	struct errand e;
	struct people_job job;
	struct arena a; /* addresses and lists */
	struct met met;
	struct list *first, **last; /* that wait */
	size_t lists, told;
	int began;
	struct people_sum sum;
};

/* --- addresses that were met --- */

static size_t hash(const char *s)
{
	size_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h ^ h >> 29;
}

/* The slot of a lower-case address, or the free one where it belongs. */
static const char **slot_of(const struct met *m, const char *address)
{
	size_t i = hash(address) & (m->size - 1);

	while (m->slots[i] && strcmp(m->slots[i], address) != 0)
		i = (i + 1) & (m->size - 1);
	return &m->slots[i];
}

static void met_grow(struct met *m)
{
	struct met more = { .size = m->size ? 2 * m->size : SLOTS_MIN, .count = m->count };

	more.slots = calloc(more.size, sizeof(*more.slots));
	if (!more.slots)
		die("people: out of memory");
	for (size_t i = 0; i < m->size; i++)
		if (m->slots[i])
			*slot_of(&more, m->slots[i]) = m->slots[i];
	free(m->slots);
	*m = more;
}

/* Its kept form when it was met for the first time, else NULL. */
static const char *meet(struct people *p, const char *address)
{
	char low[512];
	const char **slot;

	if (str_copy(low, sizeof(low), address) < 0) {
		p->sum.cut = 1;
		return NULL;
	}
	str_lower(low);
	if (2 * p->met.count >= p->met.size)
		met_grow(&p->met);
	slot = slot_of(&p->met, low);
	if (*slot)
		return NULL;
	*slot = arena_strdup(&p->a, low);
	p->met.count++;
	return *slot;
}

/* --- what was found --- */

static void add_list(struct people *p, const struct person *is, int depth)
{
	const char *address = is->address;
	const char *kept;
	struct list *l;

	if (p->lists >= PEOPLE_LISTS || depth > PEOPLE_DEPTH || str_empty(address)) {
		p->sum.cut = 1;
		return;
	}
	kept = meet(p, address);
	if (!kept)
		return;
	l = arena_alloc(&p->a, sizeof(*l));
	*l = (struct list){ NULL, kept, arena_strdup(&p->a, is->name), depth };
	*p->last = l;
	p->last = &l->next;
	p->lists++;
}

static void add_person(struct people *p, const struct person *who, const struct list *l)
{
	struct people_found f = { who, l->address, l->name };

	if (p->told >= PEOPLE_MAX) {
		p->sum.cut = 1;
		return;
	}
	if (!str_empty(who->address) && !meet(p, who->address))
		return;
	p->told++;
	p->job.told(p->job.ptr, &f);
}

static void end(struct people *p, const struct outcome *o)
{
	const struct people_job job = p->job;
	const struct outcome outcome = *o;
	const struct people_sum sum = p->sum;

	if (p->e.over)
		return;
	errand_close(&p->e);
	job.done(job.ptr, &outcome, &sum);
}

static int is_list(const struct people *p, const struct person *who)
{
	return p->job.list[0] && who->type && strcasecmp(who->type, "PublicDL") == 0;
}

/* --- answers --- */

/* A list that could not be read: the first one is all there is, another is missed. */
static void missed(struct people *p, const struct outcome *o, int is_root)
{
	int hopeless = errand_hopeless(&p->e, o);

	p->sum.cut = !is_root || p->sum.cut;
	p->sum.missed += !is_root;
	if (hopeless || is_root)
		end(p, o);
}

static void on_members(void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	const struct people_result *r = result;
	const struct list *l = k->mine;
	struct people *p = ptr;

	if (o->reason != REASON_OK) {
		missed(p, o, l->depth == 0);
		return;
	}
	errand_hopeless(&p->e, o);
	p->sum.lists++;
	p->sum.cut |= r->more;
	for (size_t i = 0; i < r->count && !p->e.over; i++) {
		const struct person *who = &r->list[i];

		if (is_list(p, who))
			add_list(p, who, l->depth + 1);
		else
			add_person(p, who, l);
	}
}

static void on_room_lists(
	void *ptr, struct errand_ask *k, const struct outcome *o, const void *result)
{
	const struct people_result *r = result;
	struct people *p = ptr;

	(void)k;
	if (o->reason != REASON_OK) {
		missed(p, o, 1);
		return;
	}
	errand_hopeless(&p->e, o);
	p->sum.cut |= r->more;
	for (size_t i = 0; i < r->count; i++)
		add_list(p, &r->list[i], 1);
}

/* --- questions --- */

static void ask_list(struct people *p, struct list *l)
{
	struct errand_ask *k = errand_ask(&p->e);
	struct expand_query *q = arena_alloc(&k->a, sizeof(*q));

	q->address = l->address;
	k->mine = l;
	errand_send(k, p->job.list[0] ? EXCHANGE_EXPAND_LIST : EXCHANGE_LIST_ROOMS, q, on_members);
}

static void step(void *ptr)
{
	static const struct room_lists_query all;
	static const struct outcome well;
	struct people *p = ptr;

	if (!p->began && !p->job.list[0])
		errand_send(errand_ask(&p->e), EXCHANGE_LIST_ROOM_LISTS, &all, on_room_lists);
	else if (!p->began)
		add_list(p, &(struct person){ .name = "", .address = p->job.list }, 0);
	p->began = 1;
	while (p->first && errand_room(&p->e) > 0) {
		struct list *l = p->first;

		p->first = l->next;
		if (!p->first)
			p->last = &p->first;
		ask_list(p, l);
	}
	if (p->e.flying == 0)
		end(p, &well);
}

static void freed(void *ptr)
{
	struct people *p = ptr;

	free(p->met.slots);
	arena_done(&p->a);
	free(p);
}

struct people *people_start(struct client *c, const struct people_job *job)
{
	struct people *p = calloc(1, sizeof(*p));

	if (!p)
		die("people: out of memory");
	p->job = *job;
	p->last = &p->first;
	arena_init(&p->a, KEPT_MAX);
	p->job.list = arena_strdup(&p->a, job->list ? job->list : "");
	p->e = (struct errand){
		.client = c, .step = step, .freed = freed, .ptr = p, .most = PEOPLE_FLYING
	};
	errand_begin(&p->e);
	return p;
}

void people_stop(struct people *p)
{
	if (p)
		errand_close(&p->e);
}
