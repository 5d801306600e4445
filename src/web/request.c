/* Request: the head of a request out of CGI variables, and its body.
 *
 * Rules: the path comes from REQUEST_URI only, because servers differ in what they decode, join and
 * cut before they fill PATH_INFO. What two programs could read in two ways is refused, not mended:
 * an encoded slash, "..", "//", a backslash, a parameter that comes twice. Cookies are the
 * exception: others can set them for us, so a bad one is left out and the request goes on.
 */
#define _GNU_SOURCE 1 /* explicit_bzero */
#include "request.h"

#include <arpa/inet.h>
#include <string.h>
#include "platform/log.h"
#include "platform/seal.h"
#include "platform/str.h"
#include "platform/url.h"

enum { AGENT_MAX = 200, CHUNK = 16 * 1024 };

static const struct method_name {
	const char *name;
	enum method method;
} methods[] = { { "GET", GET }, { "POST", POST }, { "HEAD", HEAD } };

/* Variables that are kept as they came. */
static const struct header {
	const char *name;
	size_t offset;
} headers[] = {
	{ "CONTENT_TYPE", offsetof(struct request, type) },
	{ "HTTP_ORIGIN", offsetof(struct request, origin) },
	{ "HTTP_SEC_FETCH_SITE", offsetof(struct request, fetch_site) },
	{ "HTTP_USER_AGENT", offsetof(struct request, agent) },
};

/* A variable's value; an empty one counts as absent. */
static const char *param(const struct request *rq, const char *name)
{
	const char *value = rq->io->param(rq->io->ptr, name);

	return str_empty(value) ? NULL : value;
}

static int header(const struct request *rq, const char *name, const char **out, struct err *e)
{
	*out = param(rq, name);
	if (*out && strlen(*out) > REQUEST_HEADER_MAX)
		return ERR(e, ERR_HEADERS, NULL, "%s over %d bytes", name, REQUEST_HEADER_MAX);
	return 0;
}

static enum method method_read(const char *name)
{
	size_t i;

	for (i = 0; name && i < sizeof(methods) / sizeof(*methods); i++) {
		if (strcmp(methods[i].name, name) == 0)
			return methods[i].method;
	}
	return METHOD_OTHER;
}

/* Pairs */

static struct pair *pairs_find(const struct pairs *p, const char *key)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].key, key) == 0)
			return &p->list[i];
	}
	return NULL;
}

const char *pairs_get(const struct pairs *p, const char *key)
{
	const struct pair *pair = pairs_find(p, key);

	return pair ? pair->value : NULL;
}

/* Decode one side of a pair in place: valid UTF-8 or -1. */
static int pairs_decode(char *s)
{
	long n = url_decode(s, strlen(s), 1);

	return n >= 0 && str_utf8(s, (size_t)n) ? 0 : -1;
}

/* "key=value", "key" or nothing between two &. */
static int pairs_piece(char *piece, struct pairs *out, struct err *e)
{
	char *value = strchr(piece, '=');

	if (!*piece)
		return 0;
	if (value)
		*value++ = '\0';
	else
		value = strchr(piece, '\0');
	if (!*piece || pairs_decode(piece) < 0 || pairs_decode(value) < 0)
		return ERR(e, ERR_INPUT, NULL, "a parameter cannot be decoded");
	if (pairs_find(out, piece))
		return ERR(e, ERR_INPUT, NULL, "a parameter comes twice");
	out->list[out->count++] = (struct pair){ piece, value };
	return 0;
}

int pairs_parse(struct arena *a, char *text, size_t n, struct pairs *out, struct err *e)
{
	char *next, *piece;
	size_t i, pieces = 1;

	*out = (struct pairs){ 0 };
	if (strlen(text) != n)
		return ERR(e, ERR_INPUT, NULL, "a NUL byte among the parameters");
	for (i = 0; i < n; i++)
		pieces += text[i] == '&';
	if (pieces > REQUEST_PAIRS_MAX)
		return ERR(e, ERR_INPUT, NULL, "over %d parameters", REQUEST_PAIRS_MAX);
	out->list = arena_array(a, pieces, sizeof(*out->list));
	for (piece = text; piece; piece = next) {
		next = strchr(piece, '&');
		if (next)
			*next++ = '\0';
		if (pairs_piece(piece, out, e) < 0)
			return -1;
	}
	return 0;
}

/* Path */

/* Bytes that must not even be encoded: they would make another path of it. */
static int encodes_separator(const char *s)
{
	for (; (s = strchr(s, '%')); s++) {
		if (strncasecmp(s, "%2f", 3) == 0 || strncasecmp(s, "%5c", 3) == 0)
			return 1;
	}
	return 0;
}

/* "//" has an empty segment, but the last one may be empty. */
static int strange_segment(const char *path)
{
	size_t n;

	for (; *path; path += n) {
		n = strcspn(++path, "/");
		if ((n == 0 && path[n]) || (n == 1 && path[0] == '.') ||
			(n == 2 && path[0] == '.' && path[1] == '.'))
			return 1;
	}
	return 0;
}

static int path_read(struct request *rq, char *path, struct err *e)
{
	long n;

	if (strpbrk(path, "\\#") || encodes_separator(path))
		return ERR(e, ERR_INPUT, NULL, "a separator in the path");
	n = url_decode(path, strlen(path), 0);
	if (n < 0 || !str_utf8(path, (size_t)n) || str_control(path, (size_t)n, 0))
		return ERR(e, ERR_INPUT, NULL, "the path cannot be decoded");
	if (strange_segment(path))
		return ERR(e, ERR_INPUT, NULL, "an empty or dotted segment in the path");
	rq->path = path;
	return 0;
}

