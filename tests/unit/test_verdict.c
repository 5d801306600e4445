/* From what was seen of a mailbox to a status: every rule, every method, and what says nothing. */
#include "tests/unit/unit.h"

#include <string.h>
#include "exchange/verdict.h"

#define Y SEEN_YES
#define N SEEN_NO
#define U SEEN_UNKNOWN

#define RIGHTS(r, c, h, d) .read = r, .create = c, .change = h, .remove = d
#define ALL RIGHTS(Y, Y, Y, Y)
#define OPEN .calendar = Y
#define SHUT(why) .calendar = N, .calendar_why = REASON_##why
#define NO_BUSY(why) .busy = N, .busy_why = REASON_##why

static const struct row {
	const char *what;
	enum method method;
	struct evidence seen;
	int told; /* it is a verdict */
	enum status status;
	enum reason reason;
	enum fixer fixer;
	enum reach reach;
	enum reason note;
} rows[] = {
#define P METHOD_PERSONAL
#define D METHOD_DEDICATED
#define G METHOD_DELEGATE
#define I METHOD_IMPERSONATION
#define SAYS(status, reason, fixer, reach, note)                                                   \
	1, STATUS_##status, REASON_##reason, FIXER_##fixer, REACH_##reach, REASON_##note
#define NOTHING 0, STATUS_NOT_CHECKED, REASON_OK, FIXER_NOBODY, REACH_UNKNOWN, REASON_OK
	/* delegate */
	{ "nothing was looked at", G, { 0 }, NOTHING },
	{ "all rights, sending proved", G, { OPEN, ALL, .sends = Y },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "all rights, sending not looked at", G, { OPEN, ALL },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, SENDING_UNPROVED) },
	{ "all rights, own invitations", G, { OPEN, ALL, .no_sending = 1 },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "sending refused", G, { OPEN, ALL, .sends = N },
		SAYS(LIMITED, SENDING_REFUSED, EXCHANGE, CALENDAR, OK) },
	{ "sending refused, own invitations", G, { OPEN, ALL, .sends = N, .no_sending = 1 },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "rights over items not told", G, { OPEN, RIGHTS(Y, Y, U, U), .sends = Y },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "may not change", G, { OPEN, RIGHTS(Y, Y, N, Y), .sends = N },
		SAYS(LIMITED, READ_ONLY, MEMBER, CALENDAR, OK) },
	{ "may not remove", G, { OPEN, RIGHTS(Y, Y, Y, N) },
		SAYS(LIMITED, READ_ONLY, MEMBER, CALENDAR, OK) },
	{ "may only read", G, { OPEN, RIGHTS(Y, N, U, U), .busy = Y },
		SAYS(LIMITED, READ_ONLY, MEMBER, CALENDAR, OK) },
	{ "may only create", G, { OPEN, RIGHTS(N, Y, U, U) },
		SAYS(LIMITED, READ_ONLY, MEMBER, CALENDAR, OK) },
	{ "opens, rights not told", G, { OPEN }, NOTHING },
	{ "opens, inbox too", G, { OPEN, ALL, .sends = Y, .inbox = Y },
		SAYS(CONNECTED, OK, NOBODY, FULL, OK) },
	{ "busy time only", G, { SHUT(NOT_DELEGATED), .busy = Y },
		SAYS(LIMITED, BUSY_ONLY, MEMBER, BUSY, OK) },
	{ "not delegated, busy time closed", G, { SHUT(NOT_DELEGATED), NO_BUSY(BUSY_DENIED) },
		SAYS(ACTION, NOT_DELEGATED, MEMBER, NONE, OK) },
	{ "not delegated, busy time not looked at", G, { SHUT(NOT_DELEGATED) },
		SAYS(ACTION, NOT_DELEGATED, MEMBER, UNKNOWN, OK) },
	{ "not delegated, busy time in trouble", G,
		{ SHUT(NOT_DELEGATED), .busy_why = REASON_TIMED_OUT },
		SAYS(ACTION, NOT_DELEGATED, MEMBER, UNKNOWN, OK) },
	{ "closed without a word", G, { SHUT(OK) },
		SAYS(ACTION, NOT_DELEGATED, MEMBER, UNKNOWN, OK) },
	{ "not found, and unknown to availability", G, { SHUT(NOT_DELEGATED), NO_BUSY(NO_MAILBOX) },
		SAYS(BLOCKED, NO_MAILBOX, ADMIN, NONE, OK) },
	{ "no mailbox", G, { SHUT(NO_MAILBOX), NO_BUSY(NO_MAILBOX) },
		SAYS(BLOCKED, NO_MAILBOX, ADMIN, NONE, OK) },
	{ "no mailbox here, but busy time", G, { SHUT(NO_MAILBOX), .busy = Y },
		SAYS(LIMITED, ELSEWHERE, ADMIN, BUSY, BUSY_ONLY) },
	{ "lives elsewhere", G, { SHUT(ELSEWHERE) }, SAYS(BLOCKED, ELSEWHERE, ADMIN, UNKNOWN, OK) },
	{ "disabled", G, { SHUT(MAILBOX_DISABLED), NO_BUSY(BUSY_DENIED) },
		SAYS(BLOCKED, MAILBOX_DISABLED, EXCHANGE, NONE, OK) },
	{ "disabled, busy time", G, { SHUT(MAILBOX_DISABLED), .busy = Y },
		SAYS(LIMITED, MAILBOX_DISABLED, EXCHANGE, BUSY, BUSY_ONLY) },
	{ "address refused", G, { SHUT(ADDRESS_REFUSED) },
		SAYS(BLOCKED, ADDRESS_REFUSED, ADMIN, UNKNOWN, OK) },
	{ "alias", G, { SHUT(ALIAS) }, SAYS(BLOCKED, ALIAS, ADMIN, UNKNOWN, OK) },
	{ "no calendar", G, { SHUT(NO_CALENDAR) }, SAYS(ACTION, NO_CALENDAR, MEMBER, UNKNOWN, OK) },
	{ "being moved", G, { SHUT(MOVING) }, NOTHING },
	{ "being moved, busy time", G, { SHUT(MOVING), .busy = Y }, NOTHING },
	{ "unavailable", G, { SHUT(UNAVAILABLE) }, NOTHING },
	{ "slowed in a part", G, { SHUT(SLOWED) }, NOTHING },
	{ "a part not understood", G, { SHUT(BAD_ANSWER), NO_BUSY(BUSY_DENIED) }, NOTHING },
	{ "the attempt timed out", G, { .attempt = REASON_TIMED_OUT, OPEN, ALL }, NOTHING },
	{ "the sign-in was refused", G, { .attempt = REASON_SIGNIN_REFUSED }, NOTHING },
	{ "the whole answer is about this member", G, { .attempt = REASON_NO_MAILBOX },
		SAYS(BLOCKED, NO_MAILBOX, ADMIN, UNKNOWN, OK) },
	{ "403 with others working says nothing of a delegate", G,
		{ .attempt = REASON_EWS_REFUSED, .others = Y }, NOTHING },
	/* impersonation */
	{ "calendar and inbox", I, { OPEN, ALL, .inbox = Y },
		SAYS(CONNECTED, OK, NOBODY, FULL, OK) },
	{ "calendar, no inbox", I, { OPEN, ALL, .inbox = N },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "opens, rights not told", I, { OPEN }, SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "a right is missing", I, { OPEN, RIGHTS(Y, N, U, U) },
		SAYS(LIMITED, READ_ONLY, EXCHANGE, CALENDAR, OK) },
	{ "sending refused", I, { OPEN, ALL, .sends = N },
		SAYS(LIMITED, SENDING_REFUSED, EXCHANGE, CALENDAR, OK) },
	{ "refused", I, { SHUT(IMPERSONATION_REFUSED) },
		SAYS(BLOCKED, IMPERSONATION_REFUSED, EXCHANGE, UNKNOWN, OK) },
	{ "refused, others too", I, { SHUT(IMPERSONATION_REFUSED), .others = N },
		SAYS(BLOCKED, IMPERSONATION_REFUSED, EXCHANGE, UNKNOWN, OK) },
	{ "refused, others work", I,
		{ SHUT(IMPERSONATION_REFUSED), NO_BUSY(BUSY_DENIED), .others = Y },
		SAYS(BLOCKED, OUTSIDE_SCOPE, EXCHANGE, NONE, OK) },
	{ "refused as a whole, others work", I,
		{ .attempt = REASON_IMPERSONATION_REFUSED, .others = Y },
		SAYS(BLOCKED, OUTSIDE_SCOPE, EXCHANGE, UNKNOWN, OK) },
	{ "refused, busy time", I, { SHUT(IMPERSONATION_REFUSED), .busy = Y, .others = Y },
		SAYS(LIMITED, OUTSIDE_SCOPE, EXCHANGE, BUSY, BUSY_ONLY) },
	{ "permission missing for one", I, { .attempt = REASON_PERMISSION_MISSING, .others = Y },
		SAYS(BLOCKED, OUTSIDE_SCOPE, EXCHANGE, UNKNOWN, OK) },
	{ "permission missing", I, { .attempt = REASON_PERMISSION_MISSING }, NOTHING },
	{ "403 for one", I, { .attempt = REASON_EWS_REFUSED, .others = Y },
		SAYS(BLOCKED, MEMBER_EWS_REFUSED, EXCHANGE, UNKNOWN, OK) },
	{ "403 for all", I, { .attempt = REASON_EWS_REFUSED, .others = N }, NOTHING },
	{ "not set up", I, { .attempt = REASON_IMPERSONATION_SETUP }, NOTHING },
	{ "no such mailbox", I, { SHUT(NO_MAILBOX) },
		SAYS(BLOCKED, NO_MAILBOX, ADMIN, UNKNOWN, OK) },
	{ "no such mailbox here, busy time", I, { SHUT(NO_MAILBOX), .busy = Y },
		SAYS(LIMITED, ELSEWHERE, ADMIN, BUSY, BUSY_ONLY) },
	{ "no such mailbox here, busy time closed", I, { SHUT(NO_MAILBOX), NO_BUSY(BUSY_DENIED) },
		SAYS(BLOCKED, ELSEWHERE, ADMIN, NONE, OK) },
	{ "no such mailbox anywhere", I, { SHUT(NO_MAILBOX), NO_BUSY(NO_MAILBOX) },
		SAYS(BLOCKED, NO_MAILBOX, ADMIN, NONE, OK) },
	{ "as the owner, calendar missing", I, { SHUT(NOT_DELEGATED) },
		SAYS(ACTION, NO_CALENDAR, MEMBER, UNKNOWN, OK) },
	{ "as the owner, availability knows more", I,
		{ SHUT(NOT_DELEGATED), NO_BUSY(MAILBOX_DISABLED) },
		SAYS(BLOCKED, MAILBOX_DISABLED, EXCHANGE, NONE, OK) },
	/* dedicated */
	{ "busy time", D, { .busy = Y }, SAYS(CONNECTED, OK, NOBODY, BUSY, OK) },
	{ "busy time and calendar", D, { .busy = Y, OPEN, RIGHTS(Y, N, N, N) },
		SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "busy time closed", D, { NO_BUSY(BUSY_DENIED) },
		SAYS(ACTION, BUSY_DENIED, MEMBER, NONE, OK) },
	{ "busy time closed without a word", D, { NO_BUSY(OK) },
		SAYS(ACTION, BUSY_DENIED, MEMBER, NONE, OK) },
	{ "unknown", D, { NO_BUSY(NO_MAILBOX) }, SAYS(BLOCKED, NO_MAILBOX, ADMIN, NONE, OK) },
	{ "unknown as a whole", D, { .attempt = REASON_ADDRESS_REFUSED },
		SAYS(BLOCKED, ADDRESS_REFUSED, ADMIN, NONE, OK) },
	{ "busy time in trouble", D, { NO_BUSY(UNAVAILABLE) }, NOTHING },
	{ "busy time slowed", D, { NO_BUSY(SLOWED) }, NOTHING },
	{ "nothing was looked at", D, { 0 }, NOTHING },
	/* personal */
	{ "own calendar", P, { OPEN, ALL }, SAYS(CONNECTED, OK, NOBODY, CALENDAR, OK) },
	{ "own calendar and inbox", P, { OPEN, ALL, .inbox = Y },
		SAYS(CONNECTED, OK, NOBODY, FULL, OK) },
	{ "own calendar, may not create", P, { OPEN, RIGHTS(Y, N, U, U) },
		SAYS(LIMITED, READ_ONLY, EXCHANGE, CALENDAR, OK) },
	{ "own calendar, rights not told", P, { OPEN }, NOTHING },
	{ "own calendar missing", P, { SHUT(NOT_DELEGATED) },
		SAYS(ACTION, NO_CALENDAR, MEMBER, UNKNOWN, OK) },
	{ "no own sign-in yet", P, { .attempt = REASON_OWN_SIGNIN },
		SAYS(ACTION, OWN_SIGNIN, MEMBER, UNKNOWN, OK) },
	{ "rejected", P, { .attempt = REASON_SIGNIN_REFUSED },
		SAYS(ACTION, SIGNIN_REFUSED, MEMBER, UNKNOWN, OK) },
	{ "stopped", P, { .attempt = REASON_SIGNIN_STOPPED },
		SAYS(ACTION, SIGNIN_STOPPED, MEMBER, UNKNOWN, OK) },
	{ "password expired", P, { .attempt = REASON_PASSWORD_EXPIRED },
		SAYS(ACTION, PASSWORD_EXPIRED, MEMBER, UNKNOWN, OK) },
	{ "second step", P, { .attempt = REASON_SECOND_FACTOR },
		SAYS(ACTION, SECOND_FACTOR, MEMBER, UNKNOWN, OK) },
	{ "sign-in ended", P, { .attempt = REASON_SIGNIN_EXPIRED },
		SAYS(ACTION, SIGNIN_EXPIRED, MEMBER, UNKNOWN, OK) },
	{ "token refused", P, { .attempt = REASON_TOKEN_REFUSED },
		SAYS(ACTION, TOKEN_REFUSED, MEMBER, UNKNOWN, OK) },
	{ "somebody else", P, { .attempt = REASON_OTHER_ACCOUNT },
		SAYS(ACTION, OTHER_ACCOUNT, MEMBER, UNKNOWN, OK) },
	{ "locked", P, { .attempt = REASON_ACCOUNT_LOCKED },
		SAYS(BLOCKED, ACCOUNT_LOCKED, EXCHANGE, UNKNOWN, OK) },
	{ "disabled", P, { .attempt = REASON_ACCOUNT_DISABLED },
		SAYS(BLOCKED, ACCOUNT_DISABLED, EXCHANGE, UNKNOWN, OK) },
	{ "no mailbox", P, { .attempt = REASON_NO_OWN_MAILBOX },
		SAYS(BLOCKED, NO_OWN_MAILBOX, EXCHANGE, UNKNOWN, OK) },
	{ "rule", P, { .attempt = REASON_POLICY_BLOCKED },
		SAYS(BLOCKED, POLICY_BLOCKED, ENTRA, UNKNOWN, OK) },
	{ "not assigned", P, { .attempt = REASON_APP_NOT_ASSIGNED },
		SAYS(BLOCKED, APP_NOT_ASSIGNED, ENTRA, UNKNOWN, OK) },
	{ "403, others work", P, { .attempt = REASON_EWS_REFUSED, .others = Y },
		SAYS(BLOCKED, MEMBER_EWS_REFUSED, EXCHANGE, UNKNOWN, OK) },
	{ "another try is under way", P, { .attempt = REASON_SIGNIN_WAITING }, NOTHING },
	{ "the server is down", P, { .attempt = REASON_SERVER_DOWN }, NOTHING },
};

