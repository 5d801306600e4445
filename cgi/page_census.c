/* Page_census: all members at a glance, on the overview: how many stand how, why and who can mend
 * it, what comes next, the days before, what has changed lately.
 *
 * Rules: everything comes from kept counts and rows; nothing is counted here. Deactivated members
 * are in no share. Changes of one kind within some minutes are one line.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/buf.h"
#include "platform/clock.h"
#include "service/svc_check.h"

enum {
	DAY = 86400,
	TREND_DAYS = 90,
	WHYS = 8,      /* lines of reasons */
	CHANGES = 200, /* that are looked at, */
	LINES = 8,     /* and lines made of them, */
	AT_ONCE = 600, /* of those within so many seconds */
	TENTHS = 1000, /* of a percent in all */
	WIDTH = 30000, /* of the trend, in hundredths */
	HEIGHT = 8000,
	PATH_MAX = 4096
};

/* What the counts say. */
struct census {
	int64_t n[STATUS__MAX];
	int64_t fixers[FIXER__MAX]; /* of those that do not work as they should */
	int64_t all;		    /* without the deactivated */
};

/* In the order of the ring and of the legend. */
static const enum status shown[] = { STATUS_CONNECTED, STATUS_LIMITED, STATUS_ACTION,
	STATUS_BLOCKED, STATUS_NOT_CHECKED, STATUS_OFF };

/* What comes next, by who must act: the first that somebody waits for. */
static const struct next {
	enum fixer fixer;
	const char *one, *many; /* behind the number */
	const char *say;
} nexts[] = {
	{ FIXER_MEMBER, "person has to do something in their own calendar",
		"people have to do something in their own calendar",
		"Each one sees on their own page what that is. An Exchange admin can often do it "
		"for all." },
	{ FIXER_EXCHANGE, "person waits for your Exchange admin",
		"people wait for your Exchange admin",
		"The page of each one has the exact command." },
	{ FIXER_ADMIN, "person waits for you", "people wait for you",
		"Mostly it is an address that is wrong, or a person who has left." },
	{ FIXER_ENTRA, "person waits for your Entra admin", "people wait for your Entra admin",
		"The page of each one says what has to be granted." },
};

static struct census census_of(const struct roster_count *list, int n)
{
	struct census c = { 0 };

	for (int i = 0; i < n; i++) {
		c.n[list[i].status] += list[i].n;
		if (list[i].status > STATUS_CONNECTED && list[i].status < STATUS_OFF)
			c.fixers[list[i].fixer] += list[i].n;
		if (list[i].status != STATUS_OFF)
			c.all += list[i].n;
	}
	return c;
}

/* "84.1 %" */
static const char *share(struct arena *a, int64_t n, int64_t all)
{
	int64_t tenths = all ? n * TENTHS / all : 0;

	return tenths % 10 ? arena_printf(a, "%" PRId64 ".%" PRId64 " %%", tenths / 10, tenths % 10)
			   : arena_printf(a, "%" PRId64 " %%", tenths / 10);
}

static const char *filter_url(struct page *p, const char *key, const char *value)
{
	return arena_printf(p->svc.a, "/members?%s=%s", key, value);
}

/* --- the ring --- */

static void ring(struct page *p, const struct census *c)
{
	int64_t before = 0;

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		const enum status s = shown[i];
		struct view *row;

		if (c->n[s] == 0 && s != STATUS_CONNECTED)
			continue;
		row = view_add(p->view, M_CENSUS_ROW);
		page_status(row, s);
		view_set(row, M_CENSUS_URL, filter_url(p, "status", reason_status_code(s)));
		view_num(row, M_CENSUS_N, c->n[s]);
		view_set(row, M_CENSUS_SHARE,
			s == STATUS_OFF ? "" : share(p->svc.a, c->n[s], c->all));
		if (s == STATUS_OFF)
			continue;
		row = view_add(p->view, M_RING);
		view_set(row, M_RING_CLASS, page_status_class(s));
		view_set(row, M_RING_LENGTH,
			arena_printf(p->svc.a, "%.2f", (double)c->n[s] * 100 / (double)c->all));
		view_set(row, M_RING_BEFORE,
			arena_printf(p->svc.a, "%.2f", -(double)before * 100 / (double)c->all));
		before += c->n[s];
	}
	view_set(p->view, M_RING_SHARE, share(p->svc.a, c->n[STATUS_CONNECTED], c->all));
}

/* --- what comes next --- */

/* Nothing is more urgent while the connection works. */
static int is_first(const struct page *p)
{
	const enum health_state s = p->session->health.state;

	return s == HEALTH_WELL || s == HEALTH_SLOWED;
}

