/* Mend: the table, and the ways out.
 *
 * Rules: a row is of a reason and of methods; the first that fits is taken. Steps name what is to
 * be read on the screen, in quotes. What a level is called differs by the age of the server, so
 * both names are given. Nobody is told to make the mailbox a delegate, which would redirect their
 * meeting mail (EWS.md 0.4), unless sending was refused; then the box to leave unticked is a step.
 */
#include "mend.h"

#include <string.h>

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

enum {
	P = 1, /* personal */
	D = 2, /* dedicated */
	G = 4, /* delegate */
	I = 8, /* impersonation */
	ALL = P | D | G | I
};

static const struct {
	const char *code;
	unsigned bit;
} methods[] = {
	{ "personal", P },
	{ "dedicated", D },
	{ "delegate", G },
	{ "impersonation", I },
};

static const struct {
	const char *code, *title;
} outlooks[OUTLOOK__MAX] = {
	[OUTLOOK_WEB] = { "web", "On the web" },
	[OUTLOOK_NEW] = { "new", "New Outlook" },
	[OUTLOOK_CLASSIC] = { "classic", "Classic for Windows" },
	[OUTLOOK_MAC] = { "mac", "For Mac" },
};

/* --- the ways: in each Outlook; how sharing is opened is the same in several --- */

static const struct mend_step web_sharing[] = {
	{ "Open your calendar", "In Outlook on the web, choose the calendar icon on the left." },
	{ "Open sharing",
		"Under “My calendars”, point to “Calendar”, choose the three dots, then “Sharing "
		"and permissions”. Older servers: right-click “Calendar”, then “Permissions”." },
	{ 0 },
};
static const struct mend_step new_sharing[] = {
	{ "Open your calendar", "In new Outlook, choose the calendar icon on the left." },
	{ "Open sharing",
		"Right-click “Calendar” under “My calendars”, then “Sharing and permissions”." },
	{ 0 },
};
static const struct mend_step classic_sharing[] = {
	{ "Open your calendar", "In classic Outlook, choose “Calendar” at the bottom left." },
	{ "Open its permissions",
		"Right-click “Calendar” under “My Calendars”, then “Properties”, then the "
		"“Permissions” tab." },
	{ 0 },
};
static const struct mend_step mac_sharing[] = {
	{ "Open your calendar", "In Outlook for Mac, choose the calendar icon on the left." },
	{ "Open its permissions",
		"Hold Control and click “Calendar” below your account, then “Sharing "
		"Permissions”." },
	{ 0 },
};
static const struct mend_step *const sharing[OUTLOOK__MAX] = { web_sharing, new_sharing,
	classic_sharing, mac_sharing };

#define HIDDEN                                                                                     \
	"If the mailbox cannot be found, it may be hidden from the address list. If the level is " \
	"missing, your organisation may not allow it."

static const struct mend_step web_share[] = {
	{ "Add the mailbox",
		"Type the address above and pick it from the list. If it is listed already, "
		"remove it first and add it anew." },
	{ "Choose “Can edit”, then “Share”",
		"Older servers call it “Editor”. Not “Can view”: bookings could not be made "
		"then." },
	{ 0 },
};
static const struct mend_step classic_share[] = {
	{ "Add the mailbox",
		"Choose “Add”, find the address above, choose “Add”, then “OK”. If it is listed "
		"already, remove it first and add it anew." },
	{ "Set the level to “Editor”, then “OK”",
		"Select the mailbox in the list and set “Permission Level”. Some versions call "
		"the level “Can edit”." },
	{ 0 },
};
static const struct mend_step mac_share[] = {
	{ "Add the mailbox",
		"Choose “Add” or the plus sign, then find the address above. If it is listed "
		"already, remove it first and add it anew." },
	{ "Set the level to “Editor”, then “OK”",
		"Some versions call the level “Can edit”, and close with “Done”." },
	{ 0 },
};
static const struct mend_way share = {
	.title = "Share your calendar with",
	.mailbox = 1,
	.stuck = HIDDEN,
	.begin = sharing,
	.steps = { web_share, web_share, classic_share, mac_share },
};

