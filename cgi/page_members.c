/* Page_members: everyone of the account, as they stand.
 *
 * Rules: what a page costs does not grow with the account. Numbers are kept, or counted up to
 * COUNT_MAX; a page is found by the row before it. While something is done with many, the list asks
 * for itself again, so that verdicts arrive.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/boundary.h"
#include "exchange/reason.h"
#include "page_roster.h"
#include "platform/clock.h"
#include "platform/str.h"

enum { COUNT_MAX = 1000 };

#define MEMBERS "/members"

/* What is on the page, read once. */
struct list {
	struct page_roster r;
	struct roster_count *kept;
	int kinds; /* rows of kept */
	struct roster_row *rows;
	int n;
	int more;      /* there is a next page */
	int64_t total; /* COUNT_MAX + 1: more than that */
};

/* --- numbers --- */

/* Of what was counted. */
static const char *counted(struct arena *a, int64_t n)
{
	return n > COUNT_MAX ? "1,000+" : page_number(a, n);
}

/* How many the filter finds. */
static const char *total(struct page *p, const struct list *l)
{
	return roster_kept(l->kept, l->kinds, &l->r.f) < 0 ? counted(p->svc.a, l->total)
							   : page_number(p->svc.a, l->total);
}

/* --- chips --- */

struct chip {
	const char *class;
	const char *icon;
	const char *name;
	const char *n; /* "" = it is not known */
	int here;
};

static void chip(struct page *p, const struct chip *c, const struct page_roster *to)
{
	struct view *v = view_add(p->view, M_CHIP);

	view_set(v, M_CHIP_CLASS, c->class);
	view_set(v, M_CHIP_ICON, c->icon);
	view_set(v, M_CHIP_NAME, c->name);
	view_set(v, M_CHIP_URL, page_roster_url(p->svc.a, MEMBERS, to));
	if (c->here)
		view_show(v, M_CHIP_HERE);
	if (*c->n) {
		view_show(v, M_CHIP_N);
		view_set(v, M_CHIP_N, c->n);
	}
}

/* The same list with another filter begins at its beginning. */
static struct page_roster first(const struct page_roster *r)
{
	struct page_roster to = *r;

	to.at.id = 0;
	return to;
}

static const char *kept(struct page *p, const struct list *l, const struct page_roster *to)
{
	const int64_t n = roster_kept(l->kept, l->kinds, &to->f);

	return n < 0 ? "" : page_number(p->svc.a, n);
}

static const enum status order[STATUS__MAX] = { STATUS_CONNECTED, STATUS_LIMITED, STATUS_ACTION,
	STATUS_BLOCKED, STATUS_NOT_CHECKED, STATUS_OFF };

static void status_chips(struct page *p, const struct list *l)
{
	struct page_roster to = first(&l->r);
	struct roster_filter alone = roster_all(p->svc.who.account, MEMBER_PERSON);

	to.f.status = -1;
	chip(p, &(struct chip){ "is-info", "people", "All", kept(p, l, &to), l->r.f.status < 0 },
		&to);
	for (int i = 0; i < STATUS__MAX; i++) {
		const enum status s = order[i];
		const int chosen_one = l->r.f.status == (int)s;

		to.f.status = alone.status = (int)s;
		if (roster_kept(l->kept, l->kinds, &alone) > 0 || chosen_one)
			chip(p,
				&(struct chip){ page_status_class(s), page_status_icon(s),
					reason_status_title(s), kept(p, l, &to), chosen_one },
				&to);
	}
}

/* Those of all who were seen once, and not for a day. */
static int stale_chip(struct page *p, const struct list *l, struct err *e)
{
	struct roster_filter old = roster_all(p->svc.who.account, MEMBER_PERSON);
	struct page_roster to = first(&l->r);
	const int here = l->r.f.stale_before != 0;
	int64_t n;

	old.stale_before = clock_now() - STANDING_OLD;
	n = store_roster_count(p->svc.db, &old, COUNT_MAX + 1, e);
	to.f.stale_before = here ? 0 : old.stale_before;
	if (n > 0 || here)
		chip(p,
			&(struct chip){ "is-limited", "clock", "Seen more than a day ago",
				counted(p->svc.a, n), here },
			&to);
	return n < 0 ? -1 : 0;
}

