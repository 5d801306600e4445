/* Ctl ews table: the options of each "latchkey ews" command. */
#include "ctl_ews.h"

const struct ctl_flag ctl_ews_plain_flags[] = { CTL_EWS_CONNECTION, { 0 } };

const struct ctl_flag ctl_ews_discover_flags[] = {
	{ "domain", "NAME", "domain to look in, when it is not the mailbox's" },
	{ "agree", "HOSTS", "hosts outside the domain that may get the credentials, with commas" },
	{ "ask-microsoft", NULL, "let Microsoft's service be asked; it learns the address" },
	{ "look-only", NULL, "look without signing in anywhere" },
	CTL_EWS_SIGNIN,
	CTL_EWS_ASKING,
	{ 0 },
};

const struct ctl_flag ctl_ews_test_flags[] = {
	{ "outside", "ADDRESS", "a mailbox that must not open" },
	{ "write", NULL,
		"prove writing and sending: a test meeting is made far in the future and removed" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

const struct ctl_flag ctl_ews_list_flags[] = {
	{ "file", "FILE", "addresses, one a line; - reads the input" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

const struct ctl_flag ctl_ews_calendars_flags[] = {
	{ "file", "FILE", "addresses, one a line; - reads the input" },
	{ "every-way", NULL, "measure every way into the mailboxes, not only the method's" },
	{ "no-sending", NULL, "the application sends its own invitations" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

const struct ctl_flag ctl_ews_busy_flags[] = {
	{ "file", "FILE", "addresses, one a line; - reads the input" },
	{ "from", "TIME", "begin of the window; today when left out" },
	{ "to", "TIME", "its end; seven days behind when left out" },
	{ "zone", "NAME", "time zone of times without Z, as Europe/Berlin; UTC when left out" },
	{ "from-calendar", NULL, "read the calendars themselves, not their published busy time" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

#define BOOKING                                                                                    \
	{ "subject", "TEXT", "subject" }, { "text", "TEXT", "body" },                              \
		{ "location", "TEXT", "where" }, { "start", "TIME", "begin" },                     \
		{ "end", "TIME", "end" },                                                          \
		{ "zone", "NAME", "time zone, as Europe/Berlin; UTC when left out" },              \
		{ "all-day", NULL, "whole days: start and end are dates" },                        \
		{ "attendees", "ADDRESSES", "who is invited, with commas" },                       \
		{ "rooms", "ADDRESSES", "rooms that are booked, with commas" },                    \
		{ "private", NULL, "hide it from others" },                                        \
		{ "reminder", "MINUTES", "remind so many minutes before" },                        \
	{                                                                                          \
		"send", "WHOM", "none or all: who gets mail; all when there are attendees"         \
	}

const struct ctl_flag ctl_ews_book_flags[] = { BOOKING, CTL_EWS_CONNECTION, { 0 } };
const struct ctl_flag ctl_ews_change_flags[] = { BOOKING, CTL_EWS_CONNECTION, { 0 } };

const struct ctl_flag ctl_ews_cancel_flags[] = {
	{ "hard", NULL, "remove it for good, not to the bin" },
	{ "note", "TEXT", "words for the attendees" },
	{ "send", "WHOM", "none or all: who gets mail; all when left out" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

const struct ctl_flag ctl_ews_follow_flags[] = {
	{ "state", "FILE", "where to go on from, and where the new state is written" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

const struct ctl_flag ctl_ews_send_flags[] = {
	{ "subject", "TEXT", "subject" },
	{ "text", "TEXT", "body" },
	CTL_EWS_CONNECTION,
	{ 0 },
};

const struct ctl_flag ctl_connection_add_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "server", "HOST[:PORT]", "the Exchange server" },
	{ "method", "METHOD",
		"personal, dedicated, delegate or impersonation; delegate when left out" },
	CTL_EWS_SIGNIN,
	{ 0 },
};

const struct ctl_flag ctl_connection_test_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "outside", "ADDRESS", "a mailbox that must not open" },
	{ "write", NULL, "book a test meeting, see who sends, and remove it" },
	{ "next", NULL, "test what was entered and is not in use yet" },
	{ "timeout", "SECONDS", "how long to wait; 300 when left out" },
	{ 0 },
};

const struct ctl_flag ctl_connection_rotate_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "secret-file", "FILE",
		"file with the new password, client secret, key or refresh token; - reads it from "
		"the input; asked for when left out" },
	{ "client-secret-file", "FILE", "for user: the application's new secret" },
	{ "certificate", "FILE", "for app: certificate in PEM; the secret is its key" },
	{ "expires", "DATE", "until when it is good: 2027-01-31" },
	{ "timeout", "SECONDS", "how long to wait; 300 when left out" },
	{ 0 },
};

const struct ctl_flag ctl_connection_pause_flags[] = {
	{ "account", "ID", "account to work in; may be left out when there is only one" },
	{ "why", "TEXT", "shown to everybody who wonders" },
	{ 0 },
};
