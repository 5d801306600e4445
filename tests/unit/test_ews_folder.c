/* Folders, delegates and time zones in EWS: what is asked, byte for byte, and what is read. */
#include "tests/unit/ews_trace.h"

/* --- folders --- */

static const struct folder_ask anna_and_own[] = {
	{ "anna@acme.test", FOLDER_CALENDAR },
	{ "SVC@acme.test", FOLDER_INBOX },
	{ NULL, FOLDER_ROOT },
};

#define FIELD(name) "<t:FieldURI FieldURI=\"folder:" name "\"/>"
#define SHAPE(more)                                                                                \
	"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</"                                        \
	"t:BaseShape><t:AdditionalProperties>" FIELD("DisplayName") FIELD("FolderClass") more      \
		"</t:AdditionalProperties></m:FolderShape><m:FolderIds>"
#define ITEM_RIGHTS "<t:ExtendedFieldURI PropertyTag=\"0x6639\" PropertyType=\"Integer\"/>"
#define OF_ANNA                                                                                    \
	"<t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox>"                                     \
	"<t:EmailAddress>anna@acme.test</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
#define OF_SVC                                                                                     \
	"<t:DistinguishedFolderId Id=\"inbox\"><t:Mailbox>"                                        \
	"<t:EmailAddress>SVC@acme.test</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
#define OWN(name) "<t:DistinguishedFolderId Id=\"" name "\"/>"
#define END "</m:FolderIds></m:GetFolder>"

static const struct folder_request {
	int version;
	unsigned want;
	const char *impersonate;
	size_t from, count; /* of the folders above */
	const char *body;
} folder_requests[] = {
	{ EWS_2010_SP2, 0, NULL, 0, 3, SHAPE("") OF_ANNA OWN("inbox") OWN("msgfolderroot") END },
	/* What only calendars have is asked of calendars only. */
	{ EWS_2010_SP2, FOLDER_WANT_RIGHTS, NULL, 0, 3,
		SHAPE(FIELD("EffectiveRights") ITEM_RIGHTS) OF_ANNA OWN("inbox")
			OWN("msgfolderroot") END },
	{ EWS_2010, FOLDER_WANT_RIGHTS | FOLDER_WANT_COUNTS, NULL, 0, 1,
		SHAPE(FIELD("EffectiveRights") FIELD("SharingEffectiveRights") ITEM_RIGHTS FIELD(
			"TotalCount") FIELD("ChildFolderCount")) OF_ANNA END },
	{ EWS_2007_SP1, FOLDER_WANT_RIGHTS, NULL, 0, 1,
		SHAPE(FIELD("EffectiveRights") ITEM_RIGHTS) OF_ANNA END },
	/* ... and what they lack, of others only. */
	{ EWS_2016, FOLDER_WANT_COUNTS, NULL, 1, 2,
		SHAPE(FIELD("TotalCount") FIELD("ChildFolderCount") FIELD("UnreadCount"))
			OWN("inbox") OWN("msgfolderroot") END },
	{ EWS_2007_SP1, FOLDER_WANT_RIGHTS | FOLDER_WANT_COUNTS | FOLDER_WANT_PERMISSIONS,
		"anna@acme.test", 0, 3,
		SHAPE(FIELD("EffectiveRights") ITEM_RIGHTS FIELD("TotalCount")
				FIELD("ChildFolderCount") FIELD("PermissionSet")) OWN("calendar")
			OF_SVC OWN("msgfolderroot") END },
	/* The own mailbox is named only to see whose an address is. */
	{ EWS_2010_SP2, FOLDER_BY_ADDRESS, NULL, 1, 2, SHAPE("") OF_SVC OWN("msgfolderroot") END },
	{ EWS_2007, FOLDER_WANT_PERMISSIONS, NULL, 0, 3,
		SHAPE("") OF_ANNA OWN("inbox") OWN("msgfolderroot") END },
};

static void folders_are_asked(void **state)
{
	const struct folder_request *r;

	(void)state;
	for (r = folder_requests; r < folder_requests + COUNT(folder_requests); r++) {
		struct folders_query q = { anna_and_own + r->from, r->count, r->want };
		struct dialect_ask ask =
			golden_ask(EXCHANGE_OPEN_FOLDERS, &q, r->version, r->impersonate);
		struct buf out;

		buf_init(&out, GOLDEN_MAX);
		assert_string_equal(golden_body(&out, &ask), r->body);
		buf_done(&out);
	}
}

