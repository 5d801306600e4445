/* Busy time in EWS: what is asked, byte for byte, and what is read. */
#include "tests/unit/ews_trace.h"

#include "platform/clock.h"

#define MONDAY 1795392000 /* 2026-11-23T00:00:00Z */
#define DAY 86400

static const char *const two[] = { "anna@acme.test", "gone@acme.test" };
static const struct busy_query anna = { two, 1, MONDAY, MONDAY + DAY };
static const struct busy_query both = { two, 2, MONDAY, MONDAY + DAY };

/* --- questions --- */

#define CHANGE(name, month)                                                                        \
	"<t:" name "><t:Bias>0</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder>"        \
	"<t:Month>" month "</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:" name ">"
#define ZONE                                                                                       \
	"<t:TimeZone><t:Bias>0</t:Bias>" CHANGE("StandardTime", "10")                              \
		CHANGE("DaylightTime", "3") "</t:TimeZone>"
#define WHO(address)                                                                               \
	"<t:MailboxData><t:Email><t:Address>" address "</t:Address></t:Email>"                     \
	"<t:AttendeeType>Required</t:AttendeeType><t:ExcludeConflicts>false</t:ExcludeConflicts>"  \
	"</t:MailboxData>"
#define VIEW(from, to, minutes)                                                                    \
	"<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>" from "</t:StartTime><t:EndTime>" to   \
	"</t:EndTime></t:TimeWindow><t:MergedFreeBusyIntervalInMinutes>" minutes                   \
	"</t:MergedFreeBusyIntervalInMinutes><t:RequestedView>FreeBusyMerged</t:RequestedView>"    \
	"</t:FreeBusyViewOptions>"

static void busy_is_asked(void **state)
{
	static const struct busy_query quarter = { two, 1, MONDAY, MONDAY + 900 };
	static const struct {
		const struct busy_query *q;
		int version;
		const char *body;
	} rows[] = {
		{ &both, EWS_2016,
			"<m:GetUserAvailabilityRequest>" ZONE
			"<m:MailboxDataArray>" WHO("anna@acme.test")
				WHO("gone@acme.test") "</m:MailboxDataArray>" VIEW(
					"2026-11-23T00:00:00", "2026-11-24T00:00:00",
					"30") "</m:GetUserAvailabilityRequest>" },
		/* The digits must fit into the window. */
		{ &quarter, EWS_2007,
			"<m:GetUserAvailabilityRequest>" ZONE
			"<m:MailboxDataArray>" WHO("anna@acme.test") "</m:MailboxDataArray>" VIEW(
				"2026-11-23T00:00:00", "2026-11-23T00:15:00",
				"5") "</m:GetUserAvailabilityRequest>" },
	};
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask =
			golden_ask(EXCHANGE_GET_BUSY, rows[i].q, rows[i].version, NULL);

		buf_clear(&out);
		assert_string_equal(golden_body(&out, &ask), rows[i].body);
	}
	buf_done(&out);
}

static void busy_that_cannot_be_asked(void **state)
{
	static const char *const bad[] = { "anna@acme.test", "anna" };
	static const char *many[EXCHANGE_BUSY_MAX + 1];
	static const struct {
		struct busy_query q;
		const char *say;
	} rows[] = {
		{ { two, 0, MONDAY, MONDAY + DAY }, "No mailboxes were named" },
		{ { many, COUNT(many), MONDAY, MONDAY + DAY }, "100 are allowed" },
		{ { bad, 2, MONDAY, MONDAY + DAY }, "\"anna\" is not an e-mail address" },
		{ { two, 1, MONDAY, MONDAY }, "The end must lie after the start" },
		{ { two, 1, MONDAY, MONDAY - 1 }, "The end must lie after the start" },
		{ { two, 1, MONDAY, MONDAY + 42 * DAY + 1 }, "42 days" },
		{ { two, 1, -1, MONDAY }, "between the years" },
		{ { two, 1, INT64_C(253402300000), INT64_MAX }, "between the years" },
	};
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(many); i++)
		many[i] = two[0];
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask =
			golden_ask(EXCHANGE_GET_BUSY, &rows[i].q, EWS_2010_SP2, NULL);
		struct err e = { 0 };

		assert_int_equal(dialect_ews.write(&ask, &out, &e), -1);
		assert_int_equal(e.code, ERR_INPUT);
		if (!strstr(e.say, rows[i].say))
			fail_msg("row %zu says: %s", i, e.say);
		buf_clear(&out);
	}
	buf_done(&out);
}

