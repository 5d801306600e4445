/* Script, inside: the texts of scripts, which hold no name, and what writes names.
 *
 * All that differs from one organisation to the next stands in variables at the top of a script;
 * what follows is the same for everybody, so that no name can change what it does.
 */
#ifndef LATCHKEY_SCRIPT_PARTS_H
#define LATCHKEY_SCRIPT_PARTS_H

#include "script.h"

#include "verdict.h"

enum { SCRIPT_PIECES = 16 };

/* The texts of one kind for some premises. Pieces end with NULL. */
struct script_text {
	unsigned premises;   /* bits of enum script_premise; 0 ends a list of these */
	const char *changes; /* in place of the row's; NULL */
	const char *leaves;
	const char *mind; /* what one must know before; NULL */
	const char *pieces[SCRIPT_PART__MAX][SCRIPT_PIECES];
};

/* Premises as bits. */
enum {
	ON_2007 = 1 << SCRIPT_2007,
	ON_2010 = 1 << SCRIPT_2010,
	ON_2013 = 1 << SCRIPT_2013,
	ON_LINE = 1 << SCRIPT_ONLINE,
	ON_PREMISES = ON_2010 | ON_2013, /* and not so old that cmdlets are missing */
	ON_MODERN = ON_PREMISES | ON_LINE
};

/* script_table.c */
extern const struct script_row script_table[SCRIPT__MAX];

/* script_share.c, script_busy.c, script_role.c, script_house.c: a list a kind. */
extern const struct script_text script_share[], script_busy[], script_default[], script_role[],
	script_app[], script_mailbox[], script_allow[], script_pace[];

/* script_pieces.c: what several of them need. */
extern const char script_me[];	     /* $Me: the dedicated mailbox, or it ends */
extern const char script_each[];     /* begins the walk over $People; per person: */
extern const char script_find[];     /* $Box, $Id of $Person */
extern const char script_calendar[]; /* $Calendar */
extern const char script_rights[];   /* $Rights of the dedicated mailbox in it */
extern const char script_sure[];     /* that what was not in $Entries is not there */
extern const char script_done[];     /* ends the walk of one that changes */
extern const char script_seen[];     /* ends the walk of one that only looks */
extern const char script_before[];   /* $Known: who stands in the file of what was before */
extern const char script_rows[];     /* $Rows: that file, for who undoes, or it ends */
extern const char script_forget[];   /* takes out of that file who was undone */

/* script_quote.c: text in a comment: what could end its line, or show it other than it is, becomes
 * a question mark. */
void script_comment(struct buf *b, const char *text);
/* How long the single quote of PowerShell at p is; 0 when none stands there. */
size_t script_quote_at(const char *p);

#endif
