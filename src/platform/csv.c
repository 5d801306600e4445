/* Csv: tables as text.
 *
 * Rules: every cell that is written is quoted (RFC 4180); one that a spreadsheet would take for a
 * formula gets an apostrophe in front, inside the quotes, and reading takes it off again: one that
 * looks so already gets another one, so what is read is what was written. Reading guesses what no
 * file says: its encoding from its bytes, its delimiter from its first rows. A row at a time is
 * turned into UTF-8, so a large file costs no more memory than a small one.
 */
#include "csv.h"

#include <string.h>
#include "platform/str.h"

#define STARTS_FORMULA "=+-@\t\r\n"

enum {
	LOOK_BYTES = 1024, /* looked at for zero bytes */
	LOOK_ROWS = 20,	   /* looked at for the delimiter */
	NO_CHARACTER = 0xfffd,
	THE_END = -1
};

/* Behind apostrophes, or none. */
static int is_formula(const char *text)
{
	text += strspn(text, "'");
	return *text && strchr(STARTS_FORMULA, *text);
}

void csv_cell(struct buf *b, const char *text, int last)
{
	const char *quote;

	if (!text)
		text = "";
	buf_putc(b, '"');
	if (is_formula(text))
		buf_putc(b, '\'');
	for (; (quote = strchr(text, '"')); text = quote + 1) {
		buf_add(b, text, (size_t)(quote - text));
		buf_puts(b, "\"\"");
	}
	buf_puts(b, text);
	buf_puts(b, last ? "\"\r\n" : "\",");
}

/* --- how it is written --- */

/* The order decides where two fit as well. */
static const struct {
	char sign;
	const char *name;
} delimiters[] = { { '\t', "tabs" }, { ';', "semicolons" }, { ',', "commas" }, { '|', "bars" } };
enum { DELIMITERS = sizeof(delimiters) / sizeof(delimiters[0]) };

const char *csv_encoding_name(enum csv_encoding encoding)
{
	static const char *const names[CSV_ENCODING__MAX] = { "UTF-8", "UTF-16", "UTF-16",
		"Windows-1252" };

	return names[encoding];
}

const char *csv_delimiter_name(char delimiter)
{
	for (size_t i = 0; i < DELIMITERS; i++) {
		if (delimiters[i].sign == delimiter)
			return delimiters[i].name;
	}
	return "another sign";
}

/* Half of the bytes of plain text in UTF-16 are zero, and in no other encoding any. */
static enum csv_encoding by_zeros(const unsigned char *p, size_t n, enum csv_encoding otherwise)
{
	size_t zeros[2] = { 0, 0 };

	n = n < LOOK_BYTES ? n : LOOK_BYTES;
	for (size_t i = 0; i < n; i++)
		zeros[i % 2] += p[i] == 0;
	if (zeros[1] > n / 4 && zeros[0] == 0)
		return CSV_UTF16LE;
	return zeros[0] > n / 4 && zeros[1] == 0 ? CSV_UTF16BE : otherwise;
}

static void find_encoding(struct csv *c)
{
	static const struct {
		const char *bytes;
		size_t n;
		enum csv_encoding encoding;
	} marks[] = { { "\xef\xbb\xbf", 3, CSV_UTF8 }, { "\xff\xfe", 2, CSV_UTF16LE },
		{ "\xfe\xff", 2, CSV_UTF16BE } };
	const size_t n = (size_t)(c->end - c->at);

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		if (n < marks[i].n || memcmp(c->at, marks[i].bytes, marks[i].n) != 0)
			continue;
		c->at += marks[i].n;
		c->encoding = marks[i].encoding;
		return;
	}
	c->encoding = by_zeros(c->at, n, str_utf8((const char *)c->at, n) ? CSV_UTF8 : CSV_1252);
}

/* What differs from Latin-1. */
static int from_1252(unsigned char byte)
{
	static const unsigned short high[32] = { 0x20ac, NO_CHARACTER, 0x201a, 0x0192, 0x201e,
		0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, NO_CHARACTER,
		0x017d, NO_CHARACTER, NO_CHARACTER, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013,
		0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, NO_CHARACTER, 0x017e, 0x0178 };

	return byte >= 0x80 && byte < 0xa0 ? high[byte - 0x80] : byte;
}

static int unit(const struct csv *c, const unsigned char *p)
{
	return c->encoding == CSV_UTF16LE ? p[0] | p[1] << 8 : p[0] << 8 | p[1];
}

