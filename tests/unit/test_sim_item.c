/* The simulator's CreateItem, GetItem, UpdateItem, DeleteItem and SendItem: single items and
 * series. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_item_unit.h"

static void create_in_anothers_calendar(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToNone",
		"<t:Subject>Interview &amp; talk</t:Subject><t:Sensitivity>Normal</t:Sensitivity>"
		"<t:Body BodyType=\"Text\">Agenda</t:Body>"
		"<t:Categories><t:String>Red</t:String><t:String>Blue</t:String></t:Categories>"
		"<t:ReminderIsSet>true</t:ReminderIsSet>"
		"<t:ReminderMinutesBeforeStart>30</t:ReminderMinutesBeforeStart>"
		"<t:ExtendedProperty>" TAG_PATH "<t:Value>42</t:Value></t:ExtendedProperty>"
		"<t:Start>2026-11-23T09:00:00</t:Start><t:End>2026-11-23T10:00:00</t:End>"
		"<t:IsAllDayEvent>false</t:IsAllDayEvent>"
		"<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus><t:Location>R1</"
		"t:Location>" BERLIN);
	assert_code(&u, "NoError");
	assert_non_null(id);
	ask(&u, SVC, NULL,
		"<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>"
		"<t:AdditionalProperties>" TAG_PATH
		"<t:ExtendedFieldURI DistinguishedPropertySetId=\"Meeting\" PropertyId=\"35\" "
		"PropertyType=\"Binary\"/><t:ExtendedFieldURI PropertyTag=\"0x0E08\" "
		"PropertyType=\"Integer\"/></t:AdditionalProperties></m:ItemShape><m:ItemIds>"
		"<t:ItemId %s/></m:ItemIds></m:GetItem>",
		id);
	assert_has(&u, "<t:Subject>Interview &amp; talk</t:Subject>");
	assert_has(&u, "<t:Start>2026-11-23T08:00:00Z</t:Start>");
	assert_has(&u, "<t:End>2026-11-23T09:00:00Z</t:End>");
	assert_has(&u, "<t:StartTimeZoneId>W. Europe Standard Time</t:StartTimeZoneId>");
	assert_has(&u, "<t:StartWallClock>2026-11-23T09:00:00+01:00</t:StartWallClock>");
	assert_has(&u, "<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>");
	assert_has(&u, "<t:String>Red</t:String><t:String>Blue</t:String>");
	assert_has(&u, "PropertyName=\"BookingId\" PropertyType=\"String\"/><t:Value>42</t:Value>");
	assert_has(&u, "PropertyTag=\"0xe08\"");
	assert_has(
		&u, "PropertyId=\"35\" PropertyType=\"Binary\"/><t:Value>BAAAAIIA4AB0xbcQGoLgCA");
	assert_has(&u, "<t:EmailAddress>anna@example.test</t:EmailAddress>");
	assert_has(&u, "<t:Modify>true</t:Modify>");
	assert_has(&u, "<t:Duration>PT1H</t:Duration>");
	assert_has(&u, "<t:Body BodyType=\"Text\" IsTruncated=\"false\">Agenda</t:Body>");
	free(id);
	unit_close(&u);
}

static void create_without_folder_is_own(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, SVC, NULL, "SendToNone", "<t:Subject>Mine</t:Subject>" TIMES);
	get_all(&u, SVC, id);
	assert_has(&u, "<t:EmailAddress>svc@example.test</t:EmailAddress>");
	free(id);
	ask(&u, SVC, UNIT_AS(ANNA),
		"<m:CreateItem SendMeetingInvitations=\"SendToNone\"><m:Items><t:CalendarItem>"
		"<t:Subject>Hers</t:Subject>" TIMES "</t:CalendarItem></m:Items></m:CreateItem>");
	id = id_of(u.body, 0);
	unit_call(&u, ANNA, LATEST, NULL, "<m:GetServerTimeZones/>");
	get_all(&u, ANNA, id);
	assert_has(&u, "<t:EmailAddress>anna@example.test</t:EmailAddress>");
	free(id);
	unit_close(&u);
}

static void create_refusals(void **state)
{
	static const struct {
		const char *inside, *code;
	} rows[] = {
		{ "<t:Start>2026-11-23T10:00:00Z</t:Start><t:End>2026-11-23T09:00:00Z</t:End>",
			"ErrorCalendarEndDateIsEarlierThanStartDate" },
		{ "<t:Start>2026-11-23T10:00:00Z</t:Start><t:End>2036-11-23T09:00:00Z</t:End>",
			"ErrorCalendarDurationIsTooLong" },
		{ TIMES "<t:Organizer><t:Mailbox><t:EmailAddress>x@y.test</t:EmailAddress>"
			"</t:Mailbox></t:Organizer>",
			"ErrorInvalidPropertySet" },
		{ TIMES "<t:IsMeeting>true</t:IsMeeting>", "ErrorInvalidPropertySet" },
		{ TIMES "<t:RequiredAttendees>" ATTENDEE("nobody") "</t:RequiredAttendees>",
			"ErrorInvalidRecipients" },
		{ TIMES "<t:RequiredAttendees><t:Attendee><t:Mailbox><t:Name>Anna</t:Name>"
			"</t:Mailbox></t:Attendee></t:RequiredAttendees>",
			"ErrorInvalidRecipients" },
		{ TIMES "<t:StartTimeZone Id=\"Nowhere\"/>", "ErrorTimeZone" },
		{ TIMES "<t:MeetingTimeZone TimeZoneName=\"Nowhere\"/>",
			"ErrorCalendarInvalidTimeZone" },
		{ "<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag=\"0x8001\" "
		  "PropertyType=\"String\"/><t:Value>1</t:Value></t:ExtendedProperty>" TIMES,
			"ErrorInvalidExtendedProperty" },
		{ "<t:ExtendedProperty><t:ExtendedFieldURI PropertyTag=\"0x0e05\" "
		  "PropertyType=\"Object\"/><t:Value>1</t:Value></t:ExtendedProperty>" TIMES,
			"ErrorUnsupportedMapiPropertyType" },
		{ TIMES "<t:Recurrence><t:DailyRecurrence><t:Interval>0</t:Interval>"
			"</t:DailyRecurrence><t:NoEndRecurrence><t:StartDate>2026-11-23"
			"</t:StartDate></t:NoEndRecurrence></t:Recurrence>",
			"ErrorCalendarInvalidPropertyValue" },
		{ TIMES "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval>"
			"</t:DailyRecurrence><t:EndDateRecurrence><t:StartDate>2026-11-23"
			"</t:StartDate><t:EndDate>2026-11-01</t:EndDate></t:EndDateRecurrence>"
			"</t:Recurrence>",
			"ErrorCalendarEndDateIsEarlierThanStartDate" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	for (size_t n = 0; n < COUNT(rows); n++) {
		assert_null(make_event(&u, ANNA, NULL, "SendToNone", rows[n].inside));
		if (strstr(u.body, rows[n].code) == NULL)
			fail_msg("row %zu: %s", n, u.body);
		assert_has(&u, "<m:Items/>");
	}
	/* Nothing of it was kept. */
	assert_null(store_folder(
		store_of(u.sim.world, world_mailbox(u.sim.world, ANNA)), FOLDER_CALENDAR));
	ask(&u, ANNA, NULL,
		"<m:CreateItem><m:Items><t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem>"
		"<t:Message/></m:Items></m:CreateItem>");
	assert_code(&u, "ErrorSendMeetingInvitationsRequired");
	assert_code(&u, "ErrorMessageDispositionRequired");
	assert_null(make_event(
		&u, ANNA, "<t:DistinguishedFolderId Id=\"inbox\"/>", "SendToNone", TIMES));
	assert_code(&u, "ErrorCannotCreateCalendarItemInNonCalendarFolder");
	unit_close(&u);
}

