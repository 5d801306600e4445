/* Every row of the table of reasons is reached from the bytes of a server: the whole core, from its
 * procedures down to the dialect, asks a small Exchange that answers as a case says, and the reason
 * comes out where a person sees it. Rows that need a real network have their cases in
 * tests/integration/test_reasons.py, which reads their list here.
 */
#include "tests/unit/reach_unit.h"

#include "exchange/book.h"
#include "exchange/calendars.h"
#include "exchange/check.h"

enum place {
	ASK,	   /* the outcome of one question */
	AGAIN,	   /* ... and of the same again */
	CALENDARS, /* a person's verdict, its note, or why there is none */
	CHECK,	   /* a step of the connection test */
	BOOK,	   /* the outcome of a booking */
	CHANGE	   /* ... of a change of one */
};

/* --- what a row of the table says shortly --- */

#define ME "svc@example.test"
#define ANNA "anna@example.test"
#define BERT "bert@example.test"
#define OUTSIDE "outside@example.test"

#define FOLDERS EXCHANGE_OPEN_FOLDERS
#define P METHOD_PERSONAL
#define D METHOD_DEDICATED
#define G METHOD_DELEGATE
#define I METHOD_IMPERSONATION

#define WAY(row, where, by) .reason = REASON_##row, .place = where, .how = by
#define PART(code)                                                                                 \
	{                                                                                          \
		.part = code                                                                       \
	}
#define OF(operation, code)                                                                        \
	{                                                                                          \
		.op = operation, .part = code                                                      \
	}
#define FAULT(code)                                                                                \
	{                                                                                          \
		.fault = code                                                                      \
	}
#define FAULT_OF(address, code)                                                                    \
	{                                                                                          \
		.who = address, .fault = code                                                      \
	}
#define HTTP(number, lines, text)                                                                  \
	{                                                                                          \
		.status = number, .headers = "HTTP/1.1 " #number " X\r\n" lines "\r\n",            \
		.body = text                                                                       \
	}
#define RIGHTS(read, create)                                                                       \
	{                                                                                          \
		.op = "GetFolder",                                                                 \
		.inside = "<t:EffectiveRights><t:CreateContents>" create                           \
			  "</t:CreateContents><t:Read>" read "</t:Read></t:EffectiveRights>"       \
	}
#define BEARER_401(diagnosis)                                                                      \
	HTTP(401,                                                                                  \
		"Content-Length: 0\r\nWWW-Authenticate: Bearer\r\nx-ms-diagnostics: " diagnosis    \
		"\r\n",                                                                            \
		"")
#define HTML "Content-Type: text/html\r\n"

#define TOKEN "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"abc.def.ghi\"}"
#define AADSTS(number)                                                                             \
	"{\"error\":\"invalid_grant\",\"error_description\":\"AADSTS" #number                      \
	": No. Trace ID: 1\",\"error_codes\":[" #number "]}"

#define EVENT                                                                                      \
	"<t:CalendarItem><t:ItemId Id=\"I=\" ChangeKey=\"A\"/><t:Start>2027-02-01T09:00:00Z"       \
	"</t:Start><t:End>2027-02-01T10:00:00Z</t:End><t:ExtendedProperty><t:ExtendedFieldURI "    \
	"PropertySetId=\"" EWS_TAG_SET "\" PropertyName=\"" EWS_TAG_NAME                           \
	"\" PropertyType=\"String\"/><t:Value>b-1</t:Value></t:ExtendedProperty></t:CalendarItem>"
#define COPY                                                                                       \
	"<t:MeetingRequest><t:ItemId Id=\"M=\" ChangeKey=\"A\"/><t:ItemClass>"                     \
	"IPM.Schedule.Meeting.Request</t:ItemClass><t:IsDelegated>true</t:IsDelegated>"            \
	"</t:MeetingRequest>"

#define NO_SUMMER                                                                                  \
	"<t:TimeZoneDefinition Id=\"W. Europe Standard Time\"><t:Periods><t:Period "               \
	"Bias=\"-PT1H\" Id=\"s\"/></t:Periods><t:Transitions><t:Transition><t:To "                 \
	"Kind=\"Period\">s</t:To></t:Transition></t:Transitions></t:TimeZoneDefinition>"

