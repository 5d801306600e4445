/*
 * The view of a calendar: every item's occurrences in a window, sorted. A generated calendar that
 * nobody touched is made for the moment and forgotten with the view, so that a hundred thousand of
 * them cost no memory.
 */
#include "sim/item.h"

#include <stdlib.h>

struct gathering {
	struct calendar_view *view;
	int room;
};

static bool gather(void *arg, const struct occurrence *o)
{
	struct gathering *g = arg;
	struct calendar_view *v = g->view;

	if (v->n == g->room) {
		g->room = g->room == 0 ? 16 : g->room * 2;
		v->at = need_more(v->at, (size_t)g->room * sizeof(*v->at));
	}
	v->at[v->n++] = *o;
	return true;
}

static int by_time(const void *a, const void *b)
{
	const struct occurrence *x = a, *y = b;
	const struct item *i = x->master != NULL ? x->master : x->item;
	const struct item *k = y->master != NULL ? y->master : y->item;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	if (i->number != k->number)
		return i->number < k->number ? -1 : 1;
	return x->instance < y->instance ? -1 : x->instance > y->instance;
}

/* Calendars come almost sorted, one series after the other, and short ones are the rule. */
static void sort(struct occurrence *at, int n)
{
	if (n > 16) {
		qsort(at, (size_t)n, sizeof(*at), by_time);
		return;
	}
	for (int k = 1; k < n; k++) {
		struct occurrence o = at[k];
		int to = k;

		for (; to > 0 && by_time(&at[to - 1], &o) > 0; to--)
			at[to] = at[to - 1];
		at[to] = o;
	}
}

/* The items of a generated calendar, without the store that they were made in. */
static struct item *generated(struct world *w, struct mailbox *m)
{
	struct store *st = need(sizeof(*st));
	struct item *first;

	st->mailbox = m;
	calendar_generate(w, m, st);
	first = store_folder(st, FOLDER_CALENDAR);
	if (first != NULL)
		st->folders[FOLDER_CALENDAR] = NULL;
	store_free(st);
	return first;
}

void calendar_view(
	struct world *w, struct mailbox *m, utc_t from, utc_t to, struct calendar_view *v)
{
	struct gathering g = { .view = v };
	const struct item *i = NULL;

	*v = (struct calendar_view){ 0 };
	if (m->store != NULL)
		i = store_folder(m->store, FOLDER_CALENDAR);
	else if (m->generated)
		i = v->temporary = generated(w, m);
	for (; i != NULL; i = i->next) {
		if (i->class == ITEM_CALENDAR && !i->deleted)
			item_expand(i, from, to, gather, &g);
	}
	sort(v->at, v->n);
}

void calendar_done(struct calendar_view *v)
{
	while (v->temporary != NULL) {
		struct item *i = v->temporary;

		v->temporary = i->next;
		item_free(i);
	}
	free(v->at);
	*v = (struct calendar_view){ 0 };
}