static void create_needs_the_right(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION "grant bob@example.test Reviewer\n");
	assert_null(make_event(&u, BOB, CALENDAR_OF(ANNA), "SendToNone", TIMES));
	assert_code(&u, "ErrorCreateItemAccessDenied");
	unit_say(&u, "premise hq\nunsure create-denied ErrorAccessDenied\n");
	assert_null(make_event(&u, BOB, CALENDAR_OF(ANNA), "SendToNone", TIMES));
	assert_code(&u, "ErrorAccessDenied");
	/* A folder that does not open is not found; one of nobody's mailbox says so. */
	assert_null(make_event(&u, SVC, CALENDAR_OF(BOB), "SendToNone", TIMES));
	assert_code(&u, "ErrorSavedItemFolderNotFound");
	assert_null(make_event(&u, SVC, CALENDAR_OF("nobody@example.test"), "SendToNone", TIMES));
	assert_code(&u, "ErrorNonExistentMailbox");
	unit_close(&u);
}

/* Who has no mailbox of his own reads what everybody may, and writes nothing. */
static void without_a_mailbox(void **state)
{
	static const char NOBOX[] = "nobox@example.test";
	static const char find[] = "<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>"
				   "IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>%s"
				   "</m:ParentFolderIds></m:FindItem>";
	struct unit u;

	(void)state;
	unit_open(&u,
		ORGANISATION "grant default Editor\n"
			     "account nobox@example.test password " UNIT_PASSWORD "\n");
	ask(&u, NOBOX, NULL, find, "<t:DistinguishedFolderId Id=\"calendar\"/>");
	assert_int_equal(u.status, 200);
	assert_code(&u, "ErrorMissingEmailAddress");
	free(make_event(&u, ANNA, NULL, "SendToNone", TIMES));
	ask(&u, NOBOX, NULL, find, CALENDAR_OF(ANNA));
	assert_code(&u, "NoError");
	char *id = id_of(u.body, 0);
	assert_null(make_event(&u, NOBOX, CALENDAR_OF(ANNA), "SendToNone", TIMES));
	assert_code(&u, "ErrorMissingEmailAddress");
	assert_null(make_event(&u, NOBOX, NULL, "SendToNone", TIMES));
	assert_code(&u, "ErrorMissingEmailAddress");
	ask(&u, NOBOX, NULL,
		"<m:DeleteItem DeleteType=\"HardDelete\" SendMeetingCancellations=\"SendToNone\">"
		"<m:ItemIds><t:ItemId %s/></m:ItemIds></m:DeleteItem>",
		id);
	assert_code(&u, "ErrorMissingEmailAddress");
	ask(&u, NOBOX, NULL,
		"<m:CreateItem MessageDisposition=\"SendOnly\"><m:Items><t:Message><t:ToRecipients>"
		"<t:Mailbox><t:EmailAddress>anna@example.test</t:EmailAddress></t:Mailbox>"
		"</t:ToRecipients></t:Message></m:Items></m:CreateItem>");
	assert_code(&u, "ErrorMissingEmailAddress");
	ask(&u, NOBOX, NULL,
		"<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape>"
		"</m:FolderShape></m:SyncFolderHierarchy>");
	assert_code(&u, "ErrorMissingEmailAddress");
	unit_say(&u, "premise hq\nunsure no-mailbox ErrorNonExistentMailbox\n");
	ask(&u, NOBOX, NULL, find, "<t:DistinguishedFolderId Id=\"calendar\"/>");
	assert_code(&u, "ErrorNonExistentMailbox");
	free(id);
	unit_close(&u);
}

