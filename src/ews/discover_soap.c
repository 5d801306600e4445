/* Discover SOAP: Autodiscover's GetUserSettings (EWS.md 12.2).
 *
 * Errors stand on three levels: the whole, the user, one setting. One of a setting only means that
 * this setting is not told.
 */
#include <stdio.h>
#include <string.h>
#include "discover_parts.h"

#define NS_AUTODISCOVER "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define ACTION NS_AUTODISCOVER "/Autodiscover/GetUserSettings"

static const struct discover_code codes[] = {
	{ "InvalidUser", REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "InvalidDomain", REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "NotFederated", REASON_UNSUPPORTED, NEXT_NOTHING },
	{ "ServerBusy", REASON_SLOWED, NEXT_SLOWER },
	{ "InternalServerError", REASON_SERVER_DOWN, NEXT_RETRY },
	/* of the framework below it */
	{ "ActionNotSupported", REASON_UNSUPPORTED, NEXT_NOTHING },
	{ "InternalServiceFault", REASON_SERVER_DOWN, NEXT_RETRY },
};

/* What is asked for. */
static const char *const settings[] = { "UserDisplayName", "AutoDiscoverSMTPAddress",
	"InternalEwsUrl", "ExternalEwsUrl", "EwsSupportedSchemas", "CasVersion",
	"GroupingInformation" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The addressing headers are required, and the version is one of the plain names: others are
 * refused whole. */
void discover_soap_write(struct xml_write *w, const char *mailbox, const char *url)
{
	xml_open(w, "soap:Envelope");
	xml_attr(w, "xmlns:soap", "http://schemas.xmlsoap.org/soap/envelope/");
	xml_attr(w, "xmlns:a", NS_AUTODISCOVER);
	xml_attr(w, "xmlns:wsa", "http://www.w3.org/2005/08/addressing");
	xml_open(w, "soap:Header");
	xml_leaf(w, "a:RequestedServerVersion", "Exchange2010");
	xml_leaf(w, "wsa:Action", ACTION);
	xml_leaf(w, "wsa:To", url);
	xml_close(w);
	xml_open(w, "soap:Body");
	xml_open(w, "a:GetUserSettingsRequestMessage");
	xml_open(w, "a:Request");
	xml_open(w, "a:Users");
	xml_open(w, "a:User");
	xml_leaf(w, "a:Mailbox", mailbox);
	xml_close(w);
	xml_close(w);
	xml_open(w, "a:RequestedSettings");
	for (size_t i = 0; i < COUNT(settings); i++)
		xml_leaf(w, "a:Setting", settings[i]);
	for (int open = 0; open < 5; open++)
		xml_close(w);
}

static const char *text(const struct xml_node *n, const char *name)
{
	return xml_child_value(n, NS_A, name);
}

/* 1 when this level has no error; else it is in the outcome. */
static int is_well(struct arena *a, const struct xml_node *level, struct outcome *o)
{
	const char *code = discover_shown(a, text(level, "ErrorCode"));

	if (strcmp(code, "NoError") == 0)
		return 1;
	discover_fail(codes, COUNT(codes), code, text(level, "ErrorMessage"), o);
	return 0;
}

/* The first value of a name counts; "" when it was not told. */
static const char *setting(const struct xml_node *user, const char *name)
{
	const struct xml_node *n = xml_first(xml_child(user, NS_A, "UserSettings"));

	for (; n; n = xml_next(n)) {
		if (xml_is(n, NS_A, "UserSetting") && strcmp(text(n, "Name"), name) == 0)
			return text(n, "Value");
	}
	return "";
}

/* ExternalEwsUrl is for clients from outside; some organisations publish the inner one alone. */
static void read_settings(struct arena *a, const struct xml_node *user, struct discovered *out)
{
	const char *inside = discover_https(a, setting(user, "InternalEwsUrl"));
	const char *version = discover_version(a, setting(user, "CasVersion"));

	out->url = discover_https(a, setting(user, "ExternalEwsUrl"));
	if (!out->url[0])
		out->url = inside;
	if (strcmp(inside, out->url) != 0)
		out->internal_url = inside;
	out->display_name = discover_shown(a, setting(user, "UserDisplayName"));
	out->address = discover_email(setting(user, "AutoDiscoverSMTPAddress"));
	out->schemas = discover_shown(a, setting(user, "EwsSupportedSchemas"));
	if (version[0])
		out->version = version;
}

/* A redirection is told as an error code of the user, and its target beside it. */
static void read_user(
	struct arena *a, const struct xml_node *user, struct discovered *out, struct outcome *o)
{
	const char *code = text(user, "ErrorCode"), *to = text(user, "RedirectTarget");

	if (strcmp(code, "RedirectAddress") == 0) {
		discover_send_on(a, DISCOVER_ADDRESS, to, out, o);
	} else if (strcmp(code, "RedirectUrl") == 0) {
		discover_send_on(a, DISCOVER_URL, to, out, o);
	} else if (is_well(a, user, o)) {
		read_settings(a, user, out);
		discover_settle(out, o);
	}
}

/* Here the version is told by elements. */
static void read_version(
	struct arena *a, const struct xml_node *root, struct discovered *out, struct outcome *o)
{
	const struct xml_node *info =
		xml_child(xml_child(root, NS_SOAP, "Header"), NS_A, "ServerVersionInfo");
	int64_t part[4] = { 0 };
	static const char *const names[4] = { "MajorVersion", "MinorVersion", "MajorBuildNumber",
		"MinorBuildNumber" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (xml_int(xml_child(info, NS_A, names[i]), &part[i]) < 0 || part[i] < 0 ||
			part[i] > 99999)
			return;
	}
	out->version = arena_printf(a, "%d.%d.%d", (int)part[0], (int)part[1], (int)part[2]);
	snprintf(o->version, sizeof(o->version), "%s.%d", out->version, (int)part[3]);
}

/* "a:ActionNotSupported": the prefix says nothing. */
static void read_fault(struct arena *a, const struct xml_node *fault, struct outcome *o)
{
	const char *code = xml_child_value(fault, NS_NONE, "faultcode");
	const char *colon = strrchr(code, ':');

	discover_fail(codes, COUNT(codes), discover_shown(a, colon ? colon + 1 : code),
		xml_child_value(fault, NS_NONE, "faultstring"), o);
}

void discover_soap_read(
	const struct xml_node *root, struct arena *a, struct discovered *out, struct outcome *o)
{
	const struct xml_node *body = NULL, *fault, *response, *user;

	if (xml_is(root, NS_SOAP, "Envelope"))
		body = xml_child(root, NS_SOAP, "Body");
	fault = xml_child(body, NS_SOAP, "Fault");
	response = xml_down(body, NS_A, "GetUserSettingsResponseMessage/Response");
	user = xml_down(response, NS_A, "UserResponses/UserResponse");
	read_version(a, root, out, o);
	if (fault)
		read_fault(a, fault, o);
	else if (!response)
		discover_bad(o, "It is XML, but no answer of Autodiscover.");
	else if (is_well(a, response, o) && user)
		read_user(a, user, out, o);
	else if (!o->code[0])
		discover_bad(o, "It says nothing about the mailbox.");
}
