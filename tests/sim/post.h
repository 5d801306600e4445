/* Post, the inside: letters under way, and what their arrival does. item.h is the face. */
#ifndef SIM_POST_H
#define SIM_POST_H

#include "sim/item.h"

/* How long things take, in seconds. */
enum { POST_MAIL = 1, POST_REPORT = 5 };

/* What was sent, as it was then; shared by everyone it goes to. */
struct letter {
	int users;
	struct item *mail;
};

enum delivery_kind {
	DELIVER_MAIL,	 /* to the Inbox, and what it does to the calendar */
	DELIVER_COPY,	 /* a delegate's copy: the Inbox only */
	DELIVER_QUIETLY, /* the calendar only: delegates got the mail */
	DELIVER_ANSWER	 /* a room makes up its mind about the request */
};
struct delivery {
	struct delivery *next;
	utc_t due;
	enum delivery_kind kind;
	struct mailbox *to, *owner; /* owner: whose mail a delegate's copy is; else NULL */
	struct letter *letter;
};

struct outside {
	char *address;
	struct letter *letter;
};

struct post {
	struct delivery *first; /* by time, then as sent */
	struct outside *outside;
	size_t n_outside;
};

/* post.c. A new letter has no user: hold it while it is given away. */
struct letter *letter_new(struct item *mail);
void letter_hold(struct letter *l);
void letter_drop(struct letter *l);
struct delivery *post_put(
	struct world *w, utc_t due, enum delivery_kind kind, struct mailbox *to, struct letter *l);
void post_outside(struct world *w, const char *address, struct letter *l);

/* post_send.c: the answer goes to the meeting's organizer, sent at `at`. */
void post_answer(struct world *w, struct mailbox *m, const struct item *meeting, enum response r,
	const char *note, utc_t at);

/* post_calendar.c: what meeting mail does to the calendar of the one it reaches. */
void calendar_take(struct world *w, struct mailbox *m, const struct item *mail, utc_t at);
/* The series or single item that mail is about; NULL = not in this calendar. */
struct item *calendar_meeting(const struct store *st, const struct item *mail);
/* What is to be changed for it: that item, or the occurrence's. */
struct item *calendar_subject(struct item *meeting, const struct item *mail);
/* It, or the occurrence, is taken out. */
void calendar_remove(
	struct world *w, struct store *st, struct item *meeting, const struct item *mail);

/* post_room.c */
bool room_decides(const struct mailbox *m); /* answers by itself */
void room_answer(struct world *w, struct mailbox *room, const struct item *request, utc_t at);

#endif