static void private_items_of_others(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone",
		"<t:Subject>Doctor</t:Subject><t:Sensitivity>Private</t:Sensitivity>"
		"<t:Body BodyType=\"Text\">Knee</t:Body>" TIMES "<t:Location>Clinic</t:Location>");
	get_all(&u, ANNA, id);
	assert_has(&u, "Doctor");
	free(id);
	ask(&u, SVC, NULL,
		"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>AllProperties"
		"</t:BaseShape></m:ItemShape><m:ParentFolderIds>" CALENDAR_OF(
			ANNA) "</m:ParentFolderIds></m:FindItem>");
	assert_has(&u, "<t:Sensitivity>Private</t:Sensitivity>");
	assert_has(&u, "<t:Start>2026-11-23T09:00:00Z</t:Start>");
	id = id_of(u.body, 0);
	get_all(&u, SVC, id);
	assert_lacks(&u, "Doctor");
	assert_lacks(&u, "Knee");
	assert_lacks(&u, "Clinic");
	assert_lacks(&u, "<t:Subject>");
	unit_say(&u, "premise hq\nunsure private-subject shown\n");
	get_all(&u, SVC, id);
	assert_has(&u, "<t:Subject>Private appointment</t:Subject>");
	unit_say(&u, "mailbox anna@example.test\ngrant svc@example.test Editor private\n");
	get_all(&u, SVC, id);
	assert_has(&u, "Doctor");
	free(id);
	unit_close(&u);
}

