/* Svc_import: people from a file: read, looked at, then imported or thrown away. */
#ifndef LATCHKEY_SVC_IMPORT_H
#define LATCHKEY_SVC_IMPORT_H

#include "svc.h"
#include "store/store_import.h"

#define IMPORT_KIND "import" /* of the job; param import */
enum {
	IMPORT_FILE_MAX = 32 << 20,
	IMPORT_ROWS_MAX = 250000,
	IMPORT_PORTION = 1000 /* rows in one transaction */
};

struct svc_file {
	const void *data;
	size_t len;
	const char *name;    /* "" or NULL: pasted */
	const char *columns; /* what they are in order, "name, -, email"; "": its first line says */
	char delimiter;	     /* 0: it is found out */
};

/* Read it and judge each row; nobody is changed. What the same person has read before and not begun
 * is thrown away. ERR_FORM when it cannot be read, in words. */
int svc_import_read(struct svc *s, const struct svc_file *f, int64_t *id, struct err *e) must_check;
/* Have the engine import it. ERR_CONFLICT when it has begun already, another one runs, or nothing
 * would change. */
int svc_import_start(struct svc *s, int64_t id, struct err *e) must_check;
/* Begin it here and now: then svc_import_portion until it returns 0. */
int svc_import_begin(struct svc *s, int64_t id, struct import *out, struct err *e) must_check;
/* The next rows, and with invite an invitation by mail for each person who is new: 1, 0 that was
 * all, -1. */
int svc_import_portion(struct svc *s, struct import *i, int invite, struct err *e) must_check;
/* The engine stops after the portion it is at. */
int svc_import_stop(struct svc *s, int64_t id, struct err *e) must_check;
/* ERR_CONFLICT while it runs. */
int svc_import_discard(struct svc *s, int64_t id, struct err *e) must_check;

/* Add one, who can be reached by the account's method without ever signing in; with `session`, the
 * cookie's token, they are invited, too. ERR_CONFLICT when the address is there already. */
int svc_import_one(struct svc *s, const struct member *m, const char *session, struct link *out,
	struct err *e) must_check;

/* "new", "changed", "same", "twice", "refused". */
const char *svc_import_verdict(enum import_verdict v);

#endif