/* --- the table --- */

static const struct reach_case {
	enum reason reason;
	enum place place;
	int how; /* the operation of ASK and AGAIN, else the method */
	struct reach_rule rules[REACH_RULES];
	const char *token; /* what the token service answers; then the application signs in */
	long token_status;
	const char *offers; /* header lines of the anonymous answer */
	int binding;
	enum gate_leave gate; /* what the keeper of the gate says; GATE_GO = it is not asked for */
	int decreed;
	const char *members[2];
} cases[] = {
	{ WAY(OK, ASK, FOLDERS) },
	{ WAY(OK, CALENDARS, I), .members = { ANNA } },
	/* What answers there. */
	{ WAY(NOT_EXCHANGE, ASK, FOLDERS),
		.rules = { HTTP(200, HTML, "<html><title>Welcome</title></html>") } },
	{ WAY(PREAUTHENTICATION, ASK, FOLDERS),
		.rules = { HTTP(302, "Location: /owa/auth/logon.aspx?url=x\r\n", "") } },
	{ WAY(PREAUTHENTICATION, ASK, FOLDERS),
		.rules = { HTTP(
			200, HTML, "<html><form><input type=\"password\"></form></html>") } },
	{ WAY(NO_EWS, ASK, FOLDERS), .rules = { HTTP(404, HTML, "<html>404</html>") } },
	{ WAY(REDIRECTED, ASK, FOLDERS),
		.rules = { HTTP(302,
			"Location: https://elsewhere.example.net/EWS/Exchange.asmx\r\n", "") } },
	{ WAY(EWS_REFUSED, ASK, FOLDERS), .rules = { HTTP(403, HTML, "<html>403</html>") } },
	{ WAY(EWS_REFUSED, CALENDARS, I), .rules = { HTTP(403, HTML, "") }, .members = { ANNA } },
	{ WAY(SERVER_DOWN, ASK, FOLDERS), .rules = { HTTP(503, HTML, "<html>503</html>") } },
	{ WAY(SERVER_DOWN, ASK, FOLDERS), .rules = { FAULT("ErrorADUnavailable") } },
	{ WAY(SLOWED, ASK, FOLDERS), .rules = { FAULT("ErrorServerBusy") } },
	{ WAY(SLOWED, ASK, FOLDERS), .rules = { HTTP(503, "Retry-After: 60\r\n", "") } },
	{ WAY(VERSION, ASK, FOLDERS), .rules = { FAULT("ErrorInvalidServerVersion") } },
	{ WAY(BAD_ANSWER, ASK, FOLDERS),
		.rules = { HTTP(200, "Content-Type: text/xml\r\n", "<cut") } },
	{ WAY(BAD_ANSWER, CALENDARS, G), .rules = { OF("GetFolder", "ErrorNotInvented2031") },
		.members = { ANNA } },
	{ WAY(TOO_BIG, ASK, FOLDERS), .rules = { HTTP(413, HTML, "") } },
	{ WAY(INTERNAL, ASK, FOLDERS), .rules = { FAULT("ErrorDuplicateSOAPHeader") } },
	/* Sign-in with a password. */
	{ WAY(SIGNIN_REFUSED, ASK, FOLDERS), .rules = { HTTP(401, "", "") } },
	{ WAY(SIGNIN_REFUSED, CALENDARS, P), .rules = { HTTP(401, "", "") }, .members = { ME } },
	{ WAY(SIGNIN_STOPPED, AGAIN, FOLDERS), .rules = { HTTP(401, "", "") } },
	{ WAY(SIGNIN_WAITING, ASK, FOLDERS), .gate = GATE_WAIT, .decreed = 1 },
	{ WAY(SIGNIN_KIND, ASK, FOLDERS),
		.offers = "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer\r\n\r\n" },
	{ WAY(CHANNEL_BINDING, ASK, FOLDERS), .rules = { HTTP(401, "", "") }, .gate = GATE_GO,
		.decreed = 1, .binding = BINDING_ON },
	/* Nothing is suspected of a secret that was not proved, nor where no binding is sent. */
	{ WAY(SIGNIN_REFUSED, ASK, FOLDERS), .rules = { HTTP(401, "", "") },
		.binding = BINDING_ON },
	{ WAY(SIGNIN_REFUSED, ASK, FOLDERS), .rules = { HTTP(401, "", "") }, .gate = GATE_GO,
		.decreed = 1 },
	{ WAY(ACCOUNT_LOCKED, ASK, FOLDERS),
		.rules = { HTTP(
			401, HTML, "<p>The referenced account is currently locked out</p>") } },
	{ WAY(PASSWORD_EXPIRED, ASK, FOLDERS), .rules = { FAULT("ErrorPasswordExpired") } },
	{ WAY(ACCOUNT_DISABLED, ASK, FOLDERS),
		.rules = { FAULT("ErrorCallerIsInvalidADAccount") } },
	/* Sign-in with tokens. */
	{ WAY(OK, ASK, FOLDERS), .token = TOKEN },
	{ WAY(ACCOUNT_LOCKED, ASK, FOLDERS), .token = AADSTS(50053), .token_status = 400 },
	{ WAY(PASSWORD_EXPIRED, ASK, FOLDERS), .token = AADSTS(50055), .token_status = 400 },
	{ WAY(ACCOUNT_DISABLED, ASK, FOLDERS), .token = AADSTS(50057), .token_status = 400 },
	{ WAY(SECOND_FACTOR, ASK, FOLDERS), .token = AADSTS(50076), .token_status = 400 },
	{ WAY(POLICY_BLOCKED, ASK, FOLDERS), .token = AADSTS(53003), .token_status = 400 },
	{ WAY(CONSENT_MISSING, ASK, FOLDERS), .token = AADSTS(65001), .token_status = 400 },
	{ WAY(SIGNIN_EXPIRED, ASK, FOLDERS), .token = AADSTS(700082), .token_status = 400 },
	{ WAY(CLIENT_SECRET, ASK, FOLDERS), .token = AADSTS(7000215), .token_status = 401 },
	{ WAY(CLIENT_SECRET_EXPIRED, ASK, FOLDERS), .token = AADSTS(7000222), .token_status = 401 },
	{ WAY(CERTIFICATE, ASK, FOLDERS), .token = AADSTS(700027), .token_status = 401 },
	{ WAY(APP_UNKNOWN, ASK, FOLDERS), .token = AADSTS(700016), .token_status = 400 },
	{ WAY(APP_DISABLED, ASK, FOLDERS), .token = AADSTS(7000112), .token_status = 401 },
	{ WAY(APP_NOT_ASSIGNED, ASK, FOLDERS), .token = AADSTS(50105), .token_status = 400 },
	{ WAY(APP_SETUP, ASK, FOLDERS), .token = AADSTS(7000218), .token_status = 401 },
	{ WAY(TENANT_UNKNOWN, ASK, FOLDERS), .token = AADSTS(90002), .token_status = 400 },
	{ WAY(OTHER_ACCOUNT, ASK, FOLDERS), .token = AADSTS(50020), .token_status = 400 },
	{ WAY(CLOCK, ASK, FOLDERS), .token = AADSTS(700024), .token_status = 401 },
	{ WAY(SERVER_DOWN, ASK, FOLDERS), .token = AADSTS(90033), .token_status = 503 },
	{ WAY(BAD_ANSWER, ASK, FOLDERS), .token = "<html>", .token_status = 200 },
	{ WAY(TOKEN_REFUSED, ASK, FOLDERS),
		.rules = { BEARER_401("2000001;reason=\"No.\";error_category=\"invalid_token\"") },
		.token = TOKEN },
	{ WAY(PERMISSION_MISSING, ASK, FOLDERS),
		.rules = { BEARER_401("2000008;reason=\"No.\";error_category=\"invalid_grant\"") },
		.token = TOKEN },
	/* The dedicated mailbox and its rights over all others. */
	{ WAY(NO_OWN_MAILBOX, CHECK, G), .rules = { FAULT("ErrorMissingEmailAddress") } },
	{ WAY(OTHER_MAILBOX, CHECK, G),
		.rules = { { .op = "GetFolder", .who = ME, .part = "ErrorAccessDenied" } } },
	{ WAY(NOT_EMPTY, CHECK, G), .rules = { { .op = "GetFolder", .total = 3 } } },
	{ WAY(FOREIGN_MAIL, CHECK, G), .rules = { { .op = "FindItem", .inside = COPY } } },
	{ WAY(SCOPE_WIDE, CHECK, G), .members = { "", OUTSIDE } },
	{ WAY(CLOCK, CHECK, G),
		.rules = { { .op = "GetFolder",
			.status = 200,
			.headers = "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
				   "Date: Mon, 23 Nov 2026 08:00:00 GMT\r\n\r\n" } } },
	{ WAY(ZONE, CHECK, G), .rules = { { .op = "GetServerTimeZones", .inside = NO_SUMMER } } },
	{ WAY(NOT_CHECKED, CHECK, G), .rules = { FAULT("ErrorMissingEmailAddress") },
		.members = { ANNA } },
	{ WAY(IMPERSONATION_SETUP, CALENDARS, I), .rules = { FAULT("ErrorImpersonationFailed") },
		.members = { ANNA } },
	/* One member. */
	{ WAY(BUSY_ONLY, CALENDARS, G), .rules = { OF("GetFolder", "ErrorItemNotFound") },
		.members = { ANNA } },
	{ WAY(READ_ONLY, CALENDARS, G), .rules = { RIGHTS("true", "false") }, .members = { ANNA } },
	{ WAY(READ_ONLY, BOOK, G), .rules = { OF("CreateItem", "ErrorCreateItemAccessDenied") } },
	{ WAY(SENDING_REFUSED, BOOK, G), .rules = { OF("CreateItem", "ErrorSendAsDenied") } },
	{ WAY(SENDING_UNPROVED, CALENDARS, G), .members = { ANNA } },
	{ WAY(SENDING_UNPROVED, CHECK, G), .members = { ANNA } },
	{ WAY(NOT_DELEGATED, CALENDARS, G),
		.rules = { OF("GetFolder", "ErrorAccessDenied"),
			OF("GetUserAvailability", "ErrorNoFreeBusyAccess") },
		.members = { ANNA } },
	{ WAY(NOT_DELEGATED, BOOK, G), .rules = { OF("FindItem", "ErrorFolderNotFound") } },
	{ WAY(IMPERSONATION_REFUSED, CALENDARS, I),
		.rules = { FAULT_OF("ConnectingSID", "ErrorImpersonateUserDenied") },
		.members = { ANNA } },
	{ WAY(OUTSIDE_SCOPE, CALENDARS, I),
		.rules = { FAULT_OF(BERT, "ErrorImpersonateUserDenied"),
			{ .op = "GetUserAvailability", .part = "ErrorNoFreeBusyAccess" } },
		.members = { ANNA, BERT } },
	{ WAY(MEMBER_EWS_REFUSED, CALENDARS, I),
		.rules = { { .op = "GetFolder",
			.who = BERT,
			.status = 403,
			.headers = "HTTP/1.1 403 No\r\n\r\n",
			.body = "" } },
		.members = { ANNA, BERT } },
	{ WAY(NO_MAILBOX, CALENDARS, G),
		.rules = { OF("GetFolder", "ErrorNonExistentMailbox"),
			OF("GetUserAvailability", "ErrorMailRecipientNotFound") },
		.members = { ANNA } },
	{ WAY(ELSEWHERE, CALENDARS, G), .rules = { OF("GetFolder", "ErrorNonExistentMailbox") },
		.members = { ANNA } },
	{ WAY(ELSEWHERE, CALENDARS, D), .rules = { PART("ErrorAvailabilityConfigNotFound") },
		.members = { ANNA } },
	{ WAY(MOVING, CALENDARS, G), .rules = { OF("GetFolder", "ErrorMailboxMoveInProgress") },
		.members = { ANNA } },
	{ WAY(UNAVAILABLE, CALENDARS, G),
		.rules = { OF("GetFolder", "ErrorMailboxStoreUnavailable") }, .members = { ANNA } },
	{ WAY(MAILBOX_DISABLED, CALENDARS, G), .rules = { PART("ErrorAccountDisabled") },
		.members = { ANNA } },
	{ WAY(BUSY_DENIED, CALENDARS, D), .rules = { PART("ErrorNoFreeBusyAccess") },
		.members = { ANNA } },
	{ WAY(ADDRESS_REFUSED, CALENDARS, D), .rules = { PART("ErrorInvalidSmtpAddress") },
		.members = { ANNA } },
	{ WAY(ADDRESS_REFUSED, CALENDARS, G), .members = { "nobody" } },
	{ WAY(ALIAS, CALENDARS, I),
		.rules = { FAULT_OF("ConnectingSID", "ErrorNonPrimarySmtpAddress") },
		.members = { ANNA } },
	{ WAY(NO_CALENDAR, CALENDARS, P), .rules = { OF("GetFolder", "ErrorItemNotFound") },
		.members = { ME } },
	{ WAY(MAILBOX_FULL, BOOK, G), .rules = { OF("CreateItem", "ErrorQuotaExceeded") } },
	/* One booking, one search. */
	{ WAY(BOOKING_GONE, CHANGE, G) },
	{ WAY(BOOKING_CHANGED, CHANGE, G),
		.rules = { { .op = "FindItem", .inside = EVENT },
			OF("UpdateItem", "ErrorIrresolvableConflict") } },
	{ WAY(BOOKING_INVALID, BOOK, G),
		.rules = { OF("CreateItem", "ErrorCalendarEndDateIsEarlierThanStartDate") } },
	{ WAY(NOT_ORGANIZER, CHANGE, G),
		.rules = { { .op = "FindItem", .inside = EVENT },
			OF("UpdateItem", "ErrorCalendarIsNotOrganizer") } },
	{ WAY(OUTCOME_UNKNOWN, BOOK, G),
		.rules = { { .op = "CreateItem",
			.status = 500,
			.headers = "HTTP/1.1 500 No\r\n\r\n",
			.body = "" } } },
	{ WAY(OUTCOME_UNKNOWN, CHANGE, G),
		.rules = { { .op = "FindItem", .inside = EVENT },
			{ .op = "UpdateItem", .fault = "ErrorInternalServerError", .once = 1 },
			OF("UpdateItem", "ErrorIrresolvableConflict") } },
	{ WAY(NOTHING_FOUND, ASK, EXCHANGE_RESOLVE_NAME),
		.rules = { PART("ErrorNameResolutionNoResults") } },
	{ WAY(OWNER_ONLY, ASK, EXCHANGE_LIST_DELEGATES), .rules = { PART("ErrorAccessDenied") } },
	{ WAY(UNSUPPORTED, AGAIN, EXCHANGE_LIST_ROOM_LISTS),
		.rules = { { .op = "GetRoomLists", .fault = "ErrorInvalidServerVersion" } } },
};