/* The rights of everybody can be long. */
static void folders_are_brief(void **state)
{
	struct folders_query q = { anna_and_own, 3, FOLDER_WANT_RIGHTS | FOLDER_WANT_COUNTS };
	const struct dialect_ask ask = golden_ask(EXCHANGE_OPEN_FOLDERS, &q, EWS_2010_SP2, NULL);

	(void)state;
	assert_true(dialect_ews.is_brief(&ask));
	q.want |= FOLDER_WANT_PERMISSIONS;
	assert_false(dialect_ews.is_brief(&ask));
}

static void folders_that_cannot_be_asked(void **state)
{
	static const struct folder_ask none = { "not an address", FOLDER_CALENDAR };
	static const struct folder_ask injected = { "a@b.test</x>", FOLDER_CALENDAR };
	static struct folder_ask many[EXCHANGE_FOLDERS_MAX * FOLDER__MAX + 1];
	const struct folders_query bad[] = { { many, 0, 0 }, { many, COUNT(many), 0 },
		{ &none, 1, 0 }, { &injected, 1, 0 } };
	struct buf out;
	size_t i;

	(void)state;
	buf_init(&out, GOLDEN_MAX);
	for (i = 0; i < COUNT(bad); i++) {
		struct dialect_ask ask = golden_ask(EXCHANGE_OPEN_FOLDERS, &bad[i], EWS_2016, NULL);

		assert_null(golden_request(&out, &ask));
		buf_clear(&out);
	}
	buf_done(&out);
}

static void print_folders(struct buf *out, const void *result)
{
	const struct folders_result *r = result;
	const struct folder_seen *f;
	size_t i;

	for (f = r->list; f < r->list + r->count; f++) {
		if (f->ended.reason != REASON_OK) {
			buf_printf(out, "! %s %s %s\n", reason_row(f->ended.reason)->code,
				f->ended.code, f->ended.said ? f->ended.said : "-");
			continue;
		}
		buf_printf(out, "%s %s [%s] %s told=%d rights=%u items=%lld detail=%d", f->id,
			f->change_key, f->name, f->class, f->rights_told, f->rights,
			(long long)f->item_rights, (int)f->detail);
		buf_printf(out, " %lld/%lld/%lld", (long long)f->total, (long long)f->unread,
			(long long)f->folders);
		for (i = 0; i < f->permission_count; i++)
			buf_printf(out, " %s(%s)=%s", f->permissions[i].who, f->permissions[i].name,
				f->permissions[i].level);
		buf_putc(out, '\n');
	}
}

#define MESSAGES(inside)                                                                           \
	"<m:GetFolderResponse><m:ResponseMessages>" inside                                         \
	"</m:ResponseMessages></m:GetFolderResponse>"
#define GOOD(inside)                                                                               \
	"<m:GetFolderResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError"            \
	"</m:ResponseCode><m:Folders>" inside "</m:Folders></m:GetFolderResponseMessage>"
#define BAD(code)                                                                                  \
	"<m:GetFolderResponseMessage ResponseClass=\"Error\"><m:MessageText>localised"             \
	"</m:MessageText><m:ResponseCode>" code "</m:ResponseCode><m:DescriptiveLinkKey>0"         \
	"</m:DescriptiveLinkKey><m:MessageXml><t:Value Name=\"SmtpAddress\">n@acme.test</t:Value>" \
	"</m:MessageXml><m:Folders/></m:GetFolderResponseMessage>"
#define RIGHTS(read, create)                                                                       \
	"<t:EffectiveRights><t:CreateAssociated>false</"                                           \
	"t:CreateAssociated><t:CreateContents>" create                                             \
	"</t:CreateContents><t:CreateHierarchy>false</t:CreateHierarchy><t:Delete>false"           \
	"</t:Delete><t:Modify>false</t:Modify><t:Read>" read "</t:Read><t:ViewPrivateItems>true"   \
	"</t:ViewPrivateItems></t:EffectiveRights>"
