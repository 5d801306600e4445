/* Script table: what each kind is, in words for both admins, and for whom it is of use.
 *
 * Rules: what it changes and what it leaves is told in full: an Exchange admin runs nothing that is
 * not. Who is counted as lacking it is told by reasons of their standing.
 */
#include "script_parts.h"

#define BIT(method) (1u << (method))
/* There is a dedicated mailbox. */
#define LENT (BIT(METHOD_DEDICATED) | BIT(METHOD_DELEGATE) | BIT(METHOD_IMPERSONATION))

static const enum reason lack_calendar[] = { REASON_BUSY_ONLY, REASON_READ_ONLY,
	REASON_SENDING_REFUSED, REASON_NOT_DELEGATED, REASON_OK };
static const enum reason lack_busy[] = { REASON_BUSY_DENIED, REASON_OK };
static const enum reason lack_role[] = { REASON_IMPERSONATION_REFUSED, REASON_OUTSIDE_SCOPE,
	REASON_OK };
static const enum reason lack_ews[] = { REASON_MEMBER_EWS_REFUSED, REASON_OK };

const struct script_row script_table[SCRIPT__MAX] = {
	[SCRIPT_MAILBOX] = {
		.code = "mailbox",
		.file = "dedicated-mailbox",
		.title = "Create the dedicated mailbox",
		.say = "Creates the mailbox by which Latchkey works, with a password "
			"that you type.",
		.changes = "One new mailbox, with programs (EWS) let in.",
		.leaves = "All other mailboxes.\n"
			"A mailbox of this address that is there already.",
		.wait = "some minutes; in Office 365 up to an hour, and it needs a "
			"licence",
		.methods = LENT,
	},
	[SCRIPT_SHARE] = {
		.code = "share",
		.file = "share-calendars",
		.title = "Share calendars",
		.say = "Lets the dedicated mailbox make bookings in the calendars of "
			"these people, and send invitations on their behalf.",
		.changes = "On each calendar: the level Editor for the dedicated mailbox, "
			"where it has less.\n"
			"On each mailbox: the right to send on behalf for the dedicated "
			"mailbox.",
		.leaves = "A level that is Editor or more, and all other people's rights.\n"
			"Delegates, and where meeting mail goes.\n"
			"Mail, contacts and everything else in the mailbox.",
		.wait = "some minutes, up to an hour",
		.people = 1,
		.seconds = 4,
		.methods = BIT(METHOD_DELEGATE),
		.reasons = lack_calendar,
	},
	[SCRIPT_BUSY] = {
		.code = "busy",
		.file = "share-busy-time",
		.title = "Share busy time only",
		.say = "Lets the dedicated mailbox see when these people are busy, and "
			"nothing more.",
		.changes = "On each calendar: the level AvailabilityOnly for the dedicated "
			"mailbox, where it has none.",
		.leaves = "A level that the dedicated mailbox has already.\n"
			"What everybody else may see.",
		.wait = "some minutes, up to an hour",
		.people = 1,
		.seconds = 3,
		.methods = BIT(METHOD_DEDICATED) | BIT(METHOD_DELEGATE),
		.reasons = lack_busy,
	},
	[SCRIPT_DEFAULT] = {
		.code = "default",
		.file = "open-busy-time",
		.title = "Show busy time to the organisation again",
		.say = "Where a calendar is shut to everybody in the organisation, "
			"shows them busy time again, for these people only.",
		.changes = "On each calendar whose level for everybody (Default) is None: "
			"it becomes AvailabilityOnly.",
		.leaves = "Calendars whose Default is anything else than None.\n"
			"People who are not in the list.",
		.wait = "some minutes, up to an hour",
		.people = 1,
		.seconds = 3,
		.methods = LENT,
		.reasons = lack_busy,
	},
	[SCRIPT_ROLE] = {
		.code = "role",
		.file = "impersonation",
		.title = "Impersonation of these people",
		.say = "Lets the dedicated mailbox act as exactly these people.",
		.changes = "A group of its own with these people in it; who is not in the "
			"list any more leaves it.\n"
			"A scope that is this group, and the role "
			"ApplicationImpersonation for the dedicated mailbox within it.",
		.leaves = "Everybody who is not in the list.\n"
			"Other roles, scopes and groups.",
		.wait = "up to 2 hours",
		.people = 1,
		.whole = 1,
		.seconds = 1,
		.methods = BIT(METHOD_IMPERSONATION),
		.reasons = lack_role,
	},
	[SCRIPT_APP] = {
		.code = "app",
		.file = "application",
		.title = "Limit the application to these people",
		.say = "Lets the application reach the mailboxes of exactly these "
			"people, and nobody else's.",
		.changes = "A pointer to the application in Exchange.\n"
			"A group of its own with these people in it; who is not in the "
			"list any more leaves it.\n"
			"A scope that is this group, and the role Application "
			"EWS.AccessAsApp for the application within it.",
		.leaves = "Everybody who is not in the list.\n"
			"What is consented in Entra.",
		.wait = "up to 2 hours",
		.people = 1,
		.whole = 1,
		.seconds = 2,
		.methods = BIT(METHOD_IMPERSONATION),
		.reasons = lack_role,
	},
	[SCRIPT_ALLOW] = {
		.code = "allow",
		.file = "let-in",
		.title = "Let Latchkey in",
		.say = "Lets Latchkey into mailboxes where programs (EWS) are switched "
			"off, or where only listed programs are let in.",
		.changes = "EWS is switched on for the dedicated mailbox and for these "
			"people, where it is off.\n"
			"Where only listed programs are let in, Latchkey is added to the "
			"list.",
		.leaves = "Where everybody is let in, no list begins.\n"
			"Other programs in a list.",
		.wait = "up to 2 hours",
		.people = 1,
		.seconds = 2,
		.methods = BIT(METHOD_PERSONAL) | LENT,
		.reasons = lack_ews,
	},
	[SCRIPT_PACE] = {
		.code = "pace",
		.file = "throttling",
		.title = "A throttling policy of its own",
		.say = "Gives the dedicated mailbox a throttling policy of its own, so "
			"that Exchange slows it down later than a person.",
		.changes = "One new throttling policy, for the dedicated mailbox alone.",
		.leaves = "The policies of everybody else.\n"
			"A policy that the dedicated mailbox has been given already.",
		.wait = "up to an hour",
		.methods = LENT,
	},
};
