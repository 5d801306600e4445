/* Discover POX: Autodiscover by plain XML (EWS.md 12.1).
 *
 * Settings stand in the 2006a namespace, errors in the base one, Response element and all; both are
 * taken for either.
 */
#include <string.h>
#include <strings.h>
#include "discover_parts.h"

#define NS_REQUEST "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
#define NS_SETTINGS                                                                                \
	"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"

static const struct discover_code codes[] = {
	{ "500", REASON_NO_MAILBOX, NEXT_NOTHING },
	{ "501", REASON_ADDRESS_REFUSED, NEXT_NOTHING },
	{ "601", REASON_UNSUPPORTED, NEXT_NOTHING },
	{ "602", REASON_SERVER_DOWN, NEXT_RETRY },
	{ "603", REASON_SERVER_DOWN, NEXT_RETRY },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

void discover_pox_write(struct xml_write *w, const char *mailbox)
{
	xml_open(w, "Autodiscover");
	xml_attr(w, "xmlns", NS_REQUEST);
	xml_open(w, "Request");
	xml_leaf(w, "EMailAddress", mailbox);
	xml_leaf(w, "AcceptableResponseSchema", NS_SETTINGS);
	xml_close(w);
	xml_close(w);
}

/* A child in either namespace: errors have the base one, settings the other. */
static const struct xml_node *part(const struct xml_node *n, const char *name)
{
	const struct xml_node *found = xml_child(n, NS_POXA, name);

	return found ? found : xml_child(n, NS_POX, name);
}

static const char *text(const struct xml_node *n, const char *name)
{
	return xml_value(part(n, name));
}

/* --- protocols --- */

/* For clients from outside, best first; EXCH is meant for those inside. */
static const char *const ranks[] = { "EXPR", "EXCH", "EXHTTP" };

enum { INSIDE = 1 };

static size_t rank_of(const struct xml_node *protocol)
{
	const char *type = text(protocol, "Type");
	const char *attribute = xml_attr_value(protocol, "Type");
	size_t i = 0;

	if (!type[0] && attribute)
		type = attribute;
	while (i < COUNT(ranks) && strcasecmp(ranks[i], type) != 0)
		i++;
	return i;
}

/* Exchange 2007 has ASUrl alone. */
static const char *ews_of(struct arena *a, const struct xml_node *protocol)
{
	const char *url = discover_https(a, text(protocol, "EwsUrl"));

	return url[0] ? url : discover_https(a, text(protocol, "ASUrl"));
}

/* ServerVersion is eight hex digits: major in bits 22 to 27, minor in 16 to 21, build in the low
 * 15. */
static const char *unpack_version(struct arena *a, const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	unsigned value = 0;
	const char *at;

	if (strlen(hex) != 8)
		return "";
	for (; *hex; hex++) {
		at = strchr(digits, *hex | 0x20);
		if (!at || !*at)
			return "";
		value = value << 4 | (unsigned)(at - digits);
	}
	return arena_printf(a, "%u.%u.%u", value >> 22 & 0x3f, value >> 16 & 0x3f, value & 0x7fff);
}

/* The first of each kind counts, and the first version told: only EXCH has one. */
static void read_protocols(struct arena *a, const struct xml_node *account, struct discovered *out)
{
	const char *urls[COUNT(ranks)] = { "", "", "" };
	size_t i;

	for (const struct xml_node *n = xml_first(account); n; n = xml_next(n)) {
		if (!xml_is(n, NS_POXA, "Protocol") && !xml_is(n, NS_POX, "Protocol"))
			continue;
		i = rank_of(n);
		if (i < COUNT(ranks) && !urls[i][0])
			urls[i] = ews_of(a, n);
		if (!out->version[0])
			out->version = unpack_version(a, text(n, "ServerVersion"));
	}
	for (i = 0; i < COUNT(ranks) && !out->url[0]; i++)
		out->url = urls[i];
	if (strcmp(urls[INSIDE], out->url) != 0)
		out->internal_url = urls[INSIDE];
}

/* --- the answer --- */

static void read_settings(struct arena *a, const struct xml_node *response,
	const struct xml_node *account, struct discovered *out, struct outcome *o)
{
	const struct xml_node *user = part(response, "User");

	out->display_name = discover_shown(a, text(user, "DisplayName"));
	out->address = discover_email(text(user, "AutoDiscoverSMTPAddress"));
	read_protocols(a, account, out);
	discover_settle(out, o);
}

/* No action at all is read as settings: they either stand there or not. */
static void read_account(struct arena *a, const struct xml_node *response,
	const struct xml_node *account, struct discovered *out, struct outcome *o)
{
	const char *action = text(account, "Action");

	if (strcasecmp(action, "redirectAddr") == 0)
		discover_send_on(a, DISCOVER_ADDRESS, text(account, "RedirectAddr"), out, o);
	else if (strcasecmp(action, "redirectUrl") == 0)
		discover_send_on(a, DISCOVER_URL, text(account, "RedirectUrl"), out, o);
	else if (!action[0] || strcasecmp(action, "settings") == 0)
		read_settings(a, response, account, out, o);
	else
		discover_bad(o, "It says to do something that Autodiscover does not have.");
}

/* The Response of an Autodiscover answer; NULL: it is none. */
static const struct xml_node *response_of(const struct xml_node *root)
{
	return xml_is(root, NS_POX, "Autodiscover") ? part(root, "Response") : NULL;
}

void discover_pox_read(
	const struct xml_node *root, struct arena *a, struct discovered *out, struct outcome *o)
{
	const struct xml_node *response = response_of(root);
	const struct xml_node *error = part(response, "Error"),
			      *account = part(response, "Account");

	if (error)
		discover_fail(codes, COUNT(codes), discover_shown(a, text(error, "ErrorCode")),
			text(error, "Message"), o);
	else if (account)
		read_account(a, response, account, out, o);
	else
		discover_bad(o, "It is XML, but no answer of Autodiscover.");
}

int discover_pox_is_alive(const struct xml_node *root)
{
	const struct xml_node *error = part(response_of(root), "Error");

	return error && strcmp(text(error, "ErrorCode"), "600") == 0;
}
