/* Script: what an Exchange admin runs in PowerShell, made with this organisation's own names: to
 * create the dedicated mailbox, to share calendars with it, to let it impersonate. Each comes with
 * a part that shows whether it worked, and one that undoes it. Pure: no network, no store.
 *
 * A script is written in pieces, so that a hundred thousand people need no more memory than one:
 * script_begin, script_person for each, script_end.
 */
#ifndef LATCHKEY_SCRIPT_H
#define LATCHKEY_SCRIPT_H

#include "platform/buf.h"
#include "platform/err.h"
#include "reason.h"

enum script_kind {
	SCRIPT_MAILBOX, /* creates the dedicated mailbox */
	SCRIPT_SHARE,	/* lets it work in these people's calendars and send on their behalf */
	SCRIPT_BUSY,	/* lets it see these people's busy time, and nothing more */
	SCRIPT_DEFAULT, /* where everybody is shut out (Default = None): busy time again, for these
			 */
	SCRIPT_ROLE,	/* lets it impersonate these people, by a role with a scope */
	SCRIPT_APP,	/* limits an application to these people (RBAC for Applications) */
	SCRIPT_ALLOW,	/* lets us in where EWS is off or only for known programs */
	SCRIPT_PACE,	/* a throttling policy of its own, on-premises */
	SCRIPT__MAX
};

enum script_part { SCRIPT_RUN, SCRIPT_VERIFY, SCRIPT_UNDO, SCRIPT_PART__MAX };

/* What its commands depend on. */
enum script_premise { SCRIPT_2007, SCRIPT_2010, SCRIPT_2013, SCRIPT_ONLINE, SCRIPT_PREMISE__MAX };

/* What each is, in words for both admins. */
struct script_row {
	const char *code;	    /* "share": stable, in addresses and options */
	const char *file;	    /* "share-calendars": of its files, without part and ending */
	const char *title;	    /* "Share calendars" */
	const char *say;	    /* what it is for, in a sentence */
	const char *changes;	    /* what it changes, a line each: see script_changes */
	const char *leaves;	    /* what it does not touch, a line each: see script_leaves */
	const char *wait;	    /* until it holds: "up to an hour" */
	int people;		    /* it names members */
	int whole;		    /* they are all it may reach: who is not named loses it */
	int seconds;		    /* that it takes for each of them, about */
	unsigned methods;	    /* bits of enum method for which it is of use */
	unsigned premises;	    /* bits of enum script_premise on which its commands are */
	const enum reason *reasons; /* who lacks what it gives; ends with REASON_OK; NULL */
};

const struct script_row *script_row(enum script_kind k);
/* SCRIPT__MAX when there is none of this code. */
enum script_kind script_parse(const char *code);
/* "run", "verify", "undo"; SCRIPT_PART__MAX when it is none. */
const char *script_part_code(enum script_part p);
enum script_part script_part_parse(const char *code);
/* By the kind of connection ("exchange", "office365") and the version its server said; an unknown
 * one is taken for a present one. */
enum script_premise script_premise_of(const char *kind, const char *version);
/* method: an enum method of verdict.h, which the web tier cannot include. */
int script_fits(enum script_kind k, int method, enum script_premise p);
/* What it changes and leaves there, which is not the same on all; what one must know before, "". */
const char *script_changes(enum script_kind k, enum script_premise p);
const char *script_leaves(enum script_kind k, enum script_premise p);
const char *script_mind(enum script_kind k, enum script_premise p);

/* Any text may be hostile: it is quoted. */
struct script_query {
	enum script_kind kind;
	enum script_part part;
	enum script_premise premise;
	const char *organisation;
	const char *mailbox; /* the dedicated one */
	const char *app;     /* application id; "" */
	const char *tag;     /* makes names of scopes, groups, policies our own: "latchkey-42" */
	const char *agent;   /* our User-Agent, for the allow-list */
	const char *made;    /* when and for whom, for the head: "22 November 2026" */
	int64_t people;	     /* how many script_person will bring */
};

/* Everything before the people, one of them, everything behind. LF; whoever writes a file makes
 * CRLF and the byte order mark of it with script_file. ERR_INPUT when kind, part and premise do not
 * go together, or a name cannot be said in PowerShell at all. */
int script_begin(struct buf *b, const struct script_query *q, struct err *e) must_check;
int script_person(
	struct buf *b, const struct script_query *q, const char *address, struct err *e) must_check;
int script_end(struct buf *b, const struct script_query *q, struct err *e) must_check;
/* Does this part name people at all? (What undoes a role takes the group away, and asks nobody.) */
int script_names(const struct script_query *q);
/* "latchkey-42-share-calendars-undo.ps1" */
int script_name(struct buf *b, const struct script_query *q) must_check;
/* A piece of a script as it goes into a file: CRLF, and a byte order mark before the first, without
 * which PowerShell 5 takes it for another encoding. */
int script_file(struct buf *b, const char *text, size_t n, int first) must_check;

/* Between single quotes for PowerShell, which takes five characters as such a quote; and as a value
 * of an OPATH filter inside such a string, where quotes are doubled once more. -1 when the text has
 * characters that control or cannot be seen, is no UTF-8, or (OPATH) has curly quotes; or when b is
 * full. */
int script_quote(struct buf *b, const char *text) must_check;
int script_quote_opath(struct buf *b, const char *text) must_check;

#endif
