/* Page_impact: what an act does and to whom, shown before it is done.
 *
 * Rules: numbers are those that are kept, where they tell of a selection; else they are counted, of
 * PAGE_IMPACT_MOST at most. What was shown is in the form, and whoever would do it to more than
 * that is asked again. Fewer are no surprise.
 */
#include "page_impact.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/clock.h"
#include "platform/str.h"

static const struct {
	enum marker any; /* something is said */
	enum marker row;
} parts[IMPACT__MAX] = {
	[IMPACT_ENDS] = { M_IMPACT_ENDS, M_IMPACT_END },
	[IMPACT_GOES_ON] = { M_IMPACT_STAYS, M_IMPACT_STAY },
	[IMPACT_UNDO] = { M_IMPACT_UNDOES, M_IMPACT_UNDO },
};

static const enum status order[STATUS__MAX] = { STATUS_CONNECTED, STATUS_LIMITED, STATUS_ACTION,
	STATUS_BLOCKED, STATUS_NOT_CHECKED, STATUS_OFF };

void page_impact_link(
	struct page *p, enum page_impact part, const char *say, const struct page_option *link)
{
	struct view *v = view_add(p->view, parts[part].row);

	view_show(p->view, parts[part].any);
	view_set(v, M_IMPACT_SAY, say);
	if (!link)
		return;
	view_show(v, M_IMPACT_LINK);
	view_set(v, M_IMPACT_URL, link->value);
	view_set(v, M_IMPACT_NAME, link->name);
}

void page_impact_say(struct page *p, enum page_impact part, const char *say)
{
	page_impact_link(p, part, say, NULL);
}

void page_impact_counts(struct page *p, const int64_t n[STATUS__MAX], const char *base)
{
	const char *between = strchr(base, '?') ? "&" : "?";
	const int chosen = strstr(base, "status=") != NULL;

	for (int i = 0; i < STATUS__MAX; i++) {
		const enum status s = order[i];
		struct view *v;

		if (n[s] == 0)
			continue;
		view_show(p->view, M_IMPACT_COUNTS);
		v = view_add(p->view, M_IMPACT_COUNT);
		page_status(v, s);
		view_set(v, M_IMPACT_N, page_number(p->svc.a, n[s]));
		view_set(v, M_IMPACT_URL,
			chosen ? base
			       : arena_printf(p->svc.a, "%s%sstatus=%s", base, between,
					 reason_status_code(s)));
	}
}

void page_impact_names(
	struct page *p, const struct roster_row *list, int n, const char *more, const char *all_url)
{
	for (int i = 0; i < n; i++) {
		struct view *v = view_add(p->view, M_IMPACT_PERSON);

		view_set(v, M_IMPACT_NAME, page_name(list[i].name, list[i].email));
		if (!str_empty(list[i].name)) {
			view_show(v, M_IMPACT_EMAIL);
			view_set(v, M_IMPACT_EMAIL, list[i].email);
		}
		page_status(v, list[i].s.status);
		view_set(v, M_IMPACT_URL,
			arena_printf(p->svc.a, "/%s/%" PRId64,
				list[i].kind == MEMBER_ROOM ? "rooms" : "members",
				list[i].s.member));
	}
	if (n > 0)
		view_show(p->view, M_IMPACT_PEOPLE);
	if (more) {
		view_show(p->view, M_IMPACT_MORE);
		view_set(p->view, M_IMPACT_MORE_SAY, more);
		view_set(p->view, M_IMPACT_MORE_URL, all_url);
	}
}

/* --- whom it is about --- */

/* What the kept counts say of a filter: 1, 0 they do not tell, -1. */
static int read_kept(
	struct page *p, const struct roster_filter *f, struct page_impact_who *out, struct err *e)
{
	struct roster_filter one = *f;
	struct roster_count *kept;
	int n = store_roster_counts(p->svc.db, p->svc.a, f->account, f->kind, &kept, e);

	if (n < 0)
		return -1;
	out->total = roster_kept(kept, n, f);
	if (out->total < 0)
		return 0;
	for (int s = 0; s < STATUS__MAX; s++) {
		one.status = s;
		out->n[s] = f->status < 0 || f->status == s ? roster_kept(kept, n, &one) : 0;
	}
	return 1;
}

/* Sessions that were not used for longer have ended. */
static int64_t seen_since(const struct page *p)
{
	const int64_t own = p->session->account.session_idle;

	return clock_now() - (own ? own : p->svc.cf->session_idle);
}

int page_impact_read(
	struct page *p, const struct roster_pick *who, struct page_impact_who *out, struct err *e)
{
	const struct roster_tied t = { .most = PAGE_IMPACT_MOST + 1, .seen_since = seen_since(p) };
	int kept;

	*out = (struct page_impact_who){ 0 };
	if (store_roster_ties(p->svc.db, who, &t, &out->ties, e) < 0)
		return -1;
	kept = who->ids ? 0 : read_kept(p, &who->f, out, e);
	if (kept < 0)
		return -1;
	if (!kept) {
		out->total = out->ties.all;
		memcpy(out->n, out->ties.n, sizeof(out->n));
	}
	out->partly = out->ties.all > PAGE_IMPACT_MOST;
	out->uncounted = !kept && out->partly;
	return 0;
}

const char *page_impact_many(struct page *p, const struct page_impact_who *w)
{
	if (w->uncounted)
		return arena_printf(
			p->svc.a, "more than %s members", page_number(p->svc.a, PAGE_IMPACT_MOST));
	return page_count(p->svc.a, w->total, "member", "members");
}

const char *page_impact_of(struct page *p, const struct page_impact_who *w, int64_t n)
{
	return w->partly ? arena_printf(p->svc.a, "at least %s", page_number(p->svc.a, n))
			 : page_number(p->svc.a, n);
}

int page_impact_same(struct page *p, const struct page_impact_who *w, struct err *e)
{
	const int64_t shown = form_num(&p->form, "shown");

	if (w->total <= shown)
		return 0;
	return ERR(e, ERR_CONFLICT,
		arena_printf(p->svc.a,
			"Meanwhile it is about more members. The page said %s, now there are %s: "
			"look at them once more. Nothing is done yet.",
			page_number(p->svc.a, shown), page_number(p->svc.a, w->total)),
		"%" PRId64 " members, %" PRId64 " shown", w->total, shown);
}
