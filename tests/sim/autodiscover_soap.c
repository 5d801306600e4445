/*
 * Autodiscover by SOAP: GetUserSettings, GetDomainSettings, GetFederationInformation.
 *
 * The action in the addressing header chooses the operation, as in the framework the real service
 * stands on: without it, or with one nobody knows, the answer is that framework's fault. Errors of
 * the service are status 200, on three levels: the whole, one user, one setting (EWS.md 12.2).
 */
#include "sim/autodiscover.h"

#include <stdlib.h>
#include <string.h>
#include "sim/page.h"
#include "sim/soap.h"

#define NS_A "http://schemas.microsoft.com/exchange/2010/Autodiscover"
#define NS_WSA "http://www.w3.org/2005/08/addressing"
#define NS_I "http://www.w3.org/2001/XMLSchema-instance"
#define NS_WSA_NONE "http://schemas.microsoft.com/ws/2005/05/addressing/none"
#define ACTION NS_A "/Autodiscover/"

enum { USERS_MOST = 100 };

/* Faults of the framework */

static void fault(struct discover *d, const char *ns, const char *code, const char *text)
{
	struct text *t = &d->answer->body;

	page_text(d->answer, 500, "text/xml; charset=utf-8",
		"<s:Envelope xmlns:s=\"" NS_SOAP "\" xmlns:a=\"" NS_WSA "\"><s:Header>"
		"<a:Action s:mustUnderstand=\"1\">");
	text_printf(t, "%s/fault</a:Action></s:Header><s:Body><s:Fault><faultcode xmlns:a=\"", ns);
	text_printf(t, "%s\">a:%s</faultcode><faultstring xml:lang=\"en-US\">", ns, code);
	xml_text(t, text);
	text_puts(t, "</faultstring></s:Fault></s:Body></s:Envelope>");
	d->code = code;
}

/* Without addressing headers the framework does not know whom to ask. */
static void fault_missing_header(struct discover *d)
{
	fault(d, NS_WSA, "MessageAddressingHeaderRequired",
		"A required header representing a Message Addressing Property is not present");
}

/* Clients take this text for "too old a server": it is kept word by word. */
static void fault_action(struct discover *d, const char *action)
{
	char *text = format(
		"The message with Action '%s' cannot be processed at the receiver, due to a "
		"ContractFilter mismatch at the EndpointDispatcher. This may be because of either "
		"a contract mismatch (mismatched Actions between sender and receiver) or a "
		"binding/security mismatch between the sender and the receiver.  Check that "
		"sender and receiver have the same contract and the same binding (including "
		"security requirements, e.g. Message, Transport, None).",
		action);

	fault(d, NS_WSA_NONE, "ActionNotSupported", text);
	free(text);
}

/* Envelope */

/* Version numbers are elements here, not attributes as in EWS. */
static void envelope_begin(struct discover *d, const char *operation, xmlNode *header)
{
	struct text *t = &d->answer->body;
	const struct product *p = product_shown(d->premise);
	char *id = discover_text(node_child(header, NS_WSA, "MessageID"));

	page_text(d->answer, 200, "text/xml; charset=utf-8",
		"<s:Envelope xmlns:s=\"" NS_SOAP "\" xmlns:a=\"" NS_WSA "\"><s:Header>");
	text_printf(
		t, "<a:Action s:mustUnderstand=\"1\">" ACTION "%sResponse</a:Action>", operation);
	text_puts(t, "<h:ServerVersionInfo xmlns:h=\"" NS_A "\" xmlns:i=\"" NS_I "\">");
	xml_num(t, "h:MajorVersion", p->major);
	xml_num(t, "h:MinorVersion", p->minor);
	xml_num(t, "h:MajorBuildNumber", p->build);
	xml_num(t, "h:MinorBuildNumber", p->revision);
	xml_el(t, "h:Version", level_names[p->highest]);
	text_puts(t, "</h:ServerVersionInfo>");
	xml_el(t, "a:RelatesTo", id);
	text_printf(t,
		"</s:Header><s:Body><%sResponseMessage xmlns=\"" NS_A "\"><Response xmlns:i=\"" NS_I
		"\">",
		operation);
	free(id);
}

static void envelope_end(struct discover *d, const char *operation)
{
	text_printf(&d->answer->body, "</Response></%sResponseMessage></s:Body></s:Envelope>",
		operation);
}

/* Each level has its own pair; the journal keeps the last that is no success. */
static void error(struct discover *d, const char *code, const char *message)
{
	struct text *t = &d->answer->body;

	xml_el(t, "ErrorCode", code);
	if (*message != '\0')
		xml_el(t, "ErrorMessage", message);
	else
		text_puts(t, "<ErrorMessage/>");
	if (d->code == NULL || !same(code, "NoError"))
		d->code = code;
}

