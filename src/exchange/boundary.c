/* Boundary: how far we reach into a mailbox, compared with how far an admin wants us to.
 *
 * The words are a table of rules, walked in order; the first that fits has them. What a method
 * brings with it is told apart from what somebody granted, because another person can change it.
 */
#include "boundary.h"

#include <string.h>
#include "verdict.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* --- more, less --- */

/* The farthest that is meant, and the least. */
static const struct {
	enum reach most, least;
} meant[LEVEL__MAX] = {
	[LEVEL_FULL] = { REACH_FULL, REACH_FULL },
	[LEVEL_CALENDAR] = { REACH_CALENDAR, REACH_CALENDAR },
	[LEVEL_BUSY] = { REACH_BUSY, REACH_BUSY },
};

enum fit boundary_fit(enum level l, enum reach r)
{
	if (r == REACH_UNKNOWN)
		return FIT_UNMEASURED;
	if (l == LEVEL_UNSAID)
		return FIT_UNSAID;
	if (r > meant[l].most)
		return FIT_MORE;
	return r < meant[l].least ? FIT_LESS : FIT_AS;
}

/* --- words --- */

enum {
	P = 1 << METHOD_PERSONAL,
	D = 1 << METHOD_DEDICATED,
	G = 1 << METHOD_DELEGATE,
	I = 1 << METHOD_IMPERSONATION,
	ANY = P | D | G | I | 1 << METHOD__MAX
};

#define OF(r) (1u << (r))
#define NO_BOOKING                                                                                 \
	"No booking can be written into this calendar, and no invitation leaves in the member's "  \
	"name. Busy time is read."
#define OF_ROOMS "Of rooms nothing but busy time is asked by this method."
#define NOTHING "Neither busy time can be read nor a booking be made."

static const struct rule {
	enum fit fit;
	unsigned methods, reaches;
	struct boundary_words words;
} rules[] = {
	{ FIT_UNMEASURED, ANY, OF(REACH_UNKNOWN),
		{ "Not measured: nobody has looked at this mailbox yet, or what was seen does not "
		  "tell how far it opens.",
			"", FIXER_NOBODY, "The next check measures it." } },
	{ FIT_UNSAID, ANY, ~0u,
		{ "Measured. Whether that is as intended is not known, because nobody has said "
		  "what is.",
			"", FIXER_ADMIN, "Say how far Latchkey is meant to reach." } },
	{ FIT_AS, D, OF(REACH_BUSY),
		{ "Busy time is all that is asked for by this method. Whether the mailbox would "
		  "open further is not measured.",
			"", FIXER_NOBODY, "" } },
	{ FIT_AS, P, OF(REACH_BUSY),
		{ "It opens as far as intended. " OF_ROOMS, "", FIXER_NOBODY, "" } },
	{ FIT_AS, ANY, ~0u, { "It opens as far as intended.", "", FIXER_NOBODY, "" } },
	{ FIT_MORE, P, OF(REACH_FULL) | OF(REACH_CALENDAR),
		{ "A member's own sign-in opens all of their own mailbox. Latchkey asks for the "
		  "calendar alone, but the sign-in would do for more.",
			"", FIXER_ADMIN,
			"Change the method to one in which calendars are shared with a mailbox, or "
			"in which only busy time is read." } },
	{ FIT_MORE, I, OF(REACH_FULL) | OF(REACH_CALENDAR),
		{ "Whoever may impersonate in Exchange reaches the whole mailbox of everyone in "
		  "the scope. That cannot be narrowed to calendars.",
			"", FIXER_ADMIN,
			"Change the method to delegate access, which reaches calendars alone. To "
			"keep impersonation, let an Exchange admin narrow its scope to those who "
			"must be reached." } },
	{ FIT_MORE, G, OF(REACH_FULL),
		{ "More than a calendar opens: the inbox does. The mailbox was given full "
		  "access, or a right to the inbox.",
			"", FIXER_EXCHANGE,
			"Take the full access, or the right to the inbox, away again. The right to "
			"the calendar folder is enough." } },
	{ FIT_MORE, G, OF(REACH_CALENDAR),
		{ "The calendar itself opens, with what stands in it, where only busy time is "
		  "intended.",
			"", FIXER_EXCHANGE,
			"Lower the right to the calendar folder to AvailabilityOnly. The member "
			"can do so in Outlook, too." } },
	{ FIT_MORE, ANY, ~0u,
		{ "It opens farther than intended.", "", FIXER_EXCHANGE,
			"Take away what was granted beyond that." } },
	{ FIT_LESS, ANY, OF(REACH_CALENDAR),
		{ "The calendar opens, the rest of the mailbox does not.",
			"Nothing: Latchkey needs no more than the calendar.", FIXER_ADMIN,
			"Say calendars as the intended level: then nobody grants more than is "
			"needed." } },
	{ FIT_LESS, D, OF(REACH_BUSY),
		{ "By this method only busy time is read.",
			"Bookings stand in the dedicated mailbox, not in members' calendars, and "
			"invitations come from there.",
			FIXER_ADMIN,
			"Change the method to one that reaches calendars, or say busy time as the "
			"intended level." } },
	{ FIT_LESS, P, OF(REACH_BUSY),
		{ "The calendar does not open; its busy time can be read. " OF_ROOMS, NO_BOOKING,
			FIXER_MEMBER, "The member's own page says what they can do." } },
	{ FIT_LESS, I, OF(REACH_BUSY),
		{ "The calendar does not open; its busy time can be read.", NO_BOOKING,
			FIXER_EXCHANGE,
			"Take this mailbox into the scope of the role. The page of the member says "
			"what was refused." } },
	{ FIT_LESS, ANY, OF(REACH_BUSY),
		{ "The calendar does not open; its busy time can be read.", NO_BOOKING,
			FIXER_EXCHANGE,
			"Give the dedicated mailbox a right to the calendar folder, for all at "
			"once. Each member can share their own calendar, too." } },
	{ FIT_LESS, ANY, OF(REACH_NONE),
		{ "Neither the calendar nor its busy time opens.", NOTHING, FIXER_EXCHANGE,
			"The page of each member says why, and who can mend it." } },
	{ FIT_LESS, ANY, ~0u,
		{ "It opens less far than intended.", NOTHING, FIXER_EXCHANGE,
			"The page of each member says why." } },
};

