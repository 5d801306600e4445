/* Page_charts: the days and the calls of a connection as pictures, with the same in words.
 *
 * Geometry is in attributes, with two decimals at most; colour and shape both say how a day was.
 */
#include "page_layout.h"

#include <inttypes.h>
#include <string.h>
#include "platform/buf.h"
#include "platform/clock.h"
#include "service/svc_health.h"

enum {
	MINUTE = 60,
	DAY = 24 * 60 * MINUTE,
	PATH_MAX = 2048,
	TIME_ROOM = 40,
	MONTH = 3,	     /* letters of it */
	SPARK_WIDTH = 30000, /* hundredths; as high as the picture, and the top that is left free */
	SPARK_HEIGHT = 8000,
	SPARK_TOP = 800
};

/* How a day looks: the worse, the lower; a day that nothing is known of is a line. */
static const struct mark {
	const char *class;
	const char *height;
	const char *y;
	const char *name; /* in the legend */
	const char *word; /* in a sentence */
} marks[MARK__MAX] = {
	[MARK_WELL] = { "is-ok", "10", "0", "Healthy", "healthy" },
	[MARK_SLOWED] = { "is-limited", "7", "3", "Slowed", "slowed" },
	[MARK_DOWN] = { "is-blocked", "4", "6", "Down", "down for a time" },
	[MARK_PAUSED] = { "is-info", "2", "8", "Paused", "paused" },
	[MARK_NONE] = { "is-unknown", "1", "9", "No data", "without data" },
};
/* In this order in words. */
static const enum health_mark order[MARK__MAX] = { MARK_WELL, MARK_SLOWED, MARK_DOWN, MARK_PAUSED,
	MARK_NONE };

/* "17 Nov". */
static const char *day_of(struct arena *a, int64_t t)
{
	char *text = arena_alloc(a, TIME_ROOM);

	clock_text(text, TIME_ROOM, t);
	text[strcspn(text, " ") + 1 + MONTH] = '\0';
	return text;
}

/* The strip in one sentence, and its legend. */
static const char *legend(struct page *p, const struct svc_days *d)
{
	const char *say = "";
	struct view *row;

	for (int i = 0; i < MARK__MAX; i++) {
		const struct mark *m = &marks[order[i]];

		if (!d->count[order[i]])
			continue;
		row = view_add(p->view, M_KEY);
		view_set(row, M_KEY_CLASS, m->class);
		view_set(row, M_KEY_NAME, m->name);
		view_num(row, M_KEY_DAYS, d->count[order[i]]);
		say = arena_printf(p->svc.a, "%s%s%d %s", say,
			*say ? ", " : "Last 90 days: ", d->count[order[i]], m->word);
	}
	return d->down ? arena_printf(p->svc.a, "%s. Down for %s in all.", say,
				 page_count(p->svc.a, (d->down + MINUTE - 1) / MINUTE, "minute",
					 "minutes"))
		       : arena_printf(p->svc.a, "%s.", say);
}

static void strip(struct page *p, const struct svc_days *d)
{
	struct view *row;

	for (int i = 0; i < HEALTH_DAYS; i++) {
		const struct mark *m = &marks[d->marks[i]];

		row = view_add(p->view, M_DAY);
		view_set(row, M_DAY_CLASS, m->class);
		view_set(row, M_DAY_X, arena_printf(p->svc.a, "%d.14", i));
		view_set(row, M_DAY_Y, m->y);
		view_set(row, M_DAY_HEIGHT, m->height);
	}
	view_set(p->view, M_DAYS_SAY, legend(p, d));
	view_set(p->view, M_DAYS_FROM, day_of(p->svc.a, d->first * DAY));
}

/* "99.94", "100". */
static const char *percent(struct arena *a, int hundredths)
{
	if (hundredths < 0)
		return NULL;
	return hundredths == HEALTH_UP_ALL
		? "100"
		: arena_printf(a, "%d.%02d", hundredths / 100, hundredths % 100);
}

/* The line of the half hours in which something worked, and the area below it. */
static void spark(struct page *p, const struct svc_calls *c)
{
	int n = 0, first = 0, last = 0, x, y;
	struct buf b;

	buf_init(&b, PATH_MAX);
	for (int i = 0; i < HEALTH_POINTS; i++) {
		if (c->points[i] < 0)
			continue;
		x = i * SPARK_WIDTH / (HEALTH_POINTS - 1);
		y = SPARK_HEIGHT -
			(int)(c->points[i] * (SPARK_HEIGHT - SPARK_TOP) /
				(c->highest ? c->highest : 1));
		first = n++ ? first : x;
		last = x;
		buf_printf(&b, "%s%d.%02d,%d.%02d", b.len ? " " : "", x / 100, x % 100, y / 100,
			y % 100);
	}
	if (n > 1) {
		view_show(p->view, M_SPARK);
		view_set(p->view, M_SPARK_LINE, arena_strdup(p->svc.a, buf_str(&b)));
		view_set(p->view, M_SPARK_AREA,
			arena_printf(p->svc.a, "%d.%02d,80 %s %d.%02d,80", first / 100, first % 100,
				buf_str(&b), last / 100, last % 100));
		view_set(p->view, M_SPARK_SAY,
			arena_printf(p->svc.a,
				"Call time over the last 24 hours: typically %" PRId64
				" ms; the slowest half hour took %" PRId64 " ms on average.",
				c->typical, c->highest));
	}
	buf_done(&b);
}

static void call_time(struct page *p, const struct svc_calls *c)
{
	view_show(p->view, c->calls ? M_CALLS : M_NO_CALLS);
	view_num(p->view, M_CALLS_ALL, c->calls);
	view_num(p->view, M_CALLS_FAILED, c->failed);
	if (c->highest < 0)
		return;
	view_show(p->view, M_CALLS_TIMES);
	view_num(p->view, M_CALLS_TYPICAL, c->typical);
	view_num(p->view, M_CALLS_SLOW, c->slow);
	spark(p, c);
}

int page_charts(struct page *p, const struct connection *live, struct err *e)
{
	const int64_t now = clock_now(), today = now / DAY, minute = now / MINUTE;
	struct health_calls *minutes;
	struct health_day *days;
	struct svc_days d;
	struct svc_calls c;
	const char *up;
	int nd =
		store_health_days(p->svc.db, p->svc.a, live->id, today - HEALTH_DAYS + 1, &days, e);
	int nc = nd < 0 ? -1
			: store_health_calls(p->svc.db, p->svc.a, live->id,
				  minute - HEALTH_MINUTES + 1, &minutes, e);

	if (nc < 0)
		return -1;
	svc_health_strip(days, nd, today, &d);
	svc_health_calls(minutes, nc, minute, &c);
	strip(p, &d);
	up = percent(p->svc.a, d.up);
	view_show(p->view, up ? M_UP : M_UP_UNKNOWN);
	view_set(p->view, M_UP_PERCENT, up);
	view_num(p->view, M_CALLS_TODAY, c.today);
	call_time(p, &c);
	return 0;
}
