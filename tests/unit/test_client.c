/* The client's calls: versions, pace, repeats, deadlines, and ends at any moment. */
#include "tests/unit/client_unit.h"

#include "ews/ews.h"

static const struct client_config ntlm = { .signin = SIGNIN_NTLM };
static const struct client_config basic = { .signin = SIGNIN_BASIC };

/* --- one call --- */

static void a_call_is_answered(void **state)
{
	struct world *w = *state;
	const struct outcome *o;
	struct client_call *call;

	w->c = unit_client(w, &ntlm);
	call = unit_ask(w, EXCHANGE_LIST_ROOM_LISTS);
	assert_non_null(call);
	assert_int_equal(w->ended, 0); /* never from inside */
	assert_string_equal(client_spoke(w->c), "");
	unit_run(w, 1);
	o = &w->last;
	assert_int_equal(o->reason, REASON_OK);
	assert_int_equal(o->attempts, 1);
	assert_int_equal(o->http, 200);
	assert_int_equal(strlen(o->request), 36);
	assert_in_range(o->ms, FLIGHT_MS, 1000);
	assert_non_null(strstr(w->headers, "Content-Type: text/xml; charset=utf-8\n"));
	assert_non_null(strstr(w->headers, o->request));
	assert_non_null(strstr(w->headers, "X-AnchorMailbox: svc@example.test\n"));
	assert_null(strstr(w->headers, "Accept-Encoding"));
	assert_string_equal(client_spoke(w->c), "V2");
	assert_string_equal(client_server(w->c), "15.1.2");
	assert_string_equal(client_mailbox(w->c), "svc@example.test");
	assert_null(client_acts_as(w->c));
	assert_ptr_equal(client_loop(w->c), &w->loop);
}

/* --- answers of any size --- */

/* As many as are read without being called too rich, and an id longer than any caller's arena. */
enum { MANY_PEOPLE = 500 * 1000, LONG_ID = 9 << 20, CALLER_MAX = 8 << 20 };

#define ANSWER(name, content)                                                                      \
	"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' "                         \
	"xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages' "                  \
	"xmlns='http://schemas.microsoft.com/exchange/services/2006/types'><s:Body><m:" name       \
	"Response><m:ResponseMessages><m:" name "ResponseMessage ResponseClass='Success'>"         \
	"<m:ResponseCode>NoError</m:ResponseCode>" content "</m:" name                             \
	"ResponseMessage></m:ResponseMessages></m:" name "Response></s:Body></s:Envelope>"

static const struct huge {
	enum exchange_op op;
	const void *query;
	const char *answer; /* the piece takes the place of the # */
	const char *piece;
	size_t times;
} huges[] = {
	{ EXCHANGE_OPEN_FOLDERS,
		&(const struct folders_query){ (const struct folder_ask[]){ { 0 } }, 1, 0 },
		ANSWER("GetFolder",
			"<m:Folders><CalendarFolder><FolderId Id='#'/></CalendarFolder>"
			"</m:Folders>"),
		"A", LONG_ID },
	{ EXCHANGE_OPEN_FOLDERS,
		&(const struct folders_query){ (const struct folder_ask[]){ { 0 } }, 1, 0 },
		ANSWER("GetFolder",
			"<m:Folders><CalendarFolder><FolderId Id='A'/><PermissionSet>"
			"<Permissions>#</Permissions></PermissionSet></CalendarFolder>"
			"</m:Folders>"),
		"<Permission/>", MANY_PEOPLE },
	{ EXCHANGE_GET_ITEMS,
		&(const struct items_query){ (const struct item_ref[]){ { "A=", "" } }, 1 },
		ANSWER("GetItem",
			"<m:Items><CalendarItem><ItemId Id='A='/><ExtendedProperty>"
			"<ExtendedFieldURI PropertySetId='" EWS_TAG_SET
			"' PropertyName='" EWS_TAG_NAME
			"' PropertyType='String'/><Value>bk-1</Value></ExtendedProperty>"
			"<Start>2026-11-23T08:00:00Z</Start><End>2026-11-23T09:00:00Z</End>"
			"<RequiredAttendees>#</RequiredAttendees></CalendarItem></m:Items>"),
		"<Attendee/>", MANY_PEOPLE },
	{ EXCHANGE_EXPAND_LIST, &(const struct expand_query){ "all@example.test" },
		ANSWER("ExpandDL", "<m:DLExpansion>#</m:DLExpansion>"), "<Mailbox/>", MANY_PEOPLE },
};