#define PERMISSION(user, level)                                                                    \
	"<t:CalendarPermission><t:UserId>" user "</t:UserId><t:CanCreateItems>true"                \
	"</t:CanCreateItems><t:ReadItems>TimeOnly</t:ReadItems><t:CalendarPermissionLevel>" level  \
	"</t:CalendarPermissionLevel></t:CalendarPermission>"

static const char three_folders[] = MESSAGES(GOOD(
	"<t:CalendarFolder><t:FolderId Id=\"AAMkAD=\" ChangeKey=\"AgAAAB==\"/>"
	"<t:FolderClass>IPF.Appointment</t:FolderClass><t:DisplayName>Kalender &amp; mehr"
	"</t:DisplayName><t:ExtendedProperty><t:ExtendedFieldURI PropertyTag=\"0x6639\" "
	"PropertyType=\"Integer\"/><t:Value>1147</t:Value></t:ExtendedProperty>" RIGHTS("true",
		"1") "<t:PermissionSet><t:CalendarPermissions>" PERMISSION("<t:DistinguishedUser>"
									   "Default</"
									   "t:DistinguishedUser>",
		"FreeBusyTimeOnly")
		PERMISSION("<t:SID>S-1-5-21-1-2-3-1116</t:SID><t:PrimarySmtpAddress>svc@acme.test"
			   "</t:PrimarySmtpAddress><t:DisplayName>svc</t:DisplayName>",
			"Editor") "</t:CalendarPermissions></t:PermissionSet>"
				  "<t:SharingEffectiveRights>FullDetails</"
				  "t:SharingEffectiveRights></t:CalendarFolder>")
		BAD("ErrorAccessDenied")
			GOOD("<t:Folder><t:FolderId "
			     "Id=\"B=\"/><t:DisplayName>Top</t:DisplayName><t:TotalCount>7"
			     "</t:TotalCount><t:ChildFolderCount>3</t:ChildFolderCount>" RIGHTS(
				     "0", "false") "<t:PermissionSet><t:Permissions><t:Permission><"
						   "t:UserId><t:DistinguishedUser>"
						   "Anonymous</t:DistinguishedUser></"
						   "t:UserId><t:PermissionLevel>None"
						   "</t:PermissionLevel></t:Permission></"
						   "t:Permissions></t:PermissionSet>"
						   "<t:UnreadCount>0</t:UnreadCount></t:Folder>"));
static const char three_folders_read[] =
	"AAMkAD= AgAAAB== [Kalender & mehr] IPF.Appointment told=1 rights=19 items=1147 detail=4"
	" -1/-1/-1 Default()=FreeBusyTimeOnly svc@acme.test(svc)=Editor\n"
	"! not_delegated ErrorAccessDenied localised\n"
	"B=  [Top]  told=1 rights=16 items=-1 detail=0 7/0/3 Anonymous()=None\n";

static void folders_are_read(void **state)
{
	static const char *const entries[] = { "GetFolderResponseMessage", "CalendarPermission",
		"Permission", NULL };
	struct folders_query q = { anna_and_own, 3, 0 };
	struct golden g = { .op = EXCHANGE_OPEN_FOLDERS,
		.query = &q,
		.answer = three_folders,
		.print = print_folders,
		.entries = entries };

	(void)state;
	golden_check(&g, three_folders_read);
	/* One answer twice is one too many. */
	g.entries = entries + 1;
	golden_check(&g, three_folders_read);
}

