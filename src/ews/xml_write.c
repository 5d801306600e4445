/* Xml write: elements into a buffer.
 *
 * Rules: every foreign byte goes through put_escaped, so no text can end its element. What is
 * written is valid UTF-8 whatever comes in. More depth than the writer remembers, or a close
 * without an open, is a mistake in this program and ends it.
 */
#include "xml_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "platform/clock.h"
#include "platform/err.h"
#include "platform/str.h"

#define REPLACEMENT "\xef\xbf\xbd"

enum place { IN_TEXT = 1, IN_ATTRIBUTE = 2 };

/* How an ASCII character is written where it cannot stand for itself. A line end in an attribute
 * would be read as a blank, a carriage return in text as a line feed. */
static const char *escape(unsigned char c, enum place place)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '"':
		return place == IN_ATTRIBUTE ? "&quot;" : NULL;
	case '\n':
		return place == IN_ATTRIBUTE ? "&#10;" : NULL;
	case '\t':
		return place == IN_ATTRIBUTE ? "&#9;" : NULL;
	default:
		return c < 0x20 ? REPLACEMENT : NULL;
	}
}

/* Length of the character of several bytes at s, of which n are there; 0 when XML has none such. */
static size_t wide(const char *s, size_t n)
{
	unsigned char c = (unsigned char)s[0];
	size_t len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (len > n || !str_utf8(s, len))
		return 0;
	return !memcmp(s, "\xef\xbf\xbe", 3) || !memcmp(s, "\xef\xbf\xbf", 3) ? 0 : len;
}

/* Stands for itself anywhere, as most of ASCII does. */
static int is_plain(unsigned char c)
{
	static const uint64_t others = UINT64_C(0xffffffff) | UINT64_C(1) << '"' |
		UINT64_C(1) << '&' | UINT64_C(1) << '<' | UINT64_C(1) << '>';

	return c < 0x40 ? !(others >> c & 1) : c < 0x7f;
}

static void put_escaped(struct buf *b, const char *s, enum place place)
{
	size_t n = strlen(s), plain = 0, at = 0, len;
	const char *instead;

	while (at < n) {
		if (is_plain((unsigned char)s[at])) {
			at++;
			continue;
		}
		if ((unsigned char)s[at] < 0x80) {
			len = 1;
			instead = escape((unsigned char)s[at], place);
		} else {
			len = wide(s + at, n - at);
			instead = len ? NULL : REPLACEMENT;
			len = len ? len : 1;
		}
		at += len;
		if (instead) {
			buf_add(b, s + plain, at - len - plain);
			buf_puts(b, instead);
			plain = at;
		}
	}
	buf_add(b, s + plain, n - plain);
}

static void end_tag(struct xml_write *w)
{
	if (w->in_tag)
		buf_putc(w->b, '>');
	w->in_tag = 0;
}

void xml_write_init(struct xml_write *w, struct buf *b)
{
	*w = (struct xml_write){ .b = b };
}

void xml_open(struct xml_write *w, const char *name)
{
	if (w->depth == XML_WRITE_DEPTH)
		die("xml_write: deeper than %d at %s", XML_WRITE_DEPTH, name);
	end_tag(w);
	w->open[w->depth++] = name;
	w->in_tag = 1;
	buf_putc(w->b, '<');
	buf_puts(w->b, name);
}

void xml_close(struct xml_write *w)
{
	if (w->depth == 0)
		die("xml_write: nothing is open");
	w->depth--;
	if (w->in_tag) {
		buf_add(w->b, "/>", 2);
		w->in_tag = 0;
		return;
	}
	buf_add(w->b, "</", 2);
	buf_puts(w->b, w->open[w->depth]);
	buf_putc(w->b, '>');
}

void xml_attr(struct xml_write *w, const char *name, const char *value)
{
	if (!w->in_tag)
		die("xml_write: attribute %s outside of a tag", name);
	buf_putc(w->b, ' ');
	buf_puts(w->b, name);
	buf_add(w->b, "=\"", 2);
	put_escaped(w->b, value, IN_ATTRIBUTE);
	buf_putc(w->b, '"');
}

void xml_attr_int(struct xml_write *w, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	xml_attr(w, name, text);
}

void xml_text(struct xml_write *w, const char *text)
{
	end_tag(w);
	put_escaped(w->b, text, IN_TEXT);
}

void xml_leaf(struct xml_write *w, const char *name, const char *text)
{
	xml_open(w, name);
	if (*text)
		xml_text(w, text);
	xml_close(w);
}

void xml_leaf_int(struct xml_write *w, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	xml_leaf(w, name, text);
}

void xml_leaf_bool(struct xml_write *w, const char *name, int value)
{
	xml_leaf(w, name, value ? "true" : "false");
}

void xml_leaf_time(struct xml_write *w, const char *name, int64_t t)
{
	char text[32];

	clock_iso(text, sizeof(text), t);
	xml_leaf(w, name, text);
}

void xml_mark(struct xml_write *w, const char *name, const char *attr, const char *value)
{
	xml_open(w, name);
	xml_attr(w, attr, value);
	xml_close(w);
}
