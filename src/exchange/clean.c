/* Clean: foreign bytes made fit to be shown.
 *
 * Whatever a server says goes to pages, logs and terminals of admins. Rule: nothing leaves here
 * that moves a cursor, breaks a line that is one, changes the direction of the text around it or is
 * not valid UTF-8.
 */
#include "clean.h"

#include <string.h>
#include "platform/str.h"

static const char ELLIPSIS[] = "\xe2\x80\xa6";

/* U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069 turn the direction of text. */
static int is_turn(const char *s, size_t len)
{
	unsigned char c;

	if (len != 3 || s[0] != '\xe2')
		return 0;
	c = (unsigned char)s[2];
	if (s[1] == '\x80')
		return c == 0x8e || c == 0x8f || (c >= 0xaa && c <= 0xae);
	return s[1] == '\x81' && c >= 0xa6 && c <= 0xa9;
}

size_t clean_character(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (c >= 0x20 && c < 0x7f)
		return 1;
	if (len > n || !str_utf8(s, len) || str_control(s, len, 0) || is_turn(s, len))
		return 0;
	return len;
}

static void clean(char *dst, size_t size, const char *src, size_t n, int lines)
{
	size_t at = 0, len;

	while (n > 0) {
		len = lines && *src == '\n' ? 1 : clean_character(src, n);
		if (at + (len ? len : 1) + sizeof(ELLIPSIS) > size) {
			memcpy(dst + at, ELLIPSIS, sizeof(ELLIPSIS) - 1);
			at += sizeof(ELLIPSIS) - 1;
			break;
		}
		if (len)
			memcpy(dst + at, src, len);
		else if (!lines || *src != '\r')
			dst[at] = '?';
		at += len ? len : !lines || *src != '\r';
		src += len ? len : 1;
		n -= len ? len : 1;
	}
	dst[at] = '\0';
}

void clean_text(char *dst, size_t size, const char *src, size_t n)
{
	clean(dst, size, src, n, 0);
}

char *clean_lines(struct arena *a, const char *src, size_t n, size_t max)
{
	size_t size = (n < max ? n : max) + sizeof(ELLIPSIS);
	char *dst = arena_alloc(a, size);

	clean(dst, size, src, n, 1);
	return dst;
}
