/* Model, members: the nouns of a person's or a room's calendar: whether it works, what was seen of
 * it, what happened to it. Part of model.h, and read with it.
 */
#ifndef LATCHKEY_MODEL_MEMBER_H
#define LATCHKEY_MODEL_MEMBER_H

#include <stddef.h>
#include <stdint.h>

enum member_kind { MEMBER_PERSON, MEMBER_ROOM, MEMBER__MAX };

/* What works. Numbers are stored: it only grows at its end. */
enum status {
	STATUS_NOT_CHECKED,
	STATUS_CONNECTED,
	STATUS_LIMITED,
	STATUS_ACTION,	/* the member, or the Exchange admin in their place, must act */
	STATUS_BLOCKED, /* an admin must act */
	STATUS_OFF,	/* deactivated by an admin: not looked at, and cannot sign in */
	STATUS__MAX
};

/* Who can mend it. Numbers are stored, too. */
enum fixer {
	FIXER_NOBODY, /* nothing is wrong, or only waiting helps */
	FIXER_MEMBER,
	FIXER_ADMIN,	/* account admin */
	FIXER_EXCHANGE, /* Exchange admin */
	FIXER_ENTRA,	/* Entra admin */
	FIXER_NETWORK,	/* network admin */
	FIXER_OPS,
	FIXER__MAX
};

enum seen { SEEN_UNKNOWN, SEEN_NO, SEEN_YES };

/* How far into a mailbox we reach, as measured. Numbers are stored. */
enum reach { REACH_UNKNOWN, REACH_NONE, REACH_BUSY, REACH_CALENDAR, REACH_FULL, REACH__MAX };

/* What a calendar may let us do, two bits of a number each. */
enum grant {
	GRANT_BUSY, /* see busy time */
	GRANT_OPEN, /* open the calendar */
	GRANT_READ,
	GRANT_CREATE,
	GRANT_CHANGE,
	GRANT_REMOVE,
	GRANT_SEND,  /* invitations leave in the member's name */
	GRANT_INBOX, /* more than the calendar opens */
	GRANT__MAX
};

static inline enum seen grant_seen(int64_t grants, enum grant g)
{
	const int64_t bits = grants >> (2 * g) & 3;

	return bits == SEEN_NO || bits == SEEN_YES ? (enum seen)bits : SEEN_UNKNOWN;
}

static inline int64_t grant_with(int64_t grants, enum grant g, enum seen s)
{
	return (grants & ~(INT64_C(3) << (2 * g))) | (int64_t)s << (2 * g);
}

/* How a member stands: the last verdict, and the last attempt beside it. Only the engine writes
 * it. */
struct standing {
	int64_t member;
	int64_t account;
	enum status status;
	const char *reason; /* code of reason.h; "ok" */
	enum fixer fixer;
	const char *note;   /* also worth knowing: a code; "ok" */
	int64_t grants;	    /* what was found, see above */
	enum reach reach;   /* how far we got */
	int64_t since;	    /* of status and reason */
	int64_t checked_at; /* when that was seen last; 0 = never */
	int64_t tried_at;   /* the last attempt, whatever came of it */
	const char *tried;  /* why that came to nothing: a code; "ok" */
	int64_t fails;	    /* attempts that came to nothing, in a row */
	int64_t next_at;    /* next look by ourselves; 0 = none */
	int64_t asked;	    /* job that wants it looked at now; 0 */
	const char *method; /* by which it was seen: its code; "" */
	int64_t connection; /* and by which connection */
	const char *proof;  /* evidence, url_pair text: see proof.h */
};

/* A line of a list of members. */
struct roster_row {
	struct standing s;
	const char *email;
	const char *name;
	enum member_kind kind;
	int64_t role; /* enum role */
	int64_t user; /* 0 = has never signed in */
	const char *calendar;
	const char *key;   /* what it is sorted by as a name */
	int64_t remind_n;  /* reminders that were sent */
	int64_t remind_at; /* the next; 0 = none */
	int64_t silent_at; /* wants none since then; 0 = has not said so */
};

/* Must the member act? Of rooms nobody does: they read no mail. */
static inline int member_must_act(enum member_kind kind, const struct standing *s)
{
	return kind == MEMBER_PERSON &&
		(s->status == STATUS_ACTION ||
			(s->status == STATUS_LIMITED && s->fixer == FIXER_MEMBER));
}

/* What an account has said about reminders and alerts; zeros are what holds before it has. */
struct reminding {
	int64_t account;
	int64_t off;	    /* no reminders */
	int64_t alerts_off; /* nobody is told of what breaks */
	int64_t instead;    /* the own text is in place of ours, and not above it */
	const char *text;   /* the own text; "" */
	const char *edited_by;
	int64_t edited_at;
	int64_t cursor; /* up to which event breaks were looked for */
};