static void every_recurrence(void **state)
{
	static const char *const rows[] = {
		"<t:DailyRecurrence><t:Interval>2</t:Interval></t:DailyRecurrence>",
		"<t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday Wednesday"
		"</t:DaysOfWeek></t:WeeklyRecurrence>",
		"<t:AbsoluteMonthlyRecurrence><t:Interval>1</t:Interval><t:DayOfMonth>23"
		"</t:DayOfMonth></t:AbsoluteMonthlyRecurrence>",
		"<t:RelativeMonthlyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Weekday"
		"</t:DaysOfWeek><t:DayOfWeekIndex>Last</t:DayOfWeekIndex>"
		"</t:RelativeMonthlyRecurrence>",
		"<t:AbsoluteYearlyRecurrence><t:DayOfMonth>24</t:DayOfMonth><t:Month>December"
		"</t:Month></t:AbsoluteYearlyRecurrence>",
		"<t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek><t:DayOfWeekIndex>"
		"First</t:DayOfWeekIndex><t:Month>March</t:Month></t:RelativeYearlyRecurrence>",
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	for (size_t n = 0; n < COUNT(rows); n++) {
		char *inside = format("%s<t:Recurrence>%s%s" BERLIN, TIMES, rows[n], NUMBERED);
		char *id = make_event(&u, ANNA, NULL, "SendToNone", inside);
		assert_non_null(id);
		get_all(&u, ANNA, id);
		assert_has(&u, "<t:CalendarItemType>RecurringMaster</t:CalendarItemType>");
		if (strstr(u.body, rows[n]) == NULL)
			fail_msg("%s not in %s", rows[n], u.body);
		assert_has(&u, "<t:NumberOfOccurrences>4</t:NumberOfOccurrences>");
		assert_has(&u, "<t:FirstOccurrence><t:ItemId ");
		assert_has(&u, "<t:LastOccurrence><t:ItemId ");
		free(id);
		free(inside);
	}
	unit_close(&u);
}

#define WEEKLY                                                                                     \
	"<t:Subject>Weekly</t:Subject>" TIMES                                                      \
	"<t:Recurrence><t:WeeklyRecurrence><t:Interval>1</t:Interval><t:DaysOfWeek>Monday"         \
	"</t:DaysOfWeek></t:WeeklyRecurrence>" NUMBERED

static void occurrences_and_exceptions(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone", WEEKLY);
	char *only = between(id, "Id=\"", "\"", 0);
	ask(&u, ANNA, NULL,
		"<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
		"<m:ItemIds><t:OccurrenceItemId RecurringMasterId=\"%s\" InstanceIndex=\"2\"/>"
		"<t:OccurrenceItemId RecurringMasterId=\"%s\" InstanceIndex=\"5\"/></m:ItemIds>"
		"</m:GetItem>",
		only, only);
	assert_has(&u, "<t:CalendarItemType>Occurrence</t:CalendarItemType>");
	assert_has(&u, "<t:Start>2026-11-30T09:00:00Z</t:Start>");
	assert_code(&u, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange");
	char *second = id_of(u.body, 0);
	char *second_only = between(second, "Id=\"", "\"", 0);
	ask(&u, ANNA, NULL,
		"<m:UpdateItem ConflictResolution=\"AutoResolve\" "
		"SendMeetingInvitationsOrCancellations=\"SendToNone\"><m:ItemChanges><t:ItemChange>"
		"<t:ItemId %s/><t:Updates><t:SetItemField><t:FieldURI FieldURI=\"calendar:Start\"/>"
		"<t:CalendarItem><t:Start>2026-11-30T11:00:00Z</t:Start></t:CalendarItem>"
		"</t:SetItemField><t:SetItemField><t:FieldURI FieldURI=\"calendar:End\"/>"
		"<t:CalendarItem><t:End>2026-11-30T12:00:00Z</t:End></t:CalendarItem>"
		"</t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>",
		second);
	assert_code(&u, "NoError");
	assert_has(&u, "<m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>");
	ask(&u, ANNA, NULL,
		"<m:DeleteItem DeleteType=\"HardDelete\" SendMeetingCancellations=\"SendToNone\">"
		"<m:ItemIds><t:OccurrenceItemId RecurringMasterId=\"%s\" InstanceIndex=\"3\"/>"
		"</m:ItemIds></m:DeleteItem>",
		only);
	assert_code(&u, "NoError");
	ask(&u, ANNA, NULL,
		"<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
		"<m:ItemIds><t:RecurringMasterItemId OccurrenceId=\"%s\"/>"
		"<t:OccurrenceItemId RecurringMasterId=\"%s\" InstanceIndex=\"3\"/></m:ItemIds>"
		"</m:GetItem>",
		second_only, only);
	assert_has(&u, "<t:OriginalStart>2026-11-30T09:00:00Z</t:OriginalStart></t:Occurrence>");
	assert_has(&u, "<t:DeletedOccurrence><t:Start>2026-12-07T09:00:00Z</t:Start>");
	assert_code(&u, "ErrorCalendarOccurrenceIsDeletedFromRecurrence");
	get_all(&u, ANNA, second);
	assert_has(&u, "<t:CalendarItemType>Exception</t:CalendarItemType>");
	assert_has(&u, "<t:Start>2026-11-30T11:00:00Z</t:Start>");
	free(id);
	free(only);
	free(second);
	free(second_only);
	unit_close(&u);
}

static void all_day_in_its_zone(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone",
		"<t:Start>2026-11-23T00:00:00</t:Start><t:End>2026-11-24T00:00:00</t:End>"
		"<t:IsAllDayEvent>true</t:IsAllDayEvent>" BERLIN);
	get_all(&u, ANNA, id);
	assert_has(&u, "<t:Start>2026-11-22T23:00:00Z</t:Start>");
	assert_has(&u, "<t:End>2026-11-23T23:00:00Z</t:End>");
	free(id);
	/* Without a zone the day is UTC's; with a context, the context's. */
	ask(&u, ANNA,
		"<t:TimeZoneContext><t:TimeZoneDefinition Id=\"Tokyo Standard Time\"/>"
		"</t:TimeZoneContext>",
		"<m:CreateItem SendMeetingInvitations=\"SendToNone\"><m:Items><t:CalendarItem>"
		"<t:Start>2026-11-23T10:00:00</t:Start><t:End>2026-11-23T11:00:00</t:End>"
		"</t:CalendarItem></m:Items></m:CreateItem>");
	id = id_of(u.body, 0);
	get_all(&u, ANNA, id);
	assert_has(&u, "<t:Start>2026-11-23T01:00:00Z</t:Start>");
	assert_has(&u, "<t:StartTimeZoneId>Tokyo Standard Time</t:StartTimeZoneId>");
	free(id);
	unit_close(&u);
}

#define UPDATE(conflict, send, inside)                                                             \
	"<m:UpdateItem ConflictResolution=\"" conflict "\" " send                                  \
	"><m:ItemChanges><t:ItemChange><t:ItemId %s/><t:Updates>" inside                           \
	"</t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>"
#define QUIETLY "SendMeetingInvitationsOrCancellations=\"SendToNone\""
#define SET(uri, inside)                                                                           \
	"<t:SetItemField><t:FieldURI FieldURI=\"" uri "\"/><t:CalendarItem>" inside                \
	"</t:CalendarItem></t:SetItemField>"
#define LOCATION SET("calendar:Location", "<t:Location>Room 2</t:Location>")

static void update_refusals(void **state)
{
	static const struct {
		const char *request, *code;
	} rows[] = {
		{ UPDATE("AutoResolve", "", LOCATION),
			"ErrorSendMeetingInvitationsOrCancellationsRequired" },
		{ UPDATE("AutoResolve", QUIETLY,
			  SET("calendar:Start", "<t:Start>2026-11-23T12:00:00Z</t:Start>")),
			"ErrorCalendarEndDateIsEarlierThanStartDate" },
		{ UPDATE("AutoResolve", QUIETLY,
			  SET("calendar:Location",
				  "<t:Subject>a</t:Subject><t:Location>b</t:Location>")),
			"ErrorIncorrectUpdatePropertyCount" },
		{ UPDATE("AutoResolve", QUIETLY,
			  SET("calendar:Location", "<t:Subject>a</t:Subject>")),
			"ErrorUpdatePropertyMismatch" },
		{ UPDATE("AutoResolve", QUIETLY,
			  SET("calendar:IsMeeting", "<t:IsMeeting>true</t:IsMeeting>")),
			"ErrorInvalidPropertySet" },
		{ UPDATE("AutoResolve", QUIETLY,
			  "<t:DeleteItemField><t:FieldURI FieldURI=\"calendar:Start\"/>"
			  "</t:DeleteItemField>"),
			"ErrorInvalidPropertyDelete" },
		{ UPDATE("AutoResolve", QUIETLY,
			  "<t:AppendToItemField><t:FieldURI FieldURI=\"item:Subject\"/>"
			  "<t:CalendarItem><t:Subject>x</t:Subject></t:CalendarItem>"
			  "</t:AppendToItemField>"),
			"ErrorInvalidPropertyAppend" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone", "<t:Subject>Old</t:Subject>" TIMES);
	for (size_t n = 0; n < COUNT(rows); n++) {
		char *head = copy_n(
			rows[n].request, (size_t)(strstr(rows[n].request, "%s") - rows[n].request));
		ask(&u, ANNA, NULL, "%s%s%s", head, id, strstr(rows[n].request, "%s") + 2);
		free(head);
		if (strstr(u.body, rows[n].code) == NULL)
			fail_msg("row %zu: %s", n, u.body);
	}
	get_all(&u, ANNA, id);
	assert_lacks(&u, "Room 2");
	free(id);
	unit_close(&u);
}

static void update_and_conflict(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone",
		"<t:Subject>Old</t:Subject><t:Body BodyType=\"Text\">a</t:Body>"
		"<t:Categories><t:String>x</t:String></t:Categories>" TIMES);
	ask(&u, ANNA, NULL,
		UPDATE("NeverOverwrite", QUIETLY,
			LOCATION "<t:AppendToItemField><t:FieldURI FieldURI=\"item:Body\"/>"
				 "<t:CalendarItem><t:Body BodyType=\"Text\">b</t:Body>"
				 "</t:CalendarItem></t:AppendToItemField><t:DeleteItemField>"
				 "<t:FieldURI FieldURI=\"item:Categories\"/></t:DeleteItemField>"
				 "<t:SetItemField>" TAG_PATH
				 "<t:CalendarItem><t:ExtendedProperty>" TAG_PATH
				 "<t:Value>43</t:Value></t:ExtendedProperty></t:CalendarItem>"
				 "</t:SetItemField>"),
		id);
	assert_code(&u, "NoError");
	char *now = id_of(u.body, 0);
	assert_string_not_equal(id, now);
	get_all(&u, ANNA, now);
	assert_has(&u, ">ab</t:Body>");
	assert_has(&u, "<t:Location>Room 2</t:Location>");
	assert_lacks(&u, "<t:Categories>");
	ask(&u, ANNA, NULL, UPDATE("NeverOverwrite", QUIETLY, LOCATION), id);
	assert_code(&u, "ErrorIrresolvableConflict");
	ask(&u, ANNA, NULL, UPDATE("AutoResolve", QUIETLY, LOCATION), id);
	assert_code(&u, "NoError");
	char *only = between(id, "", " ChangeKey", 0);
	ask(&u, ANNA, NULL, UPDATE("AutoResolve", QUIETLY, LOCATION), only);
	assert_code(&u, "ErrorChangeKeyRequiredForWriteOperations");
	ask(&u, ANNA, NULL, UPDATE("AlwaysOverwrite", QUIETLY, LOCATION), only);
	assert_code(&u, "NoError");
	free(only);
	free(now);
	free(id);
	unit_close(&u);
}

static void update_tells_those_concerned(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION "mailbox carl@example.test\nmailbox anna@example.test\n");
	char *id = make_event(&u, ANNA, NULL, "SendToAllAndSaveCopy", MEETING);
	wait_mail(&u);
	assert_int_equal(mails(&u, BOB), 1);
	/* Only the list changes: Carl comes, nobody else hears of it. */
	ask(&u, ANNA, NULL,
		UPDATE("AlwaysOverwrite",
			"SendMeetingInvitationsOrCancellations=\"SendToChangedAndSaveCopy\"",
			"<t:AppendToItemField><t:FieldURI FieldURI=\"calendar:RequiredAttendees\"/>"
			"<t:CalendarItem><t:RequiredAttendees>" ATTENDEE(
				"carl@example.test") "</t:RequiredAttendees></t:CalendarItem>"
						     "</t:AppendToItemField>"),
		id);
	assert_code(&u, "NoError");
	wait_mail(&u);
	assert_int_equal(mails(&u, "carl@example.test"), 1);
	assert_int_equal(mails(&u, BOB), 1);
	/* Bob goes: he is told; a new place tells Carl. */
	ask(&u, ANNA, NULL,
		UPDATE("AlwaysOverwrite",
			"SendMeetingInvitationsOrCancellations=\"SendToChangedAndSaveCopy\"",
			SET("calendar:RequiredAttendees",
				"<t:RequiredAttendees>" ATTENDEE(
					"carl@example.test") "</t:RequiredAttendees>") LOCATION),
		id);
	assert_code(&u, "NoError");
	wait_mail(&u);
	assert_int_equal(mails(&u, BOB), 2);
	assert_int_equal(mails(&u, "carl@example.test"), 2);
	free(id);
	unit_close(&u);
}

static void delete_ways(void **state)
{
	static const struct {
		const char *type;
		int binned;
	} rows[] = { { "HardDelete", 0 }, { "SoftDelete", 0 }, { "MoveToDeletedItems", 1 } };

	(void)state;
	for (size_t n = 0; n < COUNT(rows); n++) {
		struct unit u;
		unit_open(&u, ORGANISATION);
		char *id = make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToNone", TIMES);
		ask(&u, SVC, NULL,
			"<m:DeleteItem DeleteType=\"%s\"><m:ItemIds><t:ItemId %s/></m:ItemIds>"
			"</m:DeleteItem>",
			rows[n].type, id);
		assert_code(&u, "ErrorSendMeetingCancellationsRequired");
		ask(&u, SVC, NULL,
			"<m:DeleteItem DeleteType=\"%s\" SendMeetingCancellations=\"SendToNone\">"
			"<m:ItemIds><t:ItemId %s/></m:ItemIds></m:DeleteItem>",
			rows[n].type, id);
		assert_code(&u, "NoError");
		struct store *st = store_of(u.sim.world, world_mailbox(u.sim.world, ANNA));
		struct item *binned = store_folder(st, FOLDER_DELETED);
		assert_int_equal(binned != NULL, rows[n].binned);
		get_all(&u, SVC, id);
		assert_code(&u, "ErrorItemNotFound");
		free(id);
		unit_close(&u);
	}
}

static void delegate_bin(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION "premise hq\nunsure delegate-bin delegate\n");
	char *id = make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToNone", TIMES);
	ask(&u, SVC, NULL,
		"<m:DeleteItem DeleteType=\"MoveToDeletedItems\" "
		"SendMeetingCancellations=\"SendToNone\"><m:ItemIds><t:ItemId %s/></m:ItemIds>"
		"</m:DeleteItem>",
		id);
	assert_non_null(store_folder(
		store_of(u.sim.world, world_mailbox(u.sim.world, SVC)), FOLDER_DELETED));
	free(id);
	unit_close(&u);
}

