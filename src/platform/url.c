/* Url: percent coding, pair strings, and taking an absolute URL apart.
 *
 * Rules: what two programs could read in two ways is refused, not mended: user info, a backslash, a
 * space, bytes outside ASCII, an empty port, numbers that some programs take for an address.
 */
#include "url.h"

#include <arpa/inet.h>
#include <string.h>
#include "str.h"

enum { URL_MAX = 4096, HOST_MAX = 255 };

static const struct scheme {
	const char *name;
	int port;
	int mail;
} schemes[] = {
	{ "http", 80, 0 },
	{ "https", 443, 0 },
	{ "smtp", 587, 1 },
	{ "smtps", 465, 1 },
	{ "smtp-plain", 25, 1 },
};

/* Only printable ASCII without space and backslash. */
static int printable(const char *s)
{
	for (; *s; s++) {
		if (*s <= ' ' || *s > '~' || *s == '\\')
			return 0;
	}
	return 1;
}

/* What follows "scheme://", with scheme and its port in out; NULL when there is no such scheme. */
static const char *parse_scheme(const char *text, int mail, struct url *out)
{
	size_t i, n = strcspn(text, ":");

	for (i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		if (schemes[i].mail != mail || strlen(schemes[i].name) != n ||
			strncasecmp(text, schemes[i].name, n) != 0)
			continue;
		out->scheme = schemes[i].name;
		out->port = schemes[i].port;
		return str_starts(text + n, "://") ? text + n + 3 : NULL;
	}
	return NULL;
}

/* "[v6]", an IPv4 address or a name. An IPv6 address has many spellings: the usual one is kept. */
static int parse_host(struct arena *a, char *host, struct url *out)
{
	unsigned char address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];
	size_t n = strlen(host);

	out->literal = 1;
	if (host[0] == '[' && host[n - 1] == ']') {
		host[n - 1] = '\0';
		if (inet_pton(AF_INET6, host + 1, address) != 1)
			return -1;
		inet_ntop(AF_INET6, address, text, sizeof(text));
		out->host = arena_strdup(a, text);
		return 0;
	}
	out->host = str_lower(host);
	if (inet_pton(AF_INET, host, address) == 1)
		return 0;
	out->literal = 0;
	return str_host(host) ? 0 : -1;
}

static int parse_port(const char *text, struct url *out)
{
	int64_t port;

	/* No sign is possible here, and "00080" is nobody's port. */
	if (strlen(text) > 5 || text[0] == '-' || str_int(text, 1, 65535, &port) < 0)
		return -1;
	out->port = (int)port;
	return 0;
}

/* "host", "host:port"; a colon within brackets is part of the host. */
static int parse_authority(struct arena *a, char *text, struct url *out)
{
	char *bracket = strrchr(text, ']');
	char *colon = strchr(bracket ? bracket : text, ':');

	if (colon) {
		*colon = '\0';
		if (parse_port(colon + 1, out) < 0)
			return -1;
	}
	return parse_host(a, text, out);
}

static int parse(struct arena *a, const char *text, int mail, struct url *out)
{
	const char *rest;
	size_t n;

	*out = (struct url){ 0 };
	if (strlen(text) > URL_MAX || !printable(text))
		return -1;
	rest = parse_scheme(text, mail, out);
	if (!rest)
		return -1;
	n = strcspn(rest, "/?#");
	if (n == 0 || n > HOST_MAX + sizeof(":65535"))
		return -1;
	if (parse_authority(a, arena_strndup(a, rest, n), out) < 0)
		return -1;
	rest += n;
	out->path =
		arena_printf(a, "%s%.*s", *rest == '/' ? "" : "/", (int)strcspn(rest, "#"), rest);
	return 0;
}

int url_parse(struct arena *a, const char *text, struct url *out)
{
	return parse(a, text, 0, out);
}

int url_parse_mail(struct arena *a, const char *text, struct url *out)
{
	return parse(a, text, 1, out) < 0 || strcmp(out->path, "/") != 0 || strchr(text, '#') ? -1
											      : 0;
}

const char *url_join(struct arena *a, const struct url *base, const char *text)
{
	const char *site = arena_printf(a, strchr(base->host, ':') ? "%s://[%s]:%d" : "%s://%s:%d",
		base->scheme, base->host, base->port);
	size_t plain = strcspn(text, "/?#");

	if (memchr(text, ':', plain))
		return text;
	if (str_starts(text, "//"))
		return arena_printf(a, "%s:%s", base->scheme, text);
	if (text[0] == '/')
		return arena_printf(a, "%s%s", site, text);
	plain = strcspn(base->path, "?");
	while (plain > 0 && base->path[plain - 1] != '/')
		plain--;
	return arena_printf(a, "%s%.*s%s", site, (int)plain, base->path, text);
}

long url_decode(char *s, size_t n, int plus)
{
	size_t in, out = 0;
	char hex[3] = "", c;

	for (in = 0; in < n; in++) {
		c = s[in];
		if (c == '+' && plus) {
			c = ' ';
		} else if (c == '%') {
			if (n - in < 3)
				return -1;
			memcpy(hex, s + in + 1, 2);
			if (str_unhex(&c, 1, hex) < 0)
				return -1;
			in += 2;
		}
		if (c == '\0')
			return -1;
		s[out++] = c;
	}
	if (out < n)
		s[out] = '\0';
	return (long)out;
}

static int unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		c == '-' || c == '.' || c == '_' || c == '~';
}

int url_encode(struct buf *b, const char *s)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t plain;

	for (;; s++) {
		for (plain = 0; unreserved(s[plain]); plain++)
			;
		buf_add(b, s, plain);
		s += plain;
		if (!*s)
			return buf_ok(b) ? 0 : -1;
		buf_add(b,
			(const char[]){ '%', digits[(unsigned char)*s >> 4],
				digits[(unsigned char)*s & 15] },
			3);
	}
}

int url_local(const char *path)
{
	return path && path[0] == '/' && path[1] != '/' && printable(path);
}

int url_pair(struct buf *b, const char *key, const char *value)
{
	if (b->len > 0)
		buf_putc(b, '&');
	url_encode(b, key);
	buf_putc(b, '=');
	return url_encode(b, value);
}

const char *url_form(struct arena *a, const char *const pairs[][2])
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_FORM_MAX);
	for (size_t i = 0; pairs[i][0]; i++) {
		if (url_pair(&b, pairs[i][0], pairs[i][1]) < 0)
			die("url: a form over its maximum");
	}
	text = arena_strdup(a, buf_str(&b));
	buf_done(&b);
	return text;
}

/* A decoded copy of n bytes; NULL when they cannot be decoded. */
static const char *decoded(struct arena *a, const char *s, size_t n)
{
	char *copy = arena_strndup(a, s, n);

	return url_decode(copy, n, 1) < 0 ? NULL : copy;
}

const char *url_get(struct arena *a, const char *pairs, const char *key)
{
	const char *name, *p;
	size_t n, eq;

	for (p = pairs; *p; p += n + (p[n] == '&')) {
		n = strcspn(p, "&");
		eq = strcspn(p, "=&");
		name = decoded(a, p, eq);
		if (name && strcmp(name, key) == 0)
			return p[eq] == '=' ? decoded(a, p + eq + 1, n - eq - 1) : NULL;
	}
	return NULL;
}
