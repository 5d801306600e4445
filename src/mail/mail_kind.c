/* Mail kind: the table. Who, what, why, and the one thing to do. */
#include "mail_kind.h"

#include <string.h>
#include "model.h"

#define WHY_MEMBER "You get this mail because you are a member of {organisation}."
#define WHY_ADMIN "You get this mail because you are an account admin of {organisation}."

const struct mail_kind mail_kinds[] = {
	{ .code = MAIL_INVITATION,
		.name = "Invitation",
		.urgent = 1,
		.linked = 1,
		.subject = "You are invited to {organisation}",
		.intro = "{by} invites you to the Latchkey portal of {organisation}, as {role}.",
		.item = "The link works once, until {until:time}. Behind it you choose your "
			"password.",
		.more = "",
		.label = "Accept the invitation",
		.path = "/link/",
		.why = "You get this mail because {by} entered your address. If you did not expect "
		       "it, do nothing: without the link nothing happens." },
	{ .code = MAIL_RESET,
		.name = "Link for a new password",
		.urgent = 1,
		.linked = 1,
		.subject = "Your new password for {organisation}",
		.intro = "{by} made a link with which you set a new password for the Latchkey "
			 "portal of {organisation}.",
		.item = "The link works once, until {until:time}. Until you use it, your present "
			"password stays as it is.",
		.more = "",
		.label = "Set a new password",
		.path = "/link/",
		.why = "You get this mail because {by} made this link for you. If you did not ask "
		       "for it, tell your admin." },
	{ .code = MAIL_STOPPED,
		.name = "Notice: the connection stopped",
		.urgent = 1,
		.subject = "Stopped: {connection}",
		.many = "Stopped: connections of {organisation}",
		.intro = "",
		.item = "Exchange refused the sign-in of {connection} on {since:time}: {reason}",
		.more = "Latchkey does not try this sign-in again by itself, so that the mailbox "
			"is not locked out. Until it is mended, no calendar is read or written "
			"through it.",
		.label = "See what to do",
		.path = "/connection/rotate",
		.why = WHY_ADMIN },
	{ .code = MAIL_UNREACHABLE,
		.name = "Notice: Exchange does not answer",
		.subject = "Not reachable: {connection}",
		.many = "Not reachable: connections of {organisation}",
		.intro = "",
		.item = "{connection} has not been reached since {since:time}: {reason}",
		.more = "Latchkey goes on trying, and tells you when it works again.",
		.label = "See what to do",
		.path = "/connection/test",
		.why = WHY_ADMIN },
	{ .code = MAIL_WELL,
		.name = "Notice: the connection works again",
		.subject = "Works again: {connection}",
		.many = "Work again: connections of {organisation}",
		.intro = "",
		.item = "{connection} works again since {at:time}. It had not worked since "
			"{since:time}.",
		.more = "There is nothing to do.",
		.label = "See the connection",
		.path = "/connection/test",
		.why = WHY_ADMIN },
	{ .code = MAIL_EXPIRY,
		.name = "Notice: a secret ends soon",
		.subject = "{days:days} left: the {what} of {connection}",
		.many = "Secrets of {organisation} expire soon",
		.intro = "",
		.item = "The {what} of {connection} expires on {until:time}, in {days:days}.",
		.more = "When it has expired, Exchange refuses the sign-in. Enter the next one "
			"before: nothing is interrupted by that.",
		.label = "Enter the next one",
		.path = "/connection/rotate",
		.why = WHY_ADMIN },
	{ .code = MAIL_EXPIRED,
		.name = "Notice: a secret has ended",
		.subject = "Expired: the {what} of {connection}",
		.many = "Secrets of {organisation} have expired",
		.intro = "",
		.item = "The {what} of {connection} expired on {until:time}.",
		.more = "Exchange refuses it from now on, and no calendar is read or written with "
			"it. Enter a new one.",
		.label = "Enter a new one",
		.path = "/connection/rotate",
		.why = WHY_ADMIN },
	{ .code = MAIL_SWITCHED,
		.name = "Notice: new credentials",
		.subject = "New credentials in use: {connection}",
		.many = "New credentials in use at {organisation}",
		.intro = "",
		.item = "Since {at:time} {connection} signs in with new credentials, version "
			"{version}, entered by {by}.",
		.more = "If nobody of you did that, look at the audit log.",
		.label = "See the connection",
		.path = "/connection/rotate",
		.why = WHY_ADMIN },
	{ .code = MAIL_MOVED,
		.name = "Notice: another connection is in use",
		.subject = "Another connection in use: {connection}",
		.many = "Other connections in use at {organisation}",
		.intro = "",
		.item = "On {at:time} {by} switched to {connection}. Before that it was {former}.",
		.more = "Until {until:time} one click goes back. If nobody of you did that, look "
			"at the audit log.",
		.label = "See both",
		.path = "/connection/switch",
		.why = WHY_ADMIN },
	{ .code = MAIL_GONE,
		.name = "Notice: disconnected",
		.subject = "Disconnected: {connection}",
		.intro = "",
		.item = "On {at:time} {by} disconnected {connection}. No calendar is read or "
			"written, and nobody is reminded.",
		.more = "Until {until:time} it can be undone. If nobody of you did that, look at "
			"the audit log.",
		.label = "See the overview",
		.path = "/overview",
		.why = WHY_ADMIN },
	{ .code = MAIL_REMINDER,
		.name = "Reminder",
		.own = 1,
		.stops = 1,
		.subject = "Your calendar needs one step from you",
		.intro = "{organisation} plans meetings with Latchkey. Your calendar is not "
			 "ready for that yet.",
		.item = "{reason}",
		.more = "The page behind this link shows each step, and checks at once whether it "
			"works.",
		.label = "See the steps",
		.path = "/me",
		.why = WHY_MEMBER },
	{ .code = MAIL_BROKEN,
		.name = "Notice: the own calendar stopped working",
		.stops = 1,
		.subject = "Your calendar does not work any more",
		.intro = "Latchkey plans meetings of {organisation} with your calendar. Since "
			 "{since:time} it cannot.",
		.item = "{reason}",
		.more = "The page behind this link shows each step, and checks at once whether it "
			"works.",
		.label = "See the steps",
		.path = "/me",
		.why = WHY_MEMBER },
	{ .code = MAIL_BREAKS,
		.name = "Notice: calendars of members stopped working",
		.subject = "{n:members}, one cause: {title}",
		.intro = "{n:members} of {organisation} worked and do not any more, since "
			 "{since:time}. The cause is one: {title}.",
		.item = "What is so for each: {reason}",
		.more = "Who can mend it: {who}.",
		.label = "See who they are",
		.path = "/members?reason={code:code}",
		.why = WHY_ADMIN },
	{ .code = MAIL_MENDED,
		.name = "Notice: calendars of members work again",
		.subject = "All clear, {n:members}: {title}",
		.intro = "",
		.item = "{n:members} had stopped working since {since:time}: {title}. That is "
			"over for all of them.",
		.more = "There is nothing to do.",
		.label = "See the overview",
		.path = "/overview",
		.why = WHY_ADMIN },
	{ .code = MAIL_SCRIPT,
		.name = "Link to a script for the Exchange admin",
		.urgent = 1,
		.linked = 1,
		.subject = "{organisation} asks you to run a script in Exchange",
		.intro = "{by} of {organisation} asks you, as who looks after Exchange there, to "
			 "run a script: {title}.",
		.item = "Behind the link you can read, copy and download it. You need no sign-in "
			"there. The link works until {until:time}.",
		.more = "The page says what the script changes and what not, how to see whether "
			"it worked, and how to undo it. It holds no password.",
		.label = "See the script",
		.path = "/script/",
		.why = "You get this mail because {by} entered your address. If you do not look "
		       "after Exchange at {organisation}, do nothing." },
	{ .code = MAIL_BOUNDARY,
		.name = "Notice: a mailbox opens that must stay shut",
		.urgent = 1,
		.subject = "{mailbox} opens, and it must not",
		.intro = "An account admin has named {mailbox} as a mailbox that Latchkey must not "
			 "reach.",
		.item = "On {at:time} it opened to {connection}. Nothing in it was read.",
		.more = "The right that lets {connection} in reaches farther than intended. An "
			"Exchange admin can narrow it.",
		.label = "See how far Latchkey reaches",
		.path = "/boundaries",
		.why = WHY_ADMIN },
	{ .code = MAIL_TEST,
		.name = "Test mail",
		.urgent = 1,
		.subject = "A test mail from Latchkey",
		.intro = "",
		.item = "{by} had this mail sent on {at:time}, to see whether mail from Latchkey "
			"arrives. It does.",
		.more = "There is nothing to do.",
		.label = "Open the portal",
		.path = "/",
		.why = "You get this mail because {by} entered your address for the test." },
};

const size_t mail_kinds_count = sizeof(mail_kinds) / sizeof(mail_kinds[0]);

const struct mail_kind *mail_kind_find(const char *code)
{
	for (size_t i = 0; i < mail_kinds_count; i++) {
		if (strcmp(mail_kinds[i].code, code) == 0)
			return &mail_kinds[i];
	}
	return NULL;
}
