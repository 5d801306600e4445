/* Folders and delegates: rights, denials, permission sets, finding, changing, syncing. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_unit.h"

#define WORLD                                                                                      \
	"clock 2026-11-23T08:00:00Z frozen\n"                                                      \
	"premise hq 2019 host mail.example.test\n schemes basic\n"                                 \
	"domain example.test premise hq\n"                                                         \
	"mailbox svc@example.test \"Connector\"\n password " UNIT_PASSWORD "\n impersonation\n"    \
	"mailbox bob@example.test \"Bob\"\n password " UNIT_PASSWORD "\n"                          \
	"mailbox anna@example.test \"Anna\"\n password " UNIT_PASSWORD "\n culture de-DE\n"        \
	" grant svc@example.test Editor\n folder Team\n folder Notes IPF.Note\n"

#define CALENDAR(of)                                                                               \
	"<t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox><t:EmailAddress>" of                  \
	"</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
#define OWN(name) "<t:DistinguishedFolderId Id=\"" name "\"/>"
#define GET(base, more, ids)                                                                       \
	"<m:GetFolder><m:FolderShape><t:BaseShape>" base "</t:BaseShape>" more                     \
	"</m:FolderShape><m:FolderIds>" ids "</m:FolderIds></m:GetFolder>"
#define MORE(uris) "<t:AdditionalProperties>" uris "</t:AdditionalProperties>"
#define URI(name) "<t:FieldURI FieldURI=\"folder:" name "\"/>"
#define PR_RIGHTS "<t:ExtendedFieldURI PropertyTag=\"0x6639\" PropertyType=\"Integer\"/>"

static const char svc[] = "svc@example.test", anna[] = "anna@example.test";

static bool has(const struct unit *u, const char *part)
{
	return strstr(u->body, part) != NULL;
}

static void want(const struct unit *u, const char *part)
{
	if (!has(u, part))
		fail_msg("no %s in %d %s", part, u->status, u->body);
}

static int count(const struct unit *u, const char *part)
{
	int n = 0;

	for (const char *at = u->body; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

static void call(struct unit *u, const char *login, const char *op)
{
	unit_call(u, login, "Exchange2016", NULL, op);
}

/* The value between these, copied. */
static char *between(const struct unit *u, const char *before, const char *after)
{
	const char *at = strstr(u->body, before), *end;

	assert_non_null(at);
	at += strlen(before);
	end = strstr(at, after);
	assert_non_null(end);
	return copy_n(at, (size_t)(end - at));
}

static void rights_on_the_wire(void **state)
{
	static const struct {
		const char *level, *rights, *read, *create, *associated, *sharing;
	} rows[] = {
		{ "Reviewer", "1025", "true", "false", "false", "FullDetails" },
		{ "Contributor", "1026", "false", "true", "false", "None" },
		{ "Author", "1051", "true", "true", "false", "FullDetails" },
		{ "Editor", "1147", "true", "true", "false", "FullDetails" },
		{ "Owner", "2043", "true", "true", "true", "FullDetails" },
		{ "None", NULL, NULL, NULL, NULL, NULL },
		{ "AvailabilityOnly", NULL, NULL, NULL, NULL, NULL },
		{ "LimitedDetails", NULL, NULL, NULL, NULL, NULL },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = format(
			"mailbox anna@example.test\n grant svc@example.test %s\n", rows[i].level);
		char *part;

		unit_say(&u, line);
		free(line);
		call(&u, svc,
			GET("IdOnly",
				MORE(URI("EffectiveRights") URI("SharingEffectiveRights")
						PR_RIGHTS),
				CALENDAR("anna@example.test")));
		assert_int_equal(u.status, 200);
		if (rows[i].rights == NULL) {
			want(&u, "<m:ResponseCode>ErrorItemNotFound</m:ResponseCode>");
			want(&u, "<m:Folders/>");
			continue;
		}
		part = format("<t:Value>%s</t:Value>", rows[i].rights);
		want(&u, part);
		free(part);
		part = format("<t:Read>%s</t:Read>", rows[i].read);
		want(&u, part);
		free(part);
		part = format("<t:CreateContents>%s</t:CreateContents>", rows[i].create);
		want(&u, part);
		free(part);
		part = format("<t:CreateAssociated>%s</t:CreateAssociated>", rows[i].associated);
		want(&u, part);
		free(part);
		part = format("<t:SharingEffectiveRights>%s<", rows[i].sharing);
		want(&u, part);
		free(part);
	}
	unit_close(&u);
}