/* What is wrong with the request as a whole; NULL = nothing. */
static const char *whole_error(xmlNode *header, int asked_about, int settings)
{
	char *version = discover_text(node_child(header, NS_A, "RequestedServerVersion"));
	bool known = false;

	for (int l = LEVEL_2010; l < LEVEL__MAX; l++)
		known = known || same(version, level_names[l]);
	free(version);
	if (!known)
		return "The header RequestedServerVersion is missing or has an invalid value.";
	if (asked_about == 0 || settings == 0)
		return "The request is not valid.";
	if (asked_about > USERS_MOST)
		return "The number of users or domains in the request is over the limit.";
	return NULL;
}

/* Elements only. */
static int children(xmlNode *n)
{
	int count = 0;

	for (xmlNode *child = node_first(n); child != NULL; child = node_next(child))
		count++;
	return count;
}

/* What is over the bound is not answered; no client asks for so many. */
static void settings_read(struct settings_asked *asked, xmlNode *list)
{
	asked->n = 0;
	for (xmlNode *s = node_first(list); s != NULL && asked->n < SETTINGS_MOST; s = node_next(s))
		if (node_is(s, NS_A, "Setting"))
			asked->name[asked->n++] = discover_text(s);
}

static void settings_free(struct settings_asked *asked)
{
	for (int i = 0; i < asked->n; i++)
		free(asked->name[i]);
}

/* GetUserSettings */

/* An answer without settings has the same elements, empty. */
static void user_end(struct discover *d, const char *target)
{
	struct text *t = &d->answer->body;

	if (target != NULL)
		xml_el(t, "RedirectTarget", target);
	else
		text_puts(t, "<RedirectTarget i:nil=\"true\"/>");
	text_puts(t, "<UserSettingErrors/><UserSettings/>");
}

static void user_elsewhere(struct discover *d, const struct route *to, const char *address)
{
	char *host = discover_host(d->world, to->elsewhere, address);
	char *url = discover_url(d, host, "/autodiscover/autodiscover.svc");

	error(d, "RedirectUrl", "Redirection URL.");
	user_end(d, url);
	free(url);
	free(host);
}

static void user_unknown(struct discover *d, const char *address)
{
	char *message = format("Invalid user: '%s'", address);

	error(d, "InvalidUser", message);
	user_end(d, NULL);
	free(message);
}

/* One user: the route decides the code, and what stands beside it. */
static void user_write(struct discover *d, const char *address, const struct settings_asked *asked)
{
	struct route to = { .kind = ROUTE_UNKNOWN };

	if (discover_is_address(address))
		to = discover_route(d, address);
	text_puts(&d->answer->body, "<UserResponse>");
	switch (to.kind) {
	case ROUTE_HERE:
		error(d, "NoError", "No error.");
		text_puts(&d->answer->body, "<RedirectTarget i:nil=\"true\"/>");
		settings_write(d, to.mailbox, asked);
		break;
	case ROUTE_ADDRESS:
		error(d, "RedirectAddress", "Redirection address.");
		user_end(d, to.address);
		break;
	case ROUTE_URL:
		user_elsewhere(d, &to, address);
		break;
	case ROUTE_UNKNOWN:
		user_unknown(d, address);
		break;
	}
	text_puts(&d->answer->body, "</UserResponse>");
}

static void users_write(struct discover *d, xmlNode *users, const struct settings_asked *asked)
{
	text_puts(&d->answer->body, "<UserResponses>");
	for (xmlNode *user = node_first(users); user != NULL; user = node_next(user)) {
		char *address = discover_text(node_child(user, NS_A, "Mailbox"));

		user_write(d, address != NULL ? address : "", asked);
		if (d->mailbox == NULL)
			d->mailbox = address;
		else
			free(address);
		d->items++;
	}
	text_puts(&d->answer->body, "</UserResponses>");
}

static void get_user_settings(struct discover *d, xmlNode *header, xmlNode *message)
{
	xmlNode *request = node_child(message, NS_A, "Request");
	xmlNode *users = node_child(request, NS_A, "Users");
	xmlNode *settings = node_child(request, NS_A, "RequestedSettings");
	const char *wrong = whole_error(header, children(users), children(settings));
	struct settings_asked asked;

	envelope_begin(d, "GetUserSettings", header);
	if (wrong != NULL) {
		error(d, "InvalidRequest", wrong);
		text_puts(&d->answer->body, "<UserResponses/>");
	} else {
		settings_read(&asked, settings);
		error(d, "NoError", "");
		users_write(d, users, &asked);
		settings_free(&asked);
	}
	envelope_end(d, "GetUserSettings");
}

/* GetDomainSettings */

static void domain_setting(struct discover *d, const char *name, const char *value)
{
	struct text *t = &d->answer->body;

	text_puts(t, "<DomainSetting i:type=\"DomainStringSetting\">");
	xml_el(t, "Name", name);
	xml_el(t, "Value", value);
	text_puts(t, "</DomainSetting>");
}

