/* Token: what an error of the token service means: one table of numbers, one of words.
 *
 * Rule: the word is the protocol, the number a hint that Microsoft may change; so a number that is
 * not known falls back on the word, and a word that is not known is not guessed at.
 */
#include "token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clean.h"
#include "platform/str.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { NUMBER_DIGITS = 9 };

static const struct number_row {
	long number;
	enum reason reason;
	enum outcome_next next;
} numbers[] = {
	/* the account; 50034: no such account, 50020: one of another organisation */
	{ 50126, REASON_SIGNIN_REFUSED, NEXT_NOTHING },
	{ 50056, REASON_SIGNIN_REFUSED, NEXT_NOTHING },
	{ 50064, REASON_SIGNIN_REFUSED, NEXT_NOTHING },
	{ 50034, REASON_SIGNIN_REFUSED, NEXT_NOTHING },
	{ 50020, REASON_OTHER_ACCOUNT, NEXT_NOTHING },
	{ 50053, REASON_ACCOUNT_LOCKED, NEXT_NOTHING },
	{ 50055, REASON_PASSWORD_EXPIRED, NEXT_NOTHING },
	{ 50144, REASON_PASSWORD_EXPIRED, NEXT_NOTHING },
	{ 50057, REASON_ACCOUNT_DISABLED, NEXT_NOTHING },

	/* more than a password */
	{ 50072, REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ 50074, REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ 50076, REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ 50079, REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ 50158, REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ 500121, REASON_SECOND_FACTOR, NEXT_NOTHING },

	/* rules of the tenant; 80012: outside logon hours */
	{ 50131, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 53000, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 53001, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 53002, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 53003, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 530003, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 530032, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 530035, REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ 80012, REASON_POLICY_BLOCKED, NEXT_NOTHING },

	/* a stored or half-done sign-in that is over: a person signs in again */
	{ 50173, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 50132, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 50133, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 700082, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 70000, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 70008, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 70043, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 54005, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 50058, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ 16000, REASON_SIGNIN_EXPIRED, NEXT_NOTHING },

	/* consent, assignment, permission */
	{ 65001, REASON_CONSENT_MISSING, NEXT_NOTHING },
	{ 65004, REASON_CONSENT_MISSING, NEXT_NOTHING },
	{ 90094, REASON_CONSENT_MISSING, NEXT_NOTHING },
	{ 50105, REASON_APP_NOT_ASSIGNED, NEXT_NOTHING },

	/* the application and its proof; 700024: the assertion's times do not fit the clock there
	 */
	{ 700016, REASON_APP_UNKNOWN, NEXT_NOTHING },
	{ 7000112, REASON_APP_DISABLED, NEXT_NOTHING },
	{ 7000215, REASON_CLIENT_SECRET, NEXT_NOTHING },
	{ 7000222, REASON_CLIENT_SECRET_EXPIRED, NEXT_NOTHING },
	{ 700027, REASON_CERTIFICATE, NEXT_NOTHING },
	{ 50012, REASON_CERTIFICATE, NEXT_NOTHING },
	{ 50027, REASON_CERTIFICATE, NEXT_NOTHING },
	{ 700021, REASON_CERTIFICATE, NEXT_NOTHING },
	{ 700023, REASON_CERTIFICATE, NEXT_NOTHING },
	{ 700024, REASON_CLOCK, NEXT_NOTHING },

	/* how the application is set up: public or not, addresses, PKCE, one or many tenants,
	 * resources and scopes */
	{ 7000216, REASON_APP_SETUP, NEXT_NOTHING },
	{ 7000218, REASON_APP_SETUP, NEXT_NOTHING },
	{ 700025, REASON_APP_SETUP, NEXT_NOTHING },
	{ 50011, REASON_APP_SETUP, NEXT_NOTHING },
	{ 500112, REASON_APP_SETUP, NEXT_NOTHING },
	{ 500113, REASON_APP_SETUP, NEXT_NOTHING },
	{ 50147, REASON_APP_SETUP, NEXT_NOTHING },
	{ 501481, REASON_APP_SETUP, NEXT_NOTHING },
	{ 501491, REASON_APP_SETUP, NEXT_NOTHING },
	{ 50194, REASON_APP_SETUP, NEXT_NOTHING },
	{ 9002346, REASON_APP_SETUP, NEXT_NOTHING },
	{ 700005, REASON_APP_SETUP, NEXT_NOTHING },
	{ 700054, REASON_APP_SETUP, NEXT_NOTHING },
	{ 500011, REASON_APP_SETUP, NEXT_NOTHING },
	{ 650052, REASON_APP_SETUP, NEXT_NOTHING },
	{ 650057, REASON_APP_SETUP, NEXT_NOTHING },
	{ 70011, REASON_APP_SETUP, NEXT_NOTHING },
	{ 1002012, REASON_APP_SETUP, NEXT_NOTHING },
	{ 28000, REASON_APP_SETUP, NEXT_NOTHING },
	{ 28002, REASON_APP_SETUP, NEXT_NOTHING },

	/* the tenant */
	{ 90002, REASON_TENANT_UNKNOWN, NEXT_NOTHING },
	{ 50059, REASON_TENANT_UNKNOWN, NEXT_NOTHING },
	{ 50128, REASON_TENANT_UNKNOWN, NEXT_NOTHING },
	{ 900023, REASON_TENANT_UNKNOWN, NEXT_NOTHING },

	/* passing; 50196: too many questions in a row, 80001 and the like: the password agent of
	 * the premises */
	{ 50033, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 50087, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 90033, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 80001, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 80002, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 80014, REASON_SERVER_DOWN, NEXT_RETRY },
	{ 90055, REASON_SLOWED, NEXT_RETRY },
	{ 50196, REASON_SLOWED, NEXT_RETRY },
};

