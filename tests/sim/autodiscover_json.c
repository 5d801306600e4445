/*
 * Autodiscover by JSON ("v2"): one address and one protocol in the query, a URL out, and nobody
 * signed in. What is said of an address nobody has is UNSURE: the switch json-unknown.
 */
#include "sim/autodiscover.h"

#include <stdlib.h>
#include <string.h>
#include "sim/page.h"

enum { REDIRECTS_MOST = 10 };

static const struct protocol {
	const char *name, *path;
} protocols[] = {
	{ "EWS", "/EWS/Exchange.asmx" },
	{ "ActiveSync", "/Microsoft-Server-ActiveSync" },
	{ "AutodiscoverV1", "/autodiscover/autodiscover.xml" },
	{ "REST", "/api" },
	{ NULL, NULL },
};

static void answer_json(struct discover *d, int status, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	page_text(d->answer, status, "application/json; charset=utf-8", text);
	free(text);
	json_decref(o);
}

static void error(struct discover *d, int status, const char *code, const char *message)
{
	answer_json(d, status, json_pack("{s:s, s:s}", "ErrorCode", code, "ErrorMessage", message));
	d->code = code;
}

static void answer_url(struct discover *d, const struct protocol *p)
{
	char *url = discover_url(d, d->premise->host, p->path);

	answer_json(d, 200, json_pack("{s:s, s:s}", "Protocol", p->name, "Url", url));
	d->code = "NoError";
	free(url);
}

/* The same question to the other premise's host, counted. */
static void answer_elsewhere(
	struct discover *d, const struct route *to, const struct protocol *p, long redirects)
{
	char *host = discover_host(d->world, to->elsewhere, d->mailbox);
	char *url = discover_url(d, host, "/autodiscover/autodiscover.json");
	struct text location = { 0 };

	text_printf(&location, "%s?Email=", url);
	percent_add(&location, d->mailbox);
	text_printf(&location, "&Protocol=%s&RedirectCount=%ld", p->name, redirects + 1);
	page_moved(d->answer, 302, location.at);
	d->code = "Redirect";
	text_free(&location);
	free(url);
	free(host);
}

/* Email=..., or the path's last part: /autodiscover/autodiscover.json/v1.0/ADDRESS */
static char *asked_address(const struct discover *d)
{
	static const char version[] = "/autodiscover/autodiscover.json/v1.0/";
	const char *path = d->request->path;

	if (strncasecmp(path, version, sizeof(version) - 1) == 0)
		return copy(path + sizeof(version) - 1);
	return form_value(d->request->query, "Email");
}

static void answer_asked(struct discover *d, const struct protocol *p, long redirects)
{
	struct route to = discover_route(d, d->mailbox);

	if (to.kind == ROUTE_HERE)
		answer_url(d, p);
	else if (to.elsewhere != NULL && redirects < REDIRECTS_MOST)
		answer_elsewhere(d, &to, p, redirects);
	else if (to.elsewhere != NULL)
		error(d, 400, "RedirectCountExceeded", "Too many redirections.");
	else if (world_unsure(d->premise, UNSURE_JSON_UNKNOWN, "UserNotFound"))
		error(d, 404, "UserNotFound", "The given user is not found.");
	else
		answer_url(d, p);
}

static const struct protocol *protocol_named(const char *name)
{
	const struct protocol *p = protocols;

	while (p->name != NULL && !same_nocase(p->name, name))
		p++;
	return p;
}

void discover_json(struct discover *d)
{
	char *name = form_value(d->request->query, "Protocol");
	char *count = form_value(d->request->query, "RedirectCount");
	const struct protocol *p = protocol_named(name != NULL ? name : "");

	d->items = 1;
	d->mailbox = asked_address(d);
	if (!same(d->request->method, "GET") && !same(d->request->method, "HEAD"))
		page_status(d->answer, 405);
	else if (d->mailbox == NULL || !discover_is_address(d->mailbox))
		error(d, 400, "MissingParameterEmail",
			"A valid value must be provided for the query parameter 'Email'.");
	else if (name == NULL || *name == '\0')
		error(d, 400, "MissingParameterProtocol",
			"A valid value must be provided for the query parameter 'Protocol'.");
	else if (p->name == NULL)
		error(d, 400, "ProtocolNotSupported",
			"The given protocol value is not supported. Supported values are "
			"'ActiveSync, AutodiscoverV1, EWS, REST'.");
	else
		answer_asked(d, p, count == NULL ? 0 : strtol(count, NULL, 10));
	free(name);
	free(count);
}
