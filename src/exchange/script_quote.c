/* Script quote: names in PowerShell.
 *
 * Rules: a name stands between single quotes, where PowerShell takes every character as it is but
 * the quotes, which are doubled; four curly ones of Unicode are quotes to it as well. Characters
 * that cannot be seen, or that make text run the other way, are refused: whoever reads a script
 * must see what it says.
 */
#include "script_parts.h"

#include <string.h>
#include "clean.h"
#include "platform/str.h"

size_t script_quote_at(const char *p)
{
	static const char *const quotes[] = { "'", "\u2018", "\u2019", "\u201a", "\u201b" };

	for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++)
		if (str_starts(p, quotes[i]))
			return strlen(quotes[i]);
	return 0;
}

/* Line and paragraph separators, marks of direction, what has no width; as UTF-8, from..to. */
static int hides(const char *p)
{
	static const struct {
		const char *from, *to;
	} rows[] = { { "\u200b", "\u200f" }, { "\u2028", "\u202e" }, { "\u2060", "\u206f" },
		{ "\ufeff", "\ufeff" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(p, rows[i].from, 3) >= 0 && strncmp(p, rows[i].to, 3) <= 0)
			return 1;
	return 0;
}

static int sayable(const char *text)
{
	if (!text || !str_utf8(text, strlen(text)) || str_control(text, strlen(text), 0))
		return 0;
	for (; *text; text++)
		if (hides(text))
			return 0;
	return 1;
}

int script_quote(struct buf *b, const char *text)
{
	if (!sayable(text))
		return -1;
	buf_putc(b, '\'');
	for (; *text; text++) {
		buf_add(b, text, script_quote_at(text));
		buf_putc(b, *text);
	}
	return buf_putc(b, '\'');
}

/* How OPATH takes curly quotes nobody says, so it is not tried. */
int script_quote_opath(struct buf *b, const char *text)
{
	if (!sayable(text))
		return -1;
	for (const char *p = text; *p; p++)
		if (script_quote_at(p) > 1)
			return -1;
	buf_puts(b, "''");
	for (; *text; text++)
		buf_add(b, *text == '\'' ? "''''" : text, *text == '\'' ? 4 : 1);
	return buf_puts(b, "''");
}

void script_comment(struct buf *b, const char *text)
{
	size_t n;

	for (; *text; text += n > 0 ? n : 1) {
		n = clean_character(text, strlen(text));
		if (n == 0 || hides(text))
			buf_putc(b, '?');
		else
			buf_add(b, text, n);
	}
}
