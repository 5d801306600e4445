/* Mail write: a message as it goes over the wire (RFC 5322, MIME): text and HTML of the same, all
 * of it 7-bit. Pure.
 *
 * Whatever the texts hold, a header is one header: addresses are checked, names and subjects are
 * plain letters or encoded words (RFC 2047), bodies are quoted-printable.
 */
#ifndef LATCHKEY_MAIL_WRITE_H
#define LATCHKEY_MAIL_WRITE_H

#include <stdint.h>
#include "platform/buf.h"
#include "platform/err.h"

struct mail_message {
	const char *from, *from_name; /* a name may be "" */
	const char *to, *to_name;
	const char *subject;
	const char *text, *html; /* lines end with LF */
	const char *id;		 /* of the message: letters and digits; the same for a repeat */
	const char *host;	 /* behind the @ of its id: a host name or an address */
	int64_t date;
	const char *stop; /* address that stops such mails with one click; NULL or "": none */
};

/* Append it to out, which has room for MAIL_WIRE_MAX. 0, or -1 (ERR_INPUT): an address is none we
 * can write to, a text is not UTF-8, or it is too long. */
enum { MAIL_WIRE_MAX = 2 << 20 };
int mail_write(const struct mail_message *m, struct buf *out, struct err *e) must_check;

#endif