/* A cause by which members broke, and what the admins were told of it. */
struct alert {
	int64_t account;
	const char *reason;
	enum fixer fixer;
	int64_t since;	 /* the first of them */
	int64_t told_at; /* 0 = not yet */
	int64_t told_n;	 /* how many it were then */
	int64_t n;	 /* how many it are; kept with the members, not with the alert */
};

/* A member who worked and does not any more. */
struct breakage {
	int64_t account;
	int64_t member;
	const char *reason;
	enum status was; /* before it broke */
};

/* How many of an account's members are so. */
struct roster_count {
	enum status status;
	const char *reason;
	enum fixer fixer;
	enum reach reach;
	int64_t n;
};

/* How many were so at the end of a day (since 1970, UTC). */
struct roster_day {
	int64_t day;
	int64_t n[STATUS__MAX];
};

/* What happened to a member. Numbers are stored. */
enum member_what {
	MEMBER_ADDED,
	MEMBER_VERDICT,	  /* status or reason has changed */
	MEMBER_RIGHTS,	  /* they have changed, the status has not */
	MEMBER_FAILING,	  /* attempts come to nothing now */
	MEMBER_ANSWERING, /* and now they do again */
	MEMBER_REMINDED,
	MEMBER_ALERTED,
	MEMBER_SILENT,	/* wants no more reminders */
	MEMBER_STOPPED, /* deactivated */
	MEMBER_RESUMED,
	MEMBER_EDITED,
	MEMBER_SIGNED,	 /* own credentials were entered */
	MEMBER_UNSIGNED, /* and removed */
	MEMBER_SWITCHED, /* status or reason are others by another connection or method */
	MEMBER_WHAT__MAX
};

struct member_event {
	int64_t id;
	int64_t account;
	int64_t member;
	int64_t at;
	enum member_what what;
	enum status was, is; /* MEMBER_VERDICT, MEMBER_SWITCHED */
	const char *was_reason, *reason;
	const char *detail; /* a sentence; "" */
	const char *by;	    /* who did it; "" = the engine */
	const char *name;   /* of the member, in lists of several */
	const char *email;
	enum member_kind kind;
};

/* How far a job about many members has come. */
struct job_progress {
	int64_t job;
	int64_t total;	 /* members it is about, as far as they are counted */
	int64_t done;	 /* of those */
	int64_t failed;	 /* of those: attempts that came to nothing, or were refused */
	int64_t counted; /* all of them are counted */
	int64_t cursor;	 /* up to where, for a job that is begun again */
	int64_t began;
	int64_t seen; /* when this was written */
};

/* A meeting room, beside its member row. */
struct room {
	int64_t member;
	int64_t account;
	const char *list;      /* address of the room list it is in; "" */
	const char *list_name; /* ... or was in, before it vanished from it */
	const char *place;
	int64_t capacity;  /* 0 = not known */
	enum seen accepts; /* what it answered to a booking */
	int64_t accepts_at;
	const char *accepts_say;
	int64_t seen_at; /* when a room list named it last; 0 = never */
};

/* A list of rooms in the directory, as it was read last. */
struct room_list {
	const char *address;
	const char *name;
	int64_t rooms;
	int64_t seen_at;
};

/* Whom the directory named in the answer to a job. */
struct found_one {
	int64_t job;
	int64_t n; /* from 1 */
	const char *email;
	const char *name;
	const char *type; /* "Mailbox", "PublicDL", "Contact", ... */
	const char *list; /* in which it was found; "" */
	const char *list_name;
	int64_t member; /* who has this address in the account already; 0 */
};

/* Numbers are stored. */
enum busy_kind {
	BUSY_FREE,
	BUSY_TENTATIVE,
	BUSY_BUSY,
	BUSY_OUT,
	BUSY_ELSEWHERE,
	BUSY_UNKNOWN,
	BUSY__MAX
};

/* Busy time of some days as it was read last, for pages. All of its times but seen_at are what the
 * clock on the wall shows where the mailbox is, counted as if that were UTC: so a page can draw
 * them without knowing time zones. */
struct week {
	int64_t member;
	int64_t account;
	int64_t from, to; /* a Monday's midnight, and some weeks later */
	int64_t seen_at;
	const char *reason; /* "ok", or why it could not be read */
	const char *zone;   /* IANA name of the mailbox's zone, "UTC" when none was told; "" */
	const char *spans;  /* lines of start, end, kind: see week_span_add */
};

struct week_span {
	int64_t start, end;
	enum busy_kind kind;
};

#endif