static char *huge_answer(const struct huge *h)
{
	const char *at = strchr(h->answer, '#');
	struct buf b;

	buf_init(&b, 64 << 20);
	buf_add(&b, h->answer, (size_t)(at - h->answer));
	for (size_t i = 0; i < h->times; i++)
		buf_puts(&b, h->piece);
	buf_puts(&b, at + 1);
	assert_true(buf_ok(&b));
	return b.p;
}

static void huge_done(void *ptr, const struct outcome *o, const void *result)
{
	struct world *w = ptr;

	assert_int_equal(o->reason, REASON_OK);
	assert_non_null(result);
	w->ended++;
}

/* What a server sends is not held against the arena of who asked: that would end the process. */
static void an_answer_has_memory_of_its_own(void **state)
{
	struct client_config cf = ntlm;
	struct world *w = *state;
	struct arena own;

	cf.dialect = &dialect_ews;
	w->c = unit_client(w, &cf);
	arena_init(&own, CALLER_MAX);
	for (size_t i = 0; i < COUNT(huges); i++) {
		struct client_how how = { .a = &own, .done = huge_done, .ptr = w };
		char *body = huge_answer(&huges[i]);

		unit_script(w, 200, body);
		client_ask(w->c, huges[i].op, huges[i].query, &how);
		unit_run(w, (int)i + 1);
		free(body);
	}
	assert_true(own.used < 64 * 1024);
	arena_done(&own);
}

static void brief_answers_need_not_be_compressed(void **state)
{
	struct world *w = *state;
	struct client_how how = unit_how(w);

	w->c = unit_client(w, &ntlm);
	client_ask(w->c, EXCHANGE_REMOVE_ITEM, &unit_query, &how);
	unit_run(w, 1);
	assert_non_null(strstr(w->headers, "Accept-Encoding: identity\n"));
}

static void requests_are_routed_by_mailbox(void **state)
{
	static const struct {
		const char *anchor, *impersonate, *line;
	} cases[] = {
		{ "room@example.test", "anna@example.test",
			"X-AnchorMailbox: room@example.test\n" },
		{ NULL, "anna@example.test", "X-AnchorMailbox: anna@example.test\n" },
		{ NULL, NULL, "X-AnchorMailbox: svc@example.test\n" },
		{ "a\r\nX-Evil: 1", NULL, NULL },
	};
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct client_how how = unit_how(w);

		how.anchor = cases[i].anchor;
		how.impersonate = cases[i].impersonate;
		client_ask(w->c, EXCHANGE_LIST_ROOM_LISTS, &unit_query, &how);
		unit_run(w, (int)i + 1);
		assert_int_equal(w->last.reason, REASON_OK);
		if (cases[i].line)
			assert_non_null(strstr(w->headers, cases[i].line));
		assert_null(strstr(w->headers, "Evil"));
	}
	assert_non_null(strstr(w->bodies, "list_room_lists v2 as anna@example.test\n"));
}

static void what_cannot_be_said_is_refused(void **state)
{
	static const struct room_lists_query thirteen = { 13 };
	struct world *w = *state;
	struct client_how how = unit_how(w);

	w->c = unit_client(w, &ntlm);
	client_ask(w->c, EXCHANGE_LIST_ROOM_LISTS, &thirteen, &how);
	unit_run(w, 1);
	assert_int_equal(w->last.reason, REASON_INTERNAL);
	assert_string_equal(w->last.said, "That cannot be asked.");
	client_ask(w->c, EXCHANGE_CREATE_BOOKING, &thirteen, &how);
	unit_run(w, 2);
	assert_int_equal(w->last.reason, REASON_BOOKING_INVALID);
	assert_int_equal(w->sent, 0);
}