/* What else opens: everything, one folder, or nothing. */
static void how_far_it_goes(void **state)
{
#define HERS(name)                                                                                 \
	"<t:DistinguishedFolderId Id=\"" name "\"><t:Mailbox><t:EmailAddress>anna@example.test"    \
	"</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
	static const struct {
		const char *line;
		int open;
	} rows[] = {
		{ "revoke svc@example.test", 0 },
		{ "grant svc@example.test Editor", 1 },
		{ "grant svc@example.test Reviewer on inbox", 2 },
		{ "full-access svc@example.test", 4 },
		{ "no-full-access svc@example.test", 2 },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = format("mailbox anna@example.test\n %s\n", rows[i].line);

		unit_say(&u, line);
		free(line);
		call(&u, svc,
			GET("IdOnly", MORE(URI("EffectiveRights") URI("PermissionSet")),
				HERS("calendar") HERS("inbox") HERS("contacts")
					HERS("msgfolderroot")));
		assert_int_equal(count(&u, "ResponseClass=\"Success\""), rows[i].open);
		assert_int_equal(count(&u, "<t:PermissionSet>"), rows[i].open == 4 ? 4 : 0);
	}
	unit_close(&u);
}

static void denials(void **state)
{
	static const struct {
		const char *product, *value, *code;
	} rows[] = {
		{ "2007sp1", "by-version", "ErrorAccessDenied" },
		{ "2010sp3", "by-version", "ErrorFolderNotFound" },
		{ "2016", "by-version", "ErrorItemNotFound" },
		{ "2016", "ErrorAccessDenied", "ErrorAccessDenied" },
		{ "2007sp1", "ErrorItemNotFound", "ErrorItemNotFound" },
		{ "2016", "rights-false", "NoError" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *line = format("premise hq\n product %s\n unsure denial %s\n", rows[i].product,
			rows[i].value);
		char *part = format("<m:ResponseCode>%s</m:ResponseCode>", rows[i].code);

		unit_say(&u, line);
		unit_call(&u, svc, NULL, NULL,
			GET("AllProperties", "", CALENDAR("bob@example.test")));
		want(&u, part);
		free(part);
		free(line);
	}
	want(&u, "<t:Read>false</t:Read>");
	assert_null(strstr(u.body, ">true</t:"));
	unit_close(&u);
}

static void what_ids_name(void **state)
{
	struct unit u;
	char *id, *op;
	static const struct {
		const char *id, *code;
	} rows[] = {
		{ "<t:FolderId Id=\"\"/>", "ErrorInvalidIdEmpty" },
		{ "<t:FolderId Id=\"AAMk\"/>", "ErrorInvalidIdMalformed" },
		{ CALENDAR("gone@example.test"), "ErrorNonExistentMailbox" },
		{ "<t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox/></t:DistinguishedFolderId>",
			"ErrorNonExistentMailbox" },
		{ OWN("voicemail"), "ErrorFolderNotFound" },
	};

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		op = format(GET("IdOnly", "", "%s"), rows[i].id);
		call(&u, svc, op);
		free(op);
		want(&u, rows[i].code);
	}
	call(&u, svc, GET("IdOnly", "", CALENDAR("anna@example.test")));
	id = between(&u, "FolderId Id=\"", "\"");
	assert_in_range(strlen(id), 100, 200);
	op = format(GET("Default", "", "<t:FolderId Id=\"%s\"/>"), id);
	call(&u, svc, op);
	want(&u, "<t:DisplayName>Kalender</t:DisplayName>");
	want(&u, id);
	id[60] = id[60] == 'a' ? 'A' : 'a';
	free(op);
	op = format(GET("Default", "", "<t:FolderId Id=\"%s\"/>"), id);
	call(&u, svc, op);
	want(&u, "ErrorInvalidIdMalformed");
	free(op);
	free(id);
	unit_close(&u);
}

