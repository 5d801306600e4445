/*
 * Autodiscover by plain XML: one address in, settings, a redirection or a numbered error out.
 *
 * Settings stand in the 2006a namespace; errors in the base namespace, Response element and all
 * (EWS.md 12.1). Everything is status 200.
 */
#include "sim/autodiscover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/page.h"
#include "sim/soap.h"

#define NS_REQUEST "http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006"
#define NS_BASE "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
#define NS_SETTINGS                                                                                \
	"http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
#define HEAD                                                                                       \
	"<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Autodiscover xmlns=\"" NS_BASE "\">\r\n"

static void begin(struct discover *d)
{
	page_text(d->answer, 200, "text/xml; charset=utf-8", HEAD);
}

/* Time and Id are what support staff ask for; the id comes from the seed like all chance. */
static void error(struct discover *d, const char *number, const char *message)
{
	int64_t ms = world_now_ms(d->world);
	struct civil at = civil_of(ms / 1000);
	unsigned char id[4];

	world_bytes(d->world, id, sizeof(id));
	begin(d);
	answer_printf(d->answer,
		"  <Response>\r\n    <Error Time=\"%02d:%02d:%02d.%03d0000\" Id=\"%u\">\r\n"
		"      <ErrorCode>%s</ErrorCode>\r\n      <Message>%s</Message>\r\n"
		"      <DebugData />\r\n    </Error>\r\n  </Response>\r\n</Autodiscover>",
		at.hour, at.minute, at.second, (int)(ms % 1000),
		(unsigned)id[0] | (unsigned)id[1] << 8 | (unsigned)id[2] << 16 |
			(unsigned)id[3] << 24,
		number, message);
	d->code = number;
}

/* Clients compare this very text to tell an unknown address from other failures. */
static void unknown(struct discover *d)
{
	error(d, "500",
		d->premise->product->major < 15 ? "The e-mail address cannot be found."
						: "The email address can't be found.");
}

/* Protocols */

/* An element with a URL below this host. */
static void url_el(struct discover *d, const char *name, const char *host, const char *path)
{
	char *url = discover_url(d, host, path);

	xml_el(&d->answer->body, name, url);
	free(url);
}

/* The elements that every protocol with services has. EwsUrl came with 2010; before, ASUrl was the
 * one. */
static void services(struct discover *d, const char *host)
{
	char guid[37], path[64];

	discover_guid(d->world, "oab", guid);
	snprintf(path, sizeof(path), "/OAB/%s/", guid);
	url_el(d, "ASUrl", host, "/EWS/Exchange.asmx");
	if (d->premise->product->major >= 14)
		url_el(d, "EwsUrl", host, "/EWS/Exchange.asmx");
	if (d->premise->product->major >= 15)
		url_el(d, "EmwsUrl", host, "/EWS/Exchange.asmx");
	if (d->premise->product->major >= 14)
		url_el(d, "EcpUrl", host, "/ecp/");
	url_el(d, "OOFUrl", host, "/EWS/Exchange.asmx");
	url_el(d, "UMUrl", host, "/EWS/UM2007Legacy.asmx");
	url_el(d, "OABUrl", host, path);
}

/* What Outlook is told to sign in with; the best of what is offered from outside. */
static const char *auth_package(const struct premise *p)
{
	if (p->schemes & SCHEME_NTLM)
		return "Ntlm";
	if (p->schemes & SCHEME_BASIC)
		return "Basic";
	return p->schemes & SCHEME_NEGOTIATE ? "Negotiate" : NULL;
}

/* Bits 22-27 major, 16-21 minor, 0-14 build, below the marks Exchange sets. */
static unsigned packed_version(const struct product *p)
{
	return 0x70000000u | ((unsigned)p->major & 0x3f) << 22 | ((unsigned)p->minor & 0x3f) << 16 |
		0x8000u | ((unsigned)p->build & 0x7fff);
}

/* EXCH: from inside. The only one with the version. */
static void protocol_exch(struct discover *d, const struct mailbox *m)
{
	struct text *t = &d->answer->body;
	char *server = discover_server(d, m);

	text_puts(t, "<Protocol><Type>EXCH</Type>");
	xml_el(t, "Server", server);
	text_printf(t,
		"<ServerDN>/o=%s/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/"
		"cn=Configuration/cn=Servers/cn=",
		d->premise->online ? "ExchangeLabs" : "First Organization");
	xml_text(t, server);
	text_printf(t, "</ServerDN><ServerVersion>%08X</ServerVersion>",
		packed_version(product_shown(d->premise)));
	services(d, discover_internal_host(d->premise));
	text_puts(t, "</Protocol>");
	free(server);
}

/* EXPR: from outside. EXHTTP: the same for clients since 2013. */
static void protocol_outside(struct discover *d, const char *type)
{
	struct text *t = &d->answer->body;

	text_puts(t, "<Protocol>");
	xml_el(t, "Type", type);
	xml_el(t, "Server", d->premise->host);
	xml_el(t, "SSL", "On");
	xml_el(t, "AuthPackage", auth_package(d->premise));
	services(d, d->premise->host);
	if (d->premise->product->major >= 15)
		xml_el(t, "ServerExclusiveConnect", "On");
	text_puts(t, "</Protocol>");
}

