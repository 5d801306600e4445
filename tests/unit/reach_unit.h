/* A small Exchange for the test of reasons: it reads the questions that our client writes, and
 * answers each in the bytes of a server, well or as a rule of the test says.
 */
#ifndef LATCHKEY_REACH_UNIT_H
#define LATCHKEY_REACH_UNIT_H

#include "tests/unit/client_unit.h"

#include "ews/ews.h"

#define SOAP(header, body)                                                                         \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>"                                               \
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"                       \
	"<s:Header><h:ServerVersionInfo MajorVersion=\"15\" MinorVersion=\"1\" "                   \
	"MajorBuildNumber=\"2507\" MinorBuildNumber=\"6\" "                                        \
	"xmlns:h=\"http://schemas.microsoft.com/exchange/services/2006/types\"/>" header           \
	"</s:Header><s:Body "                                                                      \
	"xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" "                \
	"xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\">" body              \
	"</s:Body></s:Envelope>"
#define SUCCESS "ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode>"
#define HTTP_OK "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n"

enum { REACH_RULES = 4, REACH_BODY = 64 * 1024 };

/* What goes otherwise than well. The first rule that fits a question, or a part of it, counts. */
struct reach_rule {
	const char *op;	 /* "GetFolder"; NULL = any */
	const char *who; /* an address in it; NULL = anybody */
	/* One of these: */
	const char *part;  /* the code of a response message */
	const char *fault; /* the code of a SOAP fault */
	long status;	   /* or another answer altogether, with these: */
	const char *headers, *body;
	const char *inside; /* what stands in a list of found items, or in a folder */
	int total;	    /* items of a folder */
	int once;
};

struct reach_server {
	struct reach_rule rules[REACH_RULES];
	int used[REACH_RULES];
	char body[REACH_BODY];
	size_t len;
};

static struct reach_server *reach;

static inline void reach_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static inline void reach_say(const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(reach->body + reach->len, REACH_BODY - reach->len, fmt, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < REACH_BODY - reach->len);
	reach->len += (size_t)n;
}

static inline const struct reach_rule *reach_rule_of(const char *op, const char *text)
{
	for (size_t i = 0; i < REACH_RULES; i++) {
		const struct reach_rule *r = &reach->rules[i];

		if ((!r->part && !r->fault && !r->status && !r->inside && !r->total) ||
			(r->op && strcmp(r->op, op) != 0) || (r->who && !strstr(text, r->who)) ||
			(r->once && reach->used[i]))
			continue;
		reach->used[i]++;
		return r;
	}
	return NULL;
}

/* --- answers that are well --- */

static inline void reach_folder(const struct reach_rule *r)
{
	static const char own[] =
		"<t:EffectiveRights><t:CreateAssociated>false</"
		"t:CreateAssociated><t:CreateContents>"
		"true</t:CreateContents><t:CreateHierarchy>false</t:CreateHierarchy><t:Delete>false"
		"</t:Delete><t:Modify>false</t:Modify><t:Read>true</t:Read></t:EffectiveRights>";

	reach_say("<m:GetFolderResponseMessage " SUCCESS "<m:Folders><t:CalendarFolder>"
		  "<t:FolderId Id=\"F=\" ChangeKey=\"A\"/><t:DisplayName>Calendar</t:DisplayName>"
		  "<t:TotalCount>%d</t:TotalCount>%s</t:CalendarFolder></m:Folders>"
		  "</m:GetFolderResponseMessage>",
		r ? r->total : 0, r && r->inside ? r->inside : own);
}

#define REACH_CHANGE(name, bias, month, time)                                                      \
	"<t:" name "><t:Bias>" bias "</t:Bias><t:Time>" time                                       \
	"</t:Time><t:DayOrder>5</t:DayOrder><t:Month>" month                                       \
	"</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:" name ">"
#define REACH_HOURS                                                                                \
	"<t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias>" REACH_CHANGE(                           \
		"StandardTime", "0", "10", "03:00:00")                                             \
		REACH_CHANGE("DaylightTime", "-60", "3", "02:00:00") "</t:TimeZone>"               \
								     "</t:WorkingHours>"

static inline void reach_busy(const struct reach_rule *r)
{
	if (r)
		reach_say("<m:FreeBusyResponse><m:ResponseMessage ResponseClass=\"Error\">"
			  "<m:ResponseCode>%s</m:ResponseCode></m:ResponseMessage></m:"
			  "FreeBusyResponse>",
			r->part);
	else
		reach_say("<m:FreeBusyResponse><m:ResponseMessage " SUCCESS
			  "</m:ResponseMessage><m:FreeBusyView><t:FreeBusyViewType>FreeBusy"
			  "</t:FreeBusyViewType>" REACH_HOURS
			  "</m:FreeBusyView></m:FreeBusyResponse>");
}

static inline void reach_error(const char *op, const char *code)
{
	reach_say("<m:%sResponseMessage ResponseClass=\"Error\"><m:ResponseCode>%s"
		  "</m:ResponseCode></m:%sResponseMessage>",
		op, code, op);
}

/* One message for each thing that is asked about, which begins with `mark`. */
static inline void reach_parts(const char *op, const char *question, const char *mark)
{
	const char *at = question, *next;
	char text[1024];

	while ((at = strstr(at, mark)) != NULL) {
		const struct reach_rule *r;

		next = strstr(at + 1, mark);
		snprintf(text, sizeof(text), "%.*s", next ? (int)(next - at) : 1000, at);
		at++;
		/* Who is acted as stands in the header alone. */
		r = reach_rule_of(op, strstr(question, "ConnectingSID") ? question : text);
		if (strcmp(op, "GetUserAvailability") == 0)
			reach_busy(r);
		else if (r && r->part)
			reach_error(op, r->part);
		else
			reach_folder(r);
	}
}