static const struct folder_answer {
	size_t asked;
	const char *answer;
	const char *want;
} folder_answers[] = {
	/* Too few, too many, none. */
	{ 3, MESSAGES(GOOD("<t:Folder><t:FolderId Id=\"A\"/></t:Folder>")),
		"outcome bad_answer \n" },
	{ 1, MESSAGES(BAD("ErrorAccessDenied") BAD("ErrorAccessDenied")), "outcome bad_answer \n" },
	{ 1, "<m:GetFolderResponse/>", "outcome bad_answer \n" },
	{ 1, "<m:FindFolderResponse/>", "outcome bad_answer \n" },
	{ 1, "<GetFolderResponse/>", "outcome bad_answer \n" },
	/* Success without a folder, or with one that has no id. */
	{ 1, MESSAGES(GOOD("")), "! bad_answer  -\n" },
	{ 1, MESSAGES(GOOD("<t:Folder><t:DisplayName>x</t:DisplayName></t:Folder>")),
		"! bad_answer  -\n" },
	/* Values that are none are not told. */
	{ 1,
		MESSAGES(GOOD("<t:TasksFolder><t:FolderId Id=\"A\"/><t:TotalCount>-5"
			      "</t:TotalCount><t:UnreadCount>many</t:UnreadCount>"
			      "<t:ChildFolderCount/><t:EffectiveRights><t:Read>yes</t:Read>"
			      "</t:EffectiveRights><t:ExtendedProperty><t:ExtendedFieldURI "
			      "PropertyTag=\"0x6639\"/><t:Value>-5</t:Value></t:ExtendedProperty>"
			      "</t:TasksFolder>")),
		"A  []  told=1 rights=0 items=-1 detail=0 -1/-1/-1\n" },
	{ 1, MESSAGES(BAD("ErrorNonExistentMailbox")),
		"! no_mailbox ErrorNonExistentMailbox localised\n" },
	{ 1, MESSAGES(BAD("ErrorItemNotFound")), "! not_delegated ErrorItemNotFound localised\n" },
	{ 1, MESSAGES(BAD("ErrorMailboxMoveInProgress")),
		"! mailbox_moving ErrorMailboxMoveInProgress localised\n" },
	{ 1, MESSAGES(BAD("ErrorOfTomorrow")), "! bad_answer ErrorOfTomorrow localised\n" },
};

static void folders_odd_answers(void **state)
{
	const struct folder_answer *f;

	(void)state;
	for (f = folder_answers; f < folder_answers + COUNT(folder_answers); f++) {
		struct folders_query q = { anna_and_own, f->asked, 0 };
		struct golden g = { .op = EXCHANGE_OPEN_FOLDERS,
			.query = &q,
			.answer = f->answer,
			.print = print_folders };

		golden_equal(&g, f->want);
	}
}

#define RECORDED_ID(end)                                                                           \
	"AAMkADVmNzUzM2M2LTY1ODgtNGIwNS05NWUwLTE5MzJhNWRhNWIzZQAuAAAAAAAt9OU5vf4nTaa38x9WV1pG"     \
	"AQB0vGFf3HZOSb1IxPAYl2sPAAAAAAE" end

static void recorded_folders(void **state)
{
	static const struct folders_query one = { anna_and_own, 1, 0 };
	static const struct trace_row rows[] = {
		{ "testXML-12", EXCHANGE_OPEN_FOLDERS, &one, print_folders,
			RECORDED_ID(
				"MAAA=") " AQAAABYAAAB0vGFf3HZOSb1IxPAYl2sPAABVGAy9 [Inbox] "
					 "IPF.Note told=1 rights=47 items=-1 detail=0 0/0/0\n" },
		{ "testXML-20", EXCHANGE_OPEN_FOLDERS, &one, print_folders,
			RECORDED_ID(
				"JAAA=") " AQAAABYAAAB0vGFf3HZOSb1IxPAYl2sPAAAAAAAz [Sent Items]"
					 " IPF.Note told=1 rights=47 items=-1 detail=0 3/0/0\n" },
		{ "testXML-18", EXCHANGE_OPEN_FOLDERS, &one, print_folders,
			RECORDED_ID("NAAA=") " AgAAABYAAAB0vGFf3HZOSb1IxPAYl2sPAAAAAAA3 [Calendar] "
					     "IPF.Appointment told=1 rights=63 items=-1 detail=0 "
					     "0/-1/0 "
					     "Default()=FreeBusyTimeOnly Anonymous()=None\n" },
		{ "testXML-16", EXCHANGE_OPEN_FOLDERS, &one, print_folders,
			"outcome version_unsupported ErrorSchemaValidation\n" },
		{ "testXML-11", EXCHANGE_OPEN_FOLDERS, &one, print_folders,
			"outcome bad_answer Client\n" },
	};

	(void)state;
	trace_check(rows, COUNT(rows));
}