static void every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct verdict v = { .status = STATUS_BLOCKED, .note = REASON_CLOCK };
		int told = verdict_of(r->method, &r->seen, &v);

		if (told != r->told)
			fail_msg("%s, %s: told %d", verdict_method_code(r->method), r->what, told);
		if (!told) { /* what was known stays */
			assert_int_equal(v.status, STATUS_BLOCKED);
			assert_int_equal(v.note, REASON_CLOCK);
			continue;
		}
		if (v.status != r->status || v.reason != r->reason || v.fixer != r->fixer ||
			v.reach != r->reach || v.note != r->note)
			fail_msg("%s, %s: %s %s, %s, reach %s, note %s",
				verdict_method_code(r->method), r->what,
				reason_status_code(v.status), reason_row(v.reason)->code,
				reason_fixer(v.fixer), reason_reach_code(v.reach),
				reason_row(v.note)->code);
	}
}

/* No reason of a connection ever becomes a member's verdict, but for the personal method. */
static void connection_reasons_are_no_verdicts(void **state)
{
	static const enum method methods[] = { D, G, I };

	(void)state;
	for (size_t m = 0; m < COUNT(methods); m++) {
		for (int r = REASON_OK + 1; r < REASON__MAX; r++) {
			struct evidence v = { .attempt = (enum reason)r };
			struct evidence part = { .calendar = N,
				.calendar_why = (enum reason)r,
				.busy = N,
				.busy_why = (enum reason)r };
			int member = reason_row((enum reason)r)->scope == SCOPE_MEMBER &&
				reason_row((enum reason)r)->temper != TEMPER_PASSING;
			struct verdict out;

			assert_int_equal(verdict_of(methods[m], &v, &out), member);
			assert_int_equal(verdict_of(methods[m], &part, &out), member);
			if (member)
				assert_int_equal(reason_row(out.reason)->scope, SCOPE_MEMBER);
		}
	}
}