static void domain_settings(struct discover *d, const struct settings_asked *asked)
{
	const struct product *p = product_shown(d->premise);
	struct text *t = &d->answer->body;
	char *url = discover_ews(d, false);
	char *version = format("%02d.%02d.%04d.%03d", p->major, p->minor, p->build, p->revision);

	text_puts(t, "<DomainSettingErrors/><DomainSettings>");
	if (settings_has(asked, "ExternalEwsUrl"))
		domain_setting(d, "ExternalEwsUrl", url);
	if (settings_has(asked, "ExternalEwsVersion"))
		domain_setting(d, "ExternalEwsVersion", version);
	text_puts(t, "</DomainSettings>");
	free(version);
	free(url);
}

/* Only the domains this premise answers for. */
static void domain_write(struct discover *d, const char *name, const struct settings_asked *asked)
{
	const struct domain *domain = world_domain(d->world, name);
	struct text *t = &d->answer->body;

	text_puts(t, "<DomainResponse>");
	if (domain != NULL && domain->premise == d->premise) {
		error(d, "NoError", "No error.");
		domain_settings(d, asked);
	} else {
		error(d, "InvalidDomain", "The domain is not known here.");
		text_puts(t, "<DomainSettingErrors/><DomainSettings/>");
	}
	text_puts(t, "<RedirectTarget i:nil=\"true\"/></DomainResponse>");
}

static void domains_write(struct discover *d, xmlNode *domains, const struct settings_asked *asked)
{
	text_puts(&d->answer->body, "<DomainResponses>");
	for (xmlNode *domain = node_first(domains); domain != NULL; domain = node_next(domain)) {
		char *name = discover_text(domain);

		domain_write(d, name != NULL ? name : "", asked);
		free(name);
		d->items++;
	}
	text_puts(&d->answer->body, "</DomainResponses>");
}

static void get_domain_settings(struct discover *d, xmlNode *header, xmlNode *message)
{
	xmlNode *request = node_child(message, NS_A, "Request");
	xmlNode *domains = node_child(request, NS_A, "Domains");
	xmlNode *settings = node_child(request, NS_A, "RequestedSettings");
	const char *wrong = whole_error(header, children(domains), children(settings));
	struct settings_asked asked;

	envelope_begin(d, "GetDomainSettings", header);
	if (wrong != NULL) {
		error(d, "InvalidRequest", wrong);
		text_puts(&d->answer->body, "<DomainResponses/>");
	} else {
		settings_read(&asked, settings);
		error(d, "NoError", "");
		domains_write(d, domains, &asked);
		settings_free(&asked);
	}
	envelope_end(d, "GetDomainSettings");
}

/* Nothing here is federated; the operation exists all the same. */
static void get_federation_information(struct discover *d, xmlNode *header, xmlNode *message)
{
	(void)message;
	envelope_begin(d, "GetFederationInformation", header);
	error(d, "NotFederated", "The organization is not federated.");
	text_puts(&d->answer->body, "<ApplicationUri i:nil=\"true\"/><Domains/><TokenIssuers/>");
	envelope_end(d, "GetFederationInformation");
}

/* Dispatch */

static const struct operation_row {
	const char *name, *message;
	void (*run)(struct discover *d, xmlNode *header, xmlNode *message);
} operation_rows[] = {
	{ "GetUserSettings", "GetUserSettingsRequestMessage", get_user_settings },
	{ "GetDomainSettings", "GetDomainSettingsRequestMessage", get_domain_settings },
	{ "GetFederationInformation", "GetFederationInformationRequestMessage",
		get_federation_information },
	{ NULL, NULL, NULL },
};

/* Compared whole: actions have no case to spare. */
static const struct operation_row *row_of(const char *action)
{
	size_t n = sizeof(ACTION) - 1;

	for (const struct operation_row *row = operation_rows; row->name != NULL; row++)
		if (strncmp(action, ACTION, n) == 0 && same(action + n, row->name))
			return row;
	return NULL;
}

static void dispatch(struct discover *d, xmlNode *header, xmlNode *body, const char *action)
{
	const struct operation_row *row = row_of(action);

	if (row == NULL) {
		fault_action(d, action);
		return;
	}
	d->op = row->name;
	row->run(d, header, node_child(body, NS_A, row->message));
}

/* A body that is no envelope is refused before any operation: status 400, and no fault. */
void discover_soap(struct discover *d)
{
	xmlDoc *doc = same(d->request->method, "POST") ? discover_parse(&d->request->body) : NULL;
	xmlNode *root = doc == NULL ? NULL : xmlDocGetRootElement(doc);
	xmlNode *header, *body;
	char *action, *to;

	if (root == NULL || !node_is(root, NS_SOAP, "Envelope")) {
		page_status(d->answer, 400);
		d->code = "BadRequest";
		if (doc != NULL)
			xmlFreeDoc(doc);
		return;
	}
	header = node_child(root, NS_SOAP, "Header");
	body = node_child(root, NS_SOAP, "Body");
	action = discover_text(node_child(header, NS_WSA, "Action"));
	to = discover_text(node_child(header, NS_WSA, "To"));
	if (action == NULL || to == NULL)
		fault_missing_header(d);
	else
		dispatch(d, header, body, action);
	free(action);
	free(to);
	xmlFreeDoc(doc);
}
