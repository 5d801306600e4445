/* Ctl out: everything the command line prints.
 *
 * Rules: a command hands over cells, never a layout, so that people and programs read the same
 * values. With --json there is exactly one value on standard output; a list stays a list when it
 * broke off, and what else is to be known of it stands on standard error. What came from the store
 * or from outside cannot move the cursor of a terminal or turn the direction of text: such
 * characters are replaced. Errors go to standard error.
 */
#include "ctl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "exchange/clean.h"
#include "platform/clock.h"
#include "platform/str.h"

enum {
	JSON_MAX = 64 << 20, /* lists are limited long before */
	KEY_MAX = 32,	     /* of a column's name */
	TABLE_START = 16     /* rows; doubled when full */
};

/* Cells row by row, in the arena of the command. */
struct ctl_table {
	const char *const *keys;
	size_t cols;
	size_t rows;
	size_t cap; /* rows there is room for */
	struct ctl_cell *cells;
};

/* Length of the UTF-8 character at s, or 0 when there is none. */
static size_t character(const char *s)
{
	size_t n, left = strnlen(s, 4);

	for (n = 1; n <= left; n++) {
		if (str_utf8(s, n))
			return n;
	}
	return 0;
}

/* The number of a valid character of n bytes. */
static unsigned code_point(const char *s, size_t n)
{
	unsigned c = (unsigned char)s[0] & (n == 1 ? 0x7fu : 0xffu >> (n + 1));

	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)s[i] & 0x3fu);
	return c;
}

/* What cannot be shown is escaped: a JSON value stays on one line in any viewer, and does nothing
 * to a terminal. All of that is below U+FFFF. */
void ctl_out_json(struct buf *b, const char *s)
{
	size_t n;

	buf_putc(b, '"');
	for (; *s; s += n ? n : 1) {
		n = character(s);
		if (n == 0)
			buf_puts(b, "\\ufffd");
		else if (n == 1 && (*s == '"' || *s == '\\'))
			buf_printf(b, "\\%c", *s);
		else if (!clean_character(s, n))
			buf_printf(b, "\\u%04x", code_point(s, n));
		else
			buf_add(b, s, n);
	}
	buf_putc(b, '"');
}

static void json_table(struct buf *b, const struct ctl_table *t);

static void json_cell(struct buf *b, const struct ctl_cell *cell)
{
	char iso[32];

	switch (cell->kind) {
	case CELL_TEXT:
		if (cell->text)
			ctl_out_json(b, cell->text);
		else
			buf_puts(b, "null");
		break;
	case CELL_INT:
		buf_printf(b, "%lld", (long long)cell->num);
		break;
	case CELL_BOOL:
		buf_puts(b, cell->num ? "true" : "false");
		break;
	case CELL_TIME:
		clock_iso(iso, sizeof(iso), cell->num);
		buf_printf(b, cell->num ? "\"%s\"" : "null", iso);
		break;
	case CELL_TABLE:
		json_table(b, cell->table);
		break;
	}
}

/* Keys are ours and plain, so they are not escaped. */
static void json_member(struct buf *b, int first, const char *key, const struct ctl_cell *cell)
{
	buf_printf(b, "%s\"%s\":", first ? "" : ",", key);
	json_cell(b, cell);
}

static void json_table(struct buf *b, const struct ctl_table *t)
{
	size_t r, k;

	buf_putc(b, '[');
	for (r = 0; r < t->rows; r++) {
		buf_puts(b, r ? ",{" : "{");
		for (k = 0; k < t->cols; k++)
			json_member(b, k == 0, t->keys[k], &t->cells[r * t->cols + k]);
		buf_putc(b, '}');
	}
	buf_putc(b, ']');
}

/* Print a finished JSON value as one line and free it. */
static void json_flush(struct buf *b, FILE *to)
{
	if (!buf_ok(b))
		die("json over %d bytes", JSON_MAX);
	fprintf(to, "%s\n", buf_str(b));
	buf_done(b);
}

struct ctl_table *ctl_out_new(struct ctl *c, const char *const *keys)
{
	struct ctl_table *t = arena_alloc(&c->arena, sizeof(*t));

	t->keys = keys;
	while (keys[t->cols])
		t->cols++;
	return t;
}

/* A row of another length than the table is a mistake of the caller, not of the data. */
void ctl_out_row(struct ctl *c, struct ctl_table *t, const struct ctl_cell *cells, size_t n)
{
	struct ctl_cell *more;

	if (n != t->cols)
		die("a row of %zu cells in a table of %zu columns", n, t->cols);
	if (t->rows == t->cap) {
		t->cap = t->cap ? 2 * t->cap : TABLE_START;
		more = arena_array(&c->arena, t->cap * t->cols, sizeof(*more));
		if (t->rows)
			memcpy(more, t->cells, t->rows * t->cols * sizeof(*more));
		t->cells = more;
	}
	memcpy(t->cells + t->rows++ * t->cols, cells, n * sizeof(*cells));
}

