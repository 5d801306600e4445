/*
 * Fault table: every way an answer can be wrong, with what it takes and what it does. The table is
 * what --faults prints and what the scenario language checks against; a new way is a row here.
 */
#include "sim/fault.h"

#include <stdlib.h>
#include <string.h>
#include "sim/bend.h"
#include "sim/page.h"
#include "sim/soap.h"
#include "sim/token.h"

#define NS_POX "http://schemas.microsoft.com/exchange/autodiscover/"

/* Answers given instead of doing what was asked */

static void run_login(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	page_login(a);
}

/* 503, or 503:30 for a Retry-After of 30 seconds. Before the operation or after it. */
static void run_status(const struct fault *f, const struct request *r, struct answer *a)
{
	const char *colon = strchr(fault_argument(f), ':');

	(void)r;
	page_status(a, (int)fault_number(f));
	if (colon != NULL)
		answer_header(a, "Retry-After", colon + 1);
}

/* A proxy between client and server: it knows nothing of Exchange. */
static void run_proxy(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)r;
	page_proxy(a, (int)fault_number(f));
}

/* Not even a content type. */
static void run_empty(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	page_text(a, 200, NULL, "");
}

/* A URL, or a host that gets the same path. */
static void run_other_host(const struct fault *f, const struct request *r, struct answer *a)
{
	const char *to = fault_argument(f);
	char *url = strstr(to, "://") != NULL ? copy(to) : format("https://%s%s", to, r->path);

	page_moved(a, 302, url);
	free(url);
}

/* What a front end sends while its back end restarts. */
static void run_error_page(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)f;
	(void)r;
	page_moved(a, 302, "/ews/genericerrorpage.htm?aspxerrorpath=/ews/exchange.asmx");
}

/* Published behind forms: the way back stands in the query. */
static void run_login_redirect(const struct fault *f, const struct request *r, struct answer *a)
{
	const char *host = request_header(r, "Host");
	struct text to = { 0 };

	(void)f;
	text_puts(&to, "/owa/auth/logon.aspx?replaceCurrent=1&url=");
	if (host != NULL) {
		struct text url = { 0 };

		text_printf(&url, "https://%s%s", host, r->path);
		percent_add(&to, url.at);
		text_free(&url);
	}
	page_moved(a, 302, to.at);
	text_free(&to);
}

/* SOAP faults, as EWS.md 5 shows them: CODE, or CODE:BACK-OFF-MILLISECONDS. */
static void soap_answer(const struct fault *f, int status, struct answer *a)
{
	const char *argument = fault_argument(f), *colon = strchr(argument, ':'), *say;
	char *code = copy_n(argument, strcspn(argument, ":"));

	say = soap_say("en-US", code);
	if (say == NULL)
		say = "The request failed.";
	page_text(a, status, "text/xml; charset=utf-8",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><s:Envelope xmlns:s=\"" NS_SOAP
		"\"><s:Body><s:Fault><faultcode xmlns:a=\"" NS_T "\">a:");
	xml_text(&a->body, code);
	text_puts(&a->body, "</faultcode><faultstring xml:lang=\"en-US\">");
	xml_text(&a->body, say);
	text_puts(&a->body, "</faultstring><detail><e:ResponseCode xmlns:e=\"" NS_E "\">");
	xml_text(&a->body, code);
	text_puts(&a->body, "</e:ResponseCode><e:Message xmlns:e=\"" NS_E "\">");
	xml_text(&a->body, say);
	text_puts(&a->body, "</e:Message>");
	if (colon != NULL) {
		text_puts(&a->body,
			"<t:MessageXml xmlns:t=\"" NS_T "\"><t:Value "
			"Name=\"BackOffMilliseconds\">");
		xml_text(&a->body, colon + 1);
		text_puts(&a->body, "</t:Value></t:MessageXml>");
	}
	text_puts(&a->body, "</detail></s:Fault></s:Body></s:Envelope>");
	free(code);
}

static void run_soap_fault(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)r;
	soap_answer(f, 500, a);
}

static void run_soap_fault_200(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)r;
	soap_answer(f, 200, a);
}

/* Wire: http.c does the harm, this only orders it. */

#define WIRE(name, how)                                                                            \
	static void name(const struct fault *f, const struct request *r, struct answer *a)         \
	{                                                                                          \
		(void)r;                                                                           \
		a->bend = how;                                                                     \
		a->bend_ms = fault_number(f);                                                      \
	}