static const struct mend_step web_raise[] = {
	{ "Find the mailbox in the list",
		"It has the address above. If it is not listed, add it." },
	{ "Change its level to “Can edit”",
		"Older servers call it “Editor”. “Can view” is not enough: bookings are written." },
	{ 0 },
};
static const struct mend_step classic_raise[] = {
	{ "Find the mailbox in the list",
		"It has the address above. If it is not listed, add it." },
	{ "Set its level to “Editor”, then “OK”",
		"“Reviewer” is not enough: bookings are written. Some versions call the level "
		"“Can edit”." },
	{ 0 },
};
static const struct mend_way raise_level = {
	.title = "Raise the level of",
	.mailbox = 1,
	.stuck = HIDDEN,
	.begin = sharing,
	.steps = { web_raise, web_raise, classic_raise, classic_raise },
};

static const struct mend_step web_show[] = {
	{ "Choose “Can view when I’m busy”",
		"In the line “People in my organization”. It shows times, and nothing of what you "
		"do." },
	{ 0 },
};
static const struct mend_step classic_show[] = {
	{ "Select “Default”", "Some versions call it “My Organization”." },
	{ "Choose “Free/Busy time”, then “OK”",
		"Some versions call it “Can view when I’m busy”. It shows times, and nothing of "
		"what you do." },
	{ 0 },
};
static const struct mend_way show_busy = {
	.title = "Let your organisation see when you are busy",
	.stuck = "If your organisation is not in the list, your Exchange admin can set this for "
		 "you.",
	.begin = sharing,
	.steps = { web_show, web_show, classic_show, classic_show },
};

static const struct mend_step web_open[] = {
	{ "Sign in to Outlook on the web", "With the address of your own mailbox." },
	{ "Open the calendar once", "Wait until the days of this week show." },
	{ 0 },
};
static const struct mend_step any_open[] = {
	{ "Start this Outlook", "With the address of your own mailbox." },
	{ "Open the calendar once", "Wait until the days of this week show." },
	{ 0 },
};
static const struct mend_way open_once = {
	.title = "Open your calendar once",
	.stuck = "If it does not open in Outlook, either, the calendar may be damaged, and your "
		 "Exchange admin has to look at it.",
	.steps = { web_open, any_open, any_open, any_open },
};

static const struct mend_step web_room[] = {
	{ "See what takes the room", "Choose the gear, then “General”, then “Storage”." },
	{ "Delete large or old mails", "Sort by size to find them. Sent mails count, too." },
	{ "Empty “Deleted Items”", "Right-click the folder, then “Empty”." },
	{ 0 },
};
static const struct mend_step classic_room[] = {
	{ "See what takes the room", "Choose “File”, “Tools”, then “Mailbox Cleanup”." },
	{ "Delete large or old mails", "Sort by size to find them. Sent mails count, too." },
	{ "Empty “Deleted Items”", "Right-click the folder, then “Empty Folder”." },
	{ 0 },
};
static const struct mend_step mac_room[] = {
	{ "Delete large or old mails", "Sort by size to find them. Sent mails count, too." },
	{ "Empty “Deleted Items”", "Hold Control and click the folder, then “Empty Folder”." },
	{ 0 },
};
static const struct mend_way make_room = {
	.title = "Make room in your mailbox",
	.stuck = "If you need all of it, your Exchange admin can raise the limit.",
	.steps = { web_room, web_room, classic_room, mac_room },
};

static const struct mend_step not_here[] = {
	{ "Wait for your Exchange admin, or use classic Outlook for Windows",
		"It has a box that must stay unticked, so that your own invitations do not go to "
		"the mailbox." },
	{ 0 },
};
static const struct mend_step classic_on_behalf[] = {
	{ "Open “Delegate Access”",
		"Choose “File”, then “Account Settings”, then “Delegate Access”." },
	{ "Add the mailbox", "Choose “Add”, find the address above, choose “Add”, then “OK”." },
	{ "Set “Calendar” to “Editor”", "Set everything else to “None”." },
	{ "Leave the copies unticked, then “OK”",
		"The box says “Delegate receives copies of meeting-related messages sent to me”. "
		"Ticked, your own invitations would go to the mailbox." },
	{ 0 },
};
static const struct mend_way on_behalf = {
	.title = "Let invitations leave for you through",
	.mailbox = 1,
	.stuck = HIDDEN,
	.steps = { not_here, not_here, classic_on_behalf, not_here },
};

