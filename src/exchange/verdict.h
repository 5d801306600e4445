/* Verdict: what was seen of a member's mailbox, as a status. Pure: no network, no store. */
#ifndef LATCHKEY_VERDICT_H
#define LATCHKEY_VERDICT_H

#include "exchange.h"
#include "model.h"
#include "reason.h"

enum method {
	METHOD_PERSONAL,
	METHOD_DEDICATED,
	METHOD_DELEGATE,
	METHOD_IMPERSONATION,
	METHOD__MAX
};

/* What was found out about one mailbox. Zeroed, nothing was looked at. */
struct evidence {
	enum reason
		attempt;    /* why the attempt as a whole came to nothing; REASON_OK = it did not */
	enum seen calendar; /* the calendar opens */
	enum reason calendar_why;		/* why it does not */
	enum seen read, create, change, remove; /* ... and so far may we go in it */
	enum seen inbox;			/* opens as well (impersonation reaches all) */
	enum seen busy;				/* busy time can be read */
	enum reason busy_why;
	enum seen sends; /* invitations leave in the member's name */
	enum reason sends_why;
	enum seen others; /* the same method works for other members */
	enum detail detail;
	int no_sending; /* the application sends its own invitations */
};

struct verdict {
	enum status status;
	enum reason reason; /* the first thing to mend; REASON_OK */
	enum fixer fixer;
	enum reach reach;
	enum reason note; /* also worth knowing (SENDING_UNPROVED); REASON_OK = none */
};

/* 1 a verdict; 0 when the evidence says nothing about the member (the attempt failed): what was
 * known stays. */
int verdict_of(enum method m, const struct evidence *v, struct verdict *out);

/* Does this reason say something lasting about one mailbox? */
int verdict_telling(enum reason r);

/* What one folder answer says about the calendar: fills calendar, read, create, change, remove,
 * detail. */
void verdict_folder(struct evidence *v, const struct folder_seen *f);

const char *verdict_method_code(enum method m);
/* METHOD__MAX when there is none. */
enum method verdict_method_parse(const char *code);

#endif