WIRE(run_reset, BEND_RESET)
WIRE(run_close, BEND_CLOSE)
WIRE(run_half_close, BEND_HALF_CLOSE)
WIRE(run_slow_head, BEND_SLOW_HEAD)
WIRE(run_slow_body, BEND_SLOW_BODY)
WIRE(run_cut, BEND_CUT)
WIRE(run_huge, BEND_HUGE)
WIRE(run_bomb, BEND_BOMB)
WIRE(run_silence, BEND_SILENCE)
#undef WIRE

/* On top of the latency the premise has anyway. */
static void run_delay(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)r;
	a->delay_ms += (int)fault_number(f);
}

/* The header is written here: the answer may leave after the rule's argument is gone. */
static void run_type(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)r;
	a->type = NULL;
	answer_header(a, "Content-Type", fault_argument(f));
}

/* Status 200, and the new place in the answer: EWS.md 12.1. */
static void run_redirect_url(const struct fault *f, const struct request *r, struct answer *a)
{
	(void)r;
	page_text(a, 200, "text/xml; charset=utf-8",
		"<?xml version=\"1.0\" encoding=\"utf-8\"?><Autodiscover xmlns=\"" NS_POX
		"responseschema/2006\"><Response xmlns=\"" NS_POX
		"outlook/responseschema/2006a\"><Account><AccountType>email</AccountType>"
		"<Action>redirectUrl</Action>");
	xml_el(&a->body, "RedirectUrl", fault_argument(f));
	text_puts(&a->body, "</Account></Response></Autodiscover>");
}

/* When, and whether it stands in front of Exchange. */
#define LISTEN FAULT_LISTEN, false
#define ACCEPT FAULT_ACCEPT, false
#define FRONT FAULT_INSTEAD, true
#define INSTEAD FAULT_INSTEAD, false
#define AFTER FAULT_AFTER, false
/* The sign-in host's own errors; other hosts have none, and answer as if they were down. */
static void run_aadsts(const struct fault *f, const struct request *r, struct answer *a)
{
	struct face *face = r->listener_arg;
	bool signin = face != NULL && same(face->kind->name, "signin");

	if (!signin || !token_refuse(face, r, a, (int)fault_number(f)))
		page_status(a, 503);
}