/* Reached in tests/integration/test_reasons.py, which must have a case for each and no other. */
static const enum reason network[] = {
	REASON_NAME_NOT_FOUND,
	REASON_DNS_FAILED,
	REASON_NOT_ALLOWED,
	REASON_UNREACHABLE,
	REASON_TIMED_OUT,
	REASON_CONNECTION_LOST,
	REASON_PROXY_REFUSED,
	REASON_TLS_UNTRUSTED,
	REASON_TLS_NAME,
	REASON_TLS_EXPIRED,
	REASON_TLS_FAILED,
	REASON_NO_SERVER,
	REASON_CONSENT_NEEDED,
};

/* About what somebody enters, said before anything is asked of a server: by whoever takes it, whose
 * tests show them. */
static const enum reason entered[] = {
	REASON_CREDENTIAL_MISSING,
	REASON_OWN_SIGNIN,
	REASON_SAME_SECRET,
	REASON_SECRET_ID,
};

/* --- what a person sees --- */

struct view {
	int seen[REASON__MAX];
	int over;
	size_t next;
	const char *const *members;
};

static void note(struct view *v, enum reason r)
{
	assert_in_range(r, 0, REASON__MAX - 1);
	v->seen[r] = 1;
}

static void on_asked(void *ptr, const struct outcome *o, const void *result)
{
	struct view *v = ptr;

	(void)result;
	note(v, o->reason);
	v->over++;
}

