/*
 * Suggested meeting times, the other half of GetUserAvailability: for each day of a window the half
 * hours at which few of the invited are busy. Excellent suits everybody, Good and Fair leave out
 * less than a share of them.
 */
#include "sim/op_busy.h"

#include <stdlib.h>

enum { WORK_BEGINS = 480, WORK_ENDS = 1020, DAY_MINUTES = 1440, EVERY = 30 };
enum quality { EXCELLENT, GOOD, FAIR, POOR };
static const char *const quality_names[] = { "Excellent", "Good", "Fair", "Poor" };

/* One t:MailboxData: a mailbox, or a group with a view for each member that may be read. */
struct guest {
	struct calendar_view *views;
	int n, members;
	bool is_group, too_big;
};

struct plan {
	struct ask *ask;
	struct guest *guests;
	int n_guests;
	int threshold, most, most_off, minutes;
	enum quality least;
	utc_t from, to;
};

/* Calendars are read once for all days. */
static void invite(struct plan *p, xmlNode *data, struct asked *who)
{
	struct guest *g = &p->guests[p->n_guests++];
	const char *code = busy_find(p->ask, data, who);
	uint32_t rights;

	p->ask->call->say = NULL;
	g->is_group = who->is_group;
	g->too_big = code != NULL && who->is_group;
	if (code != NULL)
		return;
	g->members = who->n;
	g->views = need((size_t)who->n * sizeof(*g->views));
	for (int n = 0; n < who->n; n++) {
		if (busy_denied(p->ask, who->members[n], &rights) == NULL)
			calendar_view(p->ask->call->world, who->members[n], p->from, p->to,
				&g->views[g->n++]);
	}
}

/* The worst of what lies in that time; elsewhere and no data are not busy. */
static enum busy busy_between(const struct calendar_view *v, utc_t from, utc_t to)
{
	enum busy worst = BUSY_FREE;

	for (int n = 0; n < v->n && v->at[n].start < to; n++) {
		enum busy b = v->at[n].item->busy;

		if (v->at[n].end > from && b <= BUSY_OOF && b > worst)
			worst = b;
	}
	return worst;
}

/* How many of the guest's mailboxes are taken then. */
static int taken(const struct guest *g, utc_t from, utc_t to)
{
	int n = 0;

	for (int k = 0; k < g->n; k++)
		n += busy_between(&g->views[k], from, to) != BUSY_FREE;
	return n;
}

/* By the share of calendars in which the time is taken. */
static enum quality quality_at(const struct plan *p, utc_t from)
{
	int busy = 0, all = 0, percent;

	for (int n = 0; n < p->n_guests; n++) {
		busy += taken(&p->guests[n], from, from + p->minutes * 60);
		all += p->guests[n].n;
	}
	if (busy == 0)
		return EXCELLENT;
	percent = busy * 100 / all;
	return percent < p->threshold ? GOOD : percent < 50 ? FAIR : POOR;
}

static void write_conflict(const struct plan *p, const struct guest *g, utc_t from)
{
	struct text *t = &p->ask->call->out;
	utc_t to = from + p->minutes * 60;

	if (g->too_big) {
		text_puts(t, "<t:TooBigGroupAttendeeConflictData/>");
	} else if (g->is_group) {
		xml_open(t, "t:GroupAttendeeConflictData");
		xml_num(t, "t:NumberOfMembers", g->members);
		xml_num(t, "t:NumberOfMembersAvailable", g->n - taken(g, from, to));
		xml_num(t, "t:NumberOfMembersWithConflict", taken(g, from, to));
		xml_num(t, "t:NumberOfMembersWithNoData", g->members - g->n);
		xml_close(t, "t:GroupAttendeeConflictData");
	} else if (g->n == 0) {
		text_puts(t, "<t:UnknownAttendeeConflictData/>");
	} else {
		xml_open(t, "t:IndividualAttendeeConflictData");
		xml_el(t, "t:BusyType", busy_names[busy_between(g->views, from, to)]);
		xml_close(t, "t:IndividualAttendeeConflictData");
	}
}

static void write_suggestion(const struct plan *p, utc_t at, bool work, enum quality q)
{
	struct text *t = &p->ask->call->out;

	text_puts(t, "<t:Suggestion><t:MeetingTime>");
	when_write_local(t, zone_local(p->ask->zone, at));
	text_puts(t, "</t:MeetingTime>");
	xml_flag(t, "t:IsWorkTime", work);
	xml_el(t, "t:SuggestionQuality", quality_names[q]);
	xml_open(t, "t:AttendeeConflictDataArray");
	for (int n = 0; n < p->n_guests; n++)
		write_conflict(p, &p->guests[n], at);
	xml_close(t, "t:AttendeeConflictDataArray");
	text_puts(t, "</t:Suggestion>");
}

