/* Smtp: one message to one mail server, by libcurl, inside the loop.
 *
 * The server is the one that ops named, so the egress guard is not asked. Its certificate is always
 * verified; without TLS only a server on this machine is spoken to (config.c sees to that). It
 * stands beside transport.h because it shares the library and how it is driven.
 */
#ifndef LATCHKEY_SMTP_H
#define LATCHKEY_SMTP_H

#include <stddef.h>
#include "platform/loop.h"
#include "platform/resolve.h"
#include "platform/seal.h"

enum { SMTP_CONNECT_MS = 15 * 1000, SMTP_TOTAL_MS = 60 * 1000, SMTP_SAY = 400 };

enum smtp_security { SMTP_STARTTLS, SMTP_TLS, SMTP_PLAIN };

/* Where to; must stay until the end. */
struct smtp_server {
	const char *host; /* a name, or an address without brackets */
	int port;
	enum smtp_security security;
	const char *ca_file; /* "" for the system's trust store */
	const char *hello;   /* how we name ourselves */
	const char *user;    /* "": no login */
	const struct secret *password;
};

struct smtp_mail {
	const char *from, *to; /* addresses, checked */
	const char *text;      /* as mail_write made it; must stay until the end */
	size_t len;
};

enum smtp_end {
	SMTP_SENT,    /* the server has it */
	SMTP_REFUSED, /* for good: sender, recipient or content */
	SMTP_LATER    /* all else: another try may do */
};

/* say: a sentence for people, with the server's own words at its end; "" when sent. */
typedef void smtp_done_fn(void *ptr, enum smtp_end end, const char *say);

struct smtp_tools {
	struct loop *loop;
	struct resolve *resolve;
};

struct smtp;

/* libcurl must have been started (transport_new). The end is told later, never from inside; all is
 * gone then. */
struct smtp *smtp_start(const struct smtp_tools *tools, const struct smtp_server *to,
	const struct smtp_mail *mail, smtp_done_fn *done, void *ptr);
/* End it without a word. NULL is fine. */
void smtp_stop(struct smtp *s);

#endif