/* --- what is said --- */

#define AGAIN                                                                                      \
	"Your calendar is opened with your own sign-in. Enter it again; until then nothing is "    \
	"booked in it."
#define NEEDED "Bookings cannot be put into your calendar until that is mended."

static const struct row {
	unsigned methods;
	enum reason reason;
	struct mend mend;
} rows[] = {
	{ D, REASON_OK,
		{ "Your calendar is connected.",
			"It can be seen when you are busy, and bookings are made in the calendar "
			"of one mailbox that your organisation owns.",
			NULL, 0 } },
	{ ALL, REASON_OK,
		{ "Your calendar is connected.",
			"People see when you are busy, and bookings appear in your calendar.", NULL,
			0 } },
	{ ALL, REASON_NOT_CHECKED,
		{ "Your calendar has not been looked at yet.",
			"What was found is shown here as soon as that was done.", NULL, 0 } },
	{ G, REASON_NOT_DELEGATED,
		{ "Your calendar is not shared yet.",
			"Share it once with the address below, and people can book time with you. "
			"It takes about a minute.",
			&share, 0 } },
	{ G, REASON_BUSY_ONLY,
		{ "Only your busy time is shared yet.",
			"People see when you are busy, but bookings cannot be put into your "
			"calendar. Share it once with the address below.",
			&share, 0 } },
	{ P | I, REASON_BUSY_ONLY,
		{ "Only your busy time can be seen.",
			"People see when you are busy, but bookings cannot be put into your "
			"calendar.",
			NULL, 0 } },
	{ G, REASON_READ_ONLY,
		{ "Your calendar is shared, but not with enough rights.",
			"It opens, but not everything that bookings need is allowed in it.",
			&raise_level, 0 } },
	{ P | I, REASON_READ_ONLY,
		{ "Your calendar opens, but not enough is allowed in it.", NEEDED, NULL, 0 } },
	{ G, REASON_SENDING_REFUSED,
		{ "Bookings work, but invitations do not leave in your name.",
			"Sending for you is a right of its own, which sharing a calendar does not "
			"give. Your Exchange admin can give it; or you do that yourself.",
			&on_behalf, 0 } },
	{ ALL, REASON_SENDING_REFUSED,
		{ "Bookings work, but invitations do not leave in your name.",
			"Sending for you is a right of its own.", NULL, 0 } },
	{ ALL, REASON_BUSY_DENIED,
		{ "It cannot be seen when you are busy.",
			"Your calendar shows nothing to others in your organisation. Let it show "
			"when you are busy; nothing else is needed.",
			&show_busy, 0 } },
	{ ALL, REASON_NO_CALENDAR,
		{ "Your mailbox has no calendar that opens.",
			"Nobody has opened it since the mailbox was created, or it is damaged.",
			&open_once, 0 } },
	{ ALL, REASON_MAILBOX_FULL,
		{ "Your mailbox is full.",
			"Nothing can be put into your calendar until there is room again.",
			&make_room, 0 } },
	{ ALL, REASON_IMPERSONATION_REFUSED,
		{ "Your calendar cannot be reached yet.",
			"Your organisation has not allowed that for your mailbox yet.", NULL, 0 } },
	{ ALL, REASON_OUTSIDE_SCOPE,
		{ "Your mailbox is not in the group that may be reached.",
			"The calendars of others are reached, yours is not.", NULL, 0 } },
	{ ALL, REASON_NO_MAILBOX,
		{ "No mailbox was found for your address.",
			"The address that is kept of you may have changed, or your mailbox may be "
			"somewhere else.",
			NULL, 0 } },
	{ ALL, REASON_ELSEWHERE,
		{ "Your mailbox is in another place.",
			"Your organisation has mailboxes in two places, and yours is in the one "
			"that is not connected.",
			NULL, 0 } },
	{ ALL, REASON_MOVING,
		{ "Your mailbox is being moved.",
			"That takes minutes to some hours. It is looked at again by itself.", NULL,
			0 } },
	{ ALL, REASON_UNAVAILABLE,
		{ "Your mailbox did not answer.", "It is looked at again by itself.", NULL, 0 } },
	{ ALL, REASON_MAILBOX_DISABLED, { "Your mailbox is disabled.", NEEDED, NULL, 0 } },
	{ ALL, REASON_MEMBER_EWS_REFUSED,
		{ "Your mailbox is closed to scheduling.",
			"Exchange lets no program into it, while the calendars of others open.",
			NULL, 0 } },
	{ ALL, REASON_ADDRESS_REFUSED,
		{ "Your address is not accepted as the one of a mailbox.",
			"It may be misspelled here, or be the address of a list.", NULL, 0 } },
	{ ALL, REASON_ALIAS,
		{ "Your address here is not the main one of your mailbox.",
			"It has to be changed to the one that Outlook shows.", NULL, 0 } },
	{ ALL, REASON_OWN_SIGNIN,
		{ "Your calendar is not connected yet.",
			"It is connected with your own sign-in. Enter it once, and people can book "
			"time with you.",
			NULL, 1 } },
	{ P, REASON_SIGNIN_EXPIRED, { "Your sign-in has ended.", AGAIN, NULL, 1 } },
	{ P, REASON_SECOND_FACTOR, { "Your sign-in has to be made again.", AGAIN, NULL, 1 } },
	{ P, REASON_PASSWORD_EXPIRED, { "Your password has expired.", AGAIN, NULL, 1 } },
	{ P, REASON_SIGNIN_REFUSED, { "Your sign-in was refused.", AGAIN, NULL, 1 } },
	{ P, REASON_SIGNIN_STOPPED, { "Your sign-in was refused.", AGAIN, NULL, 1 } },
	{ P, REASON_TOKEN_REFUSED, { "Your sign-in was refused.", AGAIN, NULL, 1 } },
	{ P, REASON_OTHER_ACCOUNT, { "You signed in as somebody else.", AGAIN, NULL, 1 } },
	{ P, REASON_ACCOUNT_LOCKED, { "Your sign-in is locked.", NEEDED, NULL, 0 } },
	{ P, REASON_ACCOUNT_DISABLED, { "Your sign-in is disabled.", NEEDED, NULL, 0 } },
	{ ALL, REASON_SENDING_UNPROVED,
		{ "Bookings work. Whether invitations leave in your name was not seen yet.",
			"Nothing was sent for you so far.", NULL, 0 } },
};

