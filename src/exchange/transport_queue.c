/* Transport queue: which waiting request may start next.
 *
 * Rules: lanes where somebody waits form a ring, and the ring moves on past the lane that was
 * served, so a lane with ten thousand waiting delays another's first by one turn. A lane that may
 * not start now keeps its place in the ring. All steps but the search for a lane take the same time
 * however many wait.
 */
#include "transport_queue.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "platform/err.h"
#include "transport.h"

/* Lanes to the same host share its limit. */
struct transport_host {
	struct transport_host *next;
	int port;
	int lanes;
	int flying;
	char name[];
};

/* --- lists --- */

void transport_item_init(struct transport_item *head)
{
	head->next = head->prev = head;
}

static void insert(struct transport_item *before, struct transport_item *it)
{
	it->next = before;
	it->prev = before->prev;
	before->prev->next = it;
	before->prev = it;
}

void transport_item_append(struct transport_item *head, struct transport_item *it)
{
	insert(head, it);
}

void transport_item_drop(struct transport_item *it)
{
	it->prev->next = it->next;
	it->next->prev = it->prev;
	transport_item_init(it);
}

struct transport_item *transport_item_first(struct transport_item *head)
{
	return head->next == head ? NULL : head->next;
}

/* --- hosts --- */

static struct transport_host *host_take(struct transport_queue *q, const char *name, int port)
{
	struct transport_host *h = q->hosts;
	size_t n = strlen(name) + 1;

	while (h && (h->port != port || strcasecmp(h->name, name) != 0))
		h = h->next;
	if (!h) {
		h = calloc(1, sizeof(*h) + n);
		if (!h)
			die("transport: out of memory");
		memcpy(h->name, name, n);
		h->port = port;
		h->next = q->hosts;
		q->hosts = h;
	}
	h->lanes++;
	return h;
}

static void host_drop(struct transport_queue *q, struct transport_host *h)
{
	struct transport_host **p = &q->hosts;

	if (--h->lanes > 0)
		return;
	while (*p != h)
		p = &(*p)->next;
	*p = h->next;
	free(h);
}

/* --- the ring --- */

/* Behind all others: just before the one whose turn it is. */
static void ring_enter(struct transport_queue *q, struct transport_lane *l)
{
	if (!q->turn) {
		q->turn = l->next = l->prev = l;
		return;
	}
	l->next = q->turn;
	l->prev = q->turn->prev;
	l->prev->next = l;
	l->next->prev = l;
}

static void ring_leave(struct transport_queue *q, struct transport_lane *l)
{
	if (q->turn == l)
		q->turn = l->next == l ? NULL : l->next;
	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->next = l->prev = NULL;
}

static void one_more(struct transport_queue *q, struct transport_lane *l)
{
	if (l->waiting++ == 0)
		ring_enter(q, l);
}

/* --- lanes --- */

void transport_lane_open(
	struct transport_queue *q, struct transport_lane *l, const char *host, int port, int top)
{
	l->host = host_take(q, host, port);
	l->top = top;
	transport_item_init(&l->items);
}

void transport_lane_close(struct transport_queue *q, struct transport_lane *l)
{
	host_drop(q, l->host);
	l->host = NULL;
}

void transport_queue_put(
	struct transport_queue *q, struct transport_lane *l, struct transport_item *it)
{
	transport_item_append(&l->items, it);
	one_more(q, l);
}

void transport_queue_put_back(
	struct transport_queue *q, struct transport_lane *l, struct transport_item *it)
{
	insert(l->items.next, it);
	one_more(q, l);
}

void transport_queue_take(
	struct transport_queue *q, struct transport_lane *l, struct transport_item *it)
{
	transport_item_drop(it);
	if (--l->waiting == 0)
		ring_leave(q, l);
}

static int may_start(const struct transport_queue *q, const struct transport_lane *l)
{
	return l->flying < l->top && l->host->flying < TRANSPORT_HOST && (!q->may || q->may(l));
}

static struct transport_item *serve(struct transport_queue *q, struct transport_lane *l)
{
	struct transport_item *it = l->items.next;

	q->turn = l->next;
	transport_queue_take(q, l, it);
	l->flying++;
	l->host->flying++;
	q->flying++;
	return it;
}

struct transport_item *transport_queue_next(struct transport_queue *q, struct transport_lane **l)
{
	if (!q->turn || q->flying >= TRANSPORT_FLYING)
		return NULL;
	*l = q->turn;
	do {
		if (may_start(q, *l))
			return serve(q, *l);
		*l = (*l)->next;
	} while (*l != q->turn);
	return NULL;
}

void transport_queue_landed(struct transport_queue *q, struct transport_lane *l)
{
	l->flying--;
	l->host->flying--;
	q->flying--;
}
