/* Page_roster: which members a page is about, from its address and back.
 *
 * Rules: a filter is in the address, so that it can be kept and sent; a page of a list is named by
 * its place, "ID.NUMBER.KEY" of the row before, so that page 10,000 costs what page 1 does.
 */
#include "page_roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/str.h"
#include "platform/url.h"
#include "page_layout.h"
#include "service/svc_roster.h"

enum { URL_MAX = 2048, PLACE_MAX = 320 };

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

/* Those not seen for a day stand in the order in which they were seen, unless told otherwise. */
static void read_sort(struct page_roster *out)
{
	const char *word = out->sort;
	int n;

	out->at.down = *word == '-';
	n = index_of(sorts, ROSTER_SORT__MAX, word + out->at.down);
	if (n < 0)
		n = out->f.stale_before ? ROSTER_CHECKED : ROSTER_NAME;
	out->at.sort = (enum roster_sort)n;
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
		.sort = form_text(form, "sort"),
		.at.limit = PAGE_ROSTER_ROWS + 1 };
	out->f.status = svc_roster_status(form_text(form, "status"));
	out->f.reason = svc_roster_reason(form_text(form, "reason"));
	out->f.fixer = svc_roster_fixer(form_text(form, "fixer"));
	out->f.role = index_of(roles, ROLE__MAX, form_text(form, "role"));
	if (strcmp(form_text(form, "seen"), "old") == 0)
		out->f.stale_before = clock_now() - STANDING_OLD;
	if (*q)
		out->f.search = q;
	read_sort(out);
	read_place(form_text(form, "after"), &out->at);
}

static void pair(struct buf *b, const char *key, const char *value)
{
	if (!str_empty(value))
		url_pair(b, key, value);
}

void page_roster_pairs(struct buf *b, const struct page_roster *r)
{
	const struct roster_filter *f = &r->f;
	char place[PLACE_MAX] = "";

	if (r->at.id)
		snprintf(place, sizeof(place), "%" PRId64 ".%" PRId64 ".%s", r->at.id, r->at.num,
			r->at.key);
	pair(b, "q", f->search);
	pair(b, "status", f->status < 0 ? "" : reason_status_code((enum status)f->status));
	pair(b, "reason", f->reason);
	pair(b, "fixer", f->fixer < 0 ? "" : reason_fixer_code((enum fixer)f->fixer));
	pair(b, "seen", f->stale_before ? "old" : "");
	pair(b, "role", f->role < 0 ? "" : roles[f->role]);
	pair(b, "sort", r->sort);
	pair(b, "after", place);
}

const char *page_roster_url(struct arena *a, const char *path, const struct page_roster *r)
{
	const char *text;
	struct buf b;

	buf_init(&b, URL_MAX);
	page_roster_pairs(&b, r);
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
		f->stale_before;
}