static int from_utf16(struct csv *c)
{
	int high, low;

	if (c->end - c->at < 2) {
		c->at = c->end;
		return NO_CHARACTER;
	}
	high = unit(c, c->at);
	c->at += 2;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	low = high < 0xdc00 && c->end - c->at >= 2 ? unit(c, c->at) : 0;
	if (low < 0xdc00 || low > 0xdfff)
		return NO_CHARACTER;
	c->at += 2;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* The next character, of UTF-8 the next byte: what separates is ASCII. Zero is none. */
static int take(struct csv *c)
{
	int ch;

	if (c->at == c->end)
		return THE_END;
	if (c->encoding == CSV_UTF16LE || c->encoding == CSV_UTF16BE)
		ch = from_utf16(c);
	else
		ch = c->encoding == CSV_1252 ? from_1252(*c->at++) : *c->at++;
	return ch ? ch : '?';
}

/* Is this the next one? Then it is taken. */
static int took(struct csv *c, int want)
{
	const unsigned char *before = c->at;

	if (take(c) == want)
		return 1;
	c->at = before;
	return 0;
}

/* --- rows --- */

static void put_byte(struct csv *c, int byte)
{
	if (!c->cut && c->used + 1 < sizeof(c->text))
		c->text[c->used++] = (char)byte;
	else
		c->cut = 1;
}

/* Whole or not at all. */
static void put(struct csv *c, int ch)
{
	if (c->encoding == CSV_UTF8 || ch < 0x80) {
		put_byte(c, ch);
		return;
	}
	if (c->cut || c->used + 4 >= sizeof(c->text)) {
		c->cut = 1;
		return;
	}
	if (ch >= 0x10000) {
		put_byte(c, 0xf0 | ch >> 18);
		put_byte(c, 0x80 | (ch >> 12 & 0x3f));
	} else if (ch >= 0x800) {
		put_byte(c, 0xe0 | ch >> 12);
	}
	put_byte(c, ch >= 0x800 ? 0x80 | (ch >> 6 & 0x3f) : 0xc0 | ch >> 6);
	put_byte(c, 0x80 | (ch & 0x3f));
}

/* CR, LF and both together are one end of a line. */
static int ends_line(struct csv *c, int ch)
{
	if (ch != '\r' && ch != '\n')
		return 0;
	if (ch == '\r')
		(void)took(c, '\n');
	c->next++;
	return 1;
}

/* Behind the first mark: 0, or -1 when there is no last one. */
static int quoted(struct csv *c, struct err *e)
{
	const int64_t line = c->next;
	int ch;

	while ((ch = take(c)) != THE_END) {
		if (ch == '"' && !took(c, '"'))
			return 0;
		put(c, ends_line(c, ch) ? '\n' : ch);
	}
	ERR(e, ERR_FORM, NULL, "csv: a quote is open from line %lld on", (long long)line);
	return err_say(e,
		"The quotation mark in line %lld is never closed. Close it, or take it out, and "
		"give the file again.",
		(long long)line);
}

/* UTF-8 that was cut can end within a character, of at most four bytes. */
static void whole_end(char *cell)
{
	size_t n = strlen(cell);

	for (int i = 0; i < 3 && n > 0 && !str_utf8(cell, n); i++)
		n--;
	cell[n] = '\0';
}

/* 1 a cell with another one behind it, 0 the last of its row, -1. */
static int cell(struct csv *c, struct err *e)
{
	const int delimiter = (unsigned char)c->delimiter; /* so it is never THE_END */
	char *start = c->text + c->used;
	int ch;

	if (took(c, '"') && quoted(c, e) < 0)
		return -1;
	while ((ch = take(c)) != THE_END && ch != delimiter && !ends_line(c, ch))
		put(c, ch);
	c->text[c->used] = '\0';
	c->used += c->used + 1 < sizeof(c->text);
	if (c->cut)
		whole_end(start);
	if (start[0] == '\'' && is_formula(start))
		start++;
	if (c->count < CSV_CELLS_MAX)
		c->cells[c->count++] = start;
	return ch == delimiter;
}

static int row(struct csv *c, struct err *e)
{
	int rc;

	c->line = c->next;
	c->count = c->used = 0;
	c->cut = 0;
	while ((rc = cell(c, e)) == 1)
		;
	return rc;
}

static int is_empty(const struct csv *c)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->cells[i][0])
			return 0;
	}
	return 1;
}

int csv_next(struct csv *c, struct err *e)
{
	while (c->at != c->end) {
		if (row(c, e) < 0)
			return -1;
		if (!is_empty(c))
			return 1;
	}
	return 0;
}

/* --- the delimiter --- */

/* How well this one fits: how many of the first rows it parts, then into how many cells each at
 * least. One that does not part most of them does not fit; a line below a table may be its own. */
static size_t fits(const struct csv *c, struct csv *scratch, char delimiter)
{
	size_t rows = 0, parted = 0, least = CSV_CELLS_MAX;
	struct err e;

	*scratch = *c;
	scratch->delimiter = delimiter;
	for (; rows < LOOK_ROWS && csv_next(scratch, &e) == 1; rows++) {
		if (scratch->count < 2)
			continue;
		parted++;
		least = scratch->count < least ? scratch->count : least;
	}
	return 2 * parted > rows ? parted * CSV_CELLS_MAX + least : 0;
}

/* Excel's own way to say it, as a first line and without quotes: sep=; */
static char said(struct csv *c)
{
	const struct csv before = *c;
	struct err e;

	c->delimiter = '\0'; /* a line is one cell */
	if (!took(c, '"') && csv_next(c, &e) == 1 && strncmp(c->cells[0], "sep=", 4) == 0 &&
		strlen(c->cells[0]) == 5)
		return c->cells[0][4];
	*c = before;
	return '\0';
}

static char find_delimiter(const struct csv *c)
{
	struct csv scratch;
	char best = ',';
	size_t n, most = 0;

	for (size_t i = 0; i < DELIMITERS; i++) {
		n = fits(c, &scratch, delimiters[i].sign);
		if (n > most) {
			most = n;
			best = delimiters[i].sign;
		}
	}
	return best;
}

void csv_open(struct csv *c, const void *data, size_t n, char delimiter)
{
	char own;

	memset(c, 0, sizeof(*c));
	c->at = n ? data : (const unsigned char *)"";
	c->end = c->at + n;
	c->next = 1;
	find_encoding(c);
	own = said(c);
	c->delimiter = delimiter ? delimiter : own ? own : find_delimiter(c);
}
