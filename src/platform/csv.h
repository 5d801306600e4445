/* Csv: tables as text: read as spreadsheets write them, and written so that none takes a cell for a
 * formula.
 */
#ifndef LATCHKEY_CSV_H
#define LATCHKEY_CSV_H

#include <stddef.h>
#include <stdint.h>
#include "platform/buf.h"

/* Append one cell and its separator (',' or, for the last of a row, CRLF). */
void csv_cell(struct buf *b, const char *text, int last);

enum csv_encoding { CSV_UTF8, CSV_UTF16LE, CSV_UTF16BE, CSV_1252, CSV_ENCODING__MAX };

enum { CSV_CELLS_MAX = 64, CSV_ROW_MAX = 16 * 1024 };

/* A table being read, and its row of now. It needs no memory but this. */
struct csv {
	const unsigned char *at, *end;
	enum csv_encoding encoding;
	char delimiter;
	int64_t next; /* line that is read next */
	int64_t line; /* where the row begins, from 1 */
	int cut;      /* the row is over CSV_ROW_MAX bytes; its end is not here */
	size_t count;
	char *cells[CSV_CELLS_MAX]; /* UTF-8, until the next row; what is behind is left out */
	size_t used;
	char text[CSV_ROW_MAX];
};

/* Find out how it is written, and with which delimiter when that is 0. data stays the caller's. */
void csv_open(struct csv *c, const void *data, size_t n, char delimiter);
/* The next row that is not empty: 1, 0 the end, -1 (ERR_FORM) a quotation mark that is never
 * closed. An apostrophe that keeps a cell from being a formula is taken off. */
int csv_next(struct csv *c, struct err *e) must_check;
/* "UTF-8", "UTF-16", "Windows-1252"; "semicolons". */
const char *csv_encoding_name(enum csv_encoding encoding);
const char *csv_delimiter_name(char delimiter);

#endif
