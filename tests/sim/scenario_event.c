/*
 * Scenario statements about what lies in a mailbox: events, series and messages.
 *
 * Times are by the mailbox's own clock unless said otherwise. The first day of a series is the
 * first from WHEN on that its rule names.
 */
#include <string.h>
#include "sim/item.h"
#include "sim/scenario_run.h"

enum { DAY = 86400, HALF_HOUR = 1800 };
static const char weekdays[] = "sun mon tue wed thu fri sat";

/* An event as its words say it, before anything is made. */
struct event {
	const char *subject, *place, *by, *uid, *folder_word;
	utc_t start;
	int seconds, every, times, answer, folder;
	bool busy, free, tentative, away, elsewhere, all_day, private, sent, cancelled;
	struct taken repeat, except, with;
	const char *until_word;
	const struct zone *zone;
	struct recurrence rule;
};

/* A value in the middle of a line, read as if it stood in a line of its own. */
static struct run aside(const struct run *r, const char **two, const char *word)
{
	struct run inner = *r;

	two[0] = NULL;
	two[1] = word;
	inner.word = two;
	inner.n = 2;
	inner.at = 1;
	return inner;
}

static bool read_date(struct run *r, const struct zone *zone, const char *word, local_t *midnight)
{
	const char *two[2];
	struct run inner = aside(r, two, word);
	utc_t at;
	bool date;

	if (!want_time(&inner, zone, &at, &date))
		return false;
	if (!date)
		return refuse(r, "'%s' has a time of day; expected a date", word) == 0;
	*midnight = zone_local(zone, at);
	*midnight -= *midnight % DAY;
	return true;
}

static bool read_weekday(struct run *r, const char *word, size_t n, int *day)
{
	const char *at = weekdays;

	for (*day = 0; n == 3 && *day < 7; ++*day, at += 4)
		if (memcmp(at, word, 3) == 0)
			return true;
	return refuse(r, "'%.*s' is not a weekday; expected one of: %s", (int)n, word, weekdays) ==
		0;
}

/* mon,wed,fri */
static bool read_days(struct run *r, const char *word, unsigned *days)
{
	size_t n;
	int day;

	for (*days = 0; *word; word += n + (word[n] == ',')) {
		n = strcspn(word, ",");
		if (!read_weekday(r, word, n, &day))
			return false;
		*days |= 1u << day;
	}
	return true;
}

/* monthly, monthly 15, monthly 2 tue, monthly last fri */
static bool read_monthly(struct run *r, const struct taken *t, struct recurrence *rule)
{
	const char *two[2], *word = t->n > 1 ? t->at[1] : NULL;
	struct run inner = aside(r, two, word);
	int number = 5, day;

	if (!word)
		return true;
	if (!(t->n == 3 && same(word, "last")) &&
		!want(&inner, "a day of the month", TAKE_NUMBER, &number))
		return false;
	if (number < 1 || number > (t->n == 3 ? 5 : 31))
		return refuse(r,
			       "'%s' is not a day of the month; expected 1 to 31, or 1 to 5 or "
			       "last before a weekday",
			       word) == 0;
	rule->day = number;
	if (t->n == 2)
		return true;
	if (!read_weekday(r, t->at[2], strlen(t->at[2]), &day))
		return false;
	rule->pattern = PATTERN_MONTHLY_NTH;
	rule->nth = number;
	rule->days = 1u << day;
	return true;
}

static bool read_rule(struct run *r, struct event *e)
{
	static const enum pattern patterns[] = { PATTERN_DAILY, PATTERN_WEEKLY, PATTERN_MONTHLY,
		PATTERN_YEARLY };
	const struct taken *t = &e->repeat;
	const char *two[2];
	struct run inner;
	struct civil c = civil_of(zone_local(e->zone, e->start));
	int which, most[] = { 1, 2, 3, 1 };

	if (t->n == 0)
		return true;
	inner = aside(r, two, t->at[0]);
	if (!want_choice(&inner, "a rule", "daily weekly monthly yearly", &which))
		return false;
	if (t->n > most[which])
		return refuse(r, "'%s' is too much after repeat %s", t->at[most[which]],
			       t->at[0]) == 0;
	e->rule = (struct recurrence){ .pattern = patterns[which],
		.interval = e->every,
		.days = which == 1 ? 1u << c.weekday : 0,
		.day = c.day,
		.month = c.month,
		.count = e->times };
	if (which == 1 && t->n == 2 && !read_days(r, t->at[1], &e->rule.days))
		return false;
	if (which == 2 && !read_monthly(r, t, &e->rule))
		return false;
	if (e->until_word && !read_date(r, e->zone, e->until_word, &e->rule.until))
		return false;
	return true;
}

