/*
 * The calendar of a generated mailbox: a handful of items, most of them recurring, which follow
 * from the seed and the mailbox's number alone. They lie around the day the world went live, by the
 * mailbox's own clock. It is made anew for each look until somebody changes something there, so it
 * has to be quick.
 */
#include "sim/item.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY };
enum { WEEKS_BEFORE = 8 };

/* One sort of item that calendars hold. */
static const struct kind {
	const char *subject;
	enum pattern pattern; /* PATTERN_NONE: once, in the weeks around now */
	int chance;	      /* of a hundred calendars, how many have it */
	int from, until;      /* hours of the day between which it starts */
	int minutes;	      /* how long; 0 = all day, and then in days */
	int every;
	enum busy busy;
	bool private;
} kinds[] = {
	{ "Team meeting", PATTERN_WEEKLY, 90, 9, 12, 60, 1, BUSY_BUSY, false },
	{ "Review", PATTERN_WEEKLY, 60, 13, 17, 45, 2, BUSY_BUSY, false },
	{ "Department meeting", PATTERN_MONTHLY_NTH, 50, 9, 16, 90, 1, BUSY_BUSY, false },
	{ "Working from home", PATTERN_WEEKLY, 30, 0, 1, 0, 1, BUSY_ELSEWHERE, false },
	{ "Physiotherapy", PATTERN_WEEKLY, 20, 16, 18, 60, 1, BUSY_BUSY, true },
	{ "Call with a customer", PATTERN_NONE, 80, 9, 17, 30, 0, BUSY_BUSY, false },
	{ "Interview", PATTERN_NONE, 35, 10, 16, 60, 0, BUSY_TENTATIVE, false },
	{ "Holiday", PATTERN_NONE, 25, 0, 1, 0, 0, BUSY_OOF, false },
};
static const char *const rooms[] = { "Room 1.04", "Room 2.17", "Library", "Online" };

/* When it first takes place, counted from the Monday of the first week. */
static local_t first_start(const struct kind *k, struct dice *d, int *weekday)
{
	int halves = (k->until - k->from) * 2, day = (int)dice_below(d, 5);
	local_t at = day * DAY + k->from * HOUR;

	*weekday = 1 + day;
	if (k->minutes > 0)
		at += dice_below(d, (uint32_t)halves) * 30 * MINUTE;
	if (k->pattern == PATTERN_NONE)
		at += (WEEKS_BEFORE - 1 + (int)dice_below(d, 5)) * WEEK;
	return at;
}

static struct recurrence *rule(const struct kind *k, struct dice *d, int weekday)
{
	struct recurrence *r = need(sizeof *r);

	r->pattern = k->pattern;
	r->interval = k->every;
	r->days = 1u << weekday;
	if (k->pattern == PATTERN_MONTHLY_NTH)
		r->nth = 1 + (int)dice_below(d, 4);
	return r;
}

/* A monthly series starts with the first day its rule names. */
static local_t first_of_month(const struct recurrence *r, local_t at, int weekday)
{
	struct civil c = civil_of(at);
	local_t day = nth_weekday(c.year, c.month, r->nth, weekday);

	return day + c.hour * HOUR + c.minute * MINUTE;
}

/* A look that is forgotten at once borrows its words; what is kept owns them. */
static char *word(const struct item *i, const char *s)
{
	return i->borrowed ? (char *)(uintptr_t)s : copy(s);
}

static void add(const struct mailbox *m, struct store *st, const struct kind *k, local_t monday,
	struct dice *d)
{
	struct item *i = item_new(st, FOLDER_CALENDAR, ITEM_CALENDAR);
	int weekday, days = 1;
	local_t start = monday + first_start(k, d, &weekday);

	i->borrowed = m->store != st;
	if (k->pattern != PATTERN_NONE)
		i->recurrence = rule(k, d, weekday);
	if (k->pattern == PATTERN_MONTHLY_NTH)
		start = first_of_month(i->recurrence, start, weekday);
	i->subject = word(i, k->subject);
	i->zone = m->zone;
	i->busy = i->intended = k->busy;
	i->all_day = k->minutes == 0;
	i->sensitivity = k->private ? SENSE_PRIVATE : SENSE_NORMAL;
	if (k->busy == BUSY_OOF)
		days = 2 + (int)dice_below(d, 9);
	i->start = zone_utc(m->zone, start);
	i->end =
		i->all_day ? zone_utc(m->zone, start + days * DAY) : i->start + k->minutes * MINUTE;
	if (!i->all_day)
		i->location = word(i, rooms[dice_below(d, sizeof rooms / sizeof rooms[0])]);
	i->created = i->modified = i->received = i->sent = monday - WEEK;
	i->organizer.name = word(i, m->name);
	i->organizer.address = word(i, m->address);
	i->organizer_here = true;
	i->my_response = RESPONSE_ORGANIZER;
	i->reminder = !i->all_day;
	i->reminder_minutes = 15;
	/* A look at busy time, made for the moment, shows none. */
	if (!i->borrowed)
		item_uid_from(i, d->state, i->number);
}

void calendar_generate(const struct world *w, const struct mailbox *m, struct store *st)
{
	struct dice d = { mix(w->seed, mix(m->number, 0x63616c)) };
	local_t now = zone_local(m->zone, w->born ? w->born : world_now(w));
	local_t monday = now - now % DAY - (civil_of(now).weekday + 6) % 7 * DAY;

	monday -= WEEKS_BEFORE * WEEK;
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		if ((int)dice_below(&d, 100) < kinds[k].chance)
			add(m, st, &kinds[k], monday, &d);
}
