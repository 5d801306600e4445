/* What members are told: every verdict about a member has words of its own, whatever the member can
 * mend has steps in each Outlook, and none of it needs to be translated by an admin.
 */
#include "tests/unit/unit.h"

#include <string.h>
#include <strings.h>
#include "exchange/mend.h"
#include "exchange/verdict.h"
#include "platform/str.h"

/* Words of admins and machines. */
static const char *const foreign[] = { "ews", "token", "user", "delegat", "impersonat", "dedicated",
	"sync", "free/busy data", "this person", "{", "!" };

/* What stands in quotes is on a screen of Outlook, and not ours to word. */
static int said(const char *text, const char *word)
{
	for (; *text; text++) {
		if (str_starts(text, "“"))
			text = strstr(text, "”");
		assert_non_null(text);
		if (strncasecmp(text, word, strlen(word)) == 0)
			return 1;
	}
	return 0;
}

static void plain(const char *text)
{
	assert_true(*text != '\0');
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (said(text, foreign[i]))
			fail_msg("\"%s\" says %s", text, foreign[i]);
	}
}

static int steps_of(const struct mend_way *way, enum outlook o)
{
	const struct mend_step *s;
	int n = 0;

	for (; (s = mend_step(way, o, n)) != NULL; n++) {
		plain(s->title);
		plain(s->say);
	}
	return n;
}

/* What no rule of verdict.c can conclude for a method is not asked for. */
static int concluded(enum method m, enum reason r)
{
	static const enum reason shared[] = { REASON_NOT_DELEGATED, REASON_BUSY_ONLY,
		REASON_READ_ONLY };

	for (size_t i = 0; i < sizeof(shared) / sizeof(shared[0]); i++) {
		if (shared[i] == r)
			return m == METHOD_DELEGATE;
	}
	return 1;
}

static void has_words(enum method m, enum reason r)
{
	const struct mend mend = mend_of(verdict_method_code(m), r);
	const struct mend unknown = mend_of(verdict_method_code(m), REASON_INTERNAL);

	plain(mend.title);
	plain(mend.say);
	if (concluded(m, r))
		assert_string_not_equal(mend.title, unknown.title);
	if (reason_row(r)->fixer == FIXER_MEMBER && concluded(m, r))
		assert_true(mend.own || mend.way);
	if (!mend.way)
		return;
	plain(mend.way->title);
	plain(mend.way->stuck);
	for (int o = 0; o < OUTLOOK__MAX; o++)
		assert_true(steps_of(mend.way, (enum outlook)o) > 0);
}

static void every_verdict_has_words(void **state)
{
	(void)state;
	for (int m = 0; m < METHOD__MAX; m++) {
		has_words((enum method)m, REASON_OK);
		for (int r = 0; r < REASON__MAX; r++) {
			if (reason_row((enum reason)r)->scope == SCOPE_MEMBER)
				has_words((enum method)m, (enum reason)r);
		}
	}
}

/* With the own sign-in, what becomes of it is the member's turn, as verdict.c has it. */
static void own_signins_have_words(void **state)
{
	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const struct evidence seen = { .attempt = (enum reason)r };
		struct verdict v;

		if (reason_row((enum reason)r)->scope != SCOPE_CONNECTION ||
			!verdict_of(METHOD_PERSONAL, &seen, &v) || v.fixer != FIXER_MEMBER)
			continue;
		assert_true(mend_of("personal", (enum reason)r).own);
		plain(mend_of("personal", (enum reason)r).title);
	}
}

/* Who is asked for a level is shown whom to give it to; who is not is not. */
static void address_goes_with_steps(void **state)
{
	static const struct {
		enum reason reason;
		int mailbox;
	} rows[] = {
		{ REASON_NOT_DELEGATED, 1 },
		{ REASON_BUSY_ONLY, 1 },
		{ REASON_READ_ONLY, 1 },
		{ REASON_SENDING_REFUSED, 1 },
		{ REASON_BUSY_DENIED, 0 },
		{ REASON_NO_CALENDAR, 0 },
		{ REASON_MAILBOX_FULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(mend_of("delegate", rows[i].reason).way->mailbox, rows[i].mailbox);
}

/* The one step that keeps a member's own invitations where they are (EWS.md 0.4). */
static void copies_stay_unticked(void **state)
{
	const struct mend_way *way = mend_of("delegate", REASON_SENDING_REFUSED).way;
	const struct mend_way *share = mend_of("delegate", REASON_NOT_DELEGATED).way;
	const struct mend_step *s = mend_step(way, OUTLOOK_CLASSIC, 3);

	(void)state;
	assert_non_null(strstr(s->title, "unticked"));
	assert_non_null(strstr(s->say, "Delegate receives copies of meeting-related messages"));
	assert_null(mend_of("impersonation", REASON_SENDING_REFUSED).way);
	/* Sharing alone never asks to be made a delegate. */
	for (int o = 0; o < OUTLOOK__MAX; o++) {
		for (int n = 0; (s = mend_step(share, (enum outlook)o, n)) != NULL; n++)
			assert_null(strstr(s->say, "Delegate"));
	}
}

static void outlooks_are_found_by_name(void **state)
{
	(void)state;
	for (int o = 0; o < OUTLOOK__MAX; o++) {
		assert_int_equal(mend_outlook_parse(mend_outlook_code((enum outlook)o)), o);
		plain(mend_outlook_title((enum outlook)o));
	}
	assert_int_equal(mend_outlook_parse(""), OUTLOOK_WEB);
	assert_int_equal(mend_outlook_parse("other"), OUTLOOK_WEB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict_has_words),
		cmocka_unit_test(own_signins_have_words),
		cmocka_unit_test(address_goes_with_steps),
		cmocka_unit_test(copies_stay_unticked),
		cmocka_unit_test(outlooks_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
