/*
 * GetUserAvailability over whole envelopes: what each right shows, the codes of what is wrong with
 * one mailbox or with the request, both ways to name a time zone, and each behaviour of the
 * switches. Every answer is checked against Microsoft's schema when it is at hand.
 */
#include "tests/unit/unit.h"
#include "tests/unit/sim_unit.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

static const char organisation[] =
	"clock 2026-11-23T08:00:00Z frozen\n"
	"premise hq onprem 2016 host mail.example.test\n"
	"schemes basic\n"
	"premise cloud online online host cloud.example.test\n"
	"schemes basic\n"
	"domain example.test premise hq\n"
	"mailbox svc@example.test Service premise hq\n"
	"password " UNIT_PASSWORD "\n"
	"mailbox full@example.test Full premise hq\n"
	"zone \"W. Europe Standard Time\"\n"
	"grant svc@example.test Editor\n"
	"mailbox simple@example.test Simple premise hq\n"
	"grant svc@example.test AvailabilityOnly\n"
	"mailbox limited@example.test Limited premise hq\n"
	"grant svc@example.test LimitedDetails\n"
	"mailbox closed@example.test Closed premise hq\n"
	"grant default None\n"
	"mailbox moving@example.test Moving premise hq\n"
	"moving\n"
	"mailbox off@example.test Off premise hq\n"
	"enabled no\n"
	"mailbox down@example.test Down premise hq\n"
	"grant svc@example.test Editor\n"
	"trouble ErrorMailboxStoreUnavailable\n"
	"mailbox far@example.test Far premise cloud\n"
	"grant svc@example.test Editor\n"
	"group team@example.test Team\n"
	"member full@example.test simple@example.test closed@example.test\n"
	"account bare@example.test premise hq password " UNIT_PASSWORD "\n";

#define ZONE_UTC                                                                                   \
	"<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime><t:Bias>0</t:Bias><t:Time>00:00:00</"       \
	"t:Time>"                                                                                  \
	"<t:DayOrder>0</t:DayOrder><t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"          \
	"</t:StandardTime><t:DaylightTime><t:Bias>0</t:Bias><t:Time>00:00:00</t:Time>"             \
	"<t:DayOrder>0</t:DayOrder><t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>"          \
	"</t:DaylightTime></t:TimeZone>"
#define ZONE_BERLIN                                                                                \
	"<t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias>"                       \
	"<t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month>"                 \
	"<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias>"   \
	"<t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"                  \
	"<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"
#define CONTEXT_BERLIN                                                                             \
	"<t:TimeZoneContext><t:TimeZoneDefinition Id=\"W. Europe Standard Time\"/>"                \
	"</t:TimeZoneContext>"

struct question {
	const char *zone, *header, *version, *login;
	const char *who; /* names, parted by blanks */
	const char *from, *to, *interval, *view;
	const char *more; /* after the options */
};

static int open_unit(void **state)
{
	struct unit *u = need(sizeof(*u));

	unit_open(u, organisation);
	*state = u;
	return 0;
}

static int close_unit(void **state)
{
	unit_close(*state);
	free(*state);
	return 0;
}

static void add_mailboxes(struct text *t, const char *who)
{
	text_puts(t, "<m:MailboxDataArray>");
	while (*who != '\0') {
		size_t n = strcspn(who, " ");

		text_printf(t,
			"<t:MailboxData><t:Email><t:Address>%.*s%s</t:Address></t:Email>"
			"<t:AttendeeType>Required</t:AttendeeType></t:MailboxData>",
			(int)n, who, memchr(who, '!', n) != NULL ? "" : "@example.test");
		who += n + (who[n] == ' ');
	}
	text_puts(t, "</m:MailboxDataArray>");
}

static void ask(struct unit *u, const struct question *q)
{
	struct text t = { 0 };

	text_puts(&t, "<m:GetUserAvailabilityRequest>");
	text_puts(&t, q->zone != NULL ? q->zone : ZONE_UTC);
	add_mailboxes(&t, q->who != NULL ? q->who : "full");
	if (q->view == NULL || *q->view != '-') {
		text_printf(&t,
			"<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>%s</t:StartTime>"
			"<t:EndTime>%s</t:EndTime></t:TimeWindow>",
			q->from != NULL ? q->from : "2026-11-24T00:00:00",
			q->to != NULL ? q->to : "2026-11-25T00:00:00");
		xml_el(&t, "t:MergedFreeBusyIntervalInMinutes", q->interval);
		xml_el(&t, "t:RequestedView", q->view != NULL ? q->view : "DetailedMerged");
		text_puts(&t, "</t:FreeBusyViewOptions>");
	}
	text_puts(&t, q->more != NULL ? q->more : "");
	text_puts(&t, "</m:GetUserAvailabilityRequest>");
	unit_call(u, q->login != NULL ? q->login : "svc@example.test",
		q->version != NULL ? q->version : "Exchange2016", q->header, t.at);
	text_free(&t);
}