/* A filter that is not a chip above: a click takes it away. */
static void chosen(struct page *p, const char *name, const struct page_roster *without)
{
	struct view *v = view_add(p->view, M_CHOSEN);

	view_set(v, M_CHOSEN_NAME, name);
	view_set(v, M_CHOSEN_URL, page_roster_url(p->svc.a, MEMBERS, without));
}

static void chosen_all(struct page *p, const struct list *l)
{
	const struct roster_filter *f = &l->r.f;
	struct page_roster to;

	if (!page_roster_filtered(&l->r))
		return;
	view_show(p->view, M_FILTERED);
	if (f->search) {
		to = first(&l->r);
		to.f.search = NULL;
		chosen(p,
			arena_printf(p->svc.a, "Begins with \xe2\x80\x9c%s\xe2\x80\x9d", f->search),
			&to);
	}
	if (f->reason) {
		to = first(&l->r);
		to.f.reason = NULL;
		chosen(p, reason_row(reason_parse(f->reason))->title, &to);
	}
	if (f->fixer >= 0) {
		to = first(&l->r);
		to.f.fixer = -1;
		chosen(p, arena_printf(p->svc.a, "%s must act", reason_fixer((enum fixer)f->fixer)),
			&to);
	}
	if (f->reach >= 0) {
		to = first(&l->r);
		to.f.reach = -1;
		chosen(p,
			arena_printf(p->svc.a, "Latchkey reaches: %s",
				boundary_reach_title((enum reach)f->reach)),
			&to);
	}
	if (f->role >= 0) {
		to = first(&l->r);
		to.f.role = -1;
		chosen(p, page_role((enum role)f->role), &to);
	}
}

/* --- choices --- */

/* One that occurs, with how many there are. */
static void option(struct page *p, enum marker section, const struct page_option *o,
	const struct list *l, const struct roster_filter *alone)
{
	const int64_t n = roster_kept(l->kept, l->kinds, alone);
	const struct roster_filter *f = &l->r.f;
	const int here = alone->reason ? f->reason && strcmp(f->reason, alone->reason) == 0
				       : f->fixer == alone->fixer;
	struct page_option named = { o->value,
		arena_printf(p->svc.a, "%s (%s)", o->name, page_number(p->svc.a, n)) };

	if (n > 0 || here)
		page_option(p->view, section, &named, here);
}

/* Once each, however many actors and statuses it has. */
static int seen_before(const struct list *l, int at)
{
	for (int i = 0; i < at; i++) {
		if (l->kept[i].status > STATUS_CONNECTED &&
			strcmp(l->kept[i].reason, l->kept[at].reason) == 0)
			return 1;
	}
	return 0;
}

static void options(struct page *p, const struct list *l)
{
	struct roster_filter alone = roster_all(p->svc.who.account, MEMBER_PERSON);

	for (int i = 0; i < l->kinds; i++) {
		const struct roster_count *c = &l->kept[i];
		enum reason r = reason_parse(c->reason);

		if (c->status <= STATUS_CONNECTED || c->status == STATUS_OFF || r == REASON__MAX ||
			seen_before(l, i))
			continue;
		alone.reason = c->reason;
		option(p, M_REASON, &(struct page_option){ c->reason, reason_row(r)->title }, l,
			&alone);
	}
	alone.reason = NULL;
	for (alone.fixer = FIXER_NOBODY + 1; alone.fixer < FIXER__MAX; alone.fixer++) {
		const enum fixer f = (enum fixer)alone.fixer;

		option(p, M_FIXER, &(struct page_option){ reason_fixer_code(f), reason_fixer(f) },
			l, &alone);
	}
	page_option(p->view, M_ROLE, &(struct page_option){ "member", page_role(ROLE_MEMBER) },
		l->r.f.role == ROLE_MEMBER);
	page_option(p->view, M_ROLE, &(struct page_option){ "admin", page_role(ROLE_ADMIN) },
		l->r.f.role == ROLE_ADMIN);
}

