/* Form: a static table of fields in, checked values or a message beside each field out.
 *
 * Works for a POST body (urlencoded or multipart) and for the query of a GET. What is not in the
 * table does not exist; a field sent twice is malformed; text is valid UTF-8 without control
 * characters, white space cut at both ends. Secrets go from the body straight into a struct secret.
 */
#ifndef LATCHKEY_FORM_H
#define LATCHKEY_FORM_H

#include "platform/arena.h"
#include "platform/buf.h"
#include "platform/err.h"
#include "platform/seal.h"
#include "request.h"

/* Names of fields that are in no table. */
#define FORM_CSRF "csrf"
#define FORM_CONFIRM "confirm"
#define FORM_RETYPE "retype"

enum field_type {
	F_TEXT,	  /* one line */
	F_LINES,  /* several; they end with LF */
	F_EMAIL,  /* lower case */
	F_SECRET, /* not trimmed; form_secret */
	F_INT,	  /* min and max are its range */
	F_HOST,	  /* host name or IP literal, lower case; a pasted https:// URL is cut down to it */
	F_CHOICE, /* one of options "a|b|c" */
	F_FLAG,	  /* check box: form_num 0 or 1 */
	F_TOKEN,  /* SEAL_TOKEN_HEX hex digits, as a secret */
	F_ID,	  /* a row id, > 0 */
	F_DATE,	  /* YYYY-MM-DD; form_num is its midnight UTC */
	F_LOCAL,  /* a path on this site; anything else becomes "" */
	F_IDS,	/* check boxes "name.12", or one field "12.15.99", which it becomes: at most max */
	F_PEM,	/* certificates, from a text area or an uploaded file; lines end with LF */
	F_FILE, /* a file as it is, or pasted text; max is in bytes; form_file */
	F__MAX
};

enum { FORM_FIELDS = 24, FORM_PEM_MAX = 64 * 1024 };

struct field {
	const char *name; /* NULL ends the table */
	enum field_type type;
	int min; /* 0 = may be empty */
	int max; /* characters, or the range of F_INT; F_PEM: FORM_PEM_MAX for all */
	const char *label;
	const char *options;
};

struct form_value {
	const char *text;      /* never NULL; as typed when wrong; always "" for secrets */
	int64_t num;	       /* F_INT, F_FLAG, F_ID, F_DATE */
	struct secret *secret; /* F_SECRET, F_TOKEN: never NULL once read; empty when wrong */
	const char *error;     /* sentence or NULL */
	const char *data;      /* F_FILE: where it lies in the body; NULL = nothing came */
	size_t len;
	const char *file; /* its name; NULL = pasted */
	int withheld;	  /* it was typed, now or before, and must not come back in a page */
};

struct form {
	const struct field *fields;
	struct form_value v[FORM_FIELDS];
	int errors;
	/* Of any POST form, in no table; NULL = none: the hidden field of all, the own password of
	 * one whose sign-in was not fresh any more, and the fields that came without what was typed
	 * into them before that. */
	struct secret *csrf;
	struct secret *confirm;
	const char *retype;
	struct arena *arena;
};

/* All fields empty; NULL is a table without fields. Secrets in it are freed with the arena. */
void form_init(struct form *f, const struct field *fields, struct arena *a);
/* How long its body may be, when one without a file or a long text may have `usual` bytes. */
size_t form_body_max(const struct field *fields, size_t usual);
/* 0: read (see f->errors); -1: the request is malformed. The body buffer may be overwritten. A file
 * is not copied: the body must stay until it was used. */
int form_read_body(struct form *f, const char *type, struct buf *body, struct err *e) must_check;
int form_read_query(struct form *f, const struct pairs *query, struct err *e) must_check;

/* By name; an unknown name is a programming error and dies. */
const char *form_text(const struct form *f, const char *name);
int64_t form_num(const struct form *f, const char *name);
const struct secret *form_secret(const struct form *f, const char *name);
/* A file, or what was pasted: its value, or NULL when nothing came. */
const struct form_value *form_file(const struct form *f, const char *name);
/* A file cannot be chosen for somebody: a good one is shown as the text of another field. */
void form_show(struct form *f, const char *name, const char *file);
/* Hang a message on a field: what is wrong and what to enter. The first one stays. */
void form_fail(struct form *f, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* multipart.c: one part after another out of a multipart/form-data body. */
struct multipart {
	char *at;
	char *end;
	char boundary[75];
};
struct part {
	const char *name;
	const char *file; /* NULL: a plain field */
	char *data;	  /* followed by a NUL */
	size_t len;
};
/* type is the Content-Type; 0 or -1. */
int multipart_init(
	struct multipart *m, const char *type, struct buf *body, struct err *e) must_check;
/* 1 a part, 0 the end, -1 malformed. */
int multipart_next(
	struct multipart *m, struct arena *a, struct part *out, struct err *e) must_check;

#endif