static bool says(const struct unit *u, const char *what)
{
	return strstr(u->body, what) != NULL;
}

static int times(const struct unit *u, const char *what)
{
	int n = 0;

	for (const char *s = u->body; (s = strstr(s, what)) != NULL; s++)
		n++;
	return n;
}

static struct item *event(struct unit *u, const char *who, const char *start, int minutes)
{
	char *address = format("%s@example.test", who);
	struct mailbox *m = world_mailbox(u->sim.world, address);
	struct item *i = item_new(store_of(u->sim.world, m), FOLDER_CALENDAR, ITEM_CALENDAR);
	enum when_kind kind;

	assert_true(when_read(start, &i->start, &kind));
	i->end = i->start + minutes * 60;
	i->zone = &zones[0];
	i->subject = copy("Secret plan");
	i->location = copy("R & D");
	i->busy = BUSY_BUSY;
	free(address);
	return i;
}

#define SUBJECT "<t:Subject>Secret plan</t:Subject><t:Location>R &amp; D</t:Location>"

static void the_lower_of_asked_and_granted_is_shown(void **state)
{
	static const struct {
		const char *who, *view, *shown;
		bool merged, times, details;
	} rows[] = {
		{ "full", "MergedOnly", "MergedOnly", true, false, false },
		{ "full", "FreeBusy", "FreeBusy", false, true, false },
		{ "full", "FreeBusyMerged", "FreeBusyMerged", true, true, false },
		{ "full", "Detailed", "Detailed", false, true, true },
		{ "full", "DetailedMerged", "DetailedMerged", true, true, true },
		{ "limited", "DetailedMerged", "DetailedMerged", true, true, true },
		{ "simple", "DetailedMerged", "FreeBusyMerged", true, true, false },
		{ "simple", "Detailed", "FreeBusy", false, true, false },
		{ "simple", "MergedOnly", "MergedOnly", true, false, false },
		{ "svc", "Detailed", "Detailed", false, true, true },
		{ "far", "Detailed", "Detailed", false, true, true },
	};
	struct unit *u = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		char *type = format("<t:FreeBusyViewType>%s</t:FreeBusyViewType>", rows[k].shown);

		event(u, rows[k].who, "2026-11-24T08:00:00Z", 60);
		ask(u, &(struct question){ .who = rows[k].who, .view = rows[k].view });
		assert_int_equal(u->status, 200);
		assert_true(says(u, type));
		assert_int_equal(says(u, "<t:MergedFreeBusy>"), rows[k].merged);
		assert_int_equal(
			says(u, "<t:StartTime>2026-11-24T08:00:00</t:StartTime>"), rows[k].times);
		assert_int_equal(says(u, "<t:WorkingHours>"), rows[k].times);
		assert_int_equal(says(u, SUBJECT), rows[k].details);
		free(type);
	}
}

static void each_mailbox_has_its_own_code(void **state)
{
	static const struct {
		const char *who, *code, *number;
	} rows[] = {
		{ "nobody", "ErrorMailRecipientNotFound", ">5009<" },
		{ "closed", "ErrorNoFreeBusyAccess", ">5037<" },
		{ "!nonsense", "ErrorInvalidSmtpAddress", ">5035<" },
		{ "moving", "ErrorMailboxLogonFailed", NULL },
		{ "off", "ErrorMailRecipientNotFound", ">5009<" },
		{ "down", "ErrorMailboxStoreUnavailable", NULL },
	};
	struct unit *u = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		char *who = format("full %s simple", rows[k].who);

		ask(u, &(struct question){ .who = who });
		assert_int_equal(u->status, 200);
		assert_int_equal(times(u, "<m:FreeBusyResponse>"), 3);
		assert_int_equal(times(u, "NoError"), 2);
		assert_true(says(u, rows[k].code));
		assert_true(says(u, "<t:FreeBusyViewType>None</t:FreeBusyViewType>"));
		assert_int_equal(says(u, "<ExceptionCode"), rows[k].number != NULL);
		assert_true(rows[k].number == NULL || says(u, rows[k].number));
		free(who);
	}
}

