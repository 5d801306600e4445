/* Soap_parts: what the files of one EWS call share: soap.c, soap_parse.c, soap_header.c,
 * soap_answer.c, soap_http.c. */
#ifndef SIM_SOAP_PARTS_H
#define SIM_SOAP_PARTS_H

#include "sim/soap.h"

/* soap_parse.c: the request's body as a document with a SOAP envelope around one operation; c->op
 * is set. NULL: the call has failed, with the fault. */
xmlDoc *soap_parse(struct call *c, xmlNode **header);

/* soap_header.c: version, culture, time zone and whose authority is asked for. False: the fault is
 * set. */
bool soap_headers(struct call *c, xmlNode *header);

/* soap_answer.c. */
void soap_schema_fault(struct call *c, const char *violation, int line);
void soap_write_answer(struct call *c); /* the operation's response, or the fault */
/* Fault with a text of its own in place of the code's usual one. */
void soap_fault_saying(struct call *c, const char *code, const char *text);

/* soap_http.c: Server, request-id, cookies and the names of the servers behind. */
void soap_http_headers(struct call *c);

/* The product is Exchange 2007, whose front is another one than all later ones'. */
static inline bool is_2007(const struct call *c)
{
	return c->premise->product->major <= 8;
}

#endif