static void print_mailboxes(struct buf *out, const void *result)
{
	const struct folders_result *r = result;

	for (size_t i = 0; i < r->count; i++)
		buf_printf(out, "%s\n", r->list[i].lies_in);
}

/* The same mailbox, reached in two ways; another one; a server whose ids are of another form. */
static void folders_tell_their_mailbox(void **state)
{
#define NAMED(id) GOOD("<t:CalendarFolder><t:FolderId Id=\"" id "\"/></t:CalendarFolder>")
#define OURS "AAMkADVmNzUzM2M2LTY1ODgtNGIwNS05NWUwLTE5MzJhNWRhNWIzZQ"
#define THEIRS "AAMkADQwYjI2NmQzLWRjOGItNDcyMC1iMWE2LWZiMWQxZTk0NDA5Yw"
	static const struct {
		const char *answer, *want;
	} rows[] = {
		{ MESSAGES(NAMED(OURS "AuAAAAAAAt9OU5") NAMED(OURS "AuAAAAAQAt9OU7")),
			OURS "\n" OURS "\n" },
		{ MESSAGES(NAMED(OURS "AuAAAAAAAt9OU5") NAMED(THEIRS "AuAAAAAAAt9OU5")),
			OURS "\n" THEIRS "\n" },
		{ MESSAGES(NAMED("AAMkADVm") NAMED("another")), "AAMkADVm\nanother\n" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct folders_query q = { anna_and_own, 2, 0 };
		struct golden g = { .op = EXCHANGE_OPEN_FOLDERS,
			.query = &q,
			.answer = rows[i].answer,
			.print = print_mailboxes };

		golden_equal(&g, rows[i].want);
	}
#undef NAMED
#undef OURS
#undef THEIRS
}

/* --- delegates --- */

static void delegates_are_asked(void **state)
{
	static const char want[] =
		"<m:GetDelegate IncludePermissions=\"true\"><m:Mailbox>"
		"<t:EmailAddress>%s</t:EmailAddress></m:Mailbox></m:GetDelegate>";
	static const struct {
		const char *mailbox, *impersonate, *named;
	} rows[] = {
		{ "anna@acme.test", NULL, "anna@acme.test" },
		{ NULL, NULL, GOLDEN_ME },
		{ "", "bert@acme.test", "bert@acme.test" },
		{ "anna", NULL, NULL },
	};
	char text[256];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct delegates_query q = { rows[i].mailbox };
		struct dialect_ask ask =
			golden_ask(EXCHANGE_LIST_DELEGATES, &q, EWS_2007_SP1, rows[i].impersonate);
		struct buf out;

		buf_init(&out, GOLDEN_MAX);
		if (rows[i].named) {
			snprintf(text, sizeof(text), want, rows[i].named);
			assert_string_equal(golden_body(&out, &ask), text);
		} else {
			assert_null(golden_body(&out, &ask));
		}
		buf_done(&out);
	}
}

static void print_delegates(struct buf *out, const void *result)
{
	const struct delegates_result *r = result;
	const struct delegate *d;

	for (d = r->list; d < r->list + r->count; d++) {
		if (d->ended.reason != REASON_OK)
			buf_printf(
				out, "! %s %s\n", reason_row(d->ended.reason)->code, d->ended.code);
		else
			buf_printf(out, "%s [%s] %s %s copies=%d private=%d\n", d->address, d->name,
				d->sid, d->calendar, d->copies, d->sees_private);
	}
	buf_printf(out, "deliver %s\n", r->deliver);
}

#define USER_MESSAGE(class, code, inside)                                                          \
	"<m:DelegateUserResponseMessageType ResponseClass=\"" class "\"><m:ResponseCode>" code     \
								    "</m:ResponseCode>" inside     \
								    "</"                           \
								    "m:"                           \
								    "DelegateUserResponseMessageT" \
								    "ype>"
#define USER(inside)                                                                               \
	USER_MESSAGE("Success", "NoError", "<m:DelegateUser>" inside "</m:DelegateUser>")

