/* Book: bookings exactly once.
 *
 * Exchange has no transactions: an answer that was lost says nothing about what was done. So our id
 * is looked for before anything is made, and after every doubt; only what is provably not there is
 * made again. A request that was thought lost may still arrive late: after a second try it is
 * looked for once more, and of two the later one goes. A meeting whose invitations were refused may
 * have been saved all the same, and nobody knows of it: it is taken away again, unless it may be
 * that of an earlier try, whose invitations left.
 */
#include "book.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "platform/loop.h"

enum {
	PAUSE_MS = 1500, /* before a doubt is looked into; doubles */
	REMOVALS_MAX = 6 /* of one booking and its copies */
};

enum aim { AIM_CREATE, AIM_CHANGE, AIM_CANCEL };

struct book {
	struct client *c;
	struct book_how how;
	enum aim aim;
	const struct booking *b;
	unsigned fields;
	int hard;
	const char *note;
	struct client_call *call;
	uint64_t timer;
	int tries; /* requests that may have made or changed something */
	int removals;
	int doubts; /* of these, of the kind under way: those whose end was not known */
	int unsure; /* ... and the server did not say that it had done nothing */
	struct outcome doubt;
	struct outcome refusal; /* of making it, while what was saved all the same is taken away */
	struct outcome result;
	struct booked out;
	/* Questions under way. */
	struct tagged_query tagged;
	struct change_query change;
	struct remove_query remove;
	struct items_query items;
	struct folder_ask folder;
	struct folders_query folders;
	struct booking made;
};

static void look(struct book *k);

/* --- asking --- */

/* The mailbox as the question names it: only a delegate names another one's. */
static const char *named(const struct book *k)
{
	return k->how.method == METHOD_DELEGATE ? k->b->mailbox : NULL;
}

static struct client_how asking(struct book *k, client_done_fn *done)
{
	return (struct client_how){ .a = k->how.a,
		.impersonate = k->how.method == METHOD_IMPERSONATION ? k->b->mailbox
								     : client_acts_as(k->c),
		.anchor = k->b->mailbox,
		.zone = k->b->zone,
		.done = done,
		.ptr = k };
}

static void end(struct book *k, const struct outcome *o)
{
	const struct book_how how = k->how;
	const struct outcome outcome = *o;
	const struct booked out = k->out;

	free(k);
	how.done(how.ptr, &outcome, &out);
}

/* Whether it was done stays open; the evidence is that of o. */
static void end_open(struct book *k, const struct outcome *o)
{
	struct outcome open = *o;

	open.reason = REASON_OUTCOME_UNKNOWN;
	end(k, &open);
}

/* What was tried before stays open; nothing tried: the reason itself. */
static void end_blind(struct book *k, const struct outcome *o)
{
	if (k->tries + k->removals > 0)
		end_open(k, o);
	else
		end(k, o);
}

/* --- reading back --- */

static void on_folder(void *ptr, const struct outcome *o, const void *result)
{
	const struct folders_result *r = result;
	struct book *k = ptr;

	k->call = NULL;
	if (o->reason == REASON_OK && r->count == 1 && r->list[0].ended.reason == REASON_OK)
		k->out.in_place = r->list[0].id && strcmp(r->list[0].id, k->out.folder) == 0;
	end(k, &k->result);
}

static void ask_folder(struct book *k)
{
	const struct client_how how = asking(k, on_folder);

	k->folder = (struct folder_ask){ named(k), FOLDER_CALENDAR };
	k->folders = (struct folders_query){ .list = &k->folder, .count = 1 };
	k->call = client_open_folders(k->c, &k->folders, &how);
}