static void author_owns_what_it_made(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION "grant bob@example.test Author\n");
	char *own = make_event(&u, BOB, CALENDAR_OF(ANNA), "SendToNone", TIMES);
	get_all(&u, BOB, own);
	assert_has(&u, "<t:Delete>true</t:Delete><t:Modify>true</t:Modify>");
	free(make_event(&u, ANNA, NULL, "SendToNone", "<t:Subject>Hers</t:Subject>" TIMES));
	ask(&u, BOB, NULL,
		"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
		"<t:AdditionalProperties><t:FieldURI FieldURI=\"item:EffectiveRights\"/>"
		"</t:AdditionalProperties></m:ItemShape><m:ParentFolderIds>" CALENDAR_OF(
			ANNA) "</m:ParentFolderIds></m:FindItem>");
	assert_has(&u, "<t:Delete>false</t:Delete><t:Modify>false</t:Modify>");
	char *other = id_of(u.body, 1);
	ask(&u, BOB, NULL, UPDATE("AlwaysOverwrite", QUIETLY, LOCATION), other);
	assert_code(&u, "ErrorAccessDenied");
	ask(&u, BOB, NULL,
		"<m:DeleteItem DeleteType=\"HardDelete\" SendMeetingCancellations=\"SendToNone\">"
		"<m:ItemIds><t:ItemId %s/><t:ItemId %s/></m:ItemIds></m:DeleteItem>",
		other, own);
	assert_code(&u, "ErrorAccessDenied");
	assert_code(&u, "NoError");
	free(own);
	free(other);
	unit_close(&u);
}

