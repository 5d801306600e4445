/* Response: status, headers and body of one answer. The security headers are on every answer. */
#ifndef LATCHKEY_RESPONSE_H
#define LATCHKEY_RESPONSE_H

#include "platform/buf.h"
#include "platform/err.h"
#include "request.h"

enum { RESPONSE_MAX = 8 << 20 };

struct response {
	int status;
	const char *type; /* default text/html; charset=utf-8 */
	struct buf headers;
	struct buf body;
	int cacheable; /* 0: Cache-Control: no-store */
	/* An answer that is too long for memory leaves in portions: fills the body with the next
	 * one. 1, or 0 when that was the last. */
	int (*more)(void *ptr, struct buf *body);
	void *ptr;
	size_t sent; /* bytes of the body that have left */
};

void response_init(struct response *rs);
void response_done(struct response *rs);
/* Forget what was written: an error page follows. Cookies set so far are forgotten, too. */
void response_clear(struct response *rs);

/* CR, LF and other control bytes in a value end the process: callers pass checked text. */
void response_header(struct response *rs, const char *name, const char *value);
/* 303 to a path on this site, or to an absolute URL made from public_url. */
void response_redirect(struct response *rs, const char *where);
/* HttpOnly, SameSite=Lax, Path=/; Secure when the site is. max_age 0 deletes, < 0 = session. */
void response_cookie(
	struct response *rs, const char *name, const char *value, long max_age, int secure);
/* Head only for HEAD. 0, or -1 when the client has gone. */
int response_send(struct response *rs, const struct request *rq);

#endif