static void keep(struct booked *out, const struct booking *b, const struct item_seen *s)
{
	out->read_back = 1;
	out->item = s->ref;
	out->uid = s->uid;
	out->folder = s->folder;
	out->organizer = s->organizer;
	out->organizer_is_owner = s->organizer && strcasecmp(s->organizer, b->mailbox) == 0;
	out->start = s->start;
	out->end = s->end;
	out->times_right = s->start == b->start && s->end == b->end;
	out->rights = s->rights;
	out->rights_told = s->rights_told;
	out->replies = s->replies;
	out->reply_count = s->reply_count;
}

/* That it cannot be read does not undo it. */
static void on_read(void *ptr, const struct outcome *o, const void *result)
{
	const struct items_result *r = result;
	struct book *k = ptr;

	k->call = NULL;
	if (o->reason != REASON_OK || r->count != 1 || r->list[0].ended.reason != REASON_OK) {
		end(k, &k->result);
		return;
	}
	keep(&k->out, k->b, &r->list[0]);
	if (k->out.folder && k->out.folder[0])
		ask_folder(k);
	else
		end(k, &k->result);
}

static void read_back(struct book *k, const struct outcome *o)
{
	const struct client_how how = asking(k, on_read);

	k->result = *o;
	k->items = (struct items_query){ .list = &k->out.item, .count = 1 };
	k->call = client_get_items(k->c, &k->items, &how);
}

/* --- doubts --- */

static void on_pause(void *ptr)
{
	struct book *k = ptr;

	k->timer = 0;
	look(k);
}

/* Was it done although no answer, or a bad one, came? */
static int is_doubt(const struct outcome *o)
{
	return o->reason == REASON_OUTCOME_UNKNOWN || o->next == NEXT_AGAIN_FRESH ||
		(o->reason != REASON_SLOWED && reason_row(o->reason)->temper == TEMPER_PASSING);
}

/* It was made for certain: an answer, or a look, gave its id. */
static int is_made(const struct book *k)
{
	return k->aim == AIM_CREATE && k->out.item.id;
}

/* The request that was refused may have made it, and no earlier one can have. */
static int may_be_saved(const struct book *k, const struct outcome *o)
{
	return k->aim == AIM_CREATE && k->removals == 0 && !k->unsure && k->b->attendee_count &&
		k->b->send != SEND_NONE && reason_row(o->reason)->scope != SCOPE_CONNECTION;
}

/* No more can be done. What was made stays made, and its spare copy is told. */
static void stuck(struct book *k, const struct outcome *o)
{
	static const struct outcome made = { 0 };

	if (k->refusal.reason != REASON_OK) {
		end_open(k, &k->refusal);
	} else if (is_made(k)) {
		k->out.twice = 1;
		read_back(k, &made);
	} else if (k->unsure || o->reason == REASON_OK) {
		end_open(k, o);
	} else {
		end(k, o);
	}
}

static void refused(struct book *k, const struct outcome *o)
{
	if (may_be_saved(k, o)) {
		k->refusal = *o;
		look(k);
	} else {
		stuck(k, o);
	}
}

/* The end of a request that changes something: 1 when it was well. */
static int settled(struct book *k, const struct outcome *o)
{
	if (o->reason == REASON_OK)
		return 1;
	if (!is_doubt(o)) {
		refused(k, o);
		return 0;
	}
	k->doubt = *o;
	k->unsure |= o->next != NEXT_AGAIN_FRESH;
	k->timer = loop_after(client_loop(k->c), (int64_t)PAUSE_MS << k->doubts, on_pause, k);
	k->doubts++;
	return 0;
}

/* May it be done (again)? Otherwise the doubt stays, and is told as one. */
static int may_try(struct book *k, int *count, int most)
{
	if (*count == most) {
		stuck(k, &k->doubt);
		return 0;
	}
	(*count)++;
	return 1;
}

/* --- changing something --- */

static void on_created(void *ptr, const struct outcome *o, const void *result)
{
	const struct item_ref *ref = result;
	struct book *k = ptr;

	k->call = NULL;
	if (!settled(k, o))
		return;
	k->out.item = *ref;
	if (k->tries > 1 || o->attempts > 1)
		look(k); /* the first may have arrived, too, whatever was said of it */
	else
		read_back(k, o);
}

