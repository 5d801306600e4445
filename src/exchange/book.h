/* Book: bookings exactly once: our own id in an extended property is looked for before anything is
 * made, and again before it is tried a second time; what was made is read back.
 */
#ifndef LATCHKEY_BOOK_H
#define LATCHKEY_BOOK_H

#include "client.h"
#include "verdict.h"

enum { BOOK_TRIES = 3 };

/* What is known of a booking at the end. */
struct booked {
	struct item_ref item;
	int existed;	       /* it was there already: nothing was made */
	int twice;	       /* more than one carries our id: a copy, or a spare that stayed */
	int tried;	       /* a request that may have made it has left */
	const char *uid;       /* as soon as it was seen; NULL */
	int read_back;	       /* the rest below was read */
	const char *folder;    /* id of the folder it lies in */
	int in_place;	       /* that folder is the calendar it should lie in */
	const char *organizer; /* address */
	int organizer_is_owner;
	int64_t start, end;
	int times_right;
	unsigned rights; /* over the item: RIGHT_MODIFY and RIGHT_DELETE count */
	int rights_told;
	const struct reply *replies;
	size_t reply_count;
};

struct book;
/* The outcome OK: done, or found done. OUTCOME_UNKNOWN: it may have happened; ask again later. */
typedef void book_done_fn(void *ptr, const struct outcome *o, const struct booked *b);

/* In whose right. booking.mailbox is always the owner's address. DELEGATE: that mailbox's calendar
 * is named; IMPERSONATION: it is acted as; DEDICATED and PERSONAL: it is the signed-in mailbox. */
struct book_how {
	enum method method;
	struct arena *a; /* for the result */
	book_done_fn *done;
	void *ptr;
};

/* Make a booking; b must stay until the end. */
struct book *book_create(struct client *c, const struct booking *b, const struct book_how *how);
/* Change the one that carries to->tag: the BOOKING_ bits of `fields`. */
struct book *book_change(
	struct client *c, const struct booking *to, unsigned fields, const struct book_how *how);
/* Remove it: `hard` for good; note: words for the attendees, "" = none, which go neither with
 * `hard` nor to nobody. That it is gone already is success, unless the calendar no longer opens. */
struct book *book_cancel(struct client *c, const struct booking *b, int hard, const char *note,
	const struct book_how *how);
void book_stop(struct book *k);

#endif