static const struct mend otherwise = { "Your calendar does not work now.", NEEDED, NULL, 0 };

static unsigned bit_of(const char *method)
{
	size_t i = 0;

	while (i < LENGTH(methods) && strcmp(methods[i].code, method) != 0)
		i++;
	return i < LENGTH(methods) ? methods[i].bit : ALL;
}

struct mend mend_of(const char *method, enum reason r)
{
	const unsigned bit = bit_of(method);

	for (size_t i = 0; i < LENGTH(rows); i++) {
		if (rows[i].reason == r && (rows[i].methods & bit))
			return rows[i].mend;
	}
	return otherwise;
}

static int count_of(const struct mend_step *s)
{
	int n = 0;

	while (s[n].title)
		n++;
	return n;
}

const struct mend_step *mend_step(const struct mend_way *way, enum outlook o, int n)
{
	const int begun = way->begin ? count_of(way->begin[o]) : 0;

	if (n < begun)
		return &way->begin[o][n];
	return n - begun < count_of(way->steps[o]) ? &way->steps[o][n - begun] : NULL;
}

const char *mend_outlook_title(enum outlook o)
{
	return outlooks[o].title;
}

const char *mend_outlook_code(enum outlook o)
{
	return outlooks[o].code;
}

enum outlook mend_outlook_parse(const char *code)
{
	int o = OUTLOOK__MAX - 1;

	while (o > OUTLOOK_WEB && strcmp(outlooks[o].code, code) != 0)
		o--;
	return (enum outlook)o;
}
