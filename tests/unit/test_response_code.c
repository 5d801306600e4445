/* Codes of Exchange: what each means where, and that none is missing or guessed. */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ews/response_code.h"

#define ANYWHERE PLACE__MAX

static const struct meaning_row {
	const char *code;
	enum response_place place;
	enum reason reason;
	enum outcome_next next;
} meanings[] = {
	{ "NoError", ANYWHERE, REASON_OK, NEXT_NOTHING },
	/* The classes of EWS.md 5.1 and its sections on operations. */
	{ "ErrorNoRespondingCASInDestinationSite", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorProxyServiceDiscoveryFailed", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorNoApplicableProxyCASServersAvailable", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorConnectionFailed", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorADUnavailable", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorServiceUnavailable", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorInternalServerError", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorBatchProcessingStopped", ANYWHERE, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorAccountDisabled", PLACE_FOLDER, REASON_MAILBOX_DISABLED, NEXT_NOTHING },
	{ "ErrorAccountDisabled", PLACE_DIRECTORY, REASON_ACCOUNT_DISABLED, NEXT_NOTHING },
	{ "ErrorPasswordExpired", ANYWHERE, REASON_PASSWORD_EXPIRED, NEXT_NOTHING },
	{ "ErrorMissingEmailAddress", ANYWHERE, REASON_NO_OWN_MAILBOX, NEXT_NOTHING },
	{ "ErrorItemNotFound", PLACE_FOLDER, REASON_NOT_DELEGATED, NEXT_NOTHING },
	{ "ErrorItemNotFound", PLACE_CREATE, REASON_NOT_DELEGATED, NEXT_NOTHING },
	{ "ErrorItemNotFound", PLACE_ITEM, REASON_BOOKING_GONE, NEXT_NOTHING },
	{ "ErrorSavedItemFolderNotFound", ANYWHERE, REASON_NOT_DELEGATED, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_FOLDER, REASON_NOT_DELEGATED, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_DELEGATE, REASON_OWNER_ONLY, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_BUSY, REASON_BUSY_DENIED, NEXT_NOTHING },
	{ "ErrorFolderNotFound", PLACE_FOLDER, REASON_NOT_DELEGATED, NEXT_NOTHING },
	{ "ErrorFolderNotFound", PLACE_BUSY, REASON_BUSY_DENIED, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_ITEM, REASON_READ_ONLY, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_CREATE, REASON_READ_ONLY, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_SEND, REASON_SENDING_REFUSED, NEXT_NOTHING },
	{ "ErrorAccessDenied", PLACE_DIRECTORY, REASON_EWS_REFUSED, NEXT_NOTHING },
	{ "ErrorCreateItemAccessDenied", ANYWHERE, REASON_READ_ONLY, NEXT_NOTHING },
	{ "ErrorImpersonateUserDenied", ANYWHERE, REASON_IMPERSONATION_REFUSED, NEXT_NOTHING },
	{ "ErrorImpersonationDenied", ANYWHERE, REASON_IMPERSONATION_REFUSED, NEXT_NOTHING },
	{ "ErrorImpersonationFailed", ANYWHERE, REASON_IMPERSONATION_SETUP, NEXT_NOTHING },
	{ "ErrorInvalidExchangeImpersonationHeaderData", ANYWHERE, REASON_IMPERSONATION_SETUP,
		NEXT_NOTHING },
	{ "ErrorNonExistentMailbox", ANYWHERE, REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "ErrorMailRecipientNotFound", ANYWHERE, REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "ErrorInvalidSmtpAddress", ANYWHERE, REASON_ADDRESS_REFUSED, NEXT_NOTHING },
	{ "ErrorNonPrimarySmtpAddress", ANYWHERE, REASON_ALIAS, NEXT_NOTHING },
	{ "ErrorNameResolutionNoResults", PLACE_DIRECTORY, REASON_NOTHING_FOUND, NEXT_NOTHING },
	{ "ErrorNameResolutionNoResults", PLACE_FOLDER, REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "ErrorNoFreeBusyAccess", ANYWHERE, REASON_BUSY_DENIED, NEXT_NOTHING },
	{ "ErrorServerBusy", ANYWHERE, REASON_SLOWED, NEXT_SLOWER },
	{ "ErrorExceededConnectionCount", ANYWHERE, REASON_SLOWED, NEXT_SLOWER },
	{ "ErrorTooManyObjectsOpened", ANYWHERE, REASON_SLOWED, NEXT_SMALLER },
	{ "ErrorTimeIntervalTooBig", ANYWHERE, REASON_TOO_BIG, NEXT_SMALLER },
	{ "ErrorMailboxDataArrayTooBig", ANYWHERE, REASON_TOO_BIG, NEXT_SMALLER },
	{ "ErrorMailboxMoveInProgress", ANYWHERE, REASON_MOVING, NEXT_MOVED },
	{ "ErrorMailboxFailover", ANYWHERE, REASON_UNAVAILABLE, NEXT_MOVED },
	{ "ErrorWrongServerVersion", ANYWHERE, REASON_ELSEWHERE, NEXT_MOVED },
	{ "ErrorWrongServerVersionDelegate", ANYWHERE, REASON_ELSEWHERE, NEXT_NOTHING },
	{ "ErrorMailboxStoreUnavailable", ANYWHERE, REASON_UNAVAILABLE, NEXT_RETRY },
	{ "ErrorCorruptData", PLACE_ITEM, REASON_BOOKING_INVALID, NEXT_NOTHING },
	{ "ErrorItemCorrupt", PLACE_ITEM, REASON_BOOKING_INVALID, NEXT_NOTHING },
	{ "ErrorItemPropertyRequestFailed", PLACE_ITEM, REASON_BOOKING_INVALID, NEXT_NOTHING },
	{ "ErrorCorruptData", PLACE_FOLDER, REASON_UNAVAILABLE, NEXT_NOTHING },
	{ "ErrorCorruptData", PLACE_CREATE, REASON_UNAVAILABLE, NEXT_NOTHING },
	{ "ErrorProxyRequestProcessingFailed", PLACE_BUSY, REASON_ELSEWHERE, NEXT_NOTHING },
	{ "ErrorProxyRequestProcessingFailed", PLACE_FOLDER, REASON_SERVER_DOWN, NEXT_RETRY },
	{ "ErrorInvalidServerVersion", ANYWHERE, REASON_VERSION, NEXT_VERSION_DOWN },
	{ "ErrorInvalidSchemaVersionForMailboxVersion", ANYWHERE, REASON_VERSION,
		NEXT_VERSION_DOWN },
	{ "ErrorIncorrectSchemaVersion", ANYWHERE, REASON_VERSION, NEXT_VERSION_UP },
	{ "ErrorSendAsDenied", ANYWHERE, REASON_SENDING_REFUSED, NEXT_NOTHING },
	{ "ErrorQuotaExceeded", ANYWHERE, REASON_MAILBOX_FULL, NEXT_NOTHING },
	{ "ErrorIrresolvableConflict", ANYWHERE, REASON_BOOKING_CHANGED, NEXT_AGAIN_FRESH },
	{ "ErrorInvalidSyncStateData", ANYWHERE, REASON_BOOKING_CHANGED, NEXT_AGAIN_FRESH },
	{ "ErrorCalendarIsNotOrganizer", ANYWHERE, REASON_NOT_ORGANIZER, NEXT_NOTHING },
	{ "ErrorCalendarEndDateIsEarlierThanStartDate", ANYWHERE, REASON_BOOKING_INVALID,
		NEXT_NOTHING },
	{ "ErrorInvalidRecipients", PLACE_CREATE, REASON_BOOKING_INVALID, NEXT_NOTHING },
	{ "ErrorInvalidRecipients", PLACE_SEND, REASON_ADDRESS_REFUSED, NEXT_NOTHING },
	{ "ErrorSendMeetingInvitationsRequired", ANYWHERE, REASON_INTERNAL, NEXT_NOTHING },
	/* Nothing is guessed. */
	{ "ErrorOfTomorrow", ANYWHERE, REASON_BAD_ANSWER, NEXT_NOTHING },
	{ "errorserverbusy", ANYWHERE, REASON_BAD_ANSWER, NEXT_NOTHING },
	{ "ErrorServerBus", ANYWHERE, REASON_BAD_ANSWER, NEXT_NOTHING },
	{ "", ANYWHERE, REASON_BAD_ANSWER, NEXT_NOTHING },
};

