/* Signin: what an HTTP answer to a signed-in question says before its body is read.
 *
 * Rules (EWS.md 2 and 3.3): most refusals look alike on purpose, so only what is told is believed:
 * a header, a status, one exact sentence. What the body is decides before what it is called:
 * proxies rewrite types, and a SOAP fault may come with many a status.
 */
#include "signin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include "answer.h"
#include "clean.h"
#include "platform/clock.h"
#include "platform/str.h"

enum {
	WAIT_MAX_S = 15 * 60,
	LOOK_MAX = 64 * 1024, /* of a body, for signs */
	HEAD_MAX = 2048,      /* of a body, for what it is */
	VALUE_MAX = 1024      /* of a header */
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum body_kind { BODY_EMPTY, BODY_TEXT, BODY_HTML, BODY_XML, BODY_SOAP };

/* What is looked for. */
enum header {
	CONTENT_TYPE,
	REQUEST_ID,
	FRONT_END,
	BACK_END,
	BACK_END_MEANT,
	DATE,
	RETRY_AFTER,
	DIAGNOSTICS,
	LOCATION,
	CAS_ERROR,
	HEADERS
};

static const char *const names[HEADERS] = {
	[CONTENT_TYPE] = "Content-Type",
	[REQUEST_ID] = "request-id",
	[FRONT_END] = "X-FEServer",
	[BACK_END] = "X-BEServer",
	[BACK_END_MEANT] = "X-CalculatedBETarget",
	[DATE] = "Date",
	[RETRY_AFTER] = "Retry-After",
	[DIAGNOSTICS] = "x-ms-diagnostics",
	[LOCATION] = "Location",
	[CAS_ERROR] = "X-CasErrorCode",
};

/* An answer being read. */
struct reading {
	struct answer w;
	struct answer_value headers[HEADERS];
	enum body_kind body;
	int bearer;
	struct outcome *out;
};

/* --- small tools --- */

/* n bytes that need not end with a NUL; 0 when the text is not in there. ASCII case is folded. */
static const char *find(const char *p, size_t n, const char *text)
{
	size_t len = strlen(text);

	for (; n >= len; p++, n--) {
		if ((*p | 32) == (*text | 32) && strncasecmp(p, text, len) == 0)
			return p;
	}
	return NULL;
}

static int has_any(const char *p, size_t n, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (find(p, n, list[i]))
			return 1;
	}
	return 0;
}