static void what_is_wrong_with_the_request_is_a_fault(void **state)
{
	static const struct {
		struct question q;
		const char *code;
	} rows[] = {
		{ { .view = "None" }, "ErrorInvalidFreeBusyViewType" },
		{ { .interval = "4" }, "ErrorInvalidMergedFreeBusyInterval" },
		{ { .interval = "1441" }, "ErrorInvalidMergedFreeBusyInterval" },
		{ { .from = "2026-11-25T00:00:00" }, "ErrorInvalidTimeInterval" },
		{ { .from = "2026-11-26T00:00:00" }, "ErrorInvalidTimeInterval" },
		{ { .who = "" }, "ErrorMailboxDataArrayEmpty" },
		{ { .view = "-" }, "ErrorMissingArgument" },
		{ { .zone = "" }, "ErrorTimeZone" },
		{ { .zone = "", .version = "Exchange2007_SP1", .header = CONTEXT_BERLIN },
			"ErrorTimeZone" },
		{ { .zone = "<t:TimeZone><t:Bias>60</t:Bias><t:StandardTime><t:Bias>0</t:Bias>"
			    "<t:Time>25:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</"
			    "t:Month>"
			    "<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime>"
			    "<t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</"
			    "t:DayOrder>"
			    "<t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime>"
			    "</t:TimeZone>" },
			"ErrorTimeZone" },
	};
	struct unit *u = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		ask(u, &rows[k].q);
		if (u->status != 500 || !says(u, rows[k].code))
			fail_msg("row %zu: %d, not %s: %s", k, u->status, rows[k].code, u->body);
	}
}

static void the_number_of_mailboxes_has_a_limit(void **state)
{
	struct unit *u = *state;
	struct text who = { 0 };

	for (int n = 0; n < 100; n++)
		text_puts(&who, n == 0 ? "full" : " full");
	ask(u, &(struct question){ .who = who.at });
	assert_int_equal(u->status, 200);
	assert_int_equal(times(u, "NoError"), 100);
	text_puts(&who, " full");
	ask(u, &(struct question){ .who = who.at });
	assert_int_equal(u->status, 500);
	assert_true(says(u, "ErrorMailboxDataArrayTooBig"));
	text_free(&who);
}

static void the_window_has_a_limit(void **state)
{
	static const struct {
		const char *lines, *to;
		bool fits;
	} rows[] = {
		{ "", "2027-01-25T00:00:00", true },
		{ "", "2027-01-26T00:00:00", false },
		{ "premise hq\nunsure busy-window 42\n", "2027-01-05T00:00:00", true },
		{ "", "2027-01-06T00:00:00", false },
	};
	struct unit *u = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		unit_say(u, rows[k].lines);
		ask(u, &(struct question){ .to = rows[k].to });
		assert_int_equal(u->status, 200);
		assert_int_equal(says(u, "ErrorTimeIntervalTooBig"), !rows[k].fits);
	}
}

static void more_than_a_thousand_events_are_too_many(void **state)
{
	struct unit *u = *state;

	for (int n = 0; n < 1000; n++)
		event(u, "full", "2026-11-24T08:00:00Z", 30);
	ask(u, &(struct question){ .view = "FreeBusy" });
	assert_int_equal(times(u, "<t:CalendarEvent>"), 1000);
	event(u, "full", "2026-11-24T08:00:00Z", 30);
	ask(u, &(struct question){ .who = "full simple" });
	assert_true(says(u, "ErrorResultSetTooBig"));
	assert_int_equal(times(u, "NoError"), 1);
}

/* Merged digits */