/* Is this day one of the rule's (its interval aside). */
static bool fits(const struct recurrence *rule, local_t midnight)
{
	struct civil c = civil_of(midnight);
	int last = days_in_month(c.year, c.month), day = rule->day < last ? rule->day : last;

	switch (rule->pattern) {
	case PATTERN_WEEKLY:
		return rule->days >> c.weekday & 1;
	case PATTERN_MONTHLY:
		return c.day == day;
	case PATTERN_MONTHLY_NTH:
		return (rule->days >> c.weekday & 1) &&
			nth_weekday(c.year, c.month, rule->nth, c.weekday) == midnight;
	case PATTERN_YEARLY:
		return c.day == day && c.month == rule->month;
	default:
		return true;
	}
}

/* Every rule names a day within a year. */
static void move_to_first(struct event *e)
{
	local_t at = zone_local(e->zone, e->start);

	for (int i = 0; i < 366 && !fits(&e->rule, at - at % DAY); i++)
		at += DAY;
	e->start = zone_utc(e->zone, at);
}

static bool read_when(struct run *r, struct event *e, bool *date)
{
	/* The zone may be named further on, and WHEN is read by it. */
	for (int i = r->at; i + 1 < r->n; i++) {
		const char *two[2];
		struct run inner = aside(r, two, r->word[i + 1]);

		if (same(r->word[i], "zone") && !want(&inner, "a zone", TAKE_ZONE, &e->zone))
			return false;
	}
	return want_time(r, e->zone, &e->start, date);
}

/* The table of what may follow the time. */
static bool read_event_options(struct run *r, struct event *e)
{
	const struct option known[] = { { "busy", TAKE_FLAG, &e->busy, NULL },
		{ "free", TAKE_FLAG, &e->free, NULL },
		{ "tentative", TAKE_FLAG, &e->tentative, NULL },
		{ "away", TAKE_FLAG, &e->away, NULL },
		{ "elsewhere", TAKE_FLAG, &e->elsewhere, NULL },
		{ "all-day", TAKE_FLAG, &e->all_day, NULL },
		{ "private", TAKE_FLAG, &e->private, NULL },
		{ "repeat", TAKE_WORDS, &e->repeat, NULL },
		{ "every", TAKE_NUMBER, &e->every, NULL },
		{ "until", TAKE_TEXT, &e->until_word, NULL },
		{ "times", TAKE_NUMBER, &e->times, NULL },
		{ "except", TAKE_WORDS, &e->except, NULL }, { "at", TAKE_TEXT, &e->place, NULL },
		{ "by", TAKE_TEXT, &e->by, NULL }, { "with", TAKE_WORDS, &e->with, NULL },
		{ "sent", TAKE_FLAG, &e->sent, NULL },
		{ "answer", TAKE_CHOICE, &e->answer, "none tentative accept decline" },
		{ "uid", TAKE_TEXT, &e->uid, NULL },
		{ "cancelled", TAKE_FLAG, &e->cancelled, NULL },
		{ "zone", TAKE_ZONE, &e->zone, NULL }, { "on", TAKE_TEXT, &e->folder_word, NULL },
		{ NULL, TAKE_FLAG, NULL, NULL } };

	return options(r, known);
}