/* A cell as people read it, in the arena. */
static const char *cell_text(struct ctl *c, const struct ctl_cell *cell)
{
	char iso[32];

	switch (cell->kind) {
	case CELL_TEXT:
		return str_empty(cell->text) ? "-" : cell->text;
	case CELL_INT:
		return arena_printf(&c->arena, "%lld", (long long)cell->num);
	case CELL_BOOL:
		return cell->num ? "yes" : "no";
	case CELL_TIME:
		clock_iso(iso, sizeof(iso), cell->num);
		return cell->num ? arena_strdup(&c->arena, iso) : "-";
	case CELL_TABLE:
		break;
	}
	return "";
}

/* How many printable ASCII characters s begins with: most texts are nothing else. */
static size_t plain(const char *s)
{
	size_t n = 0;

	while (s[n] >= ' ' && s[n] < 0x7f)
		n++;
	return n;
}

/* A name or a log line may hold an escape sequence: a terminal must never see it. */
static void text_to(FILE *to, const char *s)
{
	size_t n;

	for (; *s; s += n ? n : 1) {
		n = plain(s);
		if (n) {
			fwrite(s, 1, n, to);
			continue;
		}
		n = character(s);
		if (n == 0 || !clean_character(s, n))
			fputc('?', to);
		else
			fwrite(s, 1, n, to);
	}
}

void ctl_out_text(const char *s)
{
	text_to(stdout, s);
}

void ctl_out_column(const char *s, size_t width)
{
	size_t n = str_utf8(s, strlen(s)) ? str_points(s) : strlen(s);

	ctl_out_text(s);
	if (width)
		printf("%*s", (int)(width > n ? width - n : 0) + 2, "");
}

void ctl_out_lines(struct ctl *c, int indent, const char *head, int width, const char *text)
{
	size_t n;

	for (;; text += n + 1, head = "") {
		n = strcspn(text, "\n");
		printf("%*s%-*s", indent, "", width, head);
		ctl_out_text(arena_strndup(&c->arena, text, n));
		putchar('\n');
		if (!text[n])
			return;
	}
}

/* "signed_in" as "Signed in", or all in capitals. */
static const char *title(const char *key, int capitals, char dst[KEY_MAX])
{
	size_t i;

	if (str_copy(dst, KEY_MAX, key) < 0)
		die("a key over %d bytes: %s", KEY_MAX, key);
	for (i = 0; dst[i]; i++) {
		if (dst[i] == '_')
			dst[i] = ' ';
		else if ((capitals || i == 0) && dst[i] >= 'a' && dst[i] <= 'z')
			dst[i] = (char)(dst[i] - 'a' + 'A');
	}
	return dst;
}

/* Counts characters, not bytes. */
static size_t widest(struct ctl *c, const struct ctl_table *t, size_t col)
{
	size_t r, n, max = strlen(t->keys[col]);
	const char *s;

	for (r = 0; r < t->rows; r++) {
		s = cell_text(c, &t->cells[r * t->cols + col]);
		n = str_utf8(s, strlen(s)) ? str_points(s) : strlen(s);
		max = n > max ? n : max;
	}
	return max;
}

/* The last column is not filled up, so that long sentences do not pull lines of blanks behind them.
 */
static void print_table(struct ctl *c, const struct ctl_table *t)
{
	size_t *width = arena_array(&c->arena, t->cols, sizeof(*width));
	char head[KEY_MAX];
	size_t r, k;

	for (k = 0; k + 1 < t->cols; k++)
		width[k] = widest(c, t, k);
	for (k = 0; k < t->cols; k++)
		ctl_out_column(title(t->keys[k], 1, head), width[k]);
	putchar('\n');
	for (r = 0; r < t->rows; r++) {
		for (k = 0; k < t->cols; k++)
			ctl_out_column(cell_text(c, &t->cells[r * t->cols + k]), width[k]);
		putchar('\n');
	}
}

void ctl_out_table(struct ctl *c, const struct ctl_table *t, const char *empty)
{
	struct buf b;

	if (!c->json && t->rows)
		print_table(c, t);
	else if (!c->json)
		ctl_out_say(c, "%s", empty);
	if (!c->json)
		return;
	buf_init(&b, JSON_MAX);
	json_table(&b, t);
	json_flush(&b, stdout);
}

static void stream_head(const struct ctl_stream *s)
{
	char head[KEY_MAX];

	for (size_t k = 0; s->keys[k]; k++)
		ctl_out_column(title(s->keys[k], 1, head), (size_t)s->width[k]);
	putchar('\n');
}