static void the_highest_status_of_an_interval_wins(void **state)
{
	static const struct {
		const char *version;
		const char *merged;
	} rows[] = {
		{ "Exchange2016", "000000001232400000000000" },
		{ "Exchange2010_SP2", "000000001232000000000000" },
	};
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 60)->busy = BUSY_TENTATIVE;
	event(u, "full", "2026-11-24T09:30:00Z", 60)->busy = BUSY_BUSY;
	event(u, "full", "2026-11-24T10:00:00Z", 20)->busy = BUSY_OOF;
	event(u, "full", "2026-11-24T11:59:59Z", 30)->busy = BUSY_ELSEWHERE;
	event(u, "full", "2026-11-24T11:00:00Z", 60)->busy = BUSY_BUSY;
	event(u, "full", "2026-11-24T15:00:00Z", 0)->busy = BUSY_BUSY;
	event(u, "full", "2026-11-24T16:00:00Z", 60)->busy = BUSY_FREE;
	for (size_t k = 0; k < COUNT(rows); k++) {
		char *merged = format("<t:MergedFreeBusy>%s</t:MergedFreeBusy>", rows[k].merged);

		ask(u, &(struct question){ .interval = "60", .version = rows[k].version });
		assert_true(says(u, merged));
		assert_int_equal(says(u, "WorkingElsewhere"), k == 0);
		free(merged);
	}
}

static void digits_cover_the_window(void **state)
{
	static const struct {
		const char *from, *to, *interval, *merged;
	} rows[] = {
		{ "2026-11-24T08:10:00", "2026-11-24T09:15:00", NULL, ">220<" },
		{ "2026-11-24T08:40:00", "2026-11-24T09:10:00", "5", ">222200<" },
		{ "2026-11-24T00:00:00", "2026-11-26T00:00:00", "1440", ">20<" },
		{ "2026-11-24T09:00:00", "2026-11-24T09:00:01", "30", ">0<" },
		{ "2026-11-23T00:00:00", "2026-11-24T08:00:01", "1440", ">02<" },
	};
	struct unit *u = *state;

	event(u, "full", "2026-11-24T07:00:00Z", 120);
	for (size_t k = 0; k < COUNT(rows); k++) {
		ask(u,
			&(struct question){ .from = rows[k].from,
				.to = rows[k].to,
				.interval = rows[k].interval });
		assert_true(says(u, rows[k].merged));
	}
}

/* Zones */

static void times_are_local_to_the_zone_of_the_request(void **state)
{
	static const struct {
		struct question q;
		const char *start, *end;
	} rows[] = {
		{ { .zone = ZONE_BERLIN,
			  .from = "2026-10-24T00:00:00",
			  .to = "2026-10-27T00:00:00" },
			"2026-10-24T10:00:00", "2026-10-26T09:00:00" },
		{ { .zone = ZONE_UTC, .from = "2026-10-24T00:00:00", .to = "2026-10-27T00:00:00" },
			"2026-10-24T08:00:00", "2026-10-26T08:00:00" },
		{ { .zone = "",
			  .header = CONTEXT_BERLIN,
			  .from = "2026-10-24T00:00:00",
			  .to = "2026-10-27T00:00:00" },
			"2026-10-24T10:00:00", "2026-10-26T09:00:00" },
		/* Rules of the request stand before the header; offsets before both. */
		{ { .zone = ZONE_UTC,
			  .header = CONTEXT_BERLIN,
			  .from = "2026-10-24T10:00:00+02:00",
			  .to = "2026-10-26T08:00:01Z" },
			"2026-10-24T08:00:00", "2026-10-26T08:00:00" },
	};
	struct unit *u = *state;

	event(u, "full", "2026-10-24T08:00:00Z", 30);
	event(u, "full", "2026-10-26T08:00:00Z", 30);
	for (size_t k = 0; k < COUNT(rows); k++) {
		char *start = format("<t:StartTime>%s</t:StartTime>", rows[k].start);
		char *end = format("<t:StartTime>%s</t:StartTime>", rows[k].end);

		ask(u, &rows[k].q);
		assert_int_equal(u->status, 200);
		assert_true(says(u, start));
		assert_true(says(u, end));
		free(start);
		free(end);
	}
}

static void a_bare_window_is_local(void **state)
{
	struct unit *u = *state;

	event(u, "full", "2026-11-23T23:00:00Z", 30);
	ask(u, &(struct question){ .zone = ZONE_BERLIN });
	assert_true(says(u, "<t:StartTime>2026-11-24T00:00:00</t:StartTime>"));
	ask(u, &(struct question){ .zone = ZONE_UTC });
	assert_false(says(u, "<t:CalendarEvent>"));
	assert_false(says(u, "<t:CalendarEventArray>"));
}

