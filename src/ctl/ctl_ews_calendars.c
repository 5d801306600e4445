/* Ctl ews calendars: many people at once: what opens, and when they are busy. Lists are printed as
 * they come, so that a hundred thousand people need no more memory than one.
 */
#include "ctl_ews.h"

#include <stdlib.h>
#include <string.h>
#include "exchange/busy.h"
#include "exchange/calendars.h"
#include "exchange/zone.h"
#include "platform/clock.h"
#include "platform/str.h"

enum { DAY = 86400, WEEK = 7, BUSY_PEOPLE_MAX = 20000 };

/* --- calendars --- */

struct people_run {
	struct ctl_ews *x;
	struct ctl_ews_list list;
	struct ctl_stream out;
	int64_t by_status[STATUS__MAX], undecided, left;
};

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct people_run *r = ptr;

	return ctl_ews_list_next(&r->list, n, address);
}

static const char *yes_no(enum seen s)
{
	return s == SEEN_YES ? "yes" : s == SEEN_NO ? "no" : "?";
}

static const char *const details[DETAIL__MAX] = { "", "none", "time", "subject", "full" };

static void on_told(void *ptr, const struct calendar_facts *f)
{
	const struct verdict *v = &f->verdict;
	struct people_run *r = ptr;
	const enum reason why = f->has_verdict ? v->reason
		: f->seen.attempt != REASON_OK ? f->seen.attempt
					       : REASON_NOT_CHECKED;
	const struct ctl_cell cells[] = { C_TEXT(f->address),
		C_TEXT(f->has_verdict ? reason_status_code(v->status) : "unknown"),
		C_TEXT(reason_row(why)->code),
		C_TEXT(reason_fixer(f->has_verdict ? v->fixer : reason_row(why)->fixer)),
		C_TEXT(f->has_verdict ? reason_reach_code(v->reach) : ""),
		C_TEXT(yes_no(f->seen.read)), C_TEXT(yes_no(f->seen.create)),
		C_TEXT(yes_no(f->seen.change)), C_TEXT(yes_no(f->seen.busy)),
		C_TEXT(details[f->seen.detail]), C_TEXT(f->code),
		C_TEXT(f->has_verdict && v->note != REASON_OK ? reason_row(v->note)->code : ""),
		C_TEXT(f->outcome.request) };

	if (f->has_verdict)
		r->by_status[v->status]++;
	else
		r->undecided++;
	ctl_out_stream(r->x->c, &r->out, cells);
}

static void on_done(void *ptr, const struct outcome *o)
{
	struct people_run *r = ptr;

	ctl_ews_done(r->x, o);
}

/* Who is still on the list when it could not go on. */
static void count_left(struct people_run *r)
{
	const char *address;
	int64_t n;

	while (r->x->end.reason != REASON_OK && ctl_ews_list_next(&r->list, &n, &address) > 0)
		r->left++;
}

static void sum_up(struct people_run *r)
{
	const char *text = "";

	for (int s = 0; s < STATUS__MAX; s++)
		if (r->by_status[s])
			text = arena_printf(&r->x->a, "%s%s%lld %s", text, text[0] ? ", " : "",
				(long long)r->by_status[s], reason_status_title((enum status)s));
	if (r->undecided)
		text = arena_printf(&r->x->a, "%s%s%lld could not be looked at", text,
			text[0] ? ", " : "", (long long)r->undecided);
	if (r->left)
		text = arena_printf(&r->x->a, "%s%s%lld not looked at", text, text[0] ? ", " : "",
			(long long)r->left);
	ctl_out_say(r->x->c, "%s.", text);
}

int ctl_ews_calendars(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "address", "status", "reason", "who", "reach", "read",
		"create", "change_own", "busy", "detail", "code", "note", "request", NULL };
	static const int widths[] = { 34, 13, 24, 15, 9, 5, 7, 11, 5, 8, 28, 17, 0 };
	struct people_run r = { .out = { keys, widths, 0 } };
	struct calendars_query q = { .next = on_next, .told = on_told, .done = on_done, .ptr = &r };
	int rc;

	if (ctl_ews_list_open(c, &r.list, e) < 0)
		return -1;
	r.x = ctl_ews_open(c, e);
	if (!r.x) {
		ctl_ews_list_close(&r.list);
		return -1;
	}
	q.method = line_method(r.x->line);
	q.every_way = ctl_flag(c, "every-way") != NULL;
	q.no_sending = ctl_flag(c, "no-sending") != NULL;
	calendars_start(ctl_ews_client(r.x), &q);
	ctl_ews_wait(r.x);
	count_left(&r);
	ctl_ews_list_close(&r.list);
	if (r.out.rows || r.left)
		sum_up(&r);
	rc = ctl_ews_listed(r.x, &r.out, "Nobody was asked.", NULL);
	if (r.by_status[STATUS_CONNECTED] != r.out.rows)
		rc = CTL_FAILED;
	return ctl_ews_close(r.x, rc, e);
}

