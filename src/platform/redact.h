/* Redact: text that can be shown to somebody outside, with stand-ins for whatever names somebody or
 * something of an organisation.
 *
 * Pure. What has a shape is found by it: addresses of mail, host names, network addresses, ids,
 * sign-in names with a domain, names of a directory, long opaque words. What has none has to be
 * told (redact_name). The same is always replaced by the same: "person-1@domain-1", "server-2".
 */
#ifndef LATCHKEY_REDACT_H
#define LATCHKEY_REDACT_H

#include "arena.h"
#include "buf.h"

enum redact_kind {
	REDACT_PERSON,
	REDACT_DOMAIN, /* behind an @ */
	REDACT_SERVER,
	REDACT_ADDRESS, /* of a network */
	REDACT_ID,
	REDACT_LOGIN,
	REDACT_ORGANISATION,
	REDACT_CERTIFICATE, /* what it or its authority is called */
	REDACT_PROXY,
	REDACT__MAX
};

struct redact;

/* clear: host names, and domains behind an @, are left as they are. */
struct redact *redact_new(struct arena *a, int clear);
/* A name that is replaced wherever it stands; one of fewer than four bytes, and any but a server's
 * or an organisation's, only where it is a word of its own. Upper and lower case are one. NULL, ""
 * and words that are nobody's ("calendar") are nothing. */
void redact_name(struct redact *r, enum redact_kind kind, const char *name);
/* An address at a mail domain: that domain becomes known, and its own word, as in acme.example,
 * counts as the organisation's name. */
void redact_domain_of(struct redact *r, const char *email);
/* Append text. Control characters but the line feed go. */
void redact_put(struct redact *r, const char *text, struct buf *out);

#endif