static void a_change_may_be_a_date(void **state)
{
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 30);
	ask(u,
		&(struct question){
			.zone = "<t:TimeZone><t:Bias>0</t:Bias><t:StandardTime><t:Bias>0</t:Bias>"
				"<t:Time>02:00:00</t:Time><t:DayOrder>30</t:DayOrder><t:Month>11"
				"</t:Month><t:DayOfWeek>Monday</t:DayOfWeek><t:Year>2026</t:Year>"
				"</t:StandardTime><t:DaylightTime><t:Bias>-60</"
				"t:Bias><t:Time>02:00:00"
				"</t:Time><t:DayOrder>1</t:DayOrder><t:Month>2</"
				"t:Month><t:DayOfWeek>"
				"Sunday</t:DayOfWeek><t:Year>2026</t:Year></t:DaylightTime>"
				"</t:TimeZone>" });
	assert_true(says(u, "<t:StartTime>2026-11-24T09:00:00</t:StartTime>"));
}

/* Details */

static void private_events_say_that_they_are(void **state)
{
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 60)->sensitivity = SENSE_PRIVATE;
	ask(u, &(struct question){ .view = "Detailed" });
	assert_true(says(u, "<t:IsPrivate>true</t:IsPrivate>"));
	assert_false(says(u, "Secret plan"));
	assert_false(says(u, "<t:ID>"));
	assert_false(says(u, "R &amp; D"));
	event(u, "svc", "2026-11-24T08:00:00Z", 60)->sensitivity = SENSE_PRIVATE;
	ask(u, &(struct question){ .who = "svc", .view = "Detailed" });
	assert_true(says(u, SUBJECT));
}

static void cancelled_events_have_their_prefix_once(void **state)
{
	struct unit *u = *state;
	struct item *i = event(u, "full", "2026-11-24T08:00:00Z", 60);

	i->cancelled = true;
	i->busy = BUSY_FREE;
	for (int n = 0; n < 2; n++) {
		ask(u, &(struct question){ .view = "Detailed" });
		assert_true(says(u, "<t:Subject>Canceled: Secret plan</t:Subject>"));
		assert_true(says(u, "<t:BusyType>Free</t:BusyType>"));
		free(i->subject);
		i->subject = copy("Canceled: Secret plan");
	}
}

static void series_are_expanded_and_named(void **state)
{
	struct unit *u = *state;
	struct item *i = event(u, "full", "2016-01-01T08:00:00Z", 60), *e;
	struct text bytes = { 0 }, name = { 0 };
	struct id id;
	const char *hex;
	char *id_hex;

	i->recurrence = need(sizeof(*i->recurrence));
	*i->recurrence = (struct recurrence){ .pattern = PATTERN_DAILY, .interval = 1 };
	e = item_exception(i, i->start + (utc_t)3981 * 86400); /* 2026-11-25 */
	e->start += 1800;
	e->reminder = true;
	ask(u, &(struct question){ .view = "Detailed", .to = "2026-11-27T00:00:00" });
	assert_int_equal(times(u, "<t:IsRecurring>true"), 3);
	assert_int_equal(times(u, "<t:IsException>true"), 1);
	assert_int_equal(times(u, "<t:IsReminderSet>true"), 1);
	assert_true(says(u, "<t:StartTime>2026-11-25T08:30:00</t:StartTime>"));
	hex = strstr(u->body, "<t:ID>") + 6;
	id_hex = copy_n(hex, strcspn(hex, "<"));
	assert_true(hex_read(id_hex, &bytes));
	free(id_hex);
	base64_add(&name, bytes.at, bytes.len);
	assert_true(id_read(u->sim.world, name.at, &id));
	assert_int_equal(id.kind, ID_OCCURRENCE);
	assert_int_equal(id.object, i->number);
	assert_int_equal(id.start, i->start + (utc_t)3980 * 86400);
	text_free(&bytes);
	text_free(&name);
}

static void working_hours_are_in_the_mailbox_s_zone(void **state)
{
	struct unit *u = *state;

	ask(u, &(struct question){ .who = "full" });
	assert_true(says(u,
		"<t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias>"
		"<t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month>"
		"<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime><t:DaylightTime><t:Bias>-60"
		"</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"
		"<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"));
	assert_true(says(u,
		"<t:DayOfWeek>Monday Tuesday Wednesday Thursday Friday</t:DayOfWeek>"
		"<t:StartTimeInMinutes>480</t:StartTimeInMinutes>"));
}

