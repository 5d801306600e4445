/*
 * What the tests of item operations share: a small organisation, requests as somebody, and looking
 * into answers. With LATCHKEY_SIM_ANSWERS set, every answer is also written into that directory,
 * for checking against Microsoft's schema.
 */
#ifndef LATCHKEY_SIM_ITEM_UNIT_H
#define LATCHKEY_SIM_ITEM_UNIT_H

#include <errno.h>
#include <stdio.h>
#include "tests/unit/sim_unit.h"

#define LATEST "Exchange2016"
#define SVC "svc@example.test"
#define ANNA "anna@example.test"
#define BOB "bob@example.test"

#define ORGANISATION                                                                               \
	"premise hq 2019 host mail.example.test\n"                                                 \
	"schemes basic\n"                                                                          \
	"domain example.test premise hq\n"                                                         \
	"clock 2026-11-20T08:00:00Z frozen\n"                                                      \
	"mailbox svc@example.test \"Service Account\"\n"                                           \
	"password " UNIT_PASSWORD "\n"                                                             \
	"impersonation\n"                                                                          \
	"mailbox bob@example.test \"Bob Braun\"\n"                                                 \
	"password " UNIT_PASSWORD "\n"                                                             \
	"mailbox room1@example.test \"Room 1\"\n"                                                  \
	"room policy accept after 2s\n"                                                            \
	"mailbox anna@example.test \"Anna Adler\"\n"                                               \
	"alias a.adler@example.test\n"                                                             \
	"password " UNIT_PASSWORD "\n"                                                             \
	"zone Europe/Berlin\n"                                                                     \
	"grant svc@example.test Editor\n"

/* The calendar of somebody, named. */
#define CALENDAR_OF(address)                                                                       \
	"<t:DistinguishedFolderId Id=\"calendar\"><t:Mailbox><t:EmailAddress>" address             \
	"</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>"
#define ATTENDEE(address)                                                                          \
	"<t:Attendee><t:Mailbox><t:EmailAddress>" address                                          \
	"</t:EmailAddress></t:Mailbox></t:Attendee>"
#define TAG_PATH                                                                                   \
	"<t:ExtendedFieldURI PropertySetId=\"8b1d6e0c-5c1f-4f0e-9a37-3c2f7d3b1a55\" "              \
	"PropertyName=\"BookingId\" PropertyType=\"String\"/>"

#define TIMES "<t:Start>2026-11-23T09:00:00Z</t:Start><t:End>2026-11-23T10:00:00Z</t:End>"
#define BERLIN                                                                                     \
	"<t:StartTimeZone Id=\"W. Europe Standard Time\"/>"                                        \
	"<t:EndTimeZone Id=\"W. Europe Standard Time\"/>"

#define MEETING                                                                                    \
	"<t:Subject>Meet</t:Subject>" TIMES                                                        \
	"<t:RequiredAttendees>" ATTENDEE(BOB) "</t:RequiredAttendees><t:Resources>" ATTENDEE(      \
		"room1@example.test") "</t:Resources>"
#define RANGE(kind, end)                                                                           \
	"<t:" kind "><t:StartDate>2026-11-23</t:StartDate>" end "</t:" kind "></t:Recurrence>"
#define NUMBERED RANGE("NumberedRecurrence", "<t:NumberOfOccurrences>4</t:NumberOfOccurrences>")

__attribute__((unused)) static void keep_answer(const struct unit *u)
{
	static int n;
	const char *directory = getenv("LATCHKEY_SIM_ANSWERS");

	if (directory == NULL)
		return;
	char *path = format("%s/%s-%04d.xml", directory, program_invocation_short_name, ++n);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(u->body, out);
	fclose(out);
	free(path);
}

/* One operation as somebody; headers NULL = none. The request is a format. */
__attribute__((unused, format(printf, 4, 5))) static const char *ask(
	struct unit *u, const char *who, const char *headers, const char *op, ...)
{
	char *request = NULL;
	va_list ap;

	va_start(ap, op);
	assert_true(vasprintf(&request, op, ap) >= 0);
	va_end(ap);
	unit_call(u, who, LATEST, headers, request);
	keep_answer(u);
	free(request);
	return u->body;
}

/* The text between two marks, from the nth place (0 = first) where the first stands. Caller
 * frees; NULL when it is not there. */
__attribute__((unused)) static char *between(
	const char *s, const char *from, const char *to, int nth)
{
	const char *at = strstr(s, from);

	while (at != NULL && nth-- > 0)
		at = strstr(at + 1, from);
	if (at == NULL)
		return NULL;
	at += strlen(from);
	const char *end = strstr(at, to);
	return end == NULL ? NULL : copy_n(at, (size_t)(end - at));
}

/* Id and ChangeKey attributes of the nth item id. */
__attribute__((unused)) static char *id_of(const char *s, int nth)
{
	return between(s, "<t:ItemId ", "/>", nth);
}

#define assert_has(u, what)                                                                        \
	do {                                                                                       \
		if (strstr((u)->body, what) == NULL)                                               \
			fail_msg("%d: no %s in %s", __LINE__, what, (u)->body);                    \
	} while (0)
#define assert_lacks(u, what)                                                                      \
	do {                                                                                       \
		if (strstr((u)->body, what) != NULL)                                               \
			fail_msg("%d: %s in %s", __LINE__, what, (u)->body);                       \
	} while (0)
#define assert_code(u, code) assert_has(u, "<m:ResponseCode>" code "</m:ResponseCode>")

/* Somebody's new event in a calendar; what is inside t:CalendarItem. Its id, or NULL. */
__attribute__((unused)) static char *make_event(struct unit *u, const char *who, const char *folder,
	const char *invitations, const char *inside)
{
	ask(u, who, NULL,
		"<m:CreateItem SendMeetingInvitations=\"%s\">%s%s%s<m:Items><t:CalendarItem>%s"
		"</t:CalendarItem></m:Items></m:CreateItem>",
		invitations, folder ? "<m:SavedItemFolderId>" : "", folder ? folder : "",
		folder ? "</m:SavedItemFolderId>" : "", inside);
	return id_of(u->body, 0);
}

__attribute__((unused)) static const char *get_all(struct unit *u, const char *who, const char *id)
{
	return ask(u, who, NULL,
		"<m:GetItem><m:ItemShape><t:BaseShape>AllProperties</t:BaseShape></m:ItemShape>"
		"<m:ItemIds><t:ItemId %s/></m:ItemIds></m:GetItem>",
		id);
}

/* Let the mail arrive. */
__attribute__((unused)) static void wait_mail(struct unit *u)
{
	unit_say(u, "clock +60s");
	post_tick(u->sim.world);
}

__attribute__((unused)) static int mails(struct unit *u, const char *address)
{
	json_t *list = post_messages(u->sim.world, address);
	int n = (int)json_array_size(list);

	json_decref(list);
	return n;
}

#endif