/* --- answers --- */

static void print_busy(struct buf *out, const void *result)
{
	static const char *const kinds[BUSY__MAX] = { "free", "tentative", "busy", "out",
		"elsewhere", "unknown" };
	const struct busy_result *r = result;
	const struct busy_seen *b;
	char from[32], to[32];
	size_t i;

	for (b = r->list; b < r->list + r->count; b++) {
		if (b->ended.reason != REASON_OK) {
			buf_printf(
				out, "! %s %s\n", reason_row(b->ended.reason)->code, b->ended.code);
			continue;
		}
		buf_printf(out, "merged=%d", b->merged_only);
		if (b->has_zone)
			buf_printf(out, " zone %d %+d %d.%d.%d.%d %+d %d.%d.%d.%d", b->zone.bias,
				b->zone.standard.bias, b->zone.standard.month,
				b->zone.standard.order, b->zone.standard.day,
				b->zone.standard.second, b->zone.daylight.bias,
				b->zone.daylight.month, b->zone.daylight.order,
				b->zone.daylight.day, b->zone.daylight.second);
		for (i = 0; i < b->count; i++) {
			clock_iso(from, sizeof(from), b->spans[i].start);
			clock_iso(to, sizeof(to), b->spans[i].end);
			buf_printf(out, " %s/%.9s %s", from, to + 11, kinds[b->spans[i].kind]);
		}
		buf_putc(out, '\n');
	}
}

#define ALL(inside)                                                                                \
	"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>" inside                          \
	"</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>"
#define SEEN(view)                                                                                 \
	"<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError" \
	"</m:ResponseCode></m:ResponseMessage><m:FreeBusyView>" view                               \
	"</m:FreeBusyView></m:FreeBusyResponse>"
#define REFUSED(code)                                                                              \
	"<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Error\"><m:MessageText>localised"  \
	"</m:MessageText><m:ResponseCode>" code "</m:ResponseCode><m:DescriptiveLinkKey>0"         \
	"</m:DescriptiveLinkKey></m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>None"      \
	"</t:FreeBusyViewType></m:FreeBusyView></m:FreeBusyResponse>"
#define TYPE(view) "<t:FreeBusyViewType>" view "</t:FreeBusyViewType>"
#define DIGITS(digits) "<t:MergedFreeBusy>" digits "</t:MergedFreeBusy>"
#define EVENTS(inside) "<t:CalendarEventArray>" inside "</t:CalendarEventArray>"
#define EVENT(from, to, kind, more)                                                                \
	"<t:CalendarEvent><t:StartTime>" from "</t:StartTime><t:EndTime>" to                       \
	"</t:EndTime><t:BusyType>" kind "</t:BusyType>" more "</t:CalendarEvent>"
#define HOURS(zone)                                                                                \
	"<t:WorkingHours><t:TimeZone>" zone "</t:TimeZone><t:WorkingPeriodArray><t:WorkingPeriod>" \
	"<t:DayOfWeek>Monday Tuesday</t:DayOfWeek><t:StartTimeInMinutes>480"                       \
	"</t:StartTimeInMinutes><t:EndTimeInMinutes>1020</t:EndTimeInMinutes></t:WorkingPeriod>"   \
	"</t:WorkingPeriodArray></t:WorkingHours>"
#define RULE(name, bias, time, order, month, day)                                                  \
	"<t:" name "><t:Bias>" bias "</t:Bias><t:Time>" time "</t:Time><t:DayOrder>" order         \
	"</t:DayOrder><t:Month>" month "</t:Month><t:DayOfWeek>" day "</t:DayOfWeek></t:" name ">"
#define BERLIN                                                                                     \
	"<t:Bias>-60</t:Bias>" RULE("StandardTime", "0", "03:00:00", "5", "10", "Sunday")          \
		RULE("DaylightTime", "-60", "02:00:00", "5", "3", "Sunday")
#define DETAILS                                                                                    \
	"<t:CalendarEventDetails><t:ID>0000000F</t:ID><t:Subject>Review</t:Subject>"               \
	"<t:Location>R1</t:Location><t:IsPrivate>false</t:IsPrivate></t:CalendarEventDetails>"
#define BUSY8 EVENT("2026-11-23T08:00:00", "2026-11-23T10:00:00", "Busy", "")