static void create(struct book *k)
{
	const struct client_how how = asking(k, on_created);

	if (!may_try(k, &k->tries, BOOK_TRIES))
		return;
	k->out.tried = 1;
	k->made = *k->b;
	k->made.mailbox = named(k);
	k->call = client_create_booking(k->c, &k->made, &how);
}

static void on_changed(void *ptr, const struct outcome *o, const void *result)
{
	const struct item_ref *ref = result;
	struct book *k = ptr;

	k->call = NULL;
	if (!settled(k, o))
		return;
	k->out.item = *ref;
	read_back(k, o);
}

static void change(struct book *k)
{
	const struct client_how how = asking(k, on_changed);

	if (!may_try(k, &k->tries, BOOK_TRIES))
		return;
	k->change = (struct change_query){ k->out.item, k->fields, *k->b };
	k->change.to.mailbox = named(k);
	k->call = client_change_booking(k->c, &k->change, &how);
}

/* Gone meanwhile is as good; whether more of them are left shows when looking again. */
static void on_removed(void *ptr, const struct outcome *o, const void *result)
{
	struct book *k = ptr;

	(void)result;
	k->call = NULL;
	if (o->reason == REASON_BOOKING_GONE || settled(k, o))
		look(k);
}

static void take_away(struct book *k, const struct event *one, const struct remove_query *how_to)
{
	const struct client_how how = asking(k, on_removed);

	if (k->removals == 0)
		k->doubts = 0; /* those of making it are over */
	if (!may_try(k, &k->removals, k->doubts < BOOK_TRIES ? REMOVALS_MAX : k->removals))
		return;
	k->remove = *how_to;
	k->remove.item = (struct item_ref){ one->id, one->change_key };
	k->call = client_remove_item(k->c, &k->remove, &how);
}

/* --- private items --- */

static void on_rights(void *ptr, const struct outcome *o, const void *result)
{
	const struct folders_result *r = result;
	struct book *k = ptr;
	struct outcome unseen = *o;
	enum reason why = REASON_READ_ONLY;

	k->call = NULL;
	if (o->reason == REASON_OK && r->count == 1)
		why = r->list[0].ended.reason;
	if (why == REASON_OK && !(r->list[0].rights & RIGHT_PRIVATE))
		why = REASON_READ_ONLY;
	if (why == REASON_OK) {
		if (k->aim == AIM_CREATE)
			create(k);
		else
			change(k);
		return;
	}
	if (o->reason == REASON_OK)
		outcome_set(&unseen, why, NEXT_NOTHING, NULL);
	end_blind(k, &unseen);
}

/* From a delegate who may not see private items our id would be hidden: what was made could never
 * be found again. 1 when that is being looked at. */
static int asks_for_sight(struct book *k)
{
	const struct client_how how = asking(k, on_rights);

	if (k->how.method != METHOD_DELEGATE || !k->b->private ||
		(k->aim == AIM_CHANGE && !(k->fields & BOOKING_PRIVATE)))
		return 0;
	k->folder = (struct folder_ask){ named(k), FOLDER_CALENDAR };
	k->folders = (struct folders_query){ &k->folder, 1, FOLDER_WANT_RIGHTS };
	k->call = client_open_folders(k->c, &k->folders, &how);
	return 1;
}

/* --- looking --- */

static void hold(struct book *k, const struct event *one)
{
	k->out.uid = one->uid;
	k->out.item = (struct item_ref){ one->id, one->change_key };
}

static void found_none(struct book *k, const struct outcome *o)
{
	struct outcome gone = *o;

	switch (k->aim) {
	case AIM_CREATE:
		if (is_made(k))
			read_back(k, o); /* the server only does not list it yet */
		else if (!asks_for_sight(k))
			create(k);
		break;
	case AIM_CHANGE:
		outcome_set(&gone, REASON_BOOKING_GONE, NEXT_NOTHING, NULL);
		end(k, &gone);
		break;
	case AIM_CANCEL:
		end(k, o);
		break;
	}
}

