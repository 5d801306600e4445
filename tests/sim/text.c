/*
 * Text, as text.h promises. One growing buffer serves answers, encodings and files alike; XML is
 * written by name and value, so that nothing reaches an answer without being escaped.
 */
#include "sim/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory */

_Noreturn void die(const char *fmt, ...)
{
	va_list ap;

	fputs("latchkey-sim: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void *need(size_t size)
{
	void *at = calloc(1, size > 0 ? size : 1);

	if (at == NULL)
		die("out of memory");
	return at;
}

void *need_more(void *at, size_t size)
{
	void *more = realloc(at, size > 0 ? size : 1);

	if (more == NULL)
		die("out of memory");
	return more;
}

char *copy_n(const char *s, size_t n)
{
	char *c = need(n + 1);

	memcpy(c, s, n);
	return c;
}

char *copy(const char *s)
{
	return s == NULL ? NULL : copy_n(s, strlen(s));
}

char *format(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		die("out of memory");
	va_end(ap);
	return s;
}

/* Comparing */

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool same(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool same_nocase(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Greedy with one point of return: linear enough for every pattern a person writes. */
bool matches(const char *glob, const char *s)
{
	const char *star = NULL, *back = NULL;

	if (glob == NULL)
		return true;
	if (s == NULL)
		return false;
	while (*s != '\0') {
		if (*glob == '*') {
			star = glob++;
			back = s;
		} else if (*glob == '?' || (*glob != '\0' && lower(*glob) == lower(*s))) {
			glob++;
			s++;
		} else if (star != NULL) {
			glob = star + 1;
			s = ++back;
		} else {
			return false;
		}
	}
	while (*glob == '*')
		glob++;
	return *glob == '\0';
}

/* Growing bytes */

static char *room(struct text *t, size_t n)
{
	if (t->room - t->len <= n) {
		size_t more = t->room > 0 ? t->room : 64;

		while (more - t->len <= n)
			more *= 2;
		t->at = need_more(t->at, more);
		t->room = more;
	}
	return t->at + t->len;
}

void text_add(struct text *t, const void *bytes, size_t n)
{
	char *to = room(t, n);

	if (n > 0)
		memcpy(to, bytes, n);
	to[n] = '\0';
	t->len += n;
}

void text_puts(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(room(t, 120), 121, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("a format that cannot be printed: %s", fmt);
	if (n > 120)
		vsnprintf(room(t, (size_t)n), (size_t)n + 1, fmt, again);
	va_end(again);
	t->len += (size_t)n;
}

void text_clear(struct text *t)
{
	t->len = 0;
	if (t->at != NULL)
		t->at[0] = '\0';
}

void text_free(struct text *t)
{
	free(t->at);
	*t = (struct text){ 0 };
}

/* XML */

void xml_text(struct text *t, const char *value)
{
	const char *from = value;

	for (const char *p = value;; p++) {
		const char *instead;

		switch (*p) {
		case '&':
			instead = "&amp;";
			break;
		case '<':
			instead = "&lt;";
			break;
		case '>':
			instead = "&gt;";
			break;
		case '"':
			instead = "&quot;";
			break;
		case '\r':
			instead = "&#xD;";
			break;
		default:
			if ((unsigned char)*p >= 0x20 || *p == '\t' || *p == '\n')
				continue;
			instead = "";
		}
		text_add(t, from, (size_t)(p - from));
		if (*p == '\0')
			return;
		text_puts(t, instead);
		from = p + 1;
	}
}

static void tag(struct text *t, const char *begin, const char *name)
{
	size_t b = strlen(begin), n = strlen(name);
	char *to = room(t, b + n + 1);

	memcpy(to, begin, b);
	memcpy(to + b, name, n);
	to[b + n] = '>';
	to[b + n + 1] = '\0';
	t->len += b + n + 1;
}

void xml_open(struct text *t, const char *name)
{
	tag(t, "<", name);
}

void xml_close(struct text *t, const char *name)
{
	tag(t, "</", name);
}

void xml_el(struct text *t, const char *name, const char *value)
{
	if (value == NULL)
		return;
	xml_open(t, name);
	xml_text(t, value);
	xml_close(t, name);
}

void xml_flag(struct text *t, const char *name, bool value)
{
	xml_el(t, name, value ? "true" : "false");
}

void xml_num(struct text *t, const char *name, long value)
{
	char number[24];

	snprintf(number, sizeof(number), "%ld", value);
	xml_el(t, name, number);
}

/* Encodings */

static void base64(struct text *t, const void *bytes, size_t n, const char *alphabet, bool pad)
{
	const unsigned char *b = bytes;
	char *to = room(t, (n + 2) / 3 * 4), *start = to;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)b[i] << 16;
		size_t left = n - i;

		if (left > 1)
			v |= (uint32_t)b[i + 1] << 8;
		if (left > 2)
			v |= b[i + 2];
		*to++ = alphabet[v >> 18];
		*to++ = alphabet[v >> 12 & 63];
		if (left > 1)
			*to++ = alphabet[v >> 6 & 63];
		else if (pad)
			*to++ = '=';
		if (left > 2)
			*to++ = alphabet[v & 63];
		else if (pad)
			*to++ = '=';
	}
	*to = '\0';
	t->len += (size_t)(to - start);
}

void base64_add(struct text *t, const void *bytes, size_t n)
{
	base64(t, bytes, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		true);
}

void base64url_add(struct text *t, const void *bytes, size_t n)
{
	base64(t, bytes, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
		false);
}

static int digit64(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+' || c == '-')
		return 62;
	return c == '/' || c == '_' ? 63 : -1;
}

bool base64_read(const char *s, size_t n, struct text *out)
{
	size_t was = out->len;
	uint32_t v = 0;
	int digits = 0, pads = 0;

	for (size_t i = 0; i < n; i++) {
		int d = digit64(s[i]);
		unsigned char byte;

		if (s[i] == ' ' || s[i] == '\t' || s[i] == '\r' || s[i] == '\n')
			continue;
		if (s[i] == '=' && digits % 4 >= 2 && pads < 2) {
			pads++;
			continue;
		}
		if (d < 0 || pads > 0)
			goto bad;
		v = v << 6 | (uint32_t)d;
		digits++;
		if (digits % 4 == 1)
			continue;
		byte = (unsigned char)(v >> (digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0));
		text_add(out, &byte, 1);
	}
	if (digits % 4 == 1 || (pads > 0 && digits % 4 + pads != 4))
		goto bad;
	text_add(out, "", 0);
	return true;
bad:
	out->len = was;
	text_add(out, "", 0);
	return false;
}

void hex_add(struct text *t, const void *bytes, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *to = room(t, n * 2);

	for (size_t i = 0; i < n; i++) {
		*to++ = digits[b[i] >> 4];
		*to++ = digits[b[i] & 15];
	}
	*to = '\0';
	t->len += n * 2;
}

void percent_add(struct text *t, const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (lower(*s) >= 'a' && lower(*s) <= 'z') ||
			strchr("-._~", c) != NULL)
			text_add(t, s, 1);
		else
			text_printf(t, "%%%02X", c);
	}
}

static int digit16(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return lower(c) >= 'a' && lower(c) <= 'f' ? lower(c) - 'a' + 10 : -1;
}

bool hex_read(const char *s, struct text *out)
{
	for (; *s != '\0'; s += 2) {
		int high = digit16(s[0]), low = high < 0 ? -1 : digit16(s[1]);
		char byte;

		if (low < 0)
			return false;
		byte = (char)(high << 4 | low);
		text_add(out, &byte, 1);
	}
	return true;
}

bool percent_read(const char *s, size_t n, struct text *out)
{
	text_add(out, "", 0);
	for (size_t i = 0; i < n; i++) {
		char c = s[i] == '+' ? ' ' : s[i];

		if (c == '%') {
			if (n - i < 3 || digit16(s[i + 1]) < 0 || digit16(s[i + 2]) < 0)
				return false;
			c = (char)(digit16(s[i + 1]) << 4 | digit16(s[i + 2]));
			i += 2;
		}
		if (c == '\0')
			return false;
		text_add(out, &c, 1);
	}
	return true;
}

char *form_value(const char *form, const char *name)
{
	size_t len = strlen(name);

	while (form != NULL && *form != '\0') {
		size_t n = strcspn(form, "&");

		if (n > len && form[len] == '=' && memcmp(form, name, len) == 0) {
			struct text out = { 0 };

			if (percent_read(form + len + 1, n - len - 1, &out))
				return out.at;
			text_free(&out);
			return NULL;
		}
		form += n + (form[n] == '&');
	}
	return NULL;
}

/* One character of UTF-8; false for overlong forms, surrogates and anything cut. */
static bool utf8_next(const unsigned char **s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = *s;
	int n = *p < 0x80 ? 1 : *p >> 5 == 6 ? 2 : *p >> 4 == 14 ? 3 : *p >> 3 == 30 ? 4 : 0;

	if (n == 0)
		return false;
	*c = n == 1 ? *p : *p & (0x7Fu >> n);
	for (int i = 1; i < n; i++) {
		if (p[i] >> 6 != 2)
			return false;
		*c = *c << 6 | (p[i] & 0x3F);
	}
	*s = p + n;
	return *c >= least[n] && *c <= 0x10FFFF && (*c < 0xD800 || *c > 0xDFFF);
}

static void utf16_unit(struct text *t, uint32_t unit)
{
	unsigned char b[2] = { (unsigned char)(unit & 0xFF), (unsigned char)(unit >> 8 & 0xFF) };

	text_add(t, b, sizeof(b));
}

bool utf16_add(struct text *t, const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	while (*p != '\0') {
		uint32_t c;

		if (!utf8_next(&p, &c))
			return false;
		if (c >= 0x10000) {
			utf16_unit(t, 0xD800 + ((c - 0x10000) >> 10));
			c = 0xDC00 + ((c - 0x10000) & 0x3FF);
		}
		utf16_unit(t, c);
	}
	return true;
}

static void utf8_add(struct text *t, uint32_t c)
{
	unsigned char b[4];
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--) {
		b[i] = (unsigned char)(0x80 | (c & 0x3F));
		c >>= 6;
	}
	b[0] = (unsigned char)(n == 1 ? c : (0xF00u >> n & 0xF0) | c);
	text_add(t, b, n);
}