/* Groups */

static void a_group_is_one_merged_answer(void **state)
{
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 60);
	event(u, "simple", "2026-11-24T10:00:00Z", 60);
	event(u, "closed", "2026-11-24T12:00:00Z", 60);
	ask(u, &(struct question){ .who = "team", .interval = "60" });
	assert_int_equal(times(u, "<m:FreeBusyResponse>"), 1);
	assert_true(says(u, "<t:FreeBusyViewType>MergedOnly</t:FreeBusyViewType>"));
	assert_true(says(u, ">000000002020000000000000<"));
}

static void a_group_of_more_than_a_hundred_is_too_big(void **state)
{
	struct unit *u = *state;

	unit_say(u, "group crowd@example.test Crowd\n");
	for (int n = 0; n < 100; n++) {
		char *line = format("mailbox m%d@example.test M premise hq\n"
				    "group crowd@example.test\nmember m%d@example.test\n",
			n, n);

		unit_say(u, line);
		free(line);
	}
	ask(u, &(struct question){ .who = "crowd" });
	assert_true(says(u, "NoError"));
	unit_say(u, "group crowd@example.test\nnested team@example.test\n");
	ask(u, &(struct question){ .who = "crowd" });
	assert_true(says(u, "ErrorFreeBusyDLLimitReached"));
}

/* Switches */

static void switches_choose_the_other_behaviour(void **state)
{
	static const struct {
		const char *line;
		struct question q;
		const char *before, *after;
	} rows[] = {
		{ "busy-times offset", { .zone = ZONE_BERLIN },
			"<t:StartTime>2026-11-24T09:00:00</t:StartTime>",
			"<t:StartTime>2026-11-24T09:00:00+01:00</t:StartTime>" },
		{ "busy-unknown ErrorProxyRequestProcessingFailed", { .who = "nobody" },
			"ErrorMailRecipientNotFound", "(404) Not Found" },
		{ "busy-hybrid ErrorProxyRequestProcessingFailed", { .who = "far" }, "NoError",
			"ErrorProxyRequestProcessingFailed" },
		{ "busy-zone ErrorMissingArgument", { .zone = "" }, "ErrorTimeZone",
			"ErrorMissingArgument" },
		{ "busy-zone utc", { .zone = "" }, "ErrorMissingArgument",
			"<t:StartTime>2026-11-24T08:00:00+00:00</t:StartTime>" },
		{ "busy-day-of-week empty", { .who = "svc" },
			"<t:Month>0</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>",
			"<t:Month>0</t:Month><t:DayOfWeek></t:DayOfWeek>" },
	};
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 60);
	for (size_t k = 0; k < COUNT(rows); k++) {
		char *line = format("premise hq\nunsure %s\n", rows[k].line);

		ask(u, &rows[k].q);
		if (!says(u, rows[k].before))
			fail_msg("row %zu, before: %s", k, u->body);
		unit_say(u, line);
		ask(u, &rows[k].q);
		if (!says(u, rows[k].after))
			fail_msg("row %zu, after: %s", k, u->body);
		free(line);
	}
}

/* As recorded: the oldest servers add the offset. */
static void old_servers_write_offsets(void **state)
{
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 60);
	unit_say(u, "premise hq\nproduct 2007sp1\n");
	ask(u, &(struct question){ .version = "Exchange2007_SP1", .zone = ZONE_BERLIN });
	assert_true(says(u, "<t:StartTime>2026-11-24T09:00:00+01:00</t:StartTime>"));
	unit_say(u, "premise hq\nunsure busy-times local\n");
	ask(u, &(struct question){ .version = "Exchange2007_SP1", .zone = ZONE_BERLIN });
	assert_true(says(u, "<t:StartTime>2026-11-24T09:00:00</t:StartTime>"));
}

static void one_without_a_mailbox_sees_what_everybody_sees(void **state)
{
	struct unit *u = *state;

	event(u, "simple", "2026-11-24T08:00:00Z", 60);
	ask(u, &(struct question){ .login = "bare@example.test", .who = "simple full closed" });
	assert_int_equal(u->status, 200);
	assert_int_equal(times(u, "<t:FreeBusyViewType>FreeBusyMerged"), 2);
	assert_int_equal(times(u, "ErrorNoFreeBusyAccess"), 1);
}

/* Suggestions */