static void next(struct page *p, const struct census *c)
{
	const struct next *n = nexts;
	const struct next *end = nexts + sizeof(nexts) / sizeof(nexts[0]);

	while (n < end && c->fixers[n->fixer] == 0)
		n++;
	if (n < end) {
		view_show(p->view, M_CENSUS_NEXT);
		if (is_first(p))
			view_show(p->view, M_CENSUS_FIRST);
		view_set(p->view, M_CENSUS_NEXT,
			arena_printf(p->svc.a, "Next: %s",
				page_count(p->svc.a, c->fixers[n->fixer], n->one, n->many)));
		view_set(p->view, M_CENSUS_NEXT_SAY, n->say);
		view_set(p->view, M_CENSUS_NEXT_URL,
			filter_url(p, "fixer", reason_fixer_code(n->fixer)));
	} else if (c->n[STATUS_CONNECTED] == c->all) {
		view_show(p->view, M_CENSUS_DONE);
	}
}

/* --- why, and who --- */

static void why_row(struct page *p, const struct roster_count *c, int64_t most)
{
	const struct reason_row *row = page_reason(c->reason);
	struct view *v = view_add(p->view, M_WHY_ROW);
	const int waits = c->status == STATUS_NOT_CHECKED;

	page_status(v, c->status);
	view_set(v, M_WHY_TITLE, waits ? "Waiting for the first check" : row->title);
	view_set(v, M_WHY_WHO, waits ? "nobody: it comes by itself" : reason_fixer(c->fixer));
	view_set(v, M_WHY_URL,
		waits ? filter_url(p, "status", reason_status_code(c->status))
		      : arena_printf(p->svc.a, "/members?status=%s&reason=%s",
				reason_status_code(c->status), row->code));
	view_num(v, M_WHY_N, c->n);
	view_set(v, M_WHY_MOST, arena_printf(p->svc.a, "%" PRId64, most));
	view_set(v, M_WHY_VALUE, arena_printf(p->svc.a, "%" PRId64, c->n));
}

/* Most first. There are few rows: one for each reason that occurs. */
static void why(struct page *p, const struct roster_count *list, int n, const struct census *c)
{
	int64_t under = INT64_MAX, most = 0;
	int left = WHYS;

	if (c->all == c->n[STATUS_CONNECTED])
		return;
	view_show(p->view, M_WHY);
	view_set(p->view, M_WHY_SAY,
		page_count(p->svc.a, c->all - c->n[STATUS_CONNECTED], "person is", "people are"));
	while (left > 0) {
		int64_t best = 0;

		for (int i = 0; i < n; i++) {
			if (list[i].status != STATUS_CONNECTED && list[i].status != STATUS_OFF &&
				list[i].n < under && list[i].n > best)
				best = list[i].n;
		}
		if (best == 0)
			return;
		most = most ? most : best;
		for (int i = 0; i < n && left > 0; i++) {
			if (list[i].status == STATUS_CONNECTED || list[i].status == STATUS_OFF ||
				list[i].n != best)
				continue;
			why_row(p, &list[i], most);
			left--;
		}
		under = best;
	}
}

/* --- the days before --- */

static int64_t all_of(const struct roster_day *d)
{
	int64_t all = 0;

	for (int s = 0; s < STATUS_OFF; s++)
		all += d->n[s];
	return all;
}

/* "+112", "-3", "0"; the minus is the one that is as wide as the plus. */
static const char *delta(struct arena *a, int64_t n)
{
	const char *sign = n > 0 ? "+" : n < 0 ? "\u2212" : "";

	return arena_printf(a, "%s%s", sign, page_count(a, n < 0 ? -n : n, "", ""));
}

/* The share of those who are connected, day by day, and today's at its end. */
static void trend_line(
	struct page *p, const struct roster_day *days, int n, const struct census *now)
{
	const int64_t today = clock_now() / DAY;
	const char *from, *line;
	struct buf b;

	buf_init(&b, PATH_MAX);
	for (int i = 0; i <= n; i++) {
		const int64_t day = i < n ? days[i].day : today;
		const int64_t all = i < n ? all_of(&days[i]) : now->all;
		const int64_t ok = i < n ? days[i].n[STATUS_CONNECTED] : now->n[STATUS_CONNECTED];
		const int64_t x = (day - today + TREND_DAYS) * WIDTH / TREND_DAYS;
		const int64_t y = all ? HEIGHT - ok * HEIGHT / all : HEIGHT;

		if (i < n && day == today)
			continue;
		buf_printf(&b, "%s%" PRId64 ".%02d,%" PRId64 ".%02d", b.len ? " " : "", x / 100,
			(int)(x % 100), y / 100, (int)(y % 100));
	}
	line = arena_strdup(p->svc.a, buf_str(&b));
	buf_done(&b);
	from = arena_strndup(p->svc.a, line, strcspn(line, ","));
	view_show(p->view, M_TREND);
	view_set(p->view, M_TREND_LINE, line);
	view_set(p->view, M_TREND_AREA, arena_printf(p->svc.a, "%s,80 %s 300,80", from, line));
	view_set(p->view, M_TREND_SAY,
		arena_printf(p->svc.a,
			"Share of people connected: %s on the first of %s, %s today.",
			share(p->svc.a, days[0].n[STATUS_CONNECTED], all_of(&days[0])),
			page_count(p->svc.a, today - days[0].day + 1, "day", "days"),
			share(p->svc.a, now->n[STATUS_CONNECTED], now->all)));
}