/* --- busy time --- */

struct busy_run {
	struct ctl_ews *x;
	struct ctl_stream out;
	int failed;
};

static const char *const kinds[BUSY__MAX] = {
	[BUSY_FREE] = "free",
	[BUSY_TENTATIVE] = "tentative",
	[BUSY_BUSY] = "busy",
	[BUSY_OUT] = "out",
	[BUSY_ELSEWHERE] = "elsewhere",
	[BUSY_UNKNOWN] = "unknown",
};

static void busy_row(struct busy_run *r, const struct busy_times *t, const struct busy_span *s)
{
	const struct ctl_cell cells[] = { C_TEXT(t->address), C_TIME(s ? s->start : 0),
		C_TIME(s ? s->end : 0), C_TEXT(s ? kinds[s->kind] : ""),
		C_TEXT(reason_row(t->reason)->code), C_TEXT(t->code), C_BOOL(t->rough) };

	ctl_out_stream(r->x->c, &r->out, cells);
}

/* Whoever is free all the time, or cannot be read, has one row without times. */
static void on_busy(void *ptr, const struct busy_times *t)
{
	struct busy_run *r = ptr;

	r->failed |= t->reason != REASON_OK;
	for (size_t i = 0; i < t->count; i++)
		busy_row(r, t, &t->spans[i]);
	if (t->count == 0)
		busy_row(r, t, NULL);
}

static void on_busy_done(void *ptr, const struct outcome *o)
{
	struct busy_run *r = ptr;

	ctl_ews_done(r->x, o);
}

static int read_window(struct ctl *c, struct busy_job *job, struct err *e)
{
	const char *zone = ctl_flag(c, "zone") ? ctl_flag(c, "zone") : "UTC";
	const char *from = ctl_flag(c, "from"), *to = ctl_flag(c, "to");

	job->from = clock_now() / DAY * DAY;
	if (from && ctl_ews_time(from, zone, &job->from, e) < 0)
		return -1;
	job->to = job->from + WEEK * DAY;
	if (to && ctl_ews_time(to, zone, &job->to, e) < 0)
		return -1;
	if (job->to <= job->from)
		return ctl_fail(e, ERR_INPUT, "--to must be behind --from.");
	if (job->to - job->from > (int64_t)BUSY_WINDOW_DAYS * DAY)
		return ctl_fail(e, ERR_INPUT, "The window is longer than two years.");
	return 0;
}

static int read_people(struct ctl *c, struct busy_job *job, struct err *e)
{
	const char **all = arena_array(&c->arena, BUSY_PEOPLE_MAX, sizeof(*all));
	struct ctl_ews_list list;
	const char *address;
	int64_t n;
	int rc;

	if (ctl_ews_list_open(c, &list, e) < 0)
		return -1;
	while ((rc = ctl_ews_list_next(&list, &n, &address)) > 0 && job->count < BUSY_PEOPLE_MAX)
		all[job->count++] = arena_strdup(&c->arena, address);
	ctl_ews_list_close(&list);
	job->mailboxes = all;
	return rc <= 0 ? rc
		       : ctl_fail(e, ERR_INPUT, "At most %d people at a time.", BUSY_PEOPLE_MAX);
}

int ctl_ews_busy(struct ctl *c, struct err *e)
{
	static const char *const keys[] = { "address", "start", "end", "kind", "reason", "code",
		"rough", NULL };
	static const int widths[] = { 34, 20, 20, 9, 18, 24, 0 };
	struct busy_run r = { .out = { keys, widths, 0 } };
	struct busy_job job = { .told = on_busy, .done = on_busy_done, .ptr = &r };
	int rc;

	if (read_window(c, &job, e) < 0 || read_people(c, &job, e) < 0)
		return -1;
	r.x = ctl_ews_open(c, e);
	if (!r.x)
		return -1;
	job.from_calendar = ctl_flag(c, "from-calendar") != NULL;
	job.as_them = line_method(r.x->line) == METHOD_IMPERSONATION;
	busy_start(ctl_ews_client(r.x), &job);
	ctl_ews_wait(r.x);
	rc = ctl_ews_listed(r.x, &r.out, "Nobody was asked.", NULL);
	return ctl_ews_close(r.x, r.failed ? CTL_FAILED : rc, e);
}
