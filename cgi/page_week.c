/* Page_week: busy time of a member as Latchkey sees it, drawn and in words.
 *
 * Rules: what is kept is start, end and kind, so nothing else can be shown; the page says so, with
 * the number of blocks. Times are drawn as they are kept: by the clock where the mailbox is.
 */
#include "page_week.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "exchange/reason.h"
#include "page_layout.h"
#include "platform/str.h"

enum {
	DAY = 86400,
	DAY_MINUTES = 1440,
	WORKDAYS = 5,
	WEEKDAYS = 7,
	FIRST = 8, /* hours that are always drawn */
	LAST = 18
};

/* How a kind looks, and the word before it when it is read aloud. */
static const struct {
	const char *class;
	const char *word;
} kinds[BUSY__MAX] = {
	[BUSY_FREE] = { "busy", "" },
	[BUSY_TENTATIVE] = { "tent", "tentative " },
	[BUSY_BUSY] = { "busy", "" },
	[BUSY_OUT] = { "away", "away " },
	[BUSY_ELSEWHERE] = { "tent", "working elsewhere " },
	[BUSY_UNKNOWN] = { "busy", "" },
};

/* --- shape --- */

/* The part of a span on one day; 0 when there is none. */
static int part_of(const struct week_span *s, int64_t midnight, int day, struct week_block *out)
{
	const int64_t from = (s->start > midnight ? s->start - midnight : 0) / 60;
	const int64_t to = (s->end < midnight + DAY ? s->end - midnight : DAY) / 60;

	if (s->kind == BUSY_FREE || from >= to)
		return 0;
	*out = (struct week_block){
		.day = day, .from = (int)from, .to = (int)to, .kind = s->kind, .lanes = 1
	};
	return 1;
}

/* Whatever lasts for a day and more does not stretch the hours that are drawn. */
static void stretch(struct week_shape *w, const struct week_span *s, const struct week_block *b)
{
	const int first = b->from / 120 * 2, last = (b->to + 119) / 120 * 2;

	if (s->end - s->start >= DAY)
		return;
	if (first < w->first)
		w->first = first;
	if (last > w->last)
		w->last = last;
}

/* Blocks that overlap, directly or by others, share the width of their day. */
static void share(struct week_block *b, int n)
{
	int ends[WEEK_LANES] = { 0 }, lanes = 0;

	for (int i = 0; i < n; i++) {
		int lane = 0;

		while (lane < lanes && lane < WEEK_LANES - 1 && ends[lane] > b[i].from)
			lane++;
		b[i].lane = lane;
		ends[lane] = b[i].to;
		if (lane >= lanes)
			lanes = lane + 1;
	}
	for (int i = 0; i < n; i++)
		b[i].lanes = lanes;
}

static void lanes_of(struct week_block *b, int n)
{
	int first = 0, end = 0;

	for (int i = 0; i < n; i++) {
		if (i > first && (b[i].day != b[first].day || b[i].from >= end)) {
			share(b + first, i - first);
			first = i;
			end = 0;
		}
		if (b[i].to > end)
			end = b[i].to;
	}
	share(b + first, n - first);
}

void week_shape(struct arena *a, const struct week_span *spans, int n, int64_t monday,
	struct week_shape *out)
{
	*out = (struct week_shape){
		.monday = monday, .days = WORKDAYS, .first = FIRST, .last = LAST
	};
	out->blocks = arena_array(a, (size_t)n * WEEKDAYS + 1, sizeof(*out->blocks));
	for (int day = 0; day < WEEKDAYS; day++) {
		for (int i = 0; i < n; i++) {
			struct week_block *b = &out->blocks[out->count];

			if (!part_of(&spans[i], monday + (int64_t)day * DAY, day, b))
				continue;
			stretch(out, &spans[i], b);
			out->count++;
			if (day >= WORKDAYS)
				out->days = WEEKDAYS;
		}
	}
	lanes_of(out->blocks, out->count);
}

/* --- words --- */

static const char *const days[WEEKDAYS] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday", "Sunday" };

static const char *const months[] = { "January", "February", "March", "April", "May", "June",
	"July", "August", "September", "October", "November", "December" };

/* Of a day of the week that is drawn. */
static struct tm date(const struct week_shape *w, int day)
{
	const time_t at = (time_t)(w->monday + (int64_t)day * DAY);
	struct tm tm;

	gmtime_r(&at, &tm);
	return tm;
}

const char *week_dates(struct arena *a, const struct week_shape *w)
{
	const struct tm first = date(w, 0), last = date(w, w->days - 1);
	const int same = first.tm_mon == last.tm_mon;

	return arena_printf(a, "%d%s%s to %d %s", first.tm_mday, same ? "" : " ",
		same ? "" : months[first.tm_mon], last.tm_mday, months[last.tm_mon]);
}

/* "9", "10:30" */
static const char *hour(struct arena *a, int minutes)
{
	return minutes % 60 ? arena_printf(a, "%d:%02d", minutes / 60, minutes % 60)
			    : arena_printf(a, "%d", minutes / 60);
}

static const char *block_words(struct arena *a, const struct week_block *b)
{
	if (b->from == 0 && b->to == DAY_MINUTES)
		return arena_printf(a, "%sall day", kinds[b->kind].word);
	return arena_printf(a, "%s%s to %s", kinds[b->kind].word, hour(a, b->from), hour(a, b->to));
}