static const char delegates[] =
	"<m:GetDelegateResponse ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>"
	"<m:ResponseMessages>" USER(
		"<t:UserId><t:SID>S-1-5-21-1-2-3-1116</t:SID><t:PrimarySmtpAddress>svc@acme.test"
		"</t:PrimarySmtpAddress><t:DisplayName>svc</t:DisplayName></t:UserId>"
		"<t:DelegatePermissions><t:CalendarFolderPermissionLevel>Editor"
		"</t:CalendarFolderPermissionLevel></t:DelegatePermissions>"
		"<t:ReceiveCopiesOfMeetingMessages>true</t:ReceiveCopiesOfMeetingMessages>"
		"<t:ViewPrivateItems>false</t:ViewPrivateItems>")
		USER("<t:UserId><t:PrimarySmtpAddress>bert@acme.test</t:PrimarySmtpAddress>"
		     "</t:UserId><t:DelegatePermissions/>")
			USER_MESSAGE("Error", "ErrorDelegateNoUser",
				"") "</m:ResponseMessages><m:DeliverMeetingRequests>DelegatesAndMe"
				    "</m:DeliverMeetingRequests></m:GetDelegateResponse>";

static void delegates_are_read(void **state)
{
	static const char *const entries[] = { "DelegateUserResponseMessageType", NULL };
	static const struct delegates_query q = { "anna@acme.test" };
	struct golden g = { .op = EXCHANGE_LIST_DELEGATES,
		.query = &q,
		.answer = delegates,
		.print = print_delegates,
		.entries = entries };

	(void)state;
	golden_check(&g,
		"svc@acme.test [svc] S-1-5-21-1-2-3-1116 Editor copies=1 private=0\n"
		"bert@acme.test []  None copies=0 private=0\n"
		"! no_mailbox ErrorDelegateNoUser\n"
		"deliver DelegatesAndMe\n");
	g.answer = "<m:GetDelegateResponse ResponseClass=\"Success\"><m:ResponseCode>NoError"
		   "</m:ResponseCode></m:GetDelegateResponse>";
	golden_check(&g, "deliver \n");
	g.answer = "<m:GetDelegateResponse ResponseClass=\"Error\"><m:MessageText>no"
		   "</m:MessageText><m:ResponseCode>ErrorAccessDenied</m:ResponseCode>"
		   "</m:GetDelegateResponse>";
	golden_check(&g, "outcome owner_only ErrorAccessDenied\n");
}

/* --- zones --- */