static bool is_work(local_t day, int minute, int minutes)
{
	int weekday = civil_of(day).weekday;

	return weekday >= 1 && weekday <= 5 && minute >= WORK_BEGINS &&
		minute + minutes <= WORK_ENDS;
}

/* The best times first, then by the clock. */
static void write_day(const struct plan *p, local_t day)
{
	enum quality qualities[DAY_MINUTES / EVERY], best = POOR;
	struct text *t = &p->ask->call->out;
	int left = p->most, left_off = p->most_off;

	for (int n = 0; n < DAY_MINUTES / EVERY; n++) {
		qualities[n] = quality_at(p, zone_utc(p->ask->zone, day + n * EVERY * 60));
		if (qualities[n] < best && is_work(day, n * EVERY, p->minutes))
			best = qualities[n];
	}
	text_puts(t, "<t:SuggestionDayResult><t:Date>");
	when_write_local(t, day);
	text_puts(t, "</t:Date>");
	xml_el(t, "t:DayQuality", quality_names[best]);
	xml_open(t, "t:SuggestionArray");
	for (int k = 0; k < (int)(p->least + 1) * (DAY_MINUTES / EVERY); k++) {
		int n = k % (DAY_MINUTES / EVERY);
		bool work = is_work(day, n * EVERY, p->minutes);

		if ((int)qualities[n] == k / (DAY_MINUTES / EVERY) &&
			(work ? left-- : left_off--) > 0)
			write_suggestion(p, zone_utc(p->ask->zone, day + n * EVERY * 60), work,
				qualities[n]);
	}
	xml_close(t, "t:SuggestionArray");
	text_puts(t, "</t:SuggestionDayResult>");
}

static void write_days(struct plan *p, xmlNode *mailboxes)
{
	struct text *t = &p->ask->call->out;
	struct asked who;
	local_t last = zone_local(p->ask->zone, p->to);
	struct civil c = civil_of(zone_local(p->ask->zone, p->from));

	p->guests = need((size_t)p->ask->call->items * sizeof(*p->guests));
	for (xmlNode *d = node_first(mailboxes); d != NULL; d = node_next(d))
		invite(p, d, &who);
	xml_open(t, "m:SuggestionDayResultArray");
	for (local_t day = civil_at(c.year, c.month, c.day, 0, 0, 0); day < last; day += 86400)
		write_day(p, day);
	xml_close(t, "m:SuggestionDayResultArray");
	for (int n = 0; n < p->n_guests; n++) {
		for (int k = 0; k < p->guests[n].n; k++)
			calendar_done(&p->guests[n].views[k]);
		free(p->guests[n].views);
	}
	free(p->guests);
}

/* An option, or what Exchange takes when there is none. False: out of its range. */
static bool option(struct plan *p, xmlNode *n, const char *name, const int bounds[3], int *out)
{
	const char *s = node_child_text(p->ask->call, n, NS_T, name);

	*out = bounds[2];
	return s == NULL || busy_number(s, bounds[0], bounds[1], out);
}

/* The code of what is wrong, or NULL. */
static const char *read_options(struct plan *p, xmlNode *n)
{
	static const int threshold[] = { 1, 49, 25 }, most[] = { 0, 48, 10 }, off[] = { 0, 48, 0 },
			 minutes[] = { 30, DAY_MINUTES, 60 };
	const char *least = node_child_text(p->ask->call, n, NS_T, "MinimumSuggestionQuality");

	if (!option(p, n, "GoodThreshold", threshold, &p->threshold) ||
		!option(p, n, "MaximumResultsByDay", most, &p->most) ||
		!option(p, n, "MaximumNonWorkHourResultsByDay", off, &p->most_off) ||
		!option(p, n, "MeetingDurationInMinutes", minutes, &p->minutes))
		return "ErrorMeetingSuggestionGenerationFailed";
	p->least = FAIR;
	for (int q = EXCELLENT; least != NULL && q <= POOR; q++) {
		if (same(least, quality_names[q]))
			p->least = (enum quality)q;
	}
	if (!busy_window(
		    p->ask, node_child(n, NS_T, "DetailedSuggestionsWindow"), &p->from, &p->to))
		return "ErrorInvalidTimeInterval";
	if (p->to - p->from > (int64_t)busy_window_days(p->ask) * 86400 + 3600)
		return "ErrorTimeIntervalTooBig";
	return NULL;
}

void busy_suggest(struct ask *a, xmlNode *options, xmlNode *mailboxes)
{
	struct plan p = { .ask = a };
	const char *wrong = read_options(&p, options);
	struct call *c = a->call;

	xml_open(&c->out, "m:SuggestionsResponse");
	message_begin(c, "m:ResponseMessage", wrong != NULL ? wrong : "NoError", NO_MORE);
	message_end(c, "m:ResponseMessage");
	if (wrong == NULL)
		write_days(&p, mailboxes);
	xml_close(&c->out, "m:SuggestionsResponse");
}
