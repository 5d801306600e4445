/* Op parts: what the operations on calendars, bookings and mail share: checks of questions before
 * they are written, and readings of answers.
 */
#ifndef LATCHKEY_OP_PARTS_H
#define LATCHKEY_OP_PARTS_H

#include "ews.h"

/* Characters of subjects, locations and names; of bodies and notes. */
enum { OP_LINE_MAX = 255, OP_TEXT_MAX = 256 * 1024 };

/* Checks: 0, or -1 with ERR_INPUT and a sentence that names what is wrong. */
int op_check_address(const char *address, struct err *e);
int op_check_mailbox(const char *mailbox, struct err *e); /* NULL and "" are the own one */
int op_check_window(int64_t from, int64_t to, int days, struct err *e);
/* 1..max of `what` ("mailboxes"). */
int op_check_count(size_t n, size_t max, const char *what, struct err *e);
int op_check_limit(int limit, int max, struct err *e); /* of a list that is asked for */
/* UTF-8 of at most max characters; a line has no control characters, a text may have line ends.
 * NULL passes as "". */
int op_check_line(const char *text, size_t max, const char *what, struct err *e);
int op_check_text(const char *text, size_t max, const char *what, struct err *e);
int op_check_tag(const char *tag, struct err *e);
int op_check_item(const struct item_ref *item, struct err *e);

/* A body of plain text by this name. */
void op_text(struct xml_write *w, const char *element, const char *text);
/* What is asked for beside the id. */
struct op_shape {
	const char *const *uris; /* ended by NULL; or NULL */
	const int *properties;	 /* strings of the store by their tags, ended by 0; or NULL */
	int tagged;		 /* our own tag */
};

/* <m:ItemShape> */
void op_shape(struct xml_write *w, const struct op_shape *shape);
/* Value of a string of the store; "". */
const char *op_property_read(const struct xml_node *item, int property);
/* Open FindItem with its shape. */
void op_find_open(struct xml_write *w, const struct op_shape *shape);
/* Its page of the first `limit` items, where it is no calendar view. */
void op_find_page(struct xml_write *w, int limit);
/* Its folder, and the end of FindItem. */
void op_find_close(struct xml_write *w, const struct dialect_ask *ask, const char *mailbox,
	enum folder_kind folder);
/* The one message of an answer, when it succeeded; NULL: the outcome says why. */
const struct xml_node *op_message(struct arena *a, const struct dialect_reply *r,
	const char *response, enum response_place place, struct outcome *out);
/* <m:RootFolder> of an answer to FindItem; NULL: the outcome says why. */
const struct xml_node *op_found(
	struct arena *a, const struct dialect_reply *r, struct outcome *out);
/* Whether the range goes on behind the items that were told. */
int op_found_more(const struct xml_node *range, size_t count, size_t limit);

/* First child that has an id, of whatever kind it is; NULL. */
const struct xml_node *op_first_item(const struct xml_node *list);
/* How many children have this name in the types namespace, at most max. */
size_t op_count(const struct xml_node *list, const char *name, size_t max);
/* Start and end of a calendar item: 0, or -1 when one is missing. */
int op_times_read(const struct xml_node *item, int64_t *start, int64_t *end);
/* Is this boolean child true? */
int op_flag(const struct xml_node *n, const char *name);
/* "Sunday" is 0: 0, or -1 for what is no day. */
int op_weekday_read(const char *word, int *out);
/* Text of a child in the types namespace, fit to be shown on one line. */
const char *op_shown(struct arena *a, const struct xml_node *n, const char *name);
/* The answer makes no sense. */
void op_refuse(struct outcome *out);
void op_refuse_part(struct part *ended);

#endif