static void codes_mean(void **state)
{
	const struct meaning_row *r;
	struct response_meaning got;
	int place;

	(void)state;
	for (r = meanings; r < meanings + COUNT(meanings); r++) {
		for (place = 0; place < PLACE__MAX; place++) {
			if (r->place != ANYWHERE && r->place != (enum response_place)place)
				continue;
			got = response_code_meaning(r->code, (enum response_place)place);
			if (got.reason != r->reason || got.next != r->next)
				fail_msg("%s at %d: %d, %d", r->code, place, (int)got.reason,
					(int)got.next);
		}
	}
}

static void each_code_once(void **state)
{
	size_t i, k;
	int place;

	(void)state;
	for (i = 0; response_code_at(i); i++) {
		for (k = 0; k < i; k++)
			assert_string_not_equal(response_code_at(i), response_code_at(k));
		assert_true(strlen(response_code_at(i)) < OUTCOME_CODE);
		for (place = 0; place < PLACE__MAX; place++)
			assert_int_not_equal(response_code_meaning(response_code_at(i),
						     (enum response_place)place)
						     .reason,
				REASON_BAD_ANSWER);
	}
	assert_true(i > 150);
	assert_null(response_code_at(i + 100));
}

/* What is not about the connection must not stop it, and what asks for a repetition must be of a
 * kind that passes. */