static int on_next(void *ptr, int64_t *n, const char **address)
{
	struct view *v = ptr;

	if (v->next == 2 || !v->members[v->next])
		return 0;
	*n = (int64_t)v->next;
	*address = v->members[v->next++];
	return 1;
}

/* A reason of the connection is no verdict on anybody, but in a connection that is their own. */
static void on_told(void *ptr, const struct calendar_facts *f)
{
	struct view *v = ptr;

	note(v, f->has_verdict ? f->verdict.reason : f->seen.attempt);
	if (f->has_verdict && f->verdict.note != REASON_OK)
		note(v, f->verdict.note);
	if (f->has_verdict && f->verdict.reason != REASON_OK && strcmp(f->address, ME) != 0)
		assert_int_equal(reason_row(f->verdict.reason)->scope, SCOPE_MEMBER);
}

static void on_calendars(void *ptr, const struct outcome *o)
{
	struct view *v = ptr;

	(void)o;
	v->over++;
}

static void on_step(void *ptr, const struct check_step *s)
{
	note(ptr, s->reason);
	assert_true(s->say[0] || s->state < STEP_OK);
}

static void on_checked(void *ptr, int failed)
{
	struct view *v = ptr;

	(void)failed;
	v->over++;
}

static void on_booked(void *ptr, const struct outcome *o, const struct booked *b)
{
	struct view *v = ptr;

	(void)b;
	note(v, o->reason);
	v->over++;
}