static void too_many_mailboxes(void **state)
{
	struct unit u;
	struct text op = { 0 };

	(void)state;
	unit_open(&u, WORLD);
	text_puts(&op,
		"<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>"
		"</m:FolderShape><m:FolderIds>");
	for (int i = 0; i < 18; i++) {
		char *line =
			format("mailbox p%d@example.test\n grant svc@example.test Reviewer\n", i);

		unit_say(&u, line);
		free(line);
		for (int twice = 0; twice < 2; twice++)
			text_printf(&op, CALENDAR("p%d@example.test"), i);
	}
	text_puts(&op, "</m:FolderIds></m:GetFolder>");
	call(&u, svc, op.at);
	assert_int_equal(count(&u, "ResponseClass=\"Success\""), 32);
	assert_int_equal(
		count(&u, "<m:ResponseCode>ErrorTooManyObjectsOpened</m:ResponseCode>"), 4);
	want(&u, "Too many concurrent connections opened., Cannot open mailbox");
	text_free(&op);
	unit_close(&u);
}

static void permission_sets(void **state)
{
#define ENTRY(user, more)                                                                          \
	"<t:CalendarPermission><t:UserId>" user "</t:UserId>" more "</t:CalendarPermission>"
#define LEVEL(level) "<t:CalendarPermissionLevel>" level "</t:CalendarPermissionLevel>"
#define BOB "<t:PrimarySmtpAddress>bob@example.test</t:PrimarySmtpAddress>"
#define SET(entries)                                                                               \
	"<m:UpdateFolder><m:FolderChanges><t:FolderChange>" OWN(                                   \
		"calendar") "<t:Updates>"                                                          \
			    "<t:SetFolderField><t:FieldURI "                                       \
			    "FieldURI=\"folder:PermissionSet\"/><t:CalendarFolder>"                \
			    "<t:PermissionSet><t:CalendarPermissions>" entries                     \
			    "</t:CalendarPermissions>"                                             \
			    "</t:PermissionSet></t:CalendarFolder></t:SetFolderField></"           \
			    "t:Updates></t:FolderChange>"                                          \
			    "</m:FolderChanges></m:UpdateFolder>"
	static const struct {
		const char *op, *code;
	} rows[] = {
		{ SET(ENTRY(BOB, LEVEL("Reviewer"))), "NoError" },
		{ SET(ENTRY(BOB, LEVEL("Reviewer")) ENTRY(BOB, LEVEL("Editor"))),
			"ErrorDuplicateUserIdsSpecified" },
		{ SET(ENTRY("", LEVEL("Reviewer"))), "ErrorMissingUserIdInformation" },
		{ SET(ENTRY("<t:PrimarySmtpAddress>x@y</t:PrimarySmtpAddress>", LEVEL("Editor"))),
			"ErrorInvalidUserInfo" },
		{ SET(ENTRY(BOB, "<t:CanCreateItems>true</t:CanCreateItems>" LEVEL("Editor"))),
			"ErrorInvalidPermissionSettings" },
		{ SET(ENTRY("<t:DistinguishedUser>Default</t:DistinguishedUser>",
			  LEVEL("FreeBusyTimeAndSubjectAndLocation")) ENTRY(BOB,
			  "<t:CanCreateItems>true</t:CanCreateItems><t:ReadItems>TimeOnly"
			  "</t:ReadItems>" LEVEL("Custom"))),
			"NoError" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	call(&u, anna, GET("IdOnly", MORE(URI("PermissionSet")), OWN("calendar")));
	assert_int_equal(count(&u, "<t:CalendarPermission>"), 3);
	want(&u, "<t:CalendarPermissionLevel>FreeBusyTimeOnly<");
	want(&u, "<t:PrimarySmtpAddress>svc@example.test</t:PrimarySmtpAddress>");
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *part = format("<m:ResponseCode>%s</m:ResponseCode>", rows[i].code);

		call(&u, anna, rows[i].op);
		want(&u, part);
		free(part);
	}
	call(&u, anna, GET("IdOnly", MORE(URI("PermissionSet")), OWN("calendar")));
	assert_int_equal(count(&u, "<t:CalendarPermission>"), 3);
	want(&u, "<t:CalendarPermissionLevel>FreeBusyTimeAndSubjectAndLocation<");
	want(&u, "<t:ReadItems>TimeOnly</t:ReadItems><t:CalendarPermissionLevel>Custom<");
	assert_false(has(&u, "svc@example.test"));
	/* Delegates see nothing of it, or are refused. */
	unit_say(&u, "mailbox anna@example.test\n grant svc@example.test Editor\n");
	call(&u, svc, GET("IdOnly", MORE(URI("PermissionSet")), CALENDAR("anna@example.test")));
	want(&u, "NoError");
	assert_false(has(&u, "PermissionSet"));
	unit_say(&u, "premise hq\n unsure permission-set ErrorAccessDenied\n");
	call(&u, svc, GET("IdOnly", MORE(URI("PermissionSet")), CALENDAR("anna@example.test")));
	want(&u, "ErrorAccessDenied");
	unit_close(&u);
}

static void lagging_rights(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_say(&u,
		"premise hq\n rights-delay 60s\nmailbox bob@example.test\n"
		" grant svc@example.test Editor\n");
	call(&u, svc, GET("IdOnly", "", CALENDAR("bob@example.test")));
	want(&u, "ErrorItemNotFound");
	unit_say(&u, "clock +61s\n");
	call(&u, svc, GET("IdOnly", "", CALENDAR("bob@example.test")));
	want(&u, "NoError");
	unit_close(&u);
}

static void finding(void **state)
{
#define FIND(more)                                                                                 \
	"<m:FindFolder Traversal=\"Deep\"><m:FolderShape><t:BaseShape>Default"                     \
	"</t:BaseShape></m:FolderShape>" more                                                      \
	"<m:ParentFolderIds>" OWN("msgfolderroot") "</m:ParentFolderIds></m:FindFolder>"
#define WHERE(what) "<m:Restriction>" what "</m:Restriction>"
#define EQUAL(uri, value)                                                                          \
	"<t:IsEqualTo>" URI(uri) "<t:FieldURIOrConstant><t:Constant Value=\"" value                \
				 "\"/></t:FieldURIOrConstant></t:IsEqualTo>"
	static const struct {
		const char *op, *part;
		int folders;
	} rows[] = {
		{ FIND(""), "<m:RootFolder TotalItemsInView=\"11\"", 11 },
		{ FIND(WHERE(EQUAL("FolderClass", "IPF.Appointment"))), ">Team<", 2 },
		{ FIND(WHERE("<t:And>" EQUAL("FolderClass", "IPF.Appointment") "<t:Not>" EQUAL(
			  "DisplayName", "team") "</t:Not></t:And>")),
			">Kalender<", 1 },
		{ FIND(WHERE("<t:Or>" EQUAL("DisplayName", "TEAM")
				  EQUAL("TotalCount", "99") "</t:Or>")),
			">Team<", 1 },
		{ FIND(WHERE("<t:Contains ContainmentMode=\"Prefixed\">" URI(
			  "DisplayName") "<t:Constant Value=\"kal\"/></t:Contains>")),
			">Kalender<", 1 },
		{ FIND("<m:IndexedPageFolderView MaxEntriesReturned=\"4\" Offset=\"8\" "
		       "BasePoint=\"Beginning\"/>"),
			"IndexedPagingOffset=\"11\" "
			"TotalItemsInView=\"11\" IncludesLastItemInRange=\"true\"",
			3 },
		{ FIND("<m:IndexedPageFolderView MaxEntriesReturned=\"4\" Offset=\"0\" "
		       "BasePoint=\"Beginning\"/>"),
			"IncludesLastItemInRange=\"false\"", 4 },
		{ FIND("<m:FractionalPageFolderView Numerator=\"1\" Denominator=\"0\"/>"),
			"ErrorInvalidFractionalPagingParameters", 0 },
		{ FIND("<m:IndexedPageFolderView Offset=\"-1\" BasePoint=\"Beginning\"/>"),
			"ErrorInvalidIndexedPagingParameters", 0 },
	};
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	for (size_t i = 0; i < COUNT(rows); i++) {
		call(&u, anna, rows[i].op);
		want(&u, rows[i].part);
		if (count(&u, "<t:DisplayName>") != rows[i].folders)
			fail_msg("row %zu: %s", i, u.body);
	}
	unit_close(&u);
}

static void making_and_syncing(void **state)
{
#define SYNC                                                                                       \
	"<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>"                  \
	"</m:FolderShape><m:SyncState>%s</m:SyncState></m:SyncFolderHierarchy>"
	struct unit u;
	char *op, *state_then, *id;

	(void)state;
	unit_open(&u, WORLD);
	op = format(SYNC, "");
	call(&u, anna, op);
	free(op);
	assert_int_equal(count(&u, "<t:Create>"), 12);
	state_then = between(&u, "<m:SyncState>", "<");
	call(&u, anna,
		"<m:CreateFolder><m:ParentFolderId>" OWN(
			"calendar") "</m:ParentFolderId>"
				    "<m:Folders><t:CalendarFolder><t:DisplayName>Plans</"
				    "t:DisplayName>"
				    "</t:CalendarFolder><t:CalendarFolder><t:DisplayName>plans</"
				    "t:DisplayName>"
				    "</t:CalendarFolder></m:Folders></m:CreateFolder>");
	want(&u, "ErrorFolderExists");
	id = between(&u, "FolderId Id=\"", "\"");
	op = format(SYNC, state_then);
	call(&u, anna, op);
	assert_int_equal(count(&u, "<t:Create>"), 1);
	assert_int_equal(count(&u, "<t:Update>"), 0);
	want(&u, id);
	free(op);
	free(state_then);
	state_then = between(&u, "<m:SyncState>", "<");
	op = format("<m:DeleteFolder DeleteType=\"HardDelete\"><m:FolderIds><t:FolderId "
		    "Id=\"%s\"/>" OWN("inbox") "</m:FolderIds></m:DeleteFolder>",
		id);
	call(&u, anna, op);
	want(&u, "NoError");
	want(&u, "ErrorDeleteDistinguishedFolder");
	free(op);
	op = format(SYNC, state_then);
	call(&u, anna, op);
	assert_int_equal(count(&u, "<t:Delete>"), 1);
	free(op);
	call(&u, svc,
		"<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>"
		"</m:FolderShape><m:SyncState>AAAA</m:SyncState></m:SyncFolderHierarchy>");
	want(&u, "ErrorInvalidSyncStateData");
	free(state_then);
	free(id);
	unit_close(&u);
}

static void delegates(void **state)
{
#define OF(address) "<m:Mailbox><t:EmailAddress>" address "</t:EmailAddress></m:Mailbox>"
#define GET_DELEGATE                                                                               \
	"<m:GetDelegate IncludePermissions=\"true\">" OF("anna@example.test") "</m:GetDelegate>"
#define USER(id, more)                                                                             \
	"<m:DelegateUsers><t:DelegateUser><t:UserId>" id "</t:UserId>" more                        \
	"</t:DelegateUser></m:DelegateUsers>"
#define ADD(id, more) "<m:AddDelegate>" OF("anna@example.test") USER(id, more) "</m:AddDelegate>"
#define EDIT                                                                                       \
	"<t:DelegatePermissions><t:CalendarFolderPermissionLevel>Editor"                           \
	"</t:CalendarFolderPermissionLevel></t:DelegatePermissions>"
#define SMTP(a) "<t:PrimarySmtpAddress>" a "</t:PrimarySmtpAddress>"
#define COPIES "<t:ReceiveCopiesOfMeetingMessages>true</t:ReceiveCopiesOfMeetingMessages>"
	static const struct {
		const char *login, *op, *part;
	} rows[] = {
		{ anna, GET_DELEGATE, "ErrorDelegateMissingConfiguration" },
		{ svc, GET_DELEGATE, "ErrorAccessDenied" },
		{ anna, ADD(SMTP("anna@example.test"), ""), "ErrorDelegateCannotAddOwner" },
		{ anna, ADD(SMTP("gone@example.test"), ""), "ErrorDelegateNoUser" },
		{ anna, ADD("", ""), "ErrorInvalidDelegateUserId" },
		{ anna, ADD(SMTP("bob@example.test"), COPIES), "ErrorDelegateValidationFailed" },
		{ anna, ADD(SMTP("bob@example.test"), EDIT COPIES),
			"<t:CalendarFolderPermissionLevel>Editor<" },
		{ anna, ADD(SMTP("bob@example.test"), EDIT), "ErrorDelegateAlreadyExists" },
		{ anna, GET_DELEGATE, "<t:ReceiveCopiesOfMeetingMessages>true<" },
		{ anna, GET_DELEGATE,
			"<m:DeliverMeetingRequests>DelegatesAndSendInformationToMe<" },
		{ anna,
			"<m:UpdateDelegate>" OF("anna@example.test")
				USER(SMTP("svc@example.test"), EDIT) "</m:UpdateDelegate>",
			"ErrorNotDelegate" },
		{ anna,
			"<m:UpdateDelegate>" OF("anna@example.test") USER(SMTP("bob@example.test"),
				"<t:ViewPrivateItems>true</t:ViewPrivateItems>") "<m:"
										 "DeliverMeetingReq"
										 "uests>NoForward</"
										 "m:"
										 "DeliverMeetingReq"
										 "uests>"
										 "</"
										 "m:"
										 "UpdateDelegate>",
			"<t:ViewPrivateItems>true<" },
		{ anna, GET_DELEGATE, ">NoForward<" },
		{ anna,
			"<m:RemoveDelegate>" OF("anna@example.test") "<m:UserIds><t:UserId>" SMTP(
				"bob@example.test") "</t:UserId></m:UserIds></m:RemoveDelegate>",
			"<m:DelegateUserResponseMessageType ResponseClass=\"Success\">" },
		{ anna, GET_DELEGATE, "<m:GetDelegateResponse xmlns:m=" },
	};
	struct unit u;
	struct mailbox *owner, *bob;

	(void)state;
	unit_open(&u, WORLD);
	owner = world_mailbox(u.sim.world, "anna@example.test");
	bob = world_mailbox(u.sim.world, "bob@example.test");
	for (size_t i = 0; i < COUNT(rows); i++) {
		call(&u, rows[i].login, rows[i].op);
		want(&u, rows[i].part);
		if (i == 6) {
			assert_true(world_sends_on_behalf(owner, bob));
			assert_int_equal(world_rights(u.sim.world, owner, FOLDER_CALENDAR, bob,
						 world_now(u.sim.world)),
				0x47b);
		}
	}
	assert_false(has(&u, "bob@example.test"));
	assert_false(world_sends_on_behalf(owner, bob));
	unit_close(&u);
}

static void older_versions(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, WORLD);
	unit_call(&u, svc, "Exchange2007_SP1", NULL,
		GET("AllProperties", "", CALENDAR("anna@example.test")));
	assert_int_equal(u.status, 200);
	assert_false(has(&u, "ViewPrivateItems"));
	assert_false(has(&u, "SharingEffectiveRights"));
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_on_the_wire),
		cmocka_unit_test(how_far_it_goes),
		cmocka_unit_test(denials),
		cmocka_unit_test(what_ids_name),
		cmocka_unit_test(too_many_mailboxes),
		cmocka_unit_test(permission_sets),
		cmocka_unit_test(lagging_rights),
		cmocka_unit_test(finding),
		cmocka_unit_test(making_and_syncing),
		cmocka_unit_test(delegates),
		cmocka_unit_test(older_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
