/* Folder: the questions and results about folders and their rights; part of exchange.h. */
#ifndef LATCHKEY_FOLDER_H
#define LATCHKEY_FOLDER_H

#include <stddef.h>
#include <stdint.h>
#include "reason.h"

enum { EXCHANGE_CODE = 64 };

/* How one part of a batch ended. */
struct part {
	enum reason reason;
	char code[EXCHANGE_CODE]; /* the server's word */
	const char *said;	  /* its sentence; NULL: none */
};

/* --- folders --- */

enum folder_kind {
	FOLDER_CALENDAR,
	FOLDER_INBOX,
	FOLDER_SENT,
	FOLDER_DELETED,
	FOLDER_DRAFTS,
	FOLDER_ROOT, /* top of the mailbox that a person sees */
	FOLDER__MAX
};

enum {
	FOLDER_WANT_RIGHTS = 1,
	FOLDER_WANT_COUNTS = 2,
	FOLDER_WANT_PERMISSIONS = 4,
	FOLDER_BY_ADDRESS = 8 /* the sign-in's own address is said, too, where it is given */
};

struct folder_ask {
	const char *mailbox;
	enum folder_kind kind;
};

struct folders_query {
	const struct folder_ask *list;
	size_t count;
	unsigned want; /* bits of the above */
};

/* Rights over the folder as EffectiveRights tells them. MODIFY and DELETE concern the folder
 * itself: evidence of nothing (EWS.md 0.1). */
enum {
	RIGHT_READ = 1,
	RIGHT_CREATE = 2,
	RIGHT_MODIFY = 4,
	RIGHT_DELETE = 8,
	RIGHT_PRIVATE = 16, /* sees private items */
	RIGHT_CREATE_FOLDER = 32
};

/* PR_RIGHTS (0x6639): rights over items. */
enum {
	ITEM_RIGHT_READ = 0x1,
	ITEM_RIGHT_CREATE = 0x2,
	ITEM_RIGHT_EDIT_OWN = 0x8,
	ITEM_RIGHT_DELETE_OWN = 0x10,
	ITEM_RIGHT_EDIT_ANY = 0x20,
	ITEM_RIGHT_DELETE_ANY = 0x40
};

/* How much of somebody's time may be seen (SharingEffectiveRights). */
enum detail { DETAIL_UNKNOWN, DETAIL_NONE, DETAIL_TIME, DETAIL_SUBJECT, DETAIL_FULL, DETAIL__MAX };

struct permission {
	const char *who;   /* SMTP address, "Default" or "Anonymous" */
	const char *name;  /* display name */
	const char *level; /* "Editor", "Custom", ... as the server says it */
};

struct folder_seen {
	struct part ended;
	const char *id, *change_key;
	const char *lies_in; /* which mailbox: one text for all of its folders, however reached */
	const char *name;    /* display name, localised */
	const char *class;   /* "IPF.Appointment" */
	int rights_told;     /* EffectiveRights came */
	unsigned rights;     /* RIGHT_ bits */
	int64_t item_rights; /* ITEM_RIGHT_ bits; -1 = not told */
	enum detail detail;
	int64_t total, unread, folders; /* counts; -1 = not told */
	const struct permission *permissions;
	size_t permission_count;
};

struct folders_result {
	struct folder_seen *list; /* in the order of the question */
	size_t count;
};

#endif