/* --- a case --- */

static const struct folder_ask folder = { NULL, FOLDER_CALENDAR };
static const struct folders_query folders = { &folder, 1, FOLDER_WANT_RIGHTS };
static const struct resolve_query name = { "anna" };
static const struct delegates_query delegates = { ANNA };
static const struct booking booking = { .mailbox = ANNA,
	.tag = "b-1",
	.subject = "Talk",
	.body = "",
	.location = "",
	.start = 1801472400,
	.end = 1801476000,
	.zone = "UTC",
	.kind = BUSY_BUSY,
	.reminder = -1 };

static void wait_for(struct world *w, const struct view *v, int over)
{
	while (v->over < over)
		if (!unit_turn(&w->loop, INT64_MAX))
			fail_msg("nothing more happens");
}

static void ask(struct world *w, struct view *v, enum exchange_op op)
{
	const struct client_how how = { .a = &w->a, .done = on_asked, .ptr = v };
	const void *query = op == EXCHANGE_RESOLVE_NAME ? (const void *)&name
		: op == EXCHANGE_LIST_DELEGATES		? (const void *)&delegates
		: op == EXCHANGE_LIST_ROOM_LISTS	? (const void *)&unit_query
							: (const void *)&folders;

	client_ask(w->c, op, query, &how);
	wait_for(w, v, v->over + 1);
}