static void exchanges_are_traced(void **state)
{
	struct world *w = *state;
	struct trace t;

	w->c = unit_client(w, &ntlm);
	trace_init(&t);
	client_trace(w->c, &t);
	unit_once(w, EXCHANGE_LIST_ROOM_LISTS);
	assert_non_null(strstr(buf_str(&t.text), "GET https://mail.example.test"));
	assert_non_null(strstr(buf_str(&t.text), "POST https://mail.example.test"));
	assert_non_null(strstr(buf_str(&t.text), w->last.request));
	assert_null(strstr(buf_str(&t.text), "right"));
	client_trace(w->c, NULL);
	trace_done(&t);
	unit_once(w, EXCHANGE_LIST_ROOM_LISTS);
}

/* --- versions --- */

static void versions_step_down_and_are_remembered(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_script(w, 500, "<Envelope>down");
	unit_script(w, 500, "<Envelope>down");
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOM_LISTS)->reason, REASON_OK);
	assert_int_equal(w->last.attempts, 3);
	assert_string_equal(
		w->bodies, "list_room_lists v2\nlist_room_lists v1\nlist_room_lists v0\n");
	assert_string_equal(client_spoke(w->c), "V0");
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOM_LISTS)->attempts, 1);
	/* what needs more than the server knows */
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOMS)->reason, REASON_UNSUPPORTED);
	assert_int_equal(w->last.attempts, 0);
	client_fresh(w->c);
	assert_string_equal(client_spoke(w->c), "");
	unit_once(w, EXCHANGE_LIST_ROOM_LISTS);
	assert_string_equal(client_spoke(w->c), "V2");
}

static void versions_step_up(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_script(w, 500, "<Envelope>up");
	unit_script(w, 500, "<Envelope>up");
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOM_LISTS)->reason, REASON_OK);
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOM_LISTS)->attempts, 1);
	assert_string_equal(w->bodies,
		"list_room_lists v2\nlist_room_lists v3\nlist_room_lists v4\n"
		"list_room_lists v4\n");
	/* from the beginning as high as it needs, or as was asked */
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOMS)->reason, REASON_OK);
	client_version(w->c, 1);
	unit_once(w, EXCHANGE_EXPAND_LIST);
	assert_non_null(strstr(w->bodies, "list_rooms v4\nexpand_list v1\n"));
	assert_int_equal(unit_once(w, EXCHANGE_SYNC_CALENDAR)->reason, REASON_UNSUPPORTED);
}

/* Whatever a server says about versions, the repeats end. */
static void versions_end(void **state)
{
	static const char *const words[] = { "<Envelope>down", "<Envelope>up" };
	struct world *w = *state;

	for (int pattern = 0; pattern < 16; pattern++) {
		w->c = unit_client(w, &ntlm);
		w->scripted = w->played = 0;
		for (int i = 0; i < SCRIPT; i++)
			unit_script(w, 500, words[pattern >> (i % 4) & 1]);
		unit_once(w, EXCHANGE_LIST_ROOM_LISTS);
		assert_true(
			w->last.reason == REASON_VERSION || w->last.reason == REASON_UNSUPPORTED);
		assert_in_range(w->last.attempts, 1, 6);
		client_free(w->c);
	}
	w->c = NULL;
}

/* A single mailbox on an older server takes nothing from the others. */
static void an_old_mailbox_is_its_own_affair(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_script(w, 0, "ok");
	unit_script(w, 500, "<Envelope>down");
	unit_once(w, EXCHANGE_LIST_ROOM_LISTS);
	assert_int_equal(unit_once(w, EXCHANGE_LIST_ROOM_LISTS)->attempts, 2);
	unit_once(w, EXCHANGE_LIST_ROOM_LISTS);
	assert_string_equal(w->bodies,
		"list_room_lists v2\nlist_room_lists v2\nlist_room_lists v1\n"
		"list_room_lists v2\n");
}