/* RFC 6749 and OpenID Connect; below them Microsoft's `suberror`, which says more than its word. */
static const struct word_row {
	const char *word;
	enum reason reason;
	enum outcome_next next;
} words[] = {
	{ "invalid_grant", REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ "interaction_required", REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ "login_required", REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ "expired_token", REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ "invalid_client", REASON_CLIENT_SECRET, NEXT_NOTHING },
	{ "unauthorized_client", REASON_APP_SETUP, NEXT_NOTHING },
	{ "invalid_request", REASON_APP_SETUP, NEXT_NOTHING },
	{ "invalid_scope", REASON_APP_SETUP, NEXT_NOTHING },
	{ "invalid_resource", REASON_APP_SETUP, NEXT_NOTHING },
	{ "unsupported_grant_type", REASON_APP_SETUP, NEXT_NOTHING },
	{ "unsupported_response_type", REASON_APP_SETUP, NEXT_NOTHING },
	{ "consent_required", REASON_CONSENT_MISSING, NEXT_NOTHING },
	{ "access_denied", REASON_CONSENT_MISSING, NEXT_NOTHING },
	{ "temporarily_unavailable", REASON_SERVER_DOWN, NEXT_RETRY },
	{ "server_error", REASON_SERVER_DOWN, NEXT_RETRY },

	{ "bad_token", REASON_SIGNIN_EXPIRED, NEXT_NOTHING },
	{ "basic_action", REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ "additional_action", REASON_SECOND_FACTOR, NEXT_NOTHING },
	{ "message_only", REASON_POLICY_BLOCKED, NEXT_NOTHING },
	{ "user_password_expired", REASON_PASSWORD_EXPIRED, NEXT_NOTHING },
};

enum reason token_reason(long aadsts, const char *error, enum outcome_next *next)
{
	for (size_t i = 0; aadsts > 0 && i < COUNT(numbers); i++) {
		if (numbers[i].number == aadsts) {
			*next = numbers[i].next;
			return numbers[i].reason;
		}
	}
	for (size_t i = 0; error && i < COUNT(words); i++) {
		if (strcmp(words[i].word, error) == 0) {
			*next = words[i].next;
			return words[i].reason;
		}
	}
	*next = NEXT_NOTHING;
	return REASON_BAD_ANSWER;
}

/* The number in "AADSTS50126: ..."; 0 when there is none. */
static long number_in(const char *description)
{
	const char *at = strstr(description, "AADSTS");
	char digits[NUMBER_DIGITS + 1] = "";
	int64_t number = 0;
	size_t n;

	if (!at)
		return 0;
	at += strlen("AADSTS");
	n = strspn(at, "0123456789");
	if (n == 0 || n > NUMBER_DIGITS)
		return 0;
	memcpy(digits, at, n);
	return str_int(digits, 1, INT64_C(999999999), &number) < 0 ? 0 : (long)number;
}

/* The sentence alone: without its number, and without the trace and time lines below it, which are
 * kept elsewhere. */
static void say(const char *description, struct outcome *why)
{
	const char *end = strstr(description, "Trace ID:"), *at = strstr(description, ": ");
	size_t digits;

	if (!end)
		end = description + strlen(description);
	digits = str_starts(description, "AADSTS") ? strspn(description + 6, "0123456789") : 0;
	at = digits && at == description + 6 + digits ? at + 2 : description;
	while (end > at && strchr(" \r\n\t", end[-1]))
		end--;
	clean_text(why->said, sizeof(why->said), at, end > at ? (size_t)(end - at) : 0);
}

void token_refused(const struct token_error *t, struct outcome *why)
{
	const char *text = t->description ? t->description : "";
	long number = t->number ? t->number : number_in(text);
	char code[sizeof(why->code)];
	enum outcome_next next;
	enum reason r = token_reason(number, t->suberror, &next);

	if (r == REASON_BAD_ANSWER)
		r = token_reason(number, t->error, &next);
	snprintf(code, sizeof(code), "AADSTS%ld", number);
	outcome_set(why, r, next, number ? code : t->error);
	say(text, why);
}