#define SUGGEST(options, from, to)                                                                 \
	"<t:SuggestionsViewOptions>" options "<t:DetailedSuggestionsWindow><t:StartTime>" from     \
	"</t:StartTime><t:EndTime>" to                                                             \
	"</t:EndTime></t:DetailedSuggestionsWindow></t:SuggestionsViewOptions>"
#define TUESDAY "2026-11-24T00:00:00", "2026-11-25T00:00:00"

static void times_are_suggested_when_people_are_free(void **state)
{
	struct unit *u = *state;

	event(u, "full", "2026-11-24T08:00:00Z", 120);
	ask(u,
		&(struct question){ .view = "-",
			.who = "full simple nobody team",
			.more = SUGGEST("<t:MaximumResultsByDay>3</t:MaximumResultsByDay>",
				"2026-11-24T00:00:00", "2026-11-26T00:00:00") });
	assert_int_equal(u->status, 200);
	assert_false(says(u, "FreeBusyResponseArray"));
	assert_int_equal(times(u, "<t:SuggestionDayResult>"), 2);
	assert_int_equal(times(u, "<t:Suggestion>"), 6);
	assert_true(says(u,
		"<t:MeetingTime>2026-11-24T10:00:00</t:MeetingTime>"
		"<t:IsWorkTime>true</t:IsWorkTime>"
		"<t:SuggestionQuality>Excellent</t:SuggestionQuality>"));
	assert_false(says(u, "<t:MeetingTime>2026-11-24T08:00:00<"));
	assert_true(says(u, "<t:MeetingTime>2026-11-25T08:00:00<"));
	assert_int_equal(times(u, "<t:UnknownAttendeeConflictData/>"), 6);
	assert_true(says(u, "<t:NumberOfMembersAvailable>2</t:NumberOfMembersAvailable>"));
	assert_true(says(u, "<t:NumberOfMembersWithNoData>1</t:NumberOfMembersWithNoData>"));
}

static void odd_suggestion_options_are_refused(void **state)
{
	static const struct {
		const char *more, *code;
	} rows[] = {
		{ SUGGEST("<t:GoodThreshold>50</t:GoodThreshold>", "2026-11-24T00:00:00",
			  "2026-11-25T00:00:00"),
			"ErrorMeetingSuggestionGenerationFailed" },
		{ SUGGEST("<t:MaximumResultsByDay>49</t:MaximumResultsByDay>",
			  "2026-11-24T00:00:00", "2026-11-25T00:00:00"),
			"ErrorMeetingSuggestionGenerationFailed" },
		{ SUGGEST("", "2026-11-24T00:00:00", "2026-11-24T00:00:00"),
			"ErrorInvalidTimeInterval" },
		{ SUGGEST("", "2026-11-24T00:00:00", "2027-11-24T00:00:00"),
			"ErrorTimeIntervalTooBig" },
	};
	struct unit *u = *state;

	for (size_t k = 0; k < COUNT(rows); k++) {
		ask(u, &(struct question){ .more = rows[k].more });
		assert_int_equal(u->status, 200);
		assert_true(says(u, "FreeBusyResponseArray"));
		assert_true(says(u, rows[k].code));
	}
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, open_unit, close_unit)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_lower_of_asked_and_granted_is_shown),
		TEST(each_mailbox_has_its_own_code),
		TEST(what_is_wrong_with_the_request_is_a_fault),
		TEST(the_number_of_mailboxes_has_a_limit),
		TEST(the_window_has_a_limit),
		TEST(more_than_a_thousand_events_are_too_many),
		TEST(the_highest_status_of_an_interval_wins),
		TEST(digits_cover_the_window),
		TEST(times_are_local_to_the_zone_of_the_request),
		TEST(a_bare_window_is_local),
		TEST(a_change_may_be_a_date),
		TEST(private_events_say_that_they_are),
		TEST(cancelled_events_have_their_prefix_once),
		TEST(series_are_expanded_and_named),
		TEST(working_hours_are_in_the_mailbox_s_zone),
		TEST(a_group_is_one_merged_answer),
		TEST(a_group_of_more_than_a_hundred_is_too_big),
		TEST(switches_choose_the_other_behaviour),
		TEST(old_servers_write_offsets),
		TEST(one_without_a_mailbox_sees_what_everybody_sees),
		TEST(times_are_suggested_when_people_are_free),
		TEST(odd_suggestion_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
