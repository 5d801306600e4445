/* Mail text: the words of one mail, made of its row in the table and its values, as text and as
 * HTML. Pure.
 */
#ifndef LATCHKEY_MAIL_TEXT_H
#define LATCHKEY_MAIL_TEXT_H

#include "mail_kind.h"
#include "platform/arena.h"
#include "platform/buf.h"
#include "platform/err.h"
#include "platform/seal.h"

enum {
	MAIL_SUBJECT_MAX = 1024,
	MAIL_TEXT_MAX = 256 * 1024,
	MAIL_VALUE_MAX = 300, /* bytes of one value; longer ones are cut */
	MAIL_OWN_MAX = 2000   /* characters of an own text */
};

struct mail_facts {
	const char *organisation;
	const char *public_url;
	const char *name;	   /* of who gets it; "" */
	const char *const *params; /* url_pair text, one for each that became part of it */
	size_t count;
	const struct secret *token; /* behind a link; NULL */
	const char *own;	    /* plain text of the admins, in lines; NULL or "": none */
	int instead;		    /* it is in place of the intro, and not above it */
};

/* What may stand in an own text, as {name}. */
enum { MAIL_PLACES = 3 };
extern const char *const mail_places[MAIL_PLACES];
/* The first {name} in it that is none of these, in a: NULL when all are. */
const char *mail_place_unknown(struct arena *a, const char *own);

/* May hold a token: mail_text_wipe. */
struct mail_text {
	struct buf subject;
	struct buf text; /* lines end with LF */
	struct buf html;
	struct buf stop; /* address that stops mails of this sort; "" */
};

/* 0, or -1 (ERR_INPUT) when a value is missing or is none of its sort, or the token is none. The
 * texts are then empty; wiping them is fine. */
int mail_text_make(const struct mail_kind *k, const struct mail_facts *f, struct mail_text *out,
	struct err *e) must_check;
void mail_text_wipe(struct mail_text *t);

#endif
