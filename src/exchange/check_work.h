/* Check, inside: its steps and what is known so far. Only check*.c use this. */
#ifndef LATCHKEY_CHECK_WORK_H
#define LATCHKEY_CHECK_WORK_H

#include "calendars.h"
#include "check.h"
#include "mailbox.h"
#include "probe.h"

/* In the order in which they are told. */
enum check_row {
	CHECK_SIGNIN,
	CHECK_ADDRESS,
	CHECK_VERSION,
	CHECK_EMPTY,
	CHECK_MAIL,
	CHECK_ZONE,
	CHECK_CLOCK,
	CHECK_BUSY,
	CHECK_RIGHTS,
	CHECK_REACH,
	CHECK_OUTSIDE,
	CHECK_MADE,
	CHECK_ORGANIZER,
	CHECK_INVITATION,
	CHECK_CHANGED,
	CHECK_REMOVED,
	CHECK_GONE,
	CHECK__MAX
};

/* One after the other; each asks its own questions and tells its rows. */
enum check_stage {
	CHECK_OF_MAILBOX,
	CHECK_OF_BUSY,
	CHECK_OF_MEMBER,
	CHECK_OF_OUTSIDE,
	CHECK_OF_WRITING,
	CHECK_OF__MAX
};

struct check {
	struct client *c;
	struct check_query q;
	enum check_stage stage;
	int numbers[CHECK__MAX]; /* 0 = not foreseen */
	int count;
	enum check_row next;	/* the first that has not ended */
	enum check_row running; /* CHECK__MAX: none */
	int64_t began;		/* that one; monotonic */
	int failed;
	int works; /* acting as somebody, or the member's calendar, was seen to work */
	int sees;  /* the member's busy time was read */
	uint64_t timer;
	struct mailbox *mailbox;
	struct client_call *busy;
	struct calendars *calendars;
	struct probe *probe;
	struct busy_query busy_query;
	struct calendar_facts facts;
	int told, asked; /* about the facts */
	void (*gone)(void *ptr);
	void *gone_ptr;
};

/* check.c */

/* A step begins to run. */
void check_begin(struct check *k, enum check_row row);
/* It ends: state, reason, say, end and ms of s count. Without a say it is the reason's. One that
 * runs and tells no ms took all the time since it began. */
void check_end(struct check *k, enum check_row row, struct check_step *s);
void check_good(struct check *k, enum check_row row, const char *say);
void check_skip(struct check *k, enum check_row row, const char *say);
/* What goes wrong in a question: s->state is for the caller to change. */
struct check_step check_wrong(const struct outcome *o, const char *say);
/* The title of a step, with the name of whom it is about. */
const char *check_title(struct check *k, enum check_row row);
/* The stage is over. */
void check_next(struct check *k);

/* check_mailbox.c */

/* The signed-in mailbox: all rows of that stage; 1, or 0 when there is nothing left to look at. */
int check_mailbox(struct check *k, const struct mailbox_seen *m);

/* check_people.c: begin a stage about other people's mailboxes. */
void check_busy(struct check *k);
void check_people(struct check *k);

/* check_write.c */
void check_write(struct check *k);

#endif