/* "Monday 9 to 10:30 and 13 to 14." */
static const char *day_words(struct arena *a, const struct week_shape *w, int first, int n)
{
	const char *text = days[w->blocks[first].day];

	for (int i = 0; i < n; i++)
		text = arena_printf(a, "%s%s%s", text,
			i == 0		     ? " "
				: i == n - 1 ? " and "
					     : ", ",
			block_words(a, &w->blocks[first + i]));
	return arena_printf(a, "%s.", text);
}

const char *week_words(struct arena *a, const struct week_shape *w)
{
	const char *text = arena_printf(
		a, "Busy time, %s, %d to %d o’clock.", week_dates(a, w), w->first, w->last);
	int n;

	for (int i = 0; i < w->count; i += n) {
		for (n = 1; i + n < w->count && w->blocks[i + n].day == w->blocks[i].day;)
			n++;
		text = arena_printf(a, "%s %s", text, day_words(a, w, i, n));
	}
	return w->count ? text : arena_printf(a, "%s None.", text);
}

/* --- drawing --- */

/* A number with two decimals, of hundredths. */
static const char *hundredths(struct arena *a, int n)
{
	return arena_printf(a, "%d.%02d", n / 100, n % 100);
}

/* Cut to the hours that are drawn; a day is 1 wide, an hour 1 high. */
static void block(
	struct page *p, struct view *v, const struct week_shape *w, const struct week_block *b)
{
	const int top = w->first * 60, end = w->last * 60, wide = 90 / b->lanes;
	const int from = b->from > top ? b->from : top, to = b->to < end ? b->to : end;
	struct arena *a = p->svc.a;
	struct view *row;

	if (from >= to)
		return;
	row = view_add(v, M_BLOCK);
	view_set(row, M_BLOCK_CLASS, kinds[b->kind].class);
	if (b->kind == BUSY_TENTATIVE)
		view_show(row, M_BLOCK_DASHED);
	view_set(row, M_BLOCK_X, hundredths(a, b->day * 100 + 5 + b->lane * wide));
	view_set(row, M_BLOCK_WIDE, hundredths(a, wide));
	view_set(row, M_BLOCK_Y, hundredths(a, (from - top) * 100 / 60));
	view_set(row, M_BLOCK_TALL, hundredths(a, (to - from) * 100 / 60));
}

static void draw(struct page *p, const struct week_shape *w)
{
	struct view *v = view_add(p->view, M_WEEK_VIEW);
	struct arena *a = p->svc.a;

	view_set(v, M_WEEK_DATES, week_dates(a, w));
	view_set(v, M_WEEK_WORDS, week_words(a, w));
	view_num(v, M_WEEK_DAYS, w->days);
	view_num(v, M_WEEK_HOURS, w->last - w->first);
	for (int i = 0; i < w->days; i++) {
		view_set(view_add(v, M_WEEK_DAY), M_WEEK_DAY,
			arena_printf(a, "%.3s %d", days[i], date(w, i).tm_mday));
		if (i)
			view_num(view_add(v, M_WEEK_COLUMN), M_WEEK_COLUMN, i);
	}
	for (int h = w->first; h <= w->last; h += 2) {
		view_num(view_add(v, M_WEEK_HOUR), M_WEEK_HOUR, h);
		if (h > w->first && h < w->last)
			view_num(view_add(v, M_WEEK_LINE), M_WEEK_LINE, h - w->first);
	}
	for (int i = 0; i < w->count; i++)
		block(p, v, w, &w->blocks[i]);
}

static const char *zone_words(struct arena *a, const char *zone)
{
	if (strcmp(zone, "UTC") == 0)
		return "Times are in UTC: the mailbox tells no time zone.";
	if (str_empty(zone))
		return "Times are those of the mailbox’s own time zone, which has no common name.";
	return arena_printf(a, "Times are those of the mailbox’s time zone, %s.", zone);
}

void page_week(struct page *p, const struct week *w)
{
	const enum reason why = w ? reason_parse(w->reason) : REASON_OK;
	struct week_span *spans;
	struct week_shape shape;
	int n;

	if (!w) {
		view_show(p->view, M_WEEK_NONE);
		return;
	}
	page_time(p->view, M_WEEK_AT_ISO, M_WEEK_AT, w->seen_at, p->svc.a);
	view_show(p->view, M_WEEK_AT);
	if (why != REASON_OK) {
		view_show(p->view, M_WEEK_FAILED);
		view_set(p->view, M_WEEK_WHAT,
			reason_row(why < REASON__MAX ? why : REASON_INTERNAL)->title);
		view_set(p->view, M_WEEK_WHY,
			reason_row(why < REASON__MAX ? why : REASON_INTERNAL)->say);
		return;
	}
	n = week_spans(p->svc.a, w->spans, &spans);
	view_show(p->view, M_WEEK);
	view_set(p->view, M_WEEK_ZONE, zone_words(p->svc.a, w->zone));
	view_set(p->view, M_WEEK_KEPT, page_count(p->svc.a, n, "block is", "blocks are"));
	for (int64_t at = w->from; at < w->to; at += WEEKDAYS * DAY) {
		week_shape(p->svc.a, spans, n, at, &shape);
		draw(p, &shape);
	}
}
