/* Envelope: SOAP around every EWS operation: headers out, faults and response messages in.
 *
 * Here, and in response_code.c, and nowhere else, codes of Exchange get their meaning.
 */
#ifndef LATCHKEY_ENVELOPE_H
#define LATCHKEY_ENVELOPE_H

#include "exchange/dialect.h"
#include "response_code.h"
#include "xml_read.h"
#include "xml_write.h"

enum {
	EWS_2007,
	EWS_2007_SP1,
	EWS_2010,
	EWS_2010_SP1,
	EWS_2010_SP2,
	EWS_2013,
	EWS_2013_SP1,
	EWS_2016,
	EWS__MAX
};

/* Their names on the wire, lowest first; ended by NULL. */
extern const char *const envelope_versions[EWS__MAX + 1];

/* Start a request: declaration, envelope, headers, Body open. The operation follows; its prefixes
 * are m and t. */
void envelope_begin(struct xml_write *w, const struct dialect_ask *ask);
void envelope_end(struct xml_write *w);

/* Open an answer that signin_http left to us: the element in the Body whose local name is
 * `response`. NULL: it was a fault or something else, and the outcome says so. Fills version from
 * ServerVersionInfo. */
const struct xml_node *envelope_read(struct arena *a, const struct dialect_reply *r,
	const char *response, enum response_place place, struct outcome *out);

/* "15.1.2507.6" from the ServerVersionInfo below this element, its parts being attributes or
 * elements; left alone when there is none. */
void envelope_version(const struct xml_node *header, struct outcome *out);

/* One ResponseMessage (any element with ResponseClass): 1 it has a payload (Success, or a Warning
 * that comes with one, whose code is kept), 0 it failed: reason and code are in ended. more gets
 * what the server said, the pause it asked for and what to do next, but never a reason: the failure
 * is this part's. NULL is fine. */
int envelope_message(struct arena *a, const struct xml_node *message, enum response_place place,
	struct part *ended, struct outcome *more);
/* First message of a response's ResponseMessages and the next one, passing over what is none; NULL
 * at the end. */
const struct xml_node *envelope_messages(const struct xml_node *response);
const struct xml_node *envelope_next(const struct xml_node *message);
/* For operations with one message, which may be the response itself: it, when it succeeded; else
 * NULL and the outcome says why. */
const struct xml_node *envelope_single(struct arena *a, const struct xml_node *response,
	enum response_place place, struct outcome *out);
/* A batch of which not as many parts were answered as asked: BAD_ANSWER; else nothing. */
void envelope_short(struct outcome *out, size_t asked, size_t got);

#endif
