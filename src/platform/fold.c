/* Fold: text as it is searched and sorted.
 *
 * Letters are known by the C library's C.UTF-8, whatever the locale of the process; the marks of
 * Latin letters go by a table of Latin-1 and Latin Extended-A, which is what European names are
 * written in; marks that are written as characters of their own go, too. Everything else stays as
 * it is: a key need not be pretty, only the same each time.
 */
#include "fold.h"

#include <locale.h>
#include <string.h>
#include <wctype.h>
#include "err.h"
#include "str.h"

enum { LATIN_FROM = 0xc0, LATIN_TO = 0x17f, POINT_BYTES = 4 };
enum { HARD_BLANK = 0xa0, MARKS_FROM = 0x300, MARKS_TO = 0x36f };

/* For each code point from U+00C0 on: letters that stand for it; '.' means itself. */
static const char latin[] = "AAAAAA.CEEEEIIII.NOOOOO.OUUUUY..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
			    "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi..JjKk.LlLlLlLl"
			    "LlNnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZz.";

static locale_t words(void)
{
	static locale_t loc;

	if (!loc)
		loc = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!loc)
		die("fold: the C library has no C.UTF-8");
	return loc;
}

/* The first character of valid UTF-8; returns its length. */
static size_t point(const char *s, unsigned *out)
{
	const unsigned char *u = (const unsigned char *)s;
	size_t n = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;

	*out = n == 1 ? u[0] : u[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*out = *out << 6 | (u[i] & 0x3fu);
	return n;
}

static size_t encode(char dst[POINT_BYTES], unsigned c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1) {
		dst[0] = (char)c;
		return 1;
	}
	for (size_t i = n; i-- > 1; c >>= 6)
		dst[i] = (char)(0x80 | (c & 0x3f));
	dst[0] = (char)((0xf00u >> n & 0xff) | c);
	return n;
}

static unsigned plain(unsigned c)
{
	if (c >= LATIN_FROM && c <= LATIN_TO && latin[c - LATIN_FROM] != '.')
		c = (unsigned char)latin[c - LATIN_FROM];
	return (unsigned)towlower_l((wint_t)c, words());
}

void fold_text(char *dst, size_t size, const char *src)
{
	size_t len = 0;
	int gap = 0;

	dst[0] = '\0';
	if (!str_utf8(src, strlen(src)))
		return;
	while (*src) {
		char bytes[POINT_BYTES];
		unsigned c;
		size_t n;

		src += point(src, &c);
		if (c >= MARKS_FROM && c <= MARKS_TO)
			continue;
		if (c <= ' ' || c == HARD_BLANK || iswspace_l((wint_t)c, words())) {
			gap = len > 0;
			continue;
		}
		n = encode(bytes, plain(c));
		if (len + (size_t)gap + n >= size)
			break;
		if (gap)
			dst[len++] = ' ';
		memcpy(dst + len, bytes, n);
		len += n;
		gap = 0;
	}
	dst[len] = '\0';
}

void fold_last(char *dst, size_t size, const char *src)
{
	char text[FOLD_MAX + 1];
	const char *last;

	fold_text(text, size < sizeof(text) ? size : sizeof(text), src);
	last = strrchr(text, ' ');
	if (!last) {
		memcpy(dst, text, strlen(text) + 1);
		return;
	}
	size = strlen(last + 1);
	memcpy(dst, last + 1, size);
	dst[size++] = ' ';
	memcpy(dst + size, text, (size_t)(last - text));
	dst[size + (size_t)(last - text)] = '\0';
}

void fold_after(char *dst, const char *s)
{
	size_t n = strlen(s), at = n;
	unsigned c;

	memcpy(dst, s, n + 1);
	while (at > 0) {
		do
			at--;
		while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80);
		point(s + at, &c);
		c = c == 0xd7ff ? 0xe000 : c + 1;
		if (c <= 0x10ffff) {
			char bytes[POINT_BYTES];

			n = encode(bytes, c);
			memcpy(dst + at, bytes, n);
			dst[at + n] = '\0';
			return;
		}
	}
	dst[0] = '\0';
}
