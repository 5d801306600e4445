/* Str: text questions and conversions.
 *
 * Rules: nothing allocates, nothing depends on the locale, and what cannot be answered for sure is
 * answered no.
 */
#include "str.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"
#define LOWERS "abcdefghijklmnopqrstuvwxyz"
#define UPPERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HEX DIGITS "abcdefABCDEF"
#define BLANKS " \t\r\n\v\f"

/* Unicode, table 3-7: well-formed UTF-8. After a lead byte, the second byte is within its own
 * range, all later ones within 80..BF. */
static const struct utf8_row {
	unsigned char first, last; /* lead byte */
	unsigned char low, high;   /* second byte */
	size_t len;
} utf8_rows[] = {
	{ 0x01, 0x7f, 0x00, 0x00, 1 },
	{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
	{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
	{ 0xe1, 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0xed, 0x80, 0x9f, 3 },
	{ 0xee, 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static int continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Length of the character at p, of which n bytes are there; 0 when it is none. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	const struct utf8_row *r = utf8_rows;
	size_t i;

	while (*p > r->last && r < utf8_rows + sizeof(utf8_rows) / sizeof(*utf8_rows) - 1)
		r++;
	if (*p < r->first || *p > r->last || n < r->len)
		return 0;
	if (r->len > 1 && (p[1] < r->low || p[1] > r->high))
		return 0;
	for (i = 2; i < r->len; i++) {
		if (!continues(p[i]))
			return 0;
	}
	return r->len;
}

int str_utf8(const char *s, size_t n)
{
	size_t i = 0, len;

	while (i < n) {
		len = utf8_len((const unsigned char *)s + i, n - i);
		if (len == 0)
			return 0;
		i += len;
	}
	return 1;
}

int str_control(const char *s, size_t n, int lines)
{
	const unsigned char *p = (const unsigned char *)s;
	size_t i;

	for (i = 0; i < n; i++) {
		if (lines && (p[i] == '\t' || p[i] == '\r' || p[i] == '\n'))
			continue;
		if (p[i] < 0x20 || p[i] == 0x7f)
			return 1;
		/* U+0080 to U+009F. */
		if (p[i] == 0xc2 && i + 1 < n && p[i + 1] < 0xa0)
			return 1;
	}
	return 0;
}

size_t str_points(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += !continues((unsigned char)*s);
	return n;
}

int str_empty(const char *s)
{
	return !s || !*s;
}

int str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

char *str_trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	n = strlen(s);
	while (n > 0 && strchr(BLANKS, s[n - 1]))
		n--;
	s[n] = '\0';
	return s;
}

char *str_line(char **rest)
{
	char *line = strsep(rest, "\n");

	return line ? str_trim(line) : NULL;
}

char *str_lower(char *s)
{
	char *p;

	for (p = s; *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	}
	return s;
}

int str_copy(char *dst, size_t size, const char *src)
{
	size_t n = strlen(src);

	if (size == 0)
		return -1;
	if (n >= size) {
		dst[0] = '\0';
		return -1;
	}
	memcpy(dst, src, n + 1);
	return 0;
}

int str_int(const char *s, int64_t min, int64_t max, int64_t *out)
{
	size_t sign = s[0] == '-';
	size_t digits = strspn(s + sign, DIGITS);
	long long value;

	if (digits == 0 || s[sign + digits])
		return -1;
	errno = 0;
	value = strtoll(s, NULL, 10);
	if (errno || value < min || value > max)
		return -1;
	*out = value;
	return 0;
}

/* One label of a host name. */
static int label_ok(const char *s, size_t n)
{
	if (n == 0 || n > 63 || s[0] == '-' || s[n - 1] == '-')
		return 0;
	return strspn(s, DIGITS LOWERS UPPERS "-") >= n;
}

/* Some programs read a name whose last label is a number as an IPv4 address (127.1, 0x7f.1). */
static int is_number(const char *s)
{
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return s[2 + strspn(s + 2, DIGITS "abcdefABCDEF")] == '\0';
	return s[strspn(s, DIGITS)] == '\0';
}

int str_host(const char *s)
{
	size_t n;

	if (strlen(s) > 253)
		return 0;
	for (;; s += n + 1) {
		n = strcspn(s, ".");
		if (!label_ok(s, n))
			return 0;
		if (!s[n])
			return !is_number(s);
	}
}

/* RFC 5322 dot-atom: runs of atom characters with single dots between them. */
static int dot_atom(const char *s, size_t n)
{
	size_t i = 0, run;

	while (i < n) {
		run = strspn(s + i, DIGITS LOWERS UPPERS "!#$%&'*+-/=?^_`{|}~");
		if (run == 0)
			return 0;
		i += run;
		if (i == n)
			return 1;
		if (s[i++] != '.')
			return 0;
	}
	return 0;
}

int str_guid(const char *s)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	size_t i = 0;

	while (shape[i] && s[i] && strchr(shape[i] == 'x' ? HEX : "-", s[i]))
		i++;
	return !shape[i] && !s[i];
}

int str_email(const char *s)
{
	size_t local = strcspn(s, "@");

	if (strlen(s) > 254 || local > 64 || s[local] != '@')
		return 0;
	return dot_atom(s, local) && str_host(s + local + 1);
}

void str_hex(char *dst, const void *src, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = src;
	size_t i;

	for (i = 0; i < n; i++) {
		*dst++ = digits[p[i] >> 4];
		*dst++ = digits[p[i] & 15];
	}
	*dst = '\0';
}

/* Value of a hex digit, or -1. */
static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int str_unhex(void *dst, size_t n, const char *hex)
{
	unsigned char *p = dst;
	size_t i;
	int high, low;

	for (i = 0; i < n; i++) {
		high = nibble(*hex++);
		low = high < 0 ? -1 : nibble(*hex++);
		if (low < 0)
			return -1;
		p[i] = (unsigned char)(high << 4 | low);
	}
	return *hex ? -1 : 0;
}

int str_same_secret(const char *a, const char *b)
{
	size_t n;

	if (!a || !b)
		return 0;
	n = strlen(a);
	return n == strlen(b) && sodium_memcmp(a, b, n) == 0;
}
