/* Meetings in the simulator: invitations that go round, answers, changes and cancellations, and who
 * sends them. */
#include "tests/unit/unit.h"
#include "tests/unit/sim_item_unit.h"

static void meeting_goes_round(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToAllAndSaveCopy", MEETING);
	assert_non_null(id);
	wait_mail(&u);
	wait_mail(&u);
	get_all(&u, ANNA, id);
	assert_has(&u, "<t:MeetingRequestWasSent>true</t:MeetingRequestWasSent>");
	assert_has(&u, "<t:ResponseType>Accept</t:ResponseType><t:LastResponseTime>");
	free(id);
	ask(&u, BOB, NULL,
		"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>AllProperties"
		"</t:BaseShape></m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId "
		"Id=\"inbox\"/></m:ParentFolderIds></m:FindItem>");
	assert_has(&u, "<t:MeetingRequest>");
	id = id_of(u.body, 0);
	get_all(&u, BOB, id);
	assert_has(&u, "<t:AssociatedCalendarItemId ");
	assert_has(&u, "<t:MeetingRequestType>NewMeetingRequest</t:MeetingRequestType>");
	ask(&u, BOB, NULL,
		"<m:CreateItem MessageDisposition=\"SendAndSaveCopy\"><m:Items><t:AcceptItem>"
		"<t:Body BodyType=\"Text\">Gladly</t:Body><t:ReferenceItemId %s/></t:AcceptItem>"
		"</m:Items></m:CreateItem>",
		id);
	assert_code(&u, "NoError");
	free(id);
	id = id_of(u.body, 0);
	get_all(&u, BOB, id);
	assert_has(&u, "<t:MyResponseType>Accept</t:MyResponseType>");
	assert_has(&u, "<t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>");
	/* An attendee may not move it. */
	ask(&u, BOB, NULL,
		"<m:UpdateItem ConflictResolution=\"AlwaysOverwrite\" "
		"SendMeetingInvitationsOrCancellations=\"SendToNone\"><m:ItemChanges><t:ItemChange>"
		"<t:ItemId %s/><t:Updates><t:SetItemField><t:FieldURI FieldURI=\"calendar:Start\"/>"
		"<t:CalendarItem><t:Start>2026-11-23T09:30:00Z</t:Start></t:CalendarItem>"
		"</t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>",
		id);
	assert_code(&u, "ErrorCalendarIsNotOrganizer");
	free(id);
	wait_mail(&u);
	assert_true(mails(&u, ANNA) >= 2);
	unit_close(&u);
}