static void go(struct world *w, struct view *v, const struct reach_case *x)
{
	const struct calendars_query people = { .method = (enum method)x->how,
		.next = on_next,
		.told = on_told,
		.done = on_calendars,
		.ptr = v };
	const struct check_query check = { .method = (enum method)x->how,
		.mailbox = ME,
		.member = x->members[0] ? x->members[0] : "",
		.outside = x->members[1] ? x->members[1] : "",
		.a = &w->a,
		.step = on_step,
		.done = on_checked,
		.ptr = v };
	const struct book_how how = { (enum method)x->how, &w->a, on_booked, v };

	if (x->place == ASK || x->place == AGAIN) {
		if (x->place == AGAIN)
			ask(w, v, FOLDERS);
		memset(v->seen, 0, sizeof(v->seen));
		ask(w, v, (enum exchange_op)x->how);
		return;
	}
	if (x->place == CALENDARS)
		calendars_start(w->c, &people);
	else if (x->place == CHECK)
		check_start(w->c, &check);
	else if (x->place == BOOK)
		book_create(w->c, &booking, &how);
	else
		book_change(w->c, &booking, BOOKING_TIME, &how);
	wait_for(w, v, 1);
}

static void set_up(struct world *w, const struct reach_case *x, struct gate_view *gate)
{
	struct client_config cf = { .dialect = &dialect_ews,
		.signin = x->token ? SIGNIN_APP : SIGNIN_AUTO,
		.binding = (enum signin_binding)x->binding,
		.ca_pem = "",
		.login = "",
		.cert_pem = "" };

	memcpy(reach->rules, x->rules, sizeof(reach->rules));
	memset(reach->used, 0, sizeof(reach->used));
	*gate = (struct gate_view){ .leave = x->gate };
	w->play = reach_play;
	w->good = NULL;
	w->decree = x->decreed ? gate : NULL;
	w->token_status = x->token_status;
	for (size_t i = 0; x->token && i < SCRIPT; i++)
		w->tokens[w->token_count++] = x->token;
	if (x->token)
		w->offers = "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer\r\n\r\n";
	if (x->offers)
		w->offers = x->offers;
	w->c = unit_client(w, &cf);
}

