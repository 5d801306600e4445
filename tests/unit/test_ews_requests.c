/* Every question in every shape that matters and every version that knows it. Here each is looked
 * at for what holds for all; with "--requests DIR" they are written there, for the conformance
 * tests to hold against Microsoft's schemas: OPERATION-SHAPE-VERSION.xml.
 */
#include "tests/unit/ews_golden.h"

#define T0 INT64_C(1795420800) /* 2026-11-23T08:00:00Z, a Monday */
#define DAY INT64_C(86400)

static const struct folder_ask one_folder[] = { { "anna@acme.test", FOLDER_CALENDAR } };
static const struct folder_ask all_folders[] = {
	{ "anna@acme.test", FOLDER_CALENDAR },
	{ NULL, FOLDER_INBOX },
	{ "bert@acme.test", FOLDER_SENT },
	{ "", FOLDER_DELETED },
	{ GOLDEN_ME, FOLDER_DRAFTS },
	{ "carla@acme.test", FOLDER_ROOT },
};
static const struct folders_query folders_plain = { one_folder, 1, 0 };
static const struct folders_query folders_full = { all_folders, COUNT(all_folders),
	FOLDER_WANT_RIGHTS | FOLDER_WANT_COUNTS | FOLDER_WANT_PERMISSIONS };
static const struct folders_query folders_addressed = { all_folders, COUNT(all_folders),
	FOLDER_WANT_COUNTS | FOLDER_BY_ADDRESS };
static const struct delegates_query delegates_own = { NULL };
static const struct delegates_query delegates_other = { "anna@acme.test" };
static const char *const people[] = { "anna@acme.test", "o'neil+x@acme.test", "carla@acme.test" };
static const struct busy_query busy_one = { people, 1, T0, T0 + DAY };
static const struct busy_query busy_many = { people, COUNT(people), T0 + 1,
	T0 + EXCHANGE_BUSY_DAYS *DAY };
static const struct events_query events = { "anna@acme.test", T0, T0 + 30 * DAY, 100 };
static const struct events_query events_own = { NULL, T0, T0 + 700 * DAY, 1000 };
static const struct tagged_query tagged = { "anna@acme.test", "b-<42>&\"x\"" };

static const struct attendee attendees[] = {
	{ "bert@acme.test", "Bert <Cole> & Co", ATTENDEE_REQUIRED },
	{ "dora@acme.test", "", ATTENDEE_OPTIONAL },
	{ "room1@acme.test", "Room 1", ATTENDEE_ROOM },
	{ "room2@acme.test", "", ATTENDEE_ROOM },
};
#define BOOKING(...)                                                                               \
	{                                                                                          \
		.mailbox = "anna@acme.test", .tag = "b-42", .subject = "Interview <1> & \"2\"",    \
		.body = "Agenda\r\n- one\n- two ]]>", .location = "Room 1", .start = T0,           \
		.end = T0 + 3600, .zone = "Europe/Berlin", .kind = BUSY_BUSY, .reminder = 15,      \
		__VA_ARGS__                                                                        \
	}
static const struct booking booking_meeting = BOOKING(.attendees = attendees,
	.attendee_count = COUNT(attendees), .send = SEND_ALL, .private = 1);
static const struct booking booking_plain = { .mailbox = NULL,
	.tag = "b-43",
	.subject = "S",
	.body = "",
	.location = "",
	.start = T0,
	.end = T0 + 60,
	.zone = "UTC",
	.kind = BUSY_TENTATIVE,
	.reminder = -1 };
static const struct booking booking_day = { .mailbox = "anna@acme.test",
	.tag = "b-44",
	.subject = "Day",
	.body = "",
	.location = "",
	.start = T0 - 9 * 3600,
	.end = T0 - 9 * 3600 + DAY,
	.zone = "Europe/Berlin",
	.all_day = 1,
	.kind = BUSY_ELSEWHERE,
	.reminder = 0 };

#define ITEM                                                                                       \
	{                                                                                          \
		"AAMkAD+/=", "DwAAAB=="                                                            \
	}
static const struct change_query change_all = { ITEM, BOOKING_ALL,
	BOOKING(.attendees = attendees, .attendee_count = COUNT(attendees), .send = SEND_CHANGED) };