/* Whatever the evidence: connected has no reason, anything else has one and a fixer. */
static void every_evidence_has_sense(void **state)
{
	(void)state;
	for (unsigned bits = 0; bits < 3 * 3 * 3 * 3 * 3 * 3; bits++) {
		unsigned left = bits;
		struct evidence v = { 0 };
		enum seen *const fields[] = { &v.calendar, &v.read, &v.create, &v.change, &v.busy,
			&v.sends };

		for (size_t i = 0; i < COUNT(fields); i++, left /= 3)
			*fields[i] = (enum seen)(left % 3);
		for (int m = 0; m < METHOD__MAX; m++) {
			struct verdict out;

			if (!verdict_of((enum method)m, &v, &out))
				continue;
			assert_int_not_equal(out.status, STATUS_NOT_CHECKED);
			assert_int_equal(out.status == STATUS_CONNECTED, out.reason == REASON_OK);
			assert_int_equal(out.status == STATUS_CONNECTED, out.fixer == FIXER_NOBODY);
			assert_int_not_equal(
				out.reason, out.note == REASON_OK ? -1 : (int)out.note);
			if (out.status == STATUS_ACTION)
				assert_int_equal(out.fixer, FIXER_MEMBER);
		}
	}
}

enum { RC = RIGHT_READ | RIGHT_CREATE };
enum { AUTHOR = ITEM_RIGHT_READ | ITEM_RIGHT_CREATE | ITEM_RIGHT_EDIT_OWN | ITEM_RIGHT_DELETE_OWN };
enum { EDITOR = AUTHOR | ITEM_RIGHT_EDIT_ANY | ITEM_RIGHT_DELETE_ANY };