/* --- repeats --- */

static void repeats_are_made_where_they_do_no_harm(void **state)
{
	static const struct {
		struct unit_answer a;
		enum reason read, write; /* after as many of these answers as there can be */
		int reads, writes;	 /* requests that left */
	} cases[] = {
		{ { .body = "ok" }, REASON_OK, REASON_OK, 1, 1 },
		{ { .body = "denied" }, REASON_NOT_DELEGATED, REASON_NOT_DELEGATED, 1, 1 },
		{ { .body = "smaller" }, REASON_TOO_BIG, REASON_TOO_BIG, 1, 1 },
		{ { .body = "nonsense" }, REASON_BAD_ANSWER, REASON_OUTCOME_UNKNOWN, 1, 1 },
		{ { .body = "moved" }, REASON_ELSEWHERE, REASON_ELSEWHERE, 2, 2 },
		{ { .status = 500, .body = "<Envelope>retry" }, REASON_SERVER_DOWN,
			REASON_OUTCOME_UNKNOWN, 4, 1 },
		{ { .status = 500, .body = "Server Error" }, REASON_SERVER_DOWN,
			REASON_OUTCOME_UNKNOWN, 4, 1 },
		{ { .status = 503, .body = "" }, REASON_SERVER_DOWN, REASON_OUTCOME_UNKNOWN, 4, 1 },
		{ { .status = 404, .body = "" }, REASON_NO_EWS, REASON_NO_EWS, 1, 1 },
		{ { .status = 403, .body = "" }, REASON_EWS_REFUSED, REASON_EWS_REFUSED, 1, 1 },
		{ { .body = "<html>welcome" }, REASON_NOT_EXCHANGE, REASON_NOT_EXCHANGE, 1, 1 },
		{ { TRANSPORT_BROKEN, TRANSPORT_ASKING, 0, NULL, NULL }, REASON_CONNECTION_LOST,
			REASON_OUTCOME_UNKNOWN, 4, 1 },
		{ { TRANSPORT_TIMEOUT, TRANSPORT_ASKING, 0, NULL, NULL }, REASON_TIMED_OUT,
			REASON_OUTCOME_UNKNOWN, 4, 1 },
		{ { TRANSPORT_TOO_BIG, TRANSPORT_ASKING, 0, NULL, NULL }, REASON_TOO_BIG,
			REASON_OUTCOME_UNKNOWN, 1, 1 },
		{ { TRANSPORT_BROKEN, TRANSPORT_CONNECTING, 0, NULL, NULL }, REASON_UNREACHABLE,
			REASON_UNREACHABLE, 0, 0 },
		{ { TRANSPORT_TIMEOUT, TRANSPORT_CONNECTING, 0, NULL, NULL }, REASON_UNREACHABLE,
			REASON_UNREACHABLE, 0, 0 },
		{ { TRANSPORT_BROKEN, TRANSPORT_SECURING, 0, NULL, NULL }, REASON_CONNECTION_LOST,
			REASON_CONNECTION_LOST, 0, 0 },
		{ { TRANSPORT_OTHER_NAME, TRANSPORT_SECURING, 0, NULL, NULL }, REASON_TLS_NAME,
			REASON_TLS_NAME, 0, 0 },
		{ { TRANSPORT_REFUSED, TRANSPORT_CONNECTING, 0, NULL, NULL }, REASON_NOT_ALLOWED,
			REASON_NOT_ALLOWED, 0, 0 },
		{ { TRANSPORT_REFUSED, TRANSPORT_ASKING, 0, NULL, NULL }, REASON_NOT_ALLOWED,
			REASON_OUTCOME_UNKNOWN, 1, 1 },
		{ { TRANSPORT_PROXY, TRANSPORT_CONNECTING, 403, NULL, NULL }, REASON_PROXY_REFUSED,
			REASON_PROXY_REFUSED, 0, 0 },
		{ { TRANSPORT_PROXY, TRANSPORT_CONNECTING, 502, NULL, NULL }, REASON_UNREACHABLE,
			REASON_UNREACHABLE, 0, 0 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(cases) * 2; i++) {
		int writes = i % 2 ? 1 : 0;
		enum exchange_op op = writes ? EXCHANGE_CREATE_BOOKING : EXCHANGE_OPEN_FOLDERS;
		enum reason expected = writes ? cases[i / 2].write : cases[i / 2].read;

		w->c = unit_client(w, &ntlm);
		w->scripted = w->played = 0;
		while (w->scripted < 8)
			w->script[w->scripted++] = cases[i / 2].a;
		unit_once(w, op);
		if (w->last.reason != expected)
			fail_msg("case %zu of %s: %s", i / 2, dialect_op_name(op),
				reason_row(w->last.reason)->code);
		assert_int_equal(
			w->last.attempts, writes ? cases[i / 2].writes : cases[i / 2].reads);
		client_free(w->c);
	}
	w->c = NULL;
}

/* 1, 2 and 4 seconds, about. */
static void repeats_take_their_time(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	for (int i = 0; i < 4; i++)
		unit_script(w, 500, "oops");
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_in_range(w->last.ms, 6000, 8500);
	unit_script(w, 500, "oops");
	assert_int_equal(unit_once(w, EXCHANGE_OPEN_FOLDERS)->reason, REASON_OK);
	assert_int_equal(w->last.attempts, 2);
}

static void tls_failures_are_told_apart(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_script_end(w, TRANSPORT_BROKEN, TRANSPORT_SECURING);
	unit_script_end(w, TRANSPORT_OTHER_NAME, TRANSPORT_SECURING);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	assert_int_equal(w->last.reason, REASON_TLS_NAME);
	assert_int_equal(w->last.attempts, 0);
}

static void a_move_is_followed_once(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_script(w, 0, "moved");
	assert_int_equal(unit_once(w, EXCHANGE_CREATE_BOOKING)->reason, REASON_OK);
	assert_int_equal(w->last.attempts, 2);
	assert_int_equal(w->fresh, 1);
}

/* --- pace --- */

static void slowed_is_waited_out(void **state)
{
	struct world *w = *state;
	int64_t began = unit_ms;

	w->c = unit_client(w, &ntlm);
	unit_script(w, 500, "<Envelope>slow 20000");
	unit_ask_many(w, 3);
	unit_run(w, 3);
	assert_int_equal(w->by_reason[REASON_OK], 3);
	assert_in_range(unit_ms - began, 20000, 26000);
	/* a question that must not be asked twice was not carried out either */
	unit_script(w, 500, "<Envelope>slow 20000");
	assert_int_equal(unit_once(w, EXCHANGE_CREATE_BOOKING)->reason, REASON_OK);
	assert_int_equal(w->last.attempts, 2);
	/* 429 without a word of Exchange */
	unit_script(w, 429, "");
	assert_int_equal(unit_once(w, EXCHANGE_CREATE_BOOKING)->reason, REASON_OK);
	assert_true(w->last.ms >= PACE_PAUSE_MIN_MS);
}

static void slowed_beyond_the_deadline_is_told_at_once(void **state)
{
	struct world *w = *state;
	struct client_how how = unit_how(w);

	w->c = unit_client(w, &ntlm);
	how.deadline_ms = 5000;
	unit_script(w, 500, "<Envelope>slow 20000");
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_run(w, 1);
	assert_int_equal(w->last.reason, REASON_SLOWED);
	assert_in_range(w->last.ms, 1, 1000);
	/* one that waits all the time with the others */
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_run(w, 2);
	assert_int_equal(w->last.reason, REASON_SLOWED);
	assert_true(w->last.wait_ms > 10000);
	assert_int_equal(w->last.attempts, 0);
	assert_int_equal(w->last.ms, 5000);
}

static void one_mailbox_pauses_alone(void **state)
{
	struct world *w = *state;
	struct client_how anna = unit_how(w), bert = unit_how(w);

	w->c = unit_client(w, &ntlm);
	anna.impersonate = "Anna@example.test";
	bert.impersonate = "bert@example.test";
	unit_script(w, 500, "<Envelope>slow 20000");
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &anna);
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &bert);
	anna.impersonate = "anna@EXAMPLE.test";
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &anna);
	unit_run(w, 1);
	assert_in_range(w->last.ms, FLIGHT_MS, 2000);
	unit_run(w, 3);
	assert_in_range(w->last.ms, 20000, 26000);
	assert_int_equal(w->by_reason[REASON_OK], 3);
	assert_int_equal(w->sent, 4);
}

