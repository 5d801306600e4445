/* The table of reasons: every row complete, its words fit for people, its commands safe to copy. */
#include "tests/unit/unit.h"

#include <ctype.h>
#include <string.h>
#include "exchange/reason.h"
#include "platform/str.h"

/* Codes are stored and sent: this list only ever grows. */
static const char *const stable[] = { "ok", "name_not_found", "dns_failed", "address_not_allowed",
	"unreachable", "timed_out", "connection_lost", "proxy_refused", "tls_untrusted",
	"tls_name_mismatch", "tls_expired", "tls_failed", "not_exchange", "preauthentication",
	"no_ews", "redirected", "ews_refused", "server_down", "slowed", "version_unsupported",
	"bad_answer", "answer_too_big", "internal", "server_not_found", "host_needs_consent",
	"signin_refused", "signin_stopped", "signin_waiting", "signin_kind_not_offered",
	"channel_binding_suspected", "account_locked", "password_expired", "account_disabled",
	"second_factor_needed", "policy_blocked", "consent_missing", "signin_expired",
	"client_secret_refused", "client_secret_expired", "certificate_refused", "app_unknown",
	"app_disabled", "app_not_assigned", "app_setup", "tenant_unknown", "token_refused",
	"permission_missing", "wrong_account", "credential_missing", "same_secret",
	"secret_id_entered", "zone_differs", "no_own_mailbox", "other_mailbox", "mailbox_not_empty",
	"foreign_meeting_mail", "scope_too_wide", "impersonation_setup", "clock_differs",
	"not_checked", "busy_time_only", "rights_too_low", "sending_refused", "sending_unproved",
	"not_delegated", "own_signin_missing", "impersonation_refused", "outside_scope",
	"no_mailbox", "mailbox_elsewhere", "mailbox_moving", "mailbox_unavailable",
	"mailbox_disabled", "member_ews_refused", "busy_time_denied", "address_refused",
	"address_is_alias", "no_calendar", "mailbox_full", "booking_gone", "booking_changed",
	"booking_invalid", "not_organizer", "outcome_unknown", "nothing_found", "owner_only",
	"unsupported_here" };

/* Words that blame, promise, cheer or need an expert. */
static const char *const banned[] = { "!", "please", "oops", "sorry", "simply", "invalid",
	"an error occurred", "successfully", "illegal", "fatal", "mailbox user", "utilize", "  ",
	"e.g.", "i.e.", "etc.", "coming", "HTTP", "SOAP", "XML", "curl", "GetFolder", "ACL",
	"ErrorAccess", "\t" };

/* What must be said in which row, so that nobody has to know it already. */
static const struct {
	enum reason reason;
	const char *word; /* in title, say, why, steps or command */
} said[] = {
	{ REASON_NOT_DELEGATED, "Add-MailboxFolderPermission" },
	{ REASON_NOT_DELEGATED, "GrantSendOnBehalfTo" },
	{ REASON_NOT_DELEGATED, "taken back" },
	{ REASON_NOT_DELEGATED, "another calendar" },
	{ REASON_READ_ONLY, "Set-MailboxFolderPermission" },
	{ REASON_SENDING_REFUSED, "GrantSendOnBehalfTo" },
	{ REASON_IMPERSONATION_REFUSED, "ApplicationImpersonation" },
	{ REASON_IMPERSONATION_REFUSED, "limited to a group" },
	{ REASON_SIGNIN_REFUSED, "locked" },
	{ REASON_SIGNIN_REFUSED, "expired" },
	{ REASON_SIGNIN_REFUSED, "load balancer" },
	{ REASON_EWS_REFUSED, "licence" },
	{ REASON_EWS_REFUSED, "EwsAllowedAppIDs" },
	{ REASON_NO_MAILBOX, "hybrid" },
	{ REASON_CHANNEL_BINDING, "Extended Protection" },
	{ REASON_CHANNEL_BINDING, "elsewhere" },
	{ REASON_CLIENT_SECRET, "Value" },
	{ REASON_FOREIGN_MAIL, "untick" },
	{ REASON_ALIAS, "the mailbox address of the connection" },
	{ REASON_ALIAS, "'{mailbox}'" },
	{ REASON_OTHER_ACCOUNT, "{mailbox}" },
	{ REASON_OTHER_ACCOUNT, "{account}" },
	{ REASON_OTHER_MAILBOX, "{mailbox}" },
	{ REASON_OTHER_MAILBOX, "shared mailbox" },
	{ REASON_SECRET_ID, "Value" },
	{ REASON_NO_CALENDAR, "dedicated mailbox" },
	{ REASON_NO_CALENDAR, "'{mailbox}'" },
};