static const struct {
	const char *what;
	enum reason ended;
	int told;
	unsigned rights;
	int64_t items;
	enum seen calendar, read, create, change, remove;
	enum reason why;
} folders[] = {
	{ "editor", REASON_OK, 1, RC, EDITOR, Y, Y, Y, Y, Y, REASON_OK },
	{ "author", REASON_OK, 1, RC, AUTHOR, Y, Y, Y, Y, Y, REASON_OK },
	{ "item rights not told", REASON_OK, 1, RC, -1, Y, Y, Y, U, U, REASON_OK },
	{ "may not edit its own", REASON_OK, 1, RC, 0x3, Y, Y, Y, N, N, REASON_OK },
	{ "may edit, not delete", REASON_OK, 1, RC, 0xb, Y, Y, Y, Y, N, REASON_OK },
	{ "edits any, deletes any", REASON_OK, 1, RC, 0x63, Y, Y, Y, Y, Y, REASON_OK },
	{ "reviewer", REASON_OK, 1, RIGHT_READ, 0x1, Y, Y, N, N, N, REASON_OK },
	{ "contributor", REASON_OK, 1, RIGHT_CREATE, -1, Y, N, Y, U, U, REASON_OK },
	{ "item rights 0 beside real ones are no answer", REASON_OK, 1, RC, 0, Y, Y, Y, U, U,
		REASON_OK },
	{ "item rights that contradict are no answer", REASON_OK, 1, RC, 0xc00, Y, Y, Y, U, U,
		REASON_OK },
	{ "rights of the folder itself prove nothing", REASON_OK, 1,
		RC | RIGHT_MODIFY | RIGHT_DELETE, -1, Y, Y, Y, U, U, REASON_OK },
	{ "all false", REASON_OK, 1, 0, -1, N, U, U, U, U, REASON_NOT_DELEGATED },
	{ "only the folder's own", REASON_OK, 1, RIGHT_MODIFY | RIGHT_DELETE | RIGHT_PRIVATE, 0, N,
		U, U, U, U, REASON_NOT_DELEGATED },
	{ "not told", REASON_OK, 0, 0, -1, Y, U, U, U, U, REASON_OK },
	{ "told by item rights only", REASON_OK, 0, 0, AUTHOR, Y, Y, Y, Y, Y, REASON_OK },
	{ "busy time only, told by item rights only", REASON_OK, 0, 0, 0xc00, N, U, U, U, U,
		REASON_NOT_DELEGATED },
	{ "access denied", REASON_NOT_DELEGATED, 0, 0, -1, N, U, U, U, U, REASON_NOT_DELEGATED },
	{ "no such mailbox", REASON_NO_MAILBOX, 0, 0, -1, N, U, U, U, U, REASON_NO_MAILBOX },
	{ "being moved", REASON_MOVING, 0, 0, -1, U, U, U, U, U, REASON_MOVING },
	{ "slowed", REASON_SLOWED, 0, 0, -1, U, U, U, U, U, REASON_SLOWED },
};

