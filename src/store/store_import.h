/* Store, imports: people from a file, who wait until somebody has looked at them, and how they
 * become members. The rules of store.h hold.
 */
#ifndef LATCHKEY_STORE_IMPORT_H
#define LATCHKEY_STORE_IMPORT_H

#include "model.h"
#include "db.h"

/* Numbers are stored, here and below. */
enum import_state {
	IMPORT_READING, /* rows are still coming in, or whoever read the file died */
	IMPORT_READY,	/* can be looked at, and begun */
	IMPORT_RUNNING,
	IMPORT_DONE,
	IMPORT_STATE__MAX
};

struct import {
	int64_t id;
	int64_t account;
	const char *name; /* of the file; "" = pasted */
	enum import_state state;
	int64_t job; /* 0: the command line does it */
	int64_t by;  /* member; 0 = ops */
	const char *by_name;
	int64_t created;
	int64_t ended;
	const char *shape; /* how the file was read, a sentence */
	int64_t rows;	   /* in the file */
	int64_t last;	   /* line of the last of them */
	int64_t admins;	   /* rows that make somebody an account admin */
	int64_t cursor;	   /* line up to which it is done */
	int64_t added;
	int64_t changed;
	int64_t began;
};

enum import_verdict {
	IMPORT_NEW,
	IMPORT_CHANGED,
	IMPORT_SAME,
	IMPORT_TWICE,
	IMPORT_REFUSED,
	IMPORT_VERDICT__MAX
};

/* Why a row is refused that would leave an account without an admin. */
#define IMPORT_LAST_ADMIN                                                                          \
	"This is the only account admin. Make somebody else one first; nothing is changed."

struct import_row {
	int64_t line; /* of the file, where the row begins */
	const char *email;
	const char *name;     /* "" = not given, as below */
	int64_t role;	      /* enum role; -1 = not given */
	int64_t kind;	      /* enum member_kind; -1 = not given */
	const char *calendar; /* address of the mailbox */
	enum import_verdict verdict;
	const char *say; /* what changes, or why not and what to do */
};

int store_import_add(struct db *db, const struct import *i, int64_t *id, struct err *e) must_check;
int store_import_get(struct db *db, struct arena *a, int64_t account, int64_t id,
	struct import *out, struct err *e) must_check;
/* Newest first. Returns the count or -1. */
int store_import_list(struct db *db, struct arena *a, int64_t account, int limit,
	struct import **out, struct err *e) must_check;
int store_import_row_add(
	struct db *db, int64_t import, const struct import_row *r, struct err *e) must_check;
/* Where an address is in it already: 1 and the line, 0, -1. */
int store_import_line(
	struct db *db, int64_t import, const char *email, int64_t *line, struct err *e) must_check;
/* All is read: it can be looked at. rows, last, admins and shape are kept. */
int store_import_ready(struct db *db, const struct import *i, struct err *e) must_check;
/* Rows by line; verdict -1 = any. Returns the count or -1. */
int store_import_rows(struct db *db, struct arena *a, const struct import *i, int verdict,
	struct page_of page, struct import_row **out, struct err *e) must_check;
/* How many rows of each verdict. */
int store_import_counts(struct db *db, const struct import *i, int64_t n[IMPORT_VERDICT__MAX],
	struct err *e) must_check;
/* From READY to RUNNING: 1, 0 it was not ready, -1. */
int store_import_begin(
	struct db *db, int64_t account, int64_t id, int64_t job, struct err *e) must_check;
/* Do the next `limit` rows, of an import that runs, in one transaction: 1 there are more, 0 that
 * was all, -1 (ERR_MISSING: it does not run, or somebody else has gone on with it). What has
 * changed since it was looked at is heeded: nobody is added twice, and the last admin stays one.
 * *i is as it is then. */
int store_import_portion(
	struct db *db, struct arena *a, struct import *i, int limit, struct err *e) must_check;
int store_import_remove(struct db *db, int64_t account, int64_t id, struct err *e) must_check;
/* Gone with its rows: what this person had read before and never begun. */
int store_import_clear(struct db *db, int64_t account, int64_t by, struct err *e) must_check;
int64_t store_import_sweep(struct db *db, int64_t before, struct err *e) must_check;

/* As the log tells of it: the file's name, and what came of it so far, in the arena. */
const char *import_about(const struct import *i);
const char *import_say(struct arena *a, const struct import *i);
/* What a row makes of a member who is there. Pure. Does it change anything? */
int import_changes(const struct import_row *r, const struct member *is, struct member *out);
/* Can they sign in as admin? Pure. */
int import_is_admin(const struct member *m);

#endif