/* More mailboxes than are remembered. */
static void many_mailboxes_pause(void **state)
{
	struct world *w = *state;
	char names[100][32];

	w->c = unit_client(w, &ntlm);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	for (int i = 0; i < 100; i++) {
		struct client_how how = unit_how(w);

		snprintf(names[i], sizeof(names[i]), "m%d@example.test", i);
		how.impersonate = names[i];
		w->scripted = w->played = 0;
		unit_script(w, 500, "<Envelope>slow 20000");
		client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
		unit_pass(w, 3 * FLIGHT_MS);
	}
	unit_run(w, 101);
	assert_int_equal(w->by_reason[REASON_OK], 101);
}

static void fan_out_grows_and_halves(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_ask_many(w, 100);
	unit_run(w, 100);
	assert_int_equal(w->most, TRANSPORT_HOST);
	unit_script(w, 500, "<Envelope>slow 1000");
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	w->most = 0;
	unit_ask_many(w, 4);
	unit_run(w, 105);
	assert_int_equal(w->most, TRANSPORT_HOST / 2);
}

static void ten_thousand_wait(void **state)
{
	struct world *w = *state;

	w->c = unit_client(w, &ntlm);
	unit_ask_many(w, 10000);
	assert_true(w->loop.count <= 10000 + 2);
	unit_pass(w, 1000);
	assert_in_range(w->ended, 1, 100);
	client_free(w->c);
	w->c = NULL;
}