static void messages(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	ask(&u, ANNA, NULL,
		"<m:CreateItem MessageDisposition=\"SaveOnly\"><m:Items><t:Message><t:Subject>Hi"
		"</t:Subject><t:Body BodyType=\"HTML\">&lt;b&gt;x &amp;amp; y&lt;/b&gt;</t:Body>"
		"<t:ToRecipients><t:Mailbox><t:EmailAddress>bob@example.test</t:EmailAddress>"
		"</t:Mailbox></t:ToRecipients></t:Message></m:Items></m:CreateItem>");
	char *id = id_of(u.body, 0);
	assert_non_null(id);
	ask(&u, ANNA, NULL,
		"<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape>"
		"<t:IncludeMimeContent>true</t:IncludeMimeContent><t:BodyType>Text</t:BodyType>"
		"</m:ItemShape><m:ItemIds><t:ItemId %s/></m:ItemIds></m:GetItem>",
		id);
	assert_has(&u, "<t:IsDraft>true</t:IsDraft>");
	assert_has(&u, ">x &amp; y</t:Body>");
	assert_has(&u, "<t:MimeContent CharacterSet=\"UTF-8\">");
	char *only = between(id, "", " ChangeKey", 0);
	ask(&u, ANNA, NULL,
		"<m:SendItem SaveItemToFolder=\"true\"><m:ItemIds><t:ItemId %s/></m:ItemIds>"
		"</m:SendItem>",
		only);
	assert_code(&u, "ErrorChangeKeyRequiredForWriteOperations");
	ask(&u, ANNA, NULL,
		"<m:SendItem SaveItemToFolder=\"true\"><m:ItemIds><t:ItemId %s/></m:ItemIds>"
		"</m:SendItem>",
		id);
	assert_code(&u, "NoError");
	free(only);
	free(id);
	wait_mail(&u);
	assert_int_equal(mails(&u, BOB), 1);
	ask(&u, BOB, NULL,
		"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>Default</t:BaseShape>"
		"</m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id=\"inbox\"/>"
		"</m:ParentFolderIds></m:FindItem>");
	assert_has(&u, "<t:IsRead>false</t:IsRead>");
	id = id_of(u.body, 0);
	ask(&u, BOB, NULL,
		"<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" "
		"MessageDisposition=\"SaveOnly\"><m:ItemChanges><t:ItemChange><t:ItemId %s/>"
		"<t:Updates><t:SetItemField><t:FieldURI FieldURI=\"message:IsRead\"/><t:Message>"
		"<t:IsRead>true</t:IsRead></t:Message></t:SetItemField></t:Updates>"
		"</t:ItemChange></m:ItemChanges></m:UpdateItem>",
		id);
	assert_code(&u, "NoError");
	get_all(&u, BOB, id);
	assert_has(&u, "<t:IsRead>true</t:IsRead>");
	free(id);
	ask(&u, ANNA, NULL,
		"<m:CreateItem MessageDisposition=\"SendOnly\"><m:Items><t:Message><t:Subject>Hi"
		"</t:Subject></t:Message></m:Items></m:CreateItem>");
	assert_code(&u, "ErrorMissingRecipients");
	unit_close(&u);
}