static const struct change_query change_time = { ITEM, BOOKING_TIME, BOOKING(.send = SEND_ALL) };
static const struct change_query change_empty = { ITEM,
	BOOKING_SUBJECT | BOOKING_BODY | BOOKING_LOCATION | BOOKING_REMINDER | BOOKING_ATTENDEES,
	{ .subject = "", .body = "", .location = "", .zone = "UTC", .reminder = -1 } };
static const struct remove_query remove_bin = { ITEM, 0, SEND_ALL, "", 0 };
static const struct remove_query remove_hard = { ITEM, 1, SEND_NONE, "", 0 };
static const struct remove_query remove_note = { ITEM, 0, SEND_ALL, "Sorry <all>", 0 };
static const struct remove_query remove_mail = { ITEM, 1, SEND_NONE, "", 1 };
static const struct item_ref refs[] = { ITEM, { "B=", "" } };
static const struct items_query items = { refs, COUNT(refs) };
static const struct sync_query sync_first = { "anna@acme.test", "", EXCHANGE_SYNC_MAX };
static const struct sync_query sync_next = { NULL, "H4sIAA==", 1 };
static const struct mail_query mail_any = { FOLDER_INBOX, "", 50 };
static const struct mail_query mail_subject = { FOLDER_SENT, "Probe <1>", 1 };
static const struct message message = { people, 2, "Hello & welcome", "Two\nlines" };
static const struct resolve_query resolve = { "smtp:anna@acme.test" };
static const struct expand_query expand = { "team@acme.test" };
static const struct room_lists_query room_lists = { 0 };
static const char *const zone_ids[] = { "W. Europe Standard Time", "UTC" };
static const struct zones_query zones_all = { .ids = NULL };
static const struct zones_query zones_full = { .ids = zone_ids, .count = 1, .rules_at = 1 };
static const struct zones_query zones_some = { .ids = zone_ids, .count = COUNT(zone_ids) };

static const struct shape {
	enum exchange_op op;
	const char *name;
	const void *query;
	const char *impersonate;
} shapes[] = {
	{ EXCHANGE_OPEN_FOLDERS, "plain", &folders_plain, NULL },
	{ EXCHANGE_OPEN_FOLDERS, "full", &folders_full, NULL },
	{ EXCHANGE_OPEN_FOLDERS, "addressed", &folders_addressed, NULL },
	{ EXCHANGE_OPEN_FOLDERS, "impersonated", &folders_full, "anna@acme.test" },
	{ EXCHANGE_LIST_DELEGATES, "own", &delegates_own, NULL },
	{ EXCHANGE_LIST_DELEGATES, "impersonated", &delegates_other, "anna@acme.test" },
	{ EXCHANGE_GET_BUSY, "one", &busy_one, NULL },
	{ EXCHANGE_GET_BUSY, "many", &busy_many, NULL },
	{ EXCHANGE_LIST_EVENTS, "other", &events, NULL },
	{ EXCHANGE_LIST_EVENTS, "impersonated", &events_own, "anna@acme.test" },
	{ EXCHANGE_FIND_TAGGED, "other", &tagged, NULL },
	{ EXCHANGE_CREATE_BOOKING, "meeting", &booking_meeting, NULL },
	{ EXCHANGE_CREATE_BOOKING, "plain", &booking_plain, NULL },
	{ EXCHANGE_CREATE_BOOKING, "day", &booking_day, "anna@acme.test" },
	{ EXCHANGE_CHANGE_BOOKING, "all", &change_all, NULL },
	{ EXCHANGE_CHANGE_BOOKING, "time", &change_time, "anna@acme.test" },
	{ EXCHANGE_CHANGE_BOOKING, "empty", &change_empty, NULL },
	{ EXCHANGE_REMOVE_ITEM, "bin", &remove_bin, NULL },
	{ EXCHANGE_REMOVE_ITEM, "hard", &remove_hard, NULL },
	{ EXCHANGE_REMOVE_ITEM, "note", &remove_note, NULL },
	{ EXCHANGE_REMOVE_ITEM, "mail", &remove_mail, NULL },
	{ EXCHANGE_GET_ITEMS, "two", &items, NULL },
	{ EXCHANGE_SYNC_CALENDAR, "first", &sync_first, NULL },
	{ EXCHANGE_SYNC_CALENDAR, "next", &sync_next, "anna@acme.test" },
	{ EXCHANGE_FIND_MAIL, "any", &mail_any, NULL },
	{ EXCHANGE_FIND_MAIL, "subject", &mail_subject, NULL },
	{ EXCHANGE_SEND_MESSAGE, "text", &message, NULL },
	{ EXCHANGE_RESOLVE_NAME, "address", &resolve, NULL },
	{ EXCHANGE_EXPAND_LIST, "list", &expand, NULL },
	{ EXCHANGE_LIST_ROOM_LISTS, "all", &room_lists, NULL },
	{ EXCHANGE_LIST_ROOMS, "list", &expand, NULL },
	{ EXCHANGE_SERVER_ZONES, "all", &zones_all, NULL },
	{ EXCHANGE_SERVER_ZONES, "some", &zones_some, NULL },
	{ EXCHANGE_SERVER_ZONES, "full", &zones_full, NULL },
};