/* --- deadlines --- */

static void deadlines_hold_in_every_state(void **state)
{
	struct world *w = *state;
	struct client_how how = unit_how(w);

	w->c = unit_client(w, &ntlm);
	unit_once(w, EXCHANGE_OPEN_FOLDERS);
	how.deadline_ms = FLIGHT_MS / 2;
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_run(w, 2);
	assert_int_equal(w->last.reason, REASON_TIMED_OUT);
	assert_int_equal(w->last.attempts, 1);
	assert_int_equal(w->flying, 0);
	client_ask(w->c, EXCHANGE_CREATE_BOOKING, &unit_query, &how);
	unit_run(w, 3);
	assert_int_equal(w->last.reason, REASON_OUTCOME_UNKNOWN);
	/* in the queue */
	unit_ask_many(w, 100);
	client_ask(w->c, EXCHANGE_CREATE_BOOKING, &unit_query, &how);
	while (w->by_reason[REASON_TIMED_OUT] < 2)
		assert_true(unit_turn(&w->loop, INT64_MAX));
	assert_int_equal(w->last.attempts, 0);
	unit_run(w, 104);
	/* a rest that would last longer is not begun */
	how.deadline_ms = 500;
	unit_script(w, 500, "oops");
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_run(w, 105);
	assert_int_equal(w->last.reason, REASON_SERVER_DOWN);
	assert_in_range(w->last.ms, FLIGHT_MS, 499);
}

/* --- ends at any moment --- */