static void each_row_is_complete(void **state)
{
	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *w = reason_row((enum reason)r);
		const char *texts[] = { w->code, w->title, w->say, w->why, w->steps, w->command,
			w->wait };

		for (size_t i = 0; i < COUNT(texts); i++) {
			if (!texts[i])
				fail_msg("reason %d, text %zu is missing", r, i);
			assert_true(str_utf8(texts[i], strlen(texts[i])));
		}
		if (!*w->title || strlen(w->title) > 40 || !isupper((unsigned char)w->title[0]) ||
			ispunct((unsigned char)w->title[strlen(w->title) - 1]))
			fail_msg("%s: title \"%s\"", w->code, w->title);
		if (!*w->say || strlen(w->say) > 240 || w->say[strlen(w->say) - 1] != '.')
			fail_msg("%s: say \"%s\"", w->code, w->say);
		if (strlen(w->why) > 480 || (*w->why && w->why[strlen(w->why) - 1] != '.'))
			fail_msg("%s: why \"%s\"", w->code, w->why);
		if (strlen(w->wait) > 90 || isupper((unsigned char)w->wait[0]))
			fail_msg("%s: wait \"%s\"", w->code, w->wait);
		assert_in_range(w->scope, 0, SCOPE__MAX - 1);
		assert_in_range(w->fixer, 0, FIXER__MAX - 1);
		assert_in_range(w->temper, 0, TEMPER_STOPPED);
		if (w->fixer != FIXER_NOBODY && !*w->steps)
			fail_msg("%s: %s could mend it, but how?", w->code, reason_fixer(w->fixer));
	}
}

/* Lines of steps and commands: none empty, none endless, each of them a sentence or a command. */
static void steps_are_lines(void **state)
{
	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *w = reason_row((enum reason)r);
		const char *texts[] = { w->steps, w->command };

		for (size_t i = 0; i < COUNT(texts); i++) {
			for (const char *s = texts[i]; *s;) {
				size_t len = strcspn(s, "\n");

				if (len == 0 || len > 260 || s[len - 1] == ' ' || s[0] == ' ')
					fail_msg("%s: line \"%.*s\"", w->code, (int)len, s);
				if (i == 0 && !isupper((unsigned char)s[0]))
					fail_msg("%s: step \"%.*s\"", w->code, (int)len, s);
				s += len + (s[len] == '\n');
				if (s[-1] == '\n' && !*s)
					fail_msg("%s: an empty last line", w->code);
			}
		}
	}
}

static void codes_are_stable_and_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stable); i++) {
		if (reason_parse(stable[i]) == REASON__MAX)
			fail_msg("code %s is gone", stable[i]);
	}
	assert_int_equal(COUNT(stable), REASON__MAX);
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *w = reason_row((enum reason)r);

		assert_int_equal(reason_parse(w->code), r);
		for (const char *s = w->code; *s; s++)
			assert_true(islower((unsigned char)*s) || *s == '_');
		for (int q = 0; q < r; q++) {
			if (strcmp(reason_row((enum reason)q)->title, w->title) == 0)
				fail_msg("two rows are called \"%s\"", w->title);
		}
	}
	assert_int_equal(reason_parse(""), REASON__MAX);
	assert_int_equal(reason_parse(NULL), REASON__MAX);
	assert_int_equal(reason_parse("OK"), REASON__MAX);
	assert_ptr_equal(reason_row(REASON__MAX), reason_row(REASON_INTERNAL));
	assert_ptr_equal(reason_row((enum reason) - 1), reason_row(REASON_INTERNAL));
}

static void words_are_plain(void **state)
{
	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *w = reason_row((enum reason)r);
		const char *texts[] = { w->title, w->say, w->why, w->steps, w->wait };

		for (size_t i = 0; i < COUNT(texts); i++) {
			for (size_t b = 0; b < COUNT(banned); b++) {
				if (strcasestr(texts[i], banned[b]))
					fail_msg("%s says \"%s\"", w->code, banned[b]);
			}
		}
		/* EWS is explained in the row that uses it */
		if (strstr(w->say, "EWS") || strstr(w->why, "EWS"))
			assert_non_null(
				strstr(strstr(w->say, "EWS") ? w->say : w->why, "Exchange Web"));
	}
}

static void what_must_be_said_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		const struct reason_row *w = reason_row(said[i].reason);

		if (!strstr(w->title, said[i].word) && !strstr(w->say, said[i].word) &&
			!strstr(w->why, said[i].word) && !strstr(w->steps, said[i].word) &&
			!strstr(w->command, said[i].word))
			fail_msg("%s does not say \"%s\"", w->code, said[i].word);
	}
}