/* As EWS.md 8.1 has it: a mailbox with everything, and one that is none. */
static const char everything[] = ALL(SEEN(TYPE("DetailedMerged") DIGITS("000000002200000000000000")
		EVENTS(EVENT("2026-11-23T08:00:00", "2026-11-23T10:00:00", "Busy", DETAILS) EVENT(
			"2026-11-23T12:00:00Z", "2026-11-23T13:00:00Z", "WorkingElsewhere", ""))
			HOURS(BERLIN)) REFUSED("ErrorMailRecipientNotFound"));

static void busy_is_read(void **state)
{
	static const char *const entries[] = { "CalendarEvent", NULL };
	struct golden g = { .op = EXCHANGE_GET_BUSY,
		.query = &both,
		.answer = everything,
		.print = print_busy,
		.entries = entries };

	(void)state;
	golden_check(&g,
		"merged=0 zone -60 +0 10.5.0.10800 -60 3.5.0.7200"
		" 2026-11-23T08:00:00Z/10:00:00Z busy 2026-11-23T12:00:00Z/13:00:00Z elsewhere\n"
		"! no_mailbox ErrorMailRecipientNotFound\n");
	g.query = &anna;
	g.answer = ALL(SEEN(TYPE("MergedOnly")
			DIGITS("000000000000000022210000000000000000000000000045") HOURS(BERLIN)));
	golden_check(&g,
		"merged=1 zone -60 +0 10.5.0.10800 -60 3.5.0.7200"
		" 2026-11-23T08:00:00Z/09:30:00Z busy 2026-11-23T09:30:00Z/10:00:00Z tentative"
		" 2026-11-23T23:00:00Z/00:00:00Z unknown\n");
}

#define NONE24 "000000000000000000000000"
#define NONE48 NONE24 NONE24

