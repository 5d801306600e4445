/* Discover: Autodiscover's three forms. Pure codecs. */
#ifndef LATCHKEY_DISCOVER_H
#define LATCHKEY_DISCOVER_H

#include "exchange/dialect.h"
#include "platform/arena.h"
#include "platform/buf.h"

#define DISCOVER_POX_PATH "/autodiscover/autodiscover.xml"
#define DISCOVER_SOAP_PATH "/autodiscover/autodiscover.svc"
#define DISCOVER_JSON_PATH "/autodiscover/autodiscover.json"

enum { DISCOVER_BODY_MAX = 8 * 1024 /* of a request */ };

enum discover_form { DISCOVER_POX, DISCOVER_SOAP, DISCOVER_JSON };

enum discover_kind {
	DISCOVER_SETTINGS, /* url is the EWS endpoint */
	DISCOVER_ADDRESS,  /* begin again with the mailbox in `to` */
	DISCOVER_URL,	   /* ask at the URL in `to` */
	DISCOVER_ERROR	   /* the outcome says */
};

/* All strings are "" when they were not told. */
struct discovered {
	enum discover_kind kind;
	const char *url; /* https; best one for outside: EXPR, EXCH, EXHTTP / External, Internal */
	const char *internal_url; /* https, when it differs */
	const char *to;		  /* an address that is one; a URL as it was told, cleaned */
	const char *display_name, *address; /* of the mailbox */
	const char *version;		    /* "15.1.2507" */
	const char *schemas;		    /* EwsSupportedSchemas */
};

/* Append the request; 0 or -1 (ERR_INPUT). JSON has none. */
int discover_write(enum discover_form form, const char *mailbox, const char *url, struct buf *body,
	struct err *e) must_check;
/* Path and query of a JSON question about a mailbox, into the arena. */
const char *discover_json_path(struct arena *a, const char *mailbox);
/* Read an answer; any bytes are read or refused. */
void discover_read(enum discover_form form, const struct dialect_reply *r, struct arena *a,
	struct discovered *out, struct outcome *o);
/* Is this answer to an anonymous question proof that Autodiscover of Exchange lives there? (401
 * with a scheme we know, or the code 600 of a bare GET; a login form or a web site is not.) */
int discover_is_exchange(const struct dialect_reply *r);

#endif