static void stream_json(const struct ctl_stream *s, const struct ctl_cell *cells)
{
	struct buf b;

	buf_init(&b, JSON_MAX);
	buf_putc(&b, '{');
	for (size_t k = 0; s->keys[k]; k++)
		json_member(&b, k == 0, s->keys[k], &cells[k]);
	buf_putc(&b, '}');
	printf("%s\n%s", s->rows ? "," : "[", buf_str(&b));
	buf_done(&b);
}

void ctl_out_stream(struct ctl *c, struct ctl_stream *s, const struct ctl_cell *cells)
{
	if (c->json) {
		stream_json(s, cells);
	} else {
		if (s->rows == 0)
			stream_head(s);
		for (size_t k = 0; s->keys[k]; k++)
			ctl_out_column(cell_text(c, &cells[k]), (size_t)s->width[k]);
		putchar('\n');
	}
	s->rows++;
}

void ctl_out_stream_end(struct ctl *c, struct ctl_stream *s, const char *empty)
{
	if (c->json)
		puts(s->rows ? "\n]" : "[]");
	else if (s->rows == 0)
		ctl_out_say(c, "%s", empty);
}

/* Plain values first and tables below, whatever their order: a table would tear the lines apart. */
static void print_record(struct ctl *c, const struct ctl_field *f, size_t n)
{
	size_t i, len, width = 0;
	char head[KEY_MAX];

	for (i = 0; i < n; i++) {
		len = strlen(f[i].key);
		width = f[i].cell.kind != CELL_TABLE && len > width ? len : width;
	}
	for (i = 0; i < n; i++) {
		if (f[i].cell.kind == CELL_TABLE)
			continue;
		ctl_out_lines(
			c, 0, title(f[i].key, 0, head), (int)width + 2, cell_text(c, &f[i].cell));
	}
	for (i = 0; i < n; i++) {
		if (f[i].cell.kind != CELL_TABLE || f[i].cell.table->rows == 0)
			continue;
		printf("\n%s\n", title(f[i].key, 0, head));
		print_table(c, f[i].cell.table);
	}
}

static void json_record(const struct ctl_field *fields, size_t n, FILE *to)
{
	struct buf b;

	buf_init(&b, JSON_MAX);
	buf_putc(&b, '{');
	for (size_t i = 0; i < n; i++)
		json_member(&b, i == 0, fields[i].key, &fields[i].cell);
	buf_putc(&b, '}');
	json_flush(&b, to);
}

void ctl_out_record(struct ctl *c, const struct ctl_field *fields, size_t n)
{
	if (c->json)
		json_record(fields, n, stdout);
	else
		print_record(c, fields, n);
}

void ctl_out_aside(const struct ctl_field *fields, size_t n)
{
	fflush(stdout); /* what was printed came before */
	json_record(fields, n, stderr);
}

void ctl_out_warn(struct ctl *c, int ok, const char *key, const char *say)
{
	const struct ctl_field fields[] = { { "ok", C_BOOL(ok) }, { key, C_BOOL(1) },
		{ "say", C_TEXT(say) } };

	if (c->json) {
		ctl_out_aside(fields, sizeof(fields) / sizeof(fields[0]));
		return;
	}
	fflush(stdout);
	fprintf(stderr, "latchkey: %s\n", say);
}

void ctl_out_say(struct ctl *c, const char *fmt, ...)
{
	va_list ap;

	if (c->json || c->quiet)
		return;
	va_start(ap, fmt);
	ctl_out_text(arena_vprintf(&c->arena, fmt, ap));
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* Many sentences of errors are worded for a page. Of those, ops get what was seen instead, and,
 * when the fault is ours, the sentence below it. */
static void error_words(struct ctl *c, const struct err *e, const char **say, const char **detail)
{
	const struct err_info *info = err_info(e->code);
	int worded = strcmp(e->say, info->say) != 0;

	*say = e->say;
	*detail = strcmp(e->log, e->say) == 0 ? "" : e->log;
	if (worded || !*e->log)
		return;
	*say = info->ours ? arena_printf(&c->arena, "%s: %s", info->title, e->log) : e->log;
	*detail = info->ours ? e->say : "";
}

static void error_json(const struct err *e, const char *say, const char *detail)
{
	struct buf b;

	buf_init(&b, JSON_MAX);
	buf_printf(&b, "{\"error\":{\"code\":\"%s\",\"say\":", err_info(e->code)->name);
	ctl_out_json(&b, say);
	buf_puts(&b, ",\"detail\":");
	ctl_out_json(&b, detail);
	buf_puts(&b, "}}");
	json_flush(&b, stderr);
}

void ctl_out_error(struct ctl *c, const struct err *e)
{
	const char *say, *detail;

	fflush(stdout); /* what was printed came before */
	error_words(c, e, &say, &detail);
	if (c->json) {
		error_json(e, say, detail);
		return;
	}
	fputs("latchkey: ", stderr);
	text_to(stderr, say);
	fputs(*detail ? "\n          " : "", stderr);
	text_to(stderr, detail);
	fputc('\n', stderr);
}