const struct fault_kind fault_kinds[] = {
	/* connections */
	{ "refuse", LISTEN, NULL, NULL, "nobody listens on the face's port", NULL },
	{ "reset-connect", ACCEPT, NULL, NULL, "new connections are reset at once", NULL },
	{ "tls", ACCEPT, "certificate", "expired", "show these papers to new connections", NULL },
	{ "reset", FRONT, NULL, NULL, "RST instead of an answer; nothing was done", run_reset },
	{ "close", FRONT, NULL, NULL, "FIN instead of an answer; nothing was done", run_close },
	{ "silence", FRONT, "ms", "60000", "nothing for so long, then FIN", run_silence },
	/* somebody else answers */
	{ "login-page", FRONT, NULL, NULL, "200 and the web mail's sign-in form", run_login },
	{ "proxy-page", FRONT, "status", "503",
		"a web proxy's error page; 407 asks for a "
		"sign-in",
		run_proxy },
	{ "status", FRONT, "status", "503", "this status with the page IIS shows for it",
		run_status },
	{ "no-challenge", FRONT, "status", "401", "401 without WWW-Authenticate", run_status },
	{ "empty", FRONT, NULL, NULL, "200 with nothing in it", run_empty },
	{ "redirect-host", FRONT, "url", "https://elsewhere.example.net/EWS/Exchange.asmx",
		"302 to another host", run_other_host },
	{ "redirect-error-page", FRONT, NULL, NULL, "302 to the generic error page: an outage",
		run_error_page },
	{ "redirect-login", FRONT, NULL, NULL, "302 to the web mail's sign-in form",
		run_login_redirect },
	{ "soap-fault", INSTEAD, "code", "ErrorServerBusy:10000", "SOAP fault, status 500",
		run_soap_fault },
	{ "soap-fault-200", INSTEAD, "code", "ErrorServerBusy:10000", "SOAP fault, status 200",
		run_soap_fault_200 },
	{ "redirect-url", INSTEAD, "url",
		"https://autodiscover.example.net/autodiscover/autodiscover.xml",
		"autodiscovery's own redirection to a URL", run_redirect_url },
	{ "aadsts", INSTEAD, "number", "90033", "the sign-in host refuses with this AADSTS error",
		run_aadsts },
	/* done, but the answer is lost */
	{ "done-status", AFTER, "status", "500", "carried out; the answer is this status",
		run_status },
	{ "done-reset", AFTER, NULL, NULL, "carried out; RST instead of the answer", run_reset },
	{ "done-close", AFTER, NULL, NULL, "carried out; FIN instead of the answer", run_close },
	{ "done-silence", AFTER, "ms", "60000", "carried out; nothing for so long, then FIN",
		run_silence },
	{ "done-soap-fault", AFTER, "code", "ErrorInternalServerError",
		"carried out; the answer is a SOAP fault", run_soap_fault },
	/* the right answer in the wrong way */
	{ "delay", AFTER, "ms", "3000", "the answer comes so much later", run_delay },
	{ "slow-head", AFTER, "ms", "30000", "the head byte by byte, over so long", run_slow_head },
	{ "slow-body", AFTER, "ms", "30000", "the body in drops, over so long", run_slow_body },
	{ "cut", AFTER, NULL, NULL, "the length of the whole, half of the body, FIN", run_cut },
	{ "half-close", AFTER, NULL, NULL, "half of the body, then only our side is shut",
		run_half_close },
	{ "huge", AFTER, "megabytes", "100", "so much white space before the body", run_huge },
	{ "gzip-bomb", AFTER, "megabytes", "100", "a small gzip body that is so big", run_bomb },
	{ "wrong-type", AFTER, "type", "text/html", "the answer under this content type",
		run_type },
	/* the right answer in unusual XML */
	{ "prefixes", AFTER, NULL, NULL, "other namespace prefixes in each answer", bend_prefixes },
	{ "default-namespace", AFTER, NULL, NULL, "no prefixes, xmlns everywhere",
		bend_default_namespace },
	{ "bom", AFTER, NULL, NULL, "a byte order mark before the declaration", bend_bom },
	{ "utf-16le", AFTER, NULL, NULL, "UTF-16, little end first", bend_utf16le },
	{ "utf-16be", AFTER, NULL, NULL, "UTF-16, big end first", bend_utf16be },
	{ "whitespace", AFTER, NULL, NULL, "white space around every value", bend_whitespace },
	{ "extra", AFTER, NULL, NULL, "unknown elements and attributes among the known",
		bend_extra },
	/* wrong XML */
	{ "missing", AFTER, "element", "ResponseCode", "every element of this name is left out",
		bend_missing },
	{ "reordered", AFTER, NULL, NULL, "elements in the opposite order", bend_reordered },
	{ "item-error", AFTER, "code", "ErrorMailboxMoveInProgress",
		"each item's answer is this error", bend_code },
	{ "unknown-code", AFTER, "code", "ErrorNotInvented2031",
		"each item's answer is a code of the future", bend_code },
	{ "inner-error", AFTER, "code", "ErrorServerBusy",
		"each item's answer is ErrorInternalServerError, and this within", bend_inner },
	{ "stopped", AFTER, NULL, NULL, "all items but the first: ErrorBatchProcessingStopped",
		bend_stopped },
	{ "soap12", AFTER, NULL, NULL, "a SOAP 1.2 envelope", bend_soap12 },
	{ "unclosed", AFTER, NULL, NULL, "the last end tag is missing", bend_unclosed },
	{ "illegal-character", AFTER, NULL, NULL, "a control character in a value",
		bend_illegal_character },
	{ "illegal-reference", AFTER, NULL, NULL, "&#x0; in a value", bend_illegal_reference },
	{ "broken-utf-8", AFTER, NULL, NULL, "a byte in a value that is no UTF-8",
		bend_broken_utf8 },
	{ "deep", AFTER, "depth", "100000", "elements nested so deep", bend_deep },
	{ "entity-bomb", AFTER, NULL, NULL, "a DTD whose entities grow to gigabytes",
		bend_entity_bomb },
	{ "external-entity", AFTER, NULL, NULL, "a DTD that wants a local file read",
		bend_external_entity },
	{ NULL, AFTER, NULL, NULL, NULL, NULL },
};
