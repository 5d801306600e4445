/* Page_roster: which members a page is about, from its address and back.
 *
 * Rules: a filter is in the address, so that it can be kept and sent; a page of a list is named by
 * its place, "ID.NUMBER.KEY" of the row before, so that page 10,000 costs what page 1 does.
 */
#include "page_roster.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/boundary.h"
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "page_layout.h"
#include "service/svc_roster.h"

enum { URL_MAX = 4096 };

static const char *const sorts[ROSTER_SORT__MAX] = {
	[ROSTER_NAME] = "name",
	[ROSTER_STATUS] = "status",
	[ROSTER_CHECKED] = "checked",
};
static const char *const roles[ROLE__MAX] = { "member", "admin" };

static int index_of(const char *const *list, int n, const char *word)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(list[i], word) == 0)
			return i;
	}
	return -1;
}

/* -1: none that one could look for. */
static int reach_of(const char *code)
{
	const enum reach r = boundary_reach_parse(code);

	return r == REACH__MAX ? -1 : (int)r;
}

/* Those seen more than a day ago stand in the order in which they were seen, unless told otherwise.
 */
static void read_sort(const char *word, struct page_roster *out)
{
	const int down = *word == '-', n = index_of(sorts, ROSTER_SORT__MAX, word + down);

	out->sort = n < 0 ? "" : word;
	out->at.down = n >= 0 && down;
	out->at.sort = n >= 0	      ? (enum roster_sort)n
		: out->f.stale_before ? ROSTER_CHECKED
				      : ROSTER_NAME;
}

/* "12.0.avery stone" */
static void read_place(const char *text, struct roster_place *at)
{
	char *end;
	const int64_t id = strtoll(text, &end, 10);

	if (id <= 0 || *end != '.')
		return;
	at->num = strtoll(end + 1, &end, 10);
	if (*end != '.')
		return;
	at->key = end + 1;
	at->id = id;
}

void page_roster_read(const struct form *form, int64_t account, struct page_roster *out)
{
	const char *q = form_text(form, "q");

	*out = (struct page_roster){ .f = roster_all(account, MEMBER_PERSON),
		.at.limit = PAGE_ROSTER_ROWS + 1 };
	out->f.status = svc_roster_status(form_text(form, "status"));
	out->f.reason = svc_roster_reason(form_text(form, "reason"));
	out->f.fixer = svc_roster_fixer(form_text(form, "fixer"));
	out->f.role = index_of(roles, ROLE__MAX, form_text(form, "role"));
	out->f.reach = reach_of(form_text(form, "reach"));
	if (strcmp(form_text(form, "seen"), "old") == 0)
		out->f.stale_before = clock_now() - STANDING_OLD;
	if (*q)
		out->f.search = q;
	read_sort(form_text(form, "sort"), out);
	read_place(form_text(form, "after"), &out->at);
	out->odd = (*form_text(form, "status") && out->f.status < 0) ||
		(*form_text(form, "reason") && !out->f.reason) ||
		(*form_text(form, "fixer") && out->f.fixer < 0) ||
		(*form_text(form, "role") && out->f.role < 0) ||
		(*form_text(form, "reach") && out->f.reach < 0) ||
		(*form_text(form, "seen") && !out->f.stale_before);
}

void page_roster_values(struct arena *a, const struct page_roster *r,
	struct page_roster_value out[PAGE_ROSTER_VALUES])
{
	const struct roster_filter *f = &r->f;
	const char *place = r->at.id
		? arena_printf(a, "%" PRId64 ".%" PRId64 ".%s", r->at.id, r->at.num, r->at.key)
		: "";
	const struct page_roster_value all[PAGE_ROSTER_VALUES] = {
		{ "q", f->search ? f->search : "" },
		{ "status", f->status < 0 ? "" : reason_status_code((enum status)f->status) },
		{ "reason", f->reason ? f->reason : "" },
		{ "fixer", f->fixer < 0 ? "" : reason_fixer_code((enum fixer)f->fixer) },
		{ "seen", f->stale_before ? "old" : "" },
		{ "role", f->role < 0 ? "" : roles[f->role] },
		{ "reach", f->reach < 0 ? "" : boundary_reach_code((enum reach)f->reach) },
		{ "sort", r->sort },
		{ "after", place },
	};

	memcpy(out, all, sizeof(all));
}

void page_roster_pairs(struct arena *a, struct buf *b, const struct page_roster *r)
{
	struct page_roster_value v[PAGE_ROSTER_VALUES];

	page_roster_values(a, r, v);
	for (int i = 0; i < PAGE_ROSTER_VALUES; i++) {
		if (*v[i].value)
			url_pair(b, v[i].key, v[i].value);
	}
}

const char *page_roster_url(struct arena *a, const char *path, const struct page_roster *r)
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	page_roster_pairs(a, &b, r);
	text = arena_printf(a, "%s%s%s", path, b.len ? "?" : "", buf_str(&b));
	buf_done(&b);
	return text;
}

struct page_roster page_roster_next(const struct page_roster *r, const struct roster_row *last)
{
	struct page_roster next = *r;

	next.at.id = last->s.member;
	next.at.key = last->key;
	next.at.num = r->at.sort == ROSTER_CHECKED ? last->s.checked_at : (int64_t)last->s.status;
	return next;
}

int page_roster_filtered(const struct page_roster *r)
{
	const struct roster_filter *f = &r->f;

	return f->search || f->reason || f->status >= 0 || f->fixer >= 0 || f->role >= 0 ||
		f->reach >= 0 || f->stale_before;
}