static void zones_are_asked(void **state)
{
	static const char *const ids[] = { "W. Europe Standard Time", "UTC" };
	static const struct zones_query all = { .ids = NULL }, two = { .ids = ids, .count = 2 };
	static const struct zones_query full = { .ids = ids, .count = 1, .rules_at = 1 };
	static const struct {
		const struct zones_query *q;
		const char *body;
	} rows[] = {
		{ &all, "<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\"/>" },
		{ &two,
			"<m:GetServerTimeZones ReturnFullTimeZoneData=\"false\"><m:Ids><t:Id>"
			"W. Europe Standard Time</t:Id><t:Id>UTC</t:Id></m:Ids>"
			"</m:GetServerTimeZones>" },
		{ &full,
			"<m:GetServerTimeZones ReturnFullTimeZoneData=\"true\"><m:Ids><t:Id>"
			"W. Europe Standard Time</t:Id></m:Ids></m:GetServerTimeZones>" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct dialect_ask ask =
			golden_ask(EXCHANGE_SERVER_ZONES, rows[i].q, EWS_2010, NULL);
		struct buf out;

		buf_init(&out, GOLDEN_MAX);
		assert_string_equal(golden_body(&out, &ask), rows[i].body);
		buf_clear(&out);
		ask.version = EWS_2007_SP1;
		assert_null(golden_request(&out, &ask));
		buf_done(&out);
	}
}

static void print_zones(struct buf *out, const void *result)
{
	const struct zones_result *r = result;
	size_t i;

	for (i = 0; i < r->count; i++)
		buf_printf(out, "%s = %s\n", r->list[i].id, r->list[i].name);
}

static void zones_are_read(void **state)
{
	static const char *const entries[] = { "TimeZoneDefinition", NULL };
	static const struct zones_query q = { .ids = NULL };
	struct golden g = {
		.op = EXCHANGE_SERVER_ZONES, .query = &q, .print = print_zones, .entries = entries
	};

	(void)state;
	g.answer = "<m:GetServerTimeZonesResponse><m:ResponseMessages>"
		   "<m:GetServerTimeZonesResponseMessage ResponseClass=\"Success\">"
		   "<m:ResponseCode>NoError</m:ResponseCode><m:TimeZoneDefinitions>"
		   "<t:TimeZoneDefinition Id=\"W. Europe Standard Time\" "
		   "Name=\"(UTC+01:00) Amsterdam, Berlin\"><t:Periods><t:Period Bias=\"-PT1H\" "
		   "Name=\"Standard\" Id=\"x\"/></t:Periods></t:TimeZoneDefinition>"
		   "<t:TimeZoneDefinition Id=\"tzone://Microsoft/Utc\"/></m:TimeZoneDefinitions>"
		   "</m:GetServerTimeZonesResponseMessage></m:ResponseMessages>"
		   "</m:GetServerTimeZonesResponse>";
	golden_check(&g,
		"W. Europe Standard Time = (UTC+01:00) Amsterdam, Berlin\n"
		"tzone://Microsoft/Utc = \n");
}

/* --- rules of zones --- */

#define PERIOD(id, bias) "<t:Period Bias=\"" bias "\" Name=\"N\" Id=\"" id "\"/>"
#define TO(kind, id) "<t:To Kind=\"" kind "\">" id "</t:To>"
#define EACH(id, offset, month, day, nth)                                                          \
	"<t:RecurringDayTransition>" TO("Period", id) "<t:TimeOffset>" offset                      \
						      "</t:TimeOffset><t:Month>" month             \
						      "</t:Month><t:DayOfWeek>" day                \
						      "</t:DayOfWeek><t:Occurrence>" nth           \
						      "</t:Occurrence></t:RecurringDayTransition>"
#define GROUP(id, changes) "<t:TransitionsGroup Id=\"" id "\">" changes "</t:TransitionsGroup>"
#define ONCE(to) "<t:Transition>" to "</t:Transition>"
#define SINCE(year, to)                                                                            \
	"<t:AbsoluteDateTransition>" to "<t:DateTime>" year                                        \
	"-01-01T00:00:00</t:DateTime></t:AbsoluteDateTransition>"
#define DEFINED(periods, groups, transitions)                                                      \
	"<t:Periods>" periods "</t:Periods><t:TransitionsGroups>" groups                           \
	"</t:TransitionsGroups><t:Transitions>" transitions "</t:Transitions>"
#define BERLIN EACH("d", "PT2H", "3", "Sunday", "-1") EACH("s", "PT3H", "10", "Sunday", "-1")
#define TWO PERIOD("s", "-PT1H") PERIOD("d", "-PT2H")

/* The rules in force in 2026, or "none": what fits no rule is not guessed. */
static const struct {
	const char *name, *definition, *rules;
} definitions[] = {
	{ "two changes", DEFINED(TWO, GROUP("0", BERLIN), ONCE(TO("Group", "0"))),
		"-60, 0 10/5/0 10800, -60 3/5/0 7200" },
	{ "the other way round",
		DEFINED(TWO,
			GROUP("0",
				EACH("s", "PT3H", "10", "Sunday", "-1")
					EACH("d", "PT2H", "3", "Sunday", "-1")),
			ONCE(TO("Group", "0"))),
		"-60, 0 10/5/0 10800, -60 3/5/0 7200" },
	{ "one clock",
		DEFINED(PERIOD("s", "PT5H30M"), GROUP("0", ONCE(TO("Period", "s"))),
			ONCE(TO("Group", "0"))),
		"330, 0 0/0/0 0, 0 0/0/0 0" },
	{ "one period", DEFINED(PERIOD("s", "PT0S"), "", ONCE(TO("Period", "s"))),
		"0, 0 0/0/0 0, 0 0/0/0 0" },
	{ "those of the year",
		DEFINED(TWO,
			GROUP("0", ONCE(TO("Period", "s"))) GROUP("1", BERLIN)
				GROUP("2", ONCE(TO("Period", "d"))),
			ONCE(TO("Group", "0")) SINCE("2007", TO("Group", "1"))
				SINCE("2030", TO("Group", "2"))),
		"until 1893456000: -60, 0 10/5/0 10800, -60 3/5/0 7200" },
	{ "nothing", "", "none" },
	{ "no such group", DEFINED(TWO, GROUP("0", BERLIN), ONCE(TO("Group", "7"))), "none" },
	{ "no such period",
		DEFINED(PERIOD("s", "-PT1H"), GROUP("0", BERLIN), ONCE(TO("Group", "0"))), "none" },
	{ "a bias of days",
		DEFINED(PERIOD("s", "P9D"), GROUP("0", ONCE(TO("Period", "s"))),
			ONCE(TO("Group", "0"))),
		"none" },
	{ "three changes",
		DEFINED(TWO, GROUP("0", BERLIN EACH("s", "PT0S", "12", "Monday", "1")),
			ONCE(TO("Group", "0"))),
		"none" },
	{ "no day",
		DEFINED(TWO,
			GROUP("0",
				EACH("d", "PT2H", "3", "Someday", "-1")
					EACH("s", "PT3H", "10", "Sunday", "-1")),
			ONCE(TO("Group", "0"))),
		"none" },
	{ "no time",
		DEFINED(TWO,
			GROUP("0",
				EACH("d", "two", "3", "Sunday", "-1")
					EACH("s", "PT3H", "10", "Sunday", "-1")),
			ONCE(TO("Group", "0"))),
		"none" },
};

static void print_rules(struct buf *out, const void *result)
{
	const struct zones_result *r = result;
	const struct zone_rules *z = &r->list[0].rules;

	assert_int_equal(r->count, 1);
	if (!r->list[0].has_rules)
		buf_puts(out, "none");
	if (r->list[0].has_rules && r->list[0].rules_until != INT64_MAX)
		buf_printf(out, "until %lld: ", (long long)r->list[0].rules_until);
	if (r->list[0].has_rules)
		buf_printf(out, "%d, %d %d/%d/%d %d, %d %d/%d/%d %d", z->bias, z->standard.bias,
			z->standard.month, z->standard.order, z->standard.day, z->standard.second,
			z->daylight.bias, z->daylight.month, z->daylight.order, z->daylight.day,
			z->daylight.second);
}

static void zone_rules_are_read(void **state)
{
	static const char *const ids[] = { "W. Europe Standard Time" };
	static const struct zones_query q = { .ids = ids, .count = 1, .rules_at = 1795420800 };
	static const char *const entries[] = { "TimeZoneDefinition", "RecurringDayTransition",
		"Transition", NULL };
	char answer[4096];

	(void)state;
	for (size_t i = 0; i < COUNT(definitions); i++) {
		struct golden g = { .op = EXCHANGE_SERVER_ZONES,
			.query = &q,
			.print = print_rules,
			.entries = entries,
			.answer = answer };

		snprintf(answer, sizeof(answer),
			"<m:GetServerTimeZonesResponse><m:ResponseMessages>"
			"<m:GetServerTimeZonesResponseMessage ResponseClass=\"Success\">"
			"<m:ResponseCode>NoError</m:ResponseCode><m:TimeZoneDefinitions>"
			"<t:TimeZoneDefinition Id=\"Z\">%s</t:TimeZoneDefinition>"
			"</m:TimeZoneDefinitions></m:GetServerTimeZonesResponseMessage>"
			"</m:ResponseMessages></m:GetServerTimeZonesResponse>",
			definitions[i].definition);
		print_message("# %s\n", definitions[i].name);
		golden_check(&g, definitions[i].rules);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders_are_asked),
		cmocka_unit_test(folders_are_brief),
		cmocka_unit_test(folders_that_cannot_be_asked),
		cmocka_unit_test(folders_are_read),
		cmocka_unit_test(folders_odd_answers),
		cmocka_unit_test(recorded_folders),
		cmocka_unit_test(folders_tell_their_mailbox),
		cmocka_unit_test(delegates_are_asked),
		cmocka_unit_test(delegates_are_read),
		cmocka_unit_test(zones_are_asked),
		cmocka_unit_test(zones_are_read),
		cmocka_unit_test(zone_rules_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