/* Inside and outside differ by host and by the protocol named in them. */
static void web_part(struct discover *d, const char *part, const char *type, const char *host)
{
	struct text *t = &d->answer->body;
	char *owa = discover_url(d, host, "/owa/");

	xml_open(t, part);
	text_puts(t, "<OWAUrl AuthenticationMethod=\"Basic, Fba\">");
	xml_text(t, owa);
	text_puts(t, "</OWAUrl><Protocol>");
	xml_el(t, "Type", type);
	url_el(d, "ASUrl", host, "/EWS/Exchange.asmx");
	text_puts(t, "</Protocol>");
	xml_close(t, part);
	free(owa);
}

/* The cloud has no inside. */
static void protocol_web(struct discover *d)
{
	text_puts(&d->answer->body, "<Protocol><Type>WEB</Type>");
	if (!d->premise->online)
		web_part(d, "Internal", "EXCH", discover_internal_host(d->premise));
	web_part(d, "External", "EXPR", d->premise->host);
	text_puts(&d->answer->body, "</Protocol>");
}

/* Answers */

static void settings(struct discover *d, const struct mailbox *m)
{
	struct text *t = &d->answer->body;
	char *dn = discover_legacy_dn(d, m), guid[37];

	discover_guid(d->world, d->premise->name, guid);
	begin(d);
	text_puts(t, "  <Response xmlns=\"" NS_SETTINGS "\"><User>");
	xml_el(t, "DisplayName", m->name);
	xml_el(t, "LegacyDN", dn);
	xml_el(t, "AutoDiscoverSMTPAddress", m->address);
	xml_el(t, "DeploymentId", guid);
	text_puts(t, "</User><Account><AccountType>email</AccountType><Action>settings</Action>");
	xml_el(t, "MicrosoftOnline", d->premise->online ? "True" : "False");
	protocol_exch(d, m);
	protocol_outside(d, "EXPR");
	if (d->premise->product->major >= 15)
		protocol_outside(d, "EXHTTP");
	protocol_web(d);
	text_puts(t, "</Account></Response>\r\n</Autodiscover>");
	free(dn);
	d->code = "NoError";
}

/* Redirections carry no User; before 2013 they named the type of account. */
static void redirect(struct discover *d, const char *action, const char *element, const char *to)
{
	struct text *t = &d->answer->body;

	begin(d);
	text_puts(t, "  <Response xmlns=\"" NS_SETTINGS "\"><Account>");
	if (d->premise->product->major < 15)
		text_puts(t, "<AccountType>email</AccountType>");
	xml_el(t, "Action", action);
	xml_el(t, element, to);
	text_puts(t, "</Account></Response>\r\n</Autodiscover>");
	d->code = "Redirect";
}

/* The same path on the host that serves the other premise. */
static void redirect_elsewhere(struct discover *d, const struct route *to)
{
	char *host = discover_host(d->world, to->elsewhere, d->mailbox);
	char *url = discover_url(d, host, "/autodiscover/autodiscover.xml");

	redirect(d, "redirectUrl", "RedirectUrl", url);
	free(url);
	free(host);
}

/* Where the address leads decides between the three forms of answer. */
static void answer_address(struct discover *d, const char *address)
{
	struct route to;

	if (!discover_is_address(address)) {
		error(d, "501", "Bad Address");
		return;
	}
	to = discover_route(d, address);
	switch (to.kind) {
	case ROUTE_HERE:
		settings(d, to.mailbox);
		break;
	case ROUTE_ADDRESS:
		redirect(d, "redirectAddr", "RedirectAddr", to.address);
		break;
	case ROUTE_URL:
		redirect_elsewhere(d, &to);
		break;
	case ROUTE_UNKNOWN:
		unknown(d);
		break;
	}
}

/* LegacyDN may stand for the address; it is looked up by neither name here. */
static void answer_request(struct discover *d, xmlNode *request)
{
	char *schema = discover_text(node_child(request, NS_REQUEST, "AcceptableResponseSchema"));

	d->mailbox = discover_text(node_child(request, NS_REQUEST, "EMailAddress"));
	if (schema == NULL ||
		(d->mailbox == NULL && node_child(request, NS_REQUEST, "LegacyDN") == NULL))
		error(d, "600", "Invalid Request");
	else if (!same(schema, NS_SETTINGS))
		error(d, "601", "Provider is not available");
	else if (d->mailbox == NULL)
		unknown(d);
	else
		answer_address(d, d->mailbox);
	free(schema);
}

/* A GET is what a browser sends: the error 600 proves that a service lives here. */
void discover_pox(struct discover *d)
{
	bool post = same(d->request->method, "POST");
	xmlDoc *doc = post ? discover_parse(&d->request->body) : NULL;
	xmlNode *root = doc == NULL ? NULL : xmlDocGetRootElement(doc);
	xmlNode *request = NULL;

	d->items = 1;
	if (root != NULL && node_is(root, NS_REQUEST, "Autodiscover"))
		request = node_child(root, NS_REQUEST, "Request");
	answer_header(d->answer, "Cache-Control", "private");
	if (request != NULL)
		answer_request(d, request);
	else
		error(d, "600", "Invalid Request");
	if (doc != NULL)
		xmlFreeDoc(doc);
}