/* All of the line, and what does not go together. */
static bool read_event(struct run *r, struct event *e)
{
	bool date;

	e->subject = next(r);
	if (!read_when(r, e, &date))
		return false;
	if (r->at < r->n && r->word[r->at][0] >= '0' && r->word[r->at][0] <= '9' &&
		!want(r, "a duration", TAKE_SECONDS, &e->seconds))
		return false;
	if (!read_event_options(r, e) || !read_rule(r, e) ||
		(e->folder_word && !read_folder(r, e->folder_word, &e->folder)))
		return false;
	if (e->every < 1 || e->every > 999)
		return refuse(r, "'%d' is not an interval; expected 1 to 999", e->every) == 0;
	if (e->busy + e->free + e->tentative + e->away + e->elsewhere > 1)
		return refuse(r, "an event is one of busy, free, tentative, away and elsewhere") ==
			0;
	if (e->repeat.n == 0 && (e->except.n > 0 || e->until_word || e->times > 0))
		return refuse(r, "every, until, times and except need repeat") == 0;
	if (e->by && e->sent)
		return refuse(r, "only the organizer's own event can be sent") == 0;
	e->all_day = e->all_day || date;
	if (e->seconds < 0)
		e->seconds = e->all_day ? DAY : HALF_HOUR;
	if (e->all_day && e->seconds % DAY != 0)
		return refuse(r, "an all-day event lasts whole days") == 0;
	for (int i = 0; i < e->with.n; i++)
		if (!strchr(e->with.at[i], '@'))
			return refuse(r, "'%s' is not an address", e->with.at[i]) == 0;
	if (e->by && !strchr(e->by, '@'))
		return refuse(r, "'%s' is not an address", e->by) == 0;
	return true;
}

/* Addresses outside of the organisation have no name but themselves. */
static void set_person(const struct world *w, struct person *p, const char *address)
{
	const struct mailbox *m = world_mailbox(w, address);

	p->address = copy(m ? m->address : address);
	p->name = copy(m ? m->name : address);
}

/* Rooms are resources, as a client that books them says. */
static void set_attendees(struct run *r, struct item *i, const struct taken *with)
{
	i->n_attendees = with->n;
	i->attendees = with->n > 0 ? need((size_t)with->n * sizeof *i->attendees) : NULL;
	for (int k = 0; k < with->n; k++) {
		const struct mailbox *m = world_mailbox(r->w, with->at[k]);

		set_person(r->w, &i->attendees[k].who, with->at[k]);
		i->attendees[k].kind = m && m->room ? ATTENDEE_RESOURCE : ATTENDEE_REQUIRED;
	}
}

/* The days left out, as starts of the occurrences they would have been. */
static int read_exceptions(struct run *r, const struct event *e, struct exception *to)
{
	local_t first = zone_local(e->zone, e->start), day;

	for (int k = 0; k < e->except.n; k++) {
		if (!read_date(r, e->zone, e->except.at[k], &day))
			return -1;
		to[k] = (struct exception){ .original = zone_utc(e->zone, day + first % DAY),
			.deleted = true };
	}
	return 0;
}

/* With somebody else it is a meeting; by somebody else it is an invitation that came. */
static void set_meeting(struct run *r, struct item *i, const struct event *e)
{
	static const enum response answers[] = { RESPONSE_NONE, RESPONSE_TENTATIVE, RESPONSE_ACCEPT,
		RESPONSE_DECLINE };

	set_person(r->w, &i->organizer, e->by ? e->by : the_mailbox(r)->address);
	set_attendees(r, i, &e->with);
	i->meeting = e->by || e->with.n > 0;
	i->response_requested = i->meeting;
	i->organizer_here = !e->by;
	i->my_response = e->by ? answers[e->answer] : RESPONSE_ORGANIZER;
	i->my_answered = e->by && e->answer ? world_now(r->w) : 0;
	i->cancelled = e->cancelled;
}

static struct item *make_event(struct run *r, const struct event *e)
{
	struct store *st = store_of(r->w, the_mailbox(r));
	struct item *i = item_new(st, e->folder, ITEM_CALENDAR);
	local_t start = zone_local(e->zone, e->start);

