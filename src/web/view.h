/* View: templates. The C face of view.cc, the only C++ file.
 *
 * Templates are *.tpl files in one directory; markers.h, generated from them, names every template
 * (T_OVERVIEW) and every marker (M_ACCOUNT_NAME), so that a typo does not compile. Each file begins
 * with {{%AUTOESCAPE context="HTML"}}: all values are escaped for the place they stand in.
 *
 * A view is a layout and a page inside it; both see all values. A section shown zero times is
 * absent.
 */
#ifndef LATCHKEY_VIEW_H
#define LATCHKEY_VIEW_H

#include <stddef.h>
#include <stdint.h>
#include "platform/buf.h"
#include "platform/err.h"
#include "markers.h"

#ifdef __cplusplus
extern "C" {
#endif

struct view;

/* Load and check every template of the directory; 0 or -1 naming the first bad one. */
int view_init(const char *dir, struct err *e) must_check;
/* Look at the files again: 0, or -1 and the templates loaded before stay in use. */
int view_reload(struct err *e) must_check;

struct view *view_new(enum tpl layout, enum tpl page);
void view_free(void *v); /* fits arena_defer */

void view_set(struct view *v, enum marker m, const char *text); /* NULL counts as "" */
void view_num(struct view *v, enum marker m, int64_t n);	/* 12,345 */
/* Show a section once, with the values of v. */
void view_show(struct view *v, enum marker m);
/* Show a section once more, with values of its own; belongs to v. */
struct view *view_add(struct view *v, enum marker m);

/* 0 or -1 (a template broke after a reload). */
int view_render(struct view *v, struct buf *out, struct err *e) must_check;

#ifdef __cplusplus
}
#endif

#endif