static const struct odd {
	const char *answer;
	const char *want;
} odd[] = {
	/* With an offset, as Exchange 2007 tells it; out of order; free time and unknown words. */
	{ ALL(SEEN(TYPE("FreeBusy") EVENTS(
		  EVENT("2026-11-23T09:00:00-04:00", "2026-11-23T10:00:00-04:00", "OOF", "") EVENT(
			  "2026-11-23T08:00:00", "2026-11-23T08:00:00", "Free", "")
			  EVENT("2026-11-23T07:00:00.5", "2026-11-23T08:00:00", "Sleeping", "")))),
		"merged=0 2026-11-23T07:00:00Z/08:00:00Z unknown"
		" 2026-11-23T08:00:00Z/08:00:00Z free 2026-11-23T13:00:00Z/14:00:00Z out\n" },
	/* Events stand before digits; where there are none, digits that tell of some do. */
	{ ALL(SEEN(TYPE("FreeBusyMerged") DIGITS("2" NONE24) EVENTS(BUSY8))),
		"merged=0 2026-11-23T08:00:00Z/10:00:00Z busy\n" },
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS("2" NONE24 "00000000000000000000000") EVENTS(""))),
		"merged=1 2026-11-23T00:00:00Z/00:30:00Z busy\n" },
	{ ALL(SEEN(TYPE("FreeBusyMerged") DIGITS("2" NONE24) EVENTS(""))), "! bad_answer \n" },
	{ ALL(SEEN(TYPE("FreeBusyMerged") DIGITS(NONE24) EVENTS(""))), "merged=0\n" },
	{ ALL(SEEN(TYPE("FreeBusyMerged") DIGITS(NONE48))), "merged=0\n" },
	{ ALL(SEEN(TYPE("FreeBusyMerged") DIGITS("3" NONE24 "00000000000000000000003"))),
		"merged=1 2026-11-23T00:00:00Z/00:30:00Z out"
		" 2026-11-23T23:30:00Z/00:00:00Z out\n" },
	/* One digit more or fewer than expected is no other step; but one that is missing does not
	 * make the end free. */
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS(NONE24 "00000000000000000000002"))),
		"merged=1 2026-11-23T23:00:00Z/23:30:00Z busy"
		" 2026-11-23T23:30:00Z/00:00:00Z unknown\n" },
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS(NONE24 "00000000000000000000004"))),
		"merged=1 2026-11-23T23:00:00Z/00:00:00Z unknown\n" },
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS(NONE48 "2"))), "merged=0\n" },
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS("2" NONE24))), "! bad_answer \n" },
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS(NONE48 "22"))), "! bad_answer \n" },
	{ ALL(SEEN(TYPE("MergedOnly") DIGITS("6" NONE24 "00000000000000000000000"))),
		"! bad_answer \n" },
	/* Nothing told is not free. */
	{ ALL(SEEN(TYPE("None"))), "! busy_time_denied \n" },
	{ ALL(SEEN(TYPE("Detailed"))), "merged=0\n" },
	{ ALL(SEEN(TYPE("FreeBusy"))), "merged=0\n" },
	{ ALL(SEEN(TYPE("FreeBusyMerged"))), "! bad_answer \n" },
	{ ALL(SEEN(TYPE("MergedOnly") "<t:MergedFreeBusy/>")), "! bad_answer \n" },
	{ ALL(SEEN("")), "! bad_answer \n" },
	{ ALL(SEEN("<m:FreeBusyViewType>FreeBusy</m:FreeBusyViewType>")), "! bad_answer \n" },
	{ ALL(SEEN(TYPE("FreeBusy") EVENTS("<m:CalendarEvent/>"))), "! bad_answer \n" },
	{ ALL("<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Success\"><m:ResponseCode>"
	      "NoError</m:ResponseCode></m:ResponseMessage></m:FreeBusyResponse>"),
		"! bad_answer \n" },
	{ ALL("<m:FreeBusyResponse/>"), "! bad_answer \n" },
	/* An event that cannot be read refuses its mailbox. */
	{ ALL(SEEN(EVENTS(BUSY8 EVENT("2026-11-23T08:00:00", "", "Busy", "")))),
		"! bad_answer \n" },
	{ ALL(SEEN(EVENTS(BUSY8 EVENT("2026-11-31T08:00:00", "2026-12-01T08:00:00", "Busy", "")))),
		"! bad_answer \n" },
	{ ALL(SEEN(EVENTS(BUSY8 EVENT("2026-11-23T08:00:00", "2026-11-23T07:00:00", "Busy", "")))),
		"! bad_answer \n" },
	{ ALL(SEEN(EVENTS(BUSY8 EVENT("2026-11-23T08:00:00", "2026-11-23T09:00:00", "", "")))),
		"! bad_answer \n" },
	/* Zones: no change ever; those that make no sense are left out. */
	{ ALL(SEEN(EVENTS("") HOURS("<t:Bias>-330</t:Bias>" RULE("StandardTime", "0", "00:00:00",
		  "0", "0", "") RULE("DaylightTime", "0", "00:00:00", "0", "0", "")))),
		"merged=0 zone -330 +0 0.0.0.0 +0 0.0.0.0\n" },
	{ ALL(SEEN(EVENTS("") HOURS("<t:Bias>-330</t:Bias>" RULE("StandardTime", "0", "00:00:00",
		  "0", "0", "") RULE("DaylightTime", "-60", "02:00:00", "5", "3", "Sunday")))),
		"merged=0 zone -330 +0 0.0.0.0 -60 0.5.0.7200\n" },
	{ ALL(SEEN(EVENTS(BUSY8) HOURS(
		  "<t:Bias>-60</t:Bias>" RULE("StandardTime", "0", "03:00:00", "6", "10", "Sunday")
			  RULE("DaylightTime", "-60", "02:00:00", "5", "3", "Sunday")))),
		"merged=0 2026-11-23T08:00:00Z/10:00:00Z busy\n" },
	{ ALL(SEEN(EVENTS("") HOURS("<t:Bias>-60</t:Bias>" RULE("StandardTime", "0", "3:00", "5",
		  "10", "Sunday") RULE("DaylightTime", "-60", "02:00:00", "5", "3", "Sunday")))),
		"merged=0\n" },
	{ ALL(SEEN(EVENTS("") HOURS("<t:Bias>-60</t:Bias>" RULE("StandardTime", "0", "03:00:00",
		  "5", "10", "Sunday</t:DayOfWeek><t:Year>2026</t:Year><t:DayOfWeek>")
			  RULE("DaylightTime", "-60", "02:00:00", "5", "3", "Sunday")))),
		"merged=0\n" },
	{ ALL(SEEN(EVENTS("") HOURS("<t:Bias>99999</t:Bias>"))), "merged=0\n" },
	/* Reasons of one mailbox. */
	{ ALL(REFUSED("ErrorNoFreeBusyAccess")), "! busy_time_denied ErrorNoFreeBusyAccess\n" },
	{ ALL(REFUSED("ErrorOfTomorrow")), "! bad_answer ErrorOfTomorrow\n" },
	{ ALL(REFUSED("ErrorTimeIntervalTooBig")), "! answer_too_big ErrorTimeIntervalTooBig\n" },
	/* Fewer, more, none. */
	{ ALL(""), "outcome bad_answer \n" },
	{ ALL(SEEN(EVENTS("")) SEEN(EVENTS(""))), "outcome bad_answer \n" },
	{ "<m:GetUserAvailabilityResponse/>", "outcome bad_answer \n" },
	{ "<m:GetFolderResponse/>", "outcome bad_answer \n" },
};