static void from_folders(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(folders); i++) {
		struct folder_seen f = { .ended.reason = folders[i].ended,
			.rights_told = folders[i].told,
			.rights = folders[i].rights,
			.item_rights = folders[i].items,
			.detail = DETAIL_FULL };
		struct evidence v = { .read = N, .busy = Y, .detail = DETAIL_TIME, .sends = Y };

		verdict_folder(&v, &f);
		if (v.calendar != folders[i].calendar || v.read != folders[i].read ||
			v.create != folders[i].create || v.change != folders[i].change ||
			v.remove != folders[i].remove || v.calendar_why != folders[i].why)
			fail_msg("%s: %d, %d %d %d %d, %s", folders[i].what, v.calendar, v.read,
				v.create, v.change, v.remove, reason_row(v.calendar_why)->code);
		assert_int_equal(v.busy, Y); /* not the folder's business */
		assert_int_equal(v.sends, Y);
		assert_int_equal(
			v.detail, folders[i].ended == REASON_OK ? DETAIL_FULL : DETAIL_UNKNOWN);
	}
}

static void names(void **state)
{
	(void)state;
	for (int m = 0; m < METHOD__MAX; m++)
		assert_int_equal(verdict_method_parse(verdict_method_code((enum method)m)), m);
	assert_int_equal(verdict_method_parse("graph"), METHOD__MAX);
	assert_int_equal(verdict_method_parse(NULL), METHOD__MAX);
	assert_string_equal(verdict_method_code(METHOD__MAX), "");
	assert_string_equal(reason_status_code(STATUS_ACTION), "action_needed");
	assert_string_equal(reason_status_title(STATUS_ACTION), "Action needed");
	assert_string_equal(reason_status_code(STATUS__MAX), "not_checked");
	assert_string_equal(reason_status_title((enum status) - 1), "Not checked");
	assert_string_equal(reason_reach_code(REACH_BUSY), "busy");
	assert_string_equal(reason_reach_code(REACH__MAX), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(connection_reasons_are_no_verdicts),
		cmocka_unit_test(every_evidence_has_sense),
		cmocka_unit_test(from_folders),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
