/* Csv: rows for spreadsheets: quoted, and safe from being taken for formulas. */
#ifndef LATCHKEY_CSV_H
#define LATCHKEY_CSV_H

#include "buf.h"

/* Append one cell and its separator (',' or, for the last of a row, CRLF). */
void csv_cell(struct buf *b, const char *text, int last);

#endif