static int trend(struct page *p, const struct census *now, struct err *e)
{
	const int64_t today = clock_now() / DAY;
	struct roster_day *days;
	int n = store_roster_days(p->svc.db, p->svc.a, p->svc.who.account, MEMBER_PERSON,
		today - TREND_DAYS, &days, e);

	while (n > 0 && days[n - 1].day >= today)
		n--;
	if (n <= 0)
		return n;
	trend_line(p, days, n, now);
	if (days[n - 1].day == today - 1) {
		view_show(p->view, M_SINCE_YESTERDAY);
		view_set(p->view, M_SINCE_YESTERDAY,
			delta(p->svc.a,
				now->n[STATUS_CONNECTED] - days[n - 1].n[STATUS_CONNECTED]));
	}
	return 0;
}

/* --- what has changed --- */

/* Do they say the same of two members, at about the same time? The first is the newer one. */
static int alike(const struct member_event *a, const struct member_event *b)
{
	return a->kind == b->kind && a->what == b->what && a->was == b->was && a->is == b->is &&
		strcmp(a->reason, b->reason) == 0 && a->at - b->at <= AT_ONCE;
}

static void change(struct page *p, const struct member_event *v, int n, int cut)
{
	const enum reason r = reason_parse(v->reason);
	struct view *row = view_add(p->view, M_CHANGE);
	const char *who = n == 1 ? page_name(v->name, v->email)
				 : arena_printf(p->svc.a, "%s%d %s", cut ? "More than " : "", n,
					   v->kind == MEMBER_ROOM ? "rooms" : "people");

	page_status(row, v->is);
	view_set(row, M_CHANGE_SAY,
		arena_printf(p->svc.a, "%s: %s \u2192 %s", who, reason_status_title(v->was),
			reason_status_title(v->is)));
	if (r < REASON__MAX && r != REASON_OK) {
		view_show(row, M_CHANGE_WHY);
		view_set(row, M_CHANGE_WHY, reason_row(r)->title);
	}
	page_time(row, M_CHANGE_AT_ISO, M_CHANGE_AT, v->at, p->svc.a);
}

static int changes(struct page *p, struct err *e)
{
	struct member_event *list;
	char told[CHANGES] = { 0 };
	int lines = 0;
	const int n = store_event_list(p->svc.db, p->svc.a, p->svc.who.account, 0,
		(struct page_of){ 0, CHANGES }, &list, e);

	for (int i = 0; i < n && lines < LINES; i++) {
		int all = 0;

		if (told[i] || (list[i].what != MEMBER_VERDICT && list[i].what != MEMBER_SWITCHED))
			continue;
		for (int j = i; j < n; j++) {
			if (told[j] || !alike(&list[i], &list[j]))
				continue;
			told[j] = 1;
			all++;
		}
		/* There may be more of them than were read. */
		change(p, &list[i], all, n == CHANGES && list[i].at - list[n - 1].at <= AT_ONCE);
		lines++;
	}
	if (lines)
		view_show(p->view, M_CHANGES);
	return n < 0 ? -1 : 0;
}

int page_census(struct page *p, struct err *e)
{
	const int64_t account = p->svc.who.account;
	struct roster_count *list;
	struct census c;
	int n = store_roster_counts(p->svc.db, p->svc.a, account, MEMBER_PERSON, &list, e);
	int64_t open = n < 0 ? -1 : store_job_open(p->svc.db, account, CHECK_KIND, e);

	if (open < 0)
		return -1;
	c = census_of(list, n);
	view_show(p->view, c.all ? M_CENSUS : M_NO_CENSUS);
	if (c.all == 0)
		return 0;
	if (open > 0)
		view_show(p->view, M_CENSUS_POLL);
	n = roster_whole(list, n);
	view_num(p->view, M_CENSUS_ALL, c.all);
	ring(p, &c);
	next(p, &c);
	why(p, list, n, &c);
	return trend(p, &c, e) < 0 ? -1 : changes(p, e);
}