/* After so many turns of the loop: cancel or free. */
static void calls_end_at_any_moment(void **state)
{
	struct world *w = *state;

	for (int turns = 0; turns < 60; turns++) {
		struct client_call *call;

		w->c = unit_client(w, turns % 2 ? &ntlm : &basic);
		w->scripted = w->played = 0;
		unit_script(w, 500, "oops");
		unit_script(w, 500, "<Envelope>slow 1000");
		call = unit_ask(w, EXCHANGE_OPEN_FOLDERS);
		w->ended = 0;
		for (int i = 0; i < turns / 2 && w->ended == 0; i++)
			unit_turn(&w->loop, INT64_MAX);
		if (w->ended == 0 && turns % 4 < 2) {
			client_cancel(call);
			unit_pass(w, 100000);
			assert_int_equal(w->ended, 0);
			assert_int_equal(w->flying, 0);
		}
		client_free(w->c);
		assert_int_equal(w->loop.count, 0);
		assert_int_equal(w->pools, 0);
	}
	w->c = NULL;
}

struct chain {
	struct world *w;
	int left;
	struct client_call *victim;
	int frees;
};

static void on_link(void *ptr, const struct outcome *o, const void *result)
{
	struct chain *k = ptr;
	struct client_how how = unit_how(k->w);

	(void)result;
	assert_int_equal(o->reason, REASON_OK);
	if (k->victim)
		client_cancel(k->victim);
	k->victim = NULL;
	if (k->left-- > 0) {
		how.done = on_link;
		how.ptr = k;
		client_ask(k->w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
		return;
	}
	if (k->frees) {
		client_free(k->w->c);
		k->w->c = NULL;
	}
	k->w->ended = 1000;
}

static void who_is_told_may_do_anything(void **state)
{
	struct world *w = *state;

	for (int frees = 0; frees < 2; frees++) {
		struct chain k = { .w = w, .left = 5, .frees = frees };
		struct client_how how = unit_how(w);

		client_free(w->c);
		w->c = unit_client(w, &ntlm);
		w->ended = 0;
		how.done = on_link;
		how.ptr = &k;
		client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
		k.victim = unit_ask(w, EXCHANGE_OPEN_FOLDERS);
		unit_ask_many(w, 3);
		unit_run(w, 1000);
	}
	assert_int_equal(w->pools, 0);
}

/* Several end in the same turn; the first of them frees the client, or cancels the others. */
static void on_first(void *ptr, const struct outcome *o, const void *result)
{
	struct chain *k = ptr;

	(void)o, (void)result;
	k->left++;
	if (k->victim) {
		client_cancel(k->victim);
		k->victim = NULL;
		return;
	}
	client_free(k->w->c);
	k->w->c = NULL;
}

static void ends_of_one_turn(void **state)
{
	struct world *w = *state;
	struct chain k = { .w = w };
	struct client_how how = unit_how(w);

	w->names_missing = w->name_fails = 1;
	w->c = unit_client(w, &ntlm);
	how.done = on_first;
	how.ptr = &k;
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	k.victim = client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	client_ask(w->c, EXCHANGE_OPEN_FOLDERS, &unit_query, &how);
	unit_pass(w, 1000);
	assert_int_equal(k.left, 2);
	assert_null(w->c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_call_is_answered),
		client_test(an_answer_has_memory_of_its_own),
		client_test(brief_answers_need_not_be_compressed),
		client_test(requests_are_routed_by_mailbox),
		client_test(what_cannot_be_said_is_refused),
		client_test(exchanges_are_traced),
		client_test(versions_step_down_and_are_remembered),
		client_test(versions_step_up),
		client_test(versions_end),
		client_test(an_old_mailbox_is_its_own_affair),
		client_test(repeats_are_made_where_they_do_no_harm),
		client_test(repeats_take_their_time),
		client_test(tls_failures_are_told_apart),
		client_test(a_move_is_followed_once),
		client_test(slowed_is_waited_out),
		client_test(slowed_beyond_the_deadline_is_told_at_once),
		client_test(one_mailbox_pauses_alone),
		client_test(many_mailboxes_pause),
		client_test(fan_out_grows_and_halves),
		client_test(ten_thousand_wait),
		client_test(deadlines_hold_in_every_state),
		client_test(calls_end_at_any_moment),
		client_test(who_is_told_may_do_anything),
		client_test(ends_of_one_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