static void bad_ids(void **state)
{
	static const char *const rows[][2] = {
		{ "<t:ItemId Id=\"AAMk\"/>", "ErrorInvalidIdMalformed" },
		{ "<t:ItemId Id=\"\"/>", "ErrorInvalidIdEmpty" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	for (size_t n = 0; n < COUNT(rows); n++) {
		ask(&u, ANNA, NULL,
			"<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
			"<m:ItemIds>%s</m:ItemIds></m:GetItem>",
			rows[n][0]);
		if (strstr(u.body, rows[n][1]) == NULL)
			fail_msg("%s: %s", rows[n][1], u.body);
	}
	unit_close(&u);
}

/* Nothing newer than the version asked for. */
static void versions(void **state)
{
	static const char *const names[] = { "Exchange2007_SP1", "Exchange2010_SP2",
		"Exchange2013_SP1", "Exchange2016" };
	static const char *const newer[][2] = {
		{ "<t:StartTimeZone ", "1" },
		{ "<t:ViewPrivateItems>", "1" },
		{ "<t:StartTimeZoneId>", "2" },
		{ "<t:Flag>", "2" },
		{ "IsTruncated", "2" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone", MEETING);
	for (size_t n = 0; n < COUNT(names); n++) {
		char *request = format("<m:GetItem><m:ItemShape><t:BaseShape>AllProperties"
				       "</t:BaseShape></m:ItemShape><m:ItemIds><t:ItemId %s/>"
				       "</m:ItemIds></m:GetItem>",
			id);
		unit_call(&u, ANNA, names[n], NULL, request);
		keep_answer(&u);
		free(request);
		assert_code(&u, "NoError");
		for (size_t k = 0; k < COUNT(newer); k++)
			assert_int_equal(strstr(u.body, newer[k][0]) != NULL,
				n >= (size_t)(newer[k][1][0] - '0'));
		assert_int_equal(strstr(u.body, "<t:MeetingTimeZone ") != NULL, n == 0);
	}
	free(id);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(create_in_anothers_calendar),
		cmocka_unit_test(create_without_folder_is_own),
		cmocka_unit_test(create_refusals),
		cmocka_unit_test(create_needs_the_right),
		cmocka_unit_test(without_a_mailbox),
		cmocka_unit_test(private_items_of_others),
		cmocka_unit_test(every_recurrence),
		cmocka_unit_test(occurrences_and_exceptions),
		cmocka_unit_test(all_day_in_its_zone),
		cmocka_unit_test(update_refusals),
		cmocka_unit_test(update_and_conflict),
		cmocka_unit_test(update_tells_those_concerned),
		cmocka_unit_test(delete_ways),
		cmocka_unit_test(delegate_bin),
		cmocka_unit_test(author_owns_what_it_made),
		cmocka_unit_test(messages),
		cmocka_unit_test(bad_ids),
		cmocka_unit_test(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
