/* Discover parts: what the three forms of discover.h share. */
#ifndef LATCHKEY_DISCOVER_PARTS_H
#define LATCHKEY_DISCOVER_PARTS_H

#include "discover.h"
#include "xml_read.h"
#include "xml_write.h"

/* What an error code of Autodiscover means. */
struct discover_code {
	const char *code;
	enum reason reason;
	enum outcome_next next;
};

/* The answer is this error; a code that is not in the table is a bad answer. */
void discover_fail(const struct discover_code *table, size_t n, const char *code, const char *said,
	struct outcome *o);
/* It cannot be read: why. */
void discover_bad(struct outcome *o, const char *why);

/* Values of the answer, into the arena: "" for what is none such. */
const char *discover_https(struct arena *a, const char *text); /* an https URL */
const char *discover_email(const char *text);
const char *discover_shown(struct arena *a, const char *text); /* cleaned and cut */
/* "15.01.2507.006" or "15.1.2507" as "15.1.2507". */
const char *discover_version(struct arena *a, const char *text);
/* The settings are complete; without an EWS URL they are of no use. */
void discover_settle(struct discovered *out, struct outcome *o);
/* Begin again with another mailbox, or at another URL. */
void discover_send_on(struct arena *a, enum discover_kind kind, const char *to,
	struct discovered *out, struct outcome *o);

void discover_pox_write(struct xml_write *w, const char *mailbox);
void discover_soap_write(struct xml_write *w, const char *mailbox, const char *url);
void discover_pox_read(
	const struct xml_node *root, struct arena *a, struct discovered *out, struct outcome *o);
void discover_soap_read(
	const struct xml_node *root, struct arena *a, struct discovered *out, struct outcome *o);
void discover_json_read(
	const struct dialect_reply *r, struct arena *a, struct discovered *out, struct outcome *o);
/* Is it the error 600 of the plain XML form? */
int discover_pox_is_alive(const struct xml_node *root);

#endif