/* --- fields that go along --- */

/* The form of the filter begins at the beginning. */
static int kept_hidden(const char *key)
{
	return strcmp(key, "status") == 0 || strcmp(key, "seen") == 0 ||
		strcmp(key, "reach") == 0 || strcmp(key, "sort") == 0;
}

void page_members_hidden(struct page *p, const struct page_roster *r, enum marker section)
{
	const int few = section == M_KEPT;
	struct page_roster_value values[PAGE_ROSTER_VALUES];

	page_roster_values(p->svc.a, r, values);
	for (int i = 0; i < PAGE_ROSTER_VALUES; i++) {
		struct view *v;

		if (!*values[i].value || (few && !kept_hidden(values[i].key)))
			continue;
		v = view_add(p->view, section);
		view_set(v, few ? M_KEPT_NAME : M_HIDDEN_NAME, values[i].key);
		view_set(v, few ? M_KEPT_VALUE : M_HIDDEN_VALUE, values[i].value);
	}
}

/* --- rows --- */

static void row(struct page *p, const struct roster_row *m)
{
	struct view *v = view_add(p->view, M_ROW);
	const char *why = page_standing_reason(&m->s);

	view_set(v, M_ROW_ID, arena_printf(p->svc.a, "%" PRId64, m->s.member));
	view_set(v, M_ROW_NAME, page_name(m->name, m->email));
	page_address(v, p->svc.a, m->email);
	page_status(v, m->s.status);
	view_set(v, M_ROW_RIGHTS, page_standing_rights(&m->s));
	page_when(v, M_ROW_AT, M_ROW_AT_ISO, m->s.checked_at, p->svc.a);
	if (*why) {
		view_show(v, M_ROW_WHY);
		view_set(v, M_ROW_WHY, why);
	}
	if (!m->s.checked_at)
		view_show(v, M_ROW_NEVER);
	else if (page_standing_old(&m->s))
		view_show(v, M_ROW_OLD);
	if (strcmp(m->s.tried, "ok") != 0 && m->s.status != STATUS_OFF)
		view_show(v, M_ROW_TRIED);
}

static void sort_links(struct page *p, const struct list *l)
{
	static const struct {
		const char *up, *down;
		enum marker url, here;
	} columns[ROSTER_SORT__MAX] = {
		[ROSTER_NAME] = { "name", "-name", M_BY_NAME_URL, M_BY_NAME },
		[ROSTER_STATUS] = { "status", "-status", M_BY_STATUS_URL, M_BY_STATUS },
		[ROSTER_CHECKED] = { "checked", "-checked", M_BY_CHECKED_URL, M_BY_CHECKED },
	};
	struct page_roster to = first(&l->r);

	for (int i = 0; i < ROSTER_SORT__MAX; i++) {
		const int here = l->r.at.sort == (enum roster_sort)i;

		to.sort = here && !l->r.at.down ? columns[i].down : columns[i].up;
		view_set(p->view, columns[i].url, page_roster_url(p->svc.a, MEMBERS, &to));
		if (here)
			view_show(p->view, columns[i].here);
	}
	view_set(p->view, M_SORT_WAY, l->r.at.down ? "descending" : "ascending");
}

/* Without script a tick in the head of the table means these. */
static void here(struct page *p, const struct list *l)
{
	struct buf b;

	buf_init(&b, PAGE_ROSTER_ROWS * 24);
	for (int i = 0; i < l->n; i++)
		buf_printf(&b, "%s%" PRId64, i ? "." : "", l->rows[i].s.member);
	view_set(p->view, M_HERE_IDS, buf_str(&b));
	buf_done(&b);
}