static void each_case_says_its_reason(void **state)
{
	struct world *w = *state;
	struct gate_view gate;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct view v = { .members = cases[i].members };

		w = unit_anew(state);
		set_up(w, &cases[i], &gate);
		go(w, &v, &cases[i]);
		if (v.seen[cases[i].reason])
			continue;
		for (int r = 0; r < REASON__MAX; r++)
			if (v.seen[r])
				print_message("# seen: %s\n", reason_row((enum reason)r)->code);
		fail_msg("case %zu: %s is not seen", i, reason_row(cases[i].reason)->code);
	}
}

static int is_among(enum reason r, const enum reason *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i] == r)
			return 1;
	return 0;
}

static void every_row_is_reached(void **state)
{
	(void)state;
	for (int r = 0; r < REASON__MAX; r++) {
		const char *code = reason_row((enum reason)r)->code;
		const int elsewhere = is_among((enum reason)r, network, COUNT(network)) ||
			is_among((enum reason)r, entered, COUNT(entered));
		int n = 0;

		for (size_t i = 0; i < COUNT(cases); i++)
			n += cases[i].reason == (enum reason)r;
		if (n == 0 && !elsewhere)
			fail_msg("no case reaches %s", code);
		if (n > 0 && elsewhere)
			fail_msg("%s is reached here", code);
	}
}

/* Whatever is known besides: what failed on the way is no verdict on a member. */
static void no_reason_of_a_connection_is_a_verdict(void **state)
{
	struct verdict out;

	(void)state;
	for (int r = 1; r < REASON__MAX; r++) {
		enum reason why = (enum reason)r;
		const struct evidence seen[] = {
			{ .attempt = why },
			{ .attempt = why, .busy = SEEN_YES },
			{ .calendar = SEEN_NO, .calendar_why = why },
			{ .calendar = SEEN_NO,
				.calendar_why = why,
				.busy = SEEN_NO,
				.busy_why = why },
			{ .busy = SEEN_NO, .busy_why = why },
		};

		if (reason_row(why)->scope != SCOPE_CONNECTION)
			continue;
		for (int m = METHOD_DEDICATED; m < METHOD__MAX; m++)
			for (size_t i = 0; i < COUNT(seen); i++) {
				int told = verdict_of((enum method)m, &seen[i], &out);

				/* Busy time is seen on a way of its own. */
				if (told && m == METHOD_DEDICATED && seen[i].busy == SEEN_YES)
					told = out.reason != REASON_OK;
				if (told)
					fail_msg("%s, %s, %zu: verdict %s", reason_row(why)->code,
						verdict_method_code((enum method)m), i,
						reason_row(out.reason)->code);
			}
	}
}

int main(void)
{
	static struct reach_server server;
	const struct CMUnitTest tests[] = {
		client_test(each_case_says_its_reason),
		cmocka_unit_test(every_row_is_reached),
		cmocka_unit_test(no_reason_of_a_connection_is_a_verdict),
	};

	reach = &server;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