/* Two after a second try of ours: the server took both. The one that is not in the answer we hold
 * goes, without a word to anybody. */
static void found_own_twice(struct book *k, const struct events_result *r)
{
	const struct remove_query silently = { .hard = 1, .send = SEND_NONE, .note = "" };

	if (!is_made(k))
		hold(k, &r->list[0]);
	take_away(k, &r->list[strcmp(r->list[1].id, k->out.item.id) != 0], &silently);
}

static void found_to_cancel(struct book *k, const struct events_result *r)
{
	const struct remove_query as_asked = {
		.hard = k->hard, .send = k->b->send, .note = k->note
	};

	k->out.existed = 1;
	hold(k, &r->list[0]);
	take_away(k, &r->list[0], &as_asked);
}

static void found(struct book *k, const struct outcome *o, const struct events_result *r)
{
	const int made_here = k->aim == AIM_CREATE && k->tries > 0;

	if (k->aim == AIM_CANCEL) {
		found_to_cancel(k, r);
		return;
	}
	if (made_here && r->count > 1) {
		found_own_twice(k, r);
		return;
	}
	k->out.existed = !made_here;
	k->out.twice = r->count > 1;
	hold(k, &r->list[0]);
	if (k->aim == AIM_CREATE)
		read_back(k, o);
	else if (!asks_for_sight(k))
		change(k);
}

/* Nobody was told of it, so nobody is told that it goes. If it stays, the next one who asks will
 * find it: then no refusal is told. */
static void undo(struct book *k, const struct outcome *o, const struct events_result *r)
{
	const struct remove_query silently = { .hard = 1, .send = SEND_NONE, .note = "" };

	if (o->reason == REASON_OK && r->count > 0)
		take_away(k, &r->list[0], &silently);
	else if (o->reason == REASON_OK)
		end(k, &k->refusal);
	else
		end_open(k, &k->refusal);
}

static void on_looked(void *ptr, const struct outcome *o, const void *result)
{
	const struct events_result *r = result;
	struct book *k = ptr;

	k->call = NULL;
	if (k->refusal.reason != REASON_OK) {
		undo(k, o, r);
	} else if (o->reason != REASON_OK) {
		end_blind(k, o);
	} else if (r->count == 0) {
		found_none(k, o);
	} else {
		found(k, o, r);
	}
}

static void look(struct book *k)
{
	const struct client_how how = asking(k, on_looked);

	k->tagged = (struct tagged_query){ named(k), k->b->tag };
	k->call = client_find_tagged(k->c, &k->tagged, &how);
}

/* --- from outside --- */

static struct book *start(
	struct client *c, enum aim aim, const struct booking *b, const struct book_how *how)
{
	struct book *k = calloc(1, sizeof(*k));

	if (!k)
		die("book: out of memory");
	k->c = c;
	k->how = *how;
	k->aim = aim;
	k->b = b;
	k->note = "";
	look(k);
	return k;
}

struct book *book_create(struct client *c, const struct booking *b, const struct book_how *how)
{
	return start(c, AIM_CREATE, b, how);
}

/* The end of the look comes on another turn: what is set here counts. */
struct book *book_change(
	struct client *c, const struct booking *to, unsigned fields, const struct book_how *how)
{
	struct book *k = start(c, AIM_CHANGE, to, how);

	k->fields = fields;
	return k;
}

struct book *book_cancel(struct client *c, const struct booking *b, int hard, const char *note,
	const struct book_how *how)
{
	struct book *k = start(c, AIM_CANCEL, b, how);

	k->hard = hard;
	k->note = note;
	return k;
}

void book_stop(struct book *k)
{
	if (k->call)
		client_cancel(k->call);
	loop_cancel(client_loop(k->c), k->timer);
	free(k);
}