static void organizer_cannot_accept(void **state)
{
	static const struct {
		const char *element, *code;
	} rows[] = {
		{ "AcceptItem", "ErrorCalendarIsOrganizerForAccept" },
		{ "TentativelyAcceptItem", "ErrorCalendarIsOrganizerForTentative" },
		{ "DeclineItem", "ErrorCalendarIsOrganizerForDecline" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToNone", MEETING);
	for (size_t n = 0; n < COUNT(rows); n++) {
		ask(&u, ANNA, NULL,
			"<m:CreateItem MessageDisposition=\"SendOnly\"><m:Items><t:%s>"
			"<t:ReferenceItemId %s/></t:%s></m:Items></m:CreateItem>",
			rows[n].element, id, rows[n].element);
		if (strstr(u.body, rows[n].code) == NULL)
			fail_msg("%s: %s", rows[n].code, u.body);
	}
	free(id);
	unit_close(&u);
}

static void cancel_tells_attendees(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToAllAndSaveCopy", MEETING);
	wait_mail(&u);
	get_all(&u, ANNA, id);
	free(id);
	id = id_of(u.body, 0);
	int before = mails(&u, BOB);
	ask(&u, ANNA, NULL,
		"<m:CreateItem "
		"MessageDisposition=\"SendAndSaveCopy\"><m:Items><t:CancelCalendarItem>"
		"<t:ReferenceItemId %s/><t:NewBodyContent BodyType=\"Text\">Off</t:NewBodyContent>"
		"</t:CancelCalendarItem></m:Items></m:CreateItem>",
		id);
	assert_code(&u, "NoError");
	wait_mail(&u);
	assert_int_equal(mails(&u, BOB), before + 1);
	get_all(&u, ANNA, id);
	assert_code(&u, "ErrorItemNotFound");
	free(id);
	unit_close(&u);
}

/* With Editor alone, what sending says is a switch; the saved meeting is there or not. */
static void sending_is_another_right(void **state)
{
	static const struct {
		const char *value, *code;
		bool saved;
	} rows[] = {
		{ "ErrorSendAsDenied", "ErrorSendAsDenied", true },
		{ "bounce", "NoError", true },
		{ "ErrorAccessDenied", "ErrorAccessDenied", false },
	};

	(void)state;
	for (size_t n = 0; n < COUNT(rows); n++) {
		struct unit u;
		unit_open(&u, ORGANISATION);
		char *line = format("premise hq\nunsure send-refused %s\n", rows[n].value);
		unit_say(&u, line);
		free(line);
		free(make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToAllAndSaveCopy", MEETING));
		char *code = between(u.body, "<m:ResponseCode>", "<", 0);
		assert_string_equal(code, rows[n].code);
		free(code);
		struct store *st = store_of(u.sim.world, world_mailbox(u.sim.world, ANNA));
		assert_int_equal(store_folder(st, FOLDER_CALENDAR) != NULL, rows[n].saved);
		wait_mail(&u);
		assert_int_equal(mails(&u, BOB), 0);
		assert_int_equal(mails(&u, SVC), same(rows[n].value, "bounce"));
		unit_close(&u);
	}
}

static void on_behalf_sends(void **state)
{
	static const char *const rights[] = { "on-behalf svc@example.test\n",
		"delegate svc@example.test\n" };

	(void)state;
	for (size_t n = 0; n < COUNT(rights); n++) {
		struct unit u;
		unit_open(&u, ORGANISATION);
		unit_say(&u, rights[n]);
		char *id = make_event(&u, SVC, CALENDAR_OF(ANNA), "SendToAllAndSaveCopy", MEETING);
		assert_non_null(id);
		free(id);
		wait_mail(&u);
		assert_int_equal(mails(&u, BOB), 1);
		unit_close(&u);
	}
}

/* Meeting mail of somebody else that lies in a delegate's Inbox shows whose it is. */
static void delegates_copy_names_its_owner(void **state)
{
	static const char request[] =
		"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>"
		"<t:AdditionalProperties><t:FieldURI FieldURI=\"message:ReceivedBy\"/>"
		"<t:FieldURI FieldURI=\"message:ReceivedRepresenting\"/>"
		"<t:FieldURI FieldURI=\"meeting:IsDelegated\"/></t:AdditionalProperties>"
		"</m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id=\"inbox\"/>"
		"</m:ParentFolderIds></m:FindItem>";
	static const struct {
		const char *who, *receiver, *owner, *delegated;
	} rows[] = {
		{ SVC, "Service Account", "Bob Braun", "true" },
		{ BOB, "Bob Braun", "Bob Braun", "false" },
	};
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	unit_say(
		&u, "mailbox bob@example.test\ndelegate svc@example.test copies calendar Editor\n");
	free(make_event(&u, ANNA, NULL, "SendToAllAndSaveCopy", MEETING));
	wait_mail(&u);
	for (size_t n = 0; n < COUNT(rows); n++) {
		char *by, *representing, *delegated;

		ask(&u, rows[n].who, NULL, "%s", request);
		by = between(u.body, "<t:ReceivedBy><t:Mailbox><t:Name>", "<", 0);
		representing =
			between(u.body, "<t:ReceivedRepresenting><t:Mailbox><t:Name>", "<", 0);
		delegated = between(u.body, "<t:IsDelegated>", "<", 0);
		assert_string_equal(by, rows[n].receiver);
		assert_string_equal(representing, rows[n].owner);
		assert_string_equal(delegated, rows[n].delegated);
		free(by);
		free(representing);
		free(delegated);
	}
	/* The meeting it speaks of lies in its owner's calendar. */
	ask(&u, SVC, NULL, "%s", request);
	char *mail = id_of(u.body, 0);
	get_all(&u, SVC, mail);
	char *meeting = between(u.body, "<t:AssociatedCalendarItemId ", "/>", 0);
	assert_non_null(meeting);
	get_all(&u, SVC, meeting);
	assert_has(&u, "<t:MyResponseType>NoResponseReceived</t:MyResponseType>");
	assert_has(&u, "<t:IsOrganizer>false</t:IsOrganizer>");
	free(meeting);
	free(mail);
	unit_close(&u);
}

/* One day of a series called off: that day's notice, and the other days stay. */
static void cancel_one_day(void **state)
{
	struct unit u;

	(void)state;
	unit_open(&u, ORGANISATION);
	char *id = make_event(&u, ANNA, NULL, "SendToAllAndSaveCopy",
		"<t:Subject>Weekly</t:Subject>" TIMES "<t:RequiredAttendees>" ATTENDEE(
			BOB) "</t:RequiredAttendees><t:Recurrence><t:WeeklyRecurrence>"
			     "<t:Interval>1</t:Interval><t:DaysOfWeek>Monday</t:DaysOfWeek>"
			     "</t:WeeklyRecurrence>" NUMBERED);
	assert_non_null(id);
	wait_mail(&u);
	char *only = between(id, "Id=\"", "\"", 0);
	ask(&u, ANNA, NULL,
		"<m:DeleteItem DeleteType=\"MoveToDeletedItems\" "
		"SendMeetingCancellations=\"SendToAllAndSaveCopy\"><m:ItemIds><t:OccurrenceItemId "
		"RecurringMasterId=\"%s\" InstanceIndex=\"2\"/></m:ItemIds></m:DeleteItem>",
		only);
	assert_code(&u, "NoError");
	wait_mail(&u);
	assert_int_equal(mails(&u, BOB), 2);
	static const char *const people[] = { ANNA, BOB };
	for (int n = 0; n < 2; n++) {
		ask(&u, people[n], NULL,
			"<m:FindItem Traversal=\"Shallow\"><m:ItemShape><t:BaseShape>AllProperties"
			"</t:BaseShape></m:ItemShape><m:CalendarView "
			"StartDate=\"2026-11-20T00:00:00Z\" EndDate=\"2027-01-20T00:00:00Z\"/>"
			"<m:ParentFolderIds><t:DistinguishedFolderId Id=\"calendar\"/>"
			"</m:ParentFolderIds></m:FindItem>");
		int valid = 0;
		for (const char *at = u.body; (at = strstr(at, "<t:IsCancelled>false")) != NULL;
			at++)
			valid++;
		assert_int_equal(valid, 3);
	}
	free(only);
	free(id);
	unit_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meeting_goes_round),
		cmocka_unit_test(organizer_cannot_accept),
		cmocka_unit_test(cancel_tells_attendees),
		cmocka_unit_test(sending_is_another_right),
		cmocka_unit_test(on_behalf_sends),
		cmocka_unit_test(delegates_copy_names_its_owner),
		cmocka_unit_test(cancel_one_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