const struct boundary_words *boundary_words(enum level l, enum reach r, const char *method)
{
	const enum method m = verdict_method_parse(method);
	const enum fit fit = boundary_fit(l, r);
	size_t i = 0;

	while (i + 1 < LENGTH(rules) &&
		(rules[i].fit != fit || !(rules[i].methods & OF(m)) || !(rules[i].reaches & OF(r))))
		i++;
	return &rules[i].words;
}

const char *boundary_pointless(const char *method)
{
	switch (verdict_method_parse(method)) {
	case METHOD_PERSONAL:
		return "Each member's own sign-in opens no mailbox but their own.";
	case METHOD_DEDICATED:
		return "Only busy time is read by this method; nobody's mailbox is opened.";
	case METHOD_DELEGATE:
	case METHOD_IMPERSONATION:
		return "";
	case METHOD__MAX:
		break;
	}
	return "No connection is in use.";
}

const char *boundary_inside(enum whose w)
{
	static const char *const words[WHOSE__MAX] = {
		[WHOSE_NOBODYS] = "",
		[WHOSE_MEMBERS] = "This is a member, whom Latchkey is meant to reach. Name a "
				  "mailbox of somebody who is none.",
		[WHOSE_OURS] = "This is the dedicated mailbox itself, which always opens. Name a "
			       "mailbox of somebody who is no member.",
	};

	return words[w];
}

/* --- codes and titles --- */

static const struct named {
	const char *code;
	const char *title;
} levels[LEVEL__MAX] = {
	[LEVEL_UNSAID] = { "", "Not stated" },
	[LEVEL_FULL] = { "full", "The whole mailbox" },
	[LEVEL_CALENDAR] = { "calendars", "Calendars only" },
	[LEVEL_BUSY] = { "busy", "Busy time only" },
}, reaches[REACH__MAX] = {
	[REACH_UNKNOWN] = { "unknown", "Not measured" },
	[REACH_NONE] = { "none", "Nothing opens" },
	[REACH_BUSY] = { "busy", "Busy time only" },
	[REACH_CALENDAR] = { "calendar", "The calendar" },
	[REACH_FULL] = { "full", "The whole mailbox" },
}, fits[FIT__MAX] = {
	[FIT_UNSAID] = { "not_stated", "Not stated" },
	[FIT_UNMEASURED] = { "not_measured", "Not measured" },
	[FIT_AS] = { "as_intended", "As intended" },
	[FIT_MORE] = { "more", "More than intended" },
	[FIT_LESS] = { "less", "Less than intended" },
};

static int index_of(const struct named *list, int n, const char *code)
{
	int i = 0;

	while (i < n && (!code || strcmp(list[i].code, code) != 0))
		i++;
	return i;
}

const char *boundary_level_code(enum level l)
{
	return levels[l].code;
}

enum level boundary_level_parse(const char *code)
{
	return (enum level)index_of(levels, LEVEL__MAX, code);
}

const char *boundary_level_title(enum level l)
{
	return levels[l].title;
}

const char *boundary_reach_code(enum reach r)
{
	return reaches[r].code;
}

enum reach boundary_reach_parse(const char *code)
{
	return (enum reach)index_of(reaches, REACH__MAX, code);
}

const char *boundary_reach_title(enum reach r)
{
	return reaches[r].title;
}

const char *boundary_fit_code(enum fit f)
{
	return fits[f].code;
}

const char *boundary_fit_title(enum fit f)
{
	return fits[f].title;
}
