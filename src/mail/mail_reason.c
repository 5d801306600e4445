/* Mail reason: the table. The words of exchange/ speak about a person; these speak to one. */
#include "mail_reason.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *code;
	const char *say;
} words[] = {
	{ "busy_time_only",
		"It can be seen when you are busy, but no meeting can be put into your "
		"calendar, because it is not shared yet." },
	{ "rights_too_low",
		"Your calendar opens, but it is shared at a level that does not let "
		"meetings be put into it and changed." },
	{ "not_delegated",
		"Your calendar cannot be opened, because it is not shared with the "
		"mailbox that plans meetings." },
	{ "busy_time_denied",
		"It cannot be seen when you are busy, because your calendar shows "
		"nothing to others." },
	{ "no_calendar", "Your mailbox can be reached, but its calendar does not open." },
	{ "mailbox_full", "Your mailbox is full, so nothing can be put into your calendar." },
	{ "own_signin_missing",
		"Your calendar is opened with your own sign-in, and that has not been "
		"entered." },
	{ "signin_refused", "Exchange does not accept the sign-in that you entered." },
	{ "signin_stopped",
		"Exchange did not accept the sign-in that you entered, so it is not "
		"tried any more." },
	{ "password_expired", "The password that you entered has expired." },
	{ "second_factor_needed", "Microsoft asks for a second proof that it is you." },
	{ "signin_expired", "Your sign-in with Microsoft has ended." },
	{ "token_refused", "Exchange does not accept your sign-in with Microsoft any more." },
	{ "wrong_account", "You signed in with another account than the one of your mailbox." },
};

const char *mail_reason(const char *code)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].code, code) == 0)
			return words[i].say;
	}
	return "Your calendar does not work yet, and only you can change that.";
}