typedef void request_fn(void *ptr, const struct shape *s, int version, const struct buf *request);

/* All of them; ends the program when one that must be possible is not. */
static void each_request(request_fn *fn, void *ptr)
{
	const struct shape *s;
	int version;

	for (s = shapes; s < shapes + COUNT(shapes); s++) {
		for (version = dialect_ews.lowest[s->op]; version < EWS__MAX; version++) {
			struct dialect_ask ask =
				golden_ask(s->op, s->query, version, s->impersonate);
			struct err e = { 0 };
			struct buf b;

			buf_init(&b, 1 << 20);
			if (dialect_ews.write(&ask, &b, &e) < 0)
				die("%s %s in %s: %s", dialect_op_name(s->op), s->name,
					dialect_ews.versions[version], e.log);
			fn(ptr, s, version, &b);
			buf_done(&b);
		}
	}
}

static void look(void *ptr, const struct shape *s, int version, const struct buf *request)
{
	static const char *const never[] = { "Detailed", "MailboxCulture", "MimeContent",
		"UniqueBody", "AllProperties", "<t:BaseShape>Default" };
	unsigned char *seen = ptr;
	const struct xml_node *root, *header, *as;
	struct arena a;
	size_t i;

	arena_init(&a, 1 << 20);
	root = xml_read(&a, request->p, request->len);
	assert_true(xml_is(root, NS_SOAP, "Envelope"));
	header = xml_child(root, NS_SOAP, "Header");
	assert_string_equal(
		xml_attr_value(xml_child(header, NS_T, "RequestServerVersion"), "Version"),
		dialect_ews.versions[version]);
	as = xml_down(header, NS_T, "ExchangeImpersonation/ConnectingSID");
	assert_string_equal(xml_value(xml_first(as)), s->impersonate ? s->impersonate : "");
	root = xml_first(xml_child(root, NS_SOAP, "Body"));
	assert_true(xml_in(root, NS_M));
	assert_null(xml_next(root));
	for (i = 0; i < COUNT(never); i++)
		assert_null(strstr(buf_str(request), never[i]));
	seen[s->op] = 1;
	arena_done(&a);
}

static void requests_are_sound(void **state)
{
	unsigned char seen[EXCHANGE__MAX] = { 0 };
	int op;

	(void)state;
	each_request(look, seen);
	for (op = 0; op < EXCHANGE__MAX; op++) {
		if (!seen[op])
			fail_msg("%s is never asked", dialect_op_name((enum exchange_op)op));
	}
}

static void save(void *ptr, const struct shape *s, int version, const struct buf *request)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%s-%s.xml", (const char *)ptr, dialect_op_name(s->op),
		s->name, dialect_ews.versions[version]);
	f = fopen(path, "w");
	if (!f || fwrite(request->p, 1, request->len, f) != request->len || fclose(f))
		die("%s cannot be written", path);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_sound),
	};

	if (argc == 3 && !strcmp(argv[1], "--requests")) {
		each_request(save, argv[2]);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
