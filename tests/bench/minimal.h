/* Minimal: what its pages share. */
#ifndef LATCHKEY_BENCH_MINIMAL_H
#define LATCHKEY_BENCH_MINIMAL_H

#include <sqlite3.h>
#include "web/view.h"

struct value {
	enum marker marker;
	const char *text;
};

void minimal_set(struct view *v, const struct value *list, size_t n);
#define SET_ALL(v, list) minimal_set((v), (list), sizeof(list) / sizeof(*(list)))

/* A prepared statement; ends the program when it is none. */
sqlite3_stmt *minimal_sql(sqlite3 *db, const char *text);
/* A page with what stands around it; here: its place in the menu. */
struct view *minimal_page(enum tpl page, const char *here);

/* minimal_members.c. The statement, one for both: is it for a filtered list? */
sqlite3_stmt *minimal_members_sql(sqlite3 *db, int filtered);
/* The view of the first page. */
struct view *minimal_members(sqlite3_stmt *st, int filtered);

#endif
