/* Transport queue: which waiting request may start next. Pure; knows nothing of the wire.
 *
 * Each pool has a lane, first come first served. Lanes take turns. At most TRANSPORT_FLYING fly at
 * a time, TRANSPORT_HOST to one host (whatever the pool), and as many of a lane as its owner said.
 */
#ifndef LATCHKEY_TRANSPORT_QUEUE_H
#define LATCHKEY_TRANSPORT_QUEUE_H

/* A place in a list: in each waiting thing, and the head of the list itself. */
struct transport_item {
	struct transport_item *next;
	struct transport_item *prev;
};

/* Lists: an empty one (or a thing in no list), a new last, and out of whatever list it is in. */
void transport_item_init(struct transport_item *head);
void transport_item_append(struct transport_item *head, struct transport_item *it);
void transport_item_drop(struct transport_item *it);
/* The first, or NULL. */
struct transport_item *transport_item_first(struct transport_item *head);

struct transport_host;

struct transport_lane {
	struct transport_lane *next; /* in the ring of lanes where somebody waits, else NULL */
	struct transport_lane *prev;
	struct transport_host *host;
	struct transport_item items;
	void *ptr; /* the owner's */
	int waiting;
	int flying;
	int top;
};

struct transport_queue {
	struct transport_lane *turn; /* whose turn it is; NULL when nobody waits */
	struct transport_host *hosts;
	int flying;
	/* The owner of a lane may hold it back: 1 it may start its first, 0 not now. NULL = 1. */
	int (*may)(const struct transport_lane *l);
};

/* host may differ in case from another's. */
void transport_lane_open(
	struct transport_queue *q, struct transport_lane *l, const char *host, int port, int top);
/* Nothing of it waits or flies any more. */
void transport_lane_close(struct transport_queue *q, struct transport_lane *l);
void transport_queue_put(
	struct transport_queue *q, struct transport_lane *l, struct transport_item *it);
/* Before all others of its lane: it was under way already. */
void transport_queue_put_back(
	struct transport_queue *q, struct transport_lane *l, struct transport_item *it);
/* It waits no more. */
void transport_queue_take(
	struct transport_queue *q, struct transport_lane *l, struct transport_item *it);
/* Take out who starts now, and count it as flying; NULL when nobody may. */
struct transport_item *transport_queue_next(struct transport_queue *q, struct transport_lane **l);
/* One of the lane flies no more. */
void transport_queue_landed(struct transport_queue *q, struct transport_lane *l);

#endif