static int uri_read(struct request *rq, struct err *e)
{
	const char *uri = param(rq, "REQUEST_URI");
	char *path, *query;

	if (!uri || uri[0] != '/')
		return ERR(e, ERR_INPUT, NULL, uri ? "not a path" : "no REQUEST_URI");
	if (strlen(uri) > REQUEST_URI_MAX)
		return ERR(e, ERR_URI, NULL, "address over %d bytes", REQUEST_URI_MAX);
	path = arena_strdup(rq->arena, uri);
	query = strchr(path, '?');
	if (query)
		*query++ = '\0';
	if (path_read(rq, path, e) < 0)
		return -1;
	return query ? pairs_parse(rq->arena, query, strlen(query), &rq->query, e) : 0;
}

/* Cookies */

/* RFC 6265: a token, "=", and bytes without quote, comma, semicolon, backslash and white space. */
static int cookie_ok(const char *name, const char *value)
{
	const char *s;

	for (s = name; *s; s++) {
		if (*s <= ' ' || *s > '~' || strchr("()<>@,;:\\\"/[]?={}", *s))
			return 0;
	}
	for (s = value; *s; s++) {
		if (*s <= ' ' || *s > '~' || strchr("\",;\\", *s))
			return 0;
	}
	return *name != '\0';
}

/* One cookie: 1 kept, 0 left out. Of two with one name nobody knows which is ours: none counts. */
static int cookie_take(struct pairs *to, char *text)
{
	char *name = str_trim(text), *value = strchr(name, '=');
	struct pair *twin;

	if (!value)
		return 0;
	*value++ = '\0';
	if (!cookie_ok(name, value))
		return 0;
	twin = pairs_find(to, name);
	if (twin)
		twin->value = NULL;
	else if (to->count < REQUEST_PAIRS_MAX)
		to->list[to->count++] = (struct pair){ name, value };
	else
		return 0;
	return !twin;
}

static int cookies_read(struct request *rq, struct err *e)
{
	const char *text;
	char *next, *piece;
	int bad = 0;

	if (header(rq, "HTTP_COOKIE", &text, e) < 0)
		return -1;
	if (!text)
		return 0;
	rq->cookies.list = arena_array(rq->arena, REQUEST_PAIRS_MAX, sizeof(struct pair));
	for (piece = arena_strdup(rq->arena, text); piece; piece = next) {
		next = strchr(piece, ';');
		if (next)
			*next++ = '\0';
		bad += !cookie_take(&rq->cookies, piece);
	}
	if (bad)
		log_debug("request.cookies", LF_I("left_out", bad));
	return 0;
}

/* The rest of the head */

/* User agents are ASCII; what else somebody sends is shown as question marks. */
static const char *agent_clean(struct arena *a, const char *agent)
{
	char *copy = arena_strndup(a, agent ? agent : "", agent ? strnlen(agent, AGENT_MAX) : 0);
	char *s;

	for (s = copy; *s; s++) {
		if (*s < ' ' || *s > '~')
			*s = '?';
	}
	return copy;
}

static const char *address_read(const struct request *rq)
{
	const char *text = param(rq, "REMOTE_ADDR");
	struct in6_addr room;

	if (text && (inet_pton(AF_INET, text, &room) == 1 || inet_pton(AF_INET6, text, &room) == 1))
		return text;
	return "-";
}

static int length_read(struct request *rq, struct err *e)
{
	const char *text = param(rq, "CONTENT_LENGTH");

	rq->length = -1;
	if (text &&
		(text[0] < '0' || text[0] > '9' || str_int(text, 0, INT64_MAX, &rq->length) < 0))
		return ERR(e, ERR_INPUT, NULL, "CONTENT_LENGTH is no number");
	return 0;
}

static int headers_read(struct request *rq, struct err *e)
{
	const char **to;
	size_t i;

	for (i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		to = (const char **)(void *)((char *)rq + headers[i].offset);
		if (header(rq, headers[i].name, to, e) < 0)
			return -1;
	}
	return 0;
}

int request_read(struct request *rq, const struct request_io *io, struct arena *a, struct err *e)
{
	*rq = (struct request){ .io = io, .arena = a, .path = "/", .length = -1 };
	seal_random_hex(rq->id, REQUEST_ID);
	rq->method = method_read(param(rq, "REQUEST_METHOD"));
	rq->address = address_read(rq);
	rq->agent = "";
	if (uri_read(rq, e) < 0 || headers_read(rq, e) < 0)
		return -1;
	rq->agent = agent_clean(a, rq->agent);
	return length_read(rq, e) < 0 ? -1 : cookies_read(rq, e);
}

/* Read up to n bytes more: how many, or -1. */
static long body_chunk(struct request *rq, size_t n, struct buf *b)
{
	char chunk[CHUNK];
	long got = rq->io->read(rq->io->ptr, chunk, n < sizeof(chunk) ? n : sizeof(chunk));

	if (got > 0)
		buf_add(b, chunk, (size_t)got);
	explicit_bzero(chunk, sizeof(chunk));
	return got;
}

int request_body(struct request *rq, size_t max, struct buf *b, struct err *e)
{
	size_t left;
	long got;

	buf_init(b, max);
	if (rq->length < 0)
		return ERR(e, ERR_INPUT, NULL, "a body without its length");
	if ((uint64_t)rq->length > max)
		return ERR(e, ERR_TOO_BIG, NULL, "body over %zu bytes", max);
	buf_reserve(b, (size_t)rq->length);
	buf_add(b, "", 0);
	for (left = (size_t)rq->length; left > 0; left -= (size_t)got) {
		got = body_chunk(rq, left, b);
		if (got < 0)
			return ERR(e, ERR_TIMEOUT, NULL, "the body came too slowly");
		if (got == 0)
			return ERR(e, ERR_INPUT, NULL, "the body is %zu bytes short", left);
	}
	return 0;
}