static void pager(struct page *p, const struct list *l)
{
	struct page_roster to = first(&l->r);

	view_set(p->view, M_SAY, page_standing_rows(p->svc.a, l->rows, l->n, total(p, l)));
	if (l->r.f.search && l->total > COUNT_MAX)
		view_show(p->view, M_MORE_MATCH);
	if (l->r.at.id) {
		view_show(p->view, M_FIRST);
		view_set(p->view, M_FIRST_URL, page_roster_url(p->svc.a, MEMBERS, &to));
	}
	if (l->more) {
		to = page_roster_next(&l->r, &l->rows[l->n - 1]);
		view_show(p->view, M_NEXT);
		view_set(p->view, M_NEXT_URL, page_roster_url(p->svc.a, MEMBERS, &to));
	}
	if (l->total > l->n) {
		view_show(p->view, M_MATCH);
		view_set(p->view, M_MATCH_SAY,
			arena_printf(p->svc.a, "All %s%s", total(p, l),
				page_roster_filtered(&l->r) ? " that match" : ""));
	}
}

static void table(struct page *p, const struct list *l)
{
	if (l->n == 0) {
		view_show(p->view, page_roster_filtered(&l->r) ? M_NO_MATCH : M_NOBODY);
		view_set(p->view, M_SAY, "Nobody matches");
		return;
	}
	view_show(p->view, M_ROWS);
	for (int i = 0; i < l->n; i++)
		row(p, &l->rows[i]);
	view_show(p->view, l->r.f.status == STATUS_OFF ? M_CAN_RESUME : M_CAN_STOP);
	sort_links(p, l);
	here(p, l);
	pager(p, l);
}

/* --- the page --- */

/* A page behind the last one is the first: those that were on it may have got another status. */
static int read_rows(struct page *p, struct list *l, struct err *e)
{
	l->n = store_roster_list(p->svc.db, p->svc.a, &l->r.f, &l->r.at, &l->rows, e);
	if (l->n != 0 || !l->r.at.id)
		return l->n;
	l->r.at.id = 0;
	l->n = store_roster_list(p->svc.db, p->svc.a, &l->r.f, &l->r.at, &l->rows, e);
	return l->n;
}

static int read_list(struct page *p, struct list *l, struct err *e)
{
	page_roster_read(&p->form, p->svc.who.account, &l->r);
	l->kinds = store_roster_counts(
		p->svc.db, p->svc.a, p->svc.who.account, MEMBER_PERSON, &l->kept, e);
	if (l->kinds < 0)
		return -1;
	l->total = roster_kept(l->kept, l->kinds, &l->r.f);
	if (l->total < 0)
		l->total = store_roster_count(p->svc.db, &l->r.f, COUNT_MAX + 1, e);
	if (l->total <= 0)
		return (int)l->total;
	if (read_rows(p, l, e) < 0)
		return -1;
	l->more = l->n > PAGE_ROSTER_ROWS;
	l->n -= l->more;
	return 0;
}

int page_members(struct page *p, struct err *e)
{
	struct page_roster all;
	struct list l = { 0 };

	if (read_list(p, &l, e) < 0)
		return -1;
	view_set(p->view, M_TITLE, "Members");
	all = first(&l.r);
	view_set(p->view, M_EXPORT_URL, page_roster_url(p->svc.a, MEMBERS ".csv", &all));
	status_chips(p, &l);
	if (stale_chip(p, &l, e) < 0)
		return -1;
	chosen_all(p, &l);
	options(p, &l);
	if (l.r.odd)
		view_show(p->view, M_ODD);
	page_members_hidden(p, &l.r, M_KEPT);
	page_members_hidden(p, &l.r, M_HIDDEN);
	table(p, &l);
	return page_works(p, NULL, page_roster_url(p->svc.a, MEMBERS, &l.r), e) < 0 ? -1 : 0;
}
