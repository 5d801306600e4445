/* Rosters without the database: a filter, or a selection, in the params of a job; what kept counts
 * say of a filter. */
#include "store_roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "platform/str.h"
#include "platform/url.h"

enum { NUMBER_MAX = 24 };

static void put_number(struct buf *b, const char *key, int64_t n)
{
	char text[NUMBER_MAX];

	snprintf(text, sizeof(text), "%" PRId64, n);
	url_pair(b, key, text);
}

void roster_pick_write(struct buf *b, const struct roster_pick *p)
{
	const struct roster_filter *f = &p->f;

	if (p->ids) {
		if (b->len > 0)
			buf_putc(b, '&');
		buf_puts(b, "ids=");
		for (size_t i = 0; i < p->count; i++)
			buf_printf(b, "%s%" PRId64, i ? "." : "", p->ids[i]);
		return;
	}
	put_number(b, "kind", f->kind);
	put_number(b, "status", f->status);
	put_number(b, "fixer", f->fixer);
	put_number(b, "role", f->role);
	if (f->reach >= 0)
		put_number(b, "reach", f->reach);
	put_number(b, "stale", f->stale_before);
	url_pair(b, "reason", f->reason ? f->reason : "");
	url_pair(b, "search", f->search ? f->search : "");
}

static int bad(struct err *e, const char *what)
{
	return ERR(e, ERR_INPUT, NULL, "params: bad %s", what);
}

/* "12.15.99" */
static int read_ids(struct arena *a, const char *text, struct roster_pick *out, struct err *e)
{
	char *rest = arena_strdup(a, text), *word;
	int64_t *ids = arena_array(a, ROSTER_IDS_MAX, sizeof(*ids));

	out->ids = ids;
	while ((word = strsep(&rest, ".")) != NULL) {
		if (out->count == ROSTER_IDS_MAX ||
			str_int(word, 1, INT64_MAX, &ids[out->count]) < 0)
			return bad(e, "ids");
		out->count++;
	}
	return 0;
}

static int read_number(
	struct arena *a, const char *params, const char *key, int64_t most, int64_t *out)
{
	const char *text = url_get(a, params, key);

	return text ? str_int(text, -1, most, out) : -1;
}

/* NULL when it is absent or empty. */
static const char *read_text(struct arena *a, const char *params, const char *key)
{
	const char *text = url_get(a, params, key);

	return str_empty(text) ? NULL : text;
}

static int read_filter(struct arena *a, const char *params, struct roster_filter *f, struct err *e)
{
	int64_t kind, status, fixer, role, stale, reach = -1;

	if (read_number(a, params, "kind", MEMBER__MAX - 1, &kind) < 0 || kind < 0 ||
		read_number(a, params, "status", STATUS__MAX - 1, &status) < 0 ||
		read_number(a, params, "fixer", FIXER__MAX - 1, &fixer) < 0 ||
		read_number(a, params, "role", ROLE__MAX - 1, &role) < 0 ||
		read_number(a, params, "stale", INT64_MAX, &stale) < 0 ||
		(url_get(a, params, "reach") &&
			read_number(a, params, "reach", REACH__MAX - 1, &reach) < 0))
		return bad(e, "filter");
	f->kind = (enum member_kind)kind;
	f->status = (int)status;
	f->fixer = (int)fixer;
	f->role = (int)role;
	f->reach = (int)reach;
	f->stale_before = stale;
	f->reason = read_text(a, params, "reason");
	f->search = read_text(a, params, "search");
	return 0;
}

int roster_pick_read(struct arena *a, const char *params, int64_t account, struct roster_pick *out,
	struct err *e)
{
	const char *ids = url_get(a, params, "ids");

	*out = (struct roster_pick){ .f = roster_all(account, MEMBER_PERSON) };
	return ids ? read_ids(a, ids, out, e) : read_filter(a, params, &out->f, e);
}

/* --- what is done with many --- */

static const char *const codes[BULK__MAX] = {
	[BULK_REMOVE] = "remove",
	[BULK_OFF] = "off",
	[BULK_ON] = "on",
};

const char *roster_bulk_code(enum bulk what)
{
	return codes[what];
}

enum bulk roster_bulk_parse(const char *code)
{
	int i = 0;

	while (i < BULK__MAX && (!code || strcmp(codes[i], code) != 0))
		i++;
	return (enum bulk)i;
}

void roster_bulk_write(struct buf *b, enum bulk what, const struct roster_pick *p)
{
	url_pair(b, "do", codes[what]);
	roster_pick_write(b, p);
}

int roster_bulk_read(struct arena *a, const struct job *j, enum bulk *what, struct roster_pick *out,
	struct err *e)
{
	*what = roster_bulk_parse(url_get(a, j->params, "do"));
	return *what == BULK__MAX ? bad(e, "do")
				  : roster_pick_read(a, j->params, j->account, out, e);
}

/* --- counts --- */

/* A reason and who must act are looked for only where something is wrong: as the statements do. */
static int counts(const struct roster_count *c, const struct roster_filter *f)
{
	if (f->status >= 0 && c->status != (enum status)f->status)
		return 0;
	if ((f->reason || f->fixer >= 0) && c->status <= STATUS_CONNECTED)
		return 0;
	return (!f->reason || strcmp(f->reason, c->reason) == 0) &&
		(f->fixer < 0 || c->fixer == (enum fixer)f->fixer) &&
		(f->reach < 0 || (c->reach == (enum reach)f->reach && c->status != STATUS_OFF));
}

int roster_whole(struct roster_count *c, int n)
{
	int left = 0;

	for (int i = 0; i < n; i++) {
		struct roster_count *last = left ? &c[left - 1] : NULL;

		if (last && last->status == c[i].status && last->fixer == c[i].fixer &&
			strcmp(last->reason, c[i].reason) == 0)
			last->n += c[i].n;
		else
			c[left++] = c[i];
	}
	return left;
}

int64_t roster_kept(const struct roster_count *c, int n, const struct roster_filter *f)
{
	int64_t sum = 0;

	if (f->stale_before || f->role >= 0 || f->search)
		return -1;
	for (int i = 0; i < n; i++)
		sum += counts(&c[i], f) ? c[i].n : 0;
	return sum;
}