bool utf16_read(const void *bytes, size_t n, struct text *out)
{
	const unsigned char *b = bytes;

	if (n % 2 != 0)
		return false;
	text_add(out, "", 0);
	for (size_t i = 0; i < n; i += 2) {
		uint32_t c = (uint32_t)b[i] | (uint32_t)b[i + 1] << 8;

		if (c >= 0xDC00 && c <= 0xDFFF)
			return false;
		if (c >= 0xD800 && c <= 0xDBFF) {
			uint32_t low;

			if (n - i < 4)
				return false;
			i += 2;
			low = (uint32_t)b[i] | (uint32_t)b[i + 1] << 8;
			if (low < 0xDC00 || low > 0xDFFF)
				return false;
			c = 0x10000 + ((c - 0xD800) << 10 | (low - 0xDC00));
		}
		utf8_add(out, c);
	}
	return true;
}

/* Numbers that follow from a seed (splitmix64) */

static uint64_t scramble(uint64_t z)
{
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

uint64_t dice_next(struct dice *d)
{
	d->state += 0x9E3779B97F4A7C15u;
	return scramble(d->state);
}

uint32_t dice_below(struct dice *d, uint32_t n)
{
	return (uint32_t)((dice_next(d) >> 32) * n >> 32);
}

uint64_t mix(uint64_t a, uint64_t b)
{
	return scramble(scramble(a + 0x9E3779B97F4A7C15u) ^ b);
}

uint64_t hash_nocase(const char *s)
{
	uint64_t h = 0xCBF29CE484222325u;

	for (; *s != '\0'; s++)
		h = (h ^ lower(*s)) * 0x100000001B3u;
	return scramble(h);
}