static inline void reach_found(const struct reach_rule *r)
{
	reach_say("<m:FindItemResponseMessage " SUCCESS
		  "<m:RootFolder TotalItemsInView=\"%d\" IncludesLastItemInRange=\"true\"><t:Items>"
		  "%s</t:Items></m:RootFolder></m:FindItemResponseMessage>",
		r ? 1 : 0, r ? r->inside : "");
}

static inline void reach_single(const char *op, const char *question)
{
	const struct reach_rule *r = reach_rule_of(op, question);

	if (r && r->part)
		reach_error(op, r->part);
	else if (strcmp(op, "FindItem") == 0)
		reach_found(r);
	else if (strcmp(op, "GetServerTimeZones") == 0)
		reach_say("<m:GetServerTimeZonesResponseMessage " SUCCESS
			  "<m:TimeZoneDefinitions>%s</m:TimeZoneDefinitions>"
			  "</m:GetServerTimeZonesResponseMessage>",
			r ? r->inside : "");
	else if (strcmp(op, "ResolveNames") == 0)
		reach_say("<m:ResolveNamesResponseMessage " SUCCESS
			  "<m:ResolutionSet TotalItemsInView=\"1\" IncludesLastItemInRange="
			  "\"true\"><t:Resolution><t:Mailbox><t:Name>Calendar</t:Name><t:"
			  "EmailAddress>svc@example.test</t:EmailAddress><t:RoutingType>SMTP"
			  "</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType></t:Mailbox>"
			  "</t:Resolution></m:ResolutionSet></m:ResolveNamesResponseMessage>");
	else
		reach_say("<m:%sResponseMessage " SUCCESS "<m:Items><t:CalendarItem><t:ItemId "
			  "Id=\"I=\" ChangeKey=\"B\"/></t:CalendarItem></m:Items></m:%sResponse"
			  "Message>",
			op, op);
}

/* --- the server --- */

/* The first element of the Body, without "Request". */
static inline void reach_op(const char *question, char op[64])
{
	const char *at = strstr(question, "<s:Body>");
	size_t len;

	assert_non_null(at);
	at = strstr(at, "<m:");
	assert_non_null(at);
	at += 3;
	len = strcspn(at, " />");
	if (len > 7 && strncmp(at + len - 7, "Request", 7) == 0)
		len -= 7;
	assert_true(len < 64);
	memcpy(op, at, len);
	op[len] = '\0';
}

static inline void reach_fault(const char *code)
{
	reach_say(SOAP("",
			  "<s:Fault><faultcode xmlns:a=\"http://schemas.microsoft.com/exchange/"
			  "services/2006/types\">a:%s</faultcode><faultstring>It says no."
			  "</faultstring><detail><e:ResponseCode xmlns:e=\"http://schemas."
			  "microsoft.com/exchange/services/2006/errors\">%s</e:ResponseCode>"
			  "</detail></s:Fault>"),
		code, code);
}

static inline void reach_well(const char *op, const char *question)
{
	static const char around[] = SOAP("", "|");
	const int whole = (int)strcspn(around, "|");

	reach_say("%.*s", whole, around);
	if (strcmp(op, "GetUserAvailability") == 0) {
		reach_say("<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray>");
		reach_parts(op, question, "<t:MailboxData>");
		reach_say("</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>");
	} else if (strcmp(op, "GetDelegate") == 0 || strcmp(op, "GetRoomLists") == 0) {
		const struct reach_rule *r = reach_rule_of(op, question);

		if (r)
			reach_say("<m:%sResponse ResponseClass=\"Error\"><m:ResponseCode>%s"
				  "</m:ResponseCode></m:%sResponse>",
				op, r->part, op);
		else
			reach_say("<m:%sResponse " SUCCESS "</m:%sResponse>", op, op);
	} else {
		reach_say("<m:%sResponse><m:ResponseMessages>", op);
		if (strcmp(op, "GetFolder") == 0)
			reach_parts(op, question, "<t:DistinguishedFolderId ");
		else
			reach_single(op, question);
		reach_say("</m:ResponseMessages></m:%sResponse>", op);
	}
	reach_say("%s", around + whole + 1);
}

/* A rule for the whole answer goes before those for parts. */
static inline void reach_play(struct world *w, const char *question, struct unit_answer *out)
{
	const struct reach_rule *r = NULL;
	char op[64];

	(void)w;
	reach_op(question, op);
	reach->len = 0;
	for (size_t i = 0; i < REACH_RULES && !r; i++) {
		const struct reach_rule *n = &reach->rules[i];

		if ((n->fault || n->status) && (!n->op || strcmp(n->op, op) == 0) &&
			(!n->who || strstr(question, n->who)) && !(n->once && reach->used[i])) {
			reach->used[i]++;
			r = n;
		}
	}
	*out = (struct unit_answer){ .status = 200, .headers = HTTP_OK, .body = reach->body };
	if (r && r->fault) {
		reach_fault(r->fault);
		out->status = 500;
		out->headers = "HTTP/1.1 500 No\r\nContent-Type: text/xml\r\n\r\n";
	} else if (r && r->body) {
		reach_say("%s", r->body);
	} else {
		reach_well(op, question);
	}
	if (r && r->status)
		out->status = r->status;
	if (r && r->headers)
		out->headers = r->headers;
}

#endif