/* A header as text; "" when it is absent or longer than makes sense. */
static const char *header(const struct reading *r, enum header h, char dst[VALUE_MAX])
{
	const struct answer_value *v = &r->headers[h];

	dst[0] = '\0';
	if (v->p && v->n < VALUE_MAX)
		clean_text(dst, VALUE_MAX, v->p, v->n);
	return dst;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* --- what the body is --- */

/* Past marks, white space, the XML declaration and comments: where the first element stands. */
static size_t skip_prolog(const char *p, size_t n)
{
	size_t at = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	const char *close, *end;

	for (;;) {
		while (at < n && strchr(" \t\r\n", p[at]) && p[at])
			at++;
		close = find(p + at, least(n - at, 5), "<?xml") == p + at  ? "?>"
			: find(p + at, least(n - at, 4), "<!--") == p + at ? "-->"
									   : NULL;
		end = close ? find(p + at, n - at, close) : NULL;
		if (!end)
			return at;
		at = (size_t)(end - p) + strlen(close);
	}
}

/* By its beginning; the type that a server gives it is asked only when that says nothing. */
static enum body_kind kind_of(const char *p, size_t n)
{
	static const char *const pages[] = { "<!doctype html", "<html", "<head", "<body" };
	size_t at;

	n = least(n, HEAD_MAX);
	/* UTF-16: whoever reads the body knows how. No page comes in it. */
	if (n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		return BODY_SOAP;
	at = skip_prolog(p, n);
	if (at == n)
		return BODY_EMPTY;
	for (size_t i = 0; i < COUNT(pages); i++) {
		if (find(p + at, least(n - at, strlen(pages[i])), pages[i]))
			return BODY_HTML;
	}
	if (p[at] != '<')
		return BODY_TEXT;
	return find(p + at, n - at, "Envelope") ? BODY_SOAP : BODY_XML;
}

/* A page without any of the usual beginnings still is one when it says so. */
static enum body_kind body_of(const struct reading *r)
{
	char type[VALUE_MAX];
	enum body_kind kind = kind_of(r->w.body, r->w.body_len);

	header(r, CONTENT_TYPE, type);
	if ((kind == BODY_TEXT || kind == BODY_XML) && strncasecmp(type, "text/html", 9) == 0)
		return BODY_HTML;
	return kind;
}

void signin_title(const char *body, size_t n, char *dst, size_t size)
{
	const char *at, *end;

	n = least(n, LOOK_MAX);
	dst[0] = '\0';
	at = find(body, n, "<title");
	at = at ? memchr(at, '>', n - (size_t)(at - body)) : NULL;
	end = at ? find(at, n - (size_t)(at - body), "</title") : NULL;
	if (!end)
		return;
	for (at++; at < end && strchr(" \t\r\n", *at); at++)
		;
	while (end > at && strchr(" \t\r\n", end[-1]))
		end--;
	clean_text(dst, size, at, (size_t)(end - at));
}

/* A page's title, or the beginning of a text: its own sentence. */
static void say_body(struct reading *r)
{
	size_t n = least(r->w.body_len, OUTCOME_SAID);

	if (r->body == BODY_TEXT)
		clean_text(r->out->said, sizeof(r->out->said), r->w.body, n);
	else if (r->body == BODY_HTML)
		signin_title(r->w.body, r->w.body_len, r->out->said, sizeof(r->out->said));
}

/* --- evidence --- */

/* Does one of these headers, from the front end's on, say the same? */
static int said_before(const struct reading *r, enum header end, const char *v)
{
	char other[VALUE_MAX];

	while (end-- > FRONT_END) {
		if (strcasecmp(header(r, end, other), v) == 0)
			return 1;
	}
	return 0;
}

static void note_server(struct reading *r)
{
	char value[VALUE_MAX], *list = r->out->server;
	size_t size = sizeof(r->out->server), at = 0, len;

	list[0] = '\0';
	for (enum header h = FRONT_END; h <= BACK_END_MEANT; h++) {
		len = strlen(header(r, h, value));
		if (len == 0 || at + len + 3 > size || said_before(r, h, value))
			continue;
		at += (size_t)snprintf(list + at, size - at, "%s%s", at ? ", " : "", value);
	}
}

static int month_of(const char *name)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *at = strlen(name) == 3 ? strstr(months, name) : NULL;

	return at && (at - months) % 3 == 0 ? (int)(at - months) / 3 : -1;
}

/* Does the text begin in this shape? 0 stands for any digit, a for any letter. */
static int begins(const char *text, const char *shape)
{
	for (; *shape; text++, shape++) {
		if (*shape == '0'		? *text < '0' || *text > '9'
				: *shape == 'a' ? (*text | 32) < 'a' || (*text | 32) > 'z'
						: *text != *shape)
			return 0;
	}
	return 1;
}

static int digits(const char *text, int n)
{
	int value = 0;

	while (n-- > 0)
		value = value * 10 + *text++ - '0';
	return value;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", the only form in use; 0 when it is none. */
static int64_t read_date(const char *text)
{
	struct tm tm = { 0 };
	char month[4] = "";

	if (!begins(text, "aaa, 00 aaa 0000 00:00:00 GMT"))
		return 0;
	memcpy(month, text + 8, 3);
	tm.tm_mday = digits(text + 5, 2);
	tm.tm_year = digits(text + 12, 4);
	tm.tm_hour = digits(text + 17, 2);
	tm.tm_min = digits(text + 20, 2);
	tm.tm_sec = digits(text + 23, 2);
	tm.tm_mon = month_of(month);
	if (tm.tm_mon < 0 || tm.tm_year < 1970 || tm.tm_mday < 1 || tm.tm_mday > 31 ||
		tm.tm_hour > 23)
		return 0;
	tm.tm_year -= 1900;
	return (int64_t)timegm(&tm);
}

/* Retry-After: seconds or a date; a date is meant by the server's own clock. */
static int64_t read_wait(const char *text, int64_t server_now)
{
	int64_t s = 0, at;

	if (str_int(text, 0, INT64_MAX, &s) < 0) {
		at = read_date(text);
		s = at ? at - (server_now ? server_now : clock_now()) : 0;
	}
	if (s < 0)
		s = 0;
	return (s < WAIT_MAX_S ? s : WAIT_MAX_S) * 1000;
}

/* What an Exchange admin needs to find this answer in the logs there. */
static void note(struct reading *r)
{
	struct outcome *o = r->out;
	char value[VALUE_MAX];

	o->http = r->w.status;
	header(r, REQUEST_ID, value);
	clean_text(o->theirs, sizeof(o->theirs), value, strlen(value));
	note_server(r);
	o->date = read_date(header(r, DATE, value));
	o->wait_ms = read_wait(header(r, RETRY_AFTER, value), o->date);
}

static struct reading reading_of(const struct dialect_reply *r, struct outcome *out)
{
	struct reading it = {
		.w = { r->status, r->headers ? r->headers : "", r->headers ? r->headers_len : 0,
			r->body ? r->body : "", r->body ? r->body_len : 0 },
		.out = out,
	};

	answer_values(&it.w, names, HEADERS, it.headers);
	return it;
}

void signin_evidence(const struct dialect_reply *r, struct outcome *out)
{
	struct reading it = reading_of(r, out);

	note(&it);
}

/* --- 401 --- */

/* x-ms-diagnostics: NUMBER;reason="...";error_category="..." (EWS.md 3.3). Unknown numbers: the
 * token was refused. An expired token is worth one more try, with a new token only. */
static const struct diagnosis {
	const char *number, *category;
	enum reason reason;
	enum outcome_next next;
} diagnoses[] = {
	{ "2000002", "token_expired", REASON_SIGNIN_EXPIRED, NEXT_RETRY },
	{ "2000007", "internal_error", REASON_SERVER_DOWN, NEXT_RETRY },
	{ "2000008", "invalid_grant", REASON_PERMISSION_MISSING, NEXT_NOTHING },
};

/* The text in quotes after NAME= ; "" when there is none. */
static void parameter(const char *value, const char *name, char *dst, size_t size)
{
	const char *at = find(value, strlen(value), name), *end;

	dst[0] = '\0';
	at = at ? strchr(at, '"') : NULL;
	end = at ? strchr(at + 1, '"') : NULL;
	if (end)
		clean_text(dst, size, at + 1, (size_t)(end - at) - 1);
}

static void read_bearer_401(struct reading *r)
{
	char value[VALUE_MAX], number[16] = "", category[64];
	size_t digits;

	header(r, DIAGNOSTICS, value);
	digits = strspn(value, "0123456789");
	if (digits < sizeof(number))
		memcpy(number, value, digits);
	parameter(value, "error_category=", category, sizeof(category));
	outcome_set(r->out, REASON_TOKEN_REFUSED, NEXT_NOTHING, number[0] ? number : category);
	parameter(value, "reason=", r->out->said, sizeof(r->out->said));
	for (size_t i = 0; i < COUNT(diagnoses); i++) {
		const struct diagnosis *d = &diagnoses[i];

		if (strcmp(number, d->number) == 0 ||
			(!number[0] && strcasecmp(category, d->category) == 0)) {
			r->out->reason = d->reason;
			r->out->next = d->next;
		}
	}
}

/* A refused password, whatever is wrong with it or its account; one sentence is told apart. Without
 * WWW-Authenticate it is a refusal too: the password has been shown. */
static int read_401(struct reading *r)
{
	static const char locked[] = "The referenced account is currently locked out";
	size_t n = least(r->w.body_len, LOOK_MAX);

	if (r->bearer) {
		read_bearer_401(r);
		return 1;
	}
	outcome_set(r->out, REASON_SIGNIN_REFUSED, NEXT_NOTHING, NULL);
	if (n > 0 && memmem(r->w.body, n, locked, sizeof(locked) - 1)) {
		r->out->reason = REASON_ACCOUNT_LOCKED;
		clean_text(r->out->said, sizeof(r->out->said), locked, sizeof(locked) - 1);
		return 1;
	}
	say_body(r);
	return 1;
}

/* --- pages and redirects --- */

/* In paths of sign-in pages: web mail's own, and those of the usual gates in front of it. */
static const char *const login_paths[] = { "/owa/auth", "logon.aspx", "/CookieAuth.dll", "/adfs/",
	"/my.policy", "/vpn/", "/nf/auth", "fedauth", "/saml", "/oauth2/", "/login", "/logon",
	"/signin", "/sign-in" };

static const char *const login_hosts[] = { "login.microsoftonline.", "login.windows.net" };

/* On such pages. */
static const char *const login_marks[] = { "type=\"password\"", "type='password'", "type=password",
	"/owa/auth.owa", "CookieAuth.dll", "/my.policy", "SAMLRequest" };

/* A form that wants a password stands in front of what was asked for. */
static int is_login_page(const struct reading *r)
{
	return has_any(r->w.body, least(r->w.body_len, LOOK_MAX), login_marks, COUNT(login_marks));
}

/* What is told of a redirect is the host that it names, or the path when it stays here; never the
 * query, which may carry somebody's session. */
static int read_redirect(struct reading *r)
{
	char place[VALUE_MAX];
	const char *host, *path;
	size_t n = strlen(header(r, LOCATION, place)), host_len;

	host = strstr(place, "//");
	host = host && host <= strchr(place, '/') ? host + 2 : place;
	host_len = host > place ? strcspn(host, "/?#") : 0;
	path = host + host_len;
	n -= (size_t)(path - place);
	if (find(path, n, "genericerrorpage"))
		outcome_set(r->out, REASON_SERVER_DOWN, NEXT_RETRY, NULL);
	else if (has_any(path, n, login_paths, COUNT(login_paths)) ||
		has_any(host, host_len, login_hosts, COUNT(login_hosts)))
		outcome_set(r->out, REASON_PREAUTHENTICATION, NEXT_NOTHING, NULL);
	else
		outcome_set(r->out, REASON_REDIRECTED, NEXT_NOTHING, NULL);
	clean_text(r->out->said, sizeof(r->out->said), host,
		host_len ? host_len : strcspn(path, "?#"));
	return 1;
}

/* Any answer that is not a page is for who knows the question. */
static int read_success(struct reading *r)
{
	if (r->body != BODY_HTML)
		return 0;
	outcome_set(r->out, is_login_page(r) ? REASON_PREAUTHENTICATION : REASON_NOT_EXCHANGE,
		NEXT_NOTHING, NULL);
	say_body(r);
	return 1;
}

/* 503 of a front end that wants less, or of one whose back end is away. */
static int read_busy(struct reading *r)
{
	if (r->out->wait_ms > 0 || r->w.status == 429)
		outcome_set(r->out, REASON_SLOWED, NEXT_SLOWER, NULL);
	else
		outcome_set(r->out, REASON_SERVER_DOWN, NEXT_RETRY, NULL);
	say_body(r);
	return 1;
}

/* --- the table --- */

/* The first row whose range fits; the last fits all. soap: with a SOAP body the body decides. A 400
 * is how some old servers refuse a version that they do not know. */
static const struct status_row {
	long from, to;
	enum reason reason;
	enum outcome_next next;
	int soap;
	int (*read)(struct reading *r);
} rows[] = {
	{ 200, 299, REASON_OK, NEXT_NOTHING, 1, read_success },
	{ 300, 399, REASON_REDIRECTED, NEXT_NOTHING, 0, read_redirect },
	{ 400, 400, REASON_BAD_ANSWER, NEXT_VERSION_DOWN, 1, NULL },
	{ 401, 401, REASON_SIGNIN_REFUSED, NEXT_NOTHING, 0, read_401 },
	{ 403, 403, REASON_EWS_REFUSED, NEXT_NOTHING, 0, NULL },
	{ 404, 405, REASON_NO_EWS, NEXT_NOTHING, 0, NULL },
	{ 407, 407, REASON_PROXY_REFUSED, NEXT_NOTHING, 0, NULL },
	{ 408, 408, REASON_SERVER_DOWN, NEXT_RETRY, 0, NULL },
	{ 410, 410, REASON_NO_EWS, NEXT_NOTHING, 0, NULL },
	{ 413, 413, REASON_TOO_BIG, NEXT_SMALLER, 0, NULL },
	{ 429, 429, REASON_SLOWED, NEXT_SLOWER, 1, read_busy },
	{ 440, 440, REASON_PREAUTHENTICATION, NEXT_NOTHING, 0, NULL },
	{ 456, 456, REASON_SIGNIN_REFUSED, NEXT_NOTHING, 0, NULL },
	{ 503, 503, REASON_SERVER_DOWN, NEXT_RETRY, 1, read_busy },
	{ 500, 599, REASON_SERVER_DOWN, NEXT_RETRY, 1, NULL },
	{ -1, -1, REASON_BAD_ANSWER, NEXT_NOTHING, 0, NULL },
};

static const struct status_row *row_of(long status)
{
	const struct status_row *row = rows;

	while (row->from >= 0 && (status < row->from || status > row->to))
		row++;
	return row;
}

int signin_http(const struct dialect_reply *r, int bearer, struct outcome *out)
{
	const struct status_row *row = row_of(r->status);
	struct reading it = reading_of(r, out);
	char code[VALUE_MAX];

	it.bearer = bearer;
	it.body = body_of(&it);
	note(&it);
	if (row->soap && it.body == BODY_SOAP)
		return 0;
	if (row->read)
		return row->read(&it);
	outcome_set(out, row->reason, row->next, header(&it, CAS_ERROR, code));
	say_body(&it);
	return 1;
}