	i->created = i->modified = i->received = i->sent = world_now(r->w);
	i->subject = copy(e->subject);
	i->location = copy(e->place);
	i->sensitivity = e->private ? SENSE_PRIVATE : SENSE_NORMAL;
	i->busy = e->free      ? BUSY_FREE
		: e->tentative ? BUSY_TENTATIVE
		: e->away      ? BUSY_OOF
		: e->elsewhere ? BUSY_ELSEWHERE
			       : BUSY_BUSY;
	i->intended = i->busy;
	i->zone = e->zone;
	i->all_day = e->all_day;
	i->reminder = true;
	i->reminder_minutes = 15;
	i->start = e->start;
	i->end = e->all_day ? zone_utc(e->zone, start + e->seconds) : e->start + e->seconds;
	set_meeting(r, i, e);
	if (e->uid)
		i->uid = copy(e->uid);
	else
		item_uid_from(i, mix(r->w->seed, the_mailbox(r)->number), i->number);
	if (e->repeat.n > 0) {
		i->recurrence = need(sizeof *i->recurrence);
		*i->recurrence = e->rule;
	}
	return i;
}

int st_event(struct run *r)
{
	struct event e = { .seconds = -1, .every = 1, .zone = the_mailbox(r)->zone };
	struct exception except[WORDS_MAX];
	struct item *i;

	if (!read_event(r, &e))
		return -1;
	if (e.repeat.n > 0)
		move_to_first(&e);
	if (read_exceptions(r, &e, except) < 0)
		return -1;
	if (r->dry)
		return 0;
	i = make_event(r, &e);
	if (e.except.n > 0) {
		i->exceptions = need((size_t)e.except.n * sizeof *i->exceptions);
		memcpy(i->exceptions, except, (size_t)e.except.n * sizeof *i->exceptions);
		i->n_exceptions = e.except.n;
	}
	if (e.sent && i->n_attendees > 0) {
		i->invited = true;
		post_meeting(r->w,
			&(struct sending){ .organizer = the_mailbox(r),
				.meeting = i,
				.class = ITEM_REQUEST,
				.to = i->attendees,
				.n_to = i->n_attendees });
	}
	return 0;
}

/* As its owner would delete it: nobody is told. */
int st_no_event(struct run *r)
{
	const char *subject = next(r);
	struct mailbox *m = the_mailbox(r);
	struct store *st = r->dry ? NULL : store_of(r->w, m);
	int found = 0;

	if (r->dry)
		return 0;
	for (struct item *i = store_folder(st, FOLDER_CALENDAR); i; i = i->next) {
		if (i->deleted || !(same(subject, "all") || same(i->subject, subject)))
			continue;
		item_delete(r->w, st, i);
		found++;
	}
	if (found == 0 && !same(subject, "all"))
		return refuse(r, "nothing in %s's calendar is called '%s'", m->address, subject);
	return 0;
}

int st_message(struct run *r)
{
	const char *word = next(r), *from = next(r), *subject = next(r), *body = next(r);
	const char *folder_word = NULL;
	bool is_read = false;
	int folder = FOLDER_INBOX;
	const struct option known[] = { { "read", TAKE_FLAG, &is_read, NULL },
		{ "on", TAKE_TEXT, &folder_word, NULL }, { NULL, TAKE_FLAG, NULL, NULL } };
	struct item *i;

	if (!same(word, "from") || !strchr(from, '@'))
		return refuse(
			r, "'%s' is not from and an address; usage: %s", word, r->statement->usage);
	if (!options(r, known) || (folder_word && !read_folder(r, folder_word, &folder)))
		return -1;
	if (r->dry)
		return 0;
	i = item_new(store_of(r->w, the_mailbox(r)), folder, ITEM_MESSAGE);
	i->created = i->modified = i->received = i->sent = world_now(r->w);
	i->subject = copy(subject);
	i->body = copy(body);
	i->is_read = is_read;
	set_person(r->w, &i->from, from);
	set_person(r->w, &i->sender, from);
	i->to = need(sizeof *i->to);
	i->n_to = 1;
	set_person(r->w, &i->to->who, the_mailbox(r)->address);
	i->mime_id = format("<%llx.%llx@%s>", (unsigned long long)mix(r->w->seed, i->number),
		(unsigned long long)the_mailbox(r)->number, strrchr(from, '@') + 1);
	return 0;
}
