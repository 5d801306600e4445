/* Multipart: the parts of a multipart/form-data body (RFC 7578), one after another, in place.
 *
 * Rules: lines end with CRLF, the body begins with its boundary and has its last one; what differs
 * is malformed. Headers of a part are few and short. No transfer encoding is undone: browsers use
 * none.
 */
#define _GNU_SOURCE 1 /* memmem */
#include "form.h"

#include <string.h>
#include "platform/str.h"

enum { BOUNDARY_MAX = 70, HEADERS_MAX = 8, LINE_MAX_BYTES = 1024 };

#define FORM_DATA "multipart/form-data"
#define DISPOSITION "content-disposition:"

static int malformed(struct err *e, const char *what)
{
	return ERR(e, ERR_INPUT, NULL, "multipart: %s", what);
}

/* Value of a parameter (key=value or key="value") in a header, and its length; NULL when absent. In
 * quotes nothing is escaped: browsers write a quote as %22. */
static const char *param(const char *header, const char *key, size_t *n)
{
	size_t len = strlen(key);
	const char *value;
	int found;

	while ((header = strchr(header, ';'))) {
		header += 1 + strspn(header + 1, " \t");
		found = strncasecmp(header, key, len) == 0 && header[len] == '=';
		header += strcspn(header, "=;");
		if (*header != '=')
			continue;
		value = header + 1;
		if (*value == '"') {
			*n = strcspn(++value, "\"");
			if (!value[*n])
				return NULL;
		} else {
			*n = strcspn(value, "; \t\"");
		}
		if (found)
			return value;
		header = value + *n;
	}
	return NULL;
}

/* RFC 2046: at most 70 of these. */
static int boundary_ok(const char *s, size_t n)
{
	return n > 0 && n <= BOUNDARY_MAX &&
		strspn(s,
			"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"'()+_,-./:=? ") >= n;
}

int multipart_init(struct multipart *m, const char *type, struct buf *body, struct err *e)
{
	const char *boundary = NULL;
	size_t n = 0;

	if (strncasecmp(type, FORM_DATA, strlen(FORM_DATA)) == 0)
		boundary = param(type, "boundary", &n);
	if (!boundary || !boundary_ok(boundary, n))
		return malformed(e, "no boundary");
	memcpy(m->boundary, "\r\n--", 4);
	memcpy(m->boundary + 4, boundary, n);
	m->boundary[4 + n] = '\0';
	m->at = body->p;
	m->end = body->p + body->len;
	n += 2;
	if (body->len < n || memcmp(m->at, m->boundary + 2, n) != 0)
		return malformed(e, "does not begin with its boundary");
	m->at += n;
	return 0;
}

/* Does the rest begin with these two bytes? Then they are taken. */
static int took(struct multipart *m, const char *two)
{
	if (m->end - m->at < 2 || memcmp(m->at, two, 2) != 0)
		return 0;
	m->at += 2;
	return 1;
}

/* The next line without its end, which becomes a NUL; NULL when there is none or it is too long. */
static char *line(struct multipart *m)
{
	size_t left = (size_t)(m->end - m->at);
	char *start = m->at;
	char *end = memmem(start, left < LINE_MAX_BYTES ? left : LINE_MAX_BYTES, "\r\n", 2);

	if (!end)
		return NULL;
	*end = '\0';
	m->at = end + 2;
	return start;
}

/* A parameter that is a name, in the arena: valid UTF-8 without control characters. */
static const char *name(struct arena *a, const char *header, const char *key)
{
	size_t n;
	const char *value = param(header, key, &n);

	if (!value || !str_utf8(value, n) || str_control(value, n, 0))
		return NULL;
	return arena_strndup(a, value, n);
}

static int disposition(struct arena *a, const char *text, struct part *out, struct err *e)
{
	size_t n;

	text += strspn(text, " \t");
	if (strncasecmp(text, "form-data", strlen("form-data")) != 0)
		return malformed(e, "a part that is no form data");
	out->name = name(a, text, "name");
	out->file = name(a, text, "filename");
	if (!out->name || (param(text, "filename", &n) && !out->file))
		return malformed(e, "a part without a good name");
	return 0;
}

static int headers(struct multipart *m, struct arena *a, struct part *out, struct err *e)
{
	char *text;
	int n;

	for (n = 0; n < HEADERS_MAX; n++) {
		text = line(m);
		if (!text)
			return malformed(e, "a header without an end");
		if (!*text)
			return out->name ? 0 : malformed(e, "a part without a name");
		if (strncasecmp(text, DISPOSITION, strlen(DISPOSITION)) != 0)
			continue;
		if (out->name)
			return malformed(e, "a part with two names");
		if (disposition(a, text + strlen(DISPOSITION), out, e) < 0)
			return -1;
	}
	return malformed(e, "too many headers");
}

int multipart_next(struct multipart *m, struct arena *a, struct part *out, struct err *e)
{
	char *end;

	*out = (struct part){ 0 };
	if (!m->at || took(m, "--")) {
		m->at = NULL;
		return 0;
	}
	if (!took(m, "\r\n"))
		return malformed(e, "a boundary that does not end its line");
	if (headers(m, a, out, e) < 0)
		return -1;
	end = memmem(m->at, (size_t)(m->end - m->at), m->boundary, strlen(m->boundary));
	if (!end)
		return malformed(e, "a part without an end");
	*end = '\0';
	out->data = m->at;
	out->len = (size_t)(end - m->at);
	m->at = end + strlen(m->boundary);
	return 1;
}
