/* Csv: cells for spreadsheets.
 *
 * Rules: every cell is quoted (RFC 4180). A cell that a spreadsheet would take for a formula gets
 * an apostrophe in front, inside the quotes.
 */
#include "csv.h"

#include <string.h>

#define STARTS_FORMULA "=+-@\t\r\n"

void csv_cell(struct buf *b, const char *text, int last)
{
	const char *quote;

	if (!text)
		text = "";
	buf_putc(b, '"');
	if (*text && strchr(STARTS_FORMULA, *text))
		buf_putc(b, '\'');
	for (; (quote = strchr(text, '"')); text = quote + 1) {
		buf_add(b, text, (size_t)(quote - text));
		buf_puts(b, "\"\"");
	}
	buf_puts(b, text);
	buf_puts(b, last ? "\"\r\n" : "\",");
}
