/* Envelope http: what an answer means that is no SOAP.
 *
 * In front of Exchange there are load balancers, proxies, login pages and IIS itself, and each may
 * answer in its place. Rules: a web page is never Exchange's answer; a redirect is never followed;
 * a pause that is asked for is kept.
 */
#include "envelope.h"

#include <string.h>
#include <strings.h>
#include "exchange/answer.h"
#include "platform/str.h"

enum { RETRY_MAX_S = 24 * 60 * 60, LOOK = 64 * 1024 };

/* The first row whose range fits; the last fits all. */
static const struct status_row {
	long from, to;
	enum reason reason;
	enum outcome_next next;
} statuses[] = {
	{ 300, 399, REASON_REDIRECTED, NEXT_NOTHING },
	/* Some old servers say so to a version they do not know. */
	{ 400, 400, REASON_BAD_ANSWER, NEXT_VERSION_DOWN },
	{ 401, 401, REASON_SIGNIN_REFUSED, NEXT_NOTHING },
	{ 403, 403, REASON_EWS_REFUSED, NEXT_NOTHING },
	{ 404, 404, REASON_NO_EWS, NEXT_NOTHING },
	{ 407, 407, REASON_PROXY_REFUSED, NEXT_NOTHING },
	{ 408, 408, REASON_TIMED_OUT, NEXT_RETRY },
	{ 410, 410, REASON_NO_EWS, NEXT_NOTHING },
	{ 413, 413, REASON_TOO_BIG, NEXT_SMALLER },
	{ 429, 429, REASON_SLOWED, NEXT_SLOWER },
	{ 440, 440, REASON_PREAUTHENTICATION, NEXT_NOTHING },
	{ 456, 456, REASON_SIGNIN_REFUSED, NEXT_NOTHING },
	{ 500, 599, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 0, 999, REASON_BAD_ANSWER, NEXT_NOTHING },
};

static int holds(const char *p, size_t n, const char *word)
{
	size_t len = strlen(word);

	for (n = n < LOOK ? n : LOOK; n >= len; n--, p++) {
		if (!strncasecmp(p, word, len))
			return 1;
	}
	return 0;
}

static int header_holds(const struct answer *w, const char *name, const char *word)
{
	size_t n;
	const char *p = answer_header(w, name, 0, &n);

	return p && holds(p, n, word);
}

static int64_t retry_after_ms(const struct answer *w)
{
	size_t n;
	const char *p = answer_header(w, "Retry-After", 0, &n);
	int64_t seconds;
	char text[16];

	if (!p || n >= sizeof(text))
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	return str_int(text, 0, RETRY_MAX_S, &seconds) < 0 ? 0 : seconds * 1000;
}

static int is_page(const struct answer *w)
{
	size_t n = w->body_len < 1024 ? w->body_len : 1024;

	return header_holds(w, "Content-Type", "text/html") || holds(w->body, n, "<html");
}

static int is_login(const struct answer *w)
{
	return holds(w->body, w->body_len, "<form") &&
		holds(w->body, w->body_len, "type=\"password\"");
}

/* Where it sends us tells more than that it does. */
static void read_redirect(const struct answer *w, struct outcome *out)
{
	if (header_holds(w, "Location", "genericerrorpage"))
		outcome_set(out, REASON_SERVER_DOWN, NEXT_RETRY, "");
	else if (header_holds(w, "Location", "logon") || header_holds(w, "Location", "login") ||
		header_holds(w, "Location", "/adfs/"))
		outcome_set(out, REASON_PREAUTHENTICATION, NEXT_NOTHING, "");
}

void envelope_http(const struct dialect_reply *r, struct outcome *out)
{
	const struct answer w = { r->status, r->headers, r->headers_len, r->body, r->body_len };
	const struct status_row *row = statuses;
	int64_t ms = retry_after_ms(&w);

	while (row->to != 999 && (r->status < row->from || r->status > row->to))
		row++;
	out->http = r->status;
	outcome_set(out, row->reason, row->next, "");
	if (row->reason == REASON_REDIRECTED)
		read_redirect(&w, out);
	else if (r->status < 300 && is_page(&w))
		outcome_set(out, is_login(&w) ? REASON_PREAUTHENTICATION : REASON_NOT_EXCHANGE,
			NEXT_NOTHING, "");
	else if (r->status == 503 && ms)
		outcome_set(out, REASON_SLOWED, NEXT_SLOWER, "");
	if (ms > out->wait_ms)
		out->wait_ms = ms;
}