static void busy_odd_answers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(odd); i++) {
		struct golden g = { .op = EXCHANGE_GET_BUSY,
			.query = &anna,
			.answer = odd[i].answer,
			.print = print_busy };

		golden_equal(&g, odd[i].want);
	}
}

#define FAULT(code)                                                                                \
	"<s:Fault xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><faultcode>s:Client"       \
	"</faultcode><faultstring>localised</faultstring><detail><e:ResponseCode "                 \
	"xmlns:e=\"http://schemas.microsoft.com/exchange/services/2006/errors\">" code             \
	"</e:ResponseCode></detail></s:Fault>"

/* When all was too much at once, smaller questions are the way on. */
static void busy_too_big(void **state)
{
	static const struct {
		const char *answer;
		enum reason reason;
		enum outcome_next next;
	} rows[] = {
		{ ALL(REFUSED("ErrorTimeIntervalTooBig") REFUSED("ErrorResultSetTooBig")),
			REASON_OK, NEXT_SMALLER },
		{ ALL(REFUSED("ErrorTimeIntervalTooBig") SEEN(EVENTS(""))), REASON_OK,
			NEXT_NOTHING },
		{ ALL(REFUSED("ErrorTimeIntervalTooBig") REFUSED("ErrorNoFreeBusyAccess")),
			REASON_OK, NEXT_NOTHING },
		{ FAULT("ErrorMailboxDataArrayTooBig"), REASON_TOO_BIG, NEXT_SMALLER },
		{ FAULT("ErrorServerBusy"), REASON_SLOWED, NEXT_SLOWER },
	};
	struct golden g = { .op = EXCHANGE_GET_BUSY, .query = &both, .print = print_busy };
	struct buf document, got;
	struct outcome o;
	size_t i;

	(void)state;
	buf_init(&document, GOLDEN_MAX);
	buf_init(&got, GOLDEN_MAX);
	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(&document);
		golden_wrap(&document, rows[i].answer);
		golden_read(&g, document.p, document.len, &got, &o);
		assert_int_equal(o.reason, rows[i].reason);
		assert_int_equal(o.next, rows[i].next);
	}
	buf_done(&document);
	buf_done(&got);
}

/* More events than anybody has in six weeks are refused, not stored. */
static void busy_too_many_events(void **state)
{
	struct golden g = { .op = EXCHANGE_GET_BUSY, .query = &anna, .print = print_busy };
	struct buf document, got;
	struct outcome o;
	int i;

	(void)state;
	buf_init(&document, GOLDEN_MAX);
	buf_init(&got, GOLDEN_MAX);
	buf_puts(&got,
		"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>"
		"<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Success\">"
		"<m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage>"
		"<m:FreeBusyView><t:CalendarEventArray>");
	for (i = 0; i < 5001; i++)
		buf_puts(&got, BUSY8);
	buf_puts(&got,
		"</t:CalendarEventArray></m:FreeBusyView></m:FreeBusyResponse>"
		"</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>");
	golden_wrap(&document, buf_str(&got));
	golden_read(&g, document.p, document.len, &got, &o);
	assert_string_equal(buf_str(&got), "! answer_too_big \n");
	buf_done(&document);
	buf_done(&got);
}

static void busy_recorded(void **state)
{
	static const struct trace_row rows[] = {
		{ "GetUserAvailabilityRequestResponseWithEmptyDayOfWeek", EXCHANGE_GET_BUSY, &anna,
			print_busy, "merged=0 zone 300 +0 11.1.0.7200 -60 3.2.0.7200\n" },
		{ "app2-00", EXCHANGE_GET_BUSY, &both, print_busy,
			"merged=0 zone 300 +0 11.1.0.7200 -60 3.2.0.7200\n"
			"merged=0 zone 480 +0 11.1.0.7200 -60 3.2.0.7200\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(busy_is_asked),
		cmocka_unit_test(busy_that_cannot_be_asked),
		cmocka_unit_test(busy_is_read),
		cmocka_unit_test(busy_odd_answers),
		cmocka_unit_test(busy_too_big),
		cmocka_unit_test(busy_too_many_events),
		cmocka_unit_test(busy_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