/* What refused a secret stops everything; what passes has nothing to do with a secret. */
static void tempers(void **state)
{
	static const enum reason stopped[] = { REASON_SIGNIN_REFUSED, REASON_SIGNIN_STOPPED,
		REASON_CHANNEL_BINDING, REASON_ACCOUNT_LOCKED, REASON_PASSWORD_EXPIRED,
		REASON_ACCOUNT_DISABLED, REASON_SECOND_FACTOR, REASON_POLICY_BLOCKED,
		REASON_SIGNIN_EXPIRED, REASON_CLIENT_SECRET, REASON_CLIENT_SECRET_EXPIRED,
		REASON_CERTIFICATE, REASON_TOKEN_REFUSED };
	static const enum reason passing[] = { REASON_TIMED_OUT, REASON_CONNECTION_LOST,
		REASON_SERVER_DOWN, REASON_SLOWED, REASON_UNREACHABLE, REASON_DNS_FAILED,
		REASON_MOVING, REASON_UNAVAILABLE, REASON_SIGNIN_WAITING, REASON_OUTCOME_UNKNOWN };

	(void)state;
	for (size_t i = 0; i < COUNT(stopped); i++) {
		assert_int_equal(reason_row(stopped[i])->temper, TEMPER_STOPPED);
		assert_int_equal(reason_row(stopped[i])->scope, SCOPE_CONNECTION);
	}
	for (size_t i = 0; i < COUNT(passing); i++)
		assert_int_equal(reason_row(passing[i])->temper, TEMPER_PASSING);
	assert_int_equal(reason_row(REASON_NOT_DELEGATED)->temper, TEMPER_LASTING);
	assert_int_equal(reason_row(REASON_OK)->fixer, FIXER_NOBODY);
}

/* Walk the quotes as PowerShell does: a word to fill in stands in single quotes only. */
static void commands_quote_what_is_filled_in(void **state)
{
	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const struct reason_row *w = reason_row((enum reason)r);
		char quote = '\0';

		for (const char *s = w->command; *s; s++) {
			if (!quote && (*s == '\'' || *s == '"'))
				quote = *s;
			else if (quote == *s)
				quote = '\0';
			if (*s == '\n' && quote)
				fail_msg("%s: a quote is left open", w->code);
			if (strncmp(s, "{member}", 8) && strncmp(s, "{mailbox}", 9) &&
				strncmp(s, "{app}", 5) && strncmp(s, "{account}", 9)) {
				/* "{ $_" opens a script block; "{x" would be a word unknown */
				if (*s == '{' && islower((unsigned char)s[1]))
					fail_msg("%s: %.12s", w->code, s);
				continue;
			}
			if (quote != '\'' || s[-1] != '\'')
				fail_msg("%s: %.12s is not quoted", w->code, s);
		}
		assert_int_equal(quote, '\0');
		for (const char *s = w->steps; (s = strchr(s, '{')); s++)
			assert_true(!strncmp(s, "{member}", 8) || !strncmp(s, "{mailbox}", 9) ||
				!strncmp(s, "{app}", 5) || !strncmp(s, "{account}", 9));
	}
}

/* The first line of a command that makes something of this kind; its end is in len. */
static const char *making(const struct reason_row *w, const char *kind, size_t *len)
{
	const char *line = strstr(w->command, kind);

	*len = line ? strcspn(line, "\n") : 0;
	return line;
}

/* Who followed one row can follow another: what two rows make by the same name is the same. */
static void what_is_made_has_its_own_name(void **state)
{
	static const char kind[] = "New-ManagementRoleAssignment -Name '";
	int made = 0;

	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		for (int q = 0; q < r; q++) {
			const struct reason_row *w = reason_row((enum reason)r);
			const struct reason_row *v = reason_row((enum reason)q);
			size_t n, m, name;
			const char *a = making(w, kind, &n), *b = making(v, kind, &m);

			if (!a || !b)
				continue;
			made++;
			name = sizeof(kind) + strcspn(a + sizeof(kind) - 1, "'");
			if (strncmp(a, b, name) == 0 && (n != m || memcmp(a, b, n) != 0))
				fail_msg("%s and %s make %.*s", w->code, v->code, (int)name, a);
		}
	}
	assert_int_equal(made, 3);
}

static void names(void **state)
{
	(void)state;
	assert_string_equal(reason_fixer(FIXER_EXCHANGE), "Exchange admin");
	assert_string_equal(reason_fixer_code(FIXER_ENTRA), "entra_admin");
	assert_string_equal(reason_fixer(FIXER__MAX), "Nobody");
	assert_string_equal(reason_fixer_code((enum fixer) - 1), "nobody");
	assert_string_equal(reason_temper_code(TEMPER_STOPPED), "stopped");
	assert_string_equal(reason_scope_code(SCOPE_MEMBER), "member");
	for (int f = 0; f < FIXER__MAX; f++)
		assert_true(*reason_fixer((enum fixer)f) && *reason_fixer_code((enum fixer)f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_is_complete),
		cmocka_unit_test(steps_are_lines),
		cmocka_unit_test(codes_are_stable_and_unique),
		cmocka_unit_test(words_are_plain),
		cmocka_unit_test(what_must_be_said_is_said),
		cmocka_unit_test(tempers),
		cmocka_unit_test(commands_quote_what_is_filled_in),
		cmocka_unit_test(what_is_made_has_its_own_name),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