static void meanings_make_sense(void **state)
{
	struct response_meaning m;
	const struct reason_row *row;
	size_t i;
	int place;

	(void)state;
	for (i = 0; response_code_at(i); i++) {
		for (place = 0; place < PLACE__MAX; place++) {
			m = response_code_meaning(response_code_at(i), (enum response_place)place);
			row = reason_row(m.reason);
			if (m.next == NEXT_RETRY && row->temper != TEMPER_PASSING)
				fail_msg("%s: %s does not pass", response_code_at(i), row->code);
			if (row->temper == TEMPER_STOPPED)
				assert_int_equal(m.next, NEXT_NOTHING);
		}
	}
}

/* Every code is one that Microsoft's schema lists. */
static void codes_are_of_the_schema(void **state)
{
	const char *where = getenv("LATCHKEY_EWS");
	char path[512], line[256], *all;
	size_t i, n;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/schema/ResponseCodes.tsv", where ? where : "");
	f = fopen(path, "r");
	if (!f) {
		print_message("# SKIP LATCHKEY_EWS names no directory with schema/\n");
		skip();
	}
	all = calloc(1, 1 << 20);
	assert_non_null(all);
	for (n = 1, all[0] = '\n'; fgets(line, sizeof(line), f); n = strlen(all))
		snprintf(all + n, (1 << 20) - n, "%.*s\n", (int)strcspn(line, "\t\r\n"), line);
	fclose(f);
	for (i = 0; response_code_at(i); i++) {
		snprintf(line, sizeof(line), "\n%s\n", response_code_at(i));
		if (!strstr(all, line))
			fail_msg("%s is in no schema", response_code_at(i));
	}
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_mean),
		cmocka_unit_test(each_code_once),
		cmocka_unit_test(meanings_make_sense),
		cmocka_unit_test(codes_are_of_the_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
